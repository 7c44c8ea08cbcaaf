"""What is not as it was in what is asked, or by which terms, in words."""

from typing import Protocol

from bot.domain.money import Estimate
from bot.domain.terms import Terms


class Question(Protocol):
    """What a ballot asks."""

    @property
    def payload(self) -> tuple[tuple[str, str], ...]: ...  # noqa: D102 - as a ballot's
    @property
    def estimate(self) -> Estimate | None: ...  # noqa: D102
    @property
    def terms(self) -> Terms: ...  # noqa: D102


def changes(before: Question, after: Question) -> tuple[str, ...]:
    """Return in words what is not as it was."""
    old, new = dict(before.payload), dict(after.payload)
    told = [
        f"{word}: {old.get(word, 'none')} → {new.get(word, 'none')}"
        for word in dict.fromkeys([*old, *new])
        if old.get(word) != new.get(word)
    ]
    if before.terms.demands != after.terms.demands:
        told.append("The rules about who decides have changed.")
    return tuple(told) or (f"price: {_exactly(before.estimate)} → {_exactly(after.estimate)}",)


def _exactly(estimate: Estimate | None) -> str:
    return f"${estimate.high:g}" if estimate else "not known"

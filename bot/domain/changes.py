"""What is not as it was in what is asked, or by which terms, in words."""

from dataclasses import dataclass
from typing import Protocol

from bot.domain.money import Estimate
from bot.domain.terms import Terms
from bot.domain.visible import shortened


class Question(Protocol):
    """What a ballot asks."""

    @property
    def payload(self) -> tuple[tuple[str, str], ...]: ...  # noqa: D102 - as a ballot's
    @property
    def estimate(self) -> Estimate | None: ...  # noqa: D102
    @property
    def terms(self) -> Terms: ...  # noqa: D102


@dataclass(frozen=True)
class First:
    """What a ballot asked at first."""

    payload: tuple[tuple[str, str], ...]
    estimate: Estimate | None
    terms: Terms


def changes(before: Question, after: Question) -> tuple[str, ...]:
    """Return in words what is not as it was; nothing where all is."""
    old, new = dict(before.payload), dict(after.payload)
    told = [
        f"{word}: {old.get(word, 'none')} → {new.get(word, 'none')}"
        for word in dict.fromkeys([*old, *new])
        if old.get(word) != new.get(word)
    ]
    if before.terms.demands != after.terms.demands:
        told.append("The rules about who decides have changed.")
    if not told and _span(before.estimate) != _span(after.estimate):
        told.append(f"price: {_exactly(before.estimate)} → {_exactly(after.estimate)}")
    return tuple(shortened(one) for one in told)


def _span(estimate: Estimate | None) -> tuple[float, float] | None:
    return (estimate.low, estimate.high) if estimate else None


def _exactly(estimate: Estimate | None) -> str:
    return f"${estimate.high:g}" if estimate else "not known"

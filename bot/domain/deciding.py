"""What waits for somebody's decision: one question, asked alike of runs, pictures and proposals."""

from typing import Protocol

from bot.domain.ballot import Ballot
from bot.domain.generation import Stage as PictureStage
from bot.domain.proposal import Stage as ProposalStage
from bot.domain.run import Stage as RunStage

WAITING = frozenset({RunStage.AWAITING, PictureStage.AWAITING, ProposalStage.AWAITING})


class Decided(Protocol):
    """What people decide on."""

    @property
    def stage(self) -> str: ...  # noqa: D102 - each has its own
    @property
    def ballot(self) -> Ballot | None: ...  # noqa: D102


def is_waiting(item: Decided) -> bool:
    """Say whether it can still be decided on."""
    return item.stage in WAITING


def open_ballot(item: Decided) -> Ballot | None:
    """Return the ballot by which it is decided now; None where nothing waits, or nobody was asked yet."""
    return item.ballot if is_waiting(item) else None

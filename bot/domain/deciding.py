"""What waits for somebody's decision: one question, asked alike of runs, pictures and proposals."""

from typing import Protocol

from bot.domain.ballot import Ballot
from bot.domain.generation import Stage as PictureStage
from bot.domain.message import Memo, Topic
from bot.domain.people import Person
from bot.domain.proposal import Stage as ProposalStage
from bot.domain.run import Stage as RunStage

FOR_GOOD = frozenset({Topic.GLASS_BROKEN, Topic.ENDED})
"""What is told of something done, and asks for nothing."""
IN_DOUBT = frozenset({RunStage.UNCONFIRMED, PictureStage.UNCONFIRMED})
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


def is_asked(memo: Memo, item: Decided) -> bool:
    """Say whether what `memo` asks for is still to be decided, and by the gate whose turn it was."""
    if memo.topic is Topic.DOUBT:
        return item.stage in IN_DOUBT
    ballot = open_ballot(item)
    return ballot is not None and memo.topic not in FOR_GOOD and memo.gate in (None, ballot.turn)


def is_turn_of(person: Person, ballot: Ballot) -> bool:
    """Say whether they may decide at the gate that was last seen to be open; after the last, an admin.

    Whose places they may take besides is not known here.
    """
    gate = max(ballot.turn, 0)
    if gate >= len(ballot.terms.gates):
        return person.is_admin
    return person.is_among(ballot.parties(gate)) and person.is_among(ballot.terms.holders)

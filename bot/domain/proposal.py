"""What is asked besides trainings and pictures, and changes nothing before it is granted.

Making a version a channel's default, approving pictures for use, and looking afterwards at what an admin did
by breaking the glass.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from bot.domain.ballot import BALLOT_EVENTS, Ballot, BallotEvent, Expired, ballot_after
from bot.domain.errors import IllegalMove
from bot.domain.facts import Approved, Rejected
from bot.domain.ids import (
    Air,
    ChannelId,
    FileId,
    GenerationId,
    ProposalId,
    RunId,
    SubjectId,
    UserId,
    WorkspaceId,
)
from bot.domain.policy import Action
from bot.domain.task import Cancelled


class Stage(StrEnum):
    """Where a proposal stands; the values are what the database holds."""

    AWAITING = "awaiting approval"
    GRANTED = "granted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ProposalRequest:
    """What somebody proposes. `label` is what people call what it is about: `Stellar@2`, `pictures 1, 3`.

    `air` is the version, `pictures` the results (Runware's ids) of `generation` and `files` what of them is
    shown; `note` is why. A review is about the `run`, `generation` or `proposal` that was decided past the
    rules, which `askers` had asked for; an old one does not know who. `requester` is whose it is, and who
    does not decide on it; `proposed_by` is who asks, where that is somebody else: pictures for use are their
    maker's.
    """

    workspace: WorkspaceId
    channel: ChannelId
    requester: UserId
    action: Action
    label: str
    air: Air | None = None
    run: RunId | None = None
    generation: GenerationId | None = None
    pictures: tuple[str, ...] = ()
    files: tuple[FileId, ...] = ()
    note: str = ""
    proposed_by: UserId | None = None
    proposal: ProposalId | None = None
    askers: tuple[UserId, ...] = ()

    @property
    def reviewed(self) -> SubjectId | None:
        """What a review is about; None of an old one about a proposal, whose id was not kept."""
        return self.run or self.generation or self.proposal


Event = BallotEvent | Approved | Rejected | Expired | Cancelled

TRANSITIONS: dict[Stage, dict[type[Event], Stage]] = {
    Stage.AWAITING: {
        **dict.fromkeys(BALLOT_EVENTS, Stage.AWAITING),
        Approved: Stage.GRANTED,
        Rejected: Stage.REJECTED,
        Expired: Stage.EXPIRED,
        Cancelled: Stage.CANCELLED,
    },
    Stage.GRANTED: {},
    Stage.REJECTED: {},
    Stage.EXPIRED: {},
    Stage.CANCELLED: {},
}


@dataclass(frozen=True)
class Proposal:
    """One proposal. `version` is the store's fence, as a run's."""

    id: ProposalId
    request: ProposalRequest
    requested_at: datetime
    ballot: Ballot
    stage: Stage = Stage.AWAITING
    decided_by: UserId | None = None
    decided_at: datetime | None = None
    reason: str = ""
    version: int = 0

    @property
    def label(self) -> str:
        """What people call what it is about."""
        return self.request.label

    @property
    def asked_by(self) -> UserId:
        """Who asks for it."""
        return self.request.proposed_by or self.request.requester

    @property
    def is_review(self) -> bool:
        """It asks, afterwards, whether it was right to break the glass."""
        return self.request.action is Action.REVIEW

    @property
    def is_over(self) -> bool:
        """Nothing can happen to it any more."""
        return not TRANSITIONS[self.stage]

    def after(self, event: Event, *, at: datetime) -> Self:
        """Return the proposal as `event` leaves it; this one stays as it was. Raises IllegalMove."""
        try:
            stage = TRANSITIONS[self.stage][type(event)]
        except KeyError:
            raise IllegalMove(f"{self.label}: that is {self.stage}, nothing more can be decided.") from None
        return replace(self, stage=stage, **_changes(self, event, at))


def _changes(proposal: Proposal, event: Event, at: datetime) -> dict[str, Any]:
    match event:
        case Approved(by):
            return {"decided_by": by, "decided_at": at}
        case Rejected(by, reason):
            return {"decided_by": by, "decided_at": at, "reason": reason}
        case Cancelled(by):
            return {"decided_by": by, "decided_at": at}
        case Expired():
            return {"decided_at": at}
    return {"ballot": ballot_after(proposal.ballot, event)}

"""A training run's life, from the request to a trained version: values, facts and one table.

`Run` is what is true now, an event is a fact that happened, and `TRANSITIONS` says which fact may follow
at which stage. Nothing here asks for the time or the network: `run.after(event, at=now)` returns a new run.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from bot.domain.aside import NOTHING_BESIDES, Aside
from bot.domain.ballot import BALLOT_EVENTS, Ballot, BallotEvent, Expired, ballot_after
from bot.domain.dataset import Comparison, Dataset
from bot.domain.errors import IllegalMove
from bot.domain.facts import (
    Approved,
    Changed,
    Curated,
    Event,
    Inspected,
    Progressed,
    Recognised,
    Rejected,
    Reused,
    Signed,
    Trained,
    TrainedBefore,
    TrainingRequest,
    Unchanged,
    Undone,
    Unfit,
)
from bot.domain.ids import Air, RunId, UserId
from bot.domain.stages import called
from bot.domain.task import (
    Adopted,
    Attempted,
    Cancelled,
    Delayed,
    Denied,
    Doubted,
    Failed,
    Failure,
    Prepared,
    Searched,
    Submitted,
    Task,
    handover_changes,
)
from bot.domain.trouble import Beginning, Cause, dated

TYPICAL_TRAINING = timedelta(hours=2)  # the provider's guide, end to end


class Stage(StrEnum):
    """Where a run stands; the values are what the database holds."""

    REQUESTED = "requested"
    AWAITING = "awaiting approval"
    APPROVED = "approved"
    SUBMITTING = "submitting"
    UNCONFIRMED = "unconfirmed"
    TRAINING = "training"
    READY = "ready"
    REFUSED = "refused"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"


TRANSITIONS: dict[Stage, dict[type[Event], Stage]] = {
    Stage.REQUESTED: {
        Inspected: Stage.AWAITING,
        Unchanged: Stage.AWAITING,
        Unfit: Stage.REFUSED,
        Delayed: Stage.REQUESTED,
        Adopted: Stage.UNCONFIRMED,
        Cancelled: Stage.CANCELLED,
    },
    Stage.AWAITING: {
        **dict.fromkeys(BALLOT_EVENTS, Stage.AWAITING),
        Approved: Stage.APPROVED,
        Curated: Stage.REQUESTED,
        Recognised: Stage.AWAITING,
        Rejected: Stage.REJECTED,
        Expired: Stage.EXPIRED,
        Reused: Stage.CANCELLED,
        Adopted: Stage.UNCONFIRMED,
        Cancelled: Stage.CANCELLED,
    },
    Stage.APPROVED: {
        Undone: Stage.AWAITING,
        Delayed: Stage.APPROVED,
        Changed: Stage.REQUESTED,
        Prepared: Stage.SUBMITTING,
        Adopted: Stage.UNCONFIRMED,
        Cancelled: Stage.CANCELLED,
    },
    Stage.SUBMITTING: {
        Attempted: Stage.SUBMITTING,
        Delayed: Stage.SUBMITTING,
        Denied: Stage.SUBMITTING,
        Changed: Stage.REQUESTED,
        Submitted: Stage.TRAINING,
        Failed: Stage.FAILED,
        Doubted: Stage.UNCONFIRMED,
        Adopted: Stage.UNCONFIRMED,
        Cancelled: Stage.CANCELLED,
    },
    Stage.UNCONFIRMED: {
        Submitted: Stage.TRAINING,
        Searched: Stage.UNCONFIRMED,
        Cancelled: Stage.CANCELLED,
    },
    Stage.TRAINING: {
        Progressed: Stage.TRAINING,
        Delayed: Stage.TRAINING,
        Trained: Stage.READY,
        Failed: Stage.FAILED,
        Doubted: Stage.UNCONFIRMED,
        Cancelled: Stage.CANCELLED,
    },
    Stage.READY: {},
    Stage.REFUSED: {},
    Stage.REJECTED: {},
    Stage.CANCELLED: {},
    Stage.FAILED: {},
    Stage.EXPIRED: {},
}


@dataclass(frozen=True)
class Run:
    """One training run. `version` is the store's fence: raised by every take and save.

    `left_out` are names of pictures as the archive that was fetched has them, and `pending` is a choice that
    the dataset is still being made anew for. With `is_stale`, the dataset is not what there is now. `undone`
    is who took its approval back, until it is approved again. `notice` is what the people who decide must
    know besides the dataset; `trouble`, what keeps the run from moving on just now, of what cause and since
    when, and what does `besides`; `evidence`, what Runware last said of a task in doubt, and when.
    """

    id: RunId
    request: TrainingRequest
    requested_at: datetime
    stage: Stage = Stage.REQUESTED
    stage_since: datetime | None = None
    dataset: Dataset | None = None
    left_out: tuple[str, ...] = ()
    left_out_by: UserId | None = None
    strip: bool = False
    pending: Curated | None = None
    is_stale: bool = False
    compared: Comparison | None = None
    before: TrainedBefore | None = None
    ballot: Ballot | None = None
    rights: Signed | None = None
    approval: Signed | None = None
    undone: Signed | None = None
    notice: str = ""
    problems: tuple[str, ...] = ()
    air: Air | None = None
    number: int | None = None
    decided_by: UserId | None = None
    starts_at: datetime | None = None
    reason: str = ""
    task: Task | None = None
    percent: int | None = None
    trouble: str = ""
    cause: Cause | None = None
    troubled_since: datetime | None = None
    besides: tuple[Beginning, ...] = ()
    evidence: tuple[str, ...] = ()
    searched_at: datetime | None = None
    cost: float | None = None
    failure: Failure | None = None
    aside: Aside = NOTHING_BESIDES
    version: int = 0

    @classmethod
    def requested(cls, run_id: RunId, request: TrainingRequest, *, at: datetime) -> Self:
        """Return the run that `request` begins."""
        rights = Signed(request.requester, at) if request.has_rights else None
        return cls(run_id, request, at, stage_since=at, strip=request.strip, rights=rights)

    @property
    def label(self) -> str:
        """What people call the version it makes: `Stellar@2`; only the name before its number is reserved."""
        return f"{self.request.name}@{self.number}" if self.number else self.request.name

    @property
    def is_over(self) -> bool:
        """Nothing can happen to it any more."""
        return not TRANSITIONS[self.stage]

    @property
    def may_be_charged(self) -> bool:
        """A request for it has left the house, and may have been taken."""
        return self.task is not None and self.task.attempts > 0

    def time_left(self, *, at: datetime) -> timedelta | None:
        """Estimate how long the training still takes; None where it is not training."""
        if self.stage is not Stage.TRAINING or self.stage_since is None:
            return None
        elapsed = at - self.stage_since
        whole = elapsed * 100 / self.percent if self.percent else TYPICAL_TRAINING
        return max(whole - elapsed, timedelta())

    def after(self, event: Event, *, at: datetime) -> Self:
        """Return the run as `event` leaves it; this run stays as it was. Raises IllegalMove."""
        try:
            stage = TRANSITIONS[self.stage][type(event)]
        except KeyError:
            raise IllegalMove(_refusal(self, event)) from None
        since = self.stage_since if stage is self.stage else at
        if isinstance(event, BallotEvent):
            return replace(self, ballot=ballot_after(self.ballot, event))
        after = replace(self, stage=stage, stage_since=since, **_changes(self, event, at))
        return replace(after, **dated(self, after, at=at))


def recognised(earlier: Run | None) -> TrainedBefore | None:
    """Return what to tell of a run on the very same pictures, if there is one."""
    return TrainedBefore(earlier.label, earlier.id, earlier.stage is Stage.READY) if earlier else None


def _refusal(run: Run, event: Event) -> str:
    done = _DONE.get(type(event), type(event).__name__.lower())
    return f"{run.request.name} is {called(run.stage)}: it cannot be {done} now."


_DONE: dict[type[Event], str] = {
    Curated: "made anew without some pictures",
    Reused: "given up for an earlier version",
}
"""What an event does, where its name is no plain word for it."""


def _changes(run: Run, event: Event, at: datetime) -> dict[str, Any]:
    """Return the fields that `event` changes besides the stage."""
    match event:
        case Approved() | Undone() | Rejected() | Reused() | Changed():
            return _decision(run, event, at)
        case Inspected():
            wish = run.pending
            made = {"left_out": wish.left_out, "strip": wish.strip} if wish else {}
            by = {"left_out_by": wish.by} if wish and set(wish.left_out) != set(run.left_out) else {}
            return {**vars(event), **made, **by, "pending": None, "is_stale": False, "trouble": ""}
        case Unchanged(problems):
            return {"pending": None, "notice": " ".join(problems), "trouble": ""}
        case Recognised(before):
            return {"before": before}
        case Unfit(problems):
            return {"problems": problems, "trouble": ""}
        case Curated():
            return {"pending": event, "notice": "", "trouble": ""}
        case Cancelled(by):
            return _stopped(run, by)
        case Progressed(percent):
            return {"percent": run.percent if percent is None else percent, "trouble": ""}
        case Trained(air, cost):
            return {"air": air, "cost": cost, "percent": 100, "trouble": ""}
    return handover_changes(run.task, event, at)


def _stopped(run: Run, by: str) -> dict[str, Any]:
    """Return what ending it changes; what may just be on its way cannot be ended honestly."""
    if run.stage is Stage.SUBMITTING and run.may_be_charged:
        raise IllegalMove(f"{run.request.name} is being handed over: look at its card again in a minute.")
    return {"decided_by": by, "trouble": ""}


def _decision(
    run: Run, event: Approved | Undone | Rejected | Reused | Changed, at: datetime
) -> dict[str, Any]:
    """Return what a person's decision changes, or its being void."""
    match event:
        case Approved(by, starts_at):
            signed = {"rights": run.rights or Signed(by, at), "approval": Signed(by, at), "undone": None}
            return {"decided_by": by, "starts_at": starts_at, "notice": "", **signed}
        case Rejected(by, reason):
            return {"decided_by": by, "reason": reason}
        case Reused(by):
            reason = f"The same pictures had already trained {run.before.label}." if run.before else ""
            return {"decided_by": by, "reason": reason}
    undone = Signed(event.by, at) if isinstance(event, Undone) else None
    void: dict[str, Any] = {"decided_by": None, "starts_at": None, "approval": None, "undone": undone}
    if run.ballot:
        opened_at = at if isinstance(event, Changed) else run.ballot.opened_at  # it may be days later
        is_void = run.ballot.is_void or (isinstance(event, Changed) and bool(run.ballot.votes))
        asked = replace(run.ballot, votes=(), turn=0, has_news=False, is_void=is_void)
        void["ballot"] = replace(asked, glass=None, overrides=(), opened_at=opened_at)
    if isinstance(event, Changed):
        if run.may_be_charged:
            raise IllegalMove(f"{run.request.name} has been handed over: it cannot be changed now.")
        return {**void, "rights": None, "task": None, "is_stale": True, "notice": event.why, "trouble": ""}
    # whoever approved had said that there are rights, unless the requester had, and takes that back too
    return void if run.request.has_rights else {**void, "rights": None}

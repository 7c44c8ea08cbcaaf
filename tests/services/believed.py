"""What may be asked, decided and paid, in as few words as it can be said: the model of `Deciding`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.ballot import Expired, Reminded
from bot.domain.facts import Changed, Event, Inspected, Trained, Unchanged, Unfit
from bot.domain.ids import RunId, UserId
from bot.domain.run import Stage
from bot.domain.task import Attempted, Failed, Prepared, Submitted

OVER = {Stage.READY, Stage.REFUSED, Stage.REJECTED, Stage.CANCELLED, Stage.FAILED, Stage.EXPIRED}
AFTER: dict[type[Event], Stage] = {
    Unfit: Stage.REFUSED,
    Prepared: Stage.SUBMITTING,
    Attempted: Stage.SUBMITTING,
    Submitted: Stage.TRAINING,
    Trained: Stage.READY,
    Failed: Stage.FAILED,
    Expired: Stage.EXPIRED,
}
MAY_STOP = {Stage.REQUESTED, Stage.AWAITING, Stage.APPROVED, Stage.TRAINING}


@dataclass
class Believed:
    """What the model knows of a run; `agreed` is the dataset that the approval of `approver` was of.

    It waits for the votes of `needed` people, by the rules when it was last asked.
    """

    requester: UserId
    stage: Stage = Stage.REQUESTED
    dataset: str = ""
    left_out: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    decider: UserId | None = None
    approver: UserId | None = None
    starts_at: datetime | None = None
    agreed: str = ""
    paid: int = 0
    is_sent: bool = False
    votes: set[UserId] = field(default_factory=set)
    needed: int = 1
    expires_at: datetime | None = None

    def waits(self, now: datetime) -> bool:
        return self.stage is Stage.AWAITING and self.expires_at is not None and now < self.expires_at

    def may_decide(self, who: UserId, now: datetime) -> bool:
        return who != self.requester and self.waits(now)

    def ask(self, needed: int, now: datetime) -> None:
        """Let it be asked anew, by the rules of now."""
        self.votes, self.needed, self.expires_at = set(), needed, now + timedelta(hours=24)

    def vote(self, who: UserId, *, dataset: str, starts_at: datetime) -> None:
        """Count an approval of `dataset`; the last that is needed approves the run."""
        self.votes.add(who)
        if len(self.votes) == self.needed:
            self.stage, self.decider, self.approver = Stage.APPROVED, who, who
            self.starts_at, self.agreed = starts_at, dataset

    def may_stop(self, who: UserId) -> bool:
        is_unsent = self.stage is Stage.SUBMITTING and not self.is_sent
        concerned = {self.requester, self.decider, *self.votes}
        return who in concerned and (self.stage in MAY_STOP or is_unsent)

    def void(self, stage: Stage) -> None:
        """Let no approval stand any more."""
        self.votes = set()
        self.stage, self.decider, self.approver, self.starts_at, self.agreed = stage, None, None, None, ""

    def step(self, fact: Event, *, needed: int, now: datetime) -> None:
        """Let the reconciler have found this out."""
        match fact:
            case Inspected(dataset):
                self.stage, self.dataset, self.left_out = Stage.AWAITING, dataset.sha256, self.chosen
                self.ask(needed, now)
            case Unchanged():
                self.stage, self.chosen = Stage.AWAITING, self.left_out
            case Changed():
                self.void(Stage.REQUESTED)
            case Reminded():
                pass
            case _:
                self.stage = AFTER[type(fact)]
                self.is_sent = self.is_sent or isinstance(fact, Attempted)

    def may_be_paid(self, now: datetime) -> bool:
        """Say whether another person stands for just this dataset, and could have taken that back."""
        is_agreed = bool(self.agreed) and self.agreed == self.dataset
        is_time = self.starts_at is not None and self.starts_at <= now
        return is_agreed and is_time and self.approver not in (None, self.requester)


@dataclass(frozen=True)
class Seen:
    """A run's card as somebody saw it."""

    run: RunId
    digits: str
    dataset: str

"""What may be asked, decided and paid, in as few words as it can be said: the model of `Deciding`."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ballot import Reminded
from bot.domain.facts import Changed, Event, Inspected, Trained, Unchanged, Unfit
from bot.domain.ids import RunId, UserId
from bot.domain.run import Stage
from bot.domain.task import Attempted, Failed, Prepared, Submitted

OVER = {Stage.READY, Stage.REFUSED, Stage.REJECTED, Stage.CANCELLED, Stage.FAILED}
AFTER: dict[type[Event], Stage] = {
    Unfit: Stage.REFUSED,
    Prepared: Stage.SUBMITTING,
    Attempted: Stage.SUBMITTING,
    Submitted: Stage.TRAINING,
    Trained: Stage.READY,
    Failed: Stage.FAILED,
}
MAY_STOP = {Stage.REQUESTED, Stage.AWAITING, Stage.APPROVED, Stage.TRAINING}


@dataclass
class Believed:
    """What the model knows of a run; `agreed` is the dataset that the approval of `approver` was of."""

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

    def may_decide(self, who: UserId) -> bool:
        return who != self.requester and self.stage is Stage.AWAITING

    def may_stop(self, who: UserId) -> bool:
        is_unsent = self.stage is Stage.SUBMITTING and not self.is_sent
        return who in (self.requester, self.decider) and (self.stage in MAY_STOP or is_unsent)

    def void(self, stage: Stage) -> None:
        """Let no approval stand any more."""
        self.stage, self.decider, self.approver, self.starts_at, self.agreed = stage, None, None, None, ""

    def step(self, fact: Event) -> None:
        """Let the reconciler have found this out."""
        match fact:
            case Inspected(dataset):
                self.stage, self.dataset, self.left_out = Stage.AWAITING, dataset.sha256, self.chosen
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

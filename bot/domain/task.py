"""A paid request at Runware, and the facts about handing it over that runs and generations share.

`Task.id` is Runware's idempotency key. A run never gets a second one: asking again sends `Task.body`,
the same bytes, and a repeat is answered with a conflict instead of a charge.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from bot.domain.ids import Air, TaskId
from bot.domain.trouble import Beginning, Cause

RESTORED = "The database was restored from a backup, and this may have been handed over since then."


@dataclass(frozen=True)
class Task:
    """What was, or will be, sent: written down before any byte leaves.

    `is_taken`: Runware has said that it has it.
    """

    id: TaskId
    body: str
    attempts: int = 0
    first_attempt_at: datetime | None = None
    last_attempt_at: datetime | None = None
    is_taken: bool = False

    def attempted(self, at: datetime) -> Self:
        """Return the task with one more attempt on its count."""
        first = self.first_attempt_at or at
        return replace(self, attempts=self.attempts + 1, first_attempt_at=first, last_attempt_at=at)

    def denied(self) -> Self:
        """Return the task without its last attempt, which was certainly not taken."""
        if self.attempts > 1:
            return replace(self, attempts=self.attempts - 1)
        return replace(self, attempts=0, first_attempt_at=None, last_attempt_at=None)


@dataclass(frozen=True)
class Failure:
    """Why it ended badly: Runware's word for it, and a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Prepared:
    """The request is written down, to the byte; nothing has been sent."""

    task: Task


@dataclass(frozen=True)
class Attempted:
    """It is about to be sent: from here on a charge may exist."""


@dataclass(frozen=True)
class Submitted:
    """Runware has it."""


@dataclass(frozen=True)
class Delayed:
    """It cannot move on for now; `reason` is a sentence, empty once it can.

    `besides` are other causes that show now, or could not be seen to be over.
    """

    reason: str
    cause: Cause | None = None
    besides: tuple[Cause, ...] = ()


@dataclass(frozen=True)
class Denied:
    """The attempt was certainly not taken: our key was refused, say. `reason` is a sentence."""

    reason: str
    cause: Cause | None = None


@dataclass(frozen=True)
class Testimony:
    """What the witnesses say of a task: `said` holds a sentence for each that was asked.

    `is_known`: Runware has it. Without that nothing is proven, for an unknown task and a silent one are told
    alike (facts/runware.md §2). `is_foreign`: under our id it holds a request that is not ours, to the byte;
    `is_ours`, one that is. Where its archive tells none, or does not answer, nothing was compared: neither.
    """

    is_known: bool
    said: tuple[str, ...] = ()
    is_foreign: bool = False
    is_ours: bool = False


@dataclass(frozen=True)
class Doubted:
    """Nobody can say whether Runware has it: a person has to decide. `reason` says why.

    `evidence` is what the witnesses said last. With `cause` SLOW it says that it has it, and nothing new.
    """

    reason: str
    evidence: tuple[str, ...] = ()
    cause: Cause = Cause.DOUBT


@dataclass(frozen=True)
class Searched:
    """It was looked for once more while in doubt, and there was no trace; `evidence` as in `Doubted`."""

    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Adopted:
    """The database was restored from a backup, and this may have been handed over since: it is looked for.

    Nothing of it is sent again without a person, for the task may be long over. `air` and `number` are of the
    version that it trains, where only Runware knew that any more.
    """

    task: Task
    air: Air | None = None
    number: int | None = None


@dataclass(frozen=True)
class Failed:
    """It ended badly; nothing more will come of it."""

    failure: Failure


@dataclass(frozen=True)
class Cancelled:
    """Someone wants no more of it."""

    by: str


HandoverEvent = (
    Prepared | Attempted | Submitted | Delayed | Denied | Doubted | Searched | Adopted | Failed | Cancelled
)


def handover_changes(task: Task | None, event: object, at: datetime) -> dict[str, Any]:
    """Return what the shared events of `bot.domain.task` change, for runs and generations alike."""
    match event:
        case Prepared(prepared):
            return {"task": prepared, "trouble": ""}
        case Attempted() if task:
            return {"task": task.attempted(at)}
        case Denied(reason, cause) if task:
            return {"trouble": reason, "cause": cause, "besides": (), "task": task.denied()}
        case Adopted(adopted, air, number):
            told = {"trouble": RESTORED, "cause": Cause.RESTORED, "besides": ()}
            version = {"air": air, "number": number} if air else {}
            return {**told, **version, "task": adopted, "evidence": (), "searched_at": None}
        case Submitted() if task:
            return {"task": replace(task, is_taken=True), "trouble": ""}
        case Doubted(reason, evidence, cause):
            told = {"trouble": reason, "cause": cause, "besides": ()}
            return {**told, "evidence": evidence, "searched_at": at}
        case Searched(evidence):
            return {"evidence": evidence, "searched_at": at}
        case Delayed(reason, cause, besides):
            others = tuple(Beginning(other, at) for other in besides)
            return {"trouble": reason, "cause": cause, "besides": others}
        case Failed(failure):
            return {"failure": failure, "trouble": ""}
    return {"trouble": ""}

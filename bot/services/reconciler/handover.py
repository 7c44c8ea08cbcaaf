"""Handing a paid request to Runware exactly once: the submit protocol, for runs and generations alike.

The request is written down to the byte before anything is sent, an attempt is counted before it is made,
and whatever is in doubt is first looked for and then sent again as the same bytes under the same taskUUID,
which Runware answers with a conflict instead of a charge. A second taskUUID is never made for one request,
and where nobody can say for a day whether it was taken, a person decides.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar, Generic, Protocol, TypeVar
from uuid import uuid4

from bot.domain.alarm import Concern
from bot.domain.errors import AccessDenied, NotSent, NotYet, Refused, Unavailable
from bot.domain.generation import Generation
from bot.domain.ids import TaskId
from bot.domain.policy import Action
from bot.domain.run import Run
from bot.domain.task import (
    Attempted,
    Delayed,
    Denied,
    Doubted,
    Failed,
    Failure,
    Prepared,
    Searched,
    Submitted,
    Task,
    Testimony,
)
from bot.domain.trouble import Cause, lasted
from bot.freezes import frozen
from bot.journal import NOW, postpone, record
from bot.ports import Store, Transaction
from bot.services.reconciler.alarming import held, is_restored, sound
from bot.services.reconciler.pace import Pace

Item = TypeVar("Item", Run, Generation)
Fact = Prepared | Attempted | Submitted | Delayed | Denied | Doubted | Searched | Failed
SILENT_FOR_A_DAY = "For a day Runware has not said whether it took the request."
NEVER_TWICE = "Runware has not said whether it took the request, and nothing is sent a second time here."
NOT_OURS = "Runware holds another request under the id of this one."
FROZEN = "An admin has frozen this: {}"
FOREIGN = (
    "Runware's archive holds another request under the id of one of ours, so what is charged may not be what"
    " was approved. Compare task {} in the Runware dashboard with the run, and tell Runware."
)


class Provider(Protocol):
    """What the protocol asks of Runware."""

    async def submit(self, task: Task) -> bool:
        """Send it, as `bot.ports.Trainer.submit` says."""
        ...

    async def testify(self, task: Task) -> Testimony:
        """Ask whether Runware has it, as `bot.ports.Trainer.testify` says."""
        ...


class Handover(Generic[Item]):
    """The protocol; a kind of item adds what is said of it, and what a balance is for."""

    paid_for: ClassVar[str]
    """What a refused balance is told to be about, and does not hold back others for."""
    action: ClassVar[Action]
    """What an admin may have frozen."""

    def __init__(self, store: Store, provider: Provider, pace: Pace) -> None:
        self._store = store
        self._provider = provider
        self._pace = pace

    async def is_as_approved(self, item: Item, task: Task) -> bool:  # noqa: ARG002 - for those who have to ask
        """Say whether what is about to be sent is still what was agreed on; if not, it was moved already."""
        return True

    async def prepare(self, item: Item, order: Callable[[TaskId], str]) -> None:
        """Write the request down, to the byte, as `order` words it; nothing is sent."""
        task_id = TaskId(str(uuid4()))
        prepared = Prepared(Task(task_id, order(task_id)))
        await self._store.write(lambda tx: self._prepare(tx, item, prepared))

    def _prepare(self, tx: Transaction, item: Item, prepared: Prepared) -> None:
        """Write it down, unless the database was restored: there may be a task that is not known here."""
        if is_restored(tx, item.request.workspace):
            put_off(tx, item, held(Concern.RESTORED), self._pace.longest_retry)
        else:
            record(tx, item, prepared, NOW)

    async def go_on(self, item: Item, task: Task) -> None:
        """Send the request, or find out what became of an earlier try."""
        if task.attempts and not await self._may_send_again(item, task):
            return
        if hold := await self._store.write(lambda tx: self._hold(tx, item)):
            await self.delay(item, hold, self._pace.retry(since=self._pace.longest_retry))
        elif await self.is_as_approved(item, task):
            await self._send(item)

    def _hold(self, tx: Transaction, item: Item) -> Delayed | None:
        """Return why nothing is handed over just now: somebody has frozen it, or an alarm holds it."""
        workspace = item.request.workspace
        if freeze := frozen(tx, workspace, self.action):
            return Delayed(FROZEN.format(freeze.reason), Cause.FROZEN)
        hold = tx.alarms.hold(workspace, about=self.paid_for, try_every=self._pace.trial)
        return held(hold.concern) if hold else None

    async def evidence(self, item: Item, task: Task) -> Testimony:
        """Ask whether Runware has the task; that nobody answers is told as any testimony."""
        try:
            return await self._testimony(item, task)
        except Unavailable as silence:
            return Testimony(is_known=False, said=(str(silence),))

    async def note(self, item: Item, fact: Fact, due: timedelta | None) -> Item:
        """Write a fact down in a transaction of its own."""
        return await self._store.write(lambda tx: record(tx, item, fact, due))

    async def delay(self, item: Item, why: Delayed, wait: timedelta) -> None:
        """Let the item wait, and say why unless that was said already."""
        await self._store.write(lambda tx: put_off(tx, item, why, wait))

    async def heed(
        self, item: Item, silence: Unavailable, wait: timedelta, *, besides: tuple[Cause, ...] = ()
    ) -> None:
        """Let the item wait where Runware did not answer; who can mend it is told, if somebody can."""

        def work(tx: Transaction) -> None:
            why = Delayed(str(silence), Cause.RUNWARE)
            if isinstance(silence, AccessDenied):
                why = sound(tx, item.request.workspace, silence, about=self.paid_for)
            put_off(tx, item, replace(why, besides=besides), wait)

        await self._store.write(work)

    async def _may_send_again(self, item: Item, task: Task) -> bool:
        """Look for an earlier try; without a trace, say whether the same bytes may be sent once more."""
        try:
            testimony = await self._testimony(item, task)
        except Unavailable as silence:
            if await self._is_in_doubt(task):
                await self.note(item, Doubted(SILENT_FOR_A_DAY, (str(silence),)), self._pace.poll)
            else:
                await self.heed(item, silence, await self._wait(item, silence))
            return False
        if testimony.is_known:
            await self._store.write(lambda tx: self._accepted(tx, item))
            return False
        if testimony.is_foreign:
            await self.note(item, Doubted(NOT_OURS, testimony.said), self._pace.poll)
            return False
        if wait := await self._store.read(lambda tx: self._settling(tx, task)):
            await self._store.write(lambda tx: postpone(tx, item, wait))
            return False
        if await self._is_in_doubt(task):
            await self.note(item, Doubted(SILENT_FOR_A_DAY, testimony.said), self._pace.poll)
            return False
        if not self._pace.sends_again:
            await self.note(item, Doubted(NEVER_TWICE, testimony.said), self._pace.poll)
            return False
        return True

    async def _is_in_doubt(self, task: Task) -> bool:
        """Say whether the first try was so long ago that a person has to decide."""
        return await self._store.read(lambda tx: _since(tx, task.first_attempt_at)) > self._pace.doubt

    async def _send(self, item: Item) -> None:
        """Send what is written down, unless this process slept after it had counted the attempt.

        Then another may have sent it meanwhile, and it may be over: the next step looks.
        """
        item = await self.note(item, Attempted(), self._pace.settle)
        task = item.task
        if task is None:  # pragma: no cover - `Attempted` follows `Prepared` by the transition table
            return
        if await self._store.read(lambda tx: _since(tx, task.last_attempt_at)) > self._pace.fresh:
            return
        try:
            was_known = await self._provider.submit(task)
        except AccessDenied as denied:
            await self._denied(item, denied)
        except NotSent as vain:
            cause = Cause.QUEUE if isinstance(vain, NotYet) else Cause.RUNWARE
            await self.note(item, Denied(str(vain), cause), await self._wait(item, vain))
        except Unavailable as silence:
            why = Delayed(str(silence), Cause.RUNWARE)
            await self.delay(item, why, await self._wait(item, silence))
        except Refused as no:
            await self._refused(item, task, no)
        else:
            await self._store.write(lambda tx: self._accepted(tx, item))
            if was_known and task.attempts == 1:
                await self.evidence(item, task)  # nobody but us knows the id: is it our request that it has?

    def _accepted(self, tx: Transaction, item: Item) -> None:
        record(tx, item, Submitted(), NOW)
        tx.alarms.settle(item.request.workspace, Concern.KEY)
        tx.alarms.settle(item.request.workspace, Concern.BALANCE, about=self.paid_for)

    async def _denied(self, item: Item, denied: AccessDenied) -> None:
        """Forget the try, which certainly was not taken, and tell who can mend it."""

        def work(tx: Transaction) -> None:
            why = sound(tx, item.request.workspace, denied, about=self.paid_for)
            record(tx, item, Denied(why.reason, why.cause), self._pace.longest_retry)

        await self._store.write(work)

    async def _refused(self, item: Item, task: Task, no: Refused) -> None:
        """End it on a certain no to a first try; after more than one, the earlier try may live."""
        if task.attempts == 1:
            await self.note(item, Failed(Failure(no.code, str(no))), None)
            return
        testimony = await self.evidence(item, task)
        fact = Submitted() if testimony.is_known else Doubted(str(no), testimony.said)
        await self.note(item, fact, NOW if testimony.is_known else self._pace.poll)

    async def _testimony(self, item: Item, task: Task) -> Testimony:
        testimony = await self._provider.testify(task)
        if testimony.is_foreign:
            workspace, sentence = item.request.workspace, FOREIGN.format(task.id)
            await self._store.write(
                lambda tx: tx.alarms.sound(workspace, Concern.FOREIGN, sentence, about=task.id)
            )
        return testimony

    async def _wait(self, item: Item, silence: Unavailable) -> timedelta:
        """Return the wait after a try whose fate is unknown, or after a look for it in vain."""

        def since(tx: Transaction) -> timedelta:
            first = item.task.first_attempt_at if item.task else None
            return max(_since(tx, first), lasted(item, Cause.RUNWARE, at=tx.now))

        return self._pace.resend(since=await self._store.read(since), asked=silence.retry_after)

    def _settling(self, tx: Transaction, task: Task) -> timedelta | None:
        if task.last_attempt_at is None:
            return None
        left = task.last_attempt_at + self._pace.settle - tx.now
        return min(left, self._pace.settle) if left > NOW else None  # the clock may have been set back


def _since(tx: Transaction, moment: datetime | None) -> timedelta:
    return tx.now - (moment or tx.now)


def put_off(tx: Transaction, item: Run | Generation, why: Delayed, wait: timedelta) -> None:
    """Let the item wait, and say why unless that was said already."""
    besides = tuple(other.cause for other in item.besides)
    if (item.trouble, item.cause, besides) == (why.reason, why.cause, why.besides):
        postpone(tx, item, wait)
    else:
        record(tx, item, why, wait)

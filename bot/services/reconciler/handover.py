"""Handing a paid request to Runware exactly once: the submit protocol, for runs and generations alike.

The request is written down to the byte before anything is sent, an attempt is counted before it is made,
and whatever is in doubt is first looked for and then sent again as the same bytes under the same taskUUID,
which Runware answers with a conflict instead of a charge. A second taskUUID is never made for one request.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Generic, Protocol, TypeVar
from uuid import uuid4

from bot.domain.errors import AccessDenied, Refused, Unavailable
from bot.domain.generation import Generation
from bot.domain.ids import TaskId
from bot.domain.run import Run
from bot.domain.task import Attempted, Delayed, Denied, Doubted, Failed, Failure, Prepared, Submitted, Task
from bot.ports import Store, Transaction
from bot.services.reconciler.pace import Pace

Item = TypeVar("Item", Run, Generation)
Fact = Prepared | Attempted | Submitted | Delayed | Denied | Doubted | Failed
NOW = timedelta()
SILENT_FOR_A_DAY = "For a day Runware has not said whether it took the request."


class Provider(Protocol):
    """What the protocol asks of Runware."""

    async def submit(self, task: Task) -> None:
        """Send it, as `bot.ports.Trainer.submit` says."""
        ...


class Handover(ABC, Generic[Item]):
    """The protocol; a kind of item adds where it is kept, what is said of it, and how to look for it."""

    def __init__(self, store: Store, provider: Provider, pace: Pace) -> None:
        self._store = store
        self._provider = provider
        self._pace = pace

    @abstractmethod
    async def advance(self, item: Item) -> None:
        """Take one step with a taken item; Conflict where someone else moved it meanwhile."""

    @abstractmethod
    def renew(self, tx: Transaction, item: Item) -> None:
        """Keep a taken item for another lease."""

    @abstractmethod
    def postpone(self, tx: Transaction, item: Item, due: timedelta) -> None:
        """Give a taken item back unchanged."""

    @abstractmethod
    def record(self, tx: Transaction, item: Item, fact: Fact, due: timedelta | None) -> Item:
        """Write a fact down, with what is to be said of it."""

    @abstractmethod
    async def is_known(self, item: Item, task: Task) -> bool:
        """Say whether Runware gives any sign of the task; False proves nothing. Raises Unavailable."""

    async def prepare(self, item: Item, order: Callable[[TaskId], str]) -> None:
        """Write the request down, to the byte, as `order` words it; nothing is sent."""
        task_id = TaskId(str(uuid4()))
        await self.note(item, Prepared(Task(task_id, order(task_id))), NOW)

    async def go_on(self, item: Item, task: Task) -> None:
        """Send the request, or find out what became of an earlier try."""
        if not task.attempts:
            await self._send(item)
        elif wait := await self._store.read(lambda tx: self._settling(tx, task)):
            await self._store.write(lambda tx: self.postpone(tx, item, wait))
        else:
            await self._find_out(item, task)

    async def _find_out(self, item: Item, task: Task) -> None:
        try:
            is_known = await self.is_known(item, task)
        except Unavailable as silence:
            await self.note(item, Delayed(str(silence)), self._wait(silence))
            return
        if is_known:
            await self.note(item, Submitted(), NOW)
        elif await self._store.read(lambda tx: tx.now - (task.first_attempt_at or tx.now) > self._pace.doubt):
            await self.note(item, Doubted(SILENT_FOR_A_DAY), self._pace.poll)
        else:
            await self._send(item)

    async def look_for_trace(self, item: Item, task: Task) -> None:
        """Go on looking, but send nothing: a person has to decide about the rest."""
        with suppress(Unavailable):
            if await self.is_known(item, task):
                await self.note(item, Submitted(), NOW)
                return
        await self._store.write(lambda tx: self.postpone(tx, item, self._pace.longest_retry))

    async def _send(self, item: Item) -> None:
        item = await self.note(item, Attempted(), self._pace.settle)
        task = item.task
        if task is None:  # pragma: no cover - `Attempted` follows `Prepared` by the transition table
            return
        try:
            await self._provider.submit(task)
        except AccessDenied as denied:
            await self.note(item, Denied(str(denied)), self._pace.longest_retry)
        except Unavailable as silence:
            await self.note(item, Delayed(str(silence)), self._wait(silence))
        except Refused as no:
            await self._refused(item, task, no)
        else:
            await self.note(item, Submitted(), NOW)

    async def _refused(self, item: Item, task: Task, no: Refused) -> None:
        """End it on a certain no to a first try; after more than one, the earlier try may live."""
        if task.attempts == 1:
            await self.note(item, Failed(Failure(no.code, str(no))), None)
            return
        with suppress(Unavailable):
            if await self.is_known(item, task):
                await self.note(item, Submitted(), NOW)
                return
        await self.note(item, Doubted(str(no)), self._pace.poll)

    def _wait(self, silence: Unavailable) -> timedelta:
        return max(self._pace.settle, timedelta(seconds=silence.retry_after or 0))

    def _settling(self, tx: Transaction, task: Task) -> timedelta | None:
        if task.last_attempt_at is None:
            return None
        left = task.last_attempt_at + self._pace.settle - tx.now
        return left if left > NOW else None

    async def note(self, item: Item, fact: Fact, due: timedelta | None) -> Item:
        """Write a fact down in a transaction of its own."""
        return await self._store.write(lambda tx: self.record(tx, item, fact, due))

"""Looks that are under way at the same moment, asked of Runware together in one request.

Nobody waits for company: a batch takes whoever comes before a place is free for it, and then goes. That
Runware takes several looks at once is likely but not promised (facts §1.2), so where a batch fails as a whole
each look is asked alone, and so are all others for a while. What is told of one task is never taken for
another's, and nothing bad is believed of a task, nor that there is no news of it, before it was asked alone.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from bot.domain.errors import NotSent, Unavailable
from bot.domain.ids import TaskId
from bot.runware import wire
from bot.runware.answers import Answer, fault_in, is_same, text

MOST_TOGETHER = 10
REST = timedelta(minutes=10)
"""For so long no batch is gathered after one that failed as a whole."""

Shares = Mapping[TaskId, Answer | None]
"""What was told of each task of a batch; None where it has to be asked alone."""
_OF_THE_MOMENT = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Said of a batch, it would be said of each look alone, too: ten requests more would only be a storm."""


@dataclass(eq=False)
class _Batch:
    """Tasks to be asked about together; `callers` await `shares`, and the last one to leave ends it."""

    most: int
    tasks: dict[TaskId, None] = field(default_factory=dict)
    callers: int = 0
    shares: asyncio.Task[Shares] | None = None


class Looks:
    """Brings looks together; `ask` calls what it is given for the body only once a place is free."""

    def __init__(
        self, ask: Callable[[Callable[[], str]], Awaitable[Answer]], *, clock: Callable[[], datetime]
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._boarding: _Batch | None = None
        self._rests_since: datetime | None = None

    async def look(self, task: TaskId) -> Answer:
        """Return what Runware tells of a task, and of no other. Raises Unavailable."""
        batch = self._board(task)
        if batch.shares is None:
            batch.shares = asyncio.create_task(self._carry(batch))
        batch.callers += 1
        try:
            share = (await asyncio.shield(batch.shares))[task]
        finally:
            batch.callers -= 1
            if not batch.callers:
                self._depart(batch)
                batch.shares.cancel()
        return share or await self._ask(lambda: wire.look_request(task))

    def _board(self, task: TaskId) -> _Batch:
        """Return the batch that the task goes with."""
        batch = self._boarding
        if batch is None or (len(batch.tasks) >= batch.most and task not in batch.tasks):
            batch = self._boarding = _Batch(1 if self._is_resting() else MOST_TOGETHER)
        batch.tasks[task] = None
        return batch

    def _depart(self, batch: _Batch) -> None:
        """Let nobody join any more."""
        if self._boarding is batch:
            self._boarding = None

    async def _carry(self, batch: _Batch) -> Shares:
        def body() -> str:
            self._depart(batch)
            return wire.look_request(*batch.tasks)

        try:
            answer = await self._ask(body)
        except Unavailable as silence:
            if len(batch.tasks) > 1 and not isinstance(silence, NotSent):
                self._rests_since = self._clock()
            raise
        return dict.fromkeys(batch.tasks, answer) if len(batch.tasks) == 1 else self._shared(answer, batch)

    def _shared(self, answer: Answer, batch: _Batch) -> Shares:
        if _tells_apart(answer, batch):
            return {task: _share(answer, task) for task in batch.tasks}
        if answer.status in _OF_THE_MOMENT:
            return dict.fromkeys(batch.tasks, replace(answer, rows=()))
        self._rests_since = self._clock()
        return dict.fromkeys(batch.tasks)

    def _is_resting(self) -> bool:
        """Say whether batches rest; where the clock was set back since, that counts as over."""
        since = self._rests_since
        return since is not None and timedelta() <= self._clock() - since < REST


def _tells_apart(answer: Answer, batch: _Batch) -> bool:
    """Say whether every error is about a task, so that the answer is not about the batch as such."""
    if not answer.is_readable or any(not fault.task_id for fault in answer.faults):
        return False
    return answer.is_good or any(
        is_same(fault.task_id, task) for fault in answer.faults for task in batch.tasks
    )


def _share(answer: Answer, task: TaskId) -> Answer | None:
    """Return what is told of one task; None where that is nothing or only bad, maybe the batch's doing.

    Another's may be a bad status, so then only rows are believed.
    """
    rows = tuple(row for row in answer.rows if is_same(text(row, "taskUUID"), task))
    faults = tuple(fault for fault in answer.faults if is_same(fault.task_id, task))
    is_busy = answer.status == HTTPStatus.TOO_MANY_REQUESTS
    if all(map(fault_in, rows)):
        return replace(answer, rows=(), faults=()) if is_busy else None
    if answer.is_good or is_busy:
        return replace(answer, rows=rows, faults=faults)
    return None if faults else Answer(HTTPStatus.OK, rows)

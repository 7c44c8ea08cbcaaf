"""What the world said a short while ago, and what it is being asked: each question is put once at a time.

In memory only, and no error is ever kept. It asks nobody by itself and knows nothing of Slack.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")
MOST = 5000
"""Answers that are kept, unless less is asked for."""
LONGEST = 60.0
"""Seconds after which a shared request ends, for nobody can still be waiting for it."""


class Recent(Generic[Answer]):
    """What was answered within `fresh`, at most `most` of it, and what is being asked."""

    def __init__(self, clock: Callable[[], datetime], fresh: timedelta, *, most: int = MOST) -> None:
        self._clock = clock
        self._fresh = fresh
        self._most = most
        self._kept: dict[str, tuple[datetime, Answer]] = {}
        self._asking: dict[str, asyncio.Task[Answer]] = {}

    def __len__(self) -> int:
        return len(self._asking)

    def known(self, key: str) -> Answer | None:
        """Return what is still fresh; what lies in the future, after the clock was set back, is not."""
        kept = self._kept.get(key)
        if kept is None or not timedelta() <= self._clock() - kept[0] < self._fresh:
            return None
        return kept[1]

    def keep(self, key: str, answer: Answer, at: datetime) -> None:
        """Remember what was asked `at` that moment; the oldest makes way."""
        self._kept.pop(key, None)
        self._kept[key] = (at, answer)
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]

    async def ask(self, key: str, question: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what is known, or what is being asked, or ask; a lost asker takes nobody's answer away."""
        if (answer := self.known(key)) is not None:
            return answer
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._put(key, question))
            task.add_done_callback(_heard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Ask no more."""
        asked = list(self._asking.values())
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    async def _put(self, key: str, question: Callable[[], Awaitable[Answer]]) -> Answer:
        at = self._clock()
        try:
            async with asyncio.timeout(LONGEST):
                answer = await question()
        finally:
            del self._asking[key]
        self.keep(key, answer, at)
        return answer


def _heard(task: asyncio.Task[Any]) -> None:
    """Take note of how a request ended: that nobody is left to hear of it is no fault."""
    if not task.cancelled():
        task.exception()

"""The clock: APScheduler's ticks, and a nudge so that nothing which has just become due waits for one.

It holds no state of its own: what is due stands in the store, so a restart needs nothing from here.
APScheduler goes by the machine's clock: where that is set back, its ticks would wait until it has caught up,
so they are set anew then.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errands import Errands

Work = Callable[[], Awaitable[None]]


class Pulse:
    """Does one piece of work at each tick and soon after each nudge, never twice at once."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._wanted = False
        self._beating = False
        self._stopped = False
        self._errands = Errands(most=1)

    def nudge(self) -> None:
        """Have the work done soon; many nudges are one."""
        self._wanted = True
        if not self._beating and not self._stopped:
            self._beating = True
            self._errands.start(self._beat())

    async def stop(self, *, within: float) -> None:
        """Wait for the beat under way, at most `within` seconds, and start no other."""
        self._stopped = True
        await self._errands.finish(within=within)

    async def _beat(self) -> None:
        try:
            while self._wanted and not self._stopped:
                self._wanted = False
                await self._work()
        finally:
            self._beating = False
            if self._wanted:
                self.nudge()


class Clock:
    """Ticks every piece of work at its interval, in seconds, from `async with` to its end."""

    def __init__(self, *ticks: tuple[Work, float]) -> None:
        self._pulses = [(Pulse(work), seconds) for work, seconds in ticks]
        self._scheduler = AsyncIOScheduler()
        self._watch: asyncio.Task[None] | None = None

    def nudge(self) -> None:
        """Have all work that can be due at any moment looked at now."""
        for pulse, seconds in self._pulses:
            if seconds <= NUDGED_BELOW:
                pulse.nudge()

    async def __aenter__(self) -> Self:
        for pulse, seconds in self._pulses:
            self._scheduler.add_job(
                _tick, "interval", (pulse,), seconds=seconds, coalesce=True, max_instances=1
            )
            pulse.nudge()
        self._scheduler.start()
        self._watch = asyncio.create_task(self._watch_the_clock())
        return self

    async def _watch_the_clock(self) -> None:
        while True:
            before = datetime.now(UTC)
            await asyncio.sleep(WATCH)
            if (now := datetime.now(UTC)) < before:
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=now)

    async def __aexit__(self, *_: object) -> None:
        if self._watch:
            self._watch.cancel()
        self._scheduler.shutdown(wait=False)
        await asyncio.gather(*(pulse.stop(within=LAST_BEAT) for pulse, _ in self._pulses))


LAST_BEAT = 3.0
"""Seconds that a stop waits for a beat under way; a look at many cards may take minutes, and is made anew."""
WATCH = 1.0
"""Seconds between two looks at the machine's clock."""
NUDGED_BELOW = 5.0
"""Seconds: what ticks more slowly is housekeeping, which no commit makes urgent."""


async def _tick(pulse: Pulse) -> None:
    pulse.nudge()

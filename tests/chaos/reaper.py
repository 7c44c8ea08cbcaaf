"""Kills the bot again and again, at moments that a seed chooses, and notes how soon it is itself again.

A kill may fall while the bot still starts. What a kill left standing is late from that kill on, at which the
bot is started again, and what was to wait anyway from its own moment; further kills do not stop that watch.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.chaos.books import Books, Step
from tests.dialogs.processes import House

LOOKS_EVERY = 0.05


@dataclass
class Reaper:
    """Kills the bot of `home`; `lives` are the shortest and the longest of its lives, in seconds."""

    home: House
    rng: random.Random
    lives: tuple[float, float]
    kills: int = 0
    starts: list[float] = field(default_factory=list)
    """Seconds from each start to the first answer."""
    resumed: list[float] = field(default_factory=list)
    """Seconds from each kill to the next step of each run and generation that it had left standing."""
    _standing: dict[str, tuple[Step, float]] = field(default_factory=dict)

    async def kill(self, times: int) -> None:
        """Let the bot live a little and kill it, so many times; start it in the end."""
        await asyncio.sleep(self._lifetime())
        for _ in range(times - 1):
            await self._kill_once()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._lifetime()):
                    await self._start()
                    await asyncio.Event().wait()
        await self._kill_once()
        await self._start()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Note what moves again, until the block ends."""
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    @property
    def still_standing(self) -> list[str]:
        """What has not moved since a kill."""
        return sorted(self._standing)

    def _lifetime(self) -> float:
        return self.rng.uniform(*self.lives)

    async def _kill_once(self) -> None:
        await self.home.dies()
        self.kills += 1
        now = time.time()
        for step in Books(self.home.folder).to_move().values():
            self._standing.setdefault(step.id, (step, now))

    async def _start(self) -> None:
        await self.home.bot.start()
        self.starts.append(self.home.bot.started_in)

    async def _watch(self) -> None:
        books = Books(self.home.folder)
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            there = books.to_move()
            for step, since in list(self._standing.values()):
                now = there.get(step.id)
                if now is None or now.has_moved_since(step):
                    late = since if step.is_taken else max(since, step.due)
                    self.resumed.append(max(0.0, time.time() - late))
                    del self._standing[step.id]

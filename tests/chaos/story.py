"""One run in one house, told step by step, for the tests of one misfortune each."""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos import hasty
from tests.chaos.books import Books, Effect
from tests.chaos.crowd import CHANNELS, Crowd
from tests.chaos.homes import home_of
from tests.chaos.verdict import Verdict, judged
from tests.dialogs.processes import House
from tests.dialogs.stage import Json, button

PATIENCE = 120.0
"""Seconds; only a failure waits for so long."""
AFTERMATH = hasty.SETTLE + 0.5
"""Seconds in which what was said or paid twice would have been."""


@dataclass
class Story:
    """A run that Ann asks for and Ben approves, with short waits; `books` are the bot's."""

    home: House
    crowd: Crowd
    books: Books

    async def asks(self) -> None:
        """Have Ann ask for the style."""
        await self.crowd.asks_for(1, every=0)

    async def approves(self) -> None:
        """Have Ben approve, as soon as the card lets him."""
        await self.home.at.clicks("ben", "run.approve", await self._waits_for("run.approve"))

    async def ends_well(self, *, with_a_sleeper: bool = False) -> None:
        """Wait for the end and assert that all of it was said and paid exactly once.

        Who was frozen between counting an attempt and sending it sends it on waking, whatever another sent
        since: `with_a_sleeper` bears a key twice, which Slack absorbs, but no message that stands twice.
        """
        await self._waits_for("run.default")
        async with asyncio.timeout(PATIENCE):
            while self.books.to_move() or self.books.unsaid():  # noqa: ASYNC110 - another process sets no Event
                await asyncio.sleep(0.1)
        await asyncio.sleep(AFTERMATH)
        verdict = await judged(self.crowd, self.books.unsaid())
        if with_a_sleeper:
            verdict.doubled = [one for one in verdict.doubled if not one.startswith("a post under ")]
        assert verdict == Verdict(charges=verdict.charges, messages=verdict.messages), verdict
        assert verdict.charges == 1
        await self.home.workers_are_gone()

    async def paid(self) -> int:
        """Return how many trainings were charged."""
        return await self.home.charges("training")

    async def comes_to(self, effect: Effect, *, lasting: float) -> None:
        """Tell the story up to an effect, the card's post or the payment, which takes so many seconds."""
        slow: dict[str, Any] = {"kind": "slow", "times": 1, "retry_after": lasting}
        if effect == "posting":
            await self.home.at.misbehaves(service="slack", method="chat.postMessage", **slow)
            await self.asks()
        else:
            await self.asks()
            await self.home.at.misbehaves(service="runware", method="training", **slow)
            await self.approves()
        await self.books.begins(effect)

    async def goes_on_from(self, effect: Effect, *, with_a_sleeper: bool = False) -> None:
        """Tell what has not been told at that effect, and end well."""
        if effect == "posting":
            await self.approves()
        await self.ends_well(with_a_sleeper=with_a_sleeper)

    async def _waits_for(self, action_id: str) -> Json:
        return await self.home.at.sees(
            lambda message: bool(button(message, action_id)), seconds=PATIENCE, who="ben"
        )


MOMENT = 0.005
"""Seconds in which a commit under way ends."""


@asynccontextmanager
async def story(folder: Path, *, dataset: Path, bytecode: Path, **settings: str) -> AsyncIterator[Story]:
    """Open a house whose bot has short waits and, besides, these settings."""
    async with home_of(hasty.COMMAND, folder, dataset=dataset, bytecode=bytecode, settings=settings) as home:
        home.at.channel = CHANNELS[1]  # where the crowd types its first command
        yield Story(home, Crowd(home.at), Books(folder))


@contextmanager
def frozen(pid: int, database: Path) -> Iterator[None]:
    """Stop a process as a debugger, or a swapped-out machine, would; let it go on after the block.

    Not in the middle of a commit: then it holds SQLite's one write lock, and nobody can write meanwhile.
    """
    _stop(pid)
    while _is_locked(database):
        os.kill(pid, signal.SIGCONT)
        time.sleep(MOMENT)
        _stop(pid)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _stop(pid: int) -> None:
    """Stop all its threads: while the signal is on its way to one, that one could still begin a commit."""
    os.kill(pid, signal.SIGSTOP)
    while any(_state(task) != "T" for task in Path(f"/proc/{pid}/task").iterdir()):
        time.sleep(MOMENT)


def _state(task: Path) -> str:
    """Return the state of a thread, which follows its name in brackets (man 5 proc)."""
    return (task / "stat").read_text().rpartition(") ")[2][0]


def _is_locked(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
    return False

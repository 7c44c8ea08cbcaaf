"""One storm: a workspace and a bot, a crowd that asks for runs, a reaper that kills, and the verdict.

The balance of a workspace's account pays for 41 trainings, so many runs are several waves.
"""

import asyncio
import io
import random
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from PIL import Image

from bot.sandbox.dataset import demo_dataset
from tests.chaos.books import Books
from tests.chaos.crowd import Crowd
from tests.chaos.homes import home_of
from tests.chaos.reaper import Reaper
from tests.chaos.verdict import Verdict, judged
from tests.dialogs.processes import House

PICTURES, SIDE = 12, 320
ENDS_WITHIN = 240.0
"""Seconds after the last kill; what is not there by then is lost."""
AFTERMATH = 1.0
"""Seconds in which what was said twice would have been said again."""


@dataclass(frozen=True)
class Storm:
    """How many runs, of which so many get pictures drawn; how many kills, and how far apart at most."""

    runs: int
    drawings: int
    kills: int
    apart: float
    command: tuple[str, ...] = ("-m", "bot.cli", "serve")


@dataclass
class Figures:
    """What was measured, in seconds, and what was found wrong."""

    runs: int = 0
    drawings: int = 0
    kills: int = 0
    starts: list[float] = field(default_factory=list)
    resumed: list[float] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)

    def __iadd__(self, other: "Figures") -> Self:
        """Add another wave's."""
        self.runs += other.runs
        self.drawings += other.drawings
        self.kills += other.kills
        self.starts += other.starts
        self.resumed += other.resumed
        self.verdict += other.verdict
        return self


async def weathered(storm: Storm, folder: Path, *, seed: str, dataset: Path, bytecode: Path) -> Figures:
    """Go through one storm in `folder`; the same seed kills after the same times."""
    async with home_of(storm.command, folder, dataset=dataset, bytecode=bytecode, settings={}) as home:
        crowd = Crowd(home.at)
        reaper = Reaper(home, random.Random(seed), (0.3, storm.apart))
        async with crowd.watching(), reaper.watching():
            async with asyncio.TaskGroup() as group:
                group.create_task(_people_come(crowd, storm))
                group.create_task(reaper.kill(storm.kills))
            await _calm(home, crowd, storm)
        verdict = await judged(crowd, Books(home.folder).unsaid())
        verdict.lost += [f"{it} never moved again" for it in reaper.still_standing]
        await home.workers_are_gone()
    runs, drawings = (
        sum(map(bool, map(crowd.cards_of, asked))) for asked in (crowd.trainings, crowd.drawings)
    )
    return Figures(runs, drawings, reaper.kills, reaper.starts, reaper.resumed, verdict)


async def _people_come(crowd: Crowd, storm: Storm) -> None:
    """Have the runs asked for one after the other, and pictures as soon as there is a style."""
    await crowd.asks_for(storm.runs, every=storm.apart * storm.kills / storm.runs / 4)
    async with asyncio.timeout(ENDS_WITHIN):
        while len(crowd.ready) < storm.drawings:  # noqa: ASYNC110 - another process sets no Event
            await asyncio.sleep(0.3)
    await crowd.asks_for_pictures(crowd.ready[: storm.drawings])


async def _calm(home: House, crowd: Crowd, storm: Storm) -> None:
    """Wait until nothing is left to be done or said, or for so long that the rest is lost."""
    books = Books(home.folder)
    try:
        async with asyncio.timeout(ENDS_WITHIN):
            while len(crowd.ready) < storm.runs or books.to_move() or books.unsaid():  # noqa: ASYNC110
                await asyncio.sleep(0.3)
    except TimeoutError:
        return
    await asyncio.sleep(AFTERMATH)


def small_dataset() -> bytes:
    """Draw a dataset of small pictures: they are looked at, and looked at again after a kill."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(demo_dataset(PICTURES))) as drawn, zipfile.ZipFile(whole, "w") as packed:
        for name in drawn.namelist():
            small = io.BytesIO()
            with Image.open(io.BytesIO(drawn.read(name))) as picture:
                picture.resize((SIDE, SIDE)).save(small, "JPEG", quality=80)
            packed.writestr(name, small.getvalue())
    return whole.getvalue()

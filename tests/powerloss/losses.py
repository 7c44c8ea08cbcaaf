"""Losing power again and again, and counting what that cost.

Each life's deeds are played onto a disk that loses power at some of their moments; what is left is opened
with Python's own sqlite3, as the bot would at its next start. A life often goes on from what an earlier loss
left, so recovery is cut short, too. A seed repeats the schedule; the outbox draws its own keys all the same.
"""

import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from storage.connection import connect
from storage.migrate import migrate
from tests.powerloss.borrowed import Settings, settings_of_ours
from tests.powerloss.disk import Disk, Image
from tests.powerloss.life import COMMITS, Life, live, print_of, put_down

LOSSES_A_LIFE = 20
LIVES_IN_A_ROW = 5
"""Then a new database begins: printing all of an old one takes its time."""


class Verdict(Enum):
    """What a power loss left."""

    SOUND = "all that was acknowledged, and nothing half"
    FORGETFUL = "a sound database of an earlier moment: acknowledged commits are lost"
    BROKEN = "no database any more, or one that never was: half of a commit"


@dataclass
class Tally:
    """How often which; `most_forgotten` is the most acknowledged commits that one loss took."""

    sound: int = 0
    forgetful: int = 0
    broken: int = 0
    most_forgotten: int = 0

    def add(self, verdict: Verdict, forgotten: int) -> None:
        """Count one power loss."""
        self.sound += verdict is Verdict.SOUND
        self.forgetful += verdict is Verdict.FORGETFUL
        self.broken += verdict is Verdict.BROKEN
        self.most_forgotten = max(self.most_forgotten, forgotten)


def lose_power(times: int, *, seed: int, **changed: str) -> Tally:
    """Lose power so often under the store's own settings, or with some of them `changed`."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fresh = {"housestyle.db": _migrated(folder / "fresh.db")}
        settings = {**settings_of_ours(folder / "fresh.db"), **changed}
        verdicts = _verdicts(folder, fresh, random.Random(seed), settings)
        for _, (verdict, forgotten) in zip(range(times), verdicts, strict=False):
            tally.add(verdict, forgotten)
    return tally


def _migrated(path: Path) -> bytes:
    migrate(path)
    return path.read_bytes()  # its log is gone: who closes a database last moves the log into it


def _verdicts(
    folder: Path, fresh: Image, dice: random.Random, settings: Settings
) -> Iterator[tuple[Verdict, int]]:
    while True:
        image = fresh
        for nth in range(LIVES_IN_A_ROW):
            life = live(folder / "live", image, dice, settings, first=nth * COMMITS)
            for left, acknowledged in _losses(life, image, dice):
                verdict, forgotten = judge(folder / "left", left, life, acknowledged)
                yield verdict, forgotten
            if verdict is Verdict.BROKEN:
                break
            image = left


def _losses(life: Life, image: Image, dice: random.Random) -> Iterator[tuple[Image, int]]:
    """Yield what losses at some moments of a life leave, and how many commits were acknowledged by then."""
    disk, done = Disk(image), 0
    for moment in sorted(dice.sample(range(len(life.deeds) + 1), LOSSES_A_LIFE)):
        for deed in life.deeds[done:moment]:
            disk.do(deed)
        done = moment
        yield disk.lose_power(dice), disk.acknowledged


def judge(folder: Path, left: Image, life: Life, acknowledged: int) -> tuple[Verdict, int]:
    """Return what is to be said of what is left, and how many acknowledged commits are missing in it."""
    put_down(folder, left)
    try:
        with closing(connect(folder / "housestyle.db").conn) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # it is only read, and a flush takes its time
            checks = connection.execute("PRAGMA integrity_check").fetchall()
            checks += connection.execute("PRAGMA foreign_key_check").fetchall()
            found = print_of(connection)
    except sqlite3.DatabaseError:
        return Verdict.BROKEN, 0
    if checks != [("ok",)] or found not in life.prints:
        return Verdict.BROKEN, 0
    forgotten = acknowledged - life.prints.index(found)
    return (Verdict.FORGETFUL, forgotten) if forgotten > 0 else (Verdict.SOUND, 0)

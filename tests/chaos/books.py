"""What stands in the bot's database, read from outside while the bot works in it, or lies dead.

Only what no one can see in the workspace is read here: which step is under way, and what still has to move.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

SOON, WITHIN = 0.01, 90.0
"""Seconds: between two looks for a moment that will not last, and until it must have come."""
TO_MOVE = """
SELECT id, version, due_at, taken_by FROM runs WHERE due_at IS NOT NULL
UNION ALL SELECT id, version, due_at, taken_by FROM generations WHERE due_at IS NOT NULL
"""


Effect = Literal["paying", "posting"]
BEGUN: Mapping[Effect, str] = {
    "paying": "SELECT 1 FROM (SELECT kind FROM events ORDER BY rowid DESC LIMIT 1) WHERE kind = 'Attempted'",
    "posting": "SELECT 1 FROM outbox WHERE attempts > 0 AND taken_by IS NOT NULL",
}
THROUGH: Mapping[Effect, str] = {
    "paying": "SELECT 1 FROM events WHERE kind = 'Submitted'",
    "posting": "SELECT 1 FROM cards",
}


@dataclass(frozen=True)
class Step:
    """A run or generation whose next step is the bot's: due at `due`, in seconds of the epoch."""

    id: str
    version: int
    due: float
    is_taken: bool

    def has_moved_since(self, earlier: "Step") -> bool:
        """Whether it was taken since; to free it from a dead process raises its version, too."""
        release = earlier.is_taken and not self.is_taken
        return self.version > earlier.version + release


class Books:
    """The database of the bot in `folder`, opened for reading."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "housestyle.db"

    def to_move(self) -> dict[str, Step]:
        """Return what the bot, and no person, has to move on, by its id."""
        rows = self._rows(TO_MOVE)
        return {row[0]: Step(row[0], row[1], _seconds(row[2]), row[3] is not None) for row in rows}

    def unsaid(self) -> list[str]:
        """Return the kinds of the messages that are not said yet, and of those that never will be."""
        return [str(kind) for (kind,) in self._rows("SELECT kind FROM outbox")]

    async def begins(self, what: Effect) -> None:
        """Wait for the moment to strike: an effect counts as tried, and its outcome is not written down."""
        await self._until(what, BEGUN)

    async def is_through(self, what: Effect) -> None:
        """Wait until it is written down that a paid request was taken, or that a card stands."""
        await self._until(what, THROUGH)

    def has(self, what: Effect) -> bool:
        """Whether it is written down that a paid request was taken, or that a card stands."""
        return bool(self._rows(THROUGH[what]))

    def tries_to_pay(self) -> int:
        """Return how often a paid request was counted as tried."""
        return len(self._rows("SELECT 1 FROM events WHERE kind = 'Attempted'"))

    async def _until(self, what: Effect, questions: Mapping[Effect, str]) -> None:
        async with asyncio.timeout(WITHIN):
            while not self._rows(questions[what]):  # noqa: ASYNC110 - another process sets no Event
                await asyncio.sleep(SOON)

    def _rows(self, question: str) -> Sequence[tuple[Any, ...]]:
        return list(self._found(question))

    def _found(self, question: str) -> Iterator[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=5)) as connection:
            yield from connection.execute(question)


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()

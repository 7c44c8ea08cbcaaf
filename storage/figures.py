"""What an operator watches, counted in one look at the database. It changes nothing and makes no file.

A look has a connection of its own, so that no work of the bot's waits for it.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from bot.domain.alarm import Concern
from bot.domain.errors import Unavailable
from bot.domain.generation import Stage as GenerationStage
from bot.domain.run import Stage
from storage.connection import opened
from storage.rows import moment_of

# Each is answered by an index, and the outbox holds only what is still to be said.
RUNS = "SELECT stage, COUNT(*) FROM runs GROUP BY stage"
GENERATIONS = "SELECT stage, COUNT(*) FROM generations GROUP BY stage"
ALARMS = "SELECT concern, COUNT(*) FROM alarms WHERE settled_at IS NULL GROUP BY concern"
UNSAID = "SELECT COUNT(*), MIN(announced_at) FROM outbox WHERE parked IS NULL"
PARKED = "SELECT COUNT(*) FROM outbox WHERE parked IS NOT NULL"
# What is taken is due at the end of its lease: what is due now, nobody works on.
DUE = """
SELECT MIN(due_at) FROM (
    SELECT MIN(due_at) AS due_at FROM runs WHERE due_at IS NOT NULL
    UNION ALL SELECT MIN(due_at) FROM generations WHERE due_at IS NOT NULL
    UNION ALL SELECT MIN(due_at) FROM proposals WHERE due_at IS NOT NULL
)
"""

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Figures:
    """How it stands at a moment; each stage and concern has a number, 0 where there is none of it.

    `waiting` messages are still to be said, the `oldest` for so long, and `parked` ones Slack refuses for
    good. What is `late` was due that long ago and nobody has begun it; a second or two is the usual.
    """

    at: datetime
    runs: Mapping[Stage, int]
    generations: Mapping[GenerationStage, int]
    alarms: Mapping[Concern, int]
    waiting: int
    oldest: timedelta
    parked: int
    late: timedelta


def read(path: Path, now: datetime) -> Figures:
    """Count in the database at `path`, as of one moment. Raises Unavailable where it does not answer."""
    try:
        with opened(path) as database:
            database.execute("PRAGMA query_only = ON")
            database.execute("BEGIN")
            return _counted(database, now)
    except sqlite3.OperationalError as error:
        raise Unavailable("The database does not answer. Please try again in a minute.") from error


def _counted(database: sqlite3.Connection, now: datetime) -> Figures:
    waiting, since = database.execute(UNSAID).fetchone()
    (parked,) = database.execute(PARKED).fetchone()
    (due,) = database.execute(DUE).fetchone()
    return Figures(
        at=now,
        runs=_by(database, RUNS, Stage),
        generations=_by(database, GENERATIONS, GenerationStage),
        alarms=_by(database, ALARMS, Concern),
        waiting=waiting,
        oldest=_age(since, now),
        parked=parked,
        late=_age(due, now),
    )


def _by(database: sqlite3.Connection, statement: str, kind: type[Word]) -> dict[Word, int]:
    found = {kind(word): count for word, count in database.execute(statement)}
    return dict.fromkeys(kind, 0) | found


def _age(since: str | None, now: datetime) -> timedelta:
    """Return how long ago that was; of nothing, and of what lies ahead, no time."""
    return max(now - moment_of(since), timedelta()) if since else timedelta()

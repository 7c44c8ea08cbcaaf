"""The port `Store` on one database in memory: the program's own SQL, and every commit a site to die at.

What is committed outlives every life; what is not, nobody has seen. Beside the program's tables stands a
list of all that the outbox ever took, so that the checker can miss what was lost.
"""

import asyncio
import math
import random
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from bot.ports import Transaction
from storage.migrate import migrate
from storage.transaction import SQLTransaction
from tests.simulator.edge import Edge
from tests.simulator.life import Life, Sites

T = TypeVar("T")
EPOCH = datetime(2026, 11, 21, 12, tzinfo=UTC)
REMEMBER = """
CREATE TABLE announced (id TEXT, lane TEXT, seq INTEGER, kind TEXT, body TEXT);
CREATE TRIGGER announcing AFTER INSERT ON outbox BEGIN
    INSERT INTO announced VALUES (new.id, new.lane, new.seq, new.kind, new.body);
END;
"""
GUARDS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%'"
"""What keeps the journal from being wiped, which is done here between two worlds, and tested elsewhere."""
STEP_DUE = """
SELECT MIN(due_at) FROM (
    SELECT MIN(due_at) AS due_at FROM runs WHERE due_at IS NOT NULL
    UNION ALL SELECT MIN(due_at) FROM generations WHERE due_at IS NOT NULL
)
"""
WORD_DUE = """
SELECT MIN(due_at) FROM outbox WHERE due_at IS NOT NULL
    AND (thread_of IS NULL OR EXISTS (SELECT 1 FROM cards WHERE cards.subject = outbox.thread_of))
    AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.lane = outbox.lane
        AND earlier.seq < outbox.seq AND earlier.parked IS NULL)
"""


@cache
def _connection() -> sqlite3.Connection:
    """Return this process's one database, with all migrations; statements are kept from world to world."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        migrate(path)
        with closing(sqlite3.connect(path)) as template:
            template.execute("PRAGMA journal_mode = DELETE")  # memory knows no other
            template.executescript(REMEMBER)
            for (guard,) in template.execute(GUARDS).fetchall():
                template.execute(f"DROP TRIGGER {guard}")
        connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        connection.deserialize(path.read_bytes())
    return connection


@cache
def _first_rows() -> dict[str, list[tuple[object, ...]]]:
    """Return what the migrations left in each table, by its name."""
    tables = _connection().execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: _connection().execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}


def prepare() -> None:
    """Do once what is not to be part of any world: it draws names for its files, say."""
    _first_rows()


def _begin_anew() -> sqlite3.Connection:
    """Return the database as the migrations left it."""
    first, connection = _first_rows(), _connection()
    for name, rows in first.items():
        connection.execute(f"DELETE FROM {name}")
        for row in rows:
            places = ",".join("?" * len(row))
            connection.execute(f"INSERT INTO {name} VALUES ({places})", row)
    return connection


class Database:
    """The committed rows, which no life takes with it. There is one at a time in a process."""

    def __init__(self, clock: Callable[[], float], edge: Edge) -> None:
        self.connection = _begin_anew()
        self._edge = edge
        self._used = edge.connection(self.connection)
        self._clock = clock

    def now(self) -> datetime:
        """Return the moment by the database's clock, which is everybody's."""
        return EPOCH + timedelta(seconds=self._clock())

    def do(self, work: Callable[[SQLTransaction], T], owner: str) -> T:
        """Do `work` in one transaction; what it raises takes all of it back."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            value = work(self._edge.transaction(self._used, self.now(), owner))
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return value

    def look(self, work: Callable[[SQLTransaction], T]) -> T:
        """Do `work` on what is committed. Raises AssertionError where it writes."""
        before = self.connection.total_changes
        value = work(self._edge.transaction(self._used, self.now(), "reader"))
        assert self.connection.total_changes == before, "a read has written"
        return value

    def next_step(self) -> float:
        """Return the second of this world at which the next run or generation falls due."""
        return self._second(STEP_DUE)

    def next_word(self) -> float:
        """Return the second at which the next message falls due."""
        return self._second(WORD_DUE)

    def _second(self, question: str) -> float:
        found = self.connection.execute(question).fetchone()[0]
        return math.inf if found is None else (datetime.fromisoformat(found) - EPOCH).total_seconds()


class SimStore:
    """The store of one life."""

    def __init__(self, database: Database, life: Life, sites: Sites, chance: random.Random) -> None:
        self._database = database
        self._life = life
        self._sites = sites
        self._chance = chance

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` in one transaction, and die before or after it as it may be."""
        await self._dawdle()
        await self._sites.pass_by(self._life, "before a commit")
        value = self._database.do(work, self._life.name)
        await self._sites.pass_by(self._life, "after a commit")
        await self._dawdle()
        await self._life.go_on()
        return value

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` on what is committed."""
        await self._dawdle()
        await self._life.go_on()
        return self._database.look(work)

    async def clean_up(self) -> None:
        """Forget what cannot come again; who is dead is known to whoever starts a life."""
        await self.write(lambda tx: tx.forget() if isinstance(tx, SQLTransaction) else None)

    async def release(self, dead: list[str]) -> None:
        """Give back what dead lives had taken."""
        await self.write(lambda tx: tx.release(dead) if isinstance(tx, SQLTransaction) else None)

    async def _dawdle(self) -> None:
        """Let others go first, now and then."""
        if self._chance.random() < 0.1:
            await asyncio.sleep(self._chance.random() / 100)

"""The port `Store` on one database in memory: the program's own SQL, and every commit a site to die at.

What is committed outlives every life; what is not, nobody has seen. Beside the program's tables stands a
list of all that the outbox ever took, so that the checker can miss what was lost, one of what direct messages
were about whenever one was taken or done with, and one of all that was ever reserved and spent at a time.
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
from storage import epoch
from storage.migrate import migrate
from storage.rows import text_of
from storage.transaction import SQLTransaction
from tests.simulator.edge import Edge
from tests.simulator.life import Life, Sites
from tests.simulator.network import LATEST

T = TypeVar("T")
EPOCH = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAWDLES = 0.1
"""How often the store lets others go first, before and after what it does."""
HANDLED = """
INSERT INTO handled
    SELECT {row}.id, 'runs', body FROM runs WHERE id = {row}.subject
    UNION ALL SELECT {row}.id, 'generations', body FROM generations WHERE id = {row}.subject
    UNION ALL SELECT {row}.id, 'proposals', body FROM proposals WHERE id = {row}.subject
    UNION ALL SELECT {row}.id, 'alarms', CASE WHEN settled_at IS NULL THEN 'standing' ELSE 'settled' END
        FROM alarms WHERE workspace = {row}.workspace AND concern = json_extract({row}.body, '$.concern')
            AND about = json_extract({row}.body, '$.about')
"""
REMEMBER = f"""
CREATE TABLE announced (id TEXT, lane TEXT, seq INTEGER, kind TEXT, body TEXT);
CREATE TRIGGER announcing AFTER INSERT ON outbox BEGIN
    INSERT INTO announced VALUES (new.id, new.lane, new.seq, new.kind, new.body);
END;
CREATE TABLE set_aside (id TEXT);
CREATE TRIGGER parking AFTER UPDATE OF parked ON outbox WHEN new.parked IS NOT NULL BEGIN
    INSERT INTO set_aside VALUES (new.id);
END;
CREATE TABLE handled (id TEXT, what TEXT, state TEXT);
CREATE TRIGGER taking AFTER UPDATE OF taken_by ON outbox
WHEN new.taken_by IS NOT NULL AND new.kind IN ('Memo', 'Notice') BEGIN
    {HANDLED.format(row="new")};
END;
CREATE TRIGGER having_said AFTER DELETE ON outbox WHEN old.kind IN ('Memo', 'Notice') BEGIN
    {HANDLED.format(row="old")};
END;
CREATE TABLE held (total INTEGER);
CREATE TRIGGER reserving AFTER INSERT ON ledger BEGIN
    INSERT INTO held SELECT SUM(reserved + spent) FROM ledger;
END;
CREATE TRIGGER booking AFTER UPDATE ON ledger BEGIN
    INSERT INTO held SELECT SUM(reserved + spent) FROM ledger;
END;
"""
HOLDS = "SELECT 1 FROM outbox WHERE id = ? AND taken_by = ? AND due_at > ?"
STEP_DUE = """
SELECT MIN(due_at) FROM (
    SELECT MIN(due_at) AS due_at FROM runs WHERE due_at IS NOT NULL
    UNION ALL SELECT MIN(due_at) FROM generations WHERE due_at IS NOT NULL
    UNION ALL SELECT MIN(due_at) FROM proposals WHERE due_at IS NOT NULL
)
"""
WORD_DUE = """
SELECT MIN(due_at) FROM outbox WHERE due_at IS NOT NULL
    AND (thread_of IS NULL OR EXISTS (SELECT 1 FROM cards WHERE cards.subject = outbox.thread_of))
    AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.lane = outbox.lane
        AND earlier.seq < outbox.seq AND earlier.parked IS NULL
        AND NOT (earlier.kind = 'Memo' AND earlier.version = 0 AND earlier.due_at > outbox.due_at))
"""


@cache
def _connection() -> sqlite3.Connection:
    """Return this process's one database, with all migrations; a transaction around each world undoes it."""
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        migrate(path)
        with closing(sqlite3.connect(path)) as template:
            template.execute("PRAGMA journal_mode = DELETE")  # memory knows no other
            template.backup(connection)
    connection.execute("PRAGMA secure_delete = OFF")  # nobody reads this memory: a quarter of all the time
    connection.executescript(REMEMBER)
    return connection


def prepare() -> None:
    """Do once what is not to be part of any world: it draws names for its files, say."""
    _connection()


def _begin_anew() -> sqlite3.Connection:
    """Return the database as the migrations left it."""
    connection = _connection()
    if connection.in_transaction:
        connection.execute("ROLLBACK")
    connection.execute("BEGIN")
    return connection


class Database:
    """The committed rows, which no life takes with it. There is one at a time in a process."""

    def __init__(self, clock: Callable[[], float], edge: Edge) -> None:
        self.connection = _begin_anew()
        self._used = edge.connection(self.connection)
        self._transaction = edge.transaction
        self._clock = clock
        self._read_at, self._now = 0.0, EPOCH
        self._due_as_of, self._due = -1, (math.inf, math.inf)
        self.reached = 0
        """The number in the file beside the database: 0, where it never is behind it."""
        self.forgotten: set[str] = set()
        """The keys of messages that were taken after a backup that was restored."""
        self.is_restored = False
        self._heeds_epoch = edge.heeds_epoch

    def now(self) -> datetime:
        """Return the moment by the database's clock, which is everybody's."""
        seconds = self._clock()
        if seconds != self._read_at:
            self._read_at, self._now = seconds, EPOCH + timedelta(seconds=seconds)
        return self._now

    def do(self, work: Callable[[SQLTransaction], T], owner: str) -> T:
        """Do `work` in one transaction; what it raises takes all of it back."""
        execute = self.connection.execute
        execute("SAVEPOINT work")
        try:
            value = work(self._transaction(self._used, self.now(), owner))
        except BaseException:
            execute("ROLLBACK TO work")
            raise
        finally:
            execute("RELEASE work")
        return value

    def back_up(self) -> None:
        """Keep all as it is now, for `restore`."""
        self.connection.execute("SAVEPOINT backup")

    def restore(self) -> None:
        """Forget all since then, but for the number that `storage.backup.restore` writes beside it."""
        keys = {key for (key,) in self.connection.execute("SELECT id FROM announced")}
        reached = epoch.number_of(self.connection)
        self.connection.execute("ROLLBACK TO backup")
        self.forgotten = keys - {key for (key,) in self.connection.execute("SELECT id FROM announced")}
        self.reached = 1 + reached if self._heeds_epoch else 0
        self.is_restored, self._due_as_of = True, -1

    @property
    def is_behind(self) -> bool:
        """Whether it was restored, and nobody has found that out yet."""
        return epoch.number_of(self.connection) < self.reached

    def look(self, work: Callable[[SQLTransaction], T]) -> T:
        """Do `work` on what is committed. Raises AssertionError where it writes."""
        before = self.connection.total_changes
        value = work(self._transaction(self._used, self.now(), "reader"))
        assert self.connection.total_changes == before, "a read has written"
        return value

    def holds(self, life: Life, key: str) -> bool:
        """Say whether a message will be that of `life` for as long as a post of it may be under way."""
        until = text_of(self.now() + timedelta(seconds=LATEST))
        return self.connection.execute(HOLDS, (key, life.name, until)).fetchone() is not None

    def next_due(self) -> tuple[float, float]:
        """Return the seconds of this world at which the next item and the next message fall due."""
        if self._due_as_of != self.connection.total_changes:
            self._due_as_of = self.connection.total_changes
            self._due = self._second(STEP_DUE), self._second(WORD_DUE)
        return self._due

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
        if self._chance.random() < DAWDLES:
            await self._dawdle()
        await self._sites.pass_by(self._life, "before a commit")
        value = self._database.do(work, self._life.name)
        await self._sites.pass_by(self._life, "after a commit")
        if self._chance.random() < DAWDLES:
            await self._dawdle()
        return value

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` on what is committed."""
        if self._chance.random() < DAWDLES:
            await self._dawdle()
        if not self._life.works:
            await self._life.go_on()
        return self._database.look(work)

    async def clean_up(self) -> None:
        """Forget what cannot come again; who is dead is known to whoever starts a life."""
        await self.write(lambda tx: tx.forget() if isinstance(tx, SQLTransaction) else None)

    async def open(self, dead: list[str]) -> None:
        """Find out whether the database was restored, and give back what dead lives had taken."""
        await self.write(lambda tx: self._open(tx, dead) if isinstance(tx, SQLTransaction) else None)

    def _open(self, tx: SQLTransaction, dead: list[str]) -> None:
        if self._database.is_behind:
            tx.catch_up(self._database.reached)
        tx.release(dead)

    async def _dawdle(self) -> None:
        """Let others go first."""
        await asyncio.sleep(self._chance.random() / 100)
        await self._life.go_on()

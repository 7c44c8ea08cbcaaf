"""A connection to the SQLite file, the thread that owns it, and the group commit.

Work from many tasks gathers in a queue while the disk is busy with the commit before; then all of it is
committed at once, each piece in a savepoint of its own. So one slow disk flush is paid for many, and what
fails takes only itself back. It knows no table.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from bot.domain.errors import Unavailable
from storage.transaction import SQLTransaction

T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long to wait for another process that is writing."""
MOST_TOGETHER = 256
"""Pieces of work in one commit; more would only make the first of them wait."""
WORLDS_FAULTS = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
}
"""What SQLite says when the disk or another process is at fault, and not our SQL."""


def connect(path: Path) -> Database:
    """Open the file at `path`, made durable: what was committed survives a loss of power.

    Raises sqlite3.OperationalError where it cannot be opened. Any thread may use it, one at a time.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    database = Database(connection, execute_plugins=False)
    _enable_wal(database)  # readers and the writer do not wait for each other
    connection.execute("PRAGMA synchronous = FULL")  # NORMAL forgets the last commits with the power
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # see `SQLiteStore.clean_up`: nobody waits for it
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten, not just unlinked
    return database


@contextmanager
def opened(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
    """Lend a connection to a file that is there, as it is; none is ever made.

    It is opened for writing: to read beside a writer, SQLite writes in its index.
    """
    address = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(address, uri=True, timeout=busy_seconds, isolation_level=None)
    with closing(connection):
        yield connection


def _enable_wal(database: Database) -> None:
    """Try until it is done: where another is just writing a new file, SQLite does not wait by itself."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return database.enable_wal()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


@dataclass(slots=True)
class _Job:
    """One piece of work, and what became of it."""

    work: Callable[[SQLTransaction], Any]
    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None
    raised: bool = False
    """Whether it raised the epoch: something paid is about to be sent, or was decided."""


class _Undone:
    """Undoes what is within it by the statement `undo` if that fails, and keeps the error for its caller."""

    def __init__(self, connection: sqlite3.Connection, undo: str) -> None:
        self._connection = connection
        self._undo = undo
        self.error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None:
            return False
        if self._connection.in_transaction:  # on a full disk SQLite has already undone all of it
            self._connection.execute(self._undo)
        self.error = _told(error)
        return True


class ConnectionThread:
    """Does work on one connection in a thread of its own, in transactions begun by the statement `begin`.

    `transaction` makes the transaction for one batch, and so reads the clock once for all of it. `keep` is
    given the epoch of each batch that raised it, once that is committed and before any caller is told; whose
    work raised it gets the Unavailable that it raises, so that nothing is sent.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        begin: str,
        transaction: Callable[[], SQLTransaction],
        keep: Callable[[int], None],
    ) -> None:
        self._connection = connection
        self._begin = begin
        self._transaction = transaction
        self._keep = keep
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._is_closed = False
        # A daemon, so that a program that forgets to close can still end; what is committed is safe.
        self._thread = threading.Thread(target=self._run, name=f"store {begin.lower()}", daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[SQLTransaction], T]) -> T:
        """Do `work` and return what it returns once that is committed.

        It is done even where the caller is cancelled meanwhile. Raises what `work` raises, and Unavailable
        where the disk or another process is in the way; then nothing was changed.
        """
        if self._is_closed:
            raise Unavailable("The bot is shutting down. Please try again in a minute.")
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Job(work, future))
        return await future

    async def close(self) -> None:
        """Finish what is queued and take no more; then close the connection."""
        self._is_closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._connection.close)

    def _run(self) -> None:
        while jobs := self._next_batch():
            self._carry_out(jobs)
            self._loop.call_soon_threadsafe(_answer, jobs)

    def _next_batch(self) -> list[_Job]:
        """Wait for work and return all that is there; nothing once the end has come."""
        jobs: list[_Job] = []
        while len(jobs) < MOST_TOGETHER and not (jobs and self._queue.empty()):
            job = self._queue.get()
            if job is None:
                if jobs:
                    self._queue.put(None)  # nothing can be queued behind the end: it is the next again
                break
            jobs.append(job)
        return jobs

    def _carry_out(self, jobs: list[_Job]) -> None:
        """Do all of `jobs` in one transaction; if that cannot be committed, all of them have failed."""
        with _Undone(self._connection, "ROLLBACK") as batch:
            self._connection.execute(self._begin)
            transaction = self._transaction()
            for job in jobs:
                self._attempt(job, transaction)
            epoch = transaction.epoch
            self._connection.execute("COMMIT")
        if batch.error:
            for job in jobs:
                job.error = batch.error
        elif raising := [job for job in jobs if job.raised]:
            self._keep_epoch(epoch, raising)

    def _keep_epoch(self, epoch: int, raising: list[_Job]) -> None:
        try:
            self._keep(epoch)
        except Unavailable as fault:
            for job in raising:
                job.error = fault

    def _attempt(self, job: _Job, transaction: SQLTransaction) -> None:
        self._connection.execute("SAVEPOINT work")
        with _Undone(self._connection, "ROLLBACK TO work") as attempt:
            before = transaction.epoch
            job.value = job.work(transaction)
            job.raised = transaction.epoch > before
        job.error = attempt.error
        if attempt.error and not self._connection.in_transaction:
            raise attempt.error  # the whole batch went with it
        self._connection.execute("RELEASE work")


def _told(error: BaseException) -> BaseException:
    """Return the error as the caller should get it: a fault of the world is a sentence."""
    if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in WORLDS_FAULTS:
        told = Unavailable("The database does not answer; nothing was changed. Please try again in a minute.")
        told.__cause__ = error
        return told
    if isinstance(error, StopIteration):  # a future cannot carry one: its caller would wait for ever
        bug = RuntimeError("work on the store raised StopIteration")
        bug.__cause__ = error
        return bug
    return error


def _answer(jobs: list[_Job]) -> None:
    """Hand each caller what became of its work; those who no longer wait are passed over."""
    for job in jobs:
        if job.future.done():
            continue
        if job.error:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.value)

"""The port `Store` on one SQLite file: a thread that writes, a thread that reads, nothing on the event loop.

Several stores, in this process or in others, may have the file open: SQLite's write lock orders their
transactions, and leases say who works on what.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import DeliveryKey
from bot.ports import Transaction
from storage import epoch, figures, owners
from storage.connection import ConnectionThread, connect
from storage.migrate import cannot_open, migrate
from storage.transaction import SQLTransaction

T = TypeVar("T")


def utc_now() -> datetime:
    """Return the time of this machine, UTC."""
    return datetime.now(UTC)


class _JustATry(Exception):
    """Raised by work that is not meant to be kept."""


class SQLiteStore:
    """The store in the file at `path`, which is created, and brought up to date, when it is opened.

    `clock` returns the time in UTC and is read once for each batch of work. A store belongs to the event
    loop that opened it: `async with SQLiteStore(path) as store`.
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._path = path
        self._clock = clock
        self._owner: owners.Owner
        self._writer: ConnectionThread
        self._reader: ConnectionThread

    async def open(self) -> None:
        """Open the file, and give back what dead processes had taken.

        One that was restored from a backup, or copied, opens with the alarm `RESTORED`. Raises Refused where
        the file is newer than this program, or cannot be opened, and Unavailable where the disk is full or
        broken.
        """
        writing, reading = await asyncio.to_thread(self._connect)
        self._writer = self._thread(writing, begin="BEGIN IMMEDIATE")
        self._reader = self._thread(reading, begin="BEGIN DEFERRED")
        try:
            await self._compare_epochs()
            await self.clean_up()
        except (Refused, Unavailable):
            await self.close()
            raise

    async def _compare_epochs(self) -> None:
        """Find out whether the database was restored or copied, and have the file beside it say as much."""
        here = await self._writer.do(partial(_epoch, self._path))
        await asyncio.to_thread(epoch.keep, self._path, here)

    async def close(self) -> None:
        """Finish what is under way, give back what this store has taken, and close."""
        with suppress(Unavailable):  # then whoever opens the file next gives it back
            await self._end([self._owner])
        await self._reader.close()
        await self._writer.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` in one transaction; what it returns is durable when this returns.

        Should the caller be cancelled meanwhile, the work is done all the same.
        """
        return await self._writer.do(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` on a consistent view; to write in it raises sqlite3.OperationalError."""
        return await self._reader.do(work)

    async def clean_up(self) -> None:
        """Give back what dead processes had taken; forget deliveries that cannot come again.

        And move what was committed from the log into the file, beside the writer: as part of a commit, as
        SQLite does it by default, whoever commits the thousandth page waits for all of them.
        """
        await self._end(await asyncio.to_thread(owners.find_dead, owners.folder_of(self._path)))
        await self._writer.do(_tidy)
        await asyncio.to_thread(_checkpoint, self._path)

    async def _end(self, ended: Sequence[owners.Owner]) -> None:
        """Give back what these had taken; only once that is written are they struck off."""
        is_released = False
        try:
            await self._writer.do(lambda tx: tx.release(owner.id for owner in ended))
            is_released = True
        finally:
            for owner in ended:
                await asyncio.to_thread(owner.let_go if is_released else owner.leave_behind)

    async def check(self) -> None:
        """Try a write and take it back. Raises Unavailable where the database cannot be written."""
        with suppress(_JustATry):
            await self._writer.do(_try_to_write)

    def _connect(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        with ExitStack() as undo:
            # Before it is opened, so that nobody restores it meanwhile.
            self._owner = self._join()
            undo.callback(self._owner.let_go)
            migrate(self._path)
            writing, reading = connect(self._path).conn, connect(self._path).conn
            reading.execute("PRAGMA query_only = ON")
            undo.pop_all()
        return writing, reading

    def _join(self) -> owners.Owner:
        try:
            return owners.join(owners.folder_of(self._path))
        except OSError as error:
            raise cannot_open(self._path, error) from error

    def _thread(self, connection: sqlite3.Connection, *, begin: str) -> ConnectionThread:
        return ConnectionThread(
            connection,
            begin=begin,
            transaction=lambda: SQLTransaction(connection, self._clock(), self._owner.id),
            keep=lambda number: epoch.keep(self._path, number),
        )

    async def figures(self) -> figures.Figures:
        """Count what an operator watches. Raises Unavailable where the database does not answer."""
        return await asyncio.to_thread(figures.read, self._path, self._clock())


def _checkpoint(path: Path) -> None:
    with closing(connect(path).conn) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _tidy(tx: SQLTransaction) -> None:
    tx.heed_clock()
    tx.forget()


def _epoch(path: Path, tx: SQLTransaction) -> int:
    """Return the number in the database, which is at least the file's from now on.

    The file is read under the write lock: it follows what is committed, so it never rightly is ahead of that.
    """
    if epoch.is_restored(path, tx.epoch):
        tx.catch_up(epoch.read(path))
    return tx.epoch


def _try_to_write(tx: SQLTransaction) -> None:
    tx.once(DeliveryKey("a trial write"), lambda: "")
    raise _JustATry

"""The real store's SQL without its threads: for machines that take thousands of steps.

Each `InlineStore` is one process of its own as far as leases can tell; several may have one file open.
"""

import asyncio
import atexit
import os
from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import settings

from bot.ports import Transaction
from storage.connection import connect
from storage.migrate import migrate
from storage.transaction import SQLTransaction

T = TypeVar("T")


class InlineStore:
    """The port `Store` on the database at `path`, in the caller's thread; `owner` is who takes leases."""

    def __init__(self, path: Path, clock: Callable[[], datetime], owner: str = "here") -> None:
        self.connection = connect(path).conn
        # What survives a loss of power is tested elsewhere; here a flush only takes time.
        self.connection.execute("PRAGMA synchronous = OFF")
        self._clock = clock
        self._owner = owner

    def do(self, work: Callable[[SQLTransaction], T]) -> T:
        """Do `work` in one transaction; what it raises takes all of it back."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            value = work(SQLTransaction(self.connection, self._clock(), self._owner))
            self.connection.execute("COMMIT")
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
        return value

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` in one transaction."""
        return self.do(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Do the same: nobody is kept waiting here."""
        return self.do(work)

    async def clean_up(self) -> None:
        """Do nothing: no process dies unless the test says so."""

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Look into the tables, beside every port."""
        return self.connection.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def put_database(path: Path) -> None:
    """Put an empty database down at `path`, migrated once for all."""
    path.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate(path)
        return path.read_bytes()


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns, on an event loop of its own, which is kept: to make one costs more."""
    return _loop().run_until_complete(work)


@lru_cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


def machine_size(usual: str = "50x40") -> settings:
    """Return how far a state machine is driven: as `usual`, or as `MACHINES=5000x80` in the environment says.

    Where CI is set the examples are always the same, so that a build fails only for what it changed.
    """
    examples, _, steps = os.environ.get("MACHINES", usual).partition("x")
    return settings(
        max_examples=int(examples),
        stateful_step_count=int(steps),
        derandomize=bool(os.environ.get("CI")),
        deadline=None,
    )

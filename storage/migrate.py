"""Brings a database file up to this program, by the numbered SQL files in `migrations/`.

Forward only: to go back is to restore a backup. Each file is one transaction that begins with the write
lock, so that two processes that start at once do each step once. What SQL cannot work out of the rows that
are there already, a function does at the end of its file's transaction.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from sqlite_utils import Database

from bot.domain.errors import Refused, Unavailable
from storage import datasets
from storage.connection import connect
from storage.rows import text_of

THEN: dict[str, Callable[[sqlite3.Connection], None]] = {"0005_datasets.sql": datasets.fill}
"""What is done after the statements of a file. It may use only columns that its file, or one before, made."""


def migrate(path: Path) -> list[str]:
    """Bring the file at `path` up to date, creating it where there is none; return what was done, by name.

    Raises Refused where the file is newer than this program, or cannot be opened, and Unavailable where
    another process holds it.
    """
    return migrate_by(path, released())


def released() -> list[Traversable]:
    """Return the migrations of this program, in order."""
    folder = files("storage") / "migrations"
    return sorted((one for one in folder.iterdir() if one.name.endswith(".sql")), key=lambda one: one.name)


def migrate_by(path: Path, steps: Sequence[Traversable]) -> list[str]:
    """Bring the file at `path` up by `steps`, as `migrate` does."""
    database = _opened(path)
    try:
        return list(_carry_out(database, steps))
    finally:
        database.close()


def _opened(path: Path) -> Database:
    try:
        return connect(path)
    except sqlite3.DatabaseError as error:
        raise cannot_open(path, error) from error


def cannot_open(path: Path, error: Exception) -> Refused:
    """Return what to say of a database file that cannot be opened."""
    return Refused(
        f"The database {path} cannot be opened ({error}). Check DATABASE_URL: the folder must exist, and"
        " the file must be a Housestyle database that this user may write."
    )


def _carry_out(database: Database, steps: Sequence[Traversable]) -> Iterator[str]:
    while True:
        _begin(database)
        try:
            step = _next_step(database, steps)
            if step:
                _apply(database, step)
            database.execute("COMMIT")
        finally:
            if database.conn.in_transaction:
                database.execute("ROLLBACK")
        if step is None:
            return
        yield step.name


def _begin(database: Database) -> None:
    try:
        database.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        raise Unavailable(
            "Another process holds the database. If a Housestyle hangs, end it; then try again."
        ) from error


def _next_step(database: Database, steps: Sequence[Traversable]) -> Traversable | None:
    """Return the first step that this database has not taken. Raises Refused where it took unknown ones."""
    taken = database.table("migrations")
    taken.create({"name": str, "applied_at": str}, pk="name", not_null={"applied_at"}, if_not_exists=True)
    done = {row["name"] for row in taken.rows}
    refuse_newer(done, steps)
    return next((step for step in steps if step.name not in done), None)


def refuse_newer(done: Collection[str], steps: Sequence[Traversable]) -> None:
    """Raise Refused where a database has taken steps, by their names, that this program does not know."""
    if newer := sorted({*done} - {step.name for step in steps}):
        raise Refused(
            f"This database was written by a newer Housestyle (it knows {newer[-1]}). Install that version,"
            " or restore a backup made by this one."
        )


def _apply(database: Database, step: Traversable) -> None:
    for statement in _statements(step.read_text(encoding="utf-8")):
        database.execute(statement)
    if fill := THEN.get(step.name):
        fill(database.conn)
    database.table("migrations").insert({"name": step.name, "applied_at": text_of(datetime.now(UTC))})


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; sqlite3's own `executescript` would commit what is under way."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""

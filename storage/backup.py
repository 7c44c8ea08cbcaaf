"""Copies of the database: made while it is in use, checked before they count, and put back in its place.

A copy is what `VACUUM INTO` writes: one whole file as of one moment, without what was deleted. Neither
function ever leaves half a file under a name that was asked for, and neither writes over what was there.
What is kept in folders beside the database, the datasets, is not in it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE
from uuid import uuid4

from bot.domain.errors import Refused, Unavailable
from storage import epoch, owners
from storage.connection import opened
from storage.disk import flush, told
from storage.migrate import refuse_newer, released

KEPT = "before-restore"
WAL, SHM = "-wal", "-shm"
"""What SQLite adds to a file's name, for the commits that are not in it yet and for its index of them."""
IN_USE = "Housestyle has this database open. Stop it first, then restore."


def back_up(database: Path, target: Path) -> None:
    """Write a copy of the database, whole and checked, to `target`; the bot may run meanwhile.

    Raises Refused where there is no database or something stands at `target` already, and Unavailable where
    the disk is full or broken.
    """
    if not database.exists():
        raise Refused(f"There is no database at {database}; check DATABASE_URL.")
    if target.exists() and target.samefile(database):
        raise Refused("That is the database itself: name another file for the backup.")
    if target.exists():
        raise Refused(f"There is a file {target} already. Name another one: nothing is written over.")
    if not target.parent.is_dir():
        raise Refused(f"There is no folder {target.parent}. Make it first.")
    with _copied(database, beside=target) as copy, told():
        copy.rename(target)
        flush(target.parent)


def restore(database: Path, source: Path) -> Path | None:
    """Put a copy of the backup at `source` in the database's place; return where the old one is kept now.

    The next start hands nothing over until it has found out what the backup does not know. Raises Refused
    where a process has the database open or `source` is no backup of ours, and Unavailable as `back_up`.
    """
    folder = owners.folder_of(database)
    if not database.parent.is_dir():
        raise Refused(f"There is no folder {database.parent}. Check DATABASE_URL.")
    with told():
        if owners.has_living(folder):
            raise Refused(IN_USE)
        with _copied(source, beside=database) as copy:
            number = 1 + max(_checked(copy, source), _number(database))
            with owners.only_one(folder):
                if owners.has_living(folder):
                    raise Refused(IN_USE)
                # First of all: a restore that is cut short is at worst looked into for nothing.
                epoch.write(database, number)
                kept = _set_aside(database, copy)
                copy.replace(database)
                flush(database.parent)
    return kept


@contextmanager
def _copied(source: Path, *, beside: Path) -> Iterator[Path]:
    """Lend a whole, checked copy of a database, on the disk for good; it is removed if it was not moved."""
    copy = beside.with_name(f"{beside.name}.{uuid4().hex}.part")
    try:
        with told():
            copy.touch(mode=0o600)
        try:
            with opened(source) as original:
                original.execute("VACUUM INTO ?", (str(copy),))
            with opened(copy) as made:
                (found,) = made.execute("PRAGMA integrity_check(1)").fetchone()
        except sqlite3.DatabaseError as error:
            raise _why(source, error) from error
        if found != "ok":
            raise Refused(f"The database {source} is damaged ({found}). Take another backup, an older one.")
        with told():
            flush(copy)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _why(source: Path, error: sqlite3.DatabaseError) -> Refused | Unavailable:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return Unavailable("My disk is full or does not work as it should; nothing was changed.")
    if code == sqlite3.SQLITE_BUSY:
        return Unavailable("Another process keeps the database locked. Please try again in a minute.")
    return Refused(
        f"The file {source} cannot be read as a database ({error}). Look whether it is the right one."
    )


def _checked(copy: Path, source: Path) -> int:
    """Return the epoch of a copy. Raises Refused unless it is a database of ours, and not of a newer one."""
    with opened(copy) as made:
        if not _has_table(made, "migrations"):
            raise Refused(f"The file {source} is no Housestyle database. Look whether it is the right one.")
        refuse_newer({name for (name,) in made.execute("SELECT name FROM migrations")}, released())
        return epoch.number_of(made) if _has_table(made, "epoch") else 0


def _has_table(database: sqlite3.Connection, name: str) -> bool:
    found = database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
    return found.fetchone() is not None


def _number(database: Path) -> int:
    """Return the highest epoch that the old database and the file beside it tell; either may be damaged."""
    number = 0
    with suppress(Refused):
        number = epoch.read(database)
    with suppress(sqlite3.DatabaseError), opened(database) as old:
        number = max(number, epoch.number_of(old))
    return number


def _set_aside(database: Path, copy: Path) -> Path | None:
    """Give the old database another name beside its own, under which it opens as it was; return that.

    Its rights go to the copy. What there is of a log is moved too, for it would spoil whatever has this name.
    """
    kept = next(path for path in _names(database) if not path.exists())
    if is_there := database.exists():
        with suppress(sqlite3.DatabaseError), opened(database) as old:
            old.execute("PRAGMA journal_mode = DELETE")  # all that is committed is in the one file then
        rights = database.stat()
        os.chown(copy, rights.st_uid, rights.st_gid)
        copy.chmod(S_IMODE(rights.st_mode))
        os.link(database, kept)
    wal = database.with_name(database.name + WAL)
    if wal.exists():
        wal.rename(kept.with_name(kept.name + WAL))
    database.with_name(database.name + SHM).unlink(missing_ok=True)
    return kept if is_there else None


def _names(database: Path) -> Iterator[Path]:
    """Yield names for the old database, so that a second restore keeps what the first one kept."""
    yield database.with_name(f"{database.name}.{KEPT}")
    number = 2
    while True:
        yield database.with_name(f"{database.name}.{KEPT}-{number}")
        number += 1

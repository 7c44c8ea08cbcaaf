"""The database, looked at without changing it: it is neither made nor brought up to date here.

A bot that is running is not disturbed: a look holds the write lock for a moment only, and takes back what it
writes.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

from bot.doctor.finding import Finding, Mark
from bot.doctor.patient import Patient
from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import Air
from storage import connection, epoch, styles
from storage.migrate import released

DATABASE = "Database"
MOST_SECONDS = 8.0
"""For one look; what is not done by then is broken off."""
BUSY_SECONDS = 4.0
_WRONG_FILE = "Check DATABASE_URL."
_RESTORE = "Stop the bot, and put a backup in its place with `housestyle restore`."
_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: (
        "Something has kept it locked for seconds.",
        "See which other process writes to it.",
    ),
    sqlite3.SQLITE_CANTOPEN: ("It cannot be opened.", "Check that this user may read and write it."),
    sqlite3.SQLITE_CORRUPT: ("It is damaged.", _RESTORE),
    sqlite3.SQLITE_FULL: ("It cannot be written: the disk is full.", "Make room."),
    sqlite3.SQLITE_INTERRUPT: ("It could not be read through in time.", "Ask again when less is going on."),
    sqlite3.SQLITE_IOERR: ("The disk under it fails.", "Check the disk, then the backups."),
    sqlite3.SQLITE_NOTADB: ("The file is not a database.", _WRONG_FILE),
    sqlite3.SQLITE_READONLY: ("It cannot be written.", "Let the bot's user write the file and its folder."),
}


async def check_database(patient: Patient) -> Finding:
    """Say whether it opens, is as this program leaves it, is whole, and can be written."""
    return await asyncio.to_thread(examine, patient.database)


def newest_style(path: Path) -> tuple[Air, str] | None:
    """Return the AIR and the name, as `Stellar@2`, of the style that was ready last, if there is one."""
    if not path.is_file():
        return None
    with suppress(sqlite3.DatabaseError), opened(path) as database:
        return styles.newest(database)
    return None


def examine(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Finding:
    """Look at the file at `path`; this blocks, for a few seconds at most."""
    try:
        reached = epoch.read(path)  # before the database is: a bot that runs raises the database's first
        if not path.exists():
            return _absent(path, reached)
        with opened(path, busy_seconds=busy_seconds) as database:
            return _by_age(database) or _by_health(database) or _by_epoch(database, path, reached)
    except sqlite3.DatabaseError as error:
        return _told(error)
    except (Refused, Unavailable) as refused:
        return Finding(DATABASE, Mark.FAULT, str(refused))


@contextmanager
def opened(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Iterator[sqlite3.Connection]:
    """Open a file that is there, for a look that is broken off when it takes too long."""
    with connection.opened(path, busy_seconds=busy_seconds) as database:
        watch = Timer(MOST_SECONDS, database.interrupt)
        watch.start()
        try:
            yield database
        finally:
            watch.cancel()


def _by_age(database: sqlite3.Connection) -> Finding | None:
    """Return what is to be said where the file is not as this program leaves it."""
    known = {step.name for step in released()}
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if tables and "migrations" not in tables:
        return Finding(DATABASE, Mark.FAULT, "The file is another program's database.", _WRONG_FILE)
    rows = database.execute("SELECT name FROM migrations") if tables else ()
    taken = {name for (name,) in rows}
    if newer := sorted(taken - known):
        sentence = f"It was written by a newer Housestyle (it knows {newer[-1]})."
        remedy = "Install that version, or restore a backup made by this one."
        return Finding(DATABASE, Mark.FAULT, sentence, remedy)
    if behind := sorted(known - taken):
        sentence = f"It lacks {', '.join(behind)}."
        return Finding(DATABASE, Mark.LOOK, sentence, "The next start does that, or `housestyle migrate`.")
    return None


def _by_health(database: sqlite3.Connection) -> Finding | None:
    """Read it through and try a write; return what is wrong with it. Raises sqlite3.DatabaseError."""
    (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        return Finding(DATABASE, Mark.FAULT, *_OF_SQLITE[sqlite3.SQLITE_CORRUPT])
    database.execute("BEGIN IMMEDIATE")
    try:
        database.execute("CREATE TABLE a_trial_write (id)")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")
    return None


def _by_epoch(database: sqlite3.Connection, path: Path, reached: int) -> Finding:
    """Say whether it is behind what was handed over; the bot finds that out, and mends it, when it starts."""
    number = epoch.number_of(database)
    if number < reached or (number > 0 and not epoch.file_of(path).exists()):
        sentence = "It is older than what was handed over to Runware: it was restored from a backup."
        remedy = "The next start hands nothing over until it has looked through its cards in Slack."
        return Finding(DATABASE, Mark.LOOK, sentence, remedy)
    return Finding(DATABASE, Mark.OK, "opens, is up to date, whole and writable")


def _absent(path: Path, reached: int) -> Finding:
    folder = path.absolute().parent
    if not folder.is_dir():
        return Finding(DATABASE, Mark.FAULT, f"Its folder {folder} is not there.", f"Make it. {_WRONG_FILE}")
    if reached:
        return Finding(DATABASE, Mark.FAULT, "It is gone, and paid requests were in it.", _RESTORE)
    return Finding(DATABASE, Mark.LOOK, "There is none yet: the first start makes it.")


def _told(error: sqlite3.DatabaseError) -> Finding:
    """Return what SQLite's error means; one that is raised by Python itself has no code."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    sentence, remedy = _OF_SQLITE.get(code, (f"It cannot be used ({error}).", _WRONG_FILE))
    return Finding(DATABASE, Mark.LOOK if code == sqlite3.SQLITE_INTERRUPT else Mark.FAULT, sentence, remedy)

"""Tells a restored database from one that merely stopped: a number in it, and the highest beside it.

The transaction that says that something paid is about to be sent, or what a person decided about it, raises
the number. Before anybody hears that it is committed, and so before anything is sent, the number is in the
file `<database>.epoch` as well. A database that is behind its file has therefore forgotten what was sent or
taken back: it was restored from a backup. The first start makes the file, so a database that has a number and
no file was put there by hand, and may have forgotten as much.

Where database and file are copied together, nothing can be told.
"""

import re
import sqlite3
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from bot.domain.errors import Refused, Unavailable
from bot.domain.facts import Approved, Changed, Rejected, Reused, Undone
from bot.domain.task import Attempted, Cancelled
from storage import owners
from storage.disk import flush, told

ABOUT_MONEY = (Approved, Attempted, Cancelled, Changed, Rejected, Reused, Undone)
"""What no database may forget without being found out: what was sent, and what was decided about it."""
RISE = "UPDATE epoch SET number = number + 1"
NUMBER = "SELECT number FROM epoch"
CATCH_UP = "UPDATE epoch SET number = :number WHERE number < :number"


def rise_with(connection: sqlite3.Connection, event: object) -> None:
    """Raise the number if `event` says that something paid is about to be sent, or was decided about."""
    if isinstance(event, ABOUT_MONEY):
        connection.execute(RISE)


def number_of(connection: sqlite3.Connection) -> int:
    """Return the number in the database."""
    (number,) = connection.execute(NUMBER).fetchone()
    return int(number)


def catch_up(connection: sqlite3.Connection, reached: int) -> None:
    """Raise the number to `reached` where it is behind."""
    connection.execute(CATCH_UP, {"number": reached})


def is_restored(database: Path, number: int) -> bool:
    """Say whether the database at that path, which has that number, was restored or copied.

    Raises Refused and Unavailable, as `read` does.
    """
    return number < read(database) or (number > 0 and not file_of(database).exists())


def file_of(database: Path) -> Path:
    """Return where the highest number is kept."""
    return database.with_name(f"{database.name}.epoch")


def read(database: Path) -> int:
    """Return the number in the file, 0 where there is none.

    Raises Refused where it holds no number, and Unavailable where the disk does not let it be read.
    """
    path = file_of(database)
    with told():
        text = path.read_text(encoding="ascii", errors="replace") if path.exists() else "0\n"
    if not re.fullmatch(r"\d{1,18}\n", text, re.ASCII):
        raise Refused(
            f"The file {path} should hold a number and does not. If the database was just restored from a"
            " backup, restore it with `housestyle restore`, which mends the file; if not, delete the file."
        )
    return int(text)


def keep(database: Path, number: int) -> None:
    """Have the file hold at least `number`, on the disk for good; other processes may do so too.

    Raises Unavailable where it cannot be written.
    """
    try:
        with owners.only_one(owners.folder_of(database)):
            if read(database) < number or not file_of(database).exists():
                write(database, number)
    except (OSError, Refused, Unavailable) as fault:
        raise Unavailable(
            "I could not note beside the database what was decided or is about to be paid for, so nothing was"
            " sent. Tell whoever runs Housestyle to look at the disk; the card shows where it stands."
        ) from fault


def write(database: Path, number: int) -> None:
    """Put `number` into the file, all or nothing. For who holds the lock on the owners' folder."""
    path = file_of(database)
    half = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        half.write_text(f"{number}\n", encoding="ascii")
        flush(half)
        half.replace(path)
        flush(path.parent)
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)

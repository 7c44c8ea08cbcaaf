"""Tells a restored database from one that merely stopped: a number in it, and the highest beside it.

The transaction that says that something paid is about to be sent, or what a person decided about it, raises
the number. Before anybody hears that it is committed, and so before anything is sent, the number is in the
file `<database>.epoch` as well. A database that is behind its file has therefore forgotten what was sent or
taken back: it was restored from a backup. The first start makes the file, so a database that has a number and
no file was put there by hand, and may have forgotten as much.

Where database and file are copied together, nothing can be told.
"""

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from bot.domain.ballot import Retracted
from bot.domain.errors import Refused, Unavailable
from bot.domain.facts import Approved, Changed, Rejected, Reused, Undone
from bot.domain.task import Attempted, Cancelled
from storage.disk import flush, told

ABOUT_MONEY = (Approved, Attempted, Cancelled, Changed, Rejected, Retracted, Reused, Undone)
"""What no database may forget without being found out: what was sent, and what was decided about it."""
RISE = "UPDATE epoch SET number = number + 1"
NUMBER = "SELECT number FROM epoch"
END = 4096
"""Bytes of the file that are read: some hundred numbers."""
CATCH_UP = "UPDATE epoch SET number = :number WHERE number < :number"


def rise_with(connection: sqlite3.Connection, event: object) -> None:
    """Raise the number if `event` says that something paid is about to be sent, or was decided about."""
    if isinstance(event, ABOUT_MONEY):
        rise(connection)


def rise(connection: sqlite3.Connection) -> None:
    """Raise the number: something paid is about to be sent, or was decided about."""
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
    """Return the highest number in the file, 0 where there is none.

    Raises Refused where it holds no number, and Unavailable where the disk does not let it be read.
    """
    path = file_of(database)
    with told():
        text = _end_of(path) if path.exists() else ""
    numbers = [int(line) for line in text.split("\n") if re.fullmatch(r"\d{1,18}", line, re.ASCII)]
    if path.exists() and not numbers:
        raise Refused(
            f"The file {path} should hold a number and does not. If the database was just restored from a"
            " backup, restore it with `housestyle restore`, which mends the file; if not, delete the file."
        )
    return max(numbers, default=0)


def keep(database: Path, number: int) -> None:
    """Have the file hold at least `number`, on the disk for good; other processes may do so too.

    It is added at the end, so that nobody has to wait for anybody, a process that was stopped in the middle
    least of all. Raises Unavailable where it cannot be written.
    """
    path = file_of(database)
    try:
        if not path.exists():
            with suppress(FileExistsError):  # another process was faster
                _make(path, number, path.hardlink_to)
        if read(database) < number:
            with path.open("a", encoding="ascii") as file:
                file.write(f"\n{number}\n")  # what came before may have been cut off in the middle
            flush(path)
    except (OSError, Refused, Unavailable) as fault:
        raise Unavailable(
            "I could not note beside the database what was decided or is about to be paid for, so nothing was"
            " sent. Tell whoever runs Housestyle to look at the disk; the card shows where it stands."
        ) from fault


def write(database: Path, number: int) -> None:
    """Put only `number` into the file, all or nothing. For who knows that nobody else is at it."""
    path = file_of(database)
    _make(path, number, lambda half: half.replace(path))


def _make(path: Path, number: int, put: Callable[[Path], object]) -> None:
    """Have a whole file with `number` be `put` in its place."""
    half = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        half.write_text(f"{number}\n", encoding="ascii")
        flush(half)
        put(half)
        flush(path.parent)
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def _end_of(path: Path) -> str:
    """Return the last lines, among which is the highest number: it only ever rises, give or take a race."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - END, 0))
        text = file.read().decode("ascii", "replace")
    return text.partition("\n")[2] if size > END else text

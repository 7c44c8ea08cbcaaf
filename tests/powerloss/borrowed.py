"""Our store's SQL on APSW's SQLite, which lets a test see every write to the disk.

Python's own sqlite3 offers no way to watch its files. So `Recorder` is a layer of APSW's over the real file
system that notes what is done, and `Borrowed` offers of sqlite3.Connection what the room `storage` uses. The
settings are read from a connection that `storage.connection.connect` made: no second list can go stale.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import apsw

from storage.connection import connect
from tests.powerloss.disk import Cut, Deed, Flushed, Made, Removed, Wrote

Settings = Mapping[str, str | int]
Parameters = Sequence[Any] | Mapping[str, Any]
PRAGMAS = (
    "journal_mode",
    "synchronous",
    "foreign_keys",
    "wal_autocheckpoint",
    "secure_delete",
    "fullfsync",
    "checkpoint_fullfsync",
    "locking_mode",
)
"""What decides what is written when, and when it is flushed."""


def settings_of_ours(path: Path) -> Settings:
    """Return the settings of a connection as the store makes it to the file at `path`."""
    with closing(connect(path).conn) as connection:
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}


class Rows:
    """What a statement found, and how many rows it changed."""

    def __init__(self, cursor: apsw.Cursor, rowcount: int) -> None:
        self._cursor = cursor
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)

    def fetchone(self) -> Any:  # noqa: ANN401 - as sqlite3 has it
        """Return the next row, None after the last."""
        return self._cursor.fetchone()

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        return self._cursor.fetchall()


class Borrowed:
    """A connection of APSW's with the face of sqlite3's."""

    def __init__(self, path: Path, recorder: "Recorder", settings: Settings) -> None:
        self._connection = apsw.Connection(str(path), vfs=recorder.name)
        for name, value in settings.items():
            self.execute(f"PRAGMA {name} = {value}").fetchall()

    def execute(self, sql: str, parameters: Parameters = ()) -> Rows:
        """Carry out one statement."""
        cursor = self._connection.cursor().execute(sql, parameters)
        return Rows(cursor, self._connection.changes())

    def executemany(self, sql: str, parameters: Sequence[Parameters]) -> None:
        """Carry out one statement for each of `parameters`."""
        self._connection.cursor().executemany(sql, parameters)

    def as_sqlite3(self) -> sqlite3.Connection:
        """Return itself under the type that the store asks for; it offers what the store uses of it."""
        face: Any = self
        connection: sqlite3.Connection = face
        return connection

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Recorder(apsw.VFS):
    """Passes all on to the real file system, and notes in `deeds` what a disk would have to do.

    Nothing is really flushed: what a flush would have kept is for `tests.powerloss.disk` to say.
    """

    def __init__(self) -> None:
        self.name = f"recorder-{uuid4().hex}"
        self.deeds: list[Deed] = []
        super().__init__(self.name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's
        """Open a file, noting where it is new; what has no name needs no disk."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path is None:
            return super().xOpen(name, flags)
        place = Path(path)
        is_new = not place.exists()
        file = _RecordedFile(self.deeds, name, flags, place.name)
        if is_new:
            # os_unix.c: the first flush of a new log or journal flushes the folder; a database's does not.
            is_log = flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL)
            self.deeds.append(Made(place.name, brings_folder=bool(is_log)))
        return file

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001 - SQLite's
        """Remove a file."""
        super().xDelete(filename, syncdir)
        self.deeds.append(Removed(Path(filename).name, is_flushed=syncdir))


class _RecordedFile(apsw.VFSFile):
    """One open file: read as ever, and every change noted."""

    def __init__(
        self, deeds: list[Deed], path: str | apsw.URIFilename | None, flags: list[int], name: str
    ) -> None:
        self._deeds = deeds
        self._name = name
        super().__init__("", path, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's
        super().xWrite(data, offset)
        self._deeds.append(Wrote(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's
        super().xTruncate(newsize)
        self._deeds.append(Cut(self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's
        self._deeds.append(Flushed(self._name))

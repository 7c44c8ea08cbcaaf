"""Where a download goes: a new file of ours alone, and a name that is safe to give it."""

import errno
import hashlib
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from bot.domain.errors import Unavailable
from bot.imaging.wording import MEGABYTE, shown_name

DISK_FULL = "My disk is full: tell whoever runs Housestyle."
LEAST_FREE = 1024 * MEGABYTE
"""Bytes that a download leaves to the others on the disk, the database first of all."""
LONGEST_NAME = 60
"""Characters; four bytes each still make a name that every file system takes."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNSAFE = re.compile(r'[<>:"|?*]')


def free_space(folder: Path) -> int:
    """Return the bytes that the disk of `folder` can still take from us."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


class Sink:
    """The new file `path`, and the hash of what went into it; gone again where the block ends in an error.

    `free` tells how many bytes a folder can still take; it is asked before every megabyte.
    """

    def __init__(self, path: Path, *, free: Callable[[Path], int] = free_space) -> None:
        self._path = path
        self._free = free
        self._ask_at = 0
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._sha256 = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The SHA-256 of all that was written, in hex."""
        return self._sha256.hexdigest()

    def write(self, piece: bytes | memoryview) -> None:
        """Write all of `piece`, down to the system: who is told of it can read it. Raises Unavailable."""
        if self.size >= self._ask_at:
            self._ask_at = self.size + MEGABYTE
            if self._free(self._path.parent) < LEAST_FREE:
                raise Unavailable(DISK_FULL)
        self._sha256.update(piece)
        try:
            self._file.write(piece)
            self._file.flush()
        except OSError as failure:
            if failure.errno in _FULL:
                raise Unavailable(DISK_FULL) from None
            raise
        self.size += len(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # a full disk was told of before
            self._file.close()
        if kind:
            self._path.unlink(missing_ok=True)


def safe_name(said: str, url: str) -> str:
    """Return a file's name from what the server `said`, else from the path of `url`, else nothing."""
    for raw in (said, unquote(urlsplit(url).path)):
        last = raw.replace("\\", "/").rpartition("/")[2].strip().lstrip(".")
        if last:
            return _UNSAFE.sub("_", shown_name(last, longest=LONGEST_NAME))
    return ""

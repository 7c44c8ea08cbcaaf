"""The policy that holds just now, and the file it comes from, which may change while the bot runs.

A new file holds from the second look on that finds it as it is: what an editor has written only half may
well be a policy, one with fewer rules. A file that is bad, or gone, changes nothing: the old policy stays,
and that is told once.
"""

import asyncio
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from bot.domain.policy import BUILT_IN, Policy
from bot.rules.faults import Fault, PolicyFault
from bot.rules.reading import LARGEST, Reading, read_policy

Clock = Callable[[], datetime]
Mark = tuple[int, int, int]
"""When a file was changed last, its size and its inode: what differs where it may have been changed."""


@dataclass(frozen=True)
class Reload:
    """What became of a file that changed: the policy that holds from now on, or what is wrong with it."""

    policy: Policy | None
    faults: tuple[Fault, ...]
    at: datetime


@dataclass(frozen=True)
class _Found:
    """The file as a look finds it; `content` is None where it cannot be read, and `trouble` says why."""

    mark: Mark | None
    content: bytes | None
    trouble: str = ""


class Rulebook:
    """Holds the policy. Made by `opened`; looked at from one event loop, one look at a time."""

    def __init__(self, path: Path | None, now: Clock) -> None:
        self._path, self._now = path, now
        self._policy = BUILT_IN
        self._settled: _Found | None = None
        self._seen: _Found | None = None

    @classmethod
    def opened(cls, path: Path | None, now: Clock) -> Self:
        """Read the file, or take the built-in policy for None; `now` returns the time in UTC.

        Blocks on the disk. Raises PolicyFault with all that is wrong: the program does not start then.
        """
        book = cls(path, now)
        if path is not None:
            found = _read_anew(path)
            book._policy = book._read(found).policy
            book._settled = found
        return book

    def current(self) -> Policy:
        """Return the policy that holds."""
        return self._policy

    async def look(self) -> Reload | None:
        """See whether the file changed; None: it did not, or it may still be being written."""
        if self._path is None:
            return None
        known = self._settled.mark if self._settled else None
        found = await asyncio.to_thread(_found, self._path, known)
        if found is None or self._is_old(found):
            self._seen = None
            return None
        if self._seen is None or not _is_same(self._seen, found):
            self._seen = found
            return None
        return await self._taken(found)

    async def _taken(self, found: _Found) -> Reload:
        self._settled, self._seen = found, None
        try:
            reading = await asyncio.to_thread(self._read, found)
        except PolicyFault as fault:
            return Reload(None, fault.faults, self._now())
        self._policy = reading.policy
        return Reload(reading.policy, (), self._now())

    def _read(self, found: _Found) -> Reading:
        if found.content is None:
            raise PolicyFault([Fault(0, found.trouble)])
        source = self._path.name if self._path else BUILT_IN.source
        return read_policy(found.content, source=source, at=self._now())

    def _is_old(self, found: _Found) -> bool:
        """Say whether that is what was decided on already, though the file may have been touched."""
        if self._settled is None or not _is_same(self._settled, found):
            return False
        self._settled = found
        return True


def _is_same(one: _Found, other: _Found) -> bool:
    return (one.content, one.trouble) == (other.content, other.trouble)


def _found(path: Path, known: Mark | None) -> _Found | None:
    """Read the file; None where it still has the mark `known`."""
    try:
        status = path.stat()
    except OSError:
        return _read_anew(path)
    return None if _mark(status) == known else _read_anew(path)


def _read_anew(path: Path) -> _Found:
    """Read the file. Follows links, as a mounted file is one."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # to open a pipe would wait for whoever writes to it
            return _Found(_mark(status), None, "The policy file cannot be read: it is no file.")
        with path.open("rb") as file:
            return _Found(_mark(status), file.read(LARGEST + 1))
    except OSError as error:
        return _Found(None, None, f"The policy file cannot be read: {error.strerror}.")


def _mark(status: os.stat_result) -> Mark:
    return status.st_mtime_ns, status.st_size, status.st_ino

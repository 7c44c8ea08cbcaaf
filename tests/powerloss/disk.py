"""A disk without power: what it was told to flush is there, of the rest it keeps what it likes.

The rules are POSIX's, read strictly. Without a flush any part of a write may be missing, in units of a
sector, whatever was written after it; so may a change of a file's length, a new name, or a removal. It knows
no SQLite, and damages nothing that was not being written.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

SECTOR = 512
"""Bytes that a disk writes whole or not at all."""


@dataclass(frozen=True)
class Made:
    """A file came to be. `brings_folder`: its first flush makes the names in its folder durable, too."""

    name: str
    brings_folder: bool


@dataclass(frozen=True)
class Wrote:
    """Bytes were written to a file."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True)
class Cut:
    """A file was brought to a length."""

    name: str
    length: int


@dataclass(frozen=True)
class Flushed:
    """The disk said that it has all of a file."""

    name: str


@dataclass(frozen=True)
class Removed:
    """A file was removed; `is_flushed`: and the disk said that it has no such name any more."""

    name: str
    is_flushed: bool


@dataclass(frozen=True)
class Acknowledged:
    """A commit was reported to its caller: from here on it may not be lost."""


Deed = Made | Wrote | Cut | Flushed | Removed | Acknowledged
Image = Mapping[str, bytes]
"""A folder: the bytes of each file by its name."""


@dataclass
class _File:
    """A file's bytes as the disk has them for good, and what was done to it since."""

    kept: bytearray = field(default_factory=bytearray)
    waiting: list[Wrote | Cut] = field(default_factory=list)
    brings_folder: bool = False

    def flush(self) -> None:
        for change in self.waiting:
            _apply(self.kept, change)
        self.waiting.clear()

    def survivors(self, dice: random.Random, chance: float) -> bytes:
        """Return the bytes after a power loss; each change or sector is there with that chance."""
        body = bytearray(self.kept)
        for change in self.waiting:
            is_torn = isinstance(change, Wrote) and dice.random() < 1 / 3
            for part in _sectors(change) if is_torn else (change,):
                if dice.random() < chance:
                    _apply(body, part)
        return bytes(body)


class Disk:
    """One folder on a disk that begins with `image`, all of it durable."""

    def __init__(self, image: Image) -> None:
        self._kept = {name: _File(bytearray(body)) for name, body in image.items()}
        self._names = dict(self._kept)
        self.acknowledged = 0

    def do(self, deed: Deed) -> None:
        """Let it happen."""
        match deed:
            case Made(name, brings_folder):
                self._names[name] = _File(brings_folder=brings_folder)
            case Wrote(name) | Cut(name):
                self._names[name].waiting.append(deed)
            case Flushed(name):
                file = self._names[name]
                file.flush()
                if file.brings_folder:
                    self._kept, file.brings_folder = dict(self._names), False
            case Removed(name, is_flushed):
                del self._names[name]
                if is_flushed:
                    self._kept = dict(self._names)
            case Acknowledged():
                self.acknowledged += 1

    def lose_power(self, dice: random.Random) -> Image:
        """Return what a power loss at this moment leaves; the disk itself stays as it was."""
        chance = dice.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        left = {}
        for name in sorted(self._kept.keys() | self._names.keys()):
            names = self._names if dice.random() < chance else self._kept
            if file := names.get(name):
                left[name] = file.survivors(dice, chance)
        return left


def _sectors(change: Wrote | Cut) -> list[Wrote | Cut]:
    """Return a write as the writes of its sectors."""
    if isinstance(change, Cut):
        return [change]
    end = change.offset + len(change.data)
    starts = [change.offset, *range(change.offset // SECTOR * SECTOR + SECTOR, end, SECTOR)]
    bounds = zip(starts, [*starts[1:], end], strict=True)
    at = change.offset
    return [Wrote(change.name, start, change.data[start - at : stop - at]) for start, stop in bounds]


def _apply(body: bytearray, change: Wrote | Cut) -> None:
    """Change the bytes; where a file grows over a gap, there are zeros."""
    end = change.length if isinstance(change, Cut) else change.offset + len(change.data)
    body.extend(bytes(max(0, end - len(body))))
    if isinstance(change, Cut):
        del body[end:]
    else:
        body[change.offset : end] = change.data

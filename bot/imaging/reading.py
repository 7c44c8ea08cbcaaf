"""Reads the files of a ZIP in a few threads, while the rest of it is still arriving; in the worker only.

A decoder says beforehand how much memory it will take; what does not fit beside the others waits, so that two
large pictures are never decoded together.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from types import TracebackType
from typing import Self

from PIL import Image

from bot.domain.dataset import Picture
from bot.imaging import archive, raster
from bot.imaging.features import Features, features
from bot.imaging.wording import MEGABYTE

BUDGET = 384 * MEGABYTE
"""Bytes that decoders may take together: a progressive JPEG of 96 megapixels, or several ordinary ones."""


@dataclass(frozen=True)
class Sound:
    """A picture that decodes to its last bit, small, and what is measured of it."""

    picture: Picture
    small: Image.Image
    features: Features


class Budget:
    """Bytes that are lent out: who wants more than there is left waits; who wants more than all is alone."""

    def __init__(self, size: int) -> None:
        self._size = self._left = size
        self._turn = Condition()

    @contextmanager
    def lent(self, wanted: int) -> Iterator[None]:
        """Lend `wanted` bytes for the length of the block."""
        wanted = min(wanted, self._size)
        with self._turn:
            self._turn.wait_for(lambda: self._left >= wanted)
            self._left -= wanted
        try:
            yield
        finally:
            with self._turn:
                self._left += wanted
                self._turn.notify_all()


class Reading:
    """The members of the ZIP at `path`, each read once, in the order in which they were begun.

    `named` is told the name of each before it is read, from the thread that reads it.
    """

    def __init__(self, path: Path, *, threads: int, named: Callable[[str], None]) -> None:
        self._path = path
        self._named = named
        self._budget = Budget(BUDGET)
        self._pool = ThreadPoolExecutor(threads)
        self._begun: dict[archive.Entry, Future[Sound | str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(self, entries: Iterable[archive.Entry]) -> None:
        """Read `entries`, which must be there to their last byte; those that were begun are passed over."""
        for entry in entries:
            if entry not in self._begun:
                self._begun[entry] = self._pool.submit(self._read, entry)

    def forget(self) -> None:
        """Throw away what was read: it was read by a directory that turned out to be another."""
        for begun in self._begun.values():
            begun.cancel()
        self._begun.clear()

    def result(self, entry: archive.Entry) -> Sound | str:
        """Wait for an entry that was begun: a sound picture, or the sentence that says what is wrong."""
        return self._begun[entry].result()

    def _read(self, entry: archive.Entry) -> Sound | str:
        self._named(entry.name)
        try:
            with self._path.open("rb") as file:
                body = archive.contents(file, entry)
            picture = raster.opened(body)
            with self._budget.lent(picture.need):
                seen = raster.seen(picture)
        except (archive.UnfitEntry, archive.UnfitArchive) as unfit:
            return str(unfit)
        except raster.UnfitPicture as unfit:
            return f"`{entry.name}` {unfit}"
        sha256 = hashlib.sha256(body).hexdigest()
        picture_of = Picture(
            entry.name, seen.format, seen.width, seen.height, len(body), sha256, transparent=seen.transparent
        )
        return Sound(picture_of, seen.small, features(seen.small))

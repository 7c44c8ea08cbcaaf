"""The courier's work in this process, for what its own cannot be told: patience, names, authorities."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.imaging.addresses import Resolve, look_up
from bot.imaging.courier import Courier, Fetching
from bot.imaging.directory import Tail
from bot.imaging.exchange import ORDINARY, Limits
from bot.imaging.fetch import Download, Errand, Fetcher
from tests.imaging.imaging_lab import LOOPBACK


class NearCourier(Courier):
    """Runs the real `Fetcher` in a thread."""

    def __init__(
        self,
        *,
        limits: Limits = ORDINARY,
        resolve: Resolve = look_up,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(LOOPBACK)
        self._fetcher = Fetcher(LOOPBACK, resolve=resolve, limits=limits, trust=trust)

    @asynccontextmanager
    async def fetching(
        self, url: str, into: Path, *, most_bytes: int, hosts: frozenset[str] | None = None
    ) -> AsyncIterator[Fetching]:
        """Fetch `url` into the new file `into`, the end of a ZIP first."""
        with self._fetcher.errand(url, most_bytes=most_bytes, hosts=hosts) as errand:
            end = await asyncio.to_thread(errand.tail)
            yield _NearFetching(errand, into, end and Tail(end.start, end.total, end.body))

    async def download(
        self, url: str, into: Path, *, most_bytes: int, hosts: frozenset[str] | None = None
    ) -> Download:
        """Write what `url` leads to into the new file `into`."""
        return await asyncio.to_thread(self._fetcher.download, url, into, most_bytes=most_bytes, hosts=hosts)


class _NearFetching(Fetching):
    def __init__(self, errand: Errand, into: Path, tail: Tail | None) -> None:
        self._errand = errand
        self._into = into
        self._kept: Sequence[Download] = ()
        self.tail = tail

    @property
    def is_over(self) -> bool:
        """Whether all of it has arrived."""
        return bool(self._kept)

    @property
    def download(self) -> Download:
        """What arrived."""
        return self._kept[0]

    async def arrivals(self) -> AsyncIterator[int]:
        """Take the whole file, and yield its size."""
        found = await asyncio.to_thread(self._errand.keep, self._into)
        self._kept = (found,)
        yield found.size

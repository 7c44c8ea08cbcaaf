"""Downloads in a process of their own, so that hundreds of megabytes never pass through the event loop.

The rules of a download are those of `fetch`; the process has no more of our secrets than the link and the
tokens that it is given. `errand` is the other end of the talk.
"""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.domain.errors import Refused, Unavailable
from bot.imaging.addresses import Network
from bot.imaging.directory import Tail
from bot.imaging.exchange import ORDINARY
from bot.imaging.fetch import SLOW, Download
from bot.imaging.process import Talk, talking
from bot.imaging.wording import MEGABYTE

AT_ONCE = 2
"""Downloads at one time; more would only share the same line."""
MOST_SAID = 16 * MEGABYTE
"""The tail of a ZIP, written in base64, is the most of it."""
BEYOND = 30.0
"""Seconds for which the process may outlast the deadline that it keeps itself."""
NOT_NOW = "The file could not be fetched just now."

log = logging.getLogger(__name__)


class Fetching:
    """A download under way: `tail` is the end of a ZIP where the server hands it over before the rest."""

    def __init__(self, talk: Talk, tail: Tail | None, *, waits: bool) -> None:
        self._talk = talk
        self._waits = waits
        self._download: Download | None = None
        self.tail = tail

    @property
    def is_over(self) -> bool:
        """Whether all of it has arrived."""
        return self._download is not None

    @property
    def download(self) -> Download:
        """What arrived; only to be asked for when the arrivals have ended."""
        if self._download is None:
            raise LookupError("the download is not over")
        return self._download

    async def arrivals(self) -> AsyncIterator[int]:
        """Ask for the file, and yield how many bytes of it can be read by now, about ten times a second.

        Raises Refused and Unavailable.
        """
        if self._waits:
            await self._talk.say({"go": True})
        async for said in self._talk:
            if "have" in said:
                yield int(said["have"])
                continue
            self._download = _download(said)
            return
        raise _lost(self._talk)


class Courier:
    """Fetches links as `fetch.Fetcher` does, elsewhere, two at a time; `allow` and `tokens` as there.

    A process that is not done after `seconds` is ended.
    """

    def __init__(
        self,
        allow: Sequence[Network],
        *,
        tokens: Mapping[str, str] = MappingProxyType({}),
        seconds: float = ORDINARY.deadline + BEYOND,
    ) -> None:
        self._seconds = seconds
        self._allow = [str(network) for network in allow]
        self._tokens = dict(tokens)
        self._slots = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def fetching(
        self, url: str, into: Path, *, most_bytes: int, hosts: frozenset[str] | None = None
    ) -> AsyncIterator[Fetching]:
        """Fetch `url` into the new file `into`, the end of a ZIP first; unless all arrives, it is gone again.

        With `hosts`, every hop must be on one of them. Raises Refused and Unavailable, here and while the
        file arrives.
        """
        async with self._under_way(url, into, most_bytes, hosts, tail=True) as fetching:
            yield fetching

    async def download(
        self, url: str, into: Path, *, most_bytes: int, hosts: frozenset[str] | None = None
    ) -> Download:
        """Write what `url` leads to into the new file `into`, in one go. As `fetching` otherwise."""
        async with self._under_way(url, into, most_bytes, hosts, tail=False) as fetching:
            async for _ in fetching.arrivals():
                pass
            return fetching.download

    @asynccontextmanager
    async def _under_way(
        self, url: str, into: Path, most_bytes: int, hosts: frozenset[str] | None, *, tail: bool
    ) -> AsyncIterator[Fetching]:
        order = {
            "url": url,
            "into": str(into),
            "most_bytes": most_bytes,
            "hosts": None if hosts is None else sorted(hosts),
            "tail": tail,
            "allow": self._allow,
            "tokens": {host: token for host, token in self._tokens.items() if hosts and host in hosts},
        }
        if await asyncio.to_thread(into.exists):
            raise FileExistsError(into)
        fetching: Fetching | None = None
        try:
            async with (
                self._slots,
                talking(
                    "bot.imaging.errand",
                    order,
                    seconds=self._seconds,
                    most=MOST_SAID,
                    polite=False,
                ) as talk,
            ):
                fetching = Fetching(talk, await _tail(talk) if tail else None, waits=tail)
                yield fetching
        finally:
            if fetching is None or not fetching.is_over:
                await asyncio.to_thread(into.unlink, missing_ok=True)


async def _tail(talk: Talk) -> Tail | None:
    """Return the end of the ZIP. Raises Refused and Unavailable where there is nothing to fetch."""
    async for said in talk:
        if "tail" not in said:
            _download(said)
        elif found := said["tail"]:
            return Tail(found["start"], found["total"], base64.b64decode(found["body"]))
        return None
    raise _lost(talk)


def _download(said: dict[str, Any]) -> Download:
    match said:
        case {"download": fields}:
            return Download(**{**fields, "head": bytes.fromhex(fields["head"])})
        case {"unavailable": sentence, "retry_after": wait}:
            raise Unavailable(sentence, retry_after=wait)
    raise Refused(said["refused"], code=said["code"])


def _lost(talk: Talk) -> Unavailable:
    """Return what to raise where the process ended without a word; its complaint may hold the link."""
    if talk.is_late:
        log.warning("a courier took too long")
        return Unavailable(SLOW)
    kind = (talk.complaint.splitlines() or ["without a word"])[-1].partition(":")[0]
    log.warning("a courier was lost: %s", kind[:80])
    return Unavailable(NOT_NOW)

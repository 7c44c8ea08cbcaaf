"""Large downloads in a process of their own, so that hundreds of megabytes never pass through the event loop.

Measured: httpx spends 1.6 ms of the loop on each megabyte, and every acknowledgement waits behind it. The
rules of a download are those of `fetch`; the process has no more of our secrets than the link it is given.
"""

import asyncio
import ipaddress
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.domain.errors import Refused, Unavailable
from bot.imaging.addresses import Network
from bot.imaging.fetch import AT_ONCE, SLOW, Download, Fetcher, Limits
from bot.imaging.process import converse

MOST_SAID = 64 * 1024
BEYOND = 30.0
"""Seconds for which the process may outlast the deadline that it keeps itself."""


class Courier:
    """Fetches links as `fetch.Fetcher` does, elsewhere; `allow` as there."""

    def __init__(self, allow: Sequence[Network]) -> None:
        self._allow = [str(network) for network in allow]
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def download(self, url: str, into: Path, *, most_bytes: int) -> Download:
        """Write what `url` leads to into the new file `into`. Raises Refused and Unavailable."""
        order = {"url": url, "into": str(into), "most_bytes": most_bytes, "allow": self._allow}
        async with self._slots:
            said, _ = await converse(
                "bot.imaging.courier",
                json.dumps(order).encode(),
                seconds=Limits().deadline + BEYOND,
                most=MOST_SAID,
            )
        return _download(said)


def _download(said: bytes) -> Download:
    answer: dict[str, Any] = {}
    with suppress(ValueError):  # it was killed, and said nothing whole
        answer = json.loads(said)
    match answer:
        case {"download": fields}:
            return Download(**fields)
        case {"refused": sentence, "code": code}:
            raise Refused(sentence, code=code)
        case {"unavailable": sentence, "retry_after": wait}:
            raise Unavailable(sentence, retry_after=wait)
    raise Unavailable(SLOW)


def main() -> None:
    """Read one order from standard input, carry it out, and say what became of it."""
    order = json.load(sys.stdin)
    fetcher = Fetcher([ipaddress.ip_network(network) for network in order["allow"]])
    errand = fetcher.download(order["url"], Path(order["into"]), most_bytes=order["most_bytes"])
    try:
        answer: dict[str, Any] = {"download": asdict(asyncio.run(errand))}
    except Refused as no:
        answer = {"refused": str(no), "code": no.code}
    except Unavailable as silence:
        answer = {"unavailable": str(silence), "retry_after": silence.retry_after}
    json.dump(answer, sys.stdout)

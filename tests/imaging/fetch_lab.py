"""Servers that know ranges, tell lies about them or dawdle, and the fetcher that meets them in a thread."""

import asyncio
import re
import ssl
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import pytest

from bot.imaging.directory import Tail
from bot.imaging.exchange import ORDINARY, Limits
from bot.imaging.fetch import Download, Fetcher
from tests.imaging.imaging_lab import LOOPBACK, Reply, Server, http, resolving

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


def fetcher_of(
    names: Mapping[str, Sequence[str]] | None = None,
    *,
    limits: Limits = ORDINARY,
    trust: ssl.SSLContext | None = None,
    tokens: Mapping[str, str] | None = None,
) -> Fetcher:
    """Return a fetcher that may reach 127.0.0.1 and knows these names only."""
    return Fetcher(LOOPBACK, resolve=resolving(names or {}), limits=limits, trust=trust, tokens=tokens or {})


async def downloaded(
    fetcher: Fetcher, url: str, into: Path, *, most: int = 1_000_000, hosts: frozenset[str] | None = None
) -> Download:
    """Download in a thread, as the courier's process does in its own."""
    return await asyncio.to_thread(fetcher.download, url, into, most_bytes=most, hosts=hosts)


async def tail_and_all(
    fetcher: Fetcher, url: str, into: Path, *, most: int = 10_000_000
) -> tuple[Tail | None, Download]:
    """Ask for the tail first and then for the file."""

    def both() -> tuple[Tail | None, Download]:
        with fetcher.errand(url, most_bytes=most) as errand:
            return errand.tail(), errand.keep(into)

    return await asyncio.to_thread(both)


async def tail_of(fetcher: Fetcher, url: str, *, most: int = 10_000_000) -> Tail | None:
    """Ask for the tail alone."""

    def look() -> Tail | None:
        with fetcher.errand(url, most_bytes=most) as errand:
            return errand.tail()

    return await asyncio.to_thread(look)


def ranges_asked(server: Server) -> list[str]:
    """Return the range of each question so far, empty for the whole."""
    found = (re.search(r"^range: *(.*?)\r$", head, re.IGNORECASE | re.MULTILINE) for head in server.requests)
    return [span[1] if span else "" for span in found]


class Ranged:
    """Replies to a path: the parts of `body` that are asked for, and the whole where none is.

    `part` and `whole` take the place of the true answers; put `server` in once there is one.
    """

    def __init__(self, body: bytes, *, part: Reply | None = None, whole: Reply | None = None) -> None:
        self.body = body
        self.part = part
        self.whole = whole
        self.server = Server()
        self.sent = 0

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        asked = ranges_asked(self.server)[-1]
        reply = (self.part if asked else self.whole) or self._true(asked)
        if isinstance(reply, bytes):
            self.sent += len(reply)
            writer.write(reply)
        else:
            await reply(writer)

    def _true(self, asked: str) -> bytes:
        if not asked:
            return http(200, self.body)
        first, last = asked.removeprefix("bytes=").split("-")
        total = len(self.body)
        start = int(first) if first else max(0, total - int(last))
        return part_of(self.body, start)


def part_of(body: bytes, start: int, **headers: str) -> bytes:
    """Return the true answer to who asked for `body` from `start` on."""
    span = f"bytes {start}-{len(body) - 1}/{len(body)}"
    return http(206, body[start:], **{"content_range": span, **headers})


def dripping(head: bytes, every: float = 0.05) -> Answering:
    """Return a reply that sends `head` byte by byte, and then over and over its last."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        for byte in head:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every)
        while True:
            writer.write(head[-1:])
            await writer.drain()
            await asyncio.sleep(every)

    return drip


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3)


async def falls_silent(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    await writer.drain()
    await asyncio.sleep(3)


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    writer.transport.abort()


async def endless_promises(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: y\r\n" * 100)
        await writer.drain()


async def endless_trailers(writer: asyncio.StreamWriter) -> None:
    writer.write(CHUNKED + b"3\r\nabc\r\n0\r\n")
    while True:
        writer.write(b"X: y\r\n" * 1000)
        await writer.drain()


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate for `name` with OpenSSL, or skip."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN={name}"
    try:
        subprocess.run(
            [*command.split(), "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", certificate],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    return certificate, key

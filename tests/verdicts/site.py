"""A web server on 127.0.0.1 in a thread of its own: hands out files well, or misbehaves as it is told.

Whatever it says besides a file holds the word UPSTREAM, which nobody must ever read in the bot's words.
"""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

UPSTREAM = "upstream-said-this"


@dataclass(frozen=True)
class Request:
    """The head of a request: its path, and its headers in lower case."""

    path: str
    headers: dict[str, str]

    def span(self, total: int) -> tuple[int, int] | None:
        """Return the first and the last byte asked for, of `total`; None where all are."""
        unit, _, asked = self.headers.get("range", "").partition("=")
        first, _, last = asked.partition("-")
        if unit != "bytes" or "," in asked or not total:
            return None
        if not first:
            return max(0, total - int(last)), total - 1
        return int(first), min(int(last or total), total - 1)


Reply = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def said(status: int, body: bytes = UPSTREAM.encode(), **headers: str) -> bytes:
    """Return a whole answer; header names are written with underscores."""
    given = {"content_length": str(len(body)), "x_remark": UPSTREAM, **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items() if value)
    return f"HTTP/1.1 {status} {UPSTREAM}\r\nConnection: close\r\n{lines}\r\n".encode() + body


def saying(answer: bytes) -> Reply:
    """Always answer with these bytes."""

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return reply


def handing(body: bytes, kind: str = "application/zip") -> Reply:
    """Hand out a file as a good server does, whole or the range that is asked for."""

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        headers = {"accept_ranges": "bytes", "etag": f'"{len(body)}"', "content_type": kind}
        span = request.span(len(body))
        if span is None:
            writer.write(said(200, body, **headers))
        else:
            first, last = span
            part = f"bytes {first}-{last}/{len(body)}"
            writer.write(said(206, body[first : last + 1], content_range=part, **headers))

    return reply


def hollow(size: int, end: bytes) -> Reply:
    """Hand out ranges of a file of `size` zeros and then `end`; whoever asks for all of it gets the zeros."""

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        total = size + len(end)
        span = request.span(total)
        if span is None:
            writer.write(said(200, b"", content_length=str(total)))
            while True:
                writer.write(bytes(65536))
                await writer.drain()
        first, last = span
        body = bytes(max(0, size - first)) + end[max(0, first - size) : last + 1 - size]
        writer.write(said(206, body, content_range=f"bytes {first}-{last}/{total}"))

    return reply


@dataclass
class Site:
    """`connections` counts whom the canary let in: nobody, or a link has led into our network."""

    port: int = 0
    secure_port: int = 0
    canary_port: int = 0
    canary_is_on_443: bool = False
    connections: int = 0
    _replies: dict[str, Reply] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def on(self, reply: Reply, *, ending: str = ".zip") -> str:
        """Return a new link that is answered so."""
        path = f"/{next(self._numbers)}{ending}"
        self._replies = {path: reply}  # what went before is over, and its bytes may go
        return f"http://127.0.0.1:{self.port}{path}"

    def also(self, path: str, reply: Reply) -> str:
        """Answer so at `path` too, for the case at hand."""
        self._replies[path] = reply
        return f"http://127.0.0.1:{self.port}{path}"

    def file(self, body: bytes) -> str:
        """Return a link to a well-served file."""
        return self.on(handing(body))

    async def visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection."""
        with suppress(ConnectionError, asyncio.IncompleteReadError), closing(writer):
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            pairs = (line.partition(":")[::2] for line in lines)
            request = Request(first.split(" ")[1], {k.lower(): v.strip() for k, v in pairs})
            await self._replies.get(request.path, saying(said(404)))(request, writer)
            await writer.drain()

    async def canary(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note a connection that should not be."""
        self.connections += 1
        writer.close()


@contextmanager
def opened(tls: ssl.SSLContext) -> Iterator[Site]:
    """Serve until the block ends; `tls` is what the secure port shows."""
    site, loop, ready = Site(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        servers = [
            await asyncio.start_server(site.visited, "127.0.0.1", 0),
            await asyncio.start_server(site.visited, "127.0.0.1", 0, ssl=tls),
            await asyncio.start_server(site.canary, "127.0.0.1", 0),
        ]
        ports = [server.sockets[0].getsockname()[1] for server in servers]
        site.port, site.secure_port, site.canary_port = ports
        with suppress(OSError):  # only root may; the other canary must do
            servers.append(await asyncio.start_server(site.canary, "127.0.0.1", 443, reuse_port=True))
            site.canary_is_on_443 = True
        ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            for server in servers:
                server.close()

    thread = threading.Thread(target=_until_stopped, args=(loop, serve()), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def _until_stopped(loop: asyncio.AbstractEventLoop, serve: Awaitable[None]) -> None:
    """Run `serve` until the loop is stopped, then let go of every visit."""
    task = asyncio.ensure_future(serve, loop=loop)
    loop.run_forever()
    task.cancel()
    tasks = asyncio.all_tasks(loop)
    for one in tasks:
        one.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(asyncio.sleep(0.05))
    loop.close()

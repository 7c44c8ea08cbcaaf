"""What the imaging tests are made of: a small web server that may lie, pictures, and ZIPs of them."""

import asyncio
import io
import ssl
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from PIL import Image, ImageDraw

from bot.imaging.courier import Courier

LOOPBACK = (ip_network("127.0.0.0/8"),)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

PNG = b"\x89PNG\r\n\x1a\n"

Reply = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """A server on 127.0.0.1: `requests` are the heads it was sent, `connections` how often it was called."""

    port: int = 0
    connections: int = 0
    requests: list[str] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@asynccontextmanager
async def serving(
    replies: Mapping[str, Reply], *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Serve raw replies by path; one that is a function writes what it likes, as slowly as it likes."""
    server = Server()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError), closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            server.requests.append(head)
            reply = replies.get(head.split(" ")[1], http(404))
            if isinstance(reply, bytes):
                writer.write(reply)
            else:
                await reply(writer)
            await writer.drain()
        with suppress(ConnectionError):
            await writer.wait_closed()

    visits: list[asyncio.Task[None]] = []
    writers: list[asyncio.StreamWriter] = []

    def visited(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(asyncio.create_task(answer(reader, writer)))
        writers.append(writer)

    listener = await asyncio.start_server(visited, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for visit, writer in zip(visits, writers, strict=True):
            visit.cancel()
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()  # what nobody reads any more must not wait to be written
        await asyncio.gather(*visits, return_exceptions=True)
        await asyncio.sleep(0.01)


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return a whole HTTP answer; header names are written with underscores."""
    given = {"content_length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status} Said\r\nConnection: close\r\n{lines}\r\n".encode() + body


def resolving(names: Mapping[str, Sequence[str]]) -> Callable[[str, int], Sequence[str]]:
    """Return a resolver that knows `names` and nothing else."""
    return lambda host, _port: names.get(host, ())


def local_courier() -> Courier:
    """Return a courier that may reach the server on 127.0.0.1."""
    return Courier(LOOPBACK)


local_fetcher = local_courier


def drawing(seed: int = 0, *, mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> Image.Image:
    """Return a drawing that is different for each seed."""
    image = Image.new("RGB", size, (40 + seed * 3 % 200, 120, 200 - seed * 3 % 200))
    draw = ImageDraw.Draw(image)
    draw.ellipse((20 + seed, 20, size[0] - 30, size[1] - 20), fill=(250, 200, seed % 255), outline="black")
    return image.convert(mode)


def encoded(image: Image.Image, name: str = "PNG", **options: object) -> bytes:
    """Return the image as a file of the named format."""
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def png(seed: int = 0) -> bytes:
    return encoded(drawing(seed))


def zipped(files: Mapping[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP of `files`, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def drawings(count: int) -> dict[str | zipfile.ZipInfo, bytes]:
    """Return `count` different drawings by name."""
    return {f"drawing-{n:02}.png": png(n) for n in range(count)}


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def claiming_png(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims this size."""
    head = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return PNG + chunks

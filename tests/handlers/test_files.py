"""Hosted datasets over a real server: exact bytes, whole and in ranges, and one no for the rest."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from bot.server import IDLE_SECONDS
from handlers.files import files_route
from storage.archives import FolderArchives
from tests.fakes import FakeClock

BODY = bytes(range(256)) * 1000
NAME = hashlib.sha256(BODY).hexdigest()
HOUR = timedelta(hours=1)
MEGABYTE = 1024 * 1024


@dataclass
class Host:
    """A server on loopback that hosts one archive; `link` is good for an hour."""

    archives: FolderArchives
    web: httpx.AsyncClient
    clock: FakeClock
    folder: Path
    link: str

    async def get(self, link: str | None = None, method: str = "GET", **headers: str) -> httpx.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.web.request(method, self.link if link is None else link, headers=names)


@pytest.fixture
async def host(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Host]:
    folder = tmp_path / "housestyle-datasets"
    archives = FolderArchives(folder, public_url="http://127.0.0.1", secret=b"s" * 32, clock=clock)
    app = Starlette(routes=[files_route(archives.resolve)])
    config = uvicorn.Config(
        app, port=0, log_level="critical", lifespan="off", timeout_keep_alive=IDLE_SECONDS
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as web:
        await keep(archives, tmp_path / "given.zip", BODY)
        link = archives.link(NAME, until=clock.now + HOUR).removeprefix("http://127.0.0.1")
        yield Host(archives, web, clock, folder, link)
    server.should_exit = True
    await serving


async def keep(archives: FolderArchives, path: Path, body: bytes) -> None:
    path.write_bytes(body)  # noqa: ASYNC240 - nobody waits for it
    await archives.keep(path, hashlib.sha256(body).hexdigest())


async def test_a_hosted_dataset_arrives_as_it_was_inspected(host: Host) -> None:
    answer = await host.get()
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == NAME
    told = answer.headers
    assert told["Content-Type"] == "application/zip"
    assert told["Content-Length"] == str(len(BODY))
    assert told["Content-Disposition"] == 'attachment; filename="dataset.zip"'
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Cache-Control"] == "private, no-store"
    assert told["X-Robots-Tag"] == "noindex"
    assert (told["Accept-Ranges"], told["ETag"]) == ("bytes", f'"{NAME}"')


async def test_its_headers_can_be_asked_for_alone(host: Host) -> None:
    answer = await host.get(method="HEAD")
    whole = await host.get()
    assert (answer.status_code, answer.content) == (200, b"")
    same = ("Content-Length", "Content-Type", "ETag", "Accept-Ranges", "Cache-Control")
    assert [answer.headers[name] for name in same] == [whole.headers[name] for name in same]


@pytest.mark.parametrize(
    ("asked", "told", "part"),
    [
        ("0-0", "0-0", BODY[:1]),
        ("0-99", "0-99", BODY[:100]),
        ("1000-70000", "1000-70000", BODY[1000:70001]),
        ("255999-", "255999-255999", BODY[-1:]),
        ("-500", "255500-255999", BODY[-500:]),
        ("-999999", "0-255999", BODY),
        ("255000-999999", "255000-255999", BODY[-1000:]),
    ],
)
async def test_a_part_can_be_asked_for(host: Host, asked: str, told: str, part: bytes) -> None:
    answer = await host.get(Range=f"bytes={asked}")
    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["Content-Range"] == f"bytes {told}/256000"
    assert answer.headers["Content-Length"] == str(len(part))
    assert answer.headers["Content-Type"] == "application/zip"


async def test_several_parts_can_be_asked_for_at_once(host: Host) -> None:
    answer = await host.get(Range="bytes=0-9,1000-1009,-10")
    assert answer.status_code == 206
    kind, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    parts = answer.content.split(f"--{boundary}".encode())[1:-1]
    assert [part.partition(b"\r\n\r\n")[2][:10] for part in parts] == [BODY[:10], BODY[1000:1010], BODY[-10:]]


@pytest.mark.parametrize("asked", ["256000-", "999999-1000000", "-0"])
async def test_a_part_beyond_the_end_is_refused_with_the_length(host: Host, asked: str) -> None:
    answer = await host.get(Range=f"bytes={asked}")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */256000")


async def test_a_transfer_that_broke_off_goes_on_after_the_same_bytes_were_kept_anew(
    host: Host, tmp_path: Path
) -> None:
    etag = (await host.get()).headers["ETag"]
    host.clock.pass_time(minutes=1)
    await keep(host.archives, tmp_path / "again.zip", BODY)
    rest = await host.get(Range="bytes=1000-", If_Range=etag)
    assert (rest.status_code, rest.content) == (206, BODY[1000:])


async def test_a_transfer_of_something_else_begins_anew(host: Host) -> None:
    answer = await host.get(Range="bytes=1000-", If_Range='"another"')
    assert (answer.status_code, answer.content) == (200, BODY)


async def test_every_no_is_the_same(host: Host, clock: FakeClock) -> None:
    """Expired, tampered with in each kind of character, of another key, of no archive, no token at all."""
    foreign = FolderArchives(host.folder, public_url="x", secret=b"t" * 32, clock=clock)
    until = clock.now + HOUR
    links = [
        *(host.link.replace(old, new, 1) for old, new in tampered(host.link)),
        host.link.removesuffix(".zip"),
        host.archives.link(NAME, until=clock.now).removeprefix("http://127.0.0.1"),
        host.archives.link("0" * 64, until=until).removeprefix("http://127.0.0.1"),
        foreign.link(NAME, until=until).removeprefix("x"),
        *(f"/files/{part}" for part in ("", NAME, "x.zip", "%2e%2e%2fhousestyle.db", "%00", "a" * 5000)),
        "/files",
    ]
    answers = [await host.get(link) for link in links]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, "Not Found")}
    assert (await host.get(links[0], method="HEAD")).status_code == 404
    assert answers[0].headers["Cache-Control"] == "private, no-store"


def tampered(link: str) -> list[tuple[str, str]]:
    """Return the changes of one character: of each class that a token has, to the next of its class."""
    token = link.removeprefix("/files/").removesuffix(".zip")
    found = [next(char for char in token if char.islower() and char != "z")]
    found.append(next(char for char in token if char.isupper() and char != "Z"))
    found.append(next(char for char in token if char.isdigit() and char != "9"))
    changes = [(token, token.replace(char, chr(ord(char) + 1), 1)) for char in found]
    return [*changes, (token, "-" + token[1:]), (token, token[:-1] + "_"), (token, token + "=")]


async def test_a_link_ends(host: Host) -> None:
    host.clock.pass_time(hours=1)
    assert (await host.get()).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_a_dataset_can_only_be_read(host: Host, method: str) -> None:
    assert (await host.get(method=method)).status_code == 405


async def test_an_open_transfer_goes_on_to_its_end_after_the_archive_was_let_go(
    host: Host, tmp_path: Path
) -> None:
    body = bytes(20 * MEGABYTE)
    await keep(host.archives, tmp_path / "large.zip", body)
    link = host.archives.link(hashlib.sha256(body).hexdigest(), until=host.clock.now + HOUR)
    async with host.web.stream("GET", link.removeprefix("http://127.0.0.1")) as answer:
        arriving = answer.aiter_raw()
        count = len(await anext(arriving))
        host.clock.pass_time(minutes=1)
        await host.archives.forget(needed=(), older_than=timedelta())
        assert (await host.get()).status_code == 404
        async for piece in arriving:
            count += len(piece)
    assert count == len(body)


async def test_a_dataset_of_200_megabytes_needs_no_memory_however_slowly_it_is_read(host: Host) -> None:
    large = host.folder.parent / "large.zip"
    with large.open("wb") as made:
        made.truncate(200 * MEGABYTE)
    await host.archives.keep(large, "f" * 64)
    link = host.archives.link("f" * 64, until=host.clock.now + HOUR).removeprefix("http://127.0.0.1")
    await host.get()
    tracemalloc.start()
    async with host.web.stream("GET", link) as answer:
        await asyncio.sleep(0.3)
        unread = tracemalloc.get_traced_memory()[1]
        count = 0
        async for piece in answer.aiter_raw():
            count += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 200 * MEGABYTE
    assert max(unread, peak) < 8 * MEGABYTE

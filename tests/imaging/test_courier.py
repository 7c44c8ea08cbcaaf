"""Downloads in a process of their own: the talk with it, and what is left when it ends early."""

import asyncio
import hashlib
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.domain.errors import Refused, Unavailable
from bot.imaging.addresses import NOT_OURS
from bot.imaging.courier import NOT_NOW, Courier
from bot.imaging.fetch import SLOW, TAIL, TROUBLED
from bot.imaging.sharing import NOT_SHOWN, PAGE
from tests.imaging.fetch_lab import Ranged, drip, endless, ranges_asked
from tests.imaging.imaging_lab import LOOPBACK, http, local_courier, serving
from tests.verdicts.memory import children

CAP = 50_000_000
BODY = bytes(range(256)) * 60_000


def zip_like(size: int) -> bytes:
    """Return a ZIP without files behind `size` bytes of something else."""
    return bytes(size) + b"PK\x05\x06" + bytes(12) + size.to_bytes(4, "little") + bytes(2)


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def told_to_all_by(pid: int) -> str:
    """Return what everybody on the machine may know of a process."""
    return "".join(Path(f"/proc/{pid}/{at}").read_text() for at in ("cmdline", "environ"))


async def until(there: list[str]) -> None:
    """Wait until there is something in the list."""
    async with asyncio.timeout(60):
        while not there:  # noqa: ASYNC110 - the server notes what it hears and tells nobody
            await asyncio.sleep(0.02)


async def test_a_file_arrives_whole_and_hashed(tmp_path: Path) -> None:
    reply = http(
        200, BODY, content_type="application/zip", content_disposition='attachment; filename="a.zip"'
    )
    async with serving({"/": reply}) as server:
        got = await local_courier().download(server.url(), tmp_path / "f", most_bytes=CAP)
    assert (tmp_path / "f").read_bytes() == BODY
    assert (got.size, got.sha256) == (len(BODY), hashlib.sha256(BODY).hexdigest())
    assert (got.name, got.head) == ("a.zip", BODY[:16])
    assert ranges_asked(server) == [""]
    assert children() == []


async def test_the_rest_is_only_asked_for_when_it_is_wanted(tmp_path: Path) -> None:
    ranged = Ranged(zip_like(8_000_000))
    async with serving({"/": ranged}) as server:
        ranged.server = server
        async with local_courier().fetching(server.url(), tmp_path / "f", most_bytes=CAP) as fetching:
            assert fetching.tail is not None
            assert fetching.tail.body == ranged.body[fetching.tail.start :]
            await asyncio.sleep(0.1)
            assert (len(ranges_asked(server)), (tmp_path / "f").exists()) == (1, False)
            with pytest.raises(LookupError):
                _ = fetching.download
            async for have in fetching.arrivals():
                assert have <= (tmp_path / "f").stat().st_size
            assert fetching.download.size == len(ranged.body)
        assert (tmp_path / "f").read_bytes() == ranged.body


async def test_one_that_is_not_wanted_leaves_nothing(tmp_path: Path) -> None:
    ranged = Ranged(zip_like(100_000))
    async with serving({"/": ranged}) as server:
        ranged.server = server
        async with local_courier().fetching(server.url(), tmp_path / "f", most_bytes=CAP) as fetching:
            assert fetching.tail
    assert (ranges_asked(server), ranged.sent < 20_000) == ([f"bytes=-{TAIL}"], True)
    assert (files_in(tmp_path), children()) == ([], [])


async def test_bytes_are_told_of_while_they_arrive(tmp_path: Path) -> None:
    heard: list[int] = []
    sent = 0

    async def until_three_are_told_of(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while len(heard) < 3:
            writer.write(bytes(20_000))
            await writer.drain()
            sent += 20_000
            await asyncio.sleep(0.05)

    courier = local_courier()
    async with (
        asyncio.timeout(60),
        serving({"/": until_three_are_told_of}) as server,
        courier.fetching(server.url(), tmp_path / "f", most_bytes=CAP) as fetching,
    ):
        async for have in fetching.arrivals():
            heard.append(have)  # noqa: PERF401 - the server looks at it meanwhile
    assert heard == sorted(set(heard))
    assert fetching.download.size == sent > heard[1]


@pytest.mark.parametrize(
    ("reply", "kind", "sentence"),
    [
        (http(404), Refused, "no file at the link"),
        (http(200, b"<!doctype html><p>"), Refused, PAGE),
        (http(200, b"x", content_length="60000000"), Refused, "larger than 48 MB"),
        (http(503, retry_after="7"), Unavailable, TROUBLED),
    ],
)
async def test_what_is_wrong_comes_back_as_it_was_raised(
    tmp_path: Path, reply: bytes, kind: type[Exception], sentence: str
) -> None:
    courier = local_courier()
    async with serving({"/": reply}) as server:
        with pytest.raises(kind, match=re.escape(sentence)) as raised:
            await courier.download(server.url(), tmp_path / "f", most_bytes=CAP)
        with pytest.raises(kind, match=re.escape(sentence)):
            async with courier.fetching(server.url(), tmp_path / "f", most_bytes=CAP) as fetching:
                await anext(fetching.arrivals())
    assert getattr(raised.value, "retry_after", None) == (7 if sentence == TROUBLED else None)
    assert files_in(tmp_path) == []


async def test_a_page_is_told_of_before_anything_is_asked_for(tmp_path: Path) -> None:
    async with serving({"/": http(200, b"<html>" + bytes(100_000))}) as server:
        with pytest.raises(Refused, match=PAGE):
            async with local_courier().fetching(server.url(), tmp_path / "f", most_bytes=CAP):
                pytest.fail("it was lent")


async def test_every_hop_must_be_on_a_named_host(tmp_path: Path) -> None:
    async with serving({"/": http(200, b"x")}) as server:
        with pytest.raises(Refused, match=NOT_OURS):
            await local_courier().download(
                server.url(), tmp_path / "f", most_bytes=CAP, hosts=frozenset({"im.runware.ai"})
            )
    assert server.connections == 0


async def test_a_token_goes_to_its_host_and_to_no_command_line(tmp_path: Path) -> None:
    lines: list[str] = []

    async def noted(writer: asyncio.StreamWriter) -> None:
        lines.extend(told_to_all_by(pid) for pid in children())
        writer.write(http(200, b"x"))

    courier = Courier(LOOPBACK, tokens={"127.0.0.1": "xoxb-secret"})
    here = frozenset({"127.0.0.1"})
    async with serving({"/": noted}) as server:
        await courier.download(server.url(), tmp_path / "f", most_bytes=CAP, hosts=here)
        await courier.download(server.url(), tmp_path / "g", most_bytes=CAP)
    assert ["authorization: Bearer xoxb-secret\r\n".lower() in head.lower() for head in server.requests] == [
        True,
        False,
    ]
    assert lines
    assert "xoxb" not in "".join(lines)


async def test_a_file_that_slack_does_not_show_is_told_of(tmp_path: Path) -> None:
    courier = Courier(LOOPBACK, tokens={"127.0.0.1": "xoxb-secret"})
    async with serving({"/": http(302, location="https://team.slack.com/?redir=%2F")}) as server:
        with pytest.raises(Refused, match=NOT_SHOWN):
            await courier.download(
                server.url(),
                tmp_path / "f",
                most_bytes=CAP,
                hosts=frozenset({"127.0.0.1", "files.slack.com"}),
            )


async def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"old")
    async with serving({"/": http(200, b"new")}) as server:
        with pytest.raises(FileExistsError):
            await local_courier().download(server.url(), tmp_path / "f", most_bytes=CAP)
    assert (tmp_path / "f").read_bytes() == b"old"


async def test_a_cancelled_download_leaves_no_file_and_no_process(tmp_path: Path) -> None:
    async with serving({"/": drip}) as server:
        task = asyncio.create_task(local_courier().download(server.url(), tmp_path / "f", most_bytes=CAP))
        await until(server.requests)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (files_in(tmp_path), children()) == ([], [])


async def test_a_courier_that_is_killed_is_told_of_and_leaves_no_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving({"/secret-path": endless}) as server:
        link = server.url("/secret-path")
        task = asyncio.create_task(local_courier().download(link, tmp_path / "f", most_bytes=10**10))
        await until(server.requests)
        os.kill(children()[0], signal.SIGKILL)
        with pytest.raises(Unavailable, match=NOT_NOW):
            await task
    assert files_in(tmp_path) == []
    assert "a courier was lost" in caplog.text
    assert "secret-path" not in caplog.text


async def test_a_courier_that_is_late_says_that_the_server_is_slow(tmp_path: Path) -> None:
    async with serving({"/": drip}) as server:
        with pytest.raises(Unavailable, match=SLOW):
            await Courier(LOOPBACK, seconds=2).download(server.url(), tmp_path / "f", most_bytes=CAP)
    assert (files_in(tmp_path), children()) == ([], [])


async def test_no_more_than_two_downloads_run_at_once(tmp_path: Path) -> None:
    running, most, two = 0, 0, asyncio.Barrier(2)

    async def counted(writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await two.wait()  # one alone would wait for ever
        await asyncio.sleep(0.3)
        running -= 1
        writer.write(http(200, b"x"))

    async with asyncio.timeout(60), serving({"/": counted}) as server:
        courier = local_courier()
        await asyncio.gather(
            *(courier.download(server.url(), tmp_path / f"{n}", most_bytes=9) for n in range(4))
        )
    assert (server.connections, most) == (4, 2)


@asynccontextmanager
async def watched() -> AsyncIterator[list[int]]:
    """Note the most memory, in kilobytes, that any process we started has had."""
    peaks: list[int] = []

    async def look() -> None:
        while True:
            for pid in children():
                with suppress(OSError):  # it ended meanwhile
                    status = await asyncio.to_thread(Path(f"/proc/{pid}/status").read_text)
                    if found := re.search(r"VmHWM:\s+(\d+)", status):
                        peaks.append(int(found[1]))
            await asyncio.sleep(0.02)

    looking = asyncio.create_task(look())
    yield peaks
    looking.cancel()


async def test_a_large_file_costs_little_memory(tmp_path: Path) -> None:
    size = 200 * 1024 * 1024

    async def large(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 1024**2):
            writer.write(bytes(1024**2))
            await writer.drain()

    async with serving({"/": large}) as server, watched() as peaks:
        got = await local_courier().download(server.url(), tmp_path / "f", most_bytes=size)
    assert got.size == size
    assert max(peaks) < 60 * 1024

"""`housestyle serve` as a program: what its log says, what it refuses to begin, and how soon it leaves."""

import asyncio
import json
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.config import SettingsFault
from bot.serve import application, bound
from handlers.web import health_routes
from tests.dialogs.processes import Program, bot_in, kept
from tests.programs.programs_lab import Site, run, site

Json = dict[str, object]
UVICORN_KEEPS = 5.0
"""Seconds that a connection may be idle, where uvicorn is not told otherwise."""
LEAVES_WITHIN = 20.0
"""Seconds, on a busy machine, for a bot that has nothing of its own under way."""


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as opened:
        yield opened


@asynccontextmanager
async def serving(place: Site, folder: Path, **settings: str) -> AsyncIterator[Program]:
    """Run the bot as a program in the workspace of `place`, with a log for machines."""
    program = bot_in(place.url, folder, folder)
    own = {"LOG_FORMAT": "json", "PYTHONPYCACHEPREFIX": ""}  # what this Python has compiled will do
    program.settings |= own | settings
    async with kept(program):
        yield program


def lines(program: Program) -> list[Json]:
    return [json.loads(line) for line in program.log.read_text().splitlines()]


def events(program: Program) -> list[object]:
    return [line["event"] for line in lines(program)]


async def test_the_log_says_where_it_serves_and_when_it_stops(place: Site, tmp_path: Path) -> None:
    async with serving(place, tmp_path) as program:
        assert await program.end(signal.SIGTERM) == 0
    assert events(program) == ["serving", "stopping", "stopped"]
    first = lines(program)[0]
    assert first["slack"] == "HTTP"
    assert first["listening"] == program.ready.removeprefix("http://").removesuffix("/healthz")
    assert first["database"] == str(tmp_path / "housestyle.db")
    assert first["public_address"] == "set"


async def test_on_the_socket_the_log_says_so(place: Site, tmp_path: Path) -> None:
    alone = {"SLACK_APP_TOKEN": "xapp-sandbox", "PUBLIC_URL": ""}
    async with serving(place, tmp_path, **alone) as program:
        assert await program.end(signal.SIGTERM) == 0
    assert events(program) == ["serving", "stopping", "stopped"]
    assert (lines(program)[0]["slack"], lines(program)[0]["public_address"]) == ("Socket Mode", "not set")


async def test_a_request_that_never_ends_holds_up_no_stop(place: Site, tmp_path: Path) -> None:
    async with serving(place, tmp_path) as program:
        port = int(program.settings["PORT"])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 9\r\n\r\nhalf")
        await writer.drain()
        await asyncio.sleep(0.2)
        began = time.monotonic()
        assert await program.end(signal.SIGTERM) == 0
        assert time.monotonic() - began < LEAVES_WITHIN
        writer.close()


async def test_a_delivery_arrives_on_a_connection_that_was_idle(place: Site, tmp_path: Path) -> None:
    async with serving(place, tmp_path) as program:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(program.settings["PORT"]))
        for idle in (UVICORN_KEEPS + 1, 0):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: bot\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split()[0]))
            await asyncio.sleep(idle)
        writer.close()


async def test_a_taken_port_is_told_before_anything_is_begun(place: Site) -> None:
    answer = await run(place.env | {"HOST": "127.0.0.1", "PORT": place.port}, "serve")
    assert answer.code == 1
    assert f"PORT {place.port} is taken" in answer.words
    assert answer.words.startswith("Housestyle cannot start:")
    assert not place.database.exists()
    assert place.slack.ledger.entries == []


def test_a_host_that_this_machine_has_not_is_told() -> None:
    with (
        pytest.raises(SettingsFault, match=r"HOST 192\.0\.2\.1 is no address of this machine"),
        bound("192.0.2.1", 0),
    ):
        pass
    with pytest.raises(SettingsFault, match=r"HOST house\.invalid"), bound("house.invalid", 0):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_nothing_is_heard_on_the_port_before_the_bot_is_ready(host: str) -> None:
    with bound(host, 0) as door, pytest.raises(ConnectionRefusedError):
        socket.create_connection(door.getsockname()[:2], timeout=2)


async def test_a_missing_folder_is_named_with_the_setting(place: Site, tmp_path: Path) -> None:
    gone = {"DATABASE_URL": f"sqlite:///{tmp_path}/gone/house.db", "HOST": "127.0.0.1", "PORT": "0"}
    answer = await run(place.env | gone, "serve")
    assert answer.code == 1
    assert f"There is no folder {tmp_path}/gone" in answer.words
    assert "DATABASE_URL" in answer.words
    assert "owners" not in answer.words
    assert "Errno" not in answer.words


async def test_no_more_is_sent_to_a_bot_that_was_asked_to_stop() -> None:
    async def ready() -> None:
        pass

    stop = asyncio.Event()
    web = httpx.ASGITransport(application(health_routes(ready), stop))
    async with httpx.AsyncClient(transport=web, base_url="http://bot.test") as http:
        assert (await http.get("/readyz")).status_code == 200
        stop.set()
        answer = await http.get("/readyz")
        assert (answer.status_code, answer.text) == (503, "shutting down\n")
        assert (await http.get("/healthz")).status_code == 200

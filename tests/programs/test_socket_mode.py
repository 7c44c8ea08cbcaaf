"""Slack's socket: opened anew with a new ticket whenever it breaks, and what is told of it meanwhile."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from bot import socket_mode
from bot.sandbox.app import config_of
from bot.socket_mode import SlackSocket
from tests.dialogs.stage import settings_for
from tests.programs.programs_lab import Site, run, site
from tests.programs.test_serve import events, serving

RETRY = 0.2
DOWN = "housestyle_slack_socket_down_seconds"


@dataclass
class Doorman:
    """A Slack that gives tickets out, each good for one try, and those that are `refused` for none."""

    url: str = ""
    refused: set[int] = field(default_factory=set)
    given: int = 0
    tried: list[int] = field(default_factory=list)
    inside: dict[int, WebSocket] = field(default_factory=dict)

    async def open(self, _: Request) -> JSONResponse:
        """Give the next ticket out."""
        self.given += 1
        return JSONResponse({"ok": True, "url": f"{self.url.replace('http', 'ws')}/link/{self.given}"})

    async def link(self, line: WebSocket) -> None:
        """Let somebody in, until they leave."""
        ticket = int(line.path_params["ticket"])
        self.tried.append(ticket)
        if self.tried.count(ticket) > 1 or ticket in self.refused:
            await line.close()
            return
        await line.accept()
        self.inside[ticket] = line
        while (await line.receive())["type"] != "websocket.disconnect":
            pass
        del self.inside[ticket]


@asynccontextmanager
async def standing() -> AsyncIterator[Doorman]:
    """Serve a doorman."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        doorman = Doorman(f"http://127.0.0.1:{listening.getsockname()[1]}")
        routes = [
            Route("/slack/api/apps.connections.open", doorman.open, methods=["POST"]),
            WebSocketRoute("/link/{ticket}", doorman.link),
        ]
        server = uvicorn.Server(config_of(Starlette(routes=routes)))
        serves = asyncio.create_task(server.serve([listening]))
        yield doorman
        server.should_exit = True
        await serves


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - it is another's doing
            await asyncio.sleep(RETRY / 10)


def seconds_down() -> float:
    (gauge,) = socket_mode.DOWN.collect()
    return float(gauge.samples[0].value)


async def test_a_socket_whose_first_handshake_is_refused_is_opened_with_a_new_ticket(tmp_path: Path) -> None:
    async with standing() as doorman:
        doorman.refused = {2}
        bolt = AsyncApp(token="xoxb-sandbox")
        line = SlackSocket(bolt, settings_for(doorman.url, tmp_path / "a.db", socket_mode=True), retry=RETRY)
        await line.open()
        await until(lambda: 1 in doorman.inside and seconds_down() == 0)
        await doorman.inside[1].close()
        await until(lambda: seconds_down() > 0)
        await until(lambda: max(doorman.inside, default=0) > 2 and seconds_down() == 0)
        await line.close()
    assert doorman.tried.count(1) == 1


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as opened:
        yield opened


async def test_a_refused_app_token_is_told_at_start(place: Site) -> None:
    wrong = {"SLACK_APP_TOKEN": "xapp-another", "HOST": "127.0.0.1", "PORT": "0"}
    answer = await run(place.env | wrong, "serve")
    assert answer.code == 1
    assert "SLACK_APP_TOKEN: Slack refuses it (invalid_auth)" in answer.words


async def test_while_the_socket_is_down_the_bot_is_healthy_and_can_be_stopped(
    place: Site, tmp_path: Path
) -> None:
    place.answers("/slack/api/apps.connections.open", "down for a moment", 503)
    async with serving(place, tmp_path, SLACK_APP_TOKEN="xapp-sandbox", PUBLIC_URL="") as program:
        metrics = (await place.http.get(program.ready.replace("healthz", "metrics"))).text
        (down,) = (line for line in metrics.splitlines() if line.startswith(f"{DOWN} "))
        assert float(down.split()[1]) > 0
        assert await program.end(signal.SIGTERM) == 0
    assert [event for event in events(program) if event in {"serving", "stopping", "stopped"}] == [
        "serving",
        "stopping",
        "stopped",
    ]

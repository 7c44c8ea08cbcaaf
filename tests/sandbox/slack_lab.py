"""A whole sandbox on a free port, and real Slack clients that know its address."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.types import ASGIApp

from bot.sandbox.app import config_of, create_app
from bot.sandbox.runware import RunwareService
from bot.sandbox.slack import SCOPES, SlackWorkspace
from bot.sandbox.slack_limits import Limits
from bot.sandbox.world import World

BRAND, GENERAL, RANDOM, OLD, SECRET = "C0000BRAND", "C00GENERAL", "C000RANDOM", "C00OLDNEWS", "C0PRIVATE1"
ANN, BEN, CAT, GUS = "U0000000ANN", "U0000000BEN", "U0000000CAT", "U0000000GUS"
BOT = "U000000BOT"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4 + b"\r\n--\r\n"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to load the certificates takes longer than most tests
PLAIN = {"type": "plain_text", "text": "Hello"}
ZIP = b"PK\x03\x04" + bytes(range(256)) * 8
HELLO: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}


@asynccontextmanager
async def serving(app: ASGIApp, listening: socket.socket) -> AsyncIterator[None]:
    """Serve `app` on a socket that is bound already."""
    server = uvicorn.Server(config_of(app))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await task


def free_socket() -> tuple[socket.socket, str]:
    """Return a bound socket and the address it will serve, or a program of ours will, while it is kept."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


@dataclass
class Sandbox:
    """A sandbox that is being served."""

    slack: SlackWorkspace
    url: str
    http: httpx.AsyncClient

    @property
    def world(self) -> World:
        return self.slack.world

    def client(self, token: str = "xoxb-sandbox") -> AsyncWebClient:
        """Return the SDK's client, without its retries."""
        return AsyncWebClient(token=token, base_url=f"{self.url}/slack/api/", retry_handlers=[])

    def app(self) -> AsyncApp:
        """Return a Bolt app that talks to this workspace."""
        return AsyncApp(client=self.client(), signing_secret="sandbox-signing-secret")

    async def refused(self, method: str, **args: object) -> dict[str, Any]:
        """Call a method past the SDK, with JSON, and return the refusal."""
        headers = {"Authorization": "Bearer xoxb-sandbox"}
        answer = await self.http.post(f"/slack/api/{method}", json=args, headers=headers)
        body: dict[str, Any] = answer.json()
        assert body["ok"] is False
        return body

    async def do(self, deed: str, who: str, **more: object) -> dict[str, Any]:
        """Do something as the page does it."""
        answer = await self.http.post(f"/sandbox/{deed}", json={"as": who, **more})
        body: dict[str, Any] = answer.json()
        return body

    async def posts(
        self, who: str, *files: tuple[str, bytes], channel: str = BRAND, **more: str
    ) -> dict[str, Any]:
        """Post files as the page does it."""
        form = {"as": who, "channel": channel, **more}
        answer = await self.http.post("/sandbox/upload", data=form, files=[("files", file) for file in files])
        body: dict[str, Any] = answer.json()
        return body

    async def seen(self, who: str, channel: str = BRAND) -> list[dict[str, Any]]:
        """Return what a person sees in a channel."""
        answer = await self.http.get("/sandbox/messages", params={"as": who, "channel": channel})
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages


@asynccontextmanager
async def sandboxed(
    state: Path | None = None, *, limits: Limits | None = None, scopes: Collection[str] = SCOPES
) -> AsyncIterator[Sandbox]:
    """Serve a sandbox whose events are tried again at once."""
    listening, url = free_socket()
    slack = SlackWorkspace(
        World(state),
        base_url=url,
        limits=limits or Limits(scale=100),
        scopes=scopes,
        retry_delays=(0.05, 0.05, 0.05),
        shortcuts=[("train_from_files", "Train a style"), ("reference", "Use as reference")],
        subscriptions={"app_home_opened", "app_mention", "message.channels", "message.im"},
    )
    app = create_app(slack.world, slack=slack, runware=RunwareService(base_url=url))
    async with (
        serving(app, listening),
        httpx.AsyncClient(base_url=url, trust_env=False, verify=NO_TLS, timeout=60) as http,
    ):
        yield Sandbox(slack, url, http)
        slack.world.feed.close()

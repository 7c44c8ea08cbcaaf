"""The embedded Slack and Runware on a real port, and the programs that an owner runs against them."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.cli import main
from bot.config import Settings
from bot.doctor.probe import Pace
from bot.sandbox.app import config_of, create_app
from bot.sandbox.runware import RunwareService
from bot.sandbox.slack import SCOPES, SlackWorkspace
from bot.sandbox.world import World
from tests.sandbox.runware_lab import dataset, new_uuid, training

KEY = "sandbox-key"
AIR = "acme:stellar@1"


@dataclass
class Site:
    """Where both are served; `env` is the environment of a bot that works there, on `database`."""

    url: str
    app: Starlette
    slack: SlackWorkspace
    runware: RunwareService
    http: httpx.AsyncClient
    database: Path

    @property
    def env(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_APP_TOKEN": "xapp-sandbox",
            "SLACK_API_URL": f"{self.url}/slack/api/",
            "RUNWARE_API_KEY": KEY,
            "RUNWARE_API_URL": f"{self.url}/runware/v1",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "HOUSESTYLE_RESULT_HOSTS": "127.0.0.1",
        }

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]

    def answers(self, path: str, body: str, status: int = 200) -> None:
        """Let something else answer at `path`, whatever it is asked."""

        async def answer(_: Request) -> Response:
            return Response(body, status)

        self.app.router.routes.insert(0, Route(path, answer, methods=["GET", "POST"]))

    async def has_style(self) -> None:
        """Let the account have the trained style `AIR`."""
        self.runware.add_dataset("shapes", dataset())
        task = training(f"{self.url}/datasets/shapes.zip", taskUUID=new_uuid())
        await self._asked([task])
        look = [{"taskType": "getResponse", "taskUUID": task["taskUUID"]}]
        for _ in range(200):
            if (await self._asked(look))["data"][0]["status"] == "success":
                return
            await asyncio.sleep(0.1)
        raise AssertionError("it is not trained")

    async def _asked(self, body: list[dict[str, Any]]) -> dict[str, Any]:
        answer = await self.http.post("/runware/v1", json=body, headers={"Authorization": f"Bearer {KEY}"})
        told: dict[str, Any] = answer.raise_for_status().json()
        return told


@contextlib.asynccontextmanager
async def site(
    folder: Path, *, scopes: Sequence[str] = SCOPES, account: Path | None = None
) -> AsyncIterator[Site]:
    """Serve both; `account` is a folder of what Runware's account has, from an earlier site or new."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        world = World(folder / "world")
        slack = SlackWorkspace(world, base_url=url, scopes=scopes)
        runware = RunwareService(
            base_url=url, api_key=KEY, state=account, training_seconds=0.2, render_seconds=0.2
        )
        app = create_app(world, slack=slack, runware=runware)
        server = uvicorn.Server(config_of(app))
        serving = asyncio.create_task(server.serve([listening]))
        try:
            async with httpx.AsyncClient(base_url=url, timeout=10, trust_env=False) as http:
                yield Site(url, app, slack, runware, http, folder / "housestyle.db")
        finally:
            world.feed.close()
            server.should_exit = True
            await serving


@dataclass(frozen=True)
class Printed:
    """How a program ended and what it printed, on both streams."""

    code: int
    text: str

    @property
    def words(self) -> str:
        """The text on one line: a terminal's line breaks mean nothing."""
        return " ".join(self.text.split())


async def run(env: dict[str, str], *arguments: str, typed: str = "") -> Printed:
    """Run `housestyle` in a thread, with no other setting than `env` and `typed` at its questions."""
    bare = dict.fromkeys(name.upper() for name in Settings.model_fields)
    ended = await asyncio.to_thread(
        CliRunner().invoke, main, arguments, input=typed, env={**bare, **env}, obj=Pace(settle=0.1)
    )
    if ended.exception and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return Printed(ended.exit_code, ended.output)

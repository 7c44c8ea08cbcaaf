"""`housestyle demo`: the real bot against an embedded workspace and an embedded Runware, on one local port.

Slack's and Runware's parts are played by `bot.sandbox`; the bot is put together as it is for a real
workspace, and only its waits are shorter. The state of an interactive demo outlives a kill.
"""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import click

from bot import logs
from bot.app import running
from bot.config import ServingSettings
from bot.sandbox.app import config_of, create_app
from bot.sandbox.runware import RunwareService
from bot.sandbox.slack import SlackWorkspace
from bot.sandbox.world import World
from bot.server import Server
from bot.services.reconciler import Pace
from bot.services.relay import RelayPace
from bot.story import Story

OUTPUT = Path("demo-output")
HOST = "127.0.0.1"
PACE = Pace(
    poll=timedelta(seconds=1),
    render_poll=timedelta(seconds=0.5),
    lease=timedelta(seconds=15),
    settle=timedelta(seconds=21),
    shortest_retry=timedelta(seconds=1),
)
"""A training lasts seconds here; `settle` still exceeds the 20 s that a request can be under way."""
RELAY_PACE = RelayPace(redraw=timedelta(seconds=1))
UNDO_SECONDS = 3.0


async def stay(dataset: Path | None, *, port: int, fresh: bool) -> None:
    """Run until interrupted; what was said and done is found again at the next start, unless `fresh`."""
    state = OUTPUT / "state"
    if fresh:
        shutil.rmtree(state, ignore_errors=True)
    async with _workspace(state, dataset, port) as (url, server):
        click.echo(f"Open {url} and type /train, as the page suggests. Ctrl-C ends the demo.")
        click.echo("This is a sandbox: no account, no charge, and its pictures are drawn, not generated.")
        await server


async def play(dataset: Path | None) -> None:
    """Play the whole story and save its pictures. Raises StoryStuck where a step did not happen."""
    with tempfile.TemporaryDirectory() as state:
        async with _workspace(Path(state), dataset, 0) as (url, _), Story(url, OUTPUT) as story:
            await story.play(_style_name(dataset))


@asynccontextmanager
async def _workspace(
    state: Path, dataset: Path | None, port: int
) -> AsyncIterator[tuple[str, "asyncio.Task[None]"]]:
    """Open the sandbox and the bot on one port; yields the page's address and the serving task."""
    logs.set_up("text")
    await asyncio.to_thread(state.mkdir, parents=True, exist_ok=True)
    with socket.create_server((HOST, port)) as listening:
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        runware = RunwareService(base_url=url, state=state / "runware")
        for name, body in await asyncio.to_thread(_offered, dataset):
            runware.add_dataset(name, body)
        slack = SlackWorkspace(World(state / "slack"), base_url=url, events_url=f"{url}/slack/events")
        app = create_app(slack.world, slack=slack, runware=runware)
        server = Server(config_of(app))
        serving = asyncio.create_task(server.serve([listening]))
        try:
            async with running(_settings(url, state), pace=PACE, relay_pace=RELAY_PACE) as bot:
                app.router.routes[:0] = bot.routes
                yield url, serving
        finally:
            slack.world.feed.close()
            server.should_exit = True
            await serving


def _settings(url: str, state: Path) -> ServingSettings:
    return ServingSettings.model_validate(
        {
            "slack_bot_token": "xoxb-sandbox",
            "slack_app_token": None,
            "slack_signing_secret": "sandbox-signing-secret",
            "slack_api_url": f"{url}/slack/api/",
            "runware_api_key": "sandbox-key",
            "runware_api_url": f"{url}/runware/v1",
            "database_url": f"sqlite:///{state / 'housestyle.db'}",
            "public_url": url,
            "housestyle_secret_key": "the sandbox keeps no secret that matters",
            "housestyle_undo_seconds": UNDO_SECONDS,
            "housestyle_fetch_allow": (ip_network(f"{HOST}/32"),),
            "housestyle_result_hosts": (HOST,),
        }
    )


def _offered(dataset: Path | None) -> list[tuple[str, bytes]]:
    """Return name and bytes of each ZIP that the page offers: the given one, or two drawn now."""
    if dataset:
        return [(dataset.stem, dataset.read_bytes())]
    from bot.sandbox.dataset import demo_dataset, flawed_dataset  # noqa: PLC0415 - serving needs no Pillow

    return [("stellar", demo_dataset()), ("stellar-with-flaws", flawed_dataset())]


def _style_name(dataset: Path | None) -> str:
    return dataset.stem.replace("-", " ").replace("_", " ").title() if dataset else "Stellar"

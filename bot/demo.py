"""`housestyle demo`: the real bot against an embedded workspace and an embedded Runware, on one local port.

Slack's and Runware's parts are played by `bot.sandbox`; the bot is put together as it is for a real
workspace, and only its waits are shorter. The state of an interactive demo outlives a kill.
"""

import asyncio
import errno
import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import click

from bot import logs
from bot.app import running
from bot.config import ServingSettings
from bot.domain.errors import Refused
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
PORT_REFUSED = {
    errno.EADDRINUSE: "Port {port} is taken: another program listens there. "
    "Stop it, or choose another with --port (--port 0 takes a free one).",
    errno.EACCES: "Port {port} may not be used by this user. Choose one from 1024 up with --port.",
}


async def stay(dataset: Path | None, *, port: int, fresh: bool) -> None:
    """Run until interrupted; what was said and done is found again at the next start, unless `fresh`.

    Raises Refused where a demo runs in this folder already, or the port cannot be had: then nothing is begun.
    """
    state = OUTPUT / "state"
    with _alone(OUTPUT), _bound(port) as door:
        if fresh:
            shutil.rmtree(state, ignore_errors=True)
        async with _workspace(state, dataset, door) as (url, server):
            click.echo(f"Open {url} and type /train, as the page suggests. Ctrl-C ends the demo.")
            click.echo("This is a sandbox: no account, no charge, and its pictures are drawn, not generated.")
            await server


async def play(dataset: Path | None) -> None:
    """Play the whole story and save its pictures. Raises StoryStuck where a step did not happen."""
    with tempfile.TemporaryDirectory() as state, _bound(0) as door:
        async with _workspace(Path(state), dataset, door) as (url, _), Story(url, OUTPUT) as story:
            await story.play(_style_name(dataset))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the lock on the folder, which a killed demo does not keep. Raises Refused where another has it."""
    folder.mkdir(exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"A demo is running on ./{folder} already. End it there, or start this one in another folder."
            ) from None
        yield
    finally:
        os.close(lock)


def _bound(port: int) -> socket.socket:
    """Return a socket that listens on the port. Raises Refused where that cannot be had."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        if error.errno not in PORT_REFUSED:
            raise
        raise Refused(PORT_REFUSED[error.errno].format(port=port)) from None


@asynccontextmanager
async def _workspace(
    state: Path, dataset: Path | None, door: socket.socket
) -> AsyncIterator[tuple[str, "asyncio.Task[None]"]]:
    """Open the sandbox and the bot behind one door; yields the page's address and the serving task."""
    logs.set_up("text")
    await asyncio.to_thread(state.mkdir, parents=True, exist_ok=True)
    url = f"http://{HOST}:{door.getsockname()[1]}"
    runware = RunwareService(base_url=url, state=state / "runware")
    for name, body in await asyncio.to_thread(_offered, dataset):
        runware.add_dataset(name, body)
    slack = SlackWorkspace(World(state / "slack"), base_url=url, events_url=f"{url}/slack/events")
    app = create_app(slack.world, slack=slack, runware=runware)
    server = Server(config_of(app))
    serving = asyncio.create_task(server.serve([door]))
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

"""`housestyle serve`: the bot behind an HTTP listener, and on Slack's socket where an app token is set."""

import asyncio
import errno
import gc
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from bot.app import Bot, running
from bot.config import ServingSettings, SettingsFault
from bot.imaging.confinement import hide
from bot.server import IDLE_SECONDS, Server
from bot.socket_mode import SlackSocket

_log = structlog.get_logger()

STOP_SECONDS = 2
"""How long open requests, and Slack's socket, may take once a stop was asked for; a second signal leaves at
once. What the bot itself has under way gets its own time after that: in all, less than a platform grants."""
REFUSED = {
    errno.EADDRINUSE: "PORT {port} is taken: another program listens there. Stop it, or set another PORT.",
    errno.EACCES: "PORT {port} may not be used by this user. Set one from 1024 up.",
    errno.EADDRNOTAVAIL: "HOST {host} is no address of this machine. Leave it out to listen on all of them.",
}


async def serve(settings: ServingSettings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises SettingsFault where the port cannot be had, before anything is begun, and where Slack refuses a
    token.
    """
    hide()
    with bound(settings.host, settings.port) as door:
        async with running(settings) as bot:
            await _answer(bot, settings, door)
        _log.info("stopped")


async def _answer(bot: Bot, settings: ServingSettings, door: socket.socket) -> None:
    """Answer at `door`, and on Slack's socket, until a stop is asked for; both are left at the same time."""
    stop = asyncio.Event()
    config = uvicorn.Config(
        application(bot.routes, stop),
        log_config=None,
        access_log=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    line = SlackSocket(bot.bolt, settings) if settings.socket_mode else None
    if line:
        await line.open()
    gc.freeze()  # what start-up made stays: a full collection need not walk it while Slack waits
    host, port = door.getsockname()[:2]
    _log.info(
        "serving",
        slack="Socket Mode" if line else "HTTP",
        listening=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        database=settings.database_path,
        public_address="set" if settings.public_url else "not set",
    )
    leaving = asyncio.create_task(_leave(line, stop))
    try:
        await Server(config, stop).serve([door])
    finally:
        stop.set()
        await leaving


def application(routes: Sequence[Route], stop: asyncio.Event) -> Starlette:
    """Return what answers over HTTP; once `stop` is set, it says that it is not ready for more."""
    web = Starlette(routes=routes)
    web.state.is_stopping = stop.is_set
    return web


@contextmanager
def bound(host: str, port: int) -> Iterator[socket.socket]:
    """Lend a socket that has this address but does not listen yet: until we are ready, callers are refused.

    Raises SettingsFault where another program has the address, or nobody can have it.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError as error:
            number = errno.EADDRNOTAVAIL if isinstance(error, socket.gaierror) else error.errno
            told = REFUSED.get(number or 0, "HOST {host} and PORT {port} cannot be listened on.")
            raise SettingsFault([told.format(host=host, port=port)]) from None
        yield door


async def _leave(line: SlackSocket | None, stop: asyncio.Event) -> None:
    """Wait for `stop`, then hang up on Slack; where it does not say goodbye in time, without."""
    await stop.wait()
    _log.info("stopping")
    if line:
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await line.close()

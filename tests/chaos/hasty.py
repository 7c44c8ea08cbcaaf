"""The bot with short waits, as a program of its own: `python -m tests.chaos.hasty`.

The waits of the protocols are no settings, for nobody who runs the bot should shorten them; a test that
outwaits a lease, or the fate of a request, needs them short.
"""

from datetime import timedelta

import uvicorn
import uvloop
from starlette.applications import Starlette

from bot import logs
from bot.app import running
from bot.config import ServingSettings, settings
from bot.serve import STOP_SECONDS
from bot.server import IDLE_SECONDS, Server
from bot.services.reconciler import Pace
from bot.services.relay import RelayPace

LEASE, SETTLE = 2.0, 3.0
"""Seconds."""
PACE = Pace(
    poll=timedelta(seconds=0.5),
    render_poll=timedelta(seconds=0.5),
    lease=timedelta(seconds=LEASE),
    settle=timedelta(seconds=SETTLE),
    shortest_retry=timedelta(seconds=0.3),
)
RELAY_PACE = RelayPace(
    redraw=timedelta(seconds=0.5), lease=timedelta(seconds=2 * LEASE), settle=timedelta(seconds=SETTLE)
)
COMMAND = ("-m", "tests.chaos.hasty")


async def serve(wanted: ServingSettings) -> None:
    """Serve over HTTP until a signal comes, as `bot.serve` does."""
    async with running(wanted, pace=PACE, relay_pace=RELAY_PACE) as bot:
        config = uvicorn.Config(
            Starlette(routes=bot.routes),
            host=wanted.host,
            port=wanted.port,
            log_config=None,
            access_log=False,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        await Server(config).serve()


if __name__ == "__main__":
    logs.set_up(None)
    uvloop.run(serve(settings(ServingSettings)))

"""Slack's socket, kept open: how a bot without a public address hears Slack.

The SDK connects again by itself, but tries a ticket that was refused for ever (slack_sdk 3.47), and Slack's
tickets do not live long: so while nothing stands, the ticket is taken from it, and it asks for another.
"""

import asyncio
import time

import aiohttp
import structlog
from prometheus_client import Gauge
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.config import ServingSettings, SettingsFault
from bot.slack.faults import UNAUTHORISED, error_word

_log = structlog.get_logger()

RETRY = 10.0
"""Seconds between the SDK's pings, and between its tries to connect."""
FIRST = 5.0
"""Seconds that the start waits for it: whoever is told that we serve is heard, unless Slack is away."""
DOWN = Gauge("housestyle_slack_socket_down_seconds", "How long Slack's socket has not stood; 0 over HTTP")


class SlackSocket:
    """Slack's socket for a bot, from `open` until `close`."""

    def __init__(self, bolt: AsyncApp, settings: ServingSettings, *, retry: float = RETRY) -> None:
        self._bolt = bolt
        self._token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
        self._slack = AsyncWebClient(self._token, base_url=settings.slack_api_url)
        self._retry = retry
        self._down_since: float | None = time.monotonic()
        DOWN.set_function(self._seconds_down)

    async def open(self) -> None:
        """Connect, and from then on again whenever it breaks. Raises SettingsFault for a refused token.

        Where Slack does not answer at once, that goes on behind the scenes.
        """
        ticket = await self._ticket()
        self._handler = AsyncSocketModeHandler(
            self._bolt, self._token, web_client=self._slack, ping_interval=self._retry
        )
        self._handler.client.wss_uri = ticket
        connecting = asyncio.create_task(self._handler.connect_async())  # type: ignore[no-untyped-call]
        self._tasks = (connecting, asyncio.create_task(self._watch(self._handler.client)))
        await asyncio.wait({connecting}, timeout=FIRST)

    async def close(self) -> None:
        """Hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # slack_bolt says no type

    async def _ticket(self) -> str | None:
        """Ask for the first ticket; None where Slack does not answer, and it is tried again."""
        try:
            answer = await self._slack.apps_connections_open(app_token=self._token)
        except SlackApiError as no:
            if (word := error_word(no)) in UNAUTHORISED:
                told = f"SLACK_APP_TOKEN: Slack refuses it ({word}); make a new one with `connections:write`."
                raise SettingsFault([told]) from None
            return None
        except (aiohttp.ClientError, TimeoutError):
            return None
        return str(answer["url"])

    async def _watch(self, client: SocketModeClient) -> None:
        """Take the ticket from the SDK while nothing stands, oftener than it tries."""
        while True:
            await asyncio.sleep(self._retry / 5)
            if await client.is_connected():
                self._down_since = None
                continue
            if self._down_since is None:
                self._down_since = time.monotonic()
                _log.warning("Slack's socket is down")
            client.wss_uri = None

    def _seconds_down(self) -> float:
        return 0.0 if self._down_since is None else time.monotonic() - self._down_since

"""`housestyle serve`: the bot behind an HTTP listener, and on Slack's socket where an app token is set."""

import gc

import uvicorn
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.app import Bot, running
from bot.config import ServingSettings
from bot.imaging.confinement import hide
from bot.server import Server

STOP_SECONDS = 20
"""How long open requests may take once a stop was asked for; a second signal leaves at once."""


async def serve(settings: ServingSettings) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsFault where Slack refuses the token."""
    hide()
    async with running(settings) as bot:
        config = uvicorn.Config(
            Starlette(routes=bot.routes),
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        socket = await listen(bot, settings) if settings.socket_mode else None
        gc.freeze()  # what start-up made stays: a full collection need not walk it while Slack waits
        try:
            await Server(config).serve()
        finally:
            if socket:
                await socket.close_async()  # type: ignore[no-untyped-call]  # slack_bolt says no type


async def listen(bot: Bot, settings: ServingSettings) -> AsyncSocketModeHandler:
    """Connect to Slack's socket; it reconnects by itself."""
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    handler = AsyncSocketModeHandler(
        bot.bolt, token, web_client=AsyncWebClient(token, base_url=settings.slack_api_url)
    )
    await handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt says no type
    return handler

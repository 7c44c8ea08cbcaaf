"""The App Home: somebody opened it."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.services.homes import Homes
from handlers import deliveries


def register(app: AsyncApp, homes: Homes) -> None:
    """Listen to `app_home_opened`."""

    @app.event("app_home_opened")
    async def opened(body: dict[str, Any]) -> None:
        """Have it drawn; its Messages tab needs nothing."""
        if body["event"].get("tab") == "home":
            sender, delivery = deliveries.of_event(body)
            await homes.opened(sender.user, workspace=sender.workspace, delivery=delivery)

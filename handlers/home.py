"""The App Home: somebody opened it."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import NotAllowed, Unavailable
from bot.domain.ids import DeliveryKey
from bot.services.homes import Homes
from handlers import deliveries
from handlers.deliveries import Sender
from handlers.gate import Gate


def register(app: AsyncApp, gate: Gate, homes: Homes) -> None:
    """Listen to `app_home_opened`."""

    @app.event("app_home_opened")
    async def opened(body: dict[str, Any]) -> None:
        """Have it drawn, for members; its Messages tab needs nothing."""
        if body["event"].get("tab") == "home":
            sender, delivery = deliveries.of_event(body)
            closed = await _closed(gate, sender, delivery)
            await homes.opened(sender.user, workspace=sender.workspace, delivery=delivery, closed=closed)


async def _closed(gate: Gate, sender: Sender, delivery: DeliveryKey) -> str:
    """Return why somebody is shown nothing: who opens a Home asked for nothing that could be refused."""
    try:
        await gate.click(sender, delivery)
    except (NotAllowed, Unavailable) as no:
        return str(no)
    return ""

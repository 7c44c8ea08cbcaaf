"""The App Home: somebody opened it."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.domain.errors import NotAllowed, Unavailable
from bot.domain.ids import DeliveryKey
from bot.domain.people import Person
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
            person, closed = await _who(gate, sender, delivery)
            await homes.opened(
                sender.user, workspace=sender.workspace, delivery=delivery, closed=closed, person=person
            )


async def _who(gate: Gate, sender: Sender, delivery: DeliveryKey) -> tuple[Person | None, str]:
    """Return who it is, or why they are shown nothing: who opens a Home asked for nothing to be refused."""
    try:
        return (await gate.click(sender, delivery)).by, ""
    except (NotAllowed, Unavailable) as no:
        return None, str(no)

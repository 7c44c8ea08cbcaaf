"""What a person who acted is shown beside the acknowledgement: a form at once, or words that only they read.

Listeners take nothing from Bolt to speak with: behind what it hands out are clients of its own making, which
know no limits, and one that sends an answer twice. All that they say goes through here, by the bot's client.
"""

from collections.abc import Sequence
from typing import Any

from bot.errands import Errands
from bot.slack.blocks import Block
from bot.slack.client import PacedClient


class Replies:
    """Replies to deliveries; `body` is one of any kind, as Slack sent it."""

    def __init__(self, client: PacedClient, errands: Errands) -> None:
        self._client = client
        self._errands = errands

    async def open(self, body: dict[str, Any], form: Block) -> None:
        """Open a form. Raises Unavailable, soon enough to be told, where Slack does not."""
        await self._client.open_form(body["trigger_id"], form)

    def whisper(self, body: dict[str, Any], text: str) -> None:
        """Have words told, after the acknowledgement: nobody waits for them."""
        self._errands.start(self.tell(body, text))

    async def tell(self, body: dict[str, Any], text: str, blocks: Sequence[Block] = ()) -> None:
        """Tell only the person who acted: where they did, or directly where there is no way to that.

        Raises Unavailable where it may not have been told; it is not said again.
        """
        if body.get("response_url"):
            await self._client.respond(body["response_url"], text, blocks)
        else:
            await self._client.tell(body.get("user_id") or body["user"]["id"], text, blocks)

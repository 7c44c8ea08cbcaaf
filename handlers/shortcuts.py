"""The shortcut in a message's menu: a form opens for a style from the message's files, or its thread's.

Only what Slack sends with the shortcut is read here; the files themselves are looked up later.
"""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import Refused
from bot.domain.policy import Role
from bot.services.training import Training
from bot.slack.asking import train_form
from bot.slack.manifest import TRAIN_SHORTCUT
from bot.slack.shared import offered
from handlers import deliveries
from handlers.gate import Gate
from handlers.replies import Replies

NO_FILES = (
    "There is no picture and no ZIP in this message. Choose one with JPEG, PNG or WebP pictures or a ZIP, "
    "or write `/train <link> as Stellar`."
)
NO_HOST = (
    "This Housestyle has no public address to hand files over from. Put the pictures into a ZIP, and write "
    "`/train <link> as Stellar` with a link to it."
)


def register(app: AsyncApp, gate: Gate, training: Training, replies: Replies) -> None:
    """Listen to the shortcut."""

    @app.message_shortcut(TRAIN_SHORTCUT)
    async def train(ack: AsyncAck, body: dict[str, Any]) -> None:
        """Open the form with the files that can be trained on. Raises Refused where there are none."""
        sender = deliveries.of_shortcut(body)
        await gate.admit(sender, Role.REQUEST)
        if not training.host_is_ready:
            raise Refused(NO_HOST)
        message = body["message"]
        files, thread = offered(message.get("files") or ()), str(message.get("thread_ts") or "")
        if not files and not thread:
            raise Refused(NO_FILES)
        await replies.open(body, train_form(channel=sender.channel, files=files, thread=thread))
        await ack()

"""The buttons of a notice: somebody who can mend what is wrong says that it is mended."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.policy import Role
from bot.services.alarms import Alarms
from bot.slack.blocks import esc
from handlers import deliveries
from handlers.gate import Gate
from handlers.replies import Replies

Body = dict[str, Any]


def register(app: AsyncApp, gate: Gate, alarms: Alarms, replies: Replies) -> None:
    """Listen to the buttons of notices, which only those see who were told."""

    @app.action("notice.unpark")
    async def unpark(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        admin = await gate.admit(sender, Role.ADMIN, everywhere=True)
        answer = await alarms.unpark(sender.workspace, by=admin.id, delivery=delivery)
        await ack()
        replies.whisper(body, esc(answer))

    @app.action("notice.release")
    async def release(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        admin = await gate.admit(sender, Role.ADMIN, everywhere=True)
        answer = await alarms.release(sender.workspace, by=admin.id, delivery=delivery)
        await ack()
        replies.whisper(body, esc(answer))

"""The buttons of a notice: somebody who can mend what is wrong says that it is mended."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.policy import Role
from bot.errands import Errands
from bot.services.alarms import Alarms
from bot.slack.blocks import esc
from handlers import deliveries
from handlers.boundary import whisper
from handlers.gate import Gate

Body = dict[str, Any]


def register(app: AsyncApp, gate: Gate, alarms: Alarms, errands: Errands) -> None:
    """Listen to the buttons of notices, which only those see who were told."""

    @app.action("notice.unpark")
    async def unpark(ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
        sender, delivery = deliveries.of_action(body)
        await gate.admit(sender, Role.ADMIN)
        answer = await alarms.unpark(sender.workspace, delivery=delivery)
        await ack()
        errands.start(whisper(body, esc(answer), respond, client))

    @app.action("notice.release")
    async def release(ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
        sender, delivery = deliveries.of_action(body)
        await gate.admit(sender, Role.ADMIN)
        answer = await alarms.release(sender.workspace, delivery=delivery)
        await ack()
        errands.start(whisper(body, esc(answer), respond, client))

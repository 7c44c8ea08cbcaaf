"""The buttons and forms that decide: approve, reject, take back, override, break the glass; for all kinds.

A button's value is an id, its block's name the digest of what was shown; everything else is read again.
"""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.asked import Item
from bot.domain.ids import RunId, SubjectId
from bot.errands import Errands
from bot.services.approvals import Approvals
from bot.services.stopping import Stopping
from bot.slack import fields, forms
from bot.slack.blocks import Block, told
from handlers import deliveries
from handlers.boundary import whisper
from handlers.gate import Gate

Body = dict[str, Any]
KIND = "(run|generation|proposal)"
FORMS: dict[str, Callable[[str, Item], Block]] = {
    "reject": forms.reject_form,
    "comment": forms.comment_form,
    "override": forms.override_form,
    "break_glass": forms.break_glass_form,
}
"""What a button opens, by its word."""


def named(word: str) -> re.Pattern[str]:
    """Return what the buttons of that word are called on the cards of every kind."""
    return re.compile(rf"^{KIND}\.{word}$")


def register(app: AsyncApp, gate: Gate, approvals: Approvals, stopping: Stopping, errands: Errands) -> None:
    """Listen to the buttons that decide at once; only who pressed reads the answer."""

    async def answered(
        body: Body, ack: AsyncAck, respond: AsyncRespond, client: AsyncWebClient, answer: str
    ) -> None:
        await ack()
        errands.start(whisper(body, told(answer), respond, client))

    @app.action(named("approve"))
    async def approve(ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
        sender, delivery = deliveries.of_action(body)
        click = await gate.click(sender, delivery, seen=deliveries.digest_shown(body))
        await answered(body, ack, respond, client, await approvals.approve(_subject(body), click))

    @app.action(named("retract"))
    async def retract(ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
        click = await gate.click(*deliveries.of_action(body))
        await answered(body, ack, respond, client, await approvals.retract(_subject(body), click))

    @app.action("run.undo")
    async def undo(ack: AsyncAck, body: Body) -> None:
        await approvals.undo(_subject(body), await gate.click(*deliveries.of_action(body)))
        await ack()

    @app.action(named("(?:cancel|give_up)"))
    async def cancel(ack: AsyncAck, body: Body) -> None:
        await stopping.cancel(_subject(body), await gate.click(*deliveries.of_action(body)))
        await ack()


def register_forms(app: AsyncApp, gate: Gate, approvals: Approvals) -> None:
    """Listen to the buttons that ask for a reason or a comment first, and to their forms."""

    @app.action(named("(?:reject|comment|override|break_glass)"))
    async def opened(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Open the form, for those only who may then send it."""
        click = await gate.click(*deliveries.of_action(body))
        kind, word = body["actions"][0]["action_id"].split(".")
        item = await approvals.decidable(_subject(body), click, word)
        await client.views_open(trigger_id=body["trigger_id"], view=FORMS[word](kind, item))
        await ack()

    @app.view(re.compile(r"^form\.(reject|comment|override|break_glass)$"))
    async def sent(ack: AsyncAck, body: Body) -> None:
        view = body["view"]
        kept, values = fields.about(view), fields.read(view)
        sender, delivery = deliveries.of_view(body, "")
        click = await gate.click(sender, delivery, seen=kept.get("digest", ""))
        subject = RunId(kept["id"])
        match view["callback_id"].removeprefix("form."):
            case "reject":
                await approvals.reject(subject, values["reason"], click)
            case "comment":
                await approvals.approve(subject, click, comment=values["comment"])
            case "override":
                await approvals.override(subject, values["reason"], click)
            case "break_glass":
                await approvals.break_glass(subject, values["reason"], click)
        await ack()


def _subject(body: Body) -> SubjectId:
    """Return the id that a button, or the chosen entry of a menu, carries."""
    action = body["actions"][0]
    return RunId((action.get("selected_option") or action).get("value") or "")

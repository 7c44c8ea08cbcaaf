"""The buttons and forms that decide: approve, reject, take back, override, break the glass; for all kinds.

A button's value is an id, its block's name the digest of what was shown; everything else is read again.
"""

import re
from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.asked import Item
from bot.domain.ids import RunId, SubjectId
from bot.services.approvals import Approvals
from bot.services.stopping import Stopping
from bot.slack import fields, forms
from bot.slack.blocks import Block, told
from handlers import deliveries
from handlers.gate import Gate
from handlers.replies import Replies

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


def register(app: AsyncApp, gate: Gate, approvals: Approvals, stopping: Stopping, replies: Replies) -> None:
    """Listen to the buttons that decide at once; only who pressed reads the answer."""

    async def answered(body: Body, ack: AsyncAck, answer: str) -> None:
        await ack()
        replies.whisper(body, told(answer))

    @app.action(named("approve"))
    async def approve(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        click = await gate.click(sender, delivery, seen=deliveries.digest_shown(body))
        await answered(body, ack, await approvals.approve(_subject(body), click))

    @app.action(named("retract"))
    async def retract(ack: AsyncAck, body: Body) -> None:
        click = await gate.click(*deliveries.of_action(body))
        await answered(body, ack, await approvals.retract(_subject(body), click))

    @app.action("run.undo")
    async def undo(ack: AsyncAck, body: Body) -> None:
        click = await gate.click(*deliveries.of_action(body))
        await answered(body, ack, await approvals.undo(_subject(body), click))

    @app.action(named("(?:cancel|give_up)"))
    async def cancel(ack: AsyncAck, body: Body) -> None:
        await stopping.cancel(_subject(body), await gate.click(*deliveries.of_action(body)))
        await ack()


def register_forms(app: AsyncApp, gate: Gate, approvals: Approvals, replies: Replies) -> None:
    """Listen to the buttons that ask for a reason or a comment first, and to their forms."""

    @app.action(named("(?:reject|comment|override|break_glass)"))
    async def opened(ack: AsyncAck, body: Body) -> None:
        """Open the form, for those only who may then send it; that they saw what it is about is put down."""
        sender, delivery = deliveries.of_action(body)
        click = await gate.click(sender, delivery, seen=deliveries.digest_shown(body))
        kind, word = body["actions"][0]["action_id"].split(".")
        item = await approvals.decidable(_subject(body), click, word)
        await replies.open(body, FORMS[word](kind, item))
        await ack()
        await gate.note_seen(sender, item, delivery)

    @app.view(re.compile(r"^form\.(reject|comment|override|break_glass)$"))
    async def sent(ack: AsyncAck, body: Body) -> None:
        """Decide; the answer is told as beside Approve, for it may be that nothing was done."""
        view, answer = body["view"], ""
        kept, values = fields.about(view), fields.read(view)
        sender, delivery = deliveries.of_view(body, "")
        click = await gate.click(sender, delivery, seen=kept.get("digest", ""))
        subject = RunId(kept["id"])
        match view["callback_id"].removeprefix("form."):
            case "reject":  # that it was done the card shows
                await approvals.reject(subject, values["reason"], click)
            case "comment":
                answer = await approvals.approve(subject, click, comment=values["comment"])
            case "override":
                answer = await approvals.override(subject, values["reason"], click)
            case "break_glass":
                answer = await approvals.break_glass(subject, values["reason"], click)
        await ack()
        if answer:
            replies.whisper(body, told(answer))


def _subject(body: Body) -> SubjectId:
    return RunId(deliveries.chosen(body["actions"][0]))

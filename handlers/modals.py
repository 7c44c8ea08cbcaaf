"""The forms: what was filled in is read like the words of a command, and faults are shown at their fields."""

from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import NotUnderstood
from bot.domain.generation import checked_size
from bot.domain.ids import RunId
from bot.domain.style import checked_air, checked_name
from bot.services.approvals import Approvals
from bot.services.generation import Generations
from bot.services.training import Training
from bot.slack import forms
from handlers import deliveries, parsing
from handlers.parsing import GenerationDraft, TrainingDraft

Body = dict[str, Any]
CHECKS: dict[str, Callable[[str], object]] = {
    "link": parsing.checked_link,
    "name": checked_name,
    "note": parsing.checked_note,
    "air": lambda air: checked_air(air) if air else None,
    "size": checked_size,
    "count": parsing.checked_count,
}


def register(app: AsyncApp, training: Training, generations: Generations, approvals: Approvals) -> None:
    """Listen to the submitted forms."""

    @app.view("form.train")
    async def train(ack: AsyncAck, body: Body) -> None:
        values = forms.read(body["view"])
        if faults := _faults(values):
            await ack(response_action="errors", errors=faults)
            return
        sender, delivery = deliveries.of_view(body, forms.about(body["view"])["channel"])
        public = bool(values.pop("public"))
        await training.request(TrainingDraft(**values, public=public).request(sender), delivery=delivery)
        await ack()

    @app.view("form.generate")
    async def generate(ack: AsyncAck, body: Body) -> None:
        values = forms.read(body["view"])
        if faults := _faults(values):
            await ack(response_action="errors", errors=faults)
            return
        sender, delivery = deliveries.of_view(body, forms.about(body["view"])["channel"])
        private = bool(values.pop("private"))
        wanted = GenerationDraft(**values, private=private).request(sender)
        await generations.request(wanted, delivery=delivery)
        await ack()

    @app.view("form.reject")
    async def reject(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_view(body, "")
        await approvals.reject(
            RunId(forms.about(body["view"])["run"]),
            forms.read(body["view"])["reason"],
            who=sender.user,
            workspace=sender.workspace,
            delivery=delivery,
        )
        await ack()


def _faults(values: dict[str, str]) -> dict[str, str]:
    """Return a sentence for each field that cannot be used."""
    faults = {}
    for name, value in values.items():
        try:
            CHECKS.get(name, str)(value)
        except NotUnderstood as fault:
            faults[name] = str(fault)
    return faults

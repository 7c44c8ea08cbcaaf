"""The forms: what was filled in is read like the words of a command, and faults are shown at their fields."""

from collections.abc import Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import NotUnderstood
from bot.domain.generation import checked_prompt
from bot.domain.ids import FileId
from bot.domain.policy import Role
from bot.domain.size import checked_size
from bot.domain.style import checked_air, checked_name
from bot.services.generation import Generations
from bot.services.training import Training
from bot.slack import fields
from bot.slack.asking import EXAMPLE
from handlers import deliveries, parsing
from handlers.gate import Gate
from handlers.parsing import GenerationDraft, TrainingDraft

Body = dict[str, Any]
CHECKS: dict[str, Callable[[str], object]] = {
    "link": lambda links: parsing.checked_links(links.split(), needed=False),
    "name": checked_name,
    "note": parsing.checked_note,
    "prompt": checked_prompt,
    "air": lambda air: checked_air(air) if air else None,
    "size": checked_size,
    "count": parsing.checked_count,
}


def register(app: AsyncApp, gate: Gate, training: Training, generations: Generations) -> None:
    """Listen to the submitted fields."""

    @app.view("form.train")
    async def train(ack: AsyncAck, body: Body) -> None:
        view = body["view"]
        draft = _training_draft(view)
        faults = _faults(fields.read(view)) | _missing(view, draft)
        if faults:
            await ack(response_action="errors", errors=faults)
            return
        sender, delivery = deliveries.of_view(body, _channel(view))
        await gate.admit(sender, Role.REQUEST)
        await training.request(draft.request(sender), delivery=delivery)
        await ack()

    @app.view("form.generate")
    async def generate(ack: AsyncAck, body: Body) -> None:
        values = fields.read(body["view"])
        if faults := _faults(values):
            await ack(response_action="errors", errors=faults)
            return
        sender, delivery = deliveries.of_view(body, _channel(body["view"]))
        await gate.admit(sender, Role.GENERATE)
        values.pop("channel", None)
        private = bool(values.pop("private"))
        wanted = GenerationDraft(**values, private=private).request(sender)
        await generations.request(wanted, delivery=delivery)
        await ack()


def _channel(view: Body) -> str:
    """Return the channel that was chosen, else the one where the form was opened."""
    return fields.read(view).get("channel") or fields.about(view)["channel"]


def _training_draft(view: Body) -> TrainingDraft:
    """Return what the form for a training says, as it was typed."""
    values, kept = fields.read(view), fields.about(view)
    first, *more = values["link"].split() or [""]
    return TrainingDraft(
        link=first,
        more_links=tuple(more),
        name=values["name"],
        air=values["air"],
        note=values["note"],
        public=bool(values["public"]),
        files=tuple(FileId(file) for file in kept.get("files", "").split(",") if file),
        thread=kept.get("thread", "") if values.get("thread") else "",
        has_rights=bool(values["rights"]),
        strip=bool(values.get("strip")),
    )


def _missing(view: Body, draft: TrainingDraft) -> dict[str, str]:
    """Return a sentence for what a request for a training cannot do without."""
    faults = {}
    if not (draft.link or draft.files or draft.thread):
        also = ", or tick the thread" if "thread" in fields.read(view) else ""
        faults["link"] = f"Give a link to a ZIP, for example {EXAMPLE}{also}."
    if not draft.has_rights:
        faults["rights"] = "Tick this if it is so; pictures that you may not train on cannot be used."
    return faults


def _faults(values: dict[str, str]) -> dict[str, str]:
    """Return a sentence for each field that cannot be used."""
    faults = {}
    for name, value in values.items():
        try:
            CHECKS.get(name, str)(value)
        except NotUnderstood as fault:
            faults[name] = str(fault)
    return faults

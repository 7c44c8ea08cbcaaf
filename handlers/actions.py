"""The buttons: a value holds only an id, everything else is read again; then as with a command."""

from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import NotUnderstood
from bot.domain.generation import Quality
from bot.domain.ids import GenerationId, RunId
from bot.domain.policy import Role
from bot.services.generation import Generations
from bot.services.proposals import Proposals
from bot.services.styles import Styles
from bot.services.training import Training
from bot.slack import fields, forms
from bot.slack.asking import train_form
from bot.slack.blocks import told
from handlers import deliveries
from handlers.gate import Gate
from handlers.replies import Replies

Body = dict[str, Any]


def register_requests(app: AsyncApp, gate: Gate, training: Training) -> None:
    """Listen to the buttons that ask for something about a run once more; the card shows what they did."""

    @app.action("run.check")
    async def check(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await gate.admit_to_run(sender, _run(body), training)
        await training.check(_run(body), workspace=sender.workspace, delivery=delivery)
        await ack()

    @app.action("run.retry")
    async def retry(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await gate.admit_to_run(sender, _run(body), training)
        await training.retry(_run(body), who=sender.user, workspace=sender.workspace, delivery=delivery)
        await ack()


def register_default(app: AsyncApp, gate: Gate, proposals: Proposals, replies: Replies) -> None:
    """Listen to Make default, and have it approved where a rule wants that: the person is told."""

    @app.action("run.default")
    async def make_default(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        click = await gate.click(sender, delivery, Role.PROMOTE)
        answer = await proposals.use_run(_run(body), click, channel=sender.channel)
        await ack()
        replies.whisper(body, told(answer))


def register_library(
    app: AsyncApp, gate: Gate, proposals: Proposals, generations: Generations, replies: Replies
) -> None:
    """Listen to Approve for use, and to its form; the proposal's card shows what becomes of it."""

    @app.action("generation.use")
    async def choose(ack: AsyncAck, body: Body) -> None:
        sender, _ = deliveries.of_action(body)
        generation = await generations.get(_generation(body), who=sender.user, workspace=sender.workspace)
        await gate.admit(sender, Role.REVIEW, of=generation.request.channel)
        await replies.open(body, forms.use_form(generation))
        await ack()

    @app.view("form.use")
    async def chosen(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_view(body, "")
        generation_id = GenerationId(fields.about(body["view"])["id"])
        generation = await generations.get(generation_id, who=sender.user, workspace=sender.workspace)
        home = replace(sender, channel=generation.request.channel)
        click = await gate.click(home, delivery, Role.REVIEW)
        ids, picked = [one.result for one in generation.uploads], fields.picked(body["view"], "pictures")
        places = [ids.index(result) + 1 for result in picked if result in ids]
        if not places:  # typed without numbers it means all of them; a form with nothing ticked means none
            raise NotUnderstood("Tick the pictures that are to be used.")
        answer = await proposals.clear(generation_id, places, click)
        await ack()
        replies.whisper(body, told(answer))


def register_pictures(app: AsyncApp, gate: Gate, generations: Generations) -> None:
    """Listen to the buttons under pictures that ask for more of them."""

    async def again(body: Body, quality: Quality | None) -> None:
        sender, delivery = deliveries.of_action(body)
        earlier = await generations.get(_generation(body), who=sender.user, workspace=sender.workspace)
        await gate.admit(sender, Role.GENERATE, of=earlier.request.channel)
        await generations.again(
            _generation(body),
            who=sender.user,
            workspace=sender.workspace,
            quality=quality,
            delivery=delivery,
        )

    @app.action("generation.again")
    async def same(ack: AsyncAck, body: Body) -> None:
        await again(body, None)
        await ack()

    @app.action("generation.high")
    async def finer(ack: AsyncAck, body: Body) -> None:
        await again(body, Quality.HIGH)
        await ack()


def register_doubts(app: AsyncApp, gate: Gate, generations: Generations) -> None:
    """Listen to the button under pictures of which nobody knows whether they are drawn."""

    @app.action("generation.check")
    async def check(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        asked_in = await generations.channel_of(_generation(body), workspace=sender.workspace)
        await gate.admit(sender, Role.GENERATE, of=asked_in)
        await generations.check(_generation(body), workspace=sender.workspace, delivery=delivery)
        await ack()


def register_openers(
    app: AsyncApp, gate: Gate, generations: Generations, styles: Styles, replies: Replies
) -> None:
    """Listen to the buttons that open the form for pictures."""

    async def opened(body: Body, **filled: Any) -> None:  # noqa: ANN401 - as the form
        sender, _ = deliveries.of_action(body)
        await gate.admit(sender, Role.GENERATE)
        ready = await generations.styles(sender.workspace)
        form = forms.generate_form(channel=sender.channel, styles=ready, **filled)
        await replies.open(body, form)

    @app.action("generation.edit")
    async def edit(ack: AsyncAck, body: Body) -> None:
        sender, _ = deliveries.of_action(body)
        wanted = await generations.get(_generation(body), who=sender.user, workspace=sender.workspace)
        await opened(
            body,
            prompt=wanted.request.prompt,
            style=wanted.label,
            size=str(wanted.request.size),
            count=wanted.request.count,
            quality=wanted.request.quality,
            format=wanted.request.format,
            private=wanted.request.private,
        )
        await ack()

    @app.action("run.generate")
    async def generate(ack: AsyncAck, body: Body) -> None:
        sender, _ = deliveries.of_action(body)
        run = await styles.run(_run(body), workspace=sender.workspace)
        await opened(body, style=f"{run.request.name}@{run.number}")
        await ack()

    @app.action("home.generate")
    async def from_home(ack: AsyncAck, body: Body) -> None:
        await opened(body)
        await ack()


def register_training(app: AsyncApp, gate: Gate, training: Training, replies: Replies) -> None:
    """Listen to the Home's button that opens the form for a training."""

    @app.action("home.train")
    async def train(ack: AsyncAck, body: Body) -> None:
        sender, _ = deliveries.of_action(body)
        await gate.admit(sender, Role.REQUEST)
        form = train_form(channel=sender.channel, can_pack=training.host_is_ready)
        await replies.open(body, form)
        await ack()


def _run(body: Body) -> RunId:
    return RunId(body["actions"][0]["value"])


def _generation(body: Body) -> GenerationId:
    return GenerationId(body["actions"][0]["value"])

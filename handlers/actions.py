"""The buttons: a value holds only an id, everything else is read again; then as with a command."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.approval import check_may_decide
from bot.domain.generation import Quality
from bot.domain.ids import GenerationId, RunId
from bot.errands import Errands
from bot.services.approvals import Approvals
from bot.services.generation import Generations
from bot.services.styles import Styles
from bot.services.training import Training
from bot.slack import forms
from bot.slack.asking import train_form
from bot.slack.blocks import esc
from handlers import deliveries
from handlers.boundary import whisper

Body = dict[str, Any]


def register_votes(app: AsyncApp, approvals: Approvals, styles: Styles) -> None:
    """Listen to the buttons that decide on a run that waits; the card shows what they did."""

    @app.action("run.approve")
    async def approve(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await approvals.approve(
            _run(body),
            who=sender.user,
            workspace=sender.workspace,
            delivery=delivery,
            seen=deliveries.version_shown(body),
        )
        await ack()

    @app.action("run.reject")
    async def reject(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        """Open the form that asks for the reason."""
        sender, _ = deliveries.of_action(body)
        run = await styles.run(_run(body), workspace=sender.workspace)
        check_may_decide(run, sender.user)
        await client.views_open(trigger_id=body["trigger_id"], view=forms.reject_form(run))
        await ack()


def register_second_thoughts(app: AsyncApp, approvals: Approvals, training: Training) -> None:
    """Listen to the buttons that take something back or ask for it again; the card shows what they did."""

    @app.action("run.undo")
    async def undo(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await approvals.undo(_run(body), who=sender.user, workspace=sender.workspace, delivery=delivery)
        await ack()

    @app.action("run.cancel")
    async def cancel(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await training.cancel(_run(body), who=sender.user, workspace=sender.workspace, delivery=delivery)
        await ack()

    @app.action("run.check")
    async def check(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await training.check(_run(body), workspace=sender.workspace, delivery=delivery)
        await ack()

    @app.action("run.retry")
    async def retry(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await training.retry(_run(body), who=sender.user, workspace=sender.workspace, delivery=delivery)
        await ack()


def register_default(app: AsyncApp, styles: Styles, errands: Errands) -> None:
    """Listen to Make default, which no card shows: the person is told."""

    @app.action("run.default")
    async def make_default(ack: AsyncAck, body: Body, respond: AsyncRespond, client: AsyncWebClient) -> None:
        sender, delivery = deliveries.of_action(body)
        answer = await styles.use_run(
            _run(body), workspace=sender.workspace, channel=sender.channel, delivery=delivery
        )
        await ack()
        errands.start(whisper(body, esc(answer), respond, client))


def register_pictures(app: AsyncApp, generations: Generations) -> None:
    """Listen to the buttons under pictures that ask for more of them."""

    async def again(body: Body, quality: Quality | None) -> None:
        sender, delivery = deliveries.of_action(body)
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


def register_doubts(app: AsyncApp, generations: Generations) -> None:
    """Listen to the buttons under pictures of which nobody knows whether they are drawn."""

    @app.action("generation.check")
    async def check(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await generations.check(_generation(body), workspace=sender.workspace, delivery=delivery)
        await ack()

    @app.action("generation.give_up")
    async def give_up(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await generations.give_up(
            _generation(body), who=sender.user, workspace=sender.workspace, delivery=delivery
        )
        await ack()


def register_openers(app: AsyncApp, generations: Generations, styles: Styles) -> None:
    """Listen to the buttons that open the form for pictures."""

    async def opened(body: Body, client: AsyncWebClient, **filled: Any) -> None:  # noqa: ANN401 - as the form
        sender, _ = deliveries.of_action(body)
        ready = await generations.styles(sender.workspace)
        form = forms.generate_form(channel=sender.channel, styles=ready, **filled)
        await client.views_open(trigger_id=body["trigger_id"], view=form)

    @app.action("generation.edit")
    async def edit(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        sender, _ = deliveries.of_action(body)
        wanted = await generations.get(_generation(body), workspace=sender.workspace)
        await opened(
            body,
            client,
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
    async def generate(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        sender, _ = deliveries.of_action(body)
        run = await styles.run(_run(body), workspace=sender.workspace)
        await opened(body, client, style=f"{run.request.name}@{run.number}")
        await ack()

    @app.action("home.generate")
    async def from_home(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await opened(body, client)
        await ack()


def register_training(app: AsyncApp, training: Training) -> None:
    """Listen to the Home's button that opens the form for a training."""

    @app.action("home.train")
    async def train(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        sender, _ = deliveries.of_action(body)
        form = train_form(channel=sender.channel, can_pack=training.host_is_ready)
        await client.views_open(trigger_id=body["trigger_id"], view=form)
        await ack()


def _run(body: Body) -> RunId:
    return RunId(body["actions"][0]["value"])


def _generation(body: Body) -> GenerationId:
    return GenerationId(body["actions"][0]["value"])

"""The buttons about a waiting run's dataset: leave pictures out, look closer, take what there is already."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.ids import RunId
from bot.domain.policy import Role
from bot.domain.run import Run
from bot.errands import Errands
from bot.services.audits import Audits
from bot.services.styles import Styles
from bot.services.training import Training
from bot.slack import fields
from bot.slack.blocks import esc
from bot.slack.curation import choice_of, leave_out_form
from bot.slack.details import details_view
from handlers import deliveries
from handlers.gate import Gate
from handlers.replies import Replies

Body = dict[str, Any]


def register_curation(
    app: AsyncApp, gate: Gate, training: Training, styles: Styles, replies: Replies
) -> None:
    """Listen to Leave out…, and to its form."""

    @app.action("run.leave_out")
    async def leave_out(ack: AsyncAck, body: Body) -> None:
        run = await _run_of(body, styles)
        await gate.admit(deliveries.of_action(body)[0], Role.REQUEST, of=run.request.channel)
        form = leave_out_form(run)
        await replies.open(body, form)
        await ack()

    @app.view("form.leave_out")
    async def chosen(ack: AsyncAck, body: Body) -> None:
        """Have the dataset made anew; the form is refused where the run has another dataset by now."""
        view = body["view"]
        sender, delivery = deliveries.of_view(body, "")
        run_id = RunId(fields.about(view)["run"])
        await gate.admit_to_run(sender, run_id, training)
        await training.curate(
            run_id,
            lambda run: choice_of(run, view),
            who=sender.user,
            workspace=sender.workspace,
            delivery=delivery,
        )
        await ack()


def register_reuse(app: AsyncApp, gate: Gate, training: Training, replies: Replies) -> None:
    """Listen to Use … instead; the channel's new default is on no card, so the person is told."""

    @app.action("run.reuse")
    async def reuse(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        run_id = RunId(body["actions"][0]["value"])
        await gate.admit_to_run(sender, run_id, training)
        click = await gate.click(sender, delivery, Role.PROMOTE)
        answer = await training.reuse(run_id, click, channel=sender.channel)
        await ack()
        replies.whisper(body, esc(answer))


def register_details(
    app: AsyncApp, gate: Gate, styles: Styles, audits: Audits, replies: Replies, errands: Errands
) -> None:
    """Listen to Details, which any member may read; that somebody did goes into the audit."""

    @app.action("run.details")
    async def details(ack: AsyncAck, body: Body) -> None:
        sender, delivery = deliveries.of_action(body)
        await gate.click(sender, delivery)
        run = await _run_of(body, styles)
        await replies.open(body, details_view(run))
        await ack()
        digest = run.ballot.digest if run.ballot else ""
        errands.start(audits.saw(sender.workspace, sender.user, run.id, digest, delivery=delivery))


async def _run_of(body: Body, styles: Styles) -> Run:
    sender, _ = deliveries.of_action(body)
    return await styles.run(RunId(body["actions"][0]["value"]), workspace=sender.workspace)

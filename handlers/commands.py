"""The slash commands: write the request down, then acknowledge it: what Slack saw us take, we have."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import NotUnderstood, Refused
from bot.domain.ids import DeliveryKey, GenerationId, RunId
from bot.services.approvals import Approvals
from bot.services.generation import Generations
from bot.services.styles import Styles
from bot.services.training import Training
from bot.slack import answers, forms
from bot.slack.asking import train_form
from bot.slack.blocks import esc
from bot.slack.traces import traced
from handlers import choosing, deliveries, parsing
from handlers.deliveries import Sender

Command = dict[str, Any]
Answer = Callable[[Sender, DeliveryKey, str], Awaitable[str]]


def register_train(app: AsyncApp, training: Training) -> None:
    """Listen to `/train`."""

    @app.command("/train")
    async def train(ack: AsyncAck, command: Command, client: AsyncWebClient) -> None:
        """Ask for a training run; without a link or a name a form opens with what was given."""
        if parsing.plain_text(command["text"]) == "help":
            await ack(answers.help_text("train"))
            return
        draft = parsing.training_draft(command["text"])
        sender, delivery = deliveries.of_command(command)
        if draft.is_complete:
            await ack(esc(await training.request(draft.request(sender), delivery=delivery)))
            return
        form = train_form(
            channel=sender.channel,
            links=draft.links,
            name=draft.name,
            note=draft.note,
            air=draft.air,
            public=draft.public,
            can_pack=training.host_is_ready,
        )
        await client.views_open(trigger_id=command["trigger_id"], view=form)
        await ack()


def register_generate(app: AsyncApp, generations: Generations) -> None:
    """Listen to `/generate`."""

    @app.command("/generate")
    async def generate(ack: AsyncAck, command: Command, client: AsyncWebClient) -> None:
        """Ask for pictures; without a prompt a form opens with what was given."""
        if parsing.plain_text(command["text"]) == "help":
            await ack(answers.help_text("generate"))
            return
        draft = parsing.generation_draft(command["text"])
        sender, delivery = deliveries.of_command(command)
        if draft.prompt:
            await ack(esc(await generations.request(draft.request(sender), delivery=delivery)))
            return
        form = forms.generate_form(
            channel=sender.channel, style=draft.style, styles=await generations.styles(sender.workspace)
        )
        await client.views_open(trigger_id=command["trigger_id"], view=form)
        await ack()


def register_style(
    app: AsyncApp,
    styles: Styles,
    training: Training,
    approvals: Approvals,
    generations: Generations,
    clock: Callable[[], datetime],
) -> None:
    """Listen to `/style`; its answers are read by the asking person only."""
    deeds = _decisions(styles, approvals) | _about_runs(training) | _about_datasets(training)
    known, of_pictures = _queries(styles, clock) | deeds, _about_pictures(generations)

    @app.command("/style")
    async def style(ack: AsyncAck, command: Command) -> None:
        """Answer one subcommand; some are about pictures as much as about runs, for their ids look alike."""
        word, rest = parsing.subcommand(command["text"], tuple(known))
        sender, delivery = deliveries.of_command(command)
        answer = known[word]
        if word in of_pictures and await generations.find(
            _pictures(rest), who=sender.user, workspace=sender.workspace
        ):
            answer = of_pictures[word]
        await ack(await answer(sender, delivery, rest))


def _queries(styles: Styles, clock: Callable[[], datetime]) -> dict[str, Answer]:
    """Return the subcommands that only tell."""

    async def listed(sender: Sender, _: DeliveryKey, __: str) -> str:
        return answers.style_list(*await styles.all(sender.workspace, sender.channel))

    async def shown(sender: Sender, _: DeliveryKey, rest: str) -> str:
        what = _needed(rest, "show stellar").strip("`")
        found = await styles.trace(what, who=sender.user, workspace=sender.workspace, channel=sender.channel)
        return traced(found, now=clock())

    async def runs(sender: Sender, _: DeliveryKey, __: str) -> str:
        return answers.run_list(await styles.runs(sender.workspace), now=clock())

    async def status(sender: Sender, _: DeliveryKey, rest: str) -> str:
        if rest:
            return answers.run_status(await styles.run(_run(rest), workspace=sender.workspace), now=clock())
        newest = await styles.runs(sender.workspace)
        if not newest:
            raise Refused("Nothing has been trained yet: start with `/train <zip link> as <name>`.")
        return answers.run_status(newest[0], now=clock())

    async def helped(_: Sender, __: DeliveryKey, ___: str) -> str:
        return answers.help_text("style")

    return {"list": listed, "show": shown, "runs": runs, "status": status, "help": helped}


def _decisions(styles: Styles, approvals: Approvals) -> dict[str, Answer]:
    """Return the subcommands that decide something: the typed twins of the buttons."""

    async def use(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        name = _needed(rest, "use stellar@1")
        return esc(
            await styles.use(name, workspace=sender.workspace, channel=sender.channel, delivery=delivery)
        )

    async def approve(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        run = _run(_needed(rest, "approve 7K2M9QX4TB"))
        return esc(
            await approvals.approve(run, who=sender.user, workspace=sender.workspace, delivery=delivery)
        )

    async def reject(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        run, _, reason = _needed(rest, "reject 7K2M9QX4TB too few pictures").partition(" ")
        return esc(
            await approvals.reject(
                _run(run), reason, who=sender.user, workspace=sender.workspace, delivery=delivery
            )
        )

    return {"use": use, "approve": approve, "reject": reject}


def _about_runs(training: Training) -> dict[str, Answer]:
    """Return the subcommands that stop a run, ask for it again, or have it looked for."""

    async def cancel(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        run = _run(_needed(rest, "cancel 7K2M9QX4TB"))
        return esc(await training.cancel(run, who=sender.user, workspace=sender.workspace, delivery=delivery))

    async def retry(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        run = _run(_needed(rest, "retry 7K2M9QX4TB"))
        return esc(await training.retry(run, who=sender.user, workspace=sender.workspace, delivery=delivery))

    async def check(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        run = _run(_needed(rest, "check 7K2M9QX4TB"))
        return esc(await training.check(run, workspace=sender.workspace, delivery=delivery))

    return {"cancel": cancel, "retry": retry, "check": check}


def _about_pictures(generations: Generations) -> dict[str, Answer]:
    """Return the typed twins of the buttons under pictures in doubt, and how they stand."""

    async def status(sender: Sender, _: DeliveryKey, rest: str) -> str:
        return answers.pictures_status(await generations.get(_pictures(rest), workspace=sender.workspace))

    async def check(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        return await generations.check(_pictures(rest), workspace=sender.workspace, delivery=delivery)

    async def cancel(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        return await generations.give_up(
            _pictures(rest), who=sender.user, workspace=sender.workspace, delivery=delivery
        )

    return {"status": status, "check": check, "cancel": cancel}


def _about_datasets(training: Training) -> dict[str, Answer]:
    """Return the subcommands that change what a waiting run trains on."""

    async def leave(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        word, _, which = _needed(rest, "leave 7K2M9QX4TB 3 7 12").partition(" ")
        return esc(
            await training.curate(
                _run(word),
                lambda run: choosing.choice_of(run, which),
                who=sender.user,
                workspace=sender.workspace,
                delivery=delivery,
            )
        )

    async def reuse(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        run = _run(_needed(rest, "reuse 7K2M9QX4TB"))
        return esc(
            await training.reuse(
                run,
                who=sender.user,
                workspace=sender.workspace,
                channel=sender.channel,
                delivery=delivery,
            )
        )

    return {"leave": leave, "reuse": reuse}


def _needed(rest: str, example: str) -> str:
    if not rest:
        raise NotUnderstood(f"Something is missing: write for example `/style {example}`.")
    return rest


def _run(text: str) -> RunId:
    return RunId(text.strip("`").upper())


def _pictures(text: str) -> GenerationId:
    return GenerationId(_run(text))

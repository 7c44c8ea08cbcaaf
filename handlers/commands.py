"""The slash commands: write the request down, then acknowledge it: what Slack saw us take, we have."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import Refused
from bot.domain.ids import DeliveryKey, GenerationId, ProposalId, RunId
from bot.domain.policy import Role
from bot.errands import Errands
from bot.services.generation import Generations
from bot.services.styles import Styles
from bot.services.training import Training
from bot.slack import answers, forms
from bot.slack.asking import train_form
from bot.slack.blocks import told
from bot.slack.traces import traced
from handlers import choosing, deliveries, parsing
from handlers.decisions import Deciding, about_decisions
from handlers.deliveries import Answer, Sender
from handlers.gate import Gate
from handlers.governance import Governance, about_alarms, about_rules, about_switches
from handlers.parsing import named, needed
from handlers.replies import Replies

Command = dict[str, Any]
Chart = Callable[[Sender, Command], Coroutine[Any, Any, None]]
AS_TYPED = frozenset({"away", "policy"})
"""What names people and channels, so that Slack's marks for them must stay."""


def register_train(app: AsyncApp, gate: Gate, training: Training, replies: Replies) -> None:
    """Listen to `/train`."""

    @app.command("/train")
    async def train(ack: AsyncAck, command: Command) -> None:
        """Ask for a training run; without a link or a name a form opens with what was given."""
        if parsing.plain_text(command["text"]) == "help":
            await ack(answers.help_text("train"))
            return
        draft = parsing.training_draft(command["text"])
        sender, delivery = deliveries.of_command(command)
        await gate.admit(sender, Role.REQUEST)
        if draft.is_complete:
            await ack(told(await training.request(draft.request(sender), delivery=delivery)))
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
        await replies.open(command, form)
        await ack()


def register_generate(app: AsyncApp, gate: Gate, generations: Generations, replies: Replies) -> None:
    """Listen to `/generate`."""

    @app.command("/generate")
    async def generate(ack: AsyncAck, command: Command) -> None:
        """Ask for pictures; without a prompt a form opens with what was given."""
        if parsing.plain_text(command["text"]) == "help":
            await ack(answers.help_text("generate"))
            return
        draft = parsing.generation_draft(command["text"])
        sender, delivery = deliveries.of_command(command)
        await gate.admit(sender, Role.GENERATE)
        if draft.prompt:
            await ack(told(await generations.request(draft.request(sender), delivery=delivery)))
            return
        form = forms.generate_form(
            channel=sender.channel, style=draft.style, styles=await generations.styles(sender.workspace)
        )
        await replies.open(command, form)
        await ack()


@dataclass(frozen=True)
class Desk:
    """What the words of `/style` ask."""

    gate: Gate
    styles: Styles
    training: Training
    generations: Generations
    deciding: Deciding
    clock: Callable[[], datetime]


def register_style(app: AsyncApp, desk: Desk, house: Governance, errands: Errands, chart: Chart) -> None:
    """Listen to `/style`; its answers are read by the asking person only."""
    known = _queries(desk, errands) | about_decisions(desk.deciding) | _about_runs(desk)
    known |= _about_datasets(desk) | about_rules(house) | about_switches(house) | about_alarms(house)
    of_pictures = _about_pictures(desk, errands)

    @app.command("/style")
    async def style(ack: AsyncAck, command: Command) -> None:
        """Answer one subcommand; some are about pictures as much as about runs, for their ids look alike."""
        word, rest = parsing.subcommand(command["text"], tuple(known))
        sender, delivery = deliveries.of_command(command)
        if word != "help":  # what there is, prompts too, is told to members; some words need more than that
            await desk.gate.click(sender, delivery)
        answer = known[word]
        if word in AS_TYPED:
            rest = command["text"].strip().partition(" ")[2].strip()
        elif word in of_pictures and await desk.generations.find(
            _pictures(rest), who=sender.user, workspace=sender.workspace
        ):
            answer = of_pictures[word]
        if said := await answer(sender, delivery, rest):
            await ack(said)
        else:  # it is drawn, which takes longer than Slack waits
            await ack()
            errands.start(chart(sender, command))


def _queries(desk: Desk, errands: Errands) -> dict[str, Answer]:
    """Return the subcommands that only tell; who is told of what waits for a decision has seen it."""
    styles, clock = desk.styles, desk.clock

    async def listed(sender: Sender, _: DeliveryKey, __: str) -> str:
        return answers.style_list(*await styles.all(sender.workspace, sender.channel))

    async def shown(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        what = needed(rest, "show stellar").strip("`")
        found = await styles.trace(what, who=sender.user, workspace=sender.workspace, channel=sender.channel)
        for step in found.steps:
            errands.start(desk.gate.note_seen(sender, step.run, delivery))
        return traced(found, now=clock())

    async def runs(sender: Sender, _: DeliveryKey, __: str) -> str:
        return answers.run_list(await styles.runs(sender.workspace), now=clock())

    async def status(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        subject, workspace = named(rest), sender.workspace
        if proposal := await desk.deciding.proposals.find(ProposalId(subject), workspace=workspace):
            errands.start(desk.gate.note_seen(sender, proposal, delivery))
            return answers.proposal_status(proposal)
        one = [await styles.run(RunId(subject), workspace=workspace)] if rest else []
        found = one or await styles.runs(workspace)
        if not found:
            raise Refused("Nothing has been trained yet: start with `/train <zip link> as <name>`.")
        errands.start(desk.gate.note_seen(sender, found[0], delivery))
        return answers.run_status(found[0], now=clock())

    async def helped(_: Sender, __: DeliveryKey, ___: str) -> str:
        return answers.help_text("style")

    return {"list": listed, "show": shown, "runs": runs, "status": status, "help": helped}


def _about_runs(desk: Desk) -> dict[str, Answer]:
    """Return the subcommands that ask for a run again, or have it looked for."""

    async def retry(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        run = RunId(named(needed(rest, "retry 7K2M9QX4TB")))
        await desk.gate.admit_to_run(sender, run, desk.training)
        answer = await desk.training.retry(
            run, who=sender.user, workspace=sender.workspace, delivery=delivery
        )
        return told(answer)

    async def check(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        run = RunId(named(needed(rest, "check 7K2M9QX4TB")))
        await desk.gate.admit_to_run(sender, run, desk.training)
        return told(await desk.training.check(run, workspace=sender.workspace, delivery=delivery))

    return {"retry": retry, "check": check}


def _about_pictures(desk: Desk, errands: Errands) -> dict[str, Answer]:
    """Return the typed twins of the buttons under pictures in doubt, and how they stand."""

    async def status(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        found = await desk.generations.get(_pictures(rest), who=sender.user, workspace=sender.workspace)
        errands.start(desk.gate.note_seen(sender, found, delivery))
        return answers.pictures_status(found)

    async def check(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        pictures = _pictures(rest)
        asked_in = await desk.generations.channel_of(pictures, workspace=sender.workspace)
        await desk.gate.admit(sender, Role.GENERATE, of=asked_in)
        return await desk.generations.check(pictures, workspace=sender.workspace, delivery=delivery)

    return {"status": status, "check": check}


def _about_datasets(desk: Desk) -> dict[str, Answer]:
    """Return the subcommands that change what a waiting run trains on."""

    async def leave(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        word, _, which = needed(rest, "leave 7K2M9QX4TB 3 7 12").partition(" ")
        run = RunId(named(word))
        await desk.gate.admit_to_run(sender, run, desk.training)
        return told(
            await desk.training.curate(
                run,
                lambda run: choosing.choice_of(run, which),
                who=sender.user,
                workspace=sender.workspace,
                delivery=delivery,
            )
        )

    async def reuse(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        run = RunId(named(needed(rest, "reuse 7K2M9QX4TB")))
        await desk.gate.admit_to_run(sender, run, desk.training)
        click = await desk.gate.click(sender, delivery, Role.PROMOTE)
        return told(await desk.training.reuse(run, click, channel=sender.channel))

    return {"leave": leave, "reuse": reuse}


def _pictures(text: str) -> GenerationId:
    return GenerationId(named(text))

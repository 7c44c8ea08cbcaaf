"""The words of `/style` that decide: the typed twins of every button that approves, rejects or stops."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.asked import Click
from bot.domain.errors import NotUnderstood
from bot.domain.ids import DeliveryKey, GenerationId, RunId
from bot.domain.policy import Role
from bot.services.approvals import Approvals
from bot.services.proposals import Proposals
from bot.services.stopping import Stopping
from bot.slack.blocks import told
from handlers.deliveries import Answer, Sender
from handlers.gate import Gate
from handlers.parsing import named, needed

Deed = Callable[[RunId, Click, str], Awaitable[str]]
_DIGITS = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True)
class Deciding:
    """What the words below ask."""

    gate: Gate
    approvals: Approvals
    stopping: Stopping
    proposals: Proposals


def about_decisions(desk: Deciding) -> dict[str, Answer]:
    """Return the subcommands, by their words."""
    approvals, stopping = desk.approvals, desk.stopping

    def word(example: str, deed: Deed, *, reason: bool = False) -> Answer:
        return _word(desk, example.replace(" ", " 7K2M9QX4TB ", 1), deed, reason=reason)

    return {
        "approve": word("approve ", lambda one, by, said: approvals.approve(one, by, comment=said)),
        "reject": word(
            "reject too few pictures", lambda one, by, said: approvals.reject(one, said, by), reason=True
        ),
        "retract": word("retract ", lambda one, by, _: approvals.retract(one, by)),
        "undo": word("undo ", lambda one, by, _: approvals.undo(one, by)),
        "override": word(
            "override the fair is near",
            lambda one, by, said: approvals.override(one, said, by),
            reason=True,
        ),
        "breakglass": word(
            "breakglass nobody is here",
            lambda one, by, said: approvals.break_glass(one, said, by),
            reason=True,
        ),
        "cancel": word("cancel ", lambda one, by, _: stopping.cancel(one, by)),
        "use": _use(desk),
        "release": _release(desk),
    }


def _word(desk: Deciding, example: str, deed: Deed, *, reason: bool) -> Answer:
    """Return a subcommand that takes an id, perhaps the digits of what was seen, and words after them.

    A `reason` may begin with what looks like digits, a date say: there they are only what is asked just now.
    """

    async def answer(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        subject, _, words = needed(rest, example).partition(" ")
        one, words = RunId(named(subject)), words.strip()
        click = await desk.gate.click(sender, delivery)
        first, _, after = words.partition(" ")
        if _DIGITS.fullmatch(first):
            seen = replace(click, seen=first)
            if not reason or await _is_asked(desk.approvals, one, seen):
                click, words = seen, after.strip()
        return told(await deed(one, click, words))

    return answer


async def _is_asked(approvals: Approvals, one: RunId, seen: Click) -> bool:
    ballot = (await approvals.get(one, seen)).ballot
    return ballot is not None and seen.saw(ballot)


def _use(desk: Deciding) -> Answer:
    async def use(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        name = needed(rest, "use stellar@1")
        click = await desk.gate.click(sender, delivery, Role.PROMOTE)
        return told(await desk.proposals.use(name, click, channel=sender.channel))

    return use


def _release(desk: Deciding) -> Answer:
    async def release(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        subject, *which = needed(rest, "release 7K2M9QX4TB 1 3").replace(",", " ").split()
        if not all(word.isdecimal() for word in which):
            raise NotUnderstood("Name the pictures by their numbers: `/style release 7K2M9QX4TB 1 3`.")
        click = await desk.gate.click(sender, delivery, Role.REVIEW)
        places = [int(word) for word in which]
        return told(await desk.proposals.clear(GenerationId(named(subject)), places, click))

    return release

"""The words of `/style` about rules, money, the audit, what is frozen or held back, and who is away."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.errors import NotAllowed, NotUnderstood
from bot.domain.ids import DeliveryKey, UserId
from bot.domain.policy import Policy, Role
from bot.rules.questions import parsed_question
from bot.services.alarms import Alarms
from bot.services.audits import Audits
from bot.services.deciders import Deciders
from bot.services.switches import Switches
from bot.slack.audits import audit_words
from bot.slack.blocks import told
from bot.slack.policies import explained, policy_words
from handlers.deliveries import Answer, Sender
from handlers.gate import Gate

ABSENCE = re.compile(
    r"(?:until\s+)?(\d{4}-\d{2}-\d{2})(?:\s+(?:delegate\s+)?<@([UW][A-Z0-9]+)(?:\|[^>]*)?>)?"
)


@dataclass(frozen=True)
class Governance:
    """What the words below ask."""

    gate: Gate
    audits: Audits
    switches: Switches
    deciders: Deciders
    alarms: Alarms
    policy: Callable[[], Policy]
    clock: Callable[[], datetime]


def about_rules(house: Governance) -> dict[str, Answer]:
    """Return the subcommands that only tell: money, rules, and what was done."""

    async def budget(sender: Sender, delivery: DeliveryKey, _: str) -> str:
        """Say nothing yet: the month is shown with its chart, which takes a moment to draw."""
        await house.gate.click(sender, delivery)
        return ""

    async def policy(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        click = await house.gate.click(sender, delivery)
        word, _, question = rest.partition(" ")
        if word == "explain" and question.strip():
            case = parsed_question(question, channel=sender.channel)
            return explained(house.policy(), case, await house.deciders.of(case, click, at=house.clock()))
        if word:
            raise NotUnderstood("Write `/style policy`, or `/style policy explain train in #brand`.")
        return policy_words(house.policy())

    async def audit(sender: Sender, _: DeliveryKey, rest: str) -> str:
        await house.gate.admit(sender, Role.ADMIN, everywhere=True)
        rows = await house.audits.recent(sender.workspace, about=rest.strip("` "))
        return audit_words(rows, now=house.clock())

    return {"budget": budget, "policy": policy, "audit": audit}


def about_switches(house: Governance) -> dict[str, Answer]:
    """Return the subcommands that stop things, let them go on, and say who is away."""

    async def freeze(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        click = await house.gate.click(sender, delivery, Role.ADMIN, everywhere=True)
        what, _, reason = rest.partition(" ")
        return told(await house.switches.freeze(what.lower(), reason, click))

    async def unfreeze(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        click = await house.gate.click(sender, delivery, Role.ADMIN, everywhere=True)
        return told(await house.switches.unfreeze(rest.strip().lower() or "all", click))

    async def away(sender: Sender, delivery: DeliveryKey, rest: str) -> str:
        click = await house.gate.click(sender, delivery)
        until, delegate = _absence(rest)
        if delegate:  # a guest could not decide anyway: say so now
            await _check_decides(house.gate, Sender(sender.workspace, delegate, sender.channel), delivery)
        return told(await house.switches.away(until, delegate, click))

    async def back(sender: Sender, delivery: DeliveryKey, _: str) -> str:
        return await house.switches.back(await house.gate.click(sender, delivery))

    return {"freeze": freeze, "unfreeze": unfreeze, "away": away, "back": back}


def about_alarms(house: Governance) -> dict[str, Answer]:
    """Return the typed twins of the buttons of notices."""

    async def resend(sender: Sender, delivery: DeliveryKey, _: str) -> str:
        admin = await house.gate.admit(sender, Role.ADMIN, everywhere=True)
        return told(await house.alarms.unpark(sender.workspace, by=admin.id, delivery=delivery))

    async def resume(sender: Sender, delivery: DeliveryKey, _: str) -> str:
        admin = await house.gate.admit(sender, Role.ADMIN, everywhere=True)
        return told(await house.alarms.release(sender.workspace, by=admin.id, delivery=delivery))

    return {"resend": resend, "resume": resume}


async def _check_decides(gate: Gate, delegate: Sender, delivery: DeliveryKey) -> None:
    """Raise NotUnderstood where who is to stand in is no member: who asks for that is refused nothing."""
    try:
        await gate.click(delegate, delivery)
    except NotAllowed:
        raise NotUnderstood(
            f"@{delegate.user} cannot decide here, so nobody would stand in: name a full member."
        ) from None


def _absence(rest: str) -> tuple[date, UserId | None]:
    """Read `2026-12-01`, and who stands in, as Slack writes a mention. Raises NotUnderstood."""
    found = ABSENCE.fullmatch(rest.strip())
    try:
        until = date.fromisoformat(found[1]) if found else None
    except ValueError:
        until = None
    if found is None or until is None:
        raise NotUnderstood(
            "Give the first day you are back, and who stands in: `/style away 2026-12-01 @ben`."
        )
    return until, UserId(found[2]) if found[2] else None

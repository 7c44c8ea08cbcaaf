"""A single rule, check, role or budget of a policy in words, as mrkdwn. Pure.

Who is meant is told by marks (`<@U…>`). Lists are cut to a few; what a file says goes through `esc`.
"""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.domain.people import ADMINS, EVERYONE, Party, who_may
from bot.domain.policy import Action, Budget, Check, Grant, Level, Per, Role, Rule, Scope, Step
from bot.domain.terms import Terms
from bot.slack.blocks import channel_mark, clamp, code, esc, mention

T = TypeVar("T")
MOST_NAMED, LONGEST_NAME, LONGEST_SENTENCE = 12, 80, 300
DAY, CENT = 1440, 0.01
"""Minutes, and dollars."""

DOES = {
    Role.REQUEST: "ask for trainings",
    Role.APPROVE: "decide, where a rule names them",
    Role.PROMOTE: "set what a channel draws in",
    Role.GENERATE: "ask for pictures",
    Role.REVIEW: "propose and approve pictures for use",
    Role.ADMIN: "override, break the glass, freeze, see the audit",
}
DOING = {
    Action.TRAIN: "training",
    Action.PUBLISH: "publishing a model",
    Action.PROMOTE: "changing a channel's default",
    Action.GENERATE: "drawing pictures",
    Action.USE: "approving a picture for use",
    Action.REVIEW: "looking afterwards at what an admin did",
}
MEANING = {
    Level.ADVISORY: "it is said on the card",
    Level.SOFT: "an admin must override it first, with a reason that the approvers, or else the admins, read",
    Level.HARD: "it is refused",
}


def granted(grant: Grant) -> str:
    """Return who has a role, a line."""
    may = f"{within(grant.channels)} {DOES[grant.role]}" if grant.channels else DOES[grant.role]
    return f"• {sentence(may)}: {people(grant.to)}"


def ruled(rule: Rule) -> str:
    """Return a whole rule: its name, what it is about, who must approve, and how."""
    return f"*{named(rule.name)}* ({covered(rule.scope)}): {deciders(rule)} must approve. {conditions(rule)}"


def deciders(rule: Rule, holders: tuple[Party, ...] = (EVERYONE,)) -> str:
    """Return whom a rule asks, step by step: those only who may decide there, where that is `holders`."""
    steps = [_step(step, holders) for step in rule.steps]
    return (" or " if rule.any_step else ", then ").join(steps) or "nobody"


def _step(step: Step, holders: tuple[Party, ...]) -> str:
    who, is_sure = who_may(step.who, holders)
    quiet, is_sure_besides = who_may(step.silent, holders)
    is_anyone = step.count == 1 and who == (EVERYONE,)
    whom = "any member" if is_anyone else f"{step.count} of {people(who)}"
    silent = f", or without being pinged {people(quiet)}" if quiet else ""
    limit = "" if is_sure and is_sure_besides else f", where also among {people(holders)}"
    return f"{whom}{silent}{limit} (“{named(step.name)}”)"


def conditions(rule: Rule | Terms, holders: tuple[Party, ...] = (EVERYONE,)) -> str:
    """Return how a rule, or several together, is decided besides: four eyes, end, reminders, escalation.

    It is escalated to those only who may decide there, where that is `holders`.
    """
    told = "Never whoever asked." if rule.four_eyes else "Whoever asked may do so too."
    told += f" Open for {_span(rule.expires)}"
    if rule.remind_after < rule.expires:
        told += f", first reminder after {_span(rule.remind_after)}"
    others, is_sure = who_may(rule.escalate_to, holders)
    if rule.escalate_after and others:
        limit = "" if is_sure else f", where also among {people(holders)}"
        told += f", after {_span(rule.escalate_after)} {people(others)} may decide too{limit}"
    return f"{told}."


def checked(check: Check) -> str:
    """Return a check and what it means where it fails, a line."""
    says = clamp(esc(check.says), LONGEST_SENTENCE)
    means = f"This is {check.level}: {MEANING[check.level]}."
    return f"• *{named(check.name)}* ({covered(check.scope)}): {says} {means}"


def budgeted(budget: Budget) -> str:
    """Return a budget, a line."""
    return f"• *{named(budget.name)}*: {dollars(budget.limit)} for {_whose(budget)}"


def _whose(budget: Budget) -> str:
    if budget.per is Per.WORKSPACE:
        return "the whole workspace"
    if not budget.of:
        return "each channel" if budget.per is Per.CHANNEL else "each person"
    whose = few(budget.of, " and ", channel_mark if budget.per is Per.CHANNEL else mention)
    return f"each of {whose}" if len(budget.of) > 1 else whose


# ── words ────────────────────────────────────────────────────────────────────────────────────────────


def covered(scope: Scope) -> str:
    """Return which cases a rule or check is about."""
    about = few(scope.actions, " or ", DOING.__getitem__) or "everything"
    styles = f", styles {few(scope.styles, ' or ', code)}" if scope.styles else ""
    above = f", above {dollars(scope.above)}" if scope.above is not None else ""
    return f"{about}{f' {within(scope.channels)}' if scope.channels else ''}{styles}{above}"


def within(channels: Sequence[str]) -> str:
    """Return `in #a or #b`."""
    return f"in {few(channels, ' or ', channel_mark)}"


def people(parties: Sequence[Party]) -> str:
    """Return who is meant, as marks."""
    return few(parties, " or ", _party) or "nobody"


def _party(party: Party) -> str:
    if party in {EVERYONE, ADMINS}:
        return "all members" if party == EVERYONE else "the workspace's admins"
    return f"<!subteam^{party}>" if re.fullmatch(r"S[A-Z0-9]+", party) else mention(party)


def few(items: Sequence[T], last: str, mark: Callable[[T], str]) -> str:
    """Return the first items in words, and how many more there are."""
    words = [mark(item) for item in items[:MOST_NAMED]]
    if more := len(items) - len(words):
        words.append(f"{more} more")
    return last.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _span(time: timedelta) -> str:
    minutes = round(time.total_seconds() / 60)
    if minutes % DAY == 0 and minutes > DAY:
        return f"{minutes // DAY} days"
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def dollars(amount: float) -> str:
    """Return `$20` or `$0.04`."""
    return f"${amount:.6f}" if 0 < amount < CENT else f"${amount:,.2f}".removesuffix(".00")


def named(name: str) -> str:
    """Return the name of something in the file."""
    return clamp(esc(name), LONGEST_NAME)


def sentence(words: str) -> str:
    """Return words with a capital at the beginning."""
    return words[:1].upper() + words[1:]

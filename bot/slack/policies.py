"""The rules of a team in words: all of them, or those that hold for one case, with the reason. mrkdwn, pure.

Who is meant is told by marks (`<@U…>`), which notify nobody in an answer that only the asker reads. However
large a policy is, the words fit into one message.
"""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import TypeVar

from bot.domain.ids import ChannelId, UserId
from bot.domain.policy import (
    BUILT_IN,
    Action,
    Budget,
    Case,
    Grant,
    Per,
    Policy,
    Role,
    Rule,
    Step,
    asked_together,
)
from bot.domain.quorum import able
from bot.domain.terms import Terms, names, terms_of
from bot.slack.blocks import channel_mark, clamp, code, esc, mention, moment
from bot.slack.clauses import (
    DOING,
    budgeted,
    checked,
    conditions,
    covered,
    deciders,
    dollars,
    few,
    granted,
    named,
    people,
    ruled,
    sentence,
    within,
)

T = TypeVar("T")
MOST = 12_000
LONGEST_LINE = 1200
NOWHERE = ChannelId("")
"""A channel that no rule names."""
_ROOM = {"roles": 2600, "rules": 4800, "checks": 1700, "budgets": 1300}
"""Characters for each part, so that a long one leaves room for the others."""

ASKED_BY = {
    Action.TRAIN: Role.REQUEST,
    Action.PUBLISH: Role.REQUEST,
    Action.PROMOTE: Role.PROMOTE,
    Action.GENERATE: Role.GENERATE,
    Action.USE: Role.REVIEW,
    Action.REVIEW: Role.ADMIN,
}
"""Which role whoever asks needs; an after-review is opened when an admin breaks the glass."""
DECIDED_BY = {Action.USE: Role.REVIEW}
"""Which role whoever decides needs, where it is not that of approvers."""
PAID = frozenset({Action.TRAIN, Action.PUBLISH, Action.GENERATE})
STRANGERS = "Guests, people of other workspaces, bots and deactivated accounts can neither ask nor decide."


def policy_words(policy: Policy) -> str:
    """Tell the whole policy."""
    since = f", since {moment(policy.loaded_at)}" if policy.loaded_at else ""
    rules = list(enumerate(policy.rules, start=1))
    holds = "*What needs an approval*: the first line that covers a case holds"
    parts = [
        f"*The policy* is {_source(policy)}{since}.",
        _part("roles", "*Who may do what*", _roles(policy), granted),
        STRANGERS,
        _part("rules", holds, rules, lambda numbered: f"{numbered[0]}. {ruled(numbered[1])}"),
        _part("checks", "*What must not be*", policy.checks, checked),
        _part("budgets", "*Budgets*, for each month", policy.budgets, budgeted),
        "\n".join(_rest(policy)),
        "`/style policy explain train` says what holds for one case.",
    ]
    return clamp("\n\n".join(part for part in parts if part), MOST)


def explained(policy: Policy, case: Case, who: Sequence[UserId] = ()) -> str:
    """Tell what holds for `case`, and why. `who` are those who could decide just now, where that is known."""
    budgets = [budget for budget in policy.budgets if _is_about(budget, case)]
    cases = asked_together(case)
    checks = dict.fromkeys(check for one in cases for check in policy.failed(one))
    parts = [
        f"*{sentence(DOING[case.action])}* {_circumstances(policy, case)}",
        "\n".join(_asking(policy, case)),
        _part("rules", f"*Which rule holds*\n{_holding(policy, cases)}", *_missed(policy, cases)),
        "\n".join(_deciding(policy, cases, who)),
        _part("checks", "*What stands in the way*", list(checks), checked) or "No check stands in the way.",
        _part("budgets", "*Budgets that it falls under*, for each month", budgets, budgeted)
        or _unlimited(case),
        STRANGERS,
    ]
    return clamp("\n\n".join(parts), MOST)


def in_plain(words: str) -> str:
    """Return mrkdwn of ours as a terminal shows it: without marks, ids in their place."""
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", words)
    text = re.sub(r"<(?:!subteam\^|(@|#))([A-Z0-9]+)>", lambda mark: f"{mark[1] or '@'}{mark[2]}", text)
    return html.unescape(re.sub(r"\*([^*\n]+)\*", r"\1", text))


def _source(policy: Policy) -> str:
    if policy.source == BUILT_IN.source:
        return "the built-in one: no file was named"
    return f"from {clamp(code(policy.source), 200)}"


# ── the parts of a policy ────────────────────────────────────────────────────────────────────────────


def _roles(policy: Policy) -> list[Grant]:
    """Return who has each role: first anywhere, as it is in a channel that no rule names."""
    anywhere = [Grant(role, policy.holders(role, NOWHERE)) for role in Role]
    return [*anywhere, *(grant for grant in policy.grants if grant.channels)]


def _rest(policy: Policy) -> list[str]:
    begin, end = policy.quiet
    prices = [
        f"{dollars(price)} for {what}"
        for price, what in ((policy.prices.training, "a training"), (policy.prices.picture, "a picture"))
        if price is not None
    ]
    night = f"*Quiet hours*: nobody is reminded from {begin:02}:00 to {end:02}:00 by their own clock."
    return [
        *([f"*Prices* {_for_how_long(policy)}: {' and '.join(prices)}."] if prices else []),
        night if begin != end else "*Quiet hours*: none.",
        f"*Weekly digest*: {f'in {channel_mark(policy.digest)}' if policy.digest else 'to the admins'}.",
    ]


# ── what holds for a case ────────────────────────────────────────────────────────────────────────────


def _circumstances(policy: Policy, case: Case) -> str:
    where = f"{within([case.channel])}{f' as {code(case.style)}' if case.style else ''}"
    if case.price is not None:
        return f"{where} for {dollars(case.price)}"
    return f"{where}{_unpriced(policy, case.action)}"


def _unpriced(policy: Policy, action: Action) -> str:
    """Return what it means that no price is named, and which one the policy has."""
    if action not in PAID:
        return ""
    prices, is_drawn = policy.prices, action is Action.GENERATE
    price = prices.picture if is_drawn else prices.training
    if price is None:
        return " with no price named: that counts as above every limit"
    what = "a picture" if is_drawn else "a training"
    return (
        f" with no price named: it is told as above every limit. The policy has {dollars(price)} for {what} "
        f"{_for_how_long(policy)}: add `for {dollars(price)}` to ask by that."
    )


def _for_how_long(policy: Policy) -> str:
    return "whatever was measured" if policy.prices.hold else "until something was measured"


def _asking(policy: Policy, case: Case) -> list[str]:
    if case.action is Action.REVIEW:
        return ["*Who may ask*: nobody. It is asked by itself when an admin breaks the glass."]
    holders = people(policy.holders(ASKED_BY[case.action], case.channel))
    more = ["A public model is asked for together with its training: what both need is told here."]
    return [f"*Who may ask*: {holders}.", *(more if case.action is Action.PUBLISH else [])]


def _holding(policy: Policy, cases: Sequence[Case]) -> str:
    lines = []
    for case in cases:
        what = f" for {DOING[case.action]}" if len(cases) > 1 else ""
        rule = policy.rule_for(case)
        lines.append(
            f"• *{named(rule.name)}* holds{what} ({covered(rule.scope)})" if rule else f"• None does{what}"
        )
    return "\n".join(lines)


def _missed(policy: Policy, cases: Sequence[Case]) -> tuple[Sequence[Rule], Callable[[Rule], str]]:
    """Return the rules before those that hold, and how to say of each why it does not."""

    def why(rule: Rule) -> str:
        """Say it of the case that the rule is about, if it is about any."""
        about = next((case for case in cases if case.action in rule.scope.actions), cases[-1])
        misses = rule.scope.misses(about) or "an earlier rule holds for that"
        return f"• *{named(rule.name)}* does not: {clamp(esc(misses), 200)}"

    held = _rules(policy, cases)
    before = [rule for case in cases for rule in _before(policy, case) if rule not in held]
    return [*dict.fromkeys(before)], why


def _before(policy: Policy, case: Case) -> Iterable[Rule]:
    return takewhile(lambda rule: rule.scope.misses(case), policy.rules)


def _rules(policy: Policy, cases: Sequence[Case]) -> list[Rule]:
    """Return the rules that hold, in the order in which they are asked."""
    return [*dict.fromkeys(rule for case in cases if (rule := policy.rule_for(case)))]


def _deciding(policy: Policy, cases: Sequence[Case], who: Sequence[UserId]) -> list[str]:
    case, rules = cases[-1], _rules(policy, cases)
    if not rules:
        return ["*Who must approve*: nobody. It happens when somebody asks."]
    approvers = policy.holders(DECIDED_BY.get(case.action, Role.APPROVE), case.channel)
    whom = ", then ".join(deciders(rule, approvers) for rule in rules)
    terms = terms_of(rules, (), holders=approvers)
    told = [f"*Who must approve*: {whom}. {conditions(terms, approvers)}", *_stuck(terms)]
    if who:
        told.append(f"Just now that could be {few(who, ' or ', mention)}.")
    return told


def _stuck(terms: Terms) -> list[str]:
    """Return which gate nobody can pass, as far as the rules alone tell; none: all can be."""

    def is_short(step: Step) -> bool:
        count = able(step, terms.holders, terms.escalate_to)
        return count is not None and count < step.count

    return [
        f"*Nobody can approve this here*: “{named(names(gate))}” does not name enough people who may decide "
        "here. An admin can change the policy."
        for gate in terms.gates
        if all(map(is_short, gate))
    ][:1]


def _is_about(budget: Budget, case: Case) -> bool:
    """Say whether a budget may count for the case; which person asks is not known here."""
    is_elsewhere = budget.per is Per.CHANNEL and budget.of and case.channel not in budget.of
    return case.action in PAID and not is_elsewhere


def _unlimited(case: Case) -> str:
    return "No budget limits what it may cost." if case.action in PAID else "It costs nothing."


def _part(part: str, title: str, items: Sequence[T], line: Callable[[T], str]) -> str:
    """Return a title with as many lines as there is room for, and how many more there are.

    Empty where there is none, unless the title says something itself.
    """
    kept, room = list[str](), _ROOM[part]
    for item in items:
        kept.append(clamp(line(item), LONGEST_LINE))
        room -= len(kept[-1]) + 1
        if room < 0:
            kept.pop()
            break
    left = len(items) - len(kept)
    more = [f"… and {left} more"] if left else []
    return "\n".join([title, *kept, *more]) if items or "\n" in title else ""

"""What is wrong with a policy although each of its values is right, and what is right but surprising.

Faults: steps that the people named can never fill, rules that are never reached, two things of one name.
Cautions: what a person may well mean, and should know of.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from itertools import product

from bot.domain.ids import ChannelId
from bot.domain.people import EVERYONE, Party
from bot.domain.policy import (
    PRICED,
    Action,
    Check,
    Level,
    Per,
    Policy,
    Prices,
    Role,
    Rule,
    Scope,
    Step,
    role_of,
)
from bot.domain.quorum import able, too_thin
from bot.rules.parties import CHANNEL, USER, Groups, Told, only_users, shown
from bot.rules.places import Path
from bot.rules.shapes import BudgetShape, Covering, Roles, RuleShape, StepShape

Numbered = Sequence[tuple[int, RuleShape]]
"""Entries with their place in the file: those that could not be read are left out."""


def of_covering(section: str, place: int, entry: Covering) -> Iterator[Told]:
    """Yield what is wrong with what a rule or check is about."""
    if entry.action and entry.actions:
        yield (section, place, "actions"), "Give “action” or “actions”, not both."
    free = _without_price(entry.scope)
    if free and len(free) == len(entry.scope.actions):
        have = "has" if len(free) == 1 else "have"
        told = f"{' and '.join(free)} {have} no price, so this never holds: take “above” out."
        yield (section, place, "above"), told


def of_rule(place: int, rule: RuleShape, groups: Groups) -> Iterator[Told]:
    """Yield what is wrong with one rule."""
    at = ("rules", place)
    yield from of_covering("rules", place, rule)
    named = [_named(step, groups) for step in rule.steps]
    short = False
    for number, (step, people) in enumerate(zip(rule.steps, named, strict=True)):
        if people is not None and len(people) < step.count:
            short = True
            told = f"{step.count} must approve, and only {len(people)} can"
            yield (*at, "steps", number, "count"), f"{told}: name more people, or lower “count”."
    known = [
        (step.count, people) for step, people in zip(rule.steps, named, strict=True) if people is not None
    ]
    if rule.mode == "all" and not short and too_thin(known):
        yield (
            (*at, "steps"),
            "Nobody counts at two steps, and these steps name too few people together: name more.",
        )
    yield from _of_escalation(at, rule)


def _of_escalation(at: Path, rule: RuleShape) -> Iterator[Told]:
    if rule.escalate_after and not rule.escalate_to:
        yield (*at, "escalate_after"), "“escalate_after” needs “escalate_to”: who is asked then?"
    if rule.escalate_to and not rule.escalate_after:
        yield (
            (*at, "escalate_to"),
            '“escalate_to” needs “escalate_after”, for example "8h": when are they asked?',
        )
    if rule.escalate_after and rule.escalate_after >= rule.expires:
        yield (*at, "escalate_after"), "By then it has expired: make “escalate_after” shorter than “expires”."


def _named(step: StepShape, groups: Groups) -> frozenset[Party] | None:
    """Return the people whom a step names; None where groups of Slack are among them."""
    parties = groups.expanded([*step.who, *step.silent])
    return frozenset(parties) if only_users(parties) else None


def of_budget(place: int, budget: BudgetShape) -> Iterator[Told]:
    """Yield what is wrong with one budget."""
    at = ("budgets", place, "of")
    if budget.per is Per.WORKSPACE:
        if budget.of:
            yield (
                at,
                "A budget of the workspace is of all: take “of” out, or write per = “channel” or “user”.",
            )
        return
    pattern, example = (CHANNEL, "C024BE91L") if budget.per is Per.CHANNEL else (USER, "U024BE7LH")
    for number, one in enumerate(budget.of):
        if not pattern.fullmatch(one):
            told = f"“{shown(one)}” is no id of a {budget.per}: write one such as “{example}”."
            yield (*at, number), told


def of_names(section: str, entries: Sequence[object]) -> Iterator[Told]:
    """Yield each entry that has the name of an earlier one."""
    seen: Counter[str] = Counter()
    for place, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, Mapping) else None
        if isinstance(name, str):
            seen[name] += 1
            if seen[name] > 1:
                yield (section, place, "name"), f"“{shown(name)}” is there already: give each its own name."


# ── what is never reached ────────────────────────────────────────────────────────────────────────────


def of_reach(rules: Numbered) -> Iterator[Told]:
    """Yield each rule all of whose cases earlier rules cover."""
    for number, (place, rule) in enumerate(rules):
        if by := _covering(rule.scope, [earlier for _, earlier in rules[:number]]):
            names = " and ".join(f"“{shown(name)}”" for name in by)
            covers = "covers" if len(by) == 1 else "cover"
            told = f"“{shown(rule.name)}” is never reached: {names} before it {covers} all of it."
            yield ("rules", place), f"{told} Move it up, or narrow what comes before."


def _covering(scope: Scope, earlier: Sequence[RuleShape | Rule]) -> tuple[str, ...]:
    """Return the names of the rules that cover all of `scope` between them; none where some of it is left."""
    names: dict[str, None] = {}
    for action, channel, style in product(_actions(scope), scope.channels or ("",), scope.styles or ("",)):
        by = next(
            (rule.name for rule in earlier if _covers(rule.scope, action, channel, style, scope.above)), None
        )
        if by is None:
            return ()
        names[by] = None
    return tuple(names)


def _actions(scope: Scope) -> list[Action]:
    """Return the actions for which a scope can hold."""
    return [one for one in scope.actions or Action if scope.above is None or one in PRICED]


def _covers(scope: Scope, action: Action, channel: str, style: str, above: float | None) -> bool:
    """Say whether a scope covers all of one action, channel and style pattern; empty: every one."""
    dear = scope.above is None or (above is not None and scope.above <= above)
    named = not scope.channels or channel in scope.channels
    drawn = not scope.styles or any(_is_within(style or "*", wide) for wide in scope.styles)
    return dear and named and drawn and (not scope.actions or action in scope.actions)


def _is_within(narrow: str, wide: str) -> bool:
    """Say whether all that one pattern means the other means too; where that is hard to say: no."""
    if narrow == wide or wide.strip("*") == "":
        return True
    is_plain = "*" not in narrow and "?" not in narrow
    return (is_plain or "?" not in wide) and fnmatchcase(narrow, wide)


# ── what may surprise ────────────────────────────────────────────────────────────────────────────────


def of_roles(roles: Roles, groups: Groups) -> Iterator[Told]:
    """Yield each role that nobody has."""
    for where, lists in (((), roles), *((("in", place), local) for place, local in enumerate(roles.within))):
        for role in Role:
            words = getattr(lists, role)
            if words is not None and not groups.expanded(words):
                told = "in these channels" if where else "where no [[roles.in]] says otherwise"
                yield ("roles", *where, str(role)), f"Nobody has the role “{role}” {told}."


def of_deciding(place: int, rule: Rule, policy: Policy) -> Iterator[Told]:
    """Yield what a person should know of who decides by a rule."""
    if not rule.four_eyes:
        yield (
            ("rules", place, "four_eyes"),
            "With four_eyes = false, whoever asks may approve it too, where a step names them.",
        )
    cases, cannot = _deciding(rule, policy, place), "who may not approve cannot decide here either."
    for number, step in enumerate(rule.steps):
        at = ("rules", place, "steps", number)
        if told := _too_few(step, rule, cases):
            yield at, f"{told}: {cannot}"
        if step.silent and (told := _no_holders(step.silent, cases)):
            yield (*at, "silent"), f"“silent” {told}: {cannot}"
    if rule.escalate_after and (told := _no_holders(rule.escalate_to, cases)):
        yield ("rules", place, "escalate_to"), f"“escalate_to” {told}: {cannot}"


def of_hold(prices: Prices) -> Iterator[Told]:
    """Yield that nothing is held where no price is set."""
    if prices.hold and prices.training is None and prices.picture is None:
        yield ("prices", "hold"), "No price is set here that could hold: write training or picture as well."


def _deciding(rule: Rule, policy: Policy, place: int) -> list[tuple[Sequence[Party], str]]:
    """Return who may decide where the rule at that place holds, and how to call their role there.

    That is asked where no channel is named, and for each that has roles of its own and no earlier rule.
    """
    scope, found = rule.scope, list[tuple[Sequence[Party], str]]()
    own = dict.fromkeys(channel for grant in policy.grants for channel in grant.channels)
    for action, channel in product(_actions(scope), scope.channels or (ChannelId(""), *own)):
        here = replace(scope, actions=(action,), channels=(channel,) if channel else ())
        if not _covering(here, policy.rules[:place]):
            role, where = role_of(action), f" in {channel}" if channel else ""
            found.append((policy.holders(role, channel), f"“{role}” of [roles] names{where}"))
    return found


def _too_few(step: Step, rule: Rule, cases: Iterable[tuple[Sequence[Party], str]]) -> str:
    """Return in words where a step counts more people than may decide; empty: nowhere, as far as is known."""
    for holders, named in cases:
        count = _able(step, holders, rule.escalate_to)
        if count is not None and count < step.count:
            few = f"{step.count} must approve, and this step names only {count}"
            return f"{few if count else 'This step names nobody'} whom {named}"
    return ""


def _no_holders(parties: Sequence[Party], cases: Iterable[tuple[Sequence[Party], str]]) -> str:
    """Return in words where none of these may decide; empty: nowhere, as far as is known."""
    for holders, named in cases:
        if not parties or _is_apart(parties, holders):
            return f"names nobody whom {named}"
    return ""


def _able(step: Step, holders: Sequence[Party], besides: Sequence[Party]) -> int | None:
    """Return how many may decide; none, too, of other groups of Slack, which may have a member in common."""
    named = (*step.who, *step.silent, *besides)
    return 0 if _is_apart(named, holders) else able(step, holders, besides)


def _is_apart(named: Sequence[Party], holders: Sequence[Party]) -> bool:
    """Say whether the role is given to none of these by name."""
    return EVERYONE not in {*named, *holders} and set(named).isdisjoint(holders)


def of_check(place: int, check: Check) -> Iterator[Told]:
    """Yield what a person should know of a check."""
    if check.level is Level.HARD and check.scope == Scope():
        yield ("checks", place), "This hard check is about everything: all that is asked is refused."


def of_price(section: str, place: int, scope: Scope) -> Iterator[Told]:
    """Yield what a person should know of a limit where some of what it is about has no price."""
    if free := _without_price(scope):
        have, them = ("has", "it") if len(free) == 1 else ("have", "them")
        told = f"{' and '.join(free)} {have} no price, so this never holds for {them}"
        yield (section, place, "above"), f"{told}: what is to hold for {them} too needs no “above”."


def _without_price(scope: Scope) -> list[str]:
    """Return, quoted, the actions of a scope for which its limit never holds."""
    actions = scope.actions or tuple(Action)
    return [f"“{action}”" for action in actions if scope.above is not None and action not in PRICED]

"""By what a ballot is decided: what all rules that cover a case demand together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import Refused
from bot.domain.people import EVERYONE, Party
from bot.domain.policy import Check, Level, Rule, Step

FOREVER = timedelta(days=36500)
UNTOLD = -1
"""The turn of a ballot whose first gate is still to be told of it directly: no card tells them."""


@dataclass(frozen=True)
class Terms:
    """By what a ballot is decided: each gate is passed by one of its steps, the gates in their order.

    `holders` are who has the role to decide here: a step means those of its people who are among them.
    `advice` are sentences of advisory checks, `objections` soft checks that must be overridden first.
    """

    gates: tuple[tuple[Step, ...], ...]
    rules: tuple[str, ...] = ()
    four_eyes: bool = True
    expires: timedelta = timedelta(hours=24)
    remind_after: timedelta = timedelta(hours=2)
    escalate_after: timedelta | None = None
    escalate_to: tuple[Party, ...] = ()
    advice: tuple[str, ...] = ()
    objections: tuple[Check, ...] = ()
    holders: tuple[Party, ...] = (EVERYONE,)

    @property
    def ask_somebody(self) -> bool:
        """Somebody has to decide, or to override a check, before it is done."""
        return bool(self.gates or self.objections)

    @property
    def demands(self) -> list[object]:
        """All of this that decides, fit for JSON: not what is only told, nor how long it may take."""
        gates = [
            [[step.name, sorted({*step.who, *step.silent}), step.count] for step in gate]
            for gate in self.gates
        ]
        objections = sorted([check.name, check.says] for check in self.objections)
        return [gates, self.four_eyes, sorted(set(self.escalate_to)), objections, sorted(set(self.holders))]

    def reminder_after(self, number: int) -> timedelta:
        """Return after how long the reminder of that number, from 1, comes: 1, 3, 7 … times the first."""
        seconds = self.remind_after.total_seconds() * (2 ** min(number, 60) - 1)
        return timedelta(seconds=min(seconds, FOREVER.total_seconds()))

    def reminders_within(self, waited: timedelta) -> int:
        """Return how many reminders' times come within so long."""
        return (waited // self.remind_after + 1).bit_length() - 1

    def everyone_decides(self, gate: int) -> bool:
        """Say whether every member of the workspace may decide at a gate."""
        return EVERYONE in self.holders and any(EVERYONE in step.who for step in self.gates[gate])


def terms_of(
    rules: Sequence[Rule], checks: Sequence[Check], *, holders: tuple[Party, ...] = (EVERYONE,)
) -> Terms:
    """Return what all these rules demand together. Raises Refused where a hard check failed.

    A rule or check that covers several of the cases counts once. It is escalated to those to whom each of the
    rules is, when each is: nobody gains one rule's gate by another rule's escalation.
    """
    rules, checks = tuple(dict.fromkeys(rules)), tuple(dict.fromkeys(checks))
    if hard := [check.says for check in checks if check.level is Level.HARD]:
        raise Refused(" ".join(hard), code="policy")
    gates: list[tuple[Step, ...]] = []
    for rule in rules:
        gates += [rule.steps] if rule.any_step else [(step,) for step in rule.steps]
    waits = [rule.escalate_after for rule in rules if rule.escalate_after]
    first = rules[0].escalate_to if rules else ()
    return Terms(
        tuple(gates),
        rules=tuple(rule.name for rule in rules),
        four_eyes=any(rule.four_eyes for rule in rules) if rules else True,
        expires=min((rule.expires for rule in rules), default=Terms.expires),
        remind_after=min((rule.remind_after for rule in rules), default=Terms.remind_after),
        escalate_after=max(waits) if rules and len(waits) == len(rules) else None,
        escalate_to=tuple(party for party in first if all(party in rule.escalate_to for rule in rules)),
        advice=tuple(check.says for check in checks if check.level is Level.ADVISORY),
        objections=tuple(check for check in checks if check.level is Level.SOFT),
        holders=holders,
    )


def names(gate: Collection[Step]) -> str:
    """Return in words whom a gate asks."""
    return " or ".join(step.name for step in gate)

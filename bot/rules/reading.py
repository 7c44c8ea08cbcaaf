"""The text of a policy file in, a `Policy` out, or every fault in it with its line."""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from bot.domain.ids import ChannelId
from bot.domain.people import ADMINS, EVERYONE
from bot.domain.policy import (
    BUILT_IN,
    Budget,
    Check,
    Grant,
    Policy,
    Prices,
    Role,
    Rule,
    Step,
)
from bot.rules import sense
from bot.rules.complaints import complaints
from bot.rules.faults import Fault, PolicyFault
from bot.rules.parties import USER, USER_GROUP, Groups, Told
from bot.rules.places import Path, Places
from bot.rules.shapes import BudgetShape, CheckShape, Head, Roles, RuleShape, Shape, StepShape

LARGEST: Final = 256 * 1024
"""Bytes."""
Kind = TypeVar("Kind", bound=Shape)


@dataclass(frozen=True)
class Reading:
    """A policy, and what is surprising about it though nothing is wrong."""

    policy: Policy
    cautions: tuple[Fault, ...] = ()


def read_policy(content: bytes | str, *, source: str, at: datetime | None = None) -> Reading:
    """Read a whole file, which holds since `at`; the built-in rules come after its own.

    Raises PolicyFault with all its faults.
    """
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    text = _text(raw)
    draft = _Draft(_table(text))
    places = Places(text)
    if draft.told:
        raise PolicyFault(_placed(draft.told, places))
    sha256 = hashlib.sha256(raw).hexdigest()
    policy = replace(draft.policy(), source=source, loaded_at=at, sha256=sha256)
    return Reading(policy, tuple(sorted(set(_placed(draft.cautions(policy), places)))))


def _placed(told: Iterable[Told], places: Places) -> Iterator[Fault]:
    return (Fault(places.line(path), sentence) for path, sentence in told)


def _text(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise PolicyFault([Fault(0, f"The file is larger than {LARGEST // 1024} kB: that is no policy.")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PolicyFault([Fault(line, "This is not UTF-8: save the file in that encoding.")]) from None
    return text.replace("\r\n", "\n")


def _table(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise PolicyFault(
            [Fault(0, "Its brackets are nested too deeply: a policy needs four levels.")]
        ) from None
    except ValueError as error:  # TOMLDecodeError, and what Python says of a number that is too long
        raise PolicyFault([_unreadable(str(error), text)]) from None


def _unreadable(message: str, text: str) -> Fault:
    found = re.search(r" \((?:at line (\d+), column \d+|at end of document)\)$", message)
    if not found:
        return Fault(0, "One of its numbers or dates cannot be read.")
    what = message[: found.start()]
    line = int(found[1]) if found[1] else text.count("\n") + 1
    return Fault(
        line, f"This is no TOML ({what}). Look at this line and the one before: quotes, brackets, “=”."
    )


@dataclass
class _Draft:
    """What could be read of a file: the parts that fit their shape, and what is wrong (`told`)."""

    raw: Mapping[str, Any]
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.groups = Groups(self.raw.get("groups"))
        self.told += self.groups.faults()
        self.head = self._fitting(Head, self.raw, ()) or Head()
        self.rules = self._entries("rules", RuleShape)
        self.checks = self._entries("checks", CheckShape)
        self.budgets = self._entries("budgets", BudgetShape)
        for place, rule in self.rules:
            self.told += sense.of_rule(place, rule, self.groups)
        for place, check in self.checks:
            self.told += sense.of_covering("checks", place, check)
        for place, budget in self.budgets:
            self.told += sense.of_budget(place, budget)
        self.told += sense.of_reach(self.rules)

    def _fitting(self, kind: type[Kind], raw: object, at: Path) -> Kind | None:
        try:
            return kind.model_validate(raw, context=self.groups)
        except ValidationError as invalid:
            self.told += complaints(invalid, at)
            return None

    def _entries(self, section: str, kind: type[Kind]) -> list[tuple[int, Kind]]:
        entries = self.raw.get(section)
        if not isinstance(entries, list):
            return []
        self.told += sense.of_names(section, entries)
        fitting = [(n, self._fitting(kind, entry, (section, n))) for n, entry in enumerate(entries)]
        return [(place, entry) for place, entry in fitting if entry is not None]

    def policy(self) -> Policy:
        """Return the policy; only where nothing is wrong."""
        head, prices = self.head, self.head.prices
        return Policy(
            rules=(*(self._rule(rule) for _, rule in self.rules), *BUILT_IN.rules),
            checks=tuple(Check(check.name, check.scope, check.level, check.says) for _, check in self.checks),
            grants=tuple(self._grants(head.roles)),
            budgets=tuple(
                Budget(b.name, b.limit, b.per, tuple(dict.fromkeys(b.of))) for _, b in self.budgets
            ),
            prices=Prices(prices.training, prices.picture, prices.hold),
            quiet=head.quiet_hours or BUILT_IN.quiet,
            digest=ChannelId(head.digest) if head.digest else None,
        )

    def cautions(self, policy: Policy) -> Iterator[Told]:
        """Yield what is surprising about the policy made of this."""
        yield from sense.of_roles(self.head.roles, self.groups)
        yield from sense.of_hold(policy.prices)
        for place, rule in enumerate(policy.rules[: len(self.rules)]):
            yield from sense.of_deciding(place, rule, policy)
            yield from sense.of_price("rules", place, rule.scope)
        for place, check in enumerate(policy.checks):
            yield from sense.of_check(place, check)
            yield from sense.of_price("checks", place, check.scope)

    def _grants(self, roles: Roles) -> Iterator[Grant]:
        for lists, channels in ((roles, ()), *((local, local.channels) for local in roles.within)):
            for role in Role:
                words = getattr(lists, role)
                if words is not None:
                    where = tuple(ChannelId(channel) for channel in channels)
                    yield Grant(role, self.groups.expanded(words), where)

    def _rule(self, rule: RuleShape) -> Rule:
        return Rule(
            rule.name,
            rule.scope,
            tuple(self._step(step) for step in rule.steps),
            any_step=rule.mode == "any",
            four_eyes=rule.four_eyes,
            expires=rule.expires,
            remind_after=rule.remind_after,
            escalate_after=rule.escalate_after,
            escalate_to=self.groups.expanded(rule.escalate_to),
        )

    def _step(self, step: StepShape) -> Step:
        who, silent = self.groups.expanded(step.who), self.groups.expanded(step.silent)
        return Step(step.name or _called(step.who), who, step.count, silent)


def _called(words: Iterable[str]) -> str:
    """Return what to call people who were given no name: fit for a sentence, without ids."""
    known: dict[str, str] = {EVERYONE: "a colleague", ADMINS: "an admin"}
    names = (
        "the approvers" if USER.fullmatch(word) or USER_GROUP.fullmatch(word) else known.get(word, word)
        for word in words
    )
    return " or ".join(dict.fromkeys(names))

"""Small checks out of which the rules of Block Kit are put together.

A check looks at one value at one JSON pointer and tells the case what is wrong; it never raises and never
stops at the first fault. What Slack allows is in `blockkit_rules`, not here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FileFault = Callable[[Mapping[str, Any]], str | None]


@dataclass(frozen=True)
class Problem:
    """One violation: where it is, and what is wrong there."""

    pointer: str
    text: str

    def __str__(self) -> str:
        """Return it in the words of Slack's `response_metadata.messages`."""
        return f"[ERROR] {self.text} [json-pointer:{self.pointer}]"


@dataclass
class Case:
    """One payload on trial. `file_fault` says what is wrong with a `slack_file`, None if nothing is."""

    file_fault: FileFault
    problems: list[Problem] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)

    def fault(self, at: str, text: str) -> None:
        """Note one violation."""
        self.problems.append(Problem(at, text))


Check = Callable[[Case, object, str], None]
Rule = Callable[[Case, Mapping[str, Any], str], None]
Fields = Mapping[str, Check]


def anything(case: Case, value: object, at: str) -> None:
    """Accept any value: for fields that have no published rule."""


def string(longest: int, *, shortest: int = 1, pattern: str = "") -> Check:
    """Check a string of `shortest` to `longest` characters that matches `pattern` as a whole, if given."""

    def check(case: Case, value: object, at: str) -> None:
        if not isinstance(value, str):
            case.fault(at, "must be a string")
        elif len(value) > longest:
            case.fault(at, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            case.fault(at, f"must be more than {shortest - 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            case.fault(at, f"must match {pattern}")

    return check


def boolean(case: Case, value: object, at: str) -> None:
    """Check true or false."""
    if not isinstance(value, bool):
        case.fault(at, "must be a boolean")


def whole(low: int, high: int | None = None) -> Check:
    """Check a whole number between the bounds, both allowed."""

    def check(case: Case, value: object, at: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            case.fault(at, "must be an integer")
        elif value < low or (high is not None and value > high):
            case.fault(at, f"must be between {low} and {high}")

    return check


def number(case: Case, value: object, at: str) -> None:
    """Check any number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        case.fault(at, "must be a number")


def one_of(*allowed: str) -> Check:
    """Check one of a few words."""

    def check(case: Case, value: object, at: str) -> None:
        if value not in allowed:
            case.fault(at, f"must be one of {', '.join(allowed)}")

    return check


def listing(check: Check, *, most: int, least: int = 1) -> Check:
    """Check a list of `least` to `most` items, and each item."""

    def check_all(case: Case, value: object, at: str) -> None:
        if not isinstance(value, list):
            case.fault(at, "must be an array")
            return
        if len(value) > most:
            case.fault(at, f"no more than {most} items allowed")
        if len(value) < least:
            case.fault(at, f"at least {least} items required")
        for index, item in enumerate(value):
            check(case, item, f"{at}/{index}")

    return check_all


def shape(required: Fields, optional: Fields | None = None, *rules: Rule) -> Check:
    """Check an object: these fields must be there, those may be, no other; then the rules over all of it."""
    known = {**required, **(optional or {})}

    def check(case: Case, value: object, at: str) -> None:
        if not isinstance(value, dict):
            case.fault(at, "must be an object")
            return
        for name in required:
            if value.get(name) is None:
                case.fault(at, f"missing required field: {name}")
        for name, part in value.items():
            if name not in known:
                case.fault(f"{at}/{name}", f"invalid additional property: {name}")
            elif part is not None:
                known[name](case, part, f"{at}/{name}")
        for rule in rules:
            rule(case, value, at)

    return check


def variant(table: Mapping[str, Check], *names: str) -> Check:
    """Check an object by the shape that `table` has for its `type`, which must be one of `names` (or any)."""

    def check(case: Case, value: object, at: str) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            case.fault(at, "must be an object")
        elif not isinstance(kind, str) or kind not in (names or table):
            case.fault(f"{at}/type", f"unsupported type: {kind}")
        else:
            table[kind](case, {name: part for name, part in value.items() if name != "type"}, at)

    return check


def texts(longest: int) -> dict[str, Check]:
    """Return the two kinds of text object, of 1 to `longest` characters."""
    words = {"text": string(longest)}
    return {
        "plain_text": shape(words, {"emoji": boolean}),
        "mrkdwn": shape(words, {"verbatim": boolean}),
    }


def text(longest: int) -> Check:
    """Check a text object of 1 to `longest` characters, plain or mrkdwn."""
    return variant(texts(longest))


def plain(longest: int) -> Check:
    """Check a plain_text object of 1 to `longest` characters."""
    return variant(texts(longest), "plain_text")


def exactly_one(*names: str) -> Rule:
    """Require exactly one of these fields."""

    def rule(case: Case, value: Mapping[str, Any], at: str) -> None:
        if sum(value.get(name) is not None for name in names) != 1:
            case.fault(at, f"exactly one of {', '.join(names)} is required")

    return rule


def at_least_one(*names: str) -> Rule:
    """Require at least one of these fields."""

    def rule(case: Case, value: Mapping[str, Any], at: str) -> None:
        if all(value.get(name) is None for name in names):
            case.fault(at, f"at least one of {', '.join(names)} is required")

    return rule


def unique(case: Case, names: Sequence[object], at: str, what: str) -> None:
    """Complain of each name that comes a second time."""
    for name in {str(name) for name in names if names.count(name) > 1}:
        case.fault(at, f"{what} {name} is used more than once")

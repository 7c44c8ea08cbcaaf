"""What pydantic found, in sentences: its own words are for programmers."""

import difflib
from typing import Any

from pydantic import ValidationError

from bot.rules.parties import Told, shown
from bot.rules.places import Path
from bot.rules.shapes import SHAPES, Shape, keys_of

TABLES = {
    "": "a policy",
    "roles": "[roles]",
    "roles.in": "[[roles.in]]",
    "prices": "[prices]",
    "rules": "a rule",
    "rules.steps": "a step",
    "checks": "a check",
    "budgets": "a budget",
}


def complaints(invalid: ValidationError, at: Path = ()) -> list[Told]:
    """Return a sentence for each fault in what stands at the path `at`."""
    return [_told(error["type"], (*at, *error["loc"]), error) for error in invalid.errors()]


def _told(kind: str, path: Path, error: Any) -> Told:  # noqa: ANN401 - pydantic's own dictionary
    if kind == "party":
        return path, str(error["msg"])
    words = [part for part in path if isinstance(part, str)]
    table = tuple(words[:-1])
    if kind == "extra_forbidden":
        return path, _unknown(words[-1], table)
    if table not in SHAPES:  # a group is a key of nobody's choosing but the file's
        words, table = words[:1], ()
    takes = keys_of(SHAPES[table]).get(words[-1], "something else") if words else "a table"
    if kind == "missing":
        return path, f"“{words[-1]}” is missing in {TABLES['.'.join(table)]}: write {takes}."
    given = error["input"]
    told = "" if isinstance(given, dict | list) else f", not {_quoted(given)}"
    return path, f"“{words[-1]}” takes {takes}{told}."


def _unknown(key: str, table: tuple[str, ...]) -> str:
    shape: type[Shape] = SHAPES[table]
    known = list(keys_of(shape))
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    hint = f"Did you mean “{near[0]}”?" if near else f"There is: {', '.join(known)}."
    return f"{TABLES['.'.join(table)].capitalize()} has no “{shown(key)}”. {hint}"


def _quoted(value: object) -> str:
    """Return a value as TOML writes it, nearly."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"“{shown(value)}”" if isinstance(value, str) else shown(value)

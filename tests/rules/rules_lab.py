"""Policy files as tests write them: read, or refused with every fault by line."""

import re
from datetime import UTC, datetime

import pytest

import bot.rules
from bot.rules import PolicyFault, read_policy
from bot.rules.reading import Reading

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
STEPS = 'steps = [{ from = ["everyone"] }]'
RULE = f'[[rules]]\nname = "a"\n{STEPS}\n'
"""Three lines; what follows is of that rule, from line 4."""


def example() -> str:
    """Return the file that the package's docstring shows."""
    found = re.search(r"```toml\n(.*?)```", bot.rules.__doc__ or "", re.DOTALL)
    assert found
    return found[1]


def read(text: str) -> Reading:
    return read_policy(text, source="policy.toml", at=NOW)


def faults(text: str | bytes) -> list[tuple[int, str]]:
    """Return what is wrong with a file, in the order in which it is told."""
    with pytest.raises(PolicyFault) as refused:
        read_policy(text, source="policy.toml", at=NOW)
    return [(fault.line, fault.sentence) for fault in refused.value.faults]


def fault(text: str | bytes) -> tuple[int, str]:
    """Return the one thing that is wrong with a file."""
    (only,) = faults(text)
    return only


def cautions(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.sentence) for one in read(text).cautions]

"""What a check found: a line for a person, and whether anything is wrong. No secret is ever in it."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How it stands; the values are the words that a person reads."""

    OK = "ok"
    LOOK = "look"
    """Worth a look: it works, or cannot be told from here."""
    FAULT = "fault"
    """The bot does not work until somebody mends it."""


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it stands, and, unless all is well, what to do."""

    subject: str
    mark: Mark
    sentence: str
    remedy: str = ""

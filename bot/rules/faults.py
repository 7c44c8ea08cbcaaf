"""What is wrong with a policy file, each with its line and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.errors import Refused


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend. `line` counts from 1; 0 where it is the file as a whole.

    The sentence may quote what the file says: it is not escaped for Slack.
    """

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}" if self.line else self.sentence


class PolicyFault(Refused):
    """A policy file that cannot be used; `faults` holds all that is wrong with it, by line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        told = "\n".join(f"  - {fault}" for fault in self.faults)
        super().__init__(f"The policy file cannot be used:\n{told}", code="policyFault")

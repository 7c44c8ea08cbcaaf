"""What keeps a run or generation from moving on just now, and since when: each cause has its own beginning.

One outage shows in many words, which are told as they come. What is concluded from how long it lasts is
concluded from its cause: a server that fails once after an hour without Slack has failed once.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol


class Cause(StrEnum):
    """Who or what it is; the values are what the database holds, and `Concern`'s where an alarm stands."""

    RUNWARE = "runware"
    """It does not answer, or will not for now."""
    SLACK = "slack"
    HOST = "host"
    """The server of the dataset, or of the finished pictures."""
    SLOW = "slow"
    """Runware works on it for longer than usual."""
    UNHEARD = "unheard"
    """Runware answers, and tells nothing of the task."""
    QUEUE = "queue"
    """Others of ours go first."""
    FROZEN = "frozen"
    KEY = "key"
    BALANCE = "balance"
    RESTORED = "restored"
    DOUBT = "doubt"
    """Nobody can say whether Runware has it: a person has to decide."""


class Troubled(Protocol):
    """What runs and generations have in common here; old rows have a trouble without a cause."""

    @property
    def trouble(self) -> str:
        """A sentence; empty while nothing is in the way."""
        ...

    @property
    def cause(self) -> Cause | None:
        """What it is about."""
        ...

    @property
    def troubled_since(self) -> datetime | None:
        """When this cause first showed."""
        ...


def lasted(item: Troubled, cause: Cause, *, at: datetime) -> timedelta:
    """Return for how long `cause` has kept the item from moving on: not at all where it is another."""
    if item.cause is not cause or item.troubled_since is None:
        return timedelta()
    return at - item.troubled_since


def dated(before: Troubled, after: Troubled, *, at: datetime) -> dict[str, Any]:
    """Return the fields that say of what cause, and since when, `after` is in trouble."""
    if not after.trouble:
        return {"cause": None, "troubled_since": None}
    goes_on = before.trouble and before.cause is after.cause
    return {"troubled_since": before.troubled_since if goes_on else at}

"""What keeps a run or generation from moving on just now, and since when: each cause has its own beginning.

One outage shows in many words, which are told as they come. What is concluded from how long it lasts is
concluded from its cause: a server that fails once after an hour without Slack has failed once. Where several
show at the same time one is told, and none makes the others begin anew.
"""

from dataclasses import dataclass, replace
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
    LINK = "link"
    """The link to a finished picture leads to none."""
    UNLISTED = "unlisted"
    """A finished picture is on a host that is not allowed."""
    SLOW = "slow"
    """Runware works on it for longer than usual."""
    UNHEARD = "unheard"
    """Runware tells nothing of the task, whether it answers or not."""
    QUEUE = "queue"
    """Others of ours go first."""
    FROZEN = "frozen"
    KEY = "key"
    BALANCE = "balance"
    RESTORED = "restored"
    DOUBT = "doubt"
    """Nobody can say whether Runware has it: a person has to decide."""


@dataclass(frozen=True)
class Beginning:
    """A cause that shows besides the one that is told, and when it first did."""

    cause: Cause
    since: datetime


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

    @property
    def besides(self) -> tuple[Beginning, ...]:
        """What else shows."""
        ...


def begun(item: Troubled) -> dict[Cause | None, datetime]:
    """Return when each cause that keeps the item from moving on first showed."""
    since: dict[Cause | None, datetime] = {one.cause: one.since for one in item.besides}
    return since | ({item.cause: item.troubled_since} if item.trouble and item.troubled_since else {})


def lasted(item: Troubled, cause: Cause, *, at: datetime) -> timedelta:
    """Return for how long `cause` has kept the item from moving on: not at all where it does not show."""
    return at - begun(item).get(cause, at)


def dated(before: Troubled, after: Troubled, *, at: datetime) -> dict[str, Any]:
    """Return the fields that say of what cause, and since when, `after` is in trouble."""
    if not after.trouble:
        return {"cause": None, "troubled_since": None, "besides": ()}
    since = begun(before)
    besides = tuple(replace(one, since=since.get(one.cause, one.since)) for one in after.besides)
    return {"troubled_since": since.get(after.cause, at), "besides": besides}

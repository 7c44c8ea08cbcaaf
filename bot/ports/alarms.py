"""What we ask of the store for what a person has to mend, and for what was spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.alarm import Alarm, Concern
from bot.domain.ids import WorkspaceId
from bot.domain.task import Task


class Alarms(Protocol):
    """What a person has to mend. Sounding and settling announce the `Notice` that tells of it."""

    def sound(self, workspace: WorkspaceId, concern: Concern, sentence: str, *, about: str = "") -> bool:
        """Let an alarm stand from now on, and have it told; return whether it is told.

        An alarm is told once: one that stands, and was told, is left as it is. One of those that hold what
        is paid (`HOLDS`) and was settled within the last hour stands again without a word at first, and is
        told by the first call after that hour if it still stands then.
        """
        ...

    def settle(
        self, workspace: WorkspaceId, concern: Concern, *, about: str | None = None, quietly: bool = False
    ) -> bool:
        """Let the alarms about this be over; return whether any stood. With `about`, only those about that.

        It is told once, unless `quietly`, or that it stood had not been told itself.
        """
        ...

    def get(self, workspace: WorkspaceId, concern: Concern, about: str = "") -> Alarm:
        """Return an alarm, standing or settled. Raises Refused where there never was one."""
        ...

    def standing(self) -> Sequence[Alarm]:
        """Return every alarm that stands, of all workspaces, oldest first."""
        ...

    def hold(self, workspace: WorkspaceId, *, about: str, try_every: timedelta) -> Alarm | None:
        """Return what holds back paid requests in the workspace, None where one may be made now.

        `about` says what for, a training or pictures: an alarm about another of them holds nothing back.

        Where only alarms stand that a try may end (not `NEVER_TRIED`), one caller in `try_every` gets None.
        """
        ...


@dataclass(frozen=True)
class Reading:
    """What Runware's account stated at a moment: US dollars spent, and requests made, since ever.

    `behind`: so much less than we had booked, of which it is not clear yet whether it is only late.
    """

    at: datetime
    spent: float
    requests: int
    behind: float = 0.0


@dataclass(frozen=True)
class Spending:
    """What our own runs and pictures cost: US dollars known, of how many, and how many stated none."""

    known: float
    unpriced: int
    priced: int = 0


@dataclass(frozen=True)
class HandedOver:
    """What may have reached Runware: whose it is, and whether it is a training or, else, pictures."""

    workspace: WorkspaceId
    task: Task
    is_training: bool


class Books(Protocol):
    """What the account stated, and what we know that we spent."""

    def last(self) -> Reading | None:
        """Return the newest reading, None before the first."""
        ...

    def add(self, reading: Reading) -> None:
        """Put a reading down."""
        ...

    def spending(self, since: datetime, until: datetime) -> Spending:
        """Add up what ended after `since` and not after `until`."""
        ...

    def handed_over(self, since: datetime) -> Sequence[HandedOver]:
        """Return what was first handed over after `since`, oldest first."""
        ...

    def workspaces(self) -> Sequence[WorkspaceId]:
        """Return every workspace that ever asked for anything."""
        ...

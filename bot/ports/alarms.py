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

        One that stands already is left as it is, and one that was settled within the last hour stands
        again without a word: an alarm is told once.
        """
        ...

    def settle(self, workspace: WorkspaceId, *concerns: Concern) -> bool:
        """Let the alarms about these be over, and have that told; return whether any stood."""
        ...

    def get(self, workspace: WorkspaceId, concern: Concern, about: str = "") -> Alarm:
        """Return an alarm, standing or settled. Raises Refused where there never was one."""
        ...

    def standing(self) -> Sequence[Alarm]:
        """Return every alarm that stands, of all workspaces, oldest first."""
        ...

    def hold(self, workspace: WorkspaceId, *, try_every: timedelta) -> Alarm | None:
        """Return what holds back paid requests in the workspace, None where one may be made now.

        Where only alarms stand that a try may end (not `NEVER_TRIED`), one caller in `try_every` gets None.
        """
        ...


@dataclass(frozen=True)
class Reading:
    """What Runware's account stated at a moment: US dollars spent, and requests made, since ever."""

    at: datetime
    spent: float
    requests: int


@dataclass(frozen=True)
class Spending:
    """What our own runs and pictures cost in a span: US dollars known, and how many stated no price."""

    known: float
    unpriced: int


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

    def handed_over(self, since: datetime) -> Sequence[tuple[WorkspaceId, Task]]:
        """Return what was first handed over after `since`: every task, and whose it is."""
        ...

    def workspaces(self) -> Sequence[WorkspaceId]:
        """Return every workspace that ever asked for anything."""
        ...

"""What we ask of the store for money, the audit, what is frozen, who is away, and pictures for use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audit import Deed, Did, Row, Told
from bot.domain.ids import GenerationId, SubjectId, UserId, WorkspaceId
from bot.domain.money import Booked, Entry, Micros, PriceKey, Statement
from bot.domain.people import Absence
from bot.domain.policy import Budget


class Ledger(Protocol):
    """What is reserved and spent. One entry for each subject: the second of one replaces the first."""

    def reserve(self, entry: Entry, budgets: Sequence[Budget]) -> None:
        """Put an entry down, of this moment's month. An entry that is settled already is left as it is.

        Raises BudgetExceeded, with what is left of which budget, where any of the budgets that it falls under
        has less left than `entry.reserved`; and where it falls under one and `entry.reserved` is 0, for then
        nobody knows what it will cost.
        """
        ...

    def check(self, entry: Entry, budgets: Sequence[Budget]) -> None:
        """Raise what `reserve` would raise just now, and put nothing down."""
        ...

    def settle(
        self, subject: SubjectId, cost: float | None, *, count: int | None = None, is_whole: bool = True
    ) -> Booked | None:
        """Book what it cost, US dollars; None or 0: what was reserved, marked as assumed. Once only.

        `count`: so many it became. Without `is_whole`, only a part of the cost was stated: at least as much
        as was reserved is booked, marked as assumed.
        Returns what was booked; None where there is no entry, or it was settled or released before.
        """
        ...

    def release(self, subject: SubjectId) -> Micros | None:
        """Let go of what is reserved: nothing was spent. Returns it; None as `settle` does."""
        ...

    def costs(self, workspace: WorkspaceId, key: PriceKey) -> Sequence[float]:
        """Return what one of the newest 20 of these cost, US dollars, newest first; stated ones only."""
        ...

    def dearest_like(self, workspace: WorkspaceId, key: PriceKey) -> float | None:
        """Return the most that one of the newest 20 of any size, of that quality, cost; None without any."""
        ...

    def statement(
        self,
        workspace: WorkspaceId,
        since: datetime,
        until: datetime,
        budgets: Sequence[Budget] = (),
        *,
        viewer: UserId | None = None,
    ) -> Statement:
        """Add up what was put down in that span, by style and person, largest first.

        A budget for each person tells only of `viewer`, one for each channel of every channel that spent.
        """
        ...


class Audit(Protocol):
    """The chain of `bot.domain.audit`, one for each workspace."""

    def add(self, deed: Deed) -> None:
        """Add a row."""
        ...

    def recent(self, workspace: WorkspaceId, *, limit: int, about: str = "") -> Sequence[Told]:
        """Return the newest rows, newest first, with what they stand for: all, or those about something.

        `about` is an id, an AIR or a word, in whatever case; what was refused, being about a button or a
        command and then an id, is found by the id too.
        """
        ...

    def last(self, workspace: WorkspaceId, *dids: Did) -> Told | None:
        """Return the newest row of these kinds, None where there is none."""
        ...

    def rows(self, workspace: WorkspaceId) -> Sequence[Row]:
        """Return the chain, as it is hashed, oldest first."""
        ...

    def head(self, workspace: WorkspaceId) -> tuple[int, str]:
        """Return the number and hash of the last row, as they are kept apart from it; (0, FIRST) for none."""
        ...

    def erase(self, workspace: WorkspaceId, user: UserId) -> int:
        """Forget who a pseudonym was, and all words that are theirs, or name them.

        Returns how many rows named them.
        """
        ...


@dataclass(frozen=True)
class Freeze:
    """What an admin has stopped: `train`, `generate` or `all`."""

    what: str
    reason: str
    by: UserId
    at: datetime


class Freezes(Protocol):
    """What is stopped for now."""

    def put(self, workspace: WorkspaceId, freeze: Freeze) -> None:
        """Stop it; stopped twice, the newer reason holds."""
        ...

    def lift(self, workspace: WorkspaceId, what: str) -> bool:
        """Let it go on; return whether it was stopped."""
        ...

    def standing(self, workspace: WorkspaceId) -> Sequence[Freeze]:
        """Return what is stopped."""
        ...


class Absences(Protocol):
    """Who is away."""

    def put(self, workspace: WorkspaceId, absence: Absence) -> None:
        """Note that somebody is away; the newer note replaces an older one."""
        ...

    def end(self, workspace: WorkspaceId, user: UserId) -> bool:
        """Note that somebody is back; return whether they were away."""
        ...

    def now(self, workspace: WorkspaceId) -> Mapping[UserId, Absence]:
        """Return who is away today, UTC."""
        ...


class Library(Protocol):
    """Which pictures are approved for use."""

    def clear(self, workspace: WorkspaceId, generation: GenerationId, picture: str, by: UserId) -> bool:
        """Note that a picture (Runware's id of it) may be used; return whether that is new."""
        ...

    def cleared(self, generation: GenerationId) -> frozenset[str]:
        """Return which pictures of a generation may be used."""
        ...

"""What a store should do, on plain lists and dictionaries: the model that `Storing` holds the tables against.

It knows one workspace, and no SQL. Moments are whole seconds, so that no two rows differ by a rounding.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.alarm import HOLDS, NEVER_TRIED, Concern
from bot.domain.ids import RunId
from bot.domain.message import Home, Memo, Message, RunCard
from bot.domain.run import Run, Stage

LEASE = timedelta(minutes=1)
EVERY = timedelta(seconds=5)
TRY_EVERY = timedelta(minutes=5)
QUIET = timedelta(hours=1)
AT_RUNWARE = {Stage.SUBMITTING, Stage.UNCONFIRMED, Stage.TRAINING}


@dataclass
class Kept:
    """A run on its shelf. `hint` is a look that was asked for and not begun, `looked` when the last one was.

    `promise` is the moment by which somebody who asked for a look was told that there would be one.
    """

    run: Run
    due: datetime | None
    owner: str | None = None
    version: int = 0
    hint: datetime | None = None
    looked: datetime | None = None
    promise: datetime | None = None
    events: int = 0

    def take(self, now: datetime, owner: str) -> None:
        self.due, self.owner, self.version, self.promise = now + LEASE, owner, self.version + 1, None
        if self.hint:
            self.hint, self.looked = None, now

    def give_back(self, now: datetime, due: timedelta | None) -> None:
        self.owner, self.version = None, self.version + 1
        if due is None:
            self.due = self.hint = self.promise = None
        else:
            self.due = min(now + due, self.hint or now + due)

    def hasten(self, now: datetime) -> None:
        if self.due is None or self.run.stage not in AT_RUNWARE:
            return
        soon = max(now, self.looked + EVERY) if self.looked else now
        self.hint = min(soon, self.hint or soon)
        self.promise = min(now + EVERY, self.promise or now + EVERY)
        if self.owner is None:
            self.due = min(self.due, self.hint)

    def release(self, now: datetime) -> None:
        self.due, self.owner, self.version = now, None, self.version + 1
        self.promise = self.promise and max(self.promise, now)


@dataclass
class Queued:
    """A message that is still to be said; `id` is known once it was taken."""

    message: Message
    lane: str
    due: datetime | None
    thread_of: RunId | None = None
    owner: str | None = None
    version: int = 0
    attempts: int = 0
    tried_at: datetime | None = None
    file: str | None = None
    id: str = ""

    @property
    def is_parked(self) -> bool:
        return self.due is None

    def is_kept_back(self, now: datetime) -> bool:
        """A memo that nobody has begun, and that is to be told later, waits beside its lane."""
        return isinstance(self.message, Memo) and not self.version and self.due is not None and self.due > now

    @property
    def is_card(self) -> bool:
        return isinstance(self.message, RunCard)

    def take(self, now: datetime, owner: str) -> None:
        self.due, self.owner, self.version = now + LEASE, owner, self.version + 1

    def give_back(self, due: datetime | None) -> None:
        """Put it back, or aside where it is never due."""
        self.due, self.owner, self.version = due, None, self.version + 1

    def release(self, now: datetime) -> None:
        self.give_back(now)


@dataclass
class Queue:
    """All that is to be said, in the order of its announcing; `cards` are the runs whose card stands."""

    rows: list[Queued] = field(default_factory=list)
    cards: set[RunId] = field(default_factory=set)

    def announce(self, new: Queued) -> None:
        waiting = [row for row in self.lane(new) if row.owner is None]
        if not isinstance(new.message, RunCard | Home):
            waiting = [row for row in waiting if row.message == new.message and isinstance(row.message, Memo)]
        if not waiting:
            self.rows.append(new)
        for row in waiting:
            if row.attempts == 0 and row.due and new.due:
                row.due = min(row.due, new.due)

    def may_be_drawn(self, row: Queued) -> bool:
        """Whoever took the redraw of a card that stands, and died, may have sent it: that counts as a try."""
        stands = isinstance(row.message, RunCard) and row.message.run in self.cards
        return stands and not row.is_parked and row.tried_at is None

    def lane(self, of: Queued) -> list[Queued]:
        """Return what is not set aside in a lane, in order."""
        return [row for row in self.rows if row.lane == of.lane and not row.is_parked]

    def due(self, now: datetime, *, limit: int, redraws: int | None) -> list[Queued]:
        """Return what may be said now, in order."""
        found = sorted(
            (row for row in self.rows if self._may_go(row, now)), key=lambda row: (row.due, row.lane)
        )
        if redraws is None:
            return found[:limit]
        moving = [row for row in found if row.is_card and self._card_of(row) in self.cards]
        posts = [row for row in found if row not in moving][:limit]
        return posts + moving[: min(redraws, limit - len(posts))]

    def unpark(self, now: datetime) -> int:
        """Put all that was set aside back; redraws that a later one stands for go."""
        redraws = [row for row in self.rows if row.is_parked and isinstance(row.message, RunCard | Home)]
        stale = [row for row in redraws if [one for one in self.rows if one.lane == row.lane][-1] is not row]
        self.rows = [row for row in self.rows if not any(row is one for one in stale)]
        back = [row for row in self.rows if row.is_parked]
        for row in back:
            row.give_back(now)
        return len(back)

    def _may_go(self, row: Queued, now: datetime) -> bool:
        if row.due is None or row.due > now or (row.thread_of and row.thread_of not in self.cards):
            return False
        lane = [one for one in self.lane(row) if not one.is_kept_back(now)]
        return lane[0] is row and not any(one.owner and one.due and one.due > now for one in lane[1:])

    @staticmethod
    def _card_of(row: Queued) -> RunId:
        assert isinstance(row.message, RunCard)
        return row.message.run


@dataclass
class Alarmed:
    """An alarm: since when it stands or stood, until when, and when a try was last let through.

    It is quiet until a moment where nobody was told that it stands.
    """

    since: datetime
    settled_at: datetime | None = None
    tried_at: datetime | None = None
    quiet_until: datetime | None = None


Matter = tuple[Concern, str]
"""A concern, and what it is about."""


class Alarmery(dict[Matter, Alarmed]):
    """The workspace's alarms."""

    @property
    def standing(self) -> dict[Matter, Alarmed]:
        return {matter: alarm for matter, alarm in self.items() if alarm.settled_at is None}

    def sound(self, matter: Matter, now: datetime, *, is_over_unsaid: bool) -> bool:
        """Let it stand; return whether it is to be told."""
        before = self.get(matter)
        if before and before.settled_at is None:
            is_told = before.quiet_until is not None and before.quiet_until <= now
            before.quiet_until = None if is_told else before.quiet_until
            return is_told
        self[matter] = stands = Alarmed(now)
        if is_over_unsaid or not (before and before.settled_at) or matter[0] not in HOLDS:
            return True
        is_lately = now - before.settled_at < QUIET
        stands.quiet_until = before.settled_at + QUIET if is_lately else None
        return not is_lately

    def settle(self, concern: Concern, about: str | None, now: datetime) -> list[tuple[Matter, bool]]:
        """Let those be over; return them, what stood longest first, and whether each had been told."""
        over = {
            key: one for key, one in self.standing.items() if key[0] is concern and about in (None, key[1])
        }
        for alarm in over.values():
            alarm.settled_at = now
        return [
            (key, over[key].quiet_until is None) for key in sorted(over, key=lambda k: (over[k].since, k))
        ]

    def hold(self, about: str, now: datetime) -> Concern | None:
        """Return what holds paid requests back, None where one is let through."""
        holding = {key: alarm for key, alarm in self.standing.items() if key[0] in HOLDS}
        if never := [concern for concern, _ in holding if concern in NEVER_TRIED]:
            return never[0]
        holding = {key: alarm for key, alarm in holding.items() if key[1] in ("", about)}
        if any((alarm.tried_at or alarm.since) + TRY_EVERY > now for alarm in holding.values()):
            return min(holding, key=lambda key: (holding[key].since, key))[0]
        for alarm in holding.values():
            alarm.tried_at = now
        return None

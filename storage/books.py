"""What Runware's account stated, in its table, and what the journal says that we spent.

It compares nothing: that is for whoever asks for both.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.facts import Trained
from bot.domain.ids import WorkspaceId
from bot.domain.results import Rendered
from bot.domain.task import Task
from bot.ports import HandedOver, Reading, Spending
from storage.rows import moment_of, text_of, value_of

LAST = "SELECT at, spent, requests, behind FROM readings ORDER BY at DESC LIMIT 1"
ADD = """
INSERT INTO readings (at, spent, requests, behind) VALUES (?, ?, ?, ?)
ON CONFLICT (at) DO UPDATE SET spent = excluded.spent, requests = excluded.requests, behind = excluded.behind
"""
WORKSPACES = "SELECT workspace FROM runs UNION SELECT workspace FROM generations ORDER BY workspace"
SENT = """
SELECT workspace, body, TRUE FROM runs
WHERE id IN (SELECT subject FROM events WHERE kind = 'Attempted' AND at > :since)
UNION ALL
SELECT workspace, body, FALSE FROM generations
WHERE id IN (SELECT subject FROM events WHERE kind = 'Attempted' AND at > :since)
"""
ENDED = "SELECT kind, body FROM events WHERE kind IN ('Trained', 'Rendered') AND at > ? AND at <= ?"


@dataclass(frozen=True)
class _Paid:
    """What a run and a generation have in common here."""

    task: Task | None = None


class SQLBooks:
    """The port `Books`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def last(self) -> Reading | None:
        """Return the newest reading, None before the first."""
        row = self._connection.execute(LAST).fetchone()
        if row is None:
            return None
        at, *stated = row
        return Reading(moment_of(at), *stated)

    def add(self, reading: Reading) -> None:
        """Put a reading down; the second of one moment replaces the first."""
        self._connection.execute(ADD, (text_of(reading.at), reading.spent, reading.requests, reading.behind))

    def spending(self, since: datetime, until: datetime) -> Spending:
        """Add up what ended in the span, by the journal.

        A training, or a request for pictures, that left any of its prices out counts once as unpriced; what
        it did state is added all the same.
        """
        rows = self._connection.execute(ENDED, (text_of(since), text_of(until)))
        costs = [_costs(kind, body) for kind, body in rows]
        known = sum(cost for one in costs for cost in one if cost is not None)
        unpriced = sum(None in one for one in costs)
        return Spending(float(known), unpriced, len(costs) - unpriced)

    def handed_over(self, since: datetime) -> Sequence[HandedOver]:
        """Return what was first handed over after `since`, oldest first; what was surely not taken is not."""
        found = [
            (task.first_attempt_at, HandedOver(WorkspaceId(workspace), task, bool(is_training)))
            for workspace, body, is_training in self._connection.execute(SENT, {"since": text_of(since)})
            if (task := value_of(_Paid, body).task) and task.first_attempt_at
        ]
        return [sent for at, sent in sorted(found, key=_moment) if at > since]

    def workspaces(self) -> Sequence[WorkspaceId]:
        """Return every workspace that ever asked for anything."""
        return [WorkspaceId(workspace) for (workspace,) in self._connection.execute(WORKSPACES)]


def _moment(found: tuple[datetime, HandedOver]) -> datetime:
    return found[0]


def _costs(kind: str, body: str) -> list[float | None]:
    """Return each price that an event states, None for one that it leaves out."""
    if kind == Trained.__name__:
        return [value_of(Trained, body).cost]
    return [result.cost for result in value_of(Rendered, body).results] or [None]

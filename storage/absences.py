"""Who is away, in its table: one row a person, of no account from the day on that they are back.

Days are those of UTC, as text that sorts.
"""

import sqlite3
from datetime import UTC, datetime

from bot.domain.ids import UserId, WorkspaceId
from bot.domain.people import Absence

PUT = """
INSERT INTO absences (workspace, who, until, delegate) VALUES (?, ?, ?, ?)
ON CONFLICT (workspace, who) DO UPDATE SET until = excluded.until, delegate = excluded.delegate
"""
END = "DELETE FROM absences WHERE workspace = ? AND who = ? RETURNING until"
NOW = "SELECT who, until, delegate FROM absences WHERE workspace = ? AND until > ? ORDER BY who"
FORGET = "DELETE FROM absences WHERE until <= ?"


class SQLAbsences:
    """The port `Absences`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self._today = _day(now)

    def put(self, workspace: WorkspaceId, absence: Absence) -> None:
        """Note that somebody is away; the newer note replaces an older one."""
        self._connection.execute(PUT, (workspace, absence.user, absence.until, absence.delegate))

    def end(self, workspace: WorkspaceId, user: UserId) -> bool:
        """Note that somebody is back; return whether they were away."""
        rows = self._connection.execute(END, (workspace, user)).fetchall()
        return any(until > self._today for (until,) in rows)

    def now(self, workspace: WorkspaceId) -> dict[UserId, Absence]:
        """Return who is away today."""
        rows = self._connection.execute(NOW, (workspace, self._today))
        return {
            UserId(who): Absence(UserId(who), until, delegate and UserId(delegate))
            for who, until, delegate in rows
        }


def forget(connection: sqlite3.Connection, now: datetime) -> None:
    """Forget who was away and is back."""
    connection.execute(FORGET, (_day(now),))


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()

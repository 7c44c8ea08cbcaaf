"""What a clock that was set back would otherwise stop: all that is due, until it has caught up.

Set forward, it only makes leases end early, which the fence bears. It is looked at when a store opens and at
each clean-up.
"""

import sqlite3
from datetime import datetime, timedelta

from storage.rows import moment_of, text_of

UNEVEN = timedelta(seconds=5)
"""So much a clock may be set back, or another process be ahead, without anything being done about it."""
SEEN = "SELECT seen_at FROM clock WHERE only = 1"
SEE = """
INSERT INTO clock (only, seen_at) VALUES (1, :now) ON CONFLICT (only) DO UPDATE SET seen_at = excluded.seen_at
"""
TABLES = ("runs", "generations", "outbox")


def heed(connection: sqlite3.Connection, now: datetime) -> timedelta:
    """Note that it is `now`; return by how much the clock was set back, and all that is due with it."""
    row = connection.execute(SEEN).fetchone()
    behind = moment_of(row[0]) - now if row else timedelta()
    if row and timedelta() < behind <= UNEVEN:
        return timedelta()
    if behind > UNEVEN:
        for table in TABLES:
            _bring_forward(connection, table, behind)
    connection.execute(SEE, {"now": text_of(now)})
    return max(behind, timedelta())


def _bring_forward(connection: sqlite3.Connection, table: str, by: timedelta) -> None:
    due = connection.execute(f"SELECT id, due_at FROM {table} WHERE due_at IS NOT NULL").fetchall()  # noqa: S608 - one of TABLES
    connection.executemany(
        f"UPDATE {table} SET due_at = ? WHERE id = ?",  # noqa: S608 - the same
        [(text_of(moment_of(at) - by), key) for key, at in due],
    )

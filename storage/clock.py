"""What a clock that was set back would otherwise stop: all that is due, until it has caught up.

Looks that were asked for are due as well. And a message that was tried is looked for from its announcement
on: where the clock was ahead and is right now, that moment would lie after the post; where it was right, it
is looked for from a little earlier than need be. So it is with what stands in a body: when an approval takes
effect, when a request was last sent, since when a stage or trouble lasts. Other moments that lie ahead are
borne where they are read.

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
MOMENTS = (
    ("runs", "due_at"),
    ("runs", "hint_at"),
    ("generations", "due_at"),
    ("generations", "hint_at"),
    ("proposals", "due_at"),
    ("proposals", "hint_at"),
    ("outbox", "due_at"),
    ("outbox", "last_attempt_at"),
    ("outbox", "announced_at"),
)
HANDED_OVER = ("runs", "generations")
IN_BODIES = (
    "$.stage_since",
    "$.troubled_since",
    "$.starts_at",
    "$.approval.at",
    "$.task.first_attempt_at",
    "$.task.last_attempt_at",
)


def heed(connection: sqlite3.Connection, now: datetime) -> timedelta:
    """Note that it is `now`; return by how much the clock was set back, and all that is due with it."""
    row = connection.execute(SEEN).fetchone()
    behind = moment_of(row[0]) - now if row else timedelta()
    if row and timedelta() < behind <= UNEVEN:
        return timedelta()
    if behind > UNEVEN:
        for table, column in MOMENTS:
            _bring_forward(connection, table, column, behind)
        for table in HANDED_OVER:
            for path in IN_BODIES:
                _bring_forward_within(connection, table, path, behind)
    connection.execute(SEE, {"now": text_of(now)})
    return max(behind, timedelta())


def _bring_forward(connection: sqlite3.Connection, table: str, column: str, by: timedelta) -> None:
    rows = connection.execute(f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()  # noqa: S608 - one of MOMENTS
    connection.executemany(
        f"UPDATE {table} SET {column} = ? WHERE id = ?",  # noqa: S608 - the same
        [(text_of(moment_of(at) - by), key) for key, at in rows],
    )


def _bring_forward_within(connection: sqlite3.Connection, table: str, path: str, by: timedelta) -> None:
    """Do so in the bodies of what is not over."""
    # PostgreSQL: body::json #>> path for json_extract, jsonb_set for json_set.
    rows = connection.execute(
        f"SELECT id, json_extract(body, ?) FROM {table} WHERE due_at IS NOT NULL",  # noqa: S608 - one of HANDED_OVER
        (path,),
    ).fetchall()
    connection.executemany(
        f"UPDATE {table} SET body = json_set(body, ?, ?) WHERE id = ?",  # noqa: S608 - the same
        [(path, text_of(moment_of(at) - by), key) for key, at in rows if at],
    )

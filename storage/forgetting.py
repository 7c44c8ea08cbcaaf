"""Forgetting a person on their request: who they are, and their words, in all that is kept of them here.

A training goes on to its end, as nobody's: nobody is named and nobody is told (abuse case D1 of
design/reliability.md). What is not sent yet was ended before, by who calls. Money keeps its rows. The audit
forgets by itself (`storage.audit`); what stands in Slack is Slack's.
"""

import json
import sqlite3
from typing import Any

from bot.domain.errors import Unavailable
from bot.domain.ids import RunId, SubjectId, UserId, WorkspaceId
from bot.domain.people import ERASED

BODIES = ("runs", "generations", "proposals")
COLUMNS = (("ledger", "who"), ("freezes", "who"), ("library", "who"), ("generations", "private_to"))
JOURNAL_LOCK = "events_are_never_changed"
WORDS = {"requester": ("prompt", "note"), "by": ("reason", "comment")}
"""Whose words stand beside which field that names them."""
PICTURES = frozenset({"body", "payload"})
"""What holds the prompt besides: a request to the byte, and what was approved."""
SILENCE = "(erased)"
UNDER_WAY = (
    "Pictures that they asked for are under way, and their words are needed for that. Try once more in some "
    "minutes, or cancel the pictures."
)


def forget(connection: sqlite3.Connection, workspace: WorkspaceId, user: UserId) -> list[SubjectId]:
    """Let nothing name them any more, in a transaction that is open; return the ids of what named them.

    The version of each changed item rises, so that no step under way writes the old one back. Raises
    Unavailable while pictures that they asked for are not over.
    """
    named = (workspace, f'"{user}"')
    changed: list[SubjectId] = []
    for table in BODIES:
        rows = connection.execute(
            f"SELECT id, due_at, body FROM {table} WHERE workspace = ? AND instr(body, ?)",  # noqa: S608 - ours
            named,
        ).fetchall()
        for item, due_at, body in rows:
            is_drawn = table == "generations" and json.loads(body)["request"]["requester"] == user
            if is_drawn and due_at:
                raise Unavailable(UNDER_WAY)
            connection.execute(
                f"UPDATE {table} SET body = ?, version = version + 1 WHERE id = ?",  # noqa: S608 - ours
                (_without(body, user, is_drawn=is_drawn), item),
            )
            _forget_in_journal(connection, item, user, is_drawn=is_drawn)
            changed.append(RunId(item))
    for table, column in COLUMNS:
        connection.execute(
            f"UPDATE {table} SET {column} = ? WHERE workspace = ? AND {column} = ?",  # noqa: S608 - ours
            (ERASED, workspace, user),
        )
    for condition, values in (
        ("absences WHERE workspace = ? AND (who = ? OR delegate = ?)", (workspace, user, user)),
        ("outbox WHERE workspace = ? AND instr(body, ?)", named),
        ("questions WHERE workspace = ? AND instr(body, ?)", named),
    ):
        connection.execute(f"DELETE FROM {condition}", values)  # noqa: S608 - ours
    return changed


def _forget_in_journal(connection: sqlite3.Connection, subject: str, user: UserId, *, is_drawn: bool) -> None:
    """Do so in the journal, which is else only ever added to."""
    rows = connection.execute("SELECT seq, body FROM events WHERE subject = ?", (subject,)).fetchall()
    (lock,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (JOURNAL_LOCK,)).fetchone()
    connection.execute(f"DROP TRIGGER {JOURNAL_LOCK}")
    connection.executemany(
        "UPDATE events SET body = ? WHERE subject = ? AND seq = ?",
        [(_without(body, user, is_drawn=is_drawn), subject, seq) for seq, body in rows],
    )
    connection.execute(lock)


def _without(body: str, user: UserId, *, is_drawn: bool) -> str:
    """Return the JSON without the person; `is_drawn`: it is about pictures that they asked for."""
    erased = _erased(json.loads(body), user, PICTURES if is_drawn else frozenset())
    return json.dumps(erased, ensure_ascii=False, separators=(",", ":"))


def _erased(value: Any, user: UserId, silent: frozenset[str]) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the value with the person's id replaced.

    Taken out are the words that stand beside it, and what fields named in `silent` hold.
    """
    if value == user:
        return ERASED
    if isinstance(value, list):
        return [_erased(one, user, silent) for one in value]
    if not isinstance(value, dict):
        return value
    beside = {word for field, words in WORDS.items() if value.get(field) == user for word in words}
    return {
        key: _silence(one) if key in beside | silent else _erased(one, user, silent)
        for key, one in value.items()
    }


def _silence(said: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return nothing, of the same shape."""
    return [] if isinstance(said, list) else SILENCE if said else said

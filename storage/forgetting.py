"""Forgetting a person on their request: who they are, and their words, in all that is kept of them here.

A training goes on to its end, as nobody's: nobody is named and nobody is told (abuse case D1 of
design/reliability.md). What others wrote is forgotten where it names them. What is not sent yet was ended
before, by who calls. Money keeps its rows. The audit forgets by itself (`storage.audit`); what stands in
Slack is Slack's.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from bot.domain.errors import Unavailable
from bot.domain.generation import Generation
from bot.domain.ids import RunId, SubjectId, UserId, WorkspaceId
from bot.domain.people import ERASED
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from storage.rows import value_of

BODIES = {"runs": Run, "generations": Generation, "proposals": Proposal}
HERE = "workspace = :workspace"
ITEMS = " UNION ALL ".join(f"SELECT id FROM {table} WHERE {HERE}" for table in BODIES)  # noqa: S608 - ours
# What was decided and taken back is in no body any more, and the words of a prompt name nobody.
JOURNAL = f"""
SELECT rowid, body, subject IN (
    SELECT id FROM generations WHERE json_extract(body, '$.request.requester') = :user
) AS is_drawn FROM events WHERE subject IN ({ITEMS}) AND (is_drawn OR instr(body, :user))
"""  # noqa: S608 - ours
# A repeat of a delivery is still known by its key's hash.
BESIDE = {
    "ledger": (
        "UPDATE ledger SET who = without(who), channel = without(channel)",
        f"{HERE} AND :user IN (who, channel)",
    ),
    "library": ("UPDATE library SET who = without(who)", f"{HERE} AND who = :user"),
    "freezes": (
        "UPDATE freezes SET who = without(who), reason = :silence",
        f"{HERE} AND (who = :user OR names(reason))",
    ),
    "inbox": ("UPDATE inbox SET key = hashed(key), answer = :silence", "names(key) OR names(answer)"),
    "absences": ("DELETE FROM absences", f"{HERE} AND :user IN (who, delegate)"),
    "channel_defaults": ("DELETE FROM channel_defaults", f"{HERE} AND channel = :user"),
    "outbox": ("DELETE FROM outbox", f"names(lane || ' ' || body) AND ({HERE} OR subject IN ({ITEMS}))"),
    "questions": ("DELETE FROM questions", f"{HERE} AND names(body)"),
}
"""What becomes of the rows of a table, and of which."""
JOURNAL_LOCK = "events_are_never_changed"
WORDS = {
    "requester": ("prompt", "note"),
    "proposed_by": ("note",),
    "by": ("reason", "comment"),
    "decided_by": ("reason",),
}
"""Whose words stand beside which field that names them."""
PICTURES = frozenset({"body", "payload"})
"""What holds the prompt besides: a request to the byte, and what was approved."""
WORKED_WITH = ("task", "dataset", "left_out")
ASKED_FOR = ("prompt", "name", "link", "more_links")
"""What of an item, and of its request, has to stay until it is over."""
SILENCE = "(erased)"
UNDER_WAY = (
    "{} is under way and needs words that are theirs, or name them. Cancel it, or try again when it is over."
)


def naming(user: UserId) -> Callable[[str], object]:
    """Return what finds somebody's id in a text, and none that merely begins or ends so."""
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(user)}(?![A-Za-z0-9])").search


def hashed(key: str) -> str:
    """Return what stands in the inbox for the key of a delivery that named somebody."""
    return f"erased:{sha256(key.encode()).hexdigest()}"


def count(connection: sqlite3.Connection, workspace: WorkspaceId, user: UserId) -> int:
    """Return how many rows `forget` would change or delete."""
    them = _Person(connection, workspace, user)
    found = len([*them.items(), *them.journal()])
    for table, (_, which) in BESIDE.items():
        asked = f"SELECT COUNT(*) FROM {table} WHERE {which}"  # noqa: S608 - ours
        found += int(connection.execute(asked, them.named).fetchone()[0])
    return found


def forget(connection: sqlite3.Connection, workspace: WorkspaceId, user: UserId) -> list[SubjectId]:
    """Let nothing name them any more, in a transaction that is open; return the ids of what named them.

    The version of each changed item rises, so that no step under way writes the old one back. Raises
    Unavailable while something is not over that could not go on without the words that are to be forgotten.
    """
    them = _Person(connection, workspace, user)
    items, journal = [*them.items()], [*them.journal()]
    for item in items:
        if item.is_needed:
            raise Unavailable(UNDER_WAY.format(item.subject))
        connection.execute(
            f"UPDATE {item.table} SET body = ?, channel = without(channel), version = version + 1"  # noqa: S608 - ours
            " WHERE rowid = ?",
            (item.body, item.row),
        )
    connection.execute(
        f"UPDATE generations SET private_to = without(private_to) WHERE {HERE} AND private_to = :user",  # noqa: S608
        them.named,
    )
    _rewrite(connection, journal)
    for deed, which in BESIDE.values():
        connection.execute(f"{deed} WHERE {which}", them.named)
    return [RunId(item.subject) for item in items]


@dataclass(frozen=True)
class _Rewritten:
    """A row and its body without somebody; `is_needed`: what it is about could not go on so."""

    table: str
    row: int
    body: str
    subject: str = ""
    is_needed: bool = False


def _rewrite(connection: sqlite3.Connection, journal: Iterable[_Rewritten]) -> None:
    """Change the journal, which is else only ever added to."""
    (lock,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (JOURNAL_LOCK,)).fetchone()
    connection.execute(f"DROP TRIGGER {JOURNAL_LOCK}")
    rows = [(event.body, event.row) for event in journal]
    connection.executemany("UPDATE events SET body = ? WHERE rowid = ?", rows)
    connection.execute(lock)


class _Person:
    """Who is forgotten, and the rows of one workspace that have to be written anew for it."""

    def __init__(self, connection: sqlite3.Connection, workspace: WorkspaceId, user: UserId) -> None:
        self.named = {"workspace": workspace, "user": user, "silence": SILENCE}
        self._connection = connection
        self._user = user
        self._is_named = naming(user)
        connection.create_function("names", 1, lambda text: self._is_named(text) is not None)
        connection.create_function("without", 1, lambda text: ERASED if text == user else text)
        connection.create_function("hashed", 1, hashed)

    def items(self) -> Iterator[_Rewritten]:
        """Yield each run, generation and proposal that names them."""
        for table, kind in BODIES.items():
            rows = self._connection.execute(
                f"SELECT rowid, id, body FROM {table} WHERE {HERE} AND instr(body, :user)",  # noqa: S608 - ours
                self.named,
            )
            for row, subject, body in rows.fetchall():
                before = json.loads(body)
                is_drawn = table == "generations" and before["request"]["requester"] == self._user
                after = self._without(before, PICTURES if is_drawn else frozenset())
                is_needed = _needed(after) != _needed(before) and not value_of(kind, body).is_over
                if after != before:
                    yield _Rewritten(table, row, _json(after), subject, is_needed)

    def journal(self) -> Iterator[_Rewritten]:
        """Yield each event that names them, or holds their words."""
        for row, body, is_drawn in self._connection.execute(JOURNAL, self.named).fetchall():
            before = json.loads(body)
            after = self._without(before, PICTURES if is_drawn else frozenset())
            if after != before:
                yield _Rewritten("events", row, _json(after))

    def _without(self, value: Any, silent: frozenset[str]) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the value with their id replaced.

        Taken out are their words, which stand beside it, those of others that name them, and what fields
        named in `silent` hold.
        """
        if isinstance(value, str):
            return ERASED if value == self._user else SILENCE if self._is_named(value) else value
        if isinstance(value, list):
            return [self._without(one, silent) for one in value]
        if not isinstance(value, dict):
            return value
        beside = {word for field, words in WORDS.items() if value.get(field) == self._user for word in words}
        return {
            key: _silence(one) if key in beside | silent else self._without(one, silent)
            for key, one in value.items()
        }


def _needed(item: dict[str, Any]) -> list[Any]:
    return [item.get(part) for part in WORKED_WITH] + [item["request"].get(part) for part in ASKED_FOR]


def _json(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _silence(said: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return nothing, of the same shape."""
    return [] if isinstance(said, list) else SILENCE if said else said

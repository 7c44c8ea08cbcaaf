"""What is still to be said, in its tables: a lane for each card, each thread and each person's home.

A lane is said in order, one message at a time. A card is drawn from the newest state when it is sent, so
redraws that nobody has begun fall into one; one that is being sent may show an older state, so the next
redraw is a row of its own behind it.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.errors import Conflict
from bot.domain.ids import BlobId, ChannelId, FileId, SubjectId
from bot.domain.message import (
    ContactSheet,
    Findings,
    GenerationCard,
    Home,
    Message,
    Originals,
    PairSheet,
    PaletteSheet,
    RunCard,
    RunEnded,
)
from bot.ports import Card, Pending
from storage.rows import json_of, kind_of, message_of, moment_of, moment_or_none, text_of

ANNOUNCE = """
INSERT INTO outbox (id, lane, seq, kind, body, thread_of, blob, due_at)
SELECT :id, :lane, COALESCE(MAX(seq), 0) + 1, :kind, :body, :thread_of, :blob, :now
FROM outbox WHERE lane = :lane
"""
# What was tried waits as long as Slack asked, or until it can be told whether it arrived: only an untried
# row is pulled forward.
COALESCE = """
UPDATE outbox SET due_at = CASE WHEN attempts = 0 AND due_at > :now THEN :now ELSE due_at END
WHERE lane = :lane AND parked IS NULL AND taken_by IS NULL
"""
DUE = """
SELECT id, kind, body, attempts, last_attempt_at, version, file FROM outbox AS this
WHERE due_at <= :now
    AND NOT EXISTS (
        SELECT 1 FROM outbox AS earlier
        WHERE earlier.lane = this.lane AND earlier.seq < this.seq AND earlier.parked IS NULL
    )
    AND (thread_of IS NULL OR EXISTS (SELECT 1 FROM cards WHERE cards.subject = this.thread_of))
ORDER BY due_at, lane LIMIT :limit
"""
TAKE = """
UPDATE outbox SET due_at = ?, taken_by = ?, version = version + 1 WHERE id = ? AND version = ?
"""
ATTEMPT = """
UPDATE outbox SET attempts = attempts + 1, last_attempt_at = :now WHERE id = :id AND version = :version
"""
KEEP_FILE = """
UPDATE outbox SET file = :file WHERE id = :id AND version = :version
"""
DONE = "DELETE FROM outbox WHERE id = :id AND version = :version"
POSTPONE = """
UPDATE outbox SET due_at = :due_at, taken_by = NULL, version = version + 1
WHERE id = :id AND version = :version
"""
POSTPONE_UNPOSTED = POSTPONE.replace("due_at =", "last_attempt_at = NULL, due_at =", 1)
PARK = """
UPDATE outbox SET parked = :why, due_at = NULL, taken_by = NULL, version = version + 1
WHERE id = :id AND version = :version
"""


@dataclass(frozen=True)
class _Line:
    """Where a message queues: its lane, the subject whose card must stand first, the bytes it needs."""

    lane: str
    redraws: bool = False
    thread_of: SubjectId | None = None
    blob: BlobId | None = None


def _line_of(message: Message) -> _Line:
    match message:
        case RunCard(run):
            return _Line(f"card:{run}", redraws=True)
        case GenerationCard(generation):
            return _Line(f"card:{generation}", redraws=True)
        case Home(workspace, user):
            return _Line(f"home:{workspace}:{user}", redraws=True)
        case ContactSheet(run, blob) | PaletteSheet(run, blob) | PairSheet(run, blob):
            return _Line(f"thread:{run}", thread_of=run, blob=blob)
        case Findings(run) | RunEnded(run):
            return _Line(f"thread:{run}", thread_of=run)
        case Originals(generation):
            return _Line(f"thread:{generation}", thread_of=generation)


class SQLOutbox:
    """The port `Outbox`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        self._connection = connection
        self._now = now
        self._owner = owner

    def announce(self, message: Message) -> None:
        """Put `message` down to be said; a redraw that still waits in its lane stands for this one too."""
        line = _line_of(message)
        where = {"lane": line.lane, "now": text_of(self._now)}
        if line.redraws and self._connection.execute(COALESCE, where).rowcount:
            return
        row = {"id": str(uuid4()), "kind": kind_of(message), "body": json_of(message)}
        self._connection.execute(ANNOUNCE, where | row | {"thread_of": line.thread_of, "blob": line.blob})

    def take(self, *, limit: int, lease: timedelta) -> Sequence[Pending]:
        """Take what is due and first in its lane, oldest first; a thread waits for its card to stand."""
        rows = self._connection.execute(DUE, {"now": text_of(self._now), "limit": limit}).fetchall()
        until = text_of(self._now + lease)
        found = [_pending(row) for row in rows]
        self._connection.executemany(TAKE, [(until, self._owner, one.id, one.version) for one in found])
        return [replace(one, version=one.version + 1) for one in found]

    def attempt(self, pending: Pending) -> Pending:
        """Count one more attempt before it is made; return what is pending then."""
        self._fenced(ATTEMPT, pending, now=text_of(self._now))
        return replace(pending, attempts=pending.attempts + 1, last_attempt_at=self._now)

    def keep_file(self, pending: Pending, file: FileId) -> Pending:
        """Remember the file uploaded for it; return what is pending then."""
        self._fenced(KEEP_FILE, pending, file=file)
        return replace(pending, file=file)

    def done(self, pending: Pending) -> None:
        """Take it off: it was said."""
        self._fenced(DONE, pending)

    def postpone(self, pending: Pending, *, due: timedelta, may_stand: bool = True) -> None:
        """Put it back, to fall due after `due`; without `may_stand`, no post of it need be looked for."""
        statement = POSTPONE if may_stand else POSTPONE_UNPOSTED
        self._fenced(statement, pending, due_at=text_of(self._now + due))

    def park(self, pending: Pending, why: str) -> None:
        """Set it aside for good, out of its lane's way."""
        self._fenced(PARK, pending, why=why)

    def _fenced(self, statement: str, pending: Pending, **values: str) -> None:
        """Change its row if it is still what was taken. Raises Conflict."""
        key = {"id": pending.id, "version": pending.version}
        if not self._connection.execute(statement, values | key).rowcount:
            raise Conflict("Someone else has taken this message over.")

    def card(self, subject: SubjectId) -> Card | None:
        """Return where the subject's card stands, None before it was posted."""
        row = self._connection.execute(
            "SELECT channel, ts, stage, drawn_at FROM cards WHERE subject = ?", (subject,)
        ).fetchone()
        if row is None:
            return None
        channel, ts, stage, drawn_at = row
        return Card(ChannelId(channel), ts, stage, moment_of(drawn_at))

    def keep_card(self, subject: SubjectId, card: Card) -> None:
        """Remember where the subject's card stands and what it shows."""
        self._connection.execute(
            "INSERT INTO cards (subject, channel, ts, stage, drawn_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (subject) DO UPDATE SET channel = excluded.channel, ts = excluded.ts,"
            " stage = excluded.stage, drawn_at = excluded.drawn_at",
            (subject, card.channel, card.ts, card.stage, text_of(card.drawn_at)),
        )

    def forget_card(self, subject: SubjectId) -> None:
        """Forget a card that somebody deleted; its thread waits for the next one."""
        self._connection.execute("DELETE FROM cards WHERE subject = ?", (subject,))


def _pending(row: tuple[str, str, str, int, str | None, int, str | None]) -> Pending:
    key, kind, body, attempts, last_attempt_at, version, file = row
    return Pending(
        id=key,
        message=message_of(kind, body),
        attempts=attempts,
        last_attempt_at=moment_or_none(last_attempt_at),
        version=version,
        file=None if file is None else FileId(file),
    )

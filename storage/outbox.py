"""What is still to be said, in its tables: a lane for each card, thread, person and notice.

A lane is said in order, one message at a time. A card is drawn from the newest state when it is sent, so
redraws that nobody has begun fall into one; one that is being sent may show an older state, so the next
redraw is a row of its own behind it. Which lane a message is of is said in `lanes`.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.domain.errors import Conflict
from bot.domain.ids import ChannelId, FileId, SubjectId, WorkspaceId
from bot.domain.message import Answered, Message
from bot.ports import MAY_STAND, Card, Pending
from storage.lanes import line_of
from storage.rows import json_of, kind_of, message_of, moment_of, moment_or_none, text_of, value_of

ANNOUNCE = """
INSERT INTO outbox (id, lane, seq, kind, body, subject, workspace, thread_of, blob, announced_at, due_at)
SELECT :id, :lane, COALESCE(MAX(seq), 0) + 1, :kind, :body, :subject, :workspace, :thread_of, :blob, :due,
    :due
FROM outbox WHERE lane = :lane
"""
# What was tried waits as long as Slack asked, or until it can be told whether it arrived: only an untried
# row is pulled forward.
COALESCE = """
UPDATE outbox SET due_at = CASE WHEN attempts = 0 AND due_at > :due THEN :due ELSE due_at END,
    announced_at = CASE WHEN announced_at > :due THEN :due ELSE announced_at END
WHERE lane = :lane AND parked IS NULL AND taken_by IS NULL
"""
COALESCE_SAME = f"{COALESCE} AND kind = :kind AND body = :body"
# A card that may stand is nobody else's to post: under another key it would be a second one.
_IN_DOUBT = (
    f"(other.parked LIKE '{MAY_STAND}%' AND other.kind IN ('RunCard', 'GenerationCard', 'ProposalCard'))"
)
# What was put back before others of its lane lets one of them that is under way finish. A memo that is kept
# back, as over a night, holds up none that is told at once.
DUE = """
SELECT id, kind, body, attempts, last_attempt_at, version, file, announced_at FROM outbox AS this
WHERE due_at <= :now
    AND NOT EXISTS (
        SELECT 1 FROM outbox AS other
        WHERE other.lane = this.lane AND (other.parked IS NULL OR IN_DOUBT) AND (
            (other.seq < this.seq
                AND NOT (other.kind = 'Memo' AND other.version = 0 AND other.due_at > :now))
            OR (other.seq > this.seq AND other.taken_by IS NOT NULL AND other.due_at > :now))
    )
    AND (thread_of IS NULL OR EXISTS (SELECT 1 FROM cards WHERE cards.subject = this.thread_of))
ORDER BY due_at, lane LIMIT :limit
""".replace("IN_DOUBT", _IN_DOUBT)
IS_REDRAW = """
    (kind = 'Answered' OR (kind IN ('RunCard', 'GenerationCard', 'ProposalCard')
        AND EXISTS (SELECT 1 FROM cards WHERE cards.subject = this.subject)))
"""
DUE_POSTS = DUE.replace("ORDER BY", f"AND NOT ({IS_REDRAW}) ORDER BY")
DUE_REDRAWS = DUE.replace("ORDER BY", f"AND {IS_REDRAW} ORDER BY")
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
# Whether a try was made, and when, was written down with it: what came between, say a conversation that could
# not be opened, puts no post in doubt.
POSTPONE_TRIED = """
UPDATE outbox SET due_at = :due_at, taken_by = NULL, version = version + 1,
    attempts = CASE attempts WHEN 0 THEN 1 ELSE attempts END,
    last_attempt_at = CASE WHEN :may_stand THEN last_attempt_at END
WHERE id = :id AND version = :version
"""
PARK = """
UPDATE outbox SET parked = :why, due_at = NULL, taken_by = NULL, version = version + 1
WHERE id = :id AND version = :version
"""
# What was attempted before, and is not sure not to stand, has to be looked for from then on.
MAY_BE_SAID = """
UPDATE outbox SET attempts = attempts + 1,
    last_attempt_at = CASE WHEN last_attempt_at < :since THEN last_attempt_at ELSE :since END
"""
_OF_WORKSPACE = """
parked IS NOT NULL AND (
    workspace = :workspace
    OR subject IN (SELECT id FROM runs WHERE workspace = :workspace)
    OR subject IN (SELECT id FROM generations WHERE workspace = :workspace)
    OR subject IN (SELECT id FROM proposals WHERE workspace = :workspace)
)
"""
# A later redraw of the same lane, waiting or under way, stands for this one: two might post two cards. One
# that may stand already is looked for, or made again, under its own key.
DROP_STALE = """
DELETE FROM outbox WHERE kind IN ('RunCard', 'GenerationCard', 'ProposalCard', 'Answered', 'Home')
    AND OF_WORKSPACE
    AND EXISTS (SELECT 1 FROM outbox AS later WHERE later.lane = outbox.lane AND later.seq > outbox.seq)
    AND parked NOT LIKE 'MAY_STAND%'
""".replace("OF_WORKSPACE", _OF_WORKSPACE).replace("MAY_STAND", MAY_STAND)
UNPARK = """
UPDATE outbox SET parked = NULL, due_at = :now, version = version + 1 WHERE OF_WORKSPACE
    AND (blob IS NULL OR file IS NOT NULL OR EXISTS (SELECT 1 FROM blobs WHERE blobs.id = outbox.blob))
""".replace("OF_WORKSPACE", _OF_WORKSPACE)

_Row = tuple[str, str, str, int, str | None, int, str | None, str | None]


class SQLOutbox:
    """The port `Outbox`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        self._connection = connection
        self._now = now
        self._owner = owner

    def announce(self, message: Message, *, after: timedelta = timedelta()) -> None:
        """Put `message` down to be said, not before `after` has passed.

        A redraw that still waits in its lane stands for this one too, and so does the very same memo or
        digest; what waits is then said at the earlier of the two moments.
        """
        line = line_of(message)
        row = {"lane": line.lane, "kind": kind_of(message), "body": json_of(message)}
        row["due"] = text_of(self._now + after)
        if line.redraws and self._connection.execute(COALESCE, row).rowcount:
            return
        if line.repeats and self._connection.execute(COALESCE_SAME, row).rowcount:
            return
        about = {"subject": line.subject, "workspace": line.workspace}
        needs = {"thread_of": line.thread_of, "blob": line.blob}
        self._connection.execute(ANNOUNCE, {"id": str(uuid4())} | row | about | needs)

    def take(self, *, limit: int, lease: timedelta, redraws: int | None = None) -> Sequence[Pending]:
        """Take what is due and first in its lane, oldest first; a thread waits for its card to stand.

        Where redraws are counted, everything else goes before them.
        """
        if redraws is None:
            found = self._due(DUE, limit)
        else:
            found = self._due(DUE_POSTS, limit)
            found += self._due(DUE_REDRAWS, min(redraws, limit - len(found)))
        if not found:
            return []
        until = text_of(self._now + lease)
        self._connection.executemany(TAKE, [(until, self._owner, one.id, one.version) for one in found])
        return [replace(one, version=one.version + 1) for one in found]

    def _due(self, question: str, limit: int) -> list[Pending]:
        asked = {"now": text_of(self._now), "limit": max(limit, 0)}
        return [_pending(row) for row in self._connection.execute(question, asked)]

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

    def postpone(self, pending: Pending, *, due: timedelta, may_stand: bool | None = None) -> None:
        """Put it back, to fall due after `due`; where a try `may_stand`, it is looked for before the next."""
        due_at = text_of(self._now + due)
        if may_stand is None:
            self._fenced(POSTPONE, pending, due_at=due_at)
        else:
            self._fenced(POSTPONE_TRIED, pending, due_at=due_at, may_stand=may_stand)

    def park(self, pending: Pending, why: str) -> None:
        """Set it aside for good, out of its lane's way."""
        self._fenced(PARK, pending, why=why)

    def unpark(self, workspace: WorkspaceId) -> int:
        """Put what was set aside back where it was in its lane; return how many.

        A redraw that a later one stands for is dropped, and a picture that is no longer kept stays aside.
        """
        of = {"workspace": workspace}
        self._connection.execute(DROP_STALE, of)
        return self._connection.execute(UNPARK, of | {"now": text_of(self._now)}).rowcount

    def _fenced(self, statement: str, pending: Pending, **values: str | bool) -> None:
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

    def keep_question(self, question: Answered) -> None:
        """Remember where somebody was asked directly for a decision."""
        self._connection.execute(
            "INSERT INTO questions (subject, workspace, at, body) VALUES (?, ?, ?, ?)",
            (question.memo.subject, question.memo.workspace, text_of(self._now), json_of(question)),
        )

    def questions(self, subject: SubjectId) -> Sequence[Answered]:
        """Return where people were asked directly about `subject`, in the order of the asking."""
        rows = self._connection.execute(
            "SELECT body FROM questions WHERE subject = ? ORDER BY rowid", (subject,)
        )
        return [value_of(Answered, body) for (body,) in rows]

    def channels(self) -> Sequence[ChannelId]:
        """Return every channel in which a card stands."""
        rows = self._connection.execute("SELECT DISTINCT channel FROM cards ORDER BY channel")
        return [ChannelId(channel) for (channel,) in rows]

    def forget_card(self, subject: SubjectId) -> None:
        """Forget a card that somebody deleted; its thread waits for the next one."""
        self._connection.execute("DELETE FROM cards WHERE subject = ?", (subject,))


def _pending(row: _Row) -> Pending:
    key, kind, body, attempts, last_attempt_at, version, file, announced_at = row
    return Pending(
        id=key,
        message=message_of(kind, body),
        attempts=attempts,
        last_attempt_at=moment_or_none(last_attempt_at),
        version=version,
        file=None if file is None else FileId(file),
        announced_at=moment_or_none(announced_at),
    )

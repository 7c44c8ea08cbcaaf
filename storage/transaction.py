"""The port `Transaction` over plain SQL: the shelves together, and the small tables beside them.

It neither begins nor commits: `storage.connection` does, once for many. What it needs of a database is an
`execute` with parameters; the clock is read before it and handed in.
"""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import structlog

from bot.domain.alarm import Concern
from bot.domain.approval import NOTHING
from bot.domain.errors import Refused
from bot.domain.generation import Generation
from bot.domain.ids import (
    BlobId,
    DeliveryKey,
    FileId,
    GenerationId,
    ProposalId,
    RunId,
    SubjectId,
    WorkspaceId,
)
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.ports import (
    Absences,
    Alarms,
    Audit,
    Books,
    Freezes,
    Generations,
    Ledger,
    Library,
    Outbox,
    Proposals,
    Runs,
    Styles,
)
from storage import absences, clock, epoch
from storage.absences import SQLAbsences
from storage.alarms import SQLAlarms
from storage.audit import SQLAudit
from storage.books import SQLBooks
from storage.forgetting import hashed
from storage.freezes import SQLFreezes
from storage.ledger import SQLLedger
from storage.library import SQLLibrary
from storage.outbox import MAY_BE_SAID, SQLOutbox
from storage.rows import text_of
from storage.shelves import SQLGenerations, SQLProposals, SQLRuns
from storage.statements import STATEMENTS
from storage.styles import SQLStyles

_log = structlog.get_logger()

DELIVERY_KEPT = timedelta(days=2)
"""Slack repeats a delivery for at most some hours."""
BLOB_KEPT = timedelta(days=7)
"""Bytes that no message needs: what is left of work that was given up."""
UPLOAD_KEPT = timedelta(days=7)
"""Whoever would go on with an upload has done so, or given up, by then."""
QUESTION_KEPT = timedelta(days=90)
"""Nobody looks for the buttons of a direct message that is older."""
LONG_AGO = text_of(datetime.min.replace(tzinfo=UTC))
"""The age of bytes that were let go."""
# Whoever died while drawing a card may have sent an old state, which lands any moment: it counts as a try.
DOUBT_REDRAWS = """
UPDATE outbox SET attempts = attempts + 1, last_attempt_at = :now
WHERE due_at IS NOT NULL AND taken_by = :owner AND last_attempt_at IS NULL
    AND (kind = 'Answered' OR (kind IN ('RunCard', 'GenerationCard', 'ProposalCard')
        AND EXISTS (SELECT 1 FROM cards WHERE cards.subject = outbox.subject)))
"""
RELEASE_OUTBOX = """
UPDATE outbox SET due_at = :now, taken_by = NULL, version = version + 1
WHERE due_at IS NOT NULL AND taken_by = :owner
"""

FURTHEST_BACK = timedelta(days=30)
"""So old a backup is taken to be that does not say how old it is."""
LAST_EVENT = "SELECT MAX(at) FROM events"
RESTORED = (
    "My database was restored from a backup, or copied: it may have forgotten what was handed over since."
    " I compare it with my cards in Slack now, and hand nothing over until that is done. If this still stands"
    " in an hour, ask whoever runs Housestyle to look at its log."
)


class SQLTransaction:
    """One unit of work on `connection`, at the moment `now`, for the process that is named `owner`."""

    runs: Runs
    generations: Generations
    styles: Styles
    outbox: Outbox
    alarms: Alarms
    books: Books
    proposals: Proposals
    ledger: Ledger
    audit: Audit
    freezes: Freezes
    absences: Absences
    library: Library

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        self._connection = connection
        self._now = now
        self.runs = self._runs = SQLRuns(connection, now, owner)
        self.generations = self._generations = SQLGenerations(connection, now, owner)
        self.proposals = self._proposals = SQLProposals(connection, now, owner)
        self.styles = SQLStyles(connection, now)
        self.outbox = SQLOutbox(connection, now, owner)
        self.alarms = SQLAlarms(connection, now, self.outbox)
        self.books = SQLBooks(connection)
        self.ledger = SQLLedger(connection, now)
        self.audit = SQLAudit(connection, now)
        self.freezes = SQLFreezes(connection)
        self.absences = SQLAbsences(connection, now)
        self.library = SQLLibrary(connection, now)

    @property
    def now(self) -> datetime:
        """The moment of this transaction, UTC."""
        return self._now

    @property
    def epoch(self) -> int:
        """How often something paid was about to be sent, or was decided; see `storage.epoch`."""
        return epoch.number_of(self._connection)

    def catch_up(self, reached: int) -> None:
        """Bring a database that was restored from a backup, or copied, up to the epoch that was reached.

        The alarm is sounded in every workspace, and is about the moment of the last thing that is known. All
        that was still to be said then may have been said since, and is looked for before it is said again.
        """
        epoch.catch_up(self._connection, reached)
        (known,) = self._connection.execute(LAST_EVENT).fetchone()
        since = known or text_of(self._now - FURTHEST_BACK)
        self._connection.execute(MAY_BE_SAID, {"since": since})
        for workspace in self.books.workspaces() or [WorkspaceId("")]:
            self.alarms.sound(workspace, Concern.RESTORED, RESTORED, about=known or "")

    def once(self, delivery: DeliveryKey, work: Callable[[], str]) -> str:
        """Do `work` and keep its answer; a delivery that was answered before gets that, and no work.

        What `work` raises takes the whole transaction back, so the same delivery may then come again.
        """
        known = (delivery, hashed(delivery))
        first = self._connection.execute("SELECT answer FROM inbox WHERE key IN (?, ?)", known).fetchone()
        if first:
            return str(first[0])
        answer = work()
        self._connection.execute(
            "INSERT INTO inbox (key, answer, at) VALUES (?, ?, ?)", (delivery, answer, text_of(self._now))
        )
        return answer

    def asked(self, subject: SubjectId) -> Run | Generation | Proposal:
        """Return what has that id, whichever it is. Raises Refused where nothing has."""
        found = (
            self._runs.find(RunId(subject))
            or self._generations.find(GenerationId(subject))
            or self._proposals.find(ProposalId(subject))
        )
        if found is None:
            raise Refused(NOTHING.format(subject))
        return found

    def begin_upload(self, key: str, file: FileId) -> None:
        """Note that what is named `key` here is being uploaded as `file`; a later upload replaces it."""
        self._connection.execute(
            "INSERT INTO uploads (key, file, at) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET file = excluded.file, at = excluded.at",
            (key, file, text_of(self._now)),
        )

    def begun_upload(self, key: str) -> FileId | None:
        """Return the file that what is named `key` was last being uploaded as, whole or broken off."""
        row = self._connection.execute("SELECT file FROM uploads WHERE key = ?", (key,)).fetchone()
        return FileId(row[0]) if row else None

    def keep_blob(self, body: bytes) -> BlobId:
        """Keep bytes until they are posted; the same bytes twice are one blob, as young as the second."""
        blob = BlobId(sha256(body).hexdigest())
        self._connection.execute(
            "INSERT INTO blobs (id, body, created_at) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at",
            (blob, body, text_of(self._now)),
        )
        return blob

    def blob(self, blob: BlobId) -> bytes:
        """Return kept bytes. Raises Refused where they are gone."""
        row = self._connection.execute("SELECT body FROM blobs WHERE id = ?", (blob,)).fetchone()
        if row is None:
            raise Refused("This picture is no longer kept here.")
        return bytes(row[0])

    def drop_blob(self, blob: BlobId) -> None:
        """Let go of kept bytes; while a message that is still to be said needs them, they stay until then."""
        self._connection.execute("UPDATE blobs SET created_at = ? WHERE id = ?", (LONG_AGO, blob))
        self._drop_unneeded_before(LONG_AGO)

    def release(self, owners: Iterable[str]) -> None:
        """Make all that these processes had taken due now; what they still try to save is refused."""
        rows = [{"now": text_of(self._now), "owner": owner} for owner in owners]
        shelves = (sql.release for sql in STATEMENTS.values())
        for statement in (*shelves, DOUBT_REDRAWS, RELEASE_OUTBOX):
            self._connection.executemany(statement, rows)

    def heed_clock(self) -> None:
        """Make up for a clock that was set back: what is due stays as far off as it was."""
        if back := clock.heed(self._connection, self._now):
            _log.warning("the clock was set back", seconds=round(back.total_seconds()))

    def forget(self) -> None:
        """Forget what cannot come again, and what nobody needs any more."""
        self._connection.execute("DELETE FROM inbox WHERE at < ?", (text_of(self._now - DELIVERY_KEPT),))
        self._connection.execute("DELETE FROM uploads WHERE at < ?", (text_of(self._now - UPLOAD_KEPT),))
        self._connection.execute("DELETE FROM questions WHERE at < ?", (text_of(self._now - QUESTION_KEPT),))
        absences.forget(self._connection, self._now)
        self._drop_unneeded_before(text_of(self._now - BLOB_KEPT))

    def _drop_unneeded_before(self, moment: str) -> None:
        self._connection.execute(
            "DELETE FROM blobs WHERE created_at <= ?"
            " AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.blob = blobs.id AND outbox.parked IS NULL)",
            (moment,),
        )

"""What `housestyle audit` does: verify each chain, export it, and forget a person in it.

A look is at one moment, and changes nothing, whether the bot runs meanwhile or the file is a backup. It finds
what whoever can write the file changed in a chain, in somebody's words or in who somebody is, but one thing
it cannot find. Who rewrites the end of a chain, its head and all, leaves a whole chain behind: only a head
that was kept elsewhere tells, and `expected` is that.
"""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.approval import askers
from bot.domain.audit import faults
from bot.domain.ballot import Retracted
from bot.domain.deciding import is_waiting, open_ballot
from bot.domain.errors import Refused, Unavailable
from bot.domain.generation import Generation
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.proposal import Proposal
from bot.domain.run import Run, Stage
from bot.domain.task import Cancelled
from bot.journal import draw, record
from bot.ports import Transaction
from storage import epoch
from storage.audit import SQLAudit, chain, faults_beside, workspaces
from storage.connection import BUSY_SECONDS, connect, opened
from storage.forgetting import count, forget
from storage.sqlite import utc_now
from storage.transaction import SQLTransaction

TABLES = {"audit", "audit_heads", "audit_people", "audit_words"}
SPAN = "SELECT COUNT(*), MIN(at), MAX(at) FROM audit WHERE workspace = ?"
HASH = "SELECT hash FROM audit WHERE workspace = ? AND seq = ?"
NAMES = """
SELECT p."user", w.text FROM audit a
LEFT JOIN audit_people p ON p.workspace = a.workspace AND p.pseudonym = a.who
LEFT JOIN audit_words w ON w.workspace = a.workspace AND w.seq = a.seq
WHERE a.workspace = ? AND a.seq = ?
"""
RECIPE = """\
# Verifies an export of Housestyle's audit: housestyle audit export | python verify.py
import hashlib, json, sys
told = "workspace", "seq", "at", "who", "did", "about", "digest", "dollars", "words", "before"
last = {}
for row in map(json.loads, sys.stdin):
    text = json.dumps([row[name] for name in told], ensure_ascii=False, separators=(",", ":"))
    is_next = (row["seq"] - 1, row["before"]) == last.get(row["workspace"], (0, "0" * 64))
    if not is_next or row["hash"] != hashlib.sha256(text.encode()).hexdigest():
        print("FAULT at row", row["seq"], "of", row["workspace"])
    last[row["workspace"]] = row["seq"], row["hash"]
print("ends with", last)"""
"""A program for whoever has an export and not us, nor any reason to trust us."""

_BEFORE_IT_IS_SENT = frozenset({Stage.REQUESTED, Stage.APPROVED, Stage.SUBMITTING})
Item = Run | Generation | Proposal
Point = tuple[int, str]
"""A row's number and its hash."""


@dataclass(frozen=True)
class Verdict:
    """What was found in one workspace's chain; `first` and `last` are moments as they are stored."""

    workspace: WorkspaceId
    count: int
    first: str
    last: str
    head: Point
    faults: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield what to print: a line for the chain and one for each fault."""
        span = f"{self.first} to {self.last}" if self.count else "no moment"
        seq, digest = self.head
        yield f"{self.workspace}: {self.count:,} row{'s' * (self.count != 1)}, {span}, head {seq}:{digest}"
        yield from (f"  FAULT: {sentence}" for sentence in self.faults)
        if not self.faults:
            yield "  The chain is whole."


def verify(database: Path, workspace: str = "", expected: Point | None = None) -> list[Verdict]:
    """Look through the chain of a workspace, or of each.

    Raises Refused where there is none to look through, or `expected` is said of several, and Unavailable
    where the database does not answer.
    """
    with _look(database) as connection:
        asked = _asked(connection, workspace)
        if expected and len(asked) != 1:
            raise Refused("Say whose chain the expected row is of, with --workspace.")
        return [_verdict(connection, one, expected) for one in asked]


def export(database: Path, workspace: str = "", *, names: bool = False) -> Iterator[str]:
    """Yield each row as a line of JSON: what is hashed, in its order, and the hash.

    With `names`, `user` and `text` follow, null where there is none or it was erased. Raises as `verify`.
    """
    with _look(database) as connection:
        for one in _asked(connection, workspace):
            for row in chain(connection, one):
                told = dict(vars(row))
                if names:
                    named = connection.execute(NAMES, (one, row.seq)).fetchone() or (None, None)
                    told["user"], told["text"] = (text if text is None else str(text) for text in named)
                yield json.dumps(told)


def named_in(database: Path, user: str, workspace: str = "") -> dict[WorkspaceId, int]:
    """Return how many rows name somebody or hold their words, by workspace; where none does, it is left out.

    Raises Refused where there are none at all, else as `verify`.
    """
    if not re.fullmatch(r"[UW][A-Z0-9]+", user):
        raise Refused(f"“{user}” is no Slack member id: one looks like U012AB3CD.")
    who = UserId(user)
    with _look(database) as connection:
        audit = SQLAudit(connection, datetime.now(UTC))
        known = _asked(connection, workspace)
        found = {one: audit.count(one, who) + count(connection, one, who) for one in known}
    if not any(found.values()):
        raise Refused(f"Nothing that is kept names {user}{' in ' + workspace if workspace else ''}.")
    return {one: rows for one, rows in found.items() if rows}


def erase(
    database: Path,
    user: str,
    where: Sequence[WorkspaceId],
    *,
    busy_seconds: float = BUSY_SECONDS,
    now: Callable[[], datetime] = utc_now,
) -> list[Verdict]:
    """Forget somebody in these workspaces, on the disk too; return how their chains are afterwards.

    What they asked for and was not sent yet ends. What a database deletes stays readable until it is
    overwritten, which the connection sees to, and until its log is emptied. Raises Unavailable where somebody
    reads for longer than `busy_seconds`, which keeps the log as it is, and says what to do.
    """
    try:
        with closing(connect(database).conn) as connection:
            connection.execute("BEGIN IMMEDIATE")
            tx = SQLTransaction(connection, now(), owner="")
            if epoch.is_restored(database, tx.epoch):  # what is counted below must not hide that from the bot
                tx.catch_up(epoch.read(database))
            counted = tx.epoch
            for one in where:
                _erase(tx, connection, one, UserId(user))
            connection.execute("COMMIT")
            if tx.epoch > counted:
                epoch.keep(database, tx.epoch)
            connection.execute(f"PRAGMA busy_timeout = {busy_seconds * 1000:.0f}")
            (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        raise _told(error) from error
    if is_busy:
        raise Unavailable(
            f"It is erased, and can still be read in the file {database}-wal, because somebody is reading the"
            " database. Stop Housestyle once: that empties the file."
        )
    with _look(database) as connection:
        return [_verdict(connection, one, None) for one in where]


def _erase(tx: SQLTransaction, connection: sqlite3.Connection, workspace: WorkspaceId, user: UserId) -> None:
    """Forget somebody in one workspace; what still goes on and named them is shown as it is now."""
    _end_what_is_theirs(tx, workspace, user)
    tx.audit.erase(workspace, user)
    for subject in forget(connection, workspace, user):
        if not (item := tx.asked(subject)).is_over:
            draw(tx, item)


def _end_what_is_theirs(tx: Transaction, workspace: WorkspaceId, user: UserId) -> None:
    """End what they asked for and was not sent yet; void the votes that are theirs, or in their place.

    It would be nobody's from then on: they could approve it themselves, and vote a second time.
    """
    live: list[Item] = [*tx.runs.live(), *tx.generations.live(), *tx.proposals.live()]
    for item in live:
        if item.request.workspace != workspace:
            continue
        if user in askers(item) and _is_unsent(item):
            record(tx, item, Cancelled(user), None)
        elif ballot := open_ballot(item):
            _void(tx, item, {vote.by for vote in ballot.votes if user in (vote.by, vote.seat)})


def _is_unsent(item: Item) -> bool:
    """Say whether people are asked about it, or might be once more: what was sent goes on to its end."""
    return is_waiting(item) or (
        isinstance(item, Run) and item.stage in _BEFORE_IT_IS_SENT and not item.may_be_charged
    )


def _void(tx: Transaction, item: Item, voters: set[UserId]) -> None:
    for who in sorted(voters):
        item = record(tx, item, Retracted(who, has_left=True), None)


@contextmanager
def _look(database: Path) -> Iterator[sqlite3.Connection]:
    """Lend the database as of one moment; it is neither made nor changed."""
    if not database.is_file():
        raise Refused(f"There is no database at {database}; check DATABASE_URL.")
    try:
        with opened(database) as connection:
            connection.text_factory = _readable
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            _check_has_audit(database, connection)
            yield connection
    except sqlite3.DatabaseError as error:
        raise _told(error) from error


def _readable(text: bytes) -> str:
    """Return text as it is stored; what is no text any more is shown, so that it can be named."""
    return text.decode(errors="backslashreplace")


def _check_has_audit(database: Path, connection: sqlite3.Connection) -> None:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if "migrations" not in tables:
        raise Refused(f"The file {database} is no Housestyle database. Check DATABASE_URL.")
    if not tables >= TABLES:
        raise Refused("This database has no audit yet: `housestyle migrate` brings it up to date.")


def _asked(connection: sqlite3.Connection, workspace: str) -> list[WorkspaceId]:
    known = workspaces(connection)
    if workspace and workspace not in known:
        told = ", ".join(map(str, known))
        raise Refused(f"The audit has no row of the workspace {workspace}. It knows: {told}.")
    return [WorkspaceId(workspace)] if workspace else known


def _verdict(connection: sqlite3.Connection, workspace: WorkspaceId, expected: Point | None) -> Verdict:
    head = SQLAudit(connection, datetime.now(UTC)).head(workspace)
    found = faults(chain(connection, workspace), head=head)
    found += faults_beside(connection, workspace)
    if expected:
        found += _unexpected(connection, workspace, expected)
    count, first, last = connection.execute(SPAN, (workspace,)).fetchone()
    return Verdict(workspace, count, first or "", last or "", head, tuple(found))


def _unexpected(connection: sqlite3.Connection, workspace: WorkspaceId, expected: Point) -> Iterator[str]:
    seq, digest = expected
    row = connection.execute(HASH, (workspace, seq)).fetchone()
    if row is None:
        yield f"row {seq}, which was there, is not: the chain was cut off before it"
    elif row[0] != digest:
        yield f"row {seq} is not the one that was there: it, or rows before it, were written anew"


def _told(error: sqlite3.DatabaseError) -> Refused | Unavailable:
    """Return what SQLite's error means for whoever typed the command."""
    if isinstance(error, sqlite3.OperationalError):
        return Unavailable(f"The database does not answer ({error}). Please try again in a minute.")
    return Refused(f"The database cannot be read ({error}). `housestyle doctor` says what to do.")

"""The audit in its tables: chains of hashes that only grow, and beside them what they stand for.

A chain names people, and free text, by the SHA-256 of a random salt and their id, or the text. Who somebody
is, salts and texts are in tables of their own, whose rows can be deleted: nothing in the chain then tells
what they were. What is changed in them no longer fits the chain. Nothing is kept in memory, for a savepoint
may take back what was added.
"""

import hashlib
import re
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeGuard

from bot.domain.audit import FIRST, Deed, Did, Row, Told
from bot.domain.ids import UserId, WorkspaceId
from storage.forgetting import naming
from storage.rows import moment_of, text_of

HEAD = "SELECT seq, hash FROM audit_heads WHERE workspace = ?"
# Usually these are one and the same. Where somebody edited the one, the chain goes on after the further of
# them: nothing that is missing is papered over, and what is done next can be put down.
LAST = """
SELECT seq, hash, 1 AS is_kept FROM audit_heads WHERE workspace = :workspace AND typeof(seq) = 'integer'
UNION ALL SELECT * FROM (
    SELECT seq, hash, 0 FROM audit WHERE workspace = :workspace AND typeof(seq) = 'integer'
    ORDER BY seq DESC LIMIT 1
)
ORDER BY seq DESC, is_kept DESC LIMIT 1
"""
ADD = "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
KEEP_HEAD = """
INSERT INTO audit_heads (workspace, seq, hash) VALUES (?, ?, ?)
ON CONFLICT (workspace) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
"""
KEEP_WORDS = "INSERT INTO audit_words (workspace, seq, salt, text) VALUES (?, ?, ?, ?)"
PSEUDONYM = 'SELECT pseudonym FROM audit_people WHERE workspace = ? AND "user" = ?'
KEEP_PERSON = 'INSERT INTO audit_people (workspace, pseudonym, "user", salt) VALUES (?, ?, ?, ?)'
PEOPLE = 'SELECT pseudonym, salt, "user" FROM audit_people WHERE workspace = ? ORDER BY pseudonym'
CHAIN = """
SELECT workspace, seq, at, who, did, about, digest, dollars, words, before, hash FROM audit
WHERE workspace = ? ORDER BY seq
"""
_TOLD = """
SELECT a.at, a.who, p."user", a.did, a.about, a.digest, a.dollars, w.text FROM audit a
LEFT JOIN audit_people p ON p.workspace = a.workspace AND p.pseudonym = a.who
LEFT JOIN audit_words w ON w.workspace = a.workspace AND w.seq = a.seq
WHERE a.workspace = :workspace
"""
RECENT = f"{_TOLD} ORDER BY a.seq DESC LIMIT :limit"
# What was refused is about a button or a command, and then an id. The index holds all that is looked through.
ABOUT = """
SELECT seq FROM audit
WHERE workspace = :workspace AND substr(lower(' ' || about), -length(:about) - 1) = ' ' || lower(:about)
"""
RECENT_ABOUT = f"{_TOLD} AND a.seq IN ({ABOUT}) ORDER BY a.seq DESC LIMIT :limit"
LAST_OF = f"{_TOLD} AND a.did IN ({{}}) ORDER BY a.seq DESC LIMIT 1"
COUNT_OF = "SELECT COUNT(*) FROM audit WHERE workspace = ? AND who = ?"
FORGET_WORDS = """
DELETE FROM audit_words
WHERE workspace = :workspace AND seq IN (SELECT seq FROM audit WHERE workspace = :workspace AND who = :who)
"""
# Words of others, and of ours, in which somebody may be named; theirs are forgotten with them.
WORDS_OF_OTHERS = """
SELECT w.seq, w.text FROM audit_words w LEFT JOIN audit a ON a.workspace = w.workspace AND a.seq = w.seq
WHERE w.workspace = :workspace AND instr(w.text, :user) AND a.who IS NOT :who ORDER BY w.seq
"""
FORGET_WORDS_OF = "DELETE FROM audit_words WHERE workspace = ? AND seq = ?"
FORGET_PERSON = "DELETE FROM audit_people WHERE workspace = ? AND pseudonym = ?"
WORKSPACES = """
SELECT workspace FROM audit UNION SELECT workspace FROM audit_heads
UNION SELECT workspace FROM audit_people UNION SELECT workspace FROM audit_words ORDER BY workspace
"""
WORDS = """
SELECT w.seq, w.salt, w.text, a.words FROM audit_words w
LEFT JOIN audit a ON a.workspace = w.workspace AND a.seq = w.seq
WHERE w.workspace = ? ORDER BY w.seq
"""
# What `erase` takes away, it adds a row about; whatever else is away was taken away by somebody else.
LOST_WORDS = """
SELECT seq FROM audit WHERE workspace = :workspace AND words <> ''
    AND seq NOT IN (SELECT seq FROM audit_words WHERE workspace = :workspace)
    AND who NOT IN (SELECT about FROM audit WHERE workspace = :workspace AND did = :erased)
    AND 'words of row ' || seq NOT IN (SELECT about FROM audit WHERE workspace = :workspace AND did = :erased)
ORDER BY seq
"""
LOST_PEOPLE = """
SELECT who, MIN(seq) FROM audit WHERE workspace = :workspace AND who <> ''
    AND who NOT IN (SELECT pseudonym FROM audit_people WHERE workspace = :workspace)
    AND who NOT IN (SELECT about FROM audit WHERE workspace = :workspace AND did = :erased)
GROUP BY who ORDER BY MIN(seq)
"""

_Told = tuple[str, str, str | None, str, str, str, str, str | None]


class SQLAudit:
    """The port `Audit`, at the moment `now`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def add(self, deed: Deed) -> None:
        """Add a row; who appears for the first time gets a pseudonym."""
        salt = secrets.token_hex(16) if deed.words else ""
        seq, before = self._last(deed.workspace)
        row = Row(
            workspace=deed.workspace,
            seq=seq + 1,
            at=text_of(self._now),
            who=self._named(deed.workspace, deed.who) if deed.who else "",
            did=deed.did.value,
            about=deed.about,
            digest=deed.digest,
            dollars="" if deed.dollars is None else f"{deed.dollars:.6f}",
            words=salted(salt, deed.words),
            before=before,
        )
        row = replace(row, hash=row.hashed())
        self._connection.execute(ADD, tuple(vars(row).values()))
        self._connection.execute(KEEP_HEAD, (row.workspace, row.seq, row.hash))
        if deed.words:
            self._connection.execute(KEEP_WORDS, (row.workspace, row.seq, salt, deed.words))

    def recent(self, workspace: WorkspaceId, *, limit: int, about: str = "") -> Sequence[Told]:
        """Return the newest rows, newest first: all, or those about something, refusals among them."""
        asked = {"workspace": workspace, "limit": limit, "about": about}
        return [_told(row) for row in self._connection.execute(RECENT_ABOUT if about else RECENT, asked)]

    def last(self, workspace: WorkspaceId, *dids: Did) -> Told | None:
        """Return the newest row of these kinds, None where there is none."""
        kinds = {f"did{place}": did.value for place, did in enumerate(dids)}
        asked = LAST_OF.format(", ".join(f":{kind}" for kind in kinds))
        row = self._connection.execute(asked, {"workspace": workspace, **kinds}).fetchone()
        return _told(row) if row else None

    def rows(self, workspace: WorkspaceId) -> Sequence[Row]:
        """Return the chain, as it is hashed, oldest first."""
        return list(chain(self._connection, workspace))

    def head(self, workspace: WorkspaceId) -> tuple[int, str]:
        """Return the number and hash of the last row, as they are kept apart from it; (0, FIRST) for none."""
        seq, digest = self._connection.execute(HEAD, (workspace,)).fetchone() or (0, FIRST)
        return _number(seq), str(digest)

    def erase(self, workspace: WorkspaceId, user: UserId) -> int:
        """Forget who a pseudonym was, that person's words, and those of others that name them.

        A row says that it was done, by the pseudonym, and one by the number of each row of others. Returns
        how many rows named them; where none did, no row is added. It is gone from the disk only once the log
        is moved into the file: see `bot.auditing.erase`.
        """
        count, who = self.count(workspace, user), self._pseudonym(workspace, user)
        named_by_others = self._named_by_others(workspace, user)
        if who:
            self._connection.execute(FORGET_WORDS, {"workspace": workspace, "who": who})
            self._connection.execute(FORGET_PERSON, (workspace, who))
            self.add(Deed(workspace, None, Did.ERASED, about=who))
        for seq in named_by_others:
            self._connection.execute(FORGET_WORDS_OF, (workspace, seq))
            self.add(Deed(workspace, None, Did.ERASED, about=f"words of row {seq}"))
        return count

    def count(self, workspace: WorkspaceId, user: UserId) -> int:
        """Return how many rows `erase` would let name them no more."""
        asked = (workspace, self._pseudonym(workspace, user))
        (theirs,) = self._connection.execute(COUNT_OF, asked).fetchone()
        return int(theirs) + len(self._named_by_others(workspace, user))

    def _named_by_others(self, workspace: WorkspaceId, user: UserId) -> list[int]:
        """Return the rows, not theirs, whose words hold their id, and not merely one that begins so."""
        asked = {"workspace": workspace, "user": user, "who": self._pseudonym(workspace, user)}
        is_named = naming(user)
        return [seq for seq, text in self._connection.execute(WORDS_OF_OTHERS, asked) if is_named(text)]

    def _last(self, workspace: WorkspaceId) -> tuple[int, str]:
        last = self._connection.execute(LAST, {"workspace": workspace}).fetchone()
        return (last[0], str(last[1])) if last else (0, FIRST)

    def _pseudonym(self, workspace: WorkspaceId, user: UserId) -> str | None:
        kept = self._connection.execute(PSEUDONYM, (workspace, user)).fetchone()
        return kept[0] if kept else None

    def _named(self, workspace: WorkspaceId, user: UserId) -> str:
        """Return somebody's pseudonym, a new one if they have none."""
        who = self._pseudonym(workspace, user)
        if who is None:
            salt = secrets.token_hex(16)
            who = pseudonym(salt, user)
            self._connection.execute(KEEP_PERSON, (workspace, who, user, salt))
        return who


def salted(salt: str, words: str) -> str:
    """Return what a row holds for free text: the SHA-256 of salt and text; empty where there is none."""
    return hashlib.sha256((salt + words).encode()).hexdigest() if words else ""


def pseudonym(salt: str, user: str) -> str:
    """Return what rows call somebody: without the salt nobody can tell who that is, nor claim another."""
    return f"p{salted(salt, user)[:32]}"


def workspaces(connection: sqlite3.Connection) -> list[WorkspaceId]:
    """Return every workspace that any of the audit's tables knows."""
    return [WorkspaceId(workspace) for (workspace,) in connection.execute(WORKSPACES)]


def chain(connection: sqlite3.Connection, workspace: WorkspaceId) -> Iterator[Row]:
    """Yield a workspace's rows, oldest first, as they are stored: somebody may have put anything there."""
    for place, seq, *texts in connection.execute(CHAIN, (workspace,)):
        yield Row(WorkspaceId(str(place)), _number(seq), *map(str, texts))


def _number(seq: object) -> int:
    return seq if isinstance(seq, int) else 0


def faults_beside(connection: sqlite3.Connection, workspace: WorkspaceId) -> Iterator[str]:
    """Yield a sentence for each thing beside the chain that does not fit it, or is gone but not erased."""
    asked = {"workspace": workspace, "erased": Did.ERASED.value}
    for seq, salt, text, words in connection.execute(WORDS, (workspace,)):
        if words is None:
            yield f"the words of row {seq} are there, and the row is not"
        elif not _is_salt(salt) or salted(salt, str(text)) != words:
            yield f"the words of row {seq} were changed"
    for who, salt, user in connection.execute(PEOPLE, (workspace,)):
        if not _is_salt(salt) or pseudonym(salt, str(user)) != who:
            yield f"who {who} is was changed"
    for (seq,) in connection.execute(LOST_WORDS, asked):
        yield f"the words of row {seq} are gone, and no row says that they were erased"
    for who, seq in connection.execute(LOST_PEOPLE, asked):
        yield f"who {who} is (row {seq}) is gone, and no row says that it was erased"


def _is_salt(salt: object) -> TypeGuard[str]:
    """Say whether it is just as long as ours: another may hold a part of the text, or lack one of its own."""
    return isinstance(salt, str) and re.fullmatch("[0-9a-f]{32}", salt) is not None


def _told(row: _Told) -> Told:
    at, who, user, did, about, digest, dollars, words = row
    return Told(
        at=moment_of(at),
        who=UserId(user) if user else None,
        did=Did(did),
        about=about,
        digest=digest,
        dollars=float(dollars) if dollars else None,
        words=words or "",
        is_erased=bool(who) and user is None,
    )

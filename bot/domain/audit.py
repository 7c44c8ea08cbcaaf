"""The audit: who asked, saw, decided, changed and spent, in a chain of hashes that only ever grows.

Each row holds the hash of the one before it, so what is changed or removed later is found. A row names
people by pseudonyms and free text by its salted hash; what those stand for is kept beside the chain, and can
be erased without breaking it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import UserId, WorkspaceId

FIRST = "0" * 64
"""What the first row holds as the hash of the row before it."""


class Did(StrEnum):
    """What somebody did; the values are what the database and an export hold."""

    ASKED = "asked"
    SAW = "saw"
    OPENED = "opened"
    APPROVED = "approved"
    RETRACTED = "retracted"
    LOST_VOTE = "lost the vote on"
    REJECTED = "rejected"
    GRANTED = "granted"
    UNDID = "undid"
    OVERRODE = "overrode"
    BROKE_GLASS = "broke the glass"
    ESCALATED = "escalated"
    EXPIRED = "expired"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    PROMOTED = "promoted"
    CLEARED = "approved for use"
    RESERVED = "reserved"
    SPENT = "spent"
    ASSUMED = "booked at its estimate"
    RELEASED = "released"
    FROZE = "froze"
    UNFROZE = "unfroze"
    RESUMED = "resumed handing over"
    TRIED_AGAIN = "tried again"
    WAS_REFUSED = "was refused"
    WENT_AWAY = "went away"
    CAME_BACK = "came back"
    BEGAN = "began with the policy"
    RELOADED = "reloaded the policy"
    ERASED = "erased"


@dataclass(frozen=True)
class Deed:
    """What is put into the audit. `who` is None where Housestyle itself did it.

    `about` is an id of ours, or a word; `digest` what a decision was bound to, or the SHA-256 of a policy's
    file; `dollars` what it was about; `words` free text, which can be erased.
    """

    workspace: WorkspaceId
    who: UserId | None
    did: Did
    about: str
    digest: str = ""
    dollars: float | None = None
    words: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a workspace's chain, as it is hashed and exported. `seq` counts from 1.

    `who` is a pseudonym, empty for Housestyle itself; `words` the salted SHA-256 of the free text, empty
    where there is none.
    """

    workspace: WorkspaceId
    seq: int
    at: str
    who: str
    did: str
    about: str
    digest: str
    dollars: str
    words: str
    before: str
    hash: str = ""

    def hashed(self) -> str:
        """Return the SHA-256 that the row has to hold."""
        told = [value for name, value in vars(self).items() if name != "hash"]
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Told:
    """A row as people read it: who and what in the open, as far as that was not erased."""

    at: datetime
    who: UserId | None
    did: Did
    about: str
    digest: str
    dollars: float | None
    words: str
    is_erased: bool = False


def faults(rows: Iterable[Row], *, head: tuple[int, str]) -> list[str]:
    """Return a sentence for each break in one workspace's chain, in its order; none where it is whole.

    `head` is the number and hash of the last row, kept apart from the rows.
    """
    found: list[str] = []
    seq, before = 0, FIRST
    for row in rows:
        if row.seq <= seq:
            found.append(f"row {row.seq} is out of its place")
            continue
        if row.seq != seq + 1:
            gone = f"row {seq + 1} is" if row.seq == seq + 2 else f"rows {seq + 1} to {row.seq - 1} are"
            found.append(f"{gone} missing")
        elif row.before != before:
            found.append(f"row {row.seq} does not follow row {seq}: one of them was replaced")
        if row.hashed() != row.hash:
            found.append(f"row {row.seq} was changed")
        seq, before = row.seq, row.hash
    if seq < head[0]:
        gone = f"row {head[0]} is" if head[0] == seq + 1 else f"rows {seq + 1} to {head[0]} are"
        found.append(f"{gone} missing at the end")
    elif not found and (seq, before) != head:
        found.append(f"row {seq} is not the one that the chain ended with")
    return found

"""What a person has to mend, as a value: told once to those who can, and standing until it is over.

Some alarms hold what would be paid for: while one stands, nothing is handed over in that workspace, but for
a single try now and then that finds out whether it is mended. A try that is refused is not charged.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import WorkspaceId


class Concern(StrEnum):
    """What an alarm is about; the values are what the database holds."""

    KEY = "key"
    """Runware refuses our key (401, 403)."""
    BALANCE = "balance"
    """Runware wants its account topped up (402)."""
    RESTORED = "restored"
    """The database is older than what was handed over: it was restored from a backup."""
    PARKED = "parked"
    """Slack refuses a message for good."""
    FOREIGN = "foreign"
    """Runware holds another request under our task's id, or trained a model of another name for it."""
    POLICY = "policy"
    """The policy file has faults; the rules that held before still do."""
    USAGE = "usage"
    """Runware's account shows more than our runs and pictures cost."""
    UNLISTED = "unlisted"
    """A finished picture is on a host that is not allowed."""


HOLDS = frozenset({Concern.KEY, Concern.BALANCE, Concern.RESTORED})
"""While one of these stands, nothing new is handed over."""
HELD = {
    Concern.KEY: "Runware refuses Housestyle's key; who can mend it has been told.",
    Concern.BALANCE: "The Runware account has to be topped up for this; who can do it has been told.",
    Concern.RESTORED: "The database was restored from a backup; what it has forgotten is looked for first.",
}
"""What the cards of those who wait for it say."""
NEVER_TRIED = frozenset({Concern.RESTORED})
"""These are not over because a try works: they are looked into first."""
LOOKED_INTO = "looked into"
"""With this begins what a second alarm about a restore is about: what could not be explained."""
UNREAD = "unread"
"""Likewise, where there are channels that could not be read: since when, and which, follow it."""
JUDGED = (LOOKED_INTO, UNREAD)
"""How those alarms about a restore begin of which a person is the judge."""


@dataclass(frozen=True)
class Alarm:
    """One alarm; there is one of each workspace, concern and `about`, a word for what it concerns there.

    `sentence` says what is wrong and what to do. `settled_at` is None while it stands.
    """

    workspace: WorkspaceId
    concern: Concern
    about: str
    sentence: str
    since: datetime
    settled_at: datetime | None = None

"""Who somebody is, as far as it decides what they may do: never their name, only what Slack says of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NewType

from bot.domain.ids import UserId

Party = NewType("Party", str)
"""Whom a rule names: a person (`U…`, `W…`), a Slack user group (`S…`), or one of the two below."""
EVERYONE = Party("everyone")
"""Every full member of the workspace."""
ADMINS = Party("admins")
"""Who owns or administers the Slack workspace."""


ERASED = UserId("erased")
"""Stands where somebody was who asked to be forgotten; it is no id that Slack could give."""


class Kind(StrEnum):
    """What somebody is in the workspace that installed the app; only members may ever cost or decide."""

    MEMBER = "member"
    GUEST = "guest"
    EXTERNAL = "external"
    BOT = "bot"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True)
class Person:
    """Somebody who acts, or whom a rule names. `groups` are those user groups of theirs that rules name.

    `utc_offset` is how far their clock is ahead of UTC.
    """

    id: UserId
    kind: Kind = Kind.MEMBER
    is_admin: bool = False
    groups: frozenset[Party] = frozenset()
    utc_offset: timedelta = timedelta()

    def is_among(self, parties: tuple[Party, ...]) -> bool:
        """Say whether a rule that names `parties` means this person; it never means others than members."""
        if self.kind is not Kind.MEMBER:
            return False
        named = {EVERYONE, Party(self.id), *self.groups, *({ADMINS} if self.is_admin else ())}
        return not named.isdisjoint(parties)


def who_may(parties: tuple[Party, ...], holders: tuple[Party, ...]) -> tuple[tuple[Party, ...], bool]:
    """Return whom of `parties` a role leaves that `holders` have, and whether each of them surely has it.

    Who is in a group is not known here: left out is only who is surely no holder.
    """
    if EVERYONE in holders:
        return parties, True
    if EVERYONE in parties:
        return holders, True
    are_people = all(map(is_person, holders))
    left = tuple(one for one in parties if one in holders or not (are_people and is_person(one)))
    return left, all(one in holders for one in left)


def is_person(party: Party) -> bool:
    """Say whether it names one person, and no group."""
    return party.startswith(("U", "W"))


@dataclass(frozen=True)
class Absence:
    """Somebody who is away until then, and who stands in for them, if anybody does."""

    user: UserId
    until: str
    """The first day that they are back, `2026-12-01`."""
    delegate: UserId | None = None


def stand_ins(absences: Iterable[Absence]) -> dict[UserId, tuple[UserId, ...]]:
    """Return for whom each delegate stands in."""
    found: dict[UserId, tuple[UserId, ...]] = {}
    for absence in absences:
        if absence.delegate:
            found[absence.delegate] = (*found.get(absence.delegate, ()), absence.user)
    return found

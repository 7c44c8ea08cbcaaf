"""A style, its numbered versions, and how both are named.

A version's AIR is `<namespace>:<slug>@<n>`: `n` is one more than the last one reserved for that style,
never reused, never overwritten (the provider's guide: bump the version rather than overwrite).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import NotUnderstood
from bot.domain.ids import Air, RunId, WorkspaceId

LONGEST_NAME, SHORTEST_NAME = 255, 2
"""Characters; the intersection of the provider's documents (facts/runware.md §13)."""
_AIR = re.compile(r"[a-z0-9][a-z0-9_-]*:[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Version:
    """One trained, or still training, version of a style; `ready_at` is None until it can draw."""

    workspace: WorkspaceId
    slug: str
    number: int
    air: Air
    run: RunId
    name: str
    ready_at: datetime | None = None

    @property
    def label(self) -> str:
        """What people call it: `Stellar@2`."""
        return f"{self.name}@{self.number}"


@dataclass(frozen=True)
class StyleChoice:
    """A style as a person names it: `stellar`, or `stellar@2`; None means its newest version."""

    slug: str
    number: int | None = None


def slug_of(name: str) -> str:
    """Return `name` as the model part of an AIR: lower case ASCII, digits and hyphens.

    Raises NotUnderstood where nothing of the name is left.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug:
        raise NotUnderstood("The name needs a letter from a to z or a digit, for example “Stellar”.")
    return slug


def checked_name(name: str) -> str:
    """Return `name` without surplus space; raises NotUnderstood where the provider would refuse it."""
    tidy = " ".join(name.split())
    if not SHORTEST_NAME <= len(tidy) <= LONGEST_NAME:
        raise NotUnderstood(
            f"The name needs {SHORTEST_NAME} to {LONGEST_NAME} characters, for example “Stellar”."
        )
    slug_of(tidy)
    return tidy


def checked_air(text: str) -> Air:
    """Return `text` as an AIR; raises NotUnderstood where it is none."""
    if not _AIR.fullmatch(text):
        raise NotUnderstood("An AIR looks like `acme:stellar@1`: organisation, colon, model, @, version.")
    return Air(text)


def air_of(namespace: str, slug: str, number: int) -> Air:
    """Return the AIR under which version `number` of a style is registered."""
    return Air(f"{namespace}:{slug}@{number}")


def choice_of(text: str) -> StyleChoice:
    """Read `name` or `name@n`; raises NotUnderstood where the part after @ is no number."""
    name, at, number = text.rpartition("@")
    if not at:
        return StyleChoice(slug_of(text))
    if not number.isdecimal() or not int(number):
        raise NotUnderstood("A version is a number from 1 up, for example `stellar@2`.")
    return StyleChoice(slug_of(name), int(number))

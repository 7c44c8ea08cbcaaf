"""A style, its numbered versions, and how both are named.

A version's AIR is `<namespace>:<slug>@<n>`: `n` is one more than the last one reserved for that style,
never reused, never overwritten (the provider's guide: bump the version rather than overwrite).
"""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import NotUnderstood, Refused
from bot.domain.ids import Air, RunId, WorkspaceId
from bot.domain.visible import visible

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
class Ordered:
    """The version that a request to Runware, found there again, has trained: no row here may know of it."""

    air: Air
    slug: str
    number: int


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
    """Return what can be seen of `name`; raises NotUnderstood where the provider would refuse it."""
    tidy = visible(name)
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


def model_of(air: Air) -> str:
    """Return the model part of an AIR, in lower case: the style that it names."""
    return air.partition(":")[2].partition("@")[0].lower()


def air_of(namespace: str, slug: str, number: int) -> Air:
    """Return the AIR under which version `number` of a style is registered."""
    return Air(f"{namespace}:{slug}@{number}")


def choice_of(text: str) -> StyleChoice:
    """Read `name` or `name@n`; raises NotUnderstood where the part after @ is no number."""
    name, at, number = text.rpartition("@")
    if not at:
        return StyleChoice(slug_of(text))
    if not re.fullmatch(r"0*[1-9]\d{0,8}", number, re.ASCII):
        raise NotUnderstood("A version is a number from 1 up, for example `stellar@2`.")
    return StyleChoice(slug_of(name), int(number))


def chosen(ready: Sequence[Version], choice: StyleChoice | None, default: Version | None) -> Version:
    """Return the version to draw in: the one named, the channel's default, or the only style there is.

    `ready` is sorted by style, newest version first. Raises Refused with what to do instead.
    """
    if choice:
        return _named(ready, choice)
    if default:
        return default
    names = sorted({version.slug for version in ready})
    if not names:
        raise Refused("No style is trained yet: start with `/train <zip link> as <name>`.")
    if len(names) > 1:
        raise Refused(
            f"Which style? Add `--style {names[0]}`, or set this channel's with `/style use {names[0]}`. "
            f"There are: {', '.join(names)}."
        )
    return ready[0]


def _named(ready: Sequence[Version], choice: StyleChoice) -> Version:
    versions = [version for version in ready if version.slug == choice.slug]
    if not versions:
        near = difflib.get_close_matches(choice.slug, {version.slug for version in ready}, n=1)
        hint = f"Did you mean `{near[0]}`?" if near else "`/style list` shows what there is."
        raise Refused(f"No trained style is called “{choice.slug}”. {hint}")
    if choice.number is None:
        return versions[0]
    for version in versions:
        if version.number == choice.number:
            return version
    numbers = ", ".join(str(version.number) for version in reversed(versions))
    raise Refused(f"{versions[0].name} has no trained version {choice.number}; there is {numbers}.")

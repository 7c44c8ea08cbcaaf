"""What a style is taught from: pictures in a ZIP, and what was found when they were looked at.

The limits are the provider's (`facts`: 10 to 50 pictures, JPEG, PNG or WebP, 50 MB each); finding out
whether a real file keeps them is an adapter's work, not this module's.
"""

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256

from bot.domain.assessment import Assessment
from bot.domain.ids import FileId

LEAST_PICTURES, MOST_PICTURES = 10, 50
MOST_PICTURE_BYTES = 50 * 1024 * 1024
LARGEST_TAUGHT_SIDE = 4096
"""Pixels; the provider scales longer sides down to this."""
FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True)
class Picture:
    """One picture of a dataset: its name in the ZIP, `format` as in FORMATS, pixels and bytes.

    `origin` is its name in the archive that the dataset was made from, where that was another.
    """

    name: str
    format: str
    width: int
    height: int
    size: int
    sha256: str
    transparent: bool = False
    origin: str = ""

    @property
    def first_name(self) -> str:
        """Its name in the archive that was fetched, by which it is left out."""
        return self.origin or self.name


@dataclass(frozen=True)
class SharedFile:
    """A file that somebody posted in Slack; `url` is where Slack keeps it, for those with our token."""

    id: FileId
    name: str
    url: str


@dataclass(frozen=True)
class Source:
    """Where the pictures come from: links to ZIPs or pictures, and files in Slack, in this order.

    With `kept`, the SHA-256 of an archive that is kept here from an earlier look, nothing is fetched.
    `left_out` are names of pictures as that archive, or what is fetched, has them; with `strip`, what the
    pictures' files say besides the picture (camera, place, author) is taken out.
    """

    links: tuple[str, ...] = ()
    files: tuple[SharedFile, ...] = ()
    kept: str = ""
    left_out: tuple[str, ...] = ()
    strip: bool = False


@dataclass(frozen=True)
class Dataset:
    """A ZIP that was looked at and found fit: `size` is the archive's bytes, `warnings` are sentences.

    `sha256` is that of the archive to be trained on, `origin` that of the archive it was made from: the same
    unless pictures were left out or put together. With `kept`, both are kept here for the provider to fetch.
    """

    sha256: str
    size: int
    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...] = ()
    assessment: Assessment | None = None
    origin: str = ""
    kept: bool = False

    @property
    def content(self) -> str:
        """The SHA-256 of what is in it, whatever the names and the packing: for telling that two are one."""
        return sha256("".join(sorted(picture.sha256 for picture in self.pictures)).encode()).hexdigest()


@dataclass(frozen=True)
class Comparison:
    """How a dataset differs from `label`'s, an earlier version's of the style: pictures new, and gone."""

    label: str
    new: int
    gone: int


def compared(dataset: Dataset, label: str, earlier: Dataset) -> Comparison:
    """Compare two datasets picture by picture: a renamed picture is neither new nor gone."""
    now = Counter(picture.sha256 for picture in dataset.pictures)
    before = Counter(picture.sha256 for picture in earlier.pictures)
    return Comparison(label, (now - before).total(), (before - now).total())


def problems_of_count(count: int) -> tuple[str, ...]:
    """Return the sentence for a dataset of `count` pictures that the provider would refuse, if any."""
    if count < LEAST_PICTURES:
        wanted = f"add at least {LEAST_PICTURES - count} more"
    elif count > MOST_PICTURES:
        wanted = f"leave out {count - MOST_PICTURES}"
    else:
        return ()
    there = f"There {'is' if count == 1 else 'are'} {_pictures(count)}"
    return (f"{there}; {wanted}: a style takes {LEAST_PICTURES} to {MOST_PICTURES}.",)


def warnings_of(pictures: tuple[Picture, ...]) -> tuple[str, ...]:
    """Return what an approver should know about `pictures`, a sentence each; nothing here refuses."""
    found = []
    if clear := [p.name for p in pictures if p.transparent]:
        found.append(f"{_have(len(clear), 'transparency')}, which training flattens.")
    if large := [p.name for p in pictures if max(p.width, p.height) > LARGEST_TAUGHT_SIDE]:
        found.append(f"{_have(len(large), f'a side above {LARGEST_TAUGHT_SIDE} px')}, which is scaled down.")
    return tuple(found)


def _pictures(count: int) -> str:
    return f"{count} picture{'s' * (count != 1)}"


def _have(count: int, what: str) -> str:
    return f"{_pictures(count)} {'has' if count == 1 else 'have'} {what}"

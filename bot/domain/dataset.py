"""What a style is taught from: pictures in a ZIP, and what was found when they were looked at.

The limits are the provider's (`facts`: 10 to 50 pictures, JPEG, PNG or WebP, 50 MB each); finding out
whether a real file keeps them is an adapter's work, not this module's.
"""

from dataclasses import dataclass

LEAST_PICTURES, MOST_PICTURES = 10, 50
MOST_PICTURE_BYTES = 50 * 1024 * 1024
LARGEST_TAUGHT_SIDE = 4096
"""Pixels; the provider scales longer sides down to this."""
FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True)
class Picture:
    """One picture of a dataset: its name in the ZIP, `format` as in FORMATS, pixels and bytes."""

    name: str
    format: str
    width: int
    height: int
    size: int
    sha256: str
    transparent: bool = False


@dataclass(frozen=True)
class Dataset:
    """A ZIP that was looked at and found fit: `size` is the archive's bytes, `warnings` are sentences."""

    sha256: str
    size: int
    pictures: tuple[Picture, ...]
    warnings: tuple[str, ...] = ()


def problems_of_count(count: int) -> tuple[str, ...]:
    """Return the sentence for a dataset of `count` pictures that the provider would refuse, if any."""
    if count < LEAST_PICTURES:
        wanted = f"add at least {LEAST_PICTURES - count} more"
    elif count > MOST_PICTURES:
        wanted = f"leave out {count - MOST_PICTURES}"
    else:
        return ()
    return (
        f"The ZIP holds {_pictures(count)}; {wanted}: a style takes {LEAST_PICTURES} to {MOST_PICTURES}.",
    )


def warnings_of(pictures: tuple[Picture, ...]) -> tuple[str, ...]:
    """Return what an approver should know about `pictures`, a sentence each; nothing here refuses."""
    found = []
    if clear := [p.name for p in pictures if p.transparent]:
        found.append(f"{_have(len(clear), 'transparency')}, which training flattens.")
    if large := [p.name for p in pictures if max(p.width, p.height) > LARGEST_TAUGHT_SIDE]:
        found.append(f"{_have(len(large), f'a side above {LARGEST_TAUGHT_SIDE} px')}, which is scaled down.")
    if twins := len(pictures) - len({p.sha256 for p in pictures}):
        found.append(
            f"{_pictures(twins)} {'is an exact copy' if twins == 1 else 'are exact copies'} of another."
        )
    return tuple(found)


def _pictures(count: int) -> str:
    return f"{count} picture{'s' * (count != 1)}"


def _have(count: int, what: str) -> str:
    return f"{_pictures(count)} {'has' if count == 1 else 'have'} {what}"

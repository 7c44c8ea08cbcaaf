"""Reads what a worker process says: it may have been taken over by what it read, so nothing is believed.

Whatever is not what a worker of ours would say is `Lost`.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bot.domain.assessment import MOST_ADVICE, Assessment, Likeness, Outlier, Swatch, Twins
from bot.domain.dataset import FORMATS, Picture, problems_of_count
from bot.domain.errors import Refused
from bot.imaging.wording import shown_name

LONGEST_SENTENCE = 300
MOST_SAID = 200
"""Sentences, pairs or colours of one kind; a true answer has far fewer."""
_JPEG = b"\xff\xd8\xff"
_SUFFIX = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Examined:
    """What is in a ZIP: `count` pictures (None: it is no readable ZIP), and what is wrong with it.

    Where nothing is, and the count is right, there are an assessment and three JPEGs: the contact `sheet`,
    the `palette`, and `pairs`, which is empty where no two pictures are alike.
    """

    count: int | None
    pictures: tuple[Picture, ...]
    problems: tuple[str, ...]
    sheet: bytes
    assessment: Assessment | None = None
    palette: bytes = b""
    pairs: bytes = b""


@dataclass(frozen=True)
class Verified:
    """A sound picture: its file name ending, and for WebP the same picture as JPEG or PNG."""

    suffix: str
    shown: bytes | None = None
    shown_suffix: str = ""


class Lost(Exception):
    """The worker ended without an answer while it read `reading`; empty: before it read anything.

    It died of what it read, or it was `late` by the clock: then a busy machine may be the cause.
    """

    def __init__(self, reading: str, *, late: bool = False) -> None:
        super().__init__(reading)
        self.reading = reading
        self.late = late

    @property
    def is_our_trouble(self) -> bool:
        """Whether it says nothing about what was read."""
        return self.late or not self.reading


def glanced(line: dict[str, Any]) -> tuple[str, ...]:
    """Read the problems that a `glance` tells. Raises Lost."""
    with _sense_of("The ZIP"):
        return _sentences(line["glance"]["problems"])


def examined(facts: dict[str, Any]) -> Examined:
    """Read the answer to `dataset`. Raises Lost."""
    with _sense_of("The ZIP"):
        answer = facts["answer"]
        count = None if answer["count"] is None else int(answer["count"])
        pictures = tuple(_picture(fields) for fields in answer["pictures"])
        problems = _sentences(answer["problems"])
        if problems or count is None or problems_of_count(count):
            return Examined(count, pictures, problems, b"")
        if len(pictures) != count:
            raise ValueError(count)
        judged = _assessment(answer["assessment"], {picture.name for picture in pictures})
        sheet, palette = _sheet(answer["sheet"]), _sheet(answer["palette"])
        pairs = _sheet(answer["pairs"]) if answer["pairs"] else b""
        return Examined(count, pictures, (), sheet, judged, palette, pairs)


def verified(facts: dict[str, Any]) -> Verified:
    """Read the answer to `picture`. Raises Refused as the answer says, and Lost."""
    with _sense_of("The picture"):
        answer = facts["answer"]
        if problem := answer["problem"]:
            raise Refused(f"The picture {str(problem)[:LONGEST_SENTENCE]}")
        suffix = _SUFFIX[answer["format"]]
        if "shown" not in answer:
            return Verified(suffix)
        shown = base64.b64decode(answer["shown"], validate=True)
        return Verified(suffix, shown, _SUFFIX[answer["shown_format"]])


@contextmanager
def _sense_of(what: str) -> Iterator[None]:
    """Raise Lost, over `what`, where the block can make no sense of what it reads."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, binascii.Error):
        raise Lost(what) from None


def _picture(fields: dict[str, Any]) -> Picture:
    if fields["format"] not in FORMATS:
        raise ValueError(fields["format"])
    return Picture(
        name=shown_name(str(fields["name"])),
        format=str(fields["format"]),
        width=int(fields["width"]),
        height=int(fields["height"]),
        size=int(fields["size"]),
        sha256=str(fields["sha256"])[:64],
        transparent=bool(fields["transparent"]),
    )


def _assessment(fields: dict[str, Any], names: set[str]) -> Assessment:
    """Read an assessment that speaks of no pictures but `names`."""
    return Assessment(
        score=max(0, min(100, int(fields["score"]))),
        advice=_sentences(fields["advice"])[:MOST_ADVICE],
        outliers=tuple(
            Outlier(_known(one["picture"], names), _sentence(one["reason"]))
            for one in _few(fields["outliers"])
        ),
        twins=tuple(
            Twins(tuple(_known(name, names) for name in _few(one["pictures"])), Likeness(one["likeness"]))
            for one in _few(fields["twins"])
        ),
        habits=_sentences(fields["habits"]),
        sizes=_sentences(fields["sizes"]),
        palette=tuple(_swatch(one) for one in _few(fields["palette"])),
    )


def _swatch(fields: dict[str, Any]) -> Swatch:
    share = float(fields["share"])
    if not _COLOUR.fullmatch(fields["colour"]) or not 0 <= share <= 1:
        raise ValueError(fields)
    return Swatch(str(fields["colour"]), share)


def _known(name: object, names: set[str]) -> str:
    if name not in names:
        raise ValueError(name)
    return str(name)


def _sheet(text: str) -> bytes:
    body = base64.b64decode(text, validate=True)
    if not body.startswith(_JPEG):
        raise ValueError(body[:8])
    return body


def _sentences(said: Sequence[object]) -> tuple[str, ...]:
    return tuple(_sentence(one) for one in _few(said))


def _sentence(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError(said)
    return said[:LONGEST_SENTENCE]


def _few(said: Sequence[Any]) -> Sequence[Any]:
    if not isinstance(said, list | tuple):
        raise TypeError(said)
    return said[:MOST_SAID]

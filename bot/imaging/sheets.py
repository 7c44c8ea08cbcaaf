"""Draws the sheets that go to Slack: all pictures, and those that are alike; runs in the worker process only.

Pictures are RGB, of at most THUMBNAIL a side. What is marked is marked by shape and by word: the colours of
the marks, a red and a blue that colour-blind people tell apart, only repeat it. The palette is in `swatches`.
"""

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from bot.domain.assessment import Assessment, Likeness, Twins
from bot.imaging.lettering import Lettering, lettering
from bot.imaging.raster import THUMBNAIL
from bot.imaging.swatches import palette_sheet

__all__ = ["contact_sheet", "pair_sheet", "palette_sheet"]

MARGIN, GAP, LABEL = 40, 36, 44
"""Pixels: around the sheet, between pictures, and for the line under each."""
LEAST_COLUMNS, MOST_COLUMNS = 3, 8
PAPER, MAT, EDGE, INK, FAINT = "#ffffff", "#f4f4f2", "#dcdbd8", "#1d1c1d", "#6b6a6b"
RED, BLUE = "#b3400b", "#0b57a4"
TEXT, TAG, TITLE = 18, 16, 26
_TAG_HEIGHT, _TAG_SIDE = 28, 10
_FRAME, _LINE = 12, 3
"""Pixels from a tile to the outer edge of its frame, and of one line of a double frame."""
_HEADING, _KEEP = 48, 44
"""Pixels: for the words above a group, and for those under its first picture."""
_LEGEND, _SAMPLE = 48, (44, 28)
_SPARE = {Likeness.EXACT: "SAME AS", Likeness.NEAR: "LIKE", Likeness.TURNED: "SAME AS"}
_OUTLIER = "OUTLIER: in another style than the rest."
_TWIN = "SAME AS, LIKE: exactly or nearly the same; keep one."

Corner = tuple[int, int]


@dataclass(frozen=True)
class _Mark:
    """A word on a picture; dashes frame an outlier, two lines frame one that is there again."""

    word: str
    is_outlier: bool


def contact_sheet(small: Sequence[tuple[str, Image.Image]], assessment: Assessment | None = None) -> bytes:
    """Return the sheet of at least one (name, picture) as a JPEG; what `assessment` flags is marked."""
    names = [name for name, _ in small]
    marks = _marks(names, assessment) if assessment else {}
    columns = _columns(len(small))
    rows = math.ceil(len(small) / columns)
    legend = _legend([mark for found in marks.values() for mark in found])
    width = 2 * MARGIN + columns * (THUMBNAIL + GAP) - GAP
    height = 2 * MARGIN + rows * (THUMBNAIL + LABEL + GAP) - GAP
    sheet = _Sheet(width, height + len(legend) * _LEGEND + (12 if legend else 0), names)
    for index, (name, picture) in enumerate(small):
        row, column = divmod(index, columns)
        corner = (MARGIN + column * (THUMBNAIL + GAP), MARGIN + row * (THUMBNAIL + LABEL + GAP))
        sheet.show(corner, picture)
        sheet.label(corner, index + 1, name)
        sheet.mark(corner, marks.get(name, ()))
    for line, (mark, meaning) in enumerate(legend):
        sheet.explain((MARGIN, height - 8 + line * _LEGEND), mark, meaning)
    return sheet.jpeg()


def pair_sheet(small: Mapping[str, Image.Image], twins: Sequence[Twins]) -> bytes:
    """Return a JPEG with a row for each of the `twins`, the one to keep first; nothing where there are none.

    `small` has the pictures of the whole set in order: their numbers are those of the contact sheet.
    """
    numbers = {name: index + 1 for index, name in enumerate(small)}
    groups = [(twin, [name for name in twin.pictures if name in small]) for twin in twins]
    if not groups:
        return b""
    columns = min(MOST_COLUMNS, max(2, *(len(names) for _, names in groups)))
    heights = [_group_height(len(names), columns) for _, names in groups]
    width = 2 * MARGIN + columns * (THUMBNAIL + GAP) - GAP
    sheet = _Sheet(width, sum(heights) + MARGIN, [name for _, names in groups for name in names])
    top = MARGIN
    for (twin, names), height in zip(groups, heights, strict=True):
        sheet.title((MARGIN, top), f"{twin.likeness[0].upper()}{twin.likeness[1:]}")
        for index, name in enumerate(names):
            row, column = divmod(index, columns)
            corner = (
                MARGIN + column * (THUMBNAIL + GAP),
                top + _HEADING + row * (THUMBNAIL + LABEL + _KEEP),
            )
            sheet.show(corner, small[name])
            sheet.label(corner, numbers[name], name)
            if index == 0:
                sheet.keep(corner)
        top += height
    return sheet.jpeg()


def _group_height(count: int, columns: int) -> int:
    return _HEADING + math.ceil(count / columns) * (THUMBNAIL + LABEL + _KEEP) + GAP


def _columns(count: int) -> int:
    """Return how many columns make a sheet a little wider than high, with few places left empty."""
    about = math.ceil(math.sqrt(count * 1.2))
    near = {min(max(columns, LEAST_COLUMNS), MOST_COLUMNS) for columns in range(about - 1, about + 2)}
    return min(near, key=lambda columns: (-count % columns, -columns))


def _marks(names: Sequence[str], assessment: Assessment) -> dict[str, list[_Mark]]:
    numbers = {name: index + 1 for index, name in enumerate(names)}
    marks: dict[str, list[_Mark]] = {name: [] for name in names}
    for outlier in assessment.outliers:
        marks.setdefault(outlier.picture, []).append(_Mark("OUTLIER", is_outlier=True))
    for twins in assessment.twins:
        kept, *spare = twins.pictures
        marks.setdefault(kept, []).append(_Mark("KEEP", is_outlier=False))
        for name in spare:
            word = f"{_SPARE[twins.likeness]} {numbers.get(kept, '?')}"
            marks.setdefault(name, []).append(_Mark(word, is_outlier=False))
    return marks


def _legend(marks: Iterable[_Mark]) -> list[tuple[_Mark, str]]:
    shapes = {mark.is_outlier for mark in marks}
    return [
        (_Mark("", is_outlier=shape), _OUTLIER if shape else _TWIN) for shape in sorted(shapes, reverse=True)
    ]


class _Sheet:
    """A sheet of paper in the making; `names` are those that will be written on it."""

    def __init__(self, width: int, height: int, names: Sequence[str]) -> None:
        self._image = Image.new("RGB", (width, height), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._names = lettering(TEXT, names)
        self._tags, self._legend, self._titles = Lettering(TAG), Lettering(TEXT), Lettering(TITLE)

    def show(self, corner: Corner, picture: Image.Image) -> None:
        """Put the picture in the middle of its tile, on a mat with an edge: white ones keep their shape."""
        left, top = corner
        self._draw.rectangle((left - 1, top - 1, left + THUMBNAIL, top + THUMBNAIL), fill=MAT, outline=EDGE)
        place = (left + (THUMBNAIL - picture.width) // 2, top + (THUMBNAIL - picture.height) // 2)
        self._image.paste(picture, place)

    def label(self, corner: Corner, number: int, name: str) -> None:
        """Write the number and the file's own name under the tile."""
        left, line = corner[0], corner[1] + THUMBNAIL + 35
        self._names.write(self._draw, (left, line), f"{number}", FAINT)
        indent = self._names.length(f"{number}") + 8
        own = self._names.drawable(name.rpartition("/")[2])
        self._names.write(
            self._draw, (left + indent, line), self._names.fitting(own, THUMBNAIL - indent), INK
        )

    def mark(self, corner: Corner, marks: Sequence[_Mark]) -> None:
        """Frame the tile, and write what is wrong into the frame's upper edge."""
        for shape in sorted({mark.is_outlier for mark in marks}):
            self._frame(corner, (THUMBNAIL, THUMBNAIL), is_outlier=shape)
        left = corner[0] - _FRAME
        for mark in marks:
            left = self._tag((left, corner[1] - _FRAME - 4), mark.word, RED if mark.is_outlier else BLUE) + 6

    def explain(self, corner: Corner, mark: _Mark, meaning: str) -> None:
        """Write a line of the legend: a small frame, and what it means."""
        left, top = corner
        self._frame((left + _FRAME, top + _FRAME), (_SAMPLE[0] - _FRAME, 8), is_outlier=mark.is_outlier)
        words, text = meaning.split(":")
        line, left = top + 22, left + _SAMPLE[0] + 2 * _FRAME + 4
        ink = RED if mark.is_outlier else BLUE
        self._legend.write(self._draw, (left, line), words, ink, bold=True)
        self._legend.write(self._draw, (left + self._legend.length(words) + 10, line), text.strip(), INK)

    def title(self, corner: Corner, text: str) -> None:
        """Write the words above a group."""
        self._titles.write(self._draw, (corner[0], corner[1] + 22), text, INK, bold=True)

    def keep(self, corner: Corner) -> None:
        """Say under the tile that this is the one to keep."""
        self._tag((corner[0], corner[1] + THUMBNAIL + LABEL + 4), "KEEP", BLUE)

    def jpeg(self) -> bytes:
        """Return the sheet as a file."""
        out = io.BytesIO()
        self._image.save(out, "JPEG", quality=85)
        return out.getvalue()

    def _tag(self, corner: Corner, word: str, colour: str) -> int:
        left, top = corner
        right = left + round(self._tags.length(word)) + 2 * _TAG_SIDE
        self._draw.rounded_rectangle((left, top, right, top + _TAG_HEIGHT), radius=5, fill=colour)
        self._tags.write(self._draw, (left + _TAG_SIDE, top + 20), word, PAPER, bold=True)
        return right

    def _frame(self, corner: Corner, size: tuple[int, int], *, is_outlier: bool) -> None:
        """Draw a frame around what begins at `corner`: thick dashes, or two lines."""
        left, top = corner
        right, bottom = left + size[0] - 1, top + size[1] - 1
        if is_outlier:
            self._dash((left - _FRAME, top - _FRAME, right + _FRAME, bottom + _FRAME))
            return
        for away in (_FRAME, _FRAME - 2 * _LINE - 1):
            around = (left - away, top - away, right + away, bottom + away)
            self._draw.rectangle(around, outline=BLUE, width=_LINE)

    def _dash(self, box: tuple[int, int, int, int]) -> None:
        """Draw a frame of thick dashes, solid at the corners, just inside `box`."""
        left, top, right, bottom = box
        thick = 2 * _LINE
        self._draw.rectangle(box, outline=PAPER, width=thick)
        for start, stop in _dashes(left, right):
            self._draw.rectangle((start, top, stop, top + thick - 1), fill=RED)
            self._draw.rectangle((start, bottom - thick + 1, stop, bottom), fill=RED)
        for start, stop in _dashes(top, bottom):
            self._draw.rectangle((left, start, left + thick - 1, stop), fill=RED)
            self._draw.rectangle((right - thick + 1, start, right, stop), fill=RED)


def _dashes(start: int, stop: int) -> list[tuple[int, int]]:
    """Return where dashes begin and end, with a first and a last that touch the ends."""
    count = max(2, round((stop - start) / 36))
    step = (stop - start) / (count - 0.4)
    return [(round(start + at * step), round(start + (at + 0.6) * step)) for at in range(count)]

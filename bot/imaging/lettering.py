"""Letters on the sheets: which font, and how a name is fitted into its room; runs in the worker process only.

The font that Pillow brings knows plain Latin letters only. Where the system has DejaVu Sans (Debian:
`fonts-dejavu-core`), names in other scripts are drawn with that, as far as it goes; otherwise accents are
dropped and other letters become question marks. The number under a picture tells it apart all the same.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

SYSTEM_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
_BOLD = 0.45
"""Pixels by which a stroke is thickened: there is one weight only."""
_CALM = 0.9
"""DejaVu Sans looks larger than it is told to be."""
_NO_LETTER = "\U0010ffff"
_FROM_RIGHT = frozenset({"R", "AL"})

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Lettering:
    """Writes `size` pixels high: in the font at `path`, or without one in Pillow's own."""

    def __init__(self, size: int, path: Path | None = None, *, is_shaped: bool = False) -> None:
        found = _system(path, size, is_shaped=is_shaped) if path else None
        self.font = found or _own(size)
        self._is_latin = found is None

    def drawable(self, text: str) -> str:
        """Return `text` in letters that the font has."""
        if self._is_latin:
            apart = (part for c in text for part in (c if c == "…" else unicodedata.normalize("NFKD", c)))
            return "".join(
                c if c.isascii() or c == "…" else "?" for c in apart if not unicodedata.combining(c)
            )
        text = unicodedata.normalize("NFC", text)
        return "".join(c if c.isascii() or _has(self.font, c) else "?" for c in text)

    def length(self, text: str) -> float:
        """Return how wide `text` is, in pixels."""
        return self.font.getlength(text)

    def fitting(self, text: str, room: float) -> str:
        """Return `text`, its middle replaced by … until it fits into `room` pixels: both its ends tell."""
        shown, keep = text, len(text)
        if (width := self.length(text)) > room:
            keep = int(keep * room / width) + 3  # nearly right at once: measuring text is what costs here
        while keep > 1 and self.length(shown) > room:
            keep -= 1
            tail = keep // 2
            shown = f"{text[: keep - tail]}…{text[len(text) - tail :]}"
        return shown

    def write(
        self,
        draw: ImageDraw.ImageDraw,
        place: tuple[float, float],
        text: str,
        ink: str,
        *,
        bold: bool = False,
    ) -> None:
        """Write a line whose baseline begins at `place`."""
        draw.text(place, text, ink, self.font, anchor="ls", stroke_width=_BOLD if bold else 0)


def lettering(size: int, texts: Iterable[str], path: Path = SYSTEM_FONT) -> Lettering:
    """Return the plainest hand that can write `texts`, as far as this system has one."""
    letters = {c for text in texts for c in text}
    if all(c.isascii() or c == "…" for c in letters):
        return Lettering(size)
    return Lettering(size, path, is_shaped=any(unicodedata.bidirectional(c) in _FROM_RIGHT for c in letters))


@cache
def _own(size: int) -> Font:
    font = ImageFont.load_default(size=size)
    if isinstance(font, ImageFont.FreeTypeFont):  # plain Latin needs no shaping, which takes its time
        return font.font_variant(layout_engine=ImageFont.Layout.BASIC)
    return font


@cache
def _system(path: Path, size: int, *, is_shaped: bool) -> Font | None:
    """Return the font at `path`, None without it; shaping is what scripts from right to left need."""
    layout = ImageFont.Layout.RAQM if is_shaped else ImageFont.Layout.BASIC
    try:
        return ImageFont.truetype(path, round(size * _CALM), layout_engine=layout)
    except OSError:  # it is not there, or not for us, or is no font
        return None


@cache
def _has(font: Font, letter: str) -> bool:
    """Say whether `font` draws `letter` as anything but the box that stands for what it does not have."""
    drawn, box = font.getmask(letter), font.getmask(_NO_LETTER)
    return drawn.size != box.size or bytes(drawn) != bytes(box)

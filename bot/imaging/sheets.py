"""Draws the contact sheet: every picture small, numbered and named; runs in the worker process only.

The font that Pillow brings knows plain Latin letters only: accents are dropped, and other letters become
question marks. The number under a picture tells it apart all the same.
"""

import io
import math
import unicodedata
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from bot.imaging.raster import THUMBNAIL

MARGIN, GAP, LABEL = 32, 24, 34
"""Pixels: around the sheet, between pictures, and for the line under each."""
MOST_COLUMNS = 8
TEXT = 18
PAPER, MAT, INK, FAINT = "#ffffff", "#f4f4f2", "#1d1c1d", "#8b8a8b"
_ROUND = 6


def contact_sheet(pictures: Sequence[tuple[str, Image.Image]]) -> bytes:
    """Return the sheet of at least one (name, picture of at most THUMBNAIL a side) as a JPEG."""
    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(len(pictures) * 1.2)))
    rows = math.ceil(len(pictures) / columns)
    width = 2 * MARGIN + columns * (THUMBNAIL + GAP) - GAP
    height = 2 * MARGIN + rows * (THUMBNAIL + LABEL + GAP) - GAP
    sheet = Image.new("RGB", (width, height), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=TEXT)
    for index, (name, picture) in enumerate(pictures):
        row, column = divmod(index, columns)
        corner = (MARGIN + column * (THUMBNAIL + GAP), MARGIN + row * (THUMBNAIL + LABEL + GAP))
        _place(sheet, draw, corner, picture)
        _label(draw, font, corner, f"{index + 1}", _drawable(name.rpartition("/")[2]))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=85)
    return out.getvalue()


def _place(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, corner: tuple[int, int], picture: Image.Image
) -> None:
    """Put the picture in the middle of its tile, on a mat, so that white ones keep their shape."""
    left, top = corner
    tile = (left, top, left + THUMBNAIL - 1, top + THUMBNAIL - 1)
    draw.rounded_rectangle(tile, radius=_ROUND, fill=MAT)
    sheet.paste(picture, (left + (THUMBNAIL - picture.width) // 2, top + (THUMBNAIL - picture.height) // 2))


def _label(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    corner: tuple[int, int],
    number: str,
    name: str,
) -> None:
    left, top = corner[0] + 2, corner[1] + THUMBNAIL + 8
    draw.text((left, top), number, FAINT, font)
    indent = draw.textlength(number, font) + 8
    draw.text((left + indent, top), _fitting(draw, font, name, THUMBNAIL - 4 - indent), INK, font)


def _drawable(name: str) -> str:
    """Return `name` in letters that the font has."""
    bare = (c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return "".join(c if c.isascii() or c == "…" else "?" for c in bare)


def _fitting(
    draw: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    name: str,
    room: float,
) -> str:
    """Return `name`, its middle replaced by … until it fits into `room` pixels: both its ends tell."""
    shown, keep = name, len(name)
    if (width := draw.textlength(name, font)) > room:
        keep = int(keep * room / width) + 3  # nearly right at once: measuring text is what costs here
    while keep > 1 and draw.textlength(shown, font) > room:
        keep -= 1
        tail = keep // 2
        shown = f"{name[: keep - tail]}…{name[len(name) - tail :]}"
    return shown

"""Draws the palette: the colours that a style would be taught, each with its hex and its share.

Runs in the worker process only.
"""

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageColor, ImageDraw

from bot.domain.assessment import Swatch
from bot.imaging.lettering import Lettering

WIDTH, MARGIN, GAP = 1600, 48, 20
BAR, CARD = 96, 240
MOST_COLUMNS = 6
PAPER, EDGE = "#ffffff", "#d0cfcd"
DARK, LIGHT = "#1d1c1d", "#ffffff"
_HEX, _SHARE = 38, 28
_NONE = "No colour stands out in these pictures."


def palette_sheet(palette: Sequence[Swatch]) -> bytes:
    """Return a JPEG: a bar in proportion, and under it each colour with its hex and share, largest first."""
    shown = sorted(palette, key=lambda swatch: -swatch.share)
    rows = math.ceil(len(shown) / MOST_COLUMNS)
    columns = math.ceil(len(shown) / rows) if rows else 1
    sheet = Image.new("RGB", (WIDTH, 2 * MARGIN + BAR + rows * (GAP + CARD)), PAPER)
    draw = ImageDraw.Draw(sheet)
    _bar(draw, shown)
    width = (WIDTH - 2 * MARGIN + GAP) / columns
    for index, swatch in enumerate(shown):
        row, column = divmod(index, columns)
        left, top = round(MARGIN + column * width), MARGIN + BAR + GAP + row * (CARD + GAP)
        _card(draw, (left, top, round(MARGIN + (column + 1) * width) - GAP - 1, top + CARD - 1), swatch)
    if not shown:
        Lettering(_SHARE).write(draw, (MARGIN, MARGIN + BAR // 2), _NONE, DARK)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=85, subsampling=0)  # colours as they are, to the edge
    return out.getvalue()


def _bar(draw: ImageDraw.ImageDraw, shown: Sequence[Swatch]) -> None:
    """Draw the shares side by side; they need not add up to 1, but fill the bar."""
    total = sum(swatch.share for swatch in shown)
    if not total:
        return
    left, done = MARGIN, 0.0
    for swatch in shown:
        done += swatch.share
        right = MARGIN + round((WIDTH - 2 * MARGIN) * done / total)
        if right > left:
            draw.rectangle((left, MARGIN, right - 1, MARGIN + BAR - 1), fill=swatch.colour)
        left = right
    draw.rectangle((MARGIN, MARGIN, WIDTH - MARGIN - 1, MARGIN + BAR - 1), outline=EDGE)


def _card(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], swatch: Swatch) -> None:
    """Draw a colour with its hex and share, in whichever ink is easier to read on it."""
    draw.rounded_rectangle(box, radius=8, fill=swatch.colour, outline=EDGE)
    ink = _ink(swatch.colour)
    left, bottom = box[0] + 20, box[3]
    Lettering(_HEX).write(draw, (left, bottom - 62), swatch.colour.upper(), ink, bold=True)
    Lettering(_SHARE).write(draw, (left, bottom - 24), _percent(swatch.share), ink)


def _percent(share: float) -> str:
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"  # noqa: PLR2004 - what would be shown as 0%


def _ink(colour: str) -> str:
    """Return the ink with the higher contrast on `colour`, as WCAG 2 reckons it."""
    ground = _luminance(colour)
    dark = (ground + 0.05) / (_luminance(DARK) + 0.05)
    light = (_luminance(LIGHT) + 0.05) / (ground + 0.05)
    return DARK if dark >= light else LIGHT


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value / 255) for value in ImageColor.getrgb(colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - sRGB

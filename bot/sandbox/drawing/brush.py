"""A brush that knows the style: shapes are filled from its palette, lined, and shaded in its manner.

Shapes are given in a box of -1..1 (y downwards), wherever and however large they are drawn.
"""

# ruff: noqa: PLR2004 - thresholds of the eye: each was found by looking, and is said where it is used

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from PIL import Image, ImageChops, ImageDraw

from bot.sandbox.drawing.colour import WISHES, Colour, lightness, mix
from bot.sandbox.drawing.style import Style

Point = tuple[float, float]


@dataclass(frozen=True)
class Sheet:
    """The paper: an RGB picture, larger than what is wanted by `over`, and what is drawn on it alike."""

    image: Image.Image
    style: Style
    rng: random.Random
    is_fine: bool = False
    over: float = 2.0

    @property
    def short(self) -> int:
        """The short side in pixels."""
        return min(self.image.size)

    @cached_property
    def pen(self) -> ImageDraw.ImageDraw:
        """What draws on it."""
        return ImageDraw.Draw(self.image)

    @cached_property
    def hatching(self) -> Image.Image:
        """Slanted fine lines over the whole sheet, as a mask."""
        mask = Image.new("L", self.image.size)
        pen = ImageDraw.Draw(mask)
        width, height = mask.size
        step = max(5, round(self.short / (190 if self.is_fine else 150)))
        for x in range(-height, width, step):
            pen.line((x, height, x + height, 0), fill=255, width=max(1, round(step / 3.4)))
        return mask


@dataclass(frozen=True)
class Brush:
    """Draws one thing in a box around `at`, `size` pixels from middle to edge; `hue` is its own colour."""

    sheet: Sheet
    at: Point
    size: float
    flip: bool = False
    hue: Colour | None = None
    behind: Colour | None = None
    turn: float = 0.0
    _cosine: tuple[float, float] = field(init=False, default=(1.0, 0.0))

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cosine", (math.cos(self.turn), math.sin(self.turn)))

    def inside(self, x: float, y: float, size: float, *, turn: float = 0.0, flip: bool = False) -> "Brush":
        """Return a brush for a part of this thing, its box around (x, y) and `size` as large."""
        at = self._place((x, y))
        return replace(self, at=at, size=self.size * size, turn=self.turn + turn, flip=self.flip != flip)

    def colour(self, wish: str | Colour) -> Colour:
        """Return the style's colour for a word, for `word/main` (the thing's own hue), or for 'ink'."""
        style = self.sheet.style
        if not isinstance(wish, str):
            return wish
        if wish in {"ink", "dark", "light"}:
            return {"ink": style.ink, "dark": style.dark, "light": style.light}[wish]
        name, _, role = wish.partition("/")
        rgb = self.hue if role == "main" and self.hue else WISHES[name]
        colour = style.paint(rgb)
        return style.apart(colour, self.behind) if self.behind else colour

    def shape(
        self,
        points: Sequence[Point],
        wish: str | Colour,
        *,
        smooth: bool = True,
        line: bool = True,
        shade: bool = True,
    ) -> None:
        """Draw a closed shape; `smooth` rounds its corners."""
        placed = [self._place(point) for point in (_smooth(points) if smooth else points)]
        fill = self.colour(wish)
        weight = self._weight()
        if line and weight and not self.sheet.style.is_engraved:
            shifted = [(x + weight * 0.28, y + weight * 0.34) for x, y in placed]
            self._stroke([*shifted, shifted[0]], self.sheet.style.ink, weight * 1.15)
        self.sheet.pen.polygon(placed, fill=fill)
        if shade:
            self._shade(placed, fill)
        if line and weight:
            self._stroke([*placed, *placed[:2]], self._ink_on(fill), weight)

    def oval(  # noqa: PLR0913 - an ellipse is four numbers
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        wish: str | Colour,
        *,
        line: bool = True,
        shade: bool = True,
    ) -> None:
        """Draw an ellipse around (x, y)."""
        turns = [index * math.tau / 40 for index in range(40)]
        ring = [(x + rx * math.cos(turn), y + ry * math.sin(turn)) for turn in turns]
        self.shape(ring, wish, smooth=False, line=line, shade=shade)

    def stroke(
        self, points: Sequence[Point], wish: str | Colour = "ink", width: float = 1.0, *, smooth: bool = True
    ) -> None:
        """Draw an open line, `width` times as wide as the style's own (at least a hair)."""
        placed = [self._place(point) for point in (_smooth(points, closed=False) if smooth else points)]
        self._stroke(placed, self.colour(wish), max(self._weight(), self.sheet.short * 0.0022) * width)

    def rod(self, points: Sequence[Point], wish: str | Colour, thickness: float) -> None:
        """Draw a thick stem of `thickness` (of the box), lined like a shape."""
        placed = [self._place(point) for point in _smooth(points, closed=False)]
        weight = self._weight()
        if weight:
            self._stroke(placed, self._ink_on(self.colour(wish)), thickness * self.size + 2 * weight)
        self._stroke(placed, self.colour(wish), thickness * self.size)

    # ── how it is done ───────────────────────────────────────────────────────────────────────────────────

    def _place(self, point: Point) -> Point:
        """Return where a point of the box lies on the sheet: turned first, then mirrored."""
        x, y = point
        cosine, sine = self._cosine
        across = x * cosine - y * sine
        return (
            self.at[0] + self.size * (-across if self.flip else across),
            self.at[1] + self.size * (x * sine + y * cosine),
        )

    def _weight(self) -> float:
        """Return the line's width in pixels: things further away have a thinner one."""
        whole = self.sheet.style.outline * self.sheet.short
        near = min(1.0, max(0.45, (self.size / (0.28 * self.sheet.short)) ** 0.6))
        return max(1.6 * self.sheet.over / 2, whole * near) if whole else 0.0

    def _ink_on(self, fill: Colour) -> Colour:
        """Return the line's colour; an engraver's line must show on its own ground."""
        style = self.sheet.style
        if style.is_engraved and abs(lightness(fill) - lightness(style.ink)) < 0.12:
            return mix(fill, style.dark, 0.72)
        return style.ink

    def _stroke(self, placed: Sequence[Point], colour: Colour, width: float) -> None:
        pen, half = self.sheet.pen, width / 2
        pen.line(placed, fill=colour, width=max(1, round(width)), joint="curve")
        for x, y in (placed[0], placed[-1]):
            pen.ellipse((x - half, y - half, x + half, y + half), fill=colour)

    def _shade(self, placed: Sequence[Point], fill: Colour) -> None:
        left, top = (math.floor(min(point[axis] for point in placed)) for axis in (0, 1))
        right, bottom = (math.ceil(max(point[axis] for point in placed)) for axis in (0, 1))
        wide, high = right - left, bottom - top
        if min(wide, high) < 0.02 * self.sheet.short:
            return
        style = self.sheet.style
        is_pale = lightness(fill) > 0.42
        local = [(x - left, y - top) for x, y in placed]
        if style.is_engraved:
            shadow = mix(fill, style.dark, 0.6) if is_pale else mix(fill, style.ink, 0.5)
            side = -1 if is_pale else 1
            self._crescent(local, (left, top, wide, high), shadow, side * 0.2, hatched=True)
            if self.sheet.is_fine:
                self._crescent(local, (left, top, wide, high), shadow, side * 0.08, hatched=False)
            return
        shadow = mix(fill, style.dark, 0.3 if is_pale else 0.45)
        self._crescent(local, (left, top, wide, high), shadow, -0.13, hatched=False)
        shine = mix(fill, style.light, 0.45 if self.sheet.is_fine else 0.3)
        self._crescent(local, (left, top, wide, high), shine, 0.055, hatched=False)
        if self.sheet.is_fine:
            self._crescent(
                local, (left, top, wide, high), mix(shadow, style.dark, 0.35), -0.045, hatched=False
            )

    def _crescent(
        self,
        local: Sequence[Point],
        box: tuple[int, int, int, int],
        colour: Colour,
        by: float,
        *,
        hatched: bool,
    ) -> None:
        """Lay `colour` on the part of the shape that the shape moved `by` (of its size) leaves free."""
        left, top, wide, high = box
        mask = Image.new("L", (wide, high))
        pen = ImageDraw.Draw(mask)
        pen.polygon(local, fill=255)
        pen.polygon([(x + by * wide, y + by * high * 0.8) for x, y in local], fill=0)
        if hatched:
            mask = ImageChops.multiply(mask, self.sheet.hatching.crop((left, top, left + wide, top + high)))
        self.sheet.image.paste(colour, (left, top), mask)


def _smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 8) -> list[Point]:
    """Return a curve through all `points` (Catmull-Rom)."""
    count = len(points)
    if count < 3:
        return list(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        near = [_pick(points, index + offset, closed=closed) for offset in (-1, 0, 1, 2)]
        curve.extend(_between(near, step / steps) for step in range(steps))
    return curve if closed else [*curve, points[-1]]


def _pick(points: Sequence[Point], index: int, *, closed: bool) -> Point:
    return points[index % len(points)] if closed else points[min(max(index, 0), len(points) - 1)]


def _between(near: Sequence[Point], t: float) -> Point:
    """Return the point at `t` (0..1) between the middle two of four."""
    a = (-t + 2 * t * t - t**3) / 2
    b = (2 - 5 * t * t + 3 * t**3) / 2
    c = (t + 4 * t * t - 3 * t**3) / 2
    d = (-t * t + t**3) / 2
    x = a * near[0][0] + b * near[1][0] + c * near[2][0] + d * near[3][0]
    y = a * near[0][1] + b * near[1][1] + c * near[2][1] + d * near[3][1]
    return (x, y)

"""A style, and how it is learned from a dataset's pictures.

It is what a designer recognises at a glance: the ground, the colours with how much of each, the drawn line,
and the grain. Nothing of what the pictures show is kept.
"""

# ruff: noqa: PLR2004 - thresholds of the eye: each was found by looking, and is said where it is used

import base64
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from statistics import median
from typing import Any, Self

from PIL import Image, ImageChops, ImageFilter, ImageStat

from bot.sandbox.drawing.colour import Colour, distance, lightness, mix, nearest

Weighted = list[tuple[Colour, float]]

_SAME = 0.07  # colours nearer than this are one colour to a designer
_LINE_CONTRAST = 46  # of 255: below this a thin thing is shading, not a line
_LEAST_GRAIN = 1.2  # standard deviation, of 255: less is the noise of JPEG
_PATCH = 64  # pixels


@dataclass(frozen=True)
class Style:
    """A look: `outline` is a share of the short side (0: no line), `grain` a standard deviation of 255.

    `colours` and `weights` go together, the commonest first; `patch` is a PNG of the grain in base64.
    """

    ground: Colour
    colours: tuple[Colour, ...]
    weights: tuple[float, ...]
    ink: Colour
    outline: float
    grain: float = 0.0
    patch: str = ""
    is_cut_out: bool = False

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        colours = tuple(_triple(colour) for colour in kept["colours"])
        both = {"ground": _triple(kept["ground"]), "ink": _triple(kept["ink"])}
        return cls(**{**kept, **both, "colours": colours, "weights": tuple(kept["weights"])})

    def to_json(self) -> dict[str, Any]:
        """Return plain lists and numbers."""
        return asdict(self)

    @cached_property
    def dark(self) -> Colour:
        """The darkest colour in use."""
        return min((self.ground, self.ink, *self.colours), key=lightness)

    @cached_property
    def light(self) -> Colour:
        """The lightest colour in use."""
        return max((self.ground, self.ink, *self.colours), key=lightness)

    @property
    def is_dark(self) -> bool:
        """Whether its pictures stand on a dark ground."""
        return lightness(self.ground) < 0.5

    @property
    def is_engraved(self) -> bool:
        """Whether its line is fine: form is then given by hatching, not by flat shade."""
        return 0 < self.outline < 0.006

    @property
    def is_outlined(self) -> bool:
        """Whether its line is bold: colours are then flat, and may touch their like."""
        return self.outline >= 0.006

    def share_of(self, colour: Colour) -> float:
        """Return how much of the dataset one of `colours` covers, 0..1."""
        return dict(zip(self.colours, self.weights, strict=True)).get(colour, 0.0)

    def paint(self, wish: Colour) -> Colour:
        """Return the colour of this style that does for `wish`."""
        return nearest(wish, self.colours)

    def apart(self, colour: Colour, behind: Colour) -> Colour:
        """Return `colour`, moved away from what lies behind it where the two could not be told apart."""
        if self.is_outlined or distance(colour, behind) > 0.14:
            return colour
        return mix(colour, self.light if lightness(behind) < 0.5 else self.dark, 0.3)


def learn(pictures: Sequence[Image.Image]) -> Style:
    """Return the style of `pictures` (RGB, transparency already flattened, at most 1024 px a side)."""
    pooled = _merged(item for picture in pictures for item in _colours_of(picture, 1 / len(pictures)))
    edges = _merged(item for picture in pictures for item in _edge_of(picture, 1 / len(pictures)))
    ground, share = edges[0]
    colours = _chosen(pooled, ground)
    ink, outline = _line_of(pictures)
    grain, patch = _grain_of(pictures)
    return Style(
        ground=ground,
        colours=tuple(colour for colour, _ in colours),
        weights=tuple(round(weight, 4) for _, weight in colours),
        ink=ink,
        outline=outline,
        grain=grain,
        patch=patch,
        is_cut_out=share > 0.55 and lightness(ground) > 0.85,
    )


def _triple(values: Sequence[int]) -> Colour:
    r, g, b = values
    return (r, g, b)


# ── colours ──────────────────────────────────────────────────────────────────────────────────────────────


def _colours_of(picture: Image.Image, weight: float) -> Weighted:
    small = picture.resize((96, 96), Image.Resampling.NEAREST).quantize(20, Image.Quantize.MEDIANCUT)
    found = small.convert("RGB").getcolors(96 * 96) or []
    return [(_rgb(colour), weight * count / (96 * 96)) for count, colour in found]


def _edge_of(picture: Image.Image, weight: float) -> Weighted:
    """Return the colours along the top and the upper sides: below, things stand on something."""
    small = picture.resize((64, 64), Image.Resampling.BOX)
    strip = Image.new("RGB", (128, 4))
    strip.paste(small.crop((0, 0, 64, 4)), (0, 0))
    for index, left in enumerate((0, 60)):
        side = small.crop((left, 0, left + 4, 32)).transpose(Image.Transpose.ROTATE_90)
        strip.paste(side, (64 + 32 * index, 0))
    found = strip.quantize(8, Image.Quantize.MEDIANCUT).convert("RGB").getcolors(512) or []
    return [(_rgb(colour), weight * count / 512) for count, colour in found]


def _rgb(colour: object) -> Colour:
    assert isinstance(colour, tuple)  # noqa: S101 - a picture in mode RGB has nothing else
    return _triple(colour)


def _merged(found: Iterable[tuple[Colour, float]]) -> Weighted:
    """Return the colours with their weights, those that look the same counted as the commonest of them."""
    kept: dict[Colour, float] = {}
    for colour, weight in sorted(found, key=lambda item: -item[1]):
        same = next((one for one in kept if distance(one, colour) < _SAME), colour)
        kept[same] = kept.get(same, 0.0) + weight
    return sorted(kept.items(), key=lambda item: -item[1])


def _chosen(pooled: Weighted, ground: Colour) -> Weighted:
    """Return up to twelve colours: common ones, and rare ones that are unlike the rest (the accents)."""
    rest = [item for item in pooled if item[1] > 0.003]
    chosen = [min(rest, key=lambda item: distance(item[0], ground))]
    while len(chosen) < min(12, len(rest)):
        left = [item for item in rest if item not in chosen]
        chosen.append(max(left, key=lambda it: it[1] ** 0.5 * min(distance(it[0], c) for c, _ in chosen)))
    return sorted(chosen, key=lambda item: -item[1])


# ── the drawn line ───────────────────────────────────────────────────────────────────────────────────────


def _line_of(pictures: Sequence[Image.Image]) -> tuple[Colour, float]:
    """Return the line's colour and its width as a share of the picture; black and 0 where there is none.

    A line is what vanishes when the picture is closed (a dark line) or opened (a light one) by its width.
    """
    step = max(1, len(pictures) // 6)
    looks = [_thin_things(picture) for picture in pictures[::step]]
    dark, light = ([look[kind] for look in looks] for kind in (0, 1))
    best = max((dark, light), key=lambda found: median(share for share, _, _ in found))
    share = median(share for share, _, _ in best)
    if share < 0.005:
        return (0, 0, 0), 0.0
    inks = [ink for _, _, ink in best if ink is not None] or [(0, 0, 0)]
    red, green, blue = (round(median(ink[channel] for ink in inks)) for channel in range(3))
    return (red, green, blue), round(median(width for _, width, _ in best), 4)


Thin = tuple[float, float, Colour | None]


def _thin_things(picture: Image.Image) -> tuple[Thin, Thin]:
    small = picture.copy()
    small.thumbnail((400, 400), Image.Resampling.LANCZOS)
    grey = small.convert("L")
    return _thin(small, grey), _thin(small, ImageChops.invert(grey))


def _thin(picture: Image.Image, grey: Image.Image) -> Thin:
    """Return the share of dark thin things, their usual width (a share of the long side) and their colour."""
    shares = []
    wide = grey
    for size in range(1, 4):
        wide = wide.filter(ImageFilter.MaxFilter(3))
        closed = wide
        for _ in range(size):
            closed = closed.filter(ImageFilter.MinFilter(3))
        thin = ImageChops.subtract(closed, grey)
        shares.append(ImageStat.Stat(thin.point(_above(_LINE_CONTRAST))).mean[0] / 255)
    usual = next(size for size, share in enumerate(shares, 1) if share >= 0.4 * shares[-1])
    clear = thin.point(_above(round(1.4 * _LINE_CONTRAST)))
    ink = (
        _triple([round(level) for level in ImageStat.Stat(picture, clear).median])
        if clear.getbbox()
        else None
    )
    return shares[-1], (2 * usual - 1) / max(picture.size), ink


def _above(level: int) -> list[int]:
    """Return the table that turns grey into a mask of what is lighter than `level`."""
    return [0] * (level + 1) + [255] * (255 - level)


# ── grain ────────────────────────────────────────────────────────────────────────────────────────────────


def _grain_of(pictures: Sequence[Image.Image]) -> tuple[float, str]:
    """Return the grain's strength in the calm parts of the pictures, and a patch of it to lay on others."""
    calm = [_calm_patch(picture) for picture in pictures if min(picture.size) >= 2 * _PATCH]
    if not calm:
        return 0.0, ""
    strength = median(value for value, _ in calm)
    if strength < _LEAST_GRAIN:
        return 0.0, ""
    _, patch = min(calm, key=lambda item: abs(item[0] - strength))
    kept = io.BytesIO()
    patch.save(kept, "PNG")
    return round(strength, 2), base64.b64encode(kept.getvalue()).decode()


def _calm_patch(picture: Image.Image) -> tuple[float, Image.Image]:
    grey = picture.convert("L")
    rough = ImageChops.subtract(grey, grey.filter(ImageFilter.GaussianBlur(2)), offset=128)
    spots = [
        rough.crop((x, y, x + _PATCH, y + _PATCH))
        for x in range(0, rough.width - _PATCH + 1, _PATCH)
        for y in range(0, rough.height - _PATCH + 1, _PATCH)
    ]
    ranked = sorted(((ImageStat.Stat(spot).stddev[0], index) for index, spot in enumerate(spots)))
    strength, index = ranked[len(ranked) // 10]
    return strength, spots[index]

"""Colours as people see them: how far apart, how light, which of a palette is meant by a word."""

# ruff: noqa: PLR2004 - thresholds of the eye: each was found by looking, and is said where it is used

from collections.abc import Iterable, Mapping

Colour = tuple[int, int, int]

WISHES: Mapping[str, Colour] = {
    "white": (250, 247, 238),
    "cream": (248, 228, 190),
    "black": (24, 22, 28),
    "grey": (136, 134, 140),
    "stone": (128, 116, 118),
    "red": (212, 46, 38),
    "orange": (232, 122, 40),
    "yellow": (250, 210, 60),
    "gold": (214, 168, 84),
    "green": (66, 140, 58),
    "blue": (52, 104, 190),
    "sky": (140, 192, 230),
    "navy": (24, 32, 80),
    "purple": (112, 70, 150),
    "pink": (242, 146, 168),
    "brown": (122, 74, 44),
    "wood": (164, 106, 60),
    "tan": (224, 180, 128),
    "teal": (44, 140, 140),
}
SYNONYMS: Mapping[str, str] = {
    "golden": "gold",
    "violet": "purple",
    "gray": "grey",
    "crimson": "red",
    "scarlet": "red",
    "turquoise": "teal",
    "beige": "tan",
    "silver": "grey",
    "rosy": "pink",
    "wooden": "wood",
    "brass": "gold",
    "copper": "orange",
}


def lab(colour: Colour) -> tuple[float, float, float]:
    """Return the colour in OKLab: lightness 0..1, then two axes of hue, each within about -0.4..0.4."""
    r, g, b = (_linear(channel / 255) for channel in colour)
    cone_l = (0.4122 * r + 0.5363 * g + 0.0514 * b) ** (1 / 3)
    cone_m = (0.2119 * r + 0.6807 * g + 0.1074 * b) ** (1 / 3)
    cone_s = (0.0883 * r + 0.2817 * g + 0.6300 * b) ** (1 / 3)
    return (
        0.2105 * cone_l + 0.7936 * cone_m - 0.0041 * cone_s,
        1.9780 * cone_l - 2.4286 * cone_m + 0.4506 * cone_s,
        0.0259 * cone_l + 0.7828 * cone_m - 0.8087 * cone_s,
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def lightness(colour: Colour) -> float:
    """Return 0 for black to 1 for white, as seen."""
    return lab(colour)[0]


def chroma(colour: Colour) -> float:
    """Return how far from grey the colour is: 0 to about 0.3."""
    _, a, b = lab(colour)
    return float((a * a + b * b) ** 0.5)


def distance(one: Colour, other: Colour, *, hue: float = 1.0) -> float:
    """Return how different two colours look (0.02 is just seen); `hue` above 1 makes hue count for more."""
    (l1, a1, b1), (l2, a2, b2) = lab(one), lab(other)
    return float(((l1 - l2) ** 2 + hue * ((a1 - a2) ** 2 + (b1 - b2) ** 2)) ** 0.5)


def nearest(wish: Colour, palette: Iterable[Colour]) -> Colour:
    """Return the colour of `palette` that does best for `wish`: the hue first, then the lightness.

    A grey does not stand in for a colour as long as there is any other, unless the wish is as good as black.
    """
    is_lively = chroma(wish) > 0.09 and lightness(wish) > 0.38
    return min(
        palette,
        key=lambda colour: distance(wish, colour, hue=2.5) + 0.25 * (is_lively and chroma(colour) < 0.04),
    )


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return `one` with `share` (0..1) of `other` in it."""
    r, g, b = (round(x + (y - x) * share) for x, y in zip(one, other, strict=True))
    return (r, g, b)

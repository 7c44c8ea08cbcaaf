"""Things that people hold, open, fill and look through."""

import math

from bot.sandbox.drawing.brush import Brush
from bot.sandbox.drawing.nouns import Place, noun


@noun(Place.TABLE, "cup", "mug", "coffee", "tea", "teacup", "chocolate", "bowl")
def _cup(brush: Brush) -> None:
    for x in (-0.28, 0.04, 0.32):
        brush.stroke([(x, -0.52), (x + 0.1, -0.68), (x - 0.04, -0.84), (x + 0.06, -1.0)], "cream", 1.2)
    brush.oval(0.72, 0.26, 0.32, 0.34, "blue/main")
    brush.oval(0.72, 0.26, 0.16, 0.18, brush.behind or "cream", shade=False)
    brush.shape(
        [
            (-0.7, -0.28),
            (-0.7, 0.2),
            (-0.64, 0.66),
            (-0.48, 0.9),
            (0, 0.98),
            (0.48, 0.9),
            (0.64, 0.66),
            (0.7, 0.2),
            (0.7, -0.28),
        ],
        "blue/main",
    )
    brush.oval(0, -0.3, 0.7, 0.17, "cream")
    brush.oval(0, -0.28, 0.56, 0.115, "brown", line=False, shade=False)
    brush.inside(-0.1, 0.36, 0.24).shape(_star_points(5, 0.42), "gold", smooth=False)


def _star_points(count: int, inner: float) -> list[tuple[float, float]]:
    turns = [index * math.pi / count for index in range(2 * count)]
    return [((1, inner)[i % 2] * math.sin(t), -(1, inner)[i % 2] * math.cos(t)) for i, t in enumerate(turns)]


@noun(Place.TABLE, "teapot", "kettle", "jug", "pot")
def _teapot(brush: Brush) -> None:
    brush.rod([(-0.5, -0.16), (-1.0, -0.1), (-0.96, 0.5), (-0.5, 0.62)], "teal/main", 0.1)
    brush.shape([(0.5, 0.5), (0.8, 0.1), (1.06, -0.2), (0.92, -0.26), (0.66, -0.1), (0.44, 0.1)], "teal/main")
    brush.shape(
        [
            (-0.4, -0.3),
            (0.4, -0.3),
            (0.7, 0.2),
            (0.56, 0.8),
            (0.3, 0.98),
            (-0.3, 0.98),
            (-0.56, 0.8),
            (-0.7, 0.2),
        ],
        "teal/main",
    )
    brush.shape([(-0.44, -0.28), (-0.3, -0.5), (0, -0.58), (0.3, -0.5), (0.44, -0.28)], "cream")
    brush.oval(0, -0.64, 0.1, 0.1, "gold")


@noun(Place.TABLE, "book", "notebook", "journal", "diary", "map", "chart", "letter", "card")
def _book(brush: Brush) -> None:
    brush.shape(
        [(-1.0, 0.9), (-0.92, 0.0), (0, 0.14), (0.92, 0.0), (1.0, 0.9), (0, 1.0)], "red/main", smooth=False
    )
    for side in (-1, 1):
        brush.shape(
            [
                (0, 0.92),
                (0, 0.1),
                (side * 0.3, -0.06),
                (side * 0.86, -0.08),
                (side * 0.92, 0.8),
                (side * 0.3, 0.8),
            ],
            "cream",
            smooth=False,
        )
        for y in (0.12, 0.28, 0.44, 0.6):
            brush.stroke([(side * 0.16, y), (side * 0.44, y - 0.05), (side * 0.76, y - 0.05)], width=0.6)
    brush.stroke([(0, 0.1), (0, 0.92)], width=0.9, smooth=False)


@noun(Place.TABLE, "candle", "lantern", "lamp", "light", "candlelight")
def _candle(brush: Brush) -> None:
    brush.oval(0, 0.9, 0.6, 0.12, "gold")
    brush.shape(
        [(-0.24, 0.9), (-0.24, -0.2), (0, -0.12), (0.24, -0.2), (0.24, 0.9), (0, 0.96)],
        "cream/main",
        smooth=False,
    )
    brush.stroke([(0, -0.16), (0.02, -0.34)], width=1.0, smooth=False)
    brush.shape(
        [(0, -0.98), (0.19, -0.56), (0.14, -0.32), (0, -0.26), (-0.14, -0.32), (-0.19, -0.56)],
        "orange",
        shade=False,
    )
    brush.shape([(0, -0.72), (0.09, -0.46), (0, -0.3), (-0.09, -0.46)], "yellow", line=False, shade=False)


@noun(Place.GROUND, "telescope", "spyglass", "camera", "microscope")
def _telescope(brush: Brush) -> None:
    for x in (-0.5, 0.0, 0.5):
        brush.rod([(0, 0.12), (x, 1.0)], "wood", 0.06)
    tube = brush.inside(0, -0.04, 1, turn=-0.6)
    tube.shape([(-0.9, -0.1), (-0.5, -0.1), (-0.5, 0.1), (-0.9, 0.1)], "brown", smooth=False)
    tube.shape([(-0.56, -0.15), (0.3, -0.17), (0.3, 0.17), (-0.56, 0.15)], "gold/main", smooth=False)
    tube.shape([(0.26, -0.21), (0.92, -0.25), (0.92, 0.25), (0.26, 0.21)], "gold/main", smooth=False)
    tube.shape([(0.84, -0.29), (0.98, -0.29), (0.98, 0.29), (0.84, 0.29)], "tan", smooth=False)
    brush.oval(0, 0.1, 0.13, 0.13, "brown")


def _dial(brush: Brush, face: str) -> None:
    brush.oval(0, 0.1, 0.88, 0.88, "gold/main")
    brush.oval(0, 0.1, 0.72, 0.72, face, shade=False)
    for index in range(24):
        turn, near = index * math.tau / 24, 0.56 if index % 6 == 0 else 0.64
        ends = [(radius * math.sin(turn), 0.1 - radius * math.cos(turn)) for radius in (near, 0.7)]
        brush.stroke(ends, "dark" if face == "cream" else "ink", 0.8, smooth=False)


@noun(Place.TABLE, "compass", "astrolabe", "sextant")
def _compass(brush: Brush) -> None:
    brush.oval(0, -0.86, 0.16, 0.14, "gold/main")
    _dial(brush, "cream")
    brush.inside(0, 0.1, 0.5).shape(_star_points(4, 0.26), "purple", smooth=False)
    needle = brush.inside(0, 0.1, 0.62, turn=0.5)
    needle.shape([(0, -0.95), (0.14, 0), (-0.14, 0)], "red", smooth=False)
    needle.shape([(0, 0.95), (0.14, 0), (-0.14, 0)], "dark", smooth=False, shade=False)
    brush.oval(0, 0.1, 0.07, 0.07, "gold", shade=False)


@noun(Place.TABLE, "clock", "watch", "alarm")
def _clock(brush: Brush) -> None:
    for x in (-0.5, 0.5):
        brush.rod([(x, 0.8), (x * 1.2, 1.0)], "brown", 0.1)
    _dial(brush, "cream")
    for ends, width in (([(0, 0.1), (0, -0.4)], 1.6), ([(0, 0.1), (0.32, 0.26)], 2.2)):
        brush.stroke(ends, "dark", width, smooth=False)
    brush.oval(0, 0.1, 0.06, 0.06, "red", shade=False)


@noun(Place.TABLE, "bottle", "vase", "jar", "wine", "perfume")
def _bottle(brush: Brush) -> None:
    brush.shape([(-0.1, -0.96), (0.1, -0.96), (0.1, -0.8), (-0.1, -0.8)], "wood", smooth=False)
    brush.shape(
        [
            (-0.13, -0.8),
            (0.13, -0.8),
            (0.14, -0.3),
            (0.4, 0.0),
            (0.42, 0.9),
            (0.3, 1.0),
            (-0.3, 1.0),
            (-0.42, 0.9),
            (-0.4, 0.0),
            (-0.14, -0.3),
        ],
        "green/main",
    )
    brush.shape([(-0.42, 0.22), (0.42, 0.22), (0.42, 0.7), (-0.42, 0.7)], "cream", smooth=False, shade=False)
    brush.inside(0, 0.46, 0.16).shape(_star_points(5, 0.42), "gold", smooth=False)


@noun(Place.GROUND, "umbrella", "parasol")
def _umbrella(brush: Brush) -> None:
    brush.rod([(0, -0.3), (0, 0.84), (0.12, 0.98), (0.26, 0.86)], "wood", 0.06)
    canopy = [
        (-0.94 * math.cos(i * math.pi / 16), -0.1 - 0.82 * math.sin(i * math.pi / 16)) for i in range(17)
    ]
    scallop = [(0.62, -0.2), (0.32, -0.06), (0, -0.2), (-0.32, -0.06), (-0.62, -0.2)]
    brush.shape([*canopy, *scallop], "red/main", smooth=False)
    for x in (-0.32, 0.32):
        brush.stroke([(0, -0.92), (x * 0.9, -0.6), (x, -0.08)], width=0.8)


@noun(Place.TABLE, "phone", "smartphone", "tablet", "screen", "laptop", "computer", "app")
def _phone(brush: Brush) -> None:
    brush.shape(
        [
            (-0.46, -0.98),
            (0.46, -0.98),
            (0.5, -0.9),
            (0.5, 0.92),
            (0.46, 1.0),
            (-0.46, 1.0),
            (-0.5, 0.92),
            (-0.5, -0.9),
        ],
        "dark",
        smooth=False,
    )
    brush.shape(
        [(-0.42, -0.84), (0.42, -0.84), (0.42, 0.84), (-0.42, 0.84)], "purple/main", smooth=False, shade=False
    )
    brush.oval(0.1, -0.4, 0.2, 0.2, "cream")
    stars = [(-0.3, 0.1), (-0.1, 0.3), (0.14, 0.16), (0.3, 0.44), (0.0, 0.62)]
    brush.stroke(stars, "gold", 0.7, smooth=False)
    for x, y in stars:
        brush.oval(x, y, 0.04, 0.04, "cream", line=False, shade=False)


@noun(Place.GROUND, "gift", "present", "box", "parcel", "package", "suitcase", "chest")
def _gift(brush: Brush) -> None:
    brush.shape([(-0.7, -0.1), (0.7, -0.1), (0.66, 1.0), (-0.66, 1.0)], "blue/main", smooth=False)
    brush.shape([(-0.8, -0.4), (0.8, -0.4), (0.8, -0.06), (-0.8, -0.06)], "blue/main", smooth=False)
    brush.shape([(-0.13, -0.4), (0.13, -0.4), (0.13, 1.0), (-0.13, 1.0)], "yellow", smooth=False)
    for side in (-1, 1):
        brush.shape([(0, -0.42), (side * 0.2, -0.86), (side * 0.56, -0.8), (side * 0.44, -0.5)], "yellow")


@noun(Place.SUPPORT, "table", "desk", "shelf", "windowsill", "chair", "bench")
def _table(brush: Brush) -> None:
    for x in (-0.9, 0.9):
        brush.shape(
            [(x - 0.08, 0.2), (x + 0.08, 0.2), (x + 0.06, 1.0), (x - 0.06, 1.0)], "wood", smooth=False
        )
    brush.shape([(-1.2, 0.0), (1.2, 0.0), (1.2, 0.24), (-1.2, 0.24)], "wood/main", smooth=False)

"""Birds, fish, and people."""

from bot.sandbox.drawing.brush import Brush
from bot.sandbox.drawing.nouns import Place, noun


@noun(Place.SMALL, "bird", "sparrow", "robin", "raven", "crow", "dove", "parrot", "duck", "chick", "hen")
def _bird(brush: Brush) -> None:
    brush.shape([(-0.5, 0.2), (-1.05, 0.02), (-0.98, 0.36), (-0.5, 0.5)], "blue/main")
    for x in (-0.02, 0.22):
        brush.stroke([(x, 0.6), (x + 0.02, 0.98), (x + 0.16, 1.0)], width=0.9, smooth=False)
    brush.shape([(0.6, -0.35), (0.95, -0.22), (0.6, -0.1)], "orange", smooth=False)
    brush.shape(
        [
            (0.3, -0.66),
            (0.66, -0.42),
            (0.6, 0.1),
            (0.3, 0.56),
            (-0.2, 0.66),
            (-0.66, 0.36),
            (-0.3, 0.02),
            (-0.02, -0.45),
        ],
        "blue/main",
    )
    brush.shape(
        [(0.56, 0.0), (0.42, 0.42), (0.1, 0.6), (0.02, 0.36), (0.26, 0.06)], "cream", line=False, shade=False
    )
    brush.shape([(0.02, -0.06), (0.18, 0.2), (-0.1, 0.46), (-0.74, 0.3), (-0.3, 0.06)], "navy")
    brush.oval(0.4, -0.34, 0.07, 0.08, "dark", line=False, shade=False)
    brush.oval(0.42, -0.37, 0.024, 0.026, "light", line=False, shade=False)


@noun(Place.GROUND, "owl")
def _owl(brush: Brush) -> None:
    brush.shape(
        [
            (0, -0.78),
            (0.4, -0.7),
            (0.6, -0.92),
            (0.62, -0.3),
            (0.6, 0.4),
            (0.36, 0.92),
            (-0.36, 0.92),
            (-0.6, 0.4),
            (-0.62, -0.3),
            (-0.6, -0.92),
            (-0.4, -0.7),
        ],
        "brown/main",
    )
    brush.oval(0, 0.38, 0.38, 0.46, "tan", line=False, shade=False)
    for row, count in enumerate((3, 4, 3)):
        for index in range(count):
            x, y = (index - (count - 1) / 2) * 0.2, 0.18 + row * 0.2
            brush.stroke([(x - 0.07, y), (x, y + 0.08), (x + 0.07, y)], width=0.8)
    for side in (-1, 1):
        brush.shape(
            [(side * 0.6, -0.1), (side * 0.78, 0.3), (side * 0.56, 0.74), (side * 0.4, 0.3)], "brown/main"
        )
        brush.oval(side * 0.27, -0.38, 0.27, 0.27, "cream")
        brush.oval(side * 0.24, -0.38, 0.13, 0.13, "dark", line=False, shade=False)
        brush.oval(side * 0.28, -0.43, 0.04, 0.04, "light", line=False, shade=False)
        brush.oval(side * 0.2, 0.94, 0.14, 0.07, "orange", shade=False)
    brush.shape([(-0.09, -0.26), (0.09, -0.26), (0, -0.06)], "orange", smooth=False)


@noun(Place.WATER, "fish", "salmon", "koi", "trout", "goldfish", "shark")
def _fish(brush: Brush) -> None:
    brush.shape([(-0.5, 0.0), (-1.0, -0.42), (-0.88, 0.0), (-1.0, 0.42)], "orange/main")
    brush.shape([(-0.25, -0.34), (0.05, -0.68), (0.4, -0.3)], "red")
    brush.shape(
        [(0.95, 0.02), (0.6, -0.32), (0.1, -0.42), (-0.58, -0.06), (-0.58, 0.08), (0.1, 0.44), (0.62, 0.34)],
        "orange/main",
    )
    brush.shape([(0.1, 0.1), (-0.2, 0.44), (0.18, 0.34)], "red")
    for x in (0.34, 0.08, -0.16):
        brush.stroke([(x, -0.2), (x - 0.1, 0.0), (x, 0.2)], width=0.8)
    brush.oval(0.64, -0.08, 0.08, 0.09, "light", shade=False)
    brush.oval(0.66, -0.08, 0.045, 0.05, "dark", line=False, shade=False)


@noun(Place.WATER, "whale", "dolphin", "orca")
def _whale(brush: Brush) -> None:
    brush.shape(
        [
            (-0.62, 0.2),
            (-0.86, -0.1),
            (-1.1, -0.34),
            (-0.78, -0.3),
            (-0.68, -0.52),
            (-0.56, -0.2),
            (-0.4, 0.1),
        ],
        "blue/main",
    )
    brush.shape(
        [(-0.66, 0.1), (-0.1, -0.3), (0.5, -0.38), (0.94, -0.02), (0.86, 0.42), (0.3, 0.62), (-0.3, 0.52)],
        "blue/main",
    )
    brush.shape(
        [(0.94, 0.08), (0.86, 0.42), (0.3, 0.62), (-0.1, 0.56), (0.4, 0.32)], "cream", line=False, shade=False
    )
    for y in (0.36, 0.46, 0.55):
        brush.stroke([(0.82 - (y - 0.36), y - 0.04), (0.4, y + 0.04), (0.1, y + 0.03)], width=0.6)
    brush.shape([(0.3, 0.42), (0.16, 0.82), (0.02, 0.8), (0.08, 0.46)], "blue/main")
    brush.oval(0.66, 0.06, 0.045, 0.055, "dark", line=False, shade=False)
    for side in (-1, 1):
        brush.stroke(
            [(0.4, -0.4), (0.4 + side * 0.04, -0.66), (0.4 + side * 0.24, -0.76), (0.4 + side * 0.34, -0.6)],
            "sky",
            1.4,
        )


@noun(Place.SMALL, "butterfly", "moth", "bee")
def _butterfly(brush: Brush) -> None:
    for side in (-1, 1):
        brush.shape(
            [
                (side * 0.06, -0.1),
                (side * 0.4, -0.8),
                (side * 0.95, -0.72),
                (side * 0.86, -0.1),
                (side * 0.3, 0.08),
            ],
            "orange/main",
        )
        brush.shape(
            [
                (side * 0.06, 0.02),
                (side * 0.6, 0.1),
                (side * 0.66, 0.6),
                (side * 0.3, 0.72),
                (side * 0.08, 0.3),
            ],
            "yellow",
        )
        brush.oval(side * 0.62, -0.44, 0.14, 0.14, "cream", line=False, shade=False)
        brush.stroke([(0, -0.4), (side * 0.12, -0.72), (side * 0.26, -0.82)], width=0.8)
    brush.oval(0, 0.02, 0.08, 0.44, "dark", shade=False)


@noun(
    Place.GROUND,
    "person",
    "man",
    "woman",
    "girl",
    "boy",
    "child",
    "figure",
    "traveller",
    "traveler",
    "wanderer",
    "people",
    "astronaut",
    "hiker",
    "wizard",
    "designer",
    "farmer",
    "gardener",
    "reader",
)
def _person(brush: Brush) -> None:
    _limbs(brush)
    brush.shape(
        [(-0.16, -0.42), (0.16, -0.42), (0.32, -0.3), (0.4, 0.6), (0, 0.68), (-0.4, 0.6), (-0.32, -0.3)],
        "red/main",
    )
    brush.stroke([(0, -0.3), (0.01, 0.1), (0, 0.62)], width=0.7)
    brush.oval(0, -0.68, 0.25, 0.28, "tan")
    brush.shape(
        [(-0.27, -0.6), (-0.3, -0.9), (0, -1.04), (0.3, -0.9), (0.27, -0.6), (0.14, -0.82), (-0.14, -0.82)],
        "brown",
    )
    for side in (-1, 1):
        brush.oval(side * 0.09, -0.64, 0.028, 0.034, "dark", line=False, shade=False)
    brush.stroke([(-0.08, -0.54), (0, -0.5), (0.08, -0.54)], width=0.6)
    brush.shape([(-0.24, -0.42), (0.24, -0.42), (0.22, -0.28), (-0.22, -0.28)], "yellow", shade=False)


def _limbs(brush: Brush) -> None:
    for side in (-1, 1):
        brush.shape(
            [
                (side * 0.04, 0.5),
                (side * 0.24, 0.5),
                (side * 0.22, 0.96),
                (side * 0.3, 1.0),
                (side * 0.06, 1.0),
            ],
            "navy",
            smooth=False,
        )
        brush.shape(
            [
                (side * 0.2, -0.34),
                (side * 0.4, -0.2),
                (side * 0.5, 0.26),
                (side * 0.4, 0.34),
                (side * 0.3, 0.1),
            ],
            "red/main",
        )

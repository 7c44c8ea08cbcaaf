"""Buildings, and what carries people about."""

import math

from bot.sandbox.drawing.brush import Brush
from bot.sandbox.drawing.nouns import Place, noun


@noun(
    Place.FAR,
    "house",
    "home",
    "cottage",
    "hut",
    "cabin",
    "barn",
    "village",
    "shop",
    "storefront",
    "town",
    "bakery",
)
def _house(brush: Brush) -> None:
    brush.shape([(0.3, -0.5), (0.3, -0.96), (0.54, -0.96), (0.54, -0.3)], "stone", smooth=False)
    brush.shape([(-0.7, -0.1), (0.7, -0.1), (0.7, 1.0), (-0.7, 1.0)], "cream/main", smooth=False)
    brush.shape([(-0.94, 0.0), (0, -0.86), (0.94, 0.0)], "red", smooth=False)
    brush.shape([(-0.16, 1.0), (-0.16, 0.46), (0, 0.34), (0.16, 0.46), (0.16, 1.0)], "brown", smooth=False)
    for x in (-0.44, 0.44):
        brush.shape(
            [(x - 0.17, 0.2), (x + 0.17, 0.2), (x + 0.17, 0.58), (x - 0.17, 0.58)],
            "yellow",
            smooth=False,
            shade=False,
        )
        brush.stroke([(x, 0.2), (x, 0.58)], width=0.7, smooth=False)
        brush.stroke([(x - 0.17, 0.39), (x + 0.17, 0.39)], width=0.7, smooth=False)


@noun(Place.FAR, "lighthouse")
def _lighthouse(brush: Brush) -> None:
    brush.shape([(-0.3, 1.0), (-0.2, -0.5), (0.2, -0.5), (0.3, 1.0)], "white", smooth=False)
    for top in (-0.3, 0.2, 0.7):
        wide = 0.2 + (top + 0.5) * 0.066
        brush.shape(
            [(-wide, top), (wide, top), (wide + 0.015, top + 0.24), (-wide - 0.015, top + 0.24)],
            "red/main",
            smooth=False,
            shade=False,
        )
    brush.shape(
        [(-0.18, -0.54), (-0.18, -0.8), (0.18, -0.8), (0.18, -0.54)], "yellow", smooth=False, shade=False
    )
    brush.shape(
        [(-0.28, -0.46), (-0.28, -0.56), (0.28, -0.56), (0.28, -0.46)], "dark", smooth=False, shade=False
    )
    brush.shape([(-0.24, -0.78), (0, -1.04), (0.24, -0.78)], "red/main", smooth=False)


@noun(Place.FAR, "tower", "castle", "clocktower", "church", "city", "skyline", "temple")
def _tower(brush: Brush) -> None:
    for side in (-1, 1):
        brush.shape(
            [(side * 0.3, 1.0), (side * 0.3, 0.3), (side * 0.72, 0.3), (side * 0.72, 1.0)],
            "stone/main",
            smooth=False,
        )
        brush.shape([(side * 0.24, 0.34), (side * 0.51, -0.1), (side * 0.78, 0.34)], "red", smooth=False)
    brush.shape([(-0.34, 1.0), (-0.34, -0.44), (0.34, -0.44), (0.34, 1.0)], "stone/main", smooth=False)
    brush.shape([(-0.42, -0.42), (0, -1.08), (0.42, -0.42)], "red", smooth=False)
    brush.oval(0, -0.12, 0.22, 0.22, "yellow", shade=False)
    brush.stroke([(0, -0.27), (0, -0.12), (0.1, -0.06)], width=0.9, smooth=False)
    brush.shape([(-0.13, 1.0), (-0.13, 0.66), (0, 0.54), (0.13, 0.66), (0.13, 1.0)], "brown", smooth=False)
    for x in (-0.5, 0.5):
        brush.shape(
            [(x - 0.07, 0.5), (x + 0.07, 0.5), (x + 0.07, 0.74), (x - 0.07, 0.74)],
            "yellow",
            smooth=False,
            shade=False,
        )


@noun(Place.FAR, "observatory", "dome")
def _observatory(brush: Brush) -> None:
    brush.shape([(-0.8, 1.0), (-0.8, 0.2), (0.8, 0.2), (0.8, 1.0)], "stone/main", smooth=False)
    dome = [(-0.74 * math.cos(i * math.pi / 20), 0.12 - 0.9 * math.sin(i * math.pi / 20)) for i in range(21)]
    brush.shape(dome, "purple", smooth=False)
    brush.shape([(0.0, 0.1), (0.06, -0.8), (0.32, -0.7), (0.32, 0.1)], "yellow", smooth=False, shade=False)
    brush.rod([(0.16, -0.1), (0.46, -0.86)], "dark", 0.12)
    brush.shape([(-0.86, 0.26), (-0.86, 0.1), (0.86, 0.1), (0.86, 0.26)], "tan", smooth=False, shade=False)
    for x in (-0.5, 0.0, 0.5):
        brush.shape(
            [(x - 0.1, 0.9), (x - 0.1, 0.56), (x, 0.44), (x + 0.1, 0.56), (x + 0.1, 0.9)],
            "gold",
            smooth=False,
            shade=False,
        )


@noun(Place.WATER, "boat", "ship", "sailboat", "sail", "yacht", "canoe")
def _boat(brush: Brush) -> None:
    brush.rod([(0, 0.6), (0, -0.96)], "wood", 0.05)
    brush.shape([(0.06, -0.9), (0.44, -0.3), (0.78, 0.36), (0.06, 0.42)], "white/main", smooth=False)
    brush.shape([(-0.06, -0.7), (-0.36, -0.1), (-0.6, 0.36), (-0.06, 0.4)], "red", smooth=False)
    brush.shape([(-0.96, 0.54), (0.96, 0.54), (0.66, 0.94), (0, 1.0), (-0.66, 0.94)], "wood", smooth=False)
    brush.shape(
        [(-0.96, 0.54), (0.96, 0.54), (0.86, 0.66), (-0.86, 0.66)], "cream", smooth=False, shade=False
    )


@noun(Place.GROUND, "car", "van", "taxi", "truck", "bus")
def _car(brush: Brush) -> None:
    brush.shape([(-0.62, 0.2), (-0.4, -0.3), (0.3, -0.34), (0.64, 0.16)], "red/main", smooth=False)
    brush.shape(
        [(-0.46, 0.16), (-0.3, -0.2), (-0.06, -0.21), (-0.06, 0.16)], "sky", smooth=False, shade=False
    )
    brush.shape([(0.04, 0.16), (0.04, -0.22), (0.26, -0.22), (0.48, 0.16)], "sky", smooth=False, shade=False)
    brush.shape(
        [(-1.0, 0.3), (-0.6, 0.14), (0.6, 0.14), (0.96, 0.28), (1.02, 0.72), (-1.02, 0.72)], "red/main"
    )
    brush.oval(0.9, 0.42, 0.07, 0.08, "yellow", shade=False)
    for x in (-0.56, 0.56):
        brush.oval(x, 0.74, 0.26, 0.26, "dark")
        brush.oval(x, 0.74, 0.11, 0.11, "cream", shade=False)


@noun(Place.GROUND, "bicycle", "bike", "cyclist")
def _bicycle(brush: Brush) -> None:
    for x in (-0.6, 0.6):
        ring = [
            (x + 0.4 * math.cos(i * math.tau / 36), 0.58 + 0.4 * math.sin(i * math.tau / 36))
            for i in range(37)
        ]
        brush.stroke(ring, "dark", 1.8, smooth=False)
        for index in range(4):
            turn = index * math.pi / 4
            far = (0.38 * math.cos(turn), 0.38 * math.sin(turn))
            brush.stroke([(x - far[0], 0.58 - far[1]), (x + far[0], 0.58 + far[1])], width=0.5, smooth=False)
    for ends in (
        [(-0.6, 0.58), (-0.24, 0.0), (0.36, 0.0), (-0.02, 0.58), (-0.6, 0.58)],
        [(-0.02, 0.58), (-0.28, -0.14)],
        [(0.6, 0.58), (0.32, -0.24)],
    ):
        brush.stroke(ends, "red/main", 2.6, smooth=False)
    brush.stroke([(-0.42, -0.16), (-0.14, -0.16)], "dark", 3, smooth=False)
    brush.stroke([(0.14, -0.3), (0.34, -0.26), (0.46, -0.14)], "dark", 2)


@noun(Place.SKY, "rocket", "spaceship", "spacecraft", "satellite")
def _rocket(brush: Brush) -> None:
    tilted = brush.inside(0, 0, 1, turn=0.4)
    tilted.shape([(0, 1.0), (0.16, 0.66), (0.1, 0.5), (-0.1, 0.5), (-0.16, 0.66)], "orange", shade=False)
    for side in (-1, 1):
        tilted.shape(
            [(side * 0.26, 0.06), (side * 0.56, 0.5), (side * 0.5, 0.66), (side * 0.2, 0.5)], "red/main"
        )
    tilted.shape(
        [(0, -0.98), (0.28, -0.46), (0.32, 0.16), (0.2, 0.54), (-0.2, 0.54), (-0.32, 0.16), (-0.28, -0.46)],
        "white",
    )
    tilted.shape([(0, -0.98), (0.22, -0.6), (0, -0.54), (-0.22, -0.6)], "red/main")
    tilted.oval(0, -0.16, 0.15, 0.15, "sky")


@noun(Place.SKY, "balloon", "airship", "zeppelin")
def _balloon(brush: Brush) -> None:
    for x in (-0.16, 0.16):
        brush.stroke([(x * 1.8, 0.32), (x, 0.74)], width=0.8, smooth=False)
    brush.shape(
        [
            (0, -0.98),
            (0.5, -0.8),
            (0.7, -0.34),
            (0.44, 0.14),
            (0.14, 0.42),
            (-0.14, 0.42),
            (-0.44, 0.14),
            (-0.7, -0.34),
            (-0.5, -0.8),
        ],
        "red/main",
    )
    brush.shape(
        [
            (0, -0.98),
            (0.26, -0.7),
            (0.3, -0.3),
            (0.18, 0.12),
            (0.06, 0.42),
            (-0.06, 0.42),
            (-0.18, 0.12),
            (-0.3, -0.3),
            (-0.26, -0.7),
        ],
        "cream",
        shade=False,
    )
    brush.shape([(-0.2, 0.72), (0.2, 0.72), (0.16, 1.0), (-0.16, 1.0)], "wood", smooth=False)

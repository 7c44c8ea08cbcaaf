"""Sky, land, plants and fruit."""

import math

from bot.sandbox.drawing.brush import Brush
from bot.sandbox.drawing.nouns import Place, noun


@noun(Place.SKY, "moon", "crescent")
def _moon(brush: Brush) -> None:
    brush.oval(0, 0, 0.92, 0.92, "cream/main")
    for x, y, r in (
        (-0.3, -0.35, 0.2),
        (0.3, 0.1, 0.25),
        (-0.25, 0.42, 0.15),
        (0.36, -0.46, 0.11),
        (-0.55, 0.06, 0.09),
    ):
        brush.oval(x, y, r, r * 0.92, "tan", shade=True)
        brush.oval(x + 0.02, y + 0.02, r * 0.6, r * 0.52, "cream", line=False, shade=False)


@noun(Place.SKY, "sun", "sunrise", "sunset")
def _sun(brush: Brush) -> None:
    for index in range(16):
        turn = index * math.tau / 16
        far, wide = (1.0, 0.1) if index % 2 else (0.84, 0.08)
        tip = (far * math.cos(turn), far * math.sin(turn))
        sides = [(0.6 * math.cos(turn + by), 0.6 * math.sin(turn + by)) for by in (-wide, wide)]
        brush.shape([sides[0], tip, sides[1]], "orange", smooth=False, shade=False)
    brush.oval(0, 0, 0.56, 0.56, "yellow/main")


@noun(Place.SKY, "star")
def _star(brush: Brush) -> None:
    spikes = [
        (
            math.sin(i * math.pi / 5) * (0.95 if i % 2 == 0 else 0.4),
            -math.cos(i * math.pi / 5) * (0.95 if i % 2 == 0 else 0.4),
        )
        for i in range(10)
    ]
    brush.shape(spikes, "yellow/main", smooth=False)


@noun(Place.SKY, "comet", "meteor", "asteroid")
def _comet(brush: Brush) -> None:
    for spread, reach, wish in ((0.24, 1.5, "tan"), (0.17, 1.2, "gold"), (0.1, 0.9, "cream")):
        tip = (0.66 - reach * 1.35, -0.46 + reach)
        bend = (0.66 - reach * 0.6, -0.46 + reach * 0.36)
        sides = [(0.66 + by * 0.6, -0.46 + by * 0.9) for by in (-spread, spread)]
        brush.shape(
            [
                sides[0],
                (bend[0] - spread, bend[1] - spread / 2),
                tip,
                (bend[0] + spread / 2, bend[1] + spread),
                sides[1],
            ],
            wish,
            line=False,
            shade=False,
        )
    brush.oval(0.66, -0.46, 0.27, 0.27, "cream/main")


@noun(Place.SKY, "planet", "saturn", "jupiter", "world", "globe", "orbit")
def _planet(brush: Brush) -> None:
    ring = [(1.05 * math.cos(i * math.tau / 60), 0.3 * math.sin(i * math.tau / 60)) for i in range(60)]
    tilted = brush.inside(0, 0, 1, turn=-0.36)
    tilted.stroke(ring[30:] + ring[:1], "gold", 3.4, smooth=False)
    tilted.oval(0, 0, 0.58, 0.58, "orange/main")
    for y, half in ((-0.28, 0.5), (-0.06, 0.57), (0.16, 0.55)):
        tilted.shape(
            [
                (-half, y),
                (0, y + 0.07),
                (half, y),
                (half * 0.98, y + 0.09),
                (0, y + 0.16),
                (-half * 0.98, y + 0.09),
            ],
            "tan",
            line=False,
            shade=False,
        )
    tilted.stroke(ring[:31], "gold", 3.4, smooth=False)
    tilted.stroke([(x * 0.86, y * 0.84) for x, y in ring[:31]], "cream", 1.2, smooth=False)


@noun(Place.SKY, "cloud", "fog", "mist")
def _cloud(brush: Brush) -> None:
    brush.shape(
        [
            (-0.9, 0.3),
            (-0.86, 0.02),
            (-0.52, -0.06),
            (-0.36, -0.42),
            (0.06, -0.46),
            (0.28, -0.18),
            (0.62, -0.22),
            (0.88, 0.06),
            (0.86, 0.3),
            (0, 0.36),
        ],
        "white/main",
    )


@noun(Place.FAR, "mountain", "peak", "volcano", "alp", "summit", "cliff")
def _mountain(brush: Brush) -> None:
    for x, y, size, wish in (
        (0.72, 0.42, 0.58, "purple/main"),
        (-0.74, 0.34, 0.66, "purple/main"),
        (0.0, 0.0, 1.0, "stone/main"),
    ):
        part = brush.inside(x, y, size)
        part.shape(
            [(-0.95, 1.0), (-0.42, 0.06), (-0.22, -0.2), (0, -0.85), (0.24, -0.3), (0.5, 0.1), (0.95, 1.0)],
            wish,
            smooth=False,
        )
        part.shape(
            [(0, -0.85), (0.24, -0.3), (0.14, -0.12), (0.02, -0.34), (-0.1, -0.06), (-0.22, -0.2)],
            "white",
            smooth=False,
            shade=False,
        )
        part.stroke([(0.02, -0.3), (0.14, 0.3), (0.06, 0.7)], width=0.6)


@noun(Place.FAR, "hill", "valley", "meadow", "island")
def _hill(brush: Brush) -> None:
    brush.shape([(-1.4, 1.0), (-0.9, 0.55), (-0.1, 0.1), (0.7, 0.5), (1.4, 1.0)], "green/main")


@noun(Place.SUPPORT, "rock", "stone", "boulder", "log", "stump")
def _rock(brush: Brush) -> None:
    brush.shape(
        [
            (-1.0, 0.98),
            (-0.92, 0.5),
            (-0.6, 0.12),
            (0.1, 0.0),
            (0.66, 0.16),
            (0.98, 0.6),
            (1.02, 0.98),
            (0, 1.04),
        ],
        "stone/main",
    )
    brush.shape(
        [
            (-0.9, 0.46),
            (-0.6, 0.12),
            (0.1, 0.0),
            (0.66, 0.16),
            (0.86, 0.4),
            (0.6, 0.34),
            (0.4, 0.5),
            (0.1, 0.26),
            (-0.24, 0.44),
            (-0.5, 0.3),
        ],
        "green",
        shade=False,
    )
    brush.stroke([(0.24, 0.62), (0.42, 0.74), (0.4, 0.9)], width=0.8)
    brush.stroke([(-0.5, 0.66), (-0.38, 0.8)], width=0.8)


@noun(Place.FAR, "tree", "oak", "orchard", "willow", "maple", "birch")
def _tree(brush: Brush) -> None:
    brush.shape(
        [(-0.14, 1.0), (-0.08, 0.5), (-0.12, 0.1), (0.12, 0.1), (0.08, 0.5), (0.16, 1.0)],
        "wood",
        smooth=False,
    )
    brush.shape(
        [
            (0, -0.98),
            (0.36, -0.86),
            (0.66, -0.5),
            (0.64, -0.08),
            (0.34, 0.24),
            (0, 0.18),
            (-0.34, 0.26),
            (-0.66, -0.06),
            (-0.64, -0.5),
            (-0.36, -0.86),
        ],
        "green/main",
    )
    for x, y in ((-0.26, -0.46), (0.18, -0.6), (0.3, -0.14), (-0.2, -0.04)):
        brush.stroke([(x - 0.1, y), (x, y + 0.08), (x + 0.1, y)], width=0.8)


@noun(Place.FAR, "pine", "fir", "spruce", "conifer", "forest", "wood")
def _pine(brush: Brush) -> None:
    brush.shape([(-0.1, 1.0), (-0.1, 0.6), (0.1, 0.6), (0.1, 1.0)], "wood", smooth=False)
    for top, half, base in ((-0.15, 0.62, 0.74), (-0.55, 0.5, 0.3), (-1.0, 0.38, -0.14)):
        brush.shape(
            [
                (0, top),
                (half, base),
                (half * 0.4, base - 0.05),
                (0, base + 0.06),
                (-half * 0.4, base - 0.05),
                (-half, base),
            ],
            "green/main",
            smooth=False,
        )


@noun(Place.GROUND, "cactus", "cacti")
def _cactus(brush: Brush) -> None:
    for side, y in ((-1, 0.1), (1, -0.16)):
        brush.shape(
            [
                (0, y + 0.36),
                (side * 0.56, y + 0.34),
                (side * 0.64, y - 0.3),
                (side * 0.52, y - 0.42),
                (side * 0.4, y - 0.3),
                (side * 0.38, y + 0.1),
                (0, y + 0.12),
            ],
            "green/main",
        )
    brush.shape([(-0.24, 1.0), (-0.26, -0.7), (0, -0.98), (0.26, -0.7), (0.24, 1.0)], "green/main")
    for x in (-0.1, 0.08):
        brush.stroke([(x, -0.7), (x, 0.9)], width=0.7, smooth=False)
    brush.oval(0.02, -0.96, 0.12, 0.08, "pink")


@noun(Place.SMALL, "flower", "rose", "tulip", "daisy", "blossom", "sunflower", "poppy", "garden")
def _flower(brush: Brush) -> None:
    brush.rod([(0, 1.0), (0.05, 0.5), (0, -0.2)], "green", 0.07)
    brush.shape([(0.04, 0.7), (0.4, 0.36), (0.5, 0.6), (0.3, 0.78)], "green")
    brush.shape([(0.0, 0.84), (-0.36, 0.54), (-0.44, 0.76), (-0.24, 0.9)], "green")
    for index in range(7):
        turn = index * math.tau / 7
        brush.inside(0.36 * math.cos(turn), -0.42 + 0.36 * math.sin(turn), 1, turn=turn).oval(
            0, 0, 0.26, 0.17, "pink/main"
        )
    brush.oval(0, -0.42, 0.2, 0.2, "yellow")


@noun(Place.SMALL, "mushroom", "toadstool")
def _mushroom(brush: Brush) -> None:
    brush.shape([(-0.2, 1.0), (-0.16, 0.2), (0.16, 0.2), (0.22, 1.0), (0, 1.04)], "cream")
    brush.shape(
        [(-0.86, 0.2), (-0.66, -0.5), (0, -0.86), (0.66, -0.5), (0.86, 0.2), (0.4, 0.3), (-0.4, 0.3)],
        "red/main",
    )
    for x, y, r in ((-0.36, -0.28, 0.14), (0.16, -0.5, 0.12), (0.44, -0.08, 0.13), (-0.02, -0.02, 0.1)):
        brush.oval(x, y, r, r * 0.85, "white", line=False, shade=False)


@noun(Place.SMALL, "leaf", "fern", "plant", "herb")
def _leaf(brush: Brush) -> None:
    brush.shape(
        [(-0.1, 0.98), (-0.56, 0.3), (-0.4, -0.4), (0.24, -0.98), (0.56, -0.3), (0.46, 0.36)], "green/main"
    )
    brush.stroke([(-0.1, 1.0), (0.02, 0.1), (0.2, -0.8)], width=0.9)
    for y in (-0.3, 0.05, 0.4):
        brush.stroke([(0.06, y + 0.16), (0.34, y - 0.1)], width=0.7, smooth=False)
        brush.stroke([(0.0, y + 0.2), (-0.32, y)], width=0.7, smooth=False)

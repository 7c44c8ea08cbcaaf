"""Fruit, as it lies on a table."""

from bot.sandbox.drawing.brush import Brush
from bot.sandbox.drawing.nouns import Place, noun


def _leafed(brush: Brush, x: float, y: float) -> None:
    brush.rod([(x, y + 0.22), (x + 0.02, y), (x + 0.1, y - 0.16)], "brown", 0.09)
    brush.shape(
        [(x + 0.06, y + 0.02), (x + 0.3, y - 0.24), (x + 0.64, y - 0.16), (x + 0.4, y + 0.06)], "green"
    )


@noun(Place.TABLE, "apple", "fruit", "tomato", "food")
def _apple(brush: Brush) -> None:
    brush.shape(
        [
            (0, -0.38),
            (0.36, -0.52),
            (0.74, -0.26),
            (0.76, 0.3),
            (0.42, 0.92),
            (0, 0.86),
            (-0.42, 0.92),
            (-0.76, 0.3),
            (-0.74, -0.26),
            (-0.36, -0.52),
        ],
        "red/main",
    )
    brush.stroke([(-0.2, -0.34), (0, -0.24), (0.2, -0.34)], width=1.0)
    _leafed(brush, 0.0, -0.54)


@noun(Place.TABLE, "orange", "peach", "plum", "tangerine", "pumpkin", "onion")
def _orange(brush: Brush) -> None:
    brush.oval(0, 0.18, 0.78, 0.76, "orange/main")
    for x, y in ((-0.3, 0.5), (0.1, 0.6), (0.4, 0.36), (-0.06, 0.3)):
        brush.oval(x, y, 0.02, 0.02, "ink", line=False, shade=False)
    _leafed(brush, 0.0, -0.6)


@noun(Place.TABLE, "pear", "avocado")
def _pear(brush: Brush) -> None:
    brush.shape(
        [
            (0, -0.74),
            (0.26, -0.6),
            (0.34, -0.14),
            (0.68, 0.4),
            (0.42, 0.94),
            (0, 1.0),
            (-0.42, 0.94),
            (-0.68, 0.4),
            (-0.34, -0.14),
            (-0.26, -0.6),
        ],
        "green/main",
    )
    _leafed(brush, 0.0, -0.8)


@noun(Place.TABLE, "lemon", "lime", "mango")
def _lemon(brush: Brush) -> None:
    brush.shape(
        [
            (-0.98, 0.3),
            (-0.78, 0.1),
            (-0.4, -0.3),
            (0.2, -0.36),
            (0.7, 0.04),
            (0.98, 0.2),
            (0.8, 0.46),
            (0.4, 0.84),
            (-0.2, 0.9),
            (-0.7, 0.6),
        ],
        "yellow/main",
    )
    brush.stroke([(0.7, 0.06), (0.64, 0.3), (0.72, 0.5)], width=0.8)
    _leafed(brush, -0.5, -0.3)


@noun(Place.TABLE, "cherry", "berry", "blueberry", "grape", "olive")
def _cherry(brush: Brush) -> None:
    for x, y in ((-0.42, 0.52), (0.44, 0.42)):
        brush.rod([(x, y - 0.3), (x * 0.5, -0.3), (0.12, -0.9)], "brown", 0.05)
        brush.oval(x, y, 0.42, 0.42, "red/main")
        brush.stroke([(x - 0.12, y - 0.3), (x, y - 0.25), (x + 0.12, y - 0.3)], width=0.8)
    brush.shape([(0.12, -0.88), (0.4, -1.0), (0.84, -0.7), (0.46, -0.62)], "green")


@noun(Place.TABLE, "strawberry", "raspberry")
def _strawberry(brush: Brush) -> None:
    brush.shape(
        [
            (0, -0.46),
            (0.46, -0.52),
            (0.72, -0.1),
            (0.46, 0.52),
            (0, 1.0),
            (-0.46, 0.52),
            (-0.72, -0.1),
            (-0.46, -0.52),
        ],
        "red/main",
    )
    for x, y in ((-0.36, 0.0), (0.0, -0.06), (0.36, 0.0), (-0.2, 0.3), (0.2, 0.3), (0.0, 0.6)):
        brush.oval(x, y, 0.04, 0.06, "yellow", line=False, shade=False)
    brush.shape(
        [
            (0, -0.78),
            (0.14, -0.6),
            (0.56, -0.72),
            (0.36, -0.44),
            (0.5, -0.2),
            (0.16, -0.36),
            (0, -0.1),
            (-0.16, -0.36),
            (-0.5, -0.2),
            (-0.36, -0.44),
            (-0.56, -0.72),
            (-0.14, -0.6),
        ],
        "green",
        smooth=False,
    )


@noun(Place.TABLE, "banana")
def _banana(brush: Brush) -> None:
    brush.shape(
        [
            (0.78, -0.86),
            (0.92, -0.82),
            (0.96, -0.3),
            (0.6, 0.5),
            (-0.1, 0.88),
            (-0.92, 0.72),
            (-0.96, 0.56),
            (-0.2, 0.42),
            (0.44, 0.0),
            (0.72, -0.46),
        ],
        "yellow/main",
    )
    brush.stroke([(0.84, -0.5), (0.5, 0.2), (-0.1, 0.62), (-0.8, 0.64)], width=0.7)


@noun(Place.TABLE, "watermelon", "melon")
def _watermelon(brush: Brush) -> None:
    brush.shape(
        [(-1.0, 0.5), (-0.5, 0.84), (0, 0.94), (0.5, 0.84), (1.0, 0.5), (0.9, 0.4), (-0.9, 0.4)], "green"
    )
    brush.shape(
        [(0, -0.86), (0.86, 0.46), (0.44, 0.7), (0, 0.78), (-0.44, 0.7), (-0.86, 0.46)],
        "red/main",
        smooth=False,
    )
    for x, y in ((0, -0.3), (-0.22, 0.06), (0.22, 0.06), (-0.42, 0.4), (0, 0.44), (0.42, 0.4)):
        brush.oval(x, y, 0.05, 0.08, "dark", line=False, shade=False)


@noun(Place.TABLE, "pineapple", "artichoke")
def _pineapple(brush: Brush) -> None:
    for lean in (-0.5, -0.26, 0.0, 0.26, 0.5):
        brush.shape(
            [(lean * 0.3 - 0.12, -0.2), (lean, -1.0 + abs(lean) * 0.5), (lean * 0.3 + 0.12, -0.2)], "green"
        )
    brush.oval(0, 0.4, 0.46, 0.6, "gold/main")
    for by in (-0.5, -0.2, 0.1, 0.4):
        brush.stroke([(-0.4, 0.5 + by * 0.8), (0.4, 0.2 + by * 0.8 + 0.3)], width=0.7, smooth=False)
        brush.stroke([(0.4, 0.5 + by * 0.8), (-0.4, 0.2 + by * 0.8 + 0.3)], width=0.7, smooth=False)

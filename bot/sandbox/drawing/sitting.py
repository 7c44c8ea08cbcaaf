"""Animals that sit and look at us: one drawing, many kinds."""

from dataclasses import dataclass

from bot.sandbox.drawing.brush import Brush, Point
from bot.sandbox.drawing.nouns import Place, noun


@dataclass(frozen=True)
class _Sitter:
    """An animal that sits and looks at us; what tells one kind from another."""

    coat: str
    bib: str = "cream"
    ears: str = "pointed"
    tail: str = "bushy"
    has_mask: bool = False


_EARS: dict[str, list[Point]] = {
    "pointed": [(-0.53, -0.36), (-0.52, -0.98), (-0.1, -0.66)],
    "round": [(-0.5, -0.5), (-0.58, -0.78), (-0.36, -0.88), (-0.2, -0.68)],
    "long": [(-0.32, -0.6), (-0.42, -1.1), (-0.28, -1.36), (-0.12, -1.1), (-0.08, -0.64)],
    "floppy": [(-0.34, -0.66), (-0.62, -0.6), (-0.68, -0.2), (-0.5, -0.08), (-0.4, -0.34)],
}
_TAILS: dict[str, list[Point]] = {
    "bushy": [
        (0.28, 0.94),
        (0.78, 0.9),
        (1.08, 0.5),
        (1.0, 0.02),
        (0.74, -0.2),
        (0.72, 0.2),
        (0.66, 0.5),
        (0.38, 0.6),
    ],
    "thin": [
        (0.3, 0.95),
        (0.7, 0.92),
        (0.86, 0.6),
        (0.74, 0.25),
        (0.64, 0.3),
        (0.72, 0.6),
        (0.6, 0.78),
        (0.3, 0.8),
    ],
    "puff": [(0.4, 0.95), (0.62, 0.95), (0.7, 0.76), (0.56, 0.62), (0.4, 0.7)],
}


def _sit(brush: Brush, kind: _Sitter) -> None:
    coat = f"{kind.coat}/main"
    brush.shape(_TAILS[kind.tail], coat)
    if kind.tail == "bushy":
        brush.shape(
            [(1.04, 0.22), (0.98, -0.02), (0.74, -0.2), (0.72, 0.14), (0.8, 0.2), (0.88, 0.12)],
            kind.bib,
            shade=False,
        )
    brush.shape(
        [
            (0, -0.15),
            (0.34, 0.12),
            (0.5, 0.6),
            (0.44, 0.96),
            (0, 1.0),
            (-0.44, 0.96),
            (-0.5, 0.6),
            (-0.34, 0.12),
        ],
        coat,
    )
    brush.shape(
        [(0, 0.02), (0.23, 0.12), (0.2, 0.46), (0, 0.72), (-0.2, 0.46), (-0.23, 0.12)],
        kind.bib,
        line=False,
        shade=False,
    )
    for side in (-1, 1):
        brush.stroke([(side * 0.06, 0.98), (side * 0.07, 0.78), (side * 0.02, 0.6)], width=0.8)
        brush.stroke([(side * 0.3, 0.5), (side * 0.27, 0.75), (side * 0.3, 0.96)], width=0.8)
        brush.oval(side * 0.19, 0.94, 0.15, 0.08, "brown" if kind.coat == "orange" else coat, shade=False)
        _ear(brush, kind, coat, side)
    _face(brush, kind, coat)


def _ear(brush: Brush, kind: _Sitter, coat: str, side: int) -> None:
    ear = [(side * -x, y) for x, y in _EARS[kind.ears]]
    smooth = kind.ears != "pointed"
    brush.shape(ear, coat, smooth=smooth)
    if kind.ears in {"pointed", "long"}:
        middle = (sum(x for x, _ in ear) / len(ear), sum(y for _, y in ear) / len(ear) + 0.03)
        inner = [(middle[0] + (x - middle[0]) * 0.5, middle[1] + (y - middle[1]) * 0.55) for x, y in ear]
        brush.shape(
            inner, "dark" if kind.ears == "pointed" else "pink", smooth=smooth, line=False, shade=False
        )


def _face(brush: Brush, kind: _Sitter, coat: str) -> None:
    brush.shape(
        [
            (0, -0.74),
            (0.36, -0.64),
            (0.56, -0.28),
            (0.34, 0.02),
            (0, 0.16),
            (-0.34, 0.02),
            (-0.56, -0.28),
            (-0.36, -0.64),
        ],
        coat,
    )
    for side in (-1, 1):
        if kind.ears == "pointed":
            cheek = [
                (side * 0.55, -0.26),
                (side * 0.32, -0.26),
                (side * 0.1, -0.12),
                (0, 0.14),
                (side * 0.3, 0.03),
            ]
            brush.shape(cheek, kind.bib, line=False, shade=False)
        if kind.has_mask:
            brush.oval(side * 0.22, -0.28, 0.15, 0.18, "black", line=False, shade=False)
        brush.oval(side * 0.21, -0.3, 0.062, 0.078, "dark", line=False, shade=False)
        brush.oval(side * 0.21 + 0.02, -0.33, 0.022, 0.026, "light", line=False, shade=False)
    if kind.ears != "pointed":
        brush.oval(0, -0.02, 0.2, 0.15, kind.bib, line=False, shade=False)
    brush.oval(0, -0.04 if kind.ears != "pointed" else 0.07, 0.075, 0.055, "dark", line=False, shade=False)


def _sitting(kind: _Sitter, *words: str) -> None:
    noun(Place.GROUND, *words)(lambda brush: _sit(brush, kind))


_sitting(_Sitter("orange"), "fox", "vixen")
_sitting(_Sitter("grey"), "wolf", "husky", "coyote")
_sitting(_Sitter("grey", tail="thin"), "cat", "kitten", "tiger", "lynx", "leopard")
_sitting(_Sitter("brown", ears="floppy", tail="thin"), "dog", "puppy", "hound")
_sitting(_Sitter("brown", "tan", "round", "puff"), "bear", "cub", "beaver", "otter", "lion", "monkey")
_sitting(_Sitter("white", "white", "round", "puff", has_mask=True), "panda", "badger")
_sitting(_Sitter("grey", ears="round", has_mask=True), "raccoon", "racoon")
_sitting(_Sitter("tan", "white", "long", "puff"), "rabbit", "bunny", "hare")
_sitting(_Sitter("grey", "white", "round", "thin"), "mouse", "koala", "hamster", "hedgehog")
_sitting(_Sitter("orange", "cream", "round"), "squirrel")

"""Finds the pictures that are in another style than the rest of their dataset.

A picture stands out where its measures lie beyond those of the others, after the few most extreme on either
side are set aside, so that two or three strangers do not hide each other. How far beyond is counted in the
width of what the others do, never in absolute terms: in a set of dark pictures none is dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.imaging.features import MEASURES, Features

Numbers: TypeAlias = NDArray[np.float64]

NOVEL = "novel"
"""The measure that is not a picture's own: the share of it in colours that hardly any other picture has."""
NATURAL: dict[str, dict[str, float]] = {
    "line work": {"outline": 0.12, "dark lines": 0.05, "light lines": 0.05},
    "texture": {"noise": 0.1, "rough": 0.15, "plain": 0.05, "shaded": 0.04},
    "detail": {"edges": 0.05, "hard": 0.08, "busy": 0.07},
    "colours": {"colours": 0.3, "chroma": 5, "vivid": 12, "red-green": 6, "yellow-blue": 6},
    "tone": {"darkest": 10, "dark": 10, "middle": 8, "light": 8, "lightest": 8},
    "palette": {NOVEL: 0.08},
}
"""The axes of a style and their measures, each with the difference that one hand makes without noticing."""
ALL = (*MEASURES, NOVEL)
FEWEST = 6
"""With fewer pictures there is no rest to stand out from."""
MOST_BEYOND = 2.0
"""No single measure counts for more, however far off: a stranger differs in several ways."""
MOST_OUTLINE = 3.0
"""But for the outline: to have one or not is a difference of style by itself."""
NOVELTY = 0.75
"""The weight of new colours: a ground of its own alone makes no stranger."""
_FEW, _LARGE = 3, 25
"""So many pictures on either side are set aside; one more in a set as large as this."""
STRANGE = 1.45
RESTLESS = 0.5
"""How much of the usual deviation in this set is forgiven."""
_WIDTHS = np.array([{k: v for axis in NATURAL.values() for k, v in axis.items()}[name] for name in ALL])
_MOST = np.array([MOST_OUTLINE if name == "outline" else MOST_BEYOND for name in ALL])
_WEIGHTS = np.array([NOVELTY if NOVEL in axis else 1.0 for axis in NATURAL.values()])
_AXES = tuple(tuple(ALL.index(name) for name in axis) for axis in NATURAL.values())


@dataclass(frozen=True)
class Standing:
    """How far each picture stands out: `beyond` by measure of ALL, signed; `axes` by axis; `total`."""

    values: Numbers
    beyond: Numbers
    axes: Numbers
    total: Numbers

    @property
    def strange(self) -> list[int]:
        """The pictures that stand out, the strangest first."""
        found = np.flatnonzero(self.total > STRANGE)
        return sorted((int(i) for i in found), key=lambda i: -float(self.total[i]))


def standing(features: Sequence[Features]) -> Standing:
    """Say how far each picture stands out from the others, in the order given."""
    values = np.column_stack([np.array([each.style for each in features]), _novel(features)])
    beyond = _beyond(values)
    axes = np.column_stack([_axis(beyond[:, axis]) for axis in _AXES]) * _WEIGHTS
    raw = np.sqrt((axes**2).sum(axis=1))
    total = raw - RESTLESS * np.quantile(raw, 0.7)
    return Standing(values, beyond, axes, total if len(features) >= FEWEST else np.zeros(len(features)))


def _beyond(values: Numbers) -> Numbers:
    """Return how far each value lies beyond the rest's range, in half widths of that range, signed."""
    count = len(values)
    aside = min(_aside(count), (count - 1) // 2)
    ordered = np.sort(values, axis=0)
    low, high = ordered[aside], ordered[count - 1 - aside]
    past = np.maximum(values - high, 0) - np.maximum(low - values, 0)
    beyond: Numbers = np.clip(past / ((high - low) / 2 + _WIDTHS), -_MOST, _MOST)
    return beyond


def _axis(beyond: Numbers) -> Numbers:
    """Return an axis' deviation: what its measures have in common counts for most, its furthest for some."""
    square = beyond**2
    axis: Numbers = np.sqrt((3 * square.mean(axis=1) + square.max(axis=1)) / 4)
    return axis


def _aside(count: int) -> int:
    """Return how many pictures on either side may be strangers."""
    return min(_FEW if count < _LARGE else _FEW + 1, count // _FEW)


_CELLS = (12, 23, 23)
_OFFSET, _CELL = np.array((5, 130, 130)), np.array((10, 12, 12))
"""Lab in cells: where they begin, and how large each is."""
_RARE = 0.3
"""A colour that this share of the others have is no news at all."""
_TOUCH = 0.004
"""Share of a picture from which on it has a colour."""


def _novel(features: Sequence[Features]) -> Numbers:
    """Return for each picture the share of it in colours that few others have, square root."""
    shares = np.array([_histogram(each) for each in features])
    has = np.array([_spread(share.reshape(_CELLS)).ravel() > _TOUCH for share in shares])
    others = (has.sum(axis=0) - has) / max(1, len(features) - 1)
    novel: Numbers = np.sqrt((shares * np.clip(1 - others / _RARE, 0, 1)).sum(axis=1))
    return novel


def _histogram(each: Features) -> Numbers:
    cell = ((each.colours + _OFFSET) / _CELL).astype(np.int32)
    flat = (cell[:, 0] * _CELLS[1] + cell[:, 1]) * _CELLS[2] + cell[:, 2]
    return np.bincount(flat, minlength=int(np.prod(_CELLS))) / len(flat)


def _spread(cells: Numbers) -> Numbers:
    """Add to each cell its neighbours, so that a shade either side counts as the same colour."""
    for axis in range(3):
        wide = np.moveaxis(cells, axis, 0)
        summed = wide.copy()
        summed[1:] += wide[:-1]
        summed[:-1] += wide[1:]
        cells = np.moveaxis(summed, 0, axis)
    return cells

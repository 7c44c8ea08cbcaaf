"""Frames and watermarks: edges at the same place over pictures that are otherwise different."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]

EDGE = 6
"""Mean step of lightness in a cell, of 255, from which on something is drawn there."""
_REACH = 8
"""Cells from the rim within which a frame is looked for: an eighth of the side."""
_ALONG = 0.9
_SURE = 0.85
_ELSEWHERE = 0.5
_STEADY = 0.35
_LEAST = 4
_WIDEST = 0.6


def framed(edges: Bytes) -> int:
    """Return how many of the edge maps have an unbroken line near each of the four sides."""
    drawn = edges > EDGE
    inner = drawn[:, _REACH:-_REACH, :], drawn[:, :, _REACH:-_REACH]
    sides = (
        inner[0][:, :, :_REACH].mean(axis=1),
        inner[0][:, :, -_REACH:].mean(axis=1),
        inner[1][:, :_REACH, :].mean(axis=2),
        inner[1][:, -_REACH:, :].mean(axis=2),
    )
    return int(np.count_nonzero(np.all([side.max(axis=1) >= _ALONG for side in sides], axis=0)))


def shared_mark(edges: Bytes) -> str:
    """Return where the same small thing is drawn on nearly all pictures ("at the bottom right"), or nothing.

    The same: there in nearly all, equally strong, small, and not merely where every picture is busy.
    """
    strength = edges.astype(np.float64)
    often = (edges > EDGE).mean(axis=0)
    low, middle, high = np.quantile(strength, (0.2, 0.5, 0.8), axis=0)
    steady = (high - low) < _STEADY * np.maximum(middle, 1)
    cells = (often >= _SURE) & steady & (middle > EDGE)
    down, across = np.nonzero(cells)
    if len(down) < _LEAST or often[~cells].mean() > _ELSEWHERE:
        return ""
    side = len(edges[0])
    if (np.ptp(down) > _WIDEST * side) or np.ptp(across) > _WIDEST * side or len(down) > side * side / 5:
        return ""
    return _place(float(down.mean()) / side, float(across.mean()) / side)


def _place(down: float, across: float) -> str:
    rows, columns = ("top", "middle", "bottom"), ("left", "centre", "right")
    row, column = rows[min(2, int(down * 3))], columns[min(2, int(across * 3))]
    return "in the middle" if (row, column) == ("middle", "centre") else f"at the {row} {column}"

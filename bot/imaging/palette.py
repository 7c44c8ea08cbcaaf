"""The colours that a dataset teaches: a few swatches over all its pictures, the ground among them."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.domain.assessment import Swatch
from bot.imaging import lab
from bot.imaging.features import Features

Numbers: TypeAlias = NDArray[np.float64]

MOST = 8
_CELL, _MIDDLE = 6.0, 32
"""Lab: the side of a cell; and more cells than there are on either side of grey."""
_APART = 12.0
"""Lab: nearer colours are one swatch."""
_LEAST = 0.01
_ROUNDS = 12


def palette(features: Sequence[Features]) -> tuple[Swatch, ...]:
    """Return up to MOST swatches, the largest share first; every picture counts alike, whatever its size."""
    if not features:
        return ()
    colours = np.concatenate([each.colours for each in features])
    weights = np.concatenate([np.full(len(each.colours), 1 / len(each.colours)) for each in features])
    cell = np.round(colours / _CELL).astype(np.int32) + _MIDDLE
    keys = (cell[:, 0] * 2 * _MIDDLE + cell[:, 1]) * 2 * _MIDDLE + cell[:, 2]  # rows sort ten times slower
    cells, index = np.unique(keys, return_inverse=True)
    mass = np.bincount(index, weights, len(cells))
    means = np.column_stack(
        [np.bincount(index, weights * channel, len(cells)) / mass for channel in colours.T]
    )
    return _swatches(means, mass / mass.sum())


def _swatches(points: Numbers, mass: Numbers) -> tuple[Swatch, ...]:
    """Group weighted colours: start with the heaviest, then whatever is most missed; then k-means."""
    centres = points[[int(mass.argmax())]]
    while len(centres) < MOST:
        missed = _distances(points, centres).min(axis=1)
        pull = np.where(missed > _APART, missed * np.sqrt(mass), 0)
        if not pull.any():
            break
        centres = np.vstack([centres, points[pull.argmax()]])
    for _ in range(_ROUNDS):
        nearest = _distances(points, centres).argmin(axis=1)
        kept = np.unique(nearest)
        centres = np.array(
            [np.average(points[nearest == i], axis=0, weights=mass[nearest == i]) for i in kept]
        )
    nearest = _distances(points, centres).argmin(axis=1)
    shares = np.bincount(nearest, mass, len(centres))
    order = [int(i) for i in np.argsort(-shares, kind="stable") if shares[i] >= _LEAST]
    told = [
        points[np.where(nearest == i, mass, 0).argmax()] for i in order
    ]  # a mean would be nobody's colour
    return tuple(
        Swatch(lab.to_hex(c.astype(np.float32)), round(float(shares[i]), 3))
        for c, i in zip(told, order, strict=True)
    )


def _distances(points: Numbers, centres: Numbers) -> Numbers:
    distances: Numbers = np.linalg.norm(points[:, None] - centres[None], axis=2)
    return distances

"""Colours as the eye tells them apart: Lab, in which a distance of some 2 is just seen (D65, from sRGB).

Fast rather than exact: by tables, to within half a unit.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]

_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _TO_XYZ.sum(axis=1)
_FINE = 8192
_TOE, _TOE_CODED = 0.0031308, 0.04045  # where sRGB goes over from a line into a power
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27


def _linear(value: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(value <= _TOE_CODED, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _bent(share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(share > _EPSILON, np.cbrt(share), (_KAPPA * share + 16) / 116)


_LIGHT = _linear(np.arange(256) / 255).astype(np.float32)
_BEND = _bent(np.arange(_FINE + 1) / _FINE).astype(np.float32)
_MATRIX = (_TO_XYZ / _WHITE[:, None] * _FINE).T.astype(np.float32)


def from_rgb(pixels: Bytes) -> Floats:
    """Return Lab for sRGB; the last axis of both is the channel."""
    shares = np.take(_LIGHT, pixels) @ _MATRIX
    bent = np.take(_BEND, np.minimum(shares + 0.5, _FINE).astype(np.int32))
    out: Floats = np.empty_like(bent)
    out[..., 0] = 116 * bent[..., 1] - 16
    out[..., 1] = 500 * (bent[..., 0] - bent[..., 1])
    out[..., 2] = 200 * (bent[..., 1] - bent[..., 2])
    return out


def to_hex(colour: Floats) -> str:
    """Return one Lab colour as `#rrggbb`, the nearest that sRGB has."""
    middle = (float(colour[0]) + 16) / 116
    bent = np.array([middle + float(colour[1]) / 500, middle, middle - float(colour[2]) / 200])
    shares = np.where(bent**3 > _EPSILON, bent**3, (116 * bent - 16) / _KAPPA)
    line = np.clip(np.linalg.inv(_TO_XYZ) @ (shares * _WHITE), 0, 1)
    coded = np.where(line <= _TOE, line * 12.92, 1.055 * line ** (1 / 2.4) - 0.055)
    red, green, blue = (round(float(value) * 255) for value in coded)
    return f"#{red:02x}{green:02x}{blue:02x}"

"""What a picture looks like, in a few numbers that can be compared with those of its fellows.

Nothing is judged here: a number means something only beside the numbers of the same dataset, which is the
work of `bot.imaging.audit`. Runs in the worker process, on the small copy of a picture.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.imaging import lab

Bytes: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]
Box: TypeAlias = tuple[float, float, float, float]

MEASURES = (
    "outline",  # share of the strong edges that a thin dark line runs along
    "dark lines",  # share of pixels that are thin and darker than both sides
    "light lines",
    "noise",  # typical second difference between neighbours away from edges, 0 to 255, log
    "rough",  # the same of the roughest quarter
    "plain",  # share of pixels like their neighbours to the bit
    "shaded",  # share of pixels in a soft run of tone
    "edges",  # share of pixels on an edge, square root
    "hard",  # share of the edges that are hard
    "busy",  # edges of the picture seen from afar
    "colours",  # how many colours would fill it as evenly, log
    "darkest",  # L of Lab, the 5th hundredth of the pixels,
    "dark",  # the 25th,
    "middle",  # the 50th,
    "light",  # the 75th
    "lightest",  # and the 95th
    "chroma",
    "vivid",  # chroma of the most colourful tenth
    "red-green",
    "yellow-blue",
)
LEAST_SIDE = 16
"""Pixels; a smaller picture is enlarged to this, so that everything below has something to look at."""
SAMPLE = 64
"""Pixels of the longer side of the grid on which colours are looked at."""
THUMB = 32
EDGE_MAP = 64


@dataclass(frozen=True, eq=False)
class Features:
    """One picture in numbers.

    `style` holds the MEASURES in their order. `colours` are Lab, one row for each of up to SAMPLE² pixels.
    `thumb` is the picture squeezed into THUMB x THUMB RGB, `edges` the mean step of lightness in each of
    EDGE_MAP x EDGE_MAP cells. `ground` is the Lab colour of the rim, `grounded` the share of the rim that has
    it. `box` is where the subject stands on that ground: left, top, right, bottom from 0 to 1; None where
    there is no subject.
    """

    style: NDArray[np.float64]
    colours: Floats
    thumb: Bytes
    edges: Bytes
    ground: Floats
    grounded: float
    box: Box | None

    @property
    def is_blank(self) -> bool:
        """Whether it is one plain colour, `ground`, give or take what a JPEG makes of it."""
        if self.box or self.edges.max() > _FAINT:
            return False
        return bool(np.linalg.norm(self.colours - self.ground, axis=1).max() < _PLAIN)


def features(small: Image.Image) -> Features:
    """Measure `small`: RGB, upright, on white, of some 256 pixels a side; any size from 1 x 1 works."""
    if min(small.size) < LEAST_SIDE:
        wide, high = (max(LEAST_SIDE, side) for side in small.size)
        small = small.resize((wide, high), Image.Resampling.NEAREST)
    light = np.asarray(small.convert("L"))
    colours, rim = _sampled(small)
    step = _steps(light)
    ground, grounded, box = _ground(colours, rim)
    flat = colours.reshape(-1, 3)
    return Features(
        style=_style(light, step, flat),
        colours=flat,
        thumb=np.asarray(small.resize((THUMB, THUMB), Image.Resampling.BOX)),
        edges=np.asarray(Image.fromarray(step).resize((EDGE_MAP, EDGE_MAP), Image.Resampling.BOX)),
        ground=ground,
        grounded=grounded,
        box=box,
    )


def _style(light: Bytes, step: Bytes, flat: Floats) -> NDArray[np.float64]:
    far = _steps(np.asarray(Image.fromarray(light).resize(_shrunk(light), Image.Resampling.BOX)))
    texture = _texture(light, step, far)
    lines = _line_work(light, step, noise=float(np.expm1(texture[0])))
    return np.array([*lines, *texture, *_detail(step, far), *_colour(flat)])


_EDGE, _HARD_EDGE = 24, 72
_LINE = 32
"""Steps of lightness, of 255."""
_SOFT = (2, 10)
_BESIDE = 12.0
"""Lab: a pixel further than this from the ground is the subject."""
_PLAIN, _FAINT = 5.0, 5
"""Lab, and steps of lightness of 255: less is no drawing."""
_RIM = 64


def _steps(light: Bytes) -> Bytes:
    """Return the larger of the steps to the right and down neighbour."""
    step = np.zeros_like(light)
    step[:, :-1] = np.maximum(light[:, 1:], light[:, :-1]) - np.minimum(light[:, 1:], light[:, :-1])
    down = np.maximum(light[1:], light[:-1]) - np.minimum(light[1:], light[:-1])
    np.maximum(step[:-1], down, out=step[:-1])
    return step


def _widened(values: Bytes, *, dark: bool = False) -> Bytes:
    """Return the highest (dark: lowest) of the 7 x 7 around each pixel; the outermost three stay."""
    pick = np.minimum if dark else np.maximum
    for _ in range(2):
        two = pick(values[:-1], values[1:])
        four = pick(two[:-2], two[2:])
        wide = values.copy()
        pick(four[:-3], four[3:], out=wide[3:-3])
        values = np.ascontiguousarray(wide.T)
    return values


def _line_work(light: Bytes, step: Bytes, *, noise: float) -> tuple[float, float, float]:
    least = min(200, round(_LINE + 1.5 * noise))
    high, low = _widened(light), _widened(light, dark=True)
    thin_dark = _widened(high, dark=True) - light > least
    thin_light = light - _widened(low) > least
    strong = step >= least
    beside = thin_dark.copy()
    beside[:-1] |= thin_dark[1:]
    beside[:, :-1] |= thin_dark[:, 1:]
    outlined = np.count_nonzero(beside & strong) / max(1, int(np.count_nonzero(strong)))
    return outlined**3, float(np.sqrt(thin_dark.mean())), float(np.sqrt(thin_light.mean()))


def _texture(light: Bytes, step: Bytes, far: Bytes) -> tuple[float, float, float, float]:
    wide = light.astype(np.int16)
    beside = wide[1:-1, :-2] + wide[1:-1, 2:] + wide[:-2, 1:-1] + wide[2:, 1:-1]
    bend = np.abs(4 * wide[1:-1, 1:-1] - beside)
    away = (_widened(step)[1:-1, 1:-1] < 2 * _EDGE).astype(np.uint8) * 255
    counts = np.array(
        Image.fromarray(np.minimum(bend, 255).astype(np.uint8)).histogram(Image.fromarray(away)),
        dtype=np.int64,
    )
    total = np.cumsum(counts)
    typical, rough = (_quantile(total, share) for share in (0.5, 0.8))
    shaded = np.count_nonzero((far >= _SOFT[0]) & (far < _SOFT[1])) / far.size
    return float(np.log1p(typical)), float(np.log1p(rough)), np.count_nonzero(step <= 1) / step.size, shaded


def _quantile(total: NDArray[np.int64], share: float) -> float:
    """Return where `share` of a running total lies, between whole numbers."""
    wanted = share * float(total[-1])
    at = int(np.searchsorted(total, wanted))
    before = float(total[at - 1]) if at else 0.0
    return at + (wanted - before) / max(1.0, float(total[at]) - before)


def _shrunk(light: Bytes) -> tuple[int, int]:
    high, wide = light.shape
    by = max(high, wide) / SAMPLE
    return max(2, round(wide / by)), max(2, round(high / by))


def _detail(step: Bytes, far: Bytes) -> tuple[float, float, float]:
    edges = np.count_nonzero(step >= _EDGE)
    hard = np.count_nonzero(step >= _HARD_EDGE)
    return float(np.sqrt(edges / step.size)), hard / max(1, int(edges)), float(np.sqrt(np.mean(far >= _EDGE)))


def _colour(flat: Floats) -> tuple[float, ...]:
    level = np.sort(flat[:, 0])
    tones = (float(level[int(share * (len(level) - 1))]) for share in (0.05, 0.25, 0.5, 0.75, 0.95))
    chroma = np.hypot(flat[:, 1], flat[:, 2])
    cell = ((flat[:, 0] / 12).astype(np.int32) * 16 + ((flat[:, 1] + 128) / 16).astype(np.int32)) * 16
    counts = np.bincount(cell + ((flat[:, 2] + 128) / 16).astype(np.int32))
    shares = counts[counts > 0] / len(flat)
    vivid = float(np.partition(chroma, int(0.9 * len(chroma)))[int(0.9 * len(chroma))])
    middle = flat.mean(axis=0)
    even = -float((shares * np.log(shares)).sum())
    return even, *tones, float(chroma.mean()), vivid, float(middle[1]), float(middle[2])


def _sampled(small: Image.Image) -> tuple[Floats, Floats]:
    """Return Lab of a grid of pixels, unmixed, and of its rim."""
    pixels = np.asarray(small)
    by = -(-max(small.size) // SAMPLE)
    colours = lab.from_rgb(pixels[by // 2 :: by, by // 2 :: by])
    edge = lab.from_rgb(np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]))
    return colours, edge[:: -(-len(edge) // _RIM)]


def _ground(colours: Floats, rim: Floats) -> tuple[Floats, float, Box | None]:
    """Return the commonest colour of the rim, the rim's share of it, and the box of what is not like it."""
    alike = np.linalg.norm(rim[:, None] - rim[None], axis=2) < _BESIDE
    ground = np.median(rim[alike[alike.sum(axis=1).argmax()]], axis=0)
    subject = np.linalg.norm(colours - ground, axis=2) > _BESIDE
    down, across = np.flatnonzero(subject.any(axis=1)), np.flatnonzero(subject.any(axis=0))
    if not len(down):
        return ground, float(alike.sum(axis=1).max() / len(rim)), None
    high, wide = subject.shape
    box = (across[0] / wide, down[0] / high, (across[-1] + 1) / wide, (down[-1] + 1) / high)
    return ground, float(alike.sum(axis=1).max() / len(rim)), box

"""Small sets of drawings for the tests of the audit, different in all but the hand."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from random import Random

from PIL import Image

from bot.domain.assessment import Assessment
from bot.domain.dataset import Picture
from bot.imaging.audit import assess
from bot.imaging.features import features
from tests.style_lab.hands import Brush, hue
from tests.style_lab.scenes import alone, scene

GROUNDS = tuple(hue(i / 7, 0.15 + 0.05 * (i % 3), 0.95 - 0.06 * (i % 4)) for i in range(7))
COLOURS = tuple(hue(i / 5, 0.7, 0.8) for i in range(5))
BRUSH = Brush(GROUNDS, COLOURS)
SIDE = 256


def drawn(count: int, brush: Brush = BRUSH, *, seed: int = 5) -> list[Image.Image]:
    """Paint `count` different pictures in formats of their own."""
    random = Random(seed)
    return [small(brush(random, scene(random))) for _ in range(count)]


def single(count: int, brush: Brush = BRUSH, *, seed: int = 5) -> list[Image.Image]:
    """Paint one subject each, here and there."""
    random = Random(seed)
    return [small(brush(random, alone(random))) for _ in range(count)]


def small(picture: Image.Image) -> Image.Image:
    picture = picture.convert("RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return picture


def described(images: Sequence[Image.Image], *, scale: int = 4) -> list[Picture]:
    """Describe each as if its file were `scale` times as large; names are `00.png` and so on."""
    return [
        Picture(
            f"{i:02}.png", "PNG", image.width * scale, image.height * scale, 1000,
            sha256(repr(image.size).encode() + image.tobytes()).hexdigest(),
        )
        for i, image in enumerate(images)
    ]  # fmt: skip


def judged(images: Iterable[Image.Image], *, scale: int = 4) -> Assessment:
    these = list(images)
    return assess(described(these, scale=scale), [features(image) for image in these])


def resized(picture: Picture, width: int, height: int) -> Picture:
    return replace(picture, width=width, height=height)


Change = Callable[[Image.Image], Image.Image]

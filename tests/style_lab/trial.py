"""One trial: a set painted by one hand with strangers planted in it, and what the audit says of it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random

import numpy as np
from PIL import Image

from bot.domain.assessment import Assessment
from bot.domain.dataset import Picture
from bot.imaging.audit import assess
from bot.imaging.features import Features, features
from tests.style_lab.hands import TUNED, Brush, Hand, Style

SMALL = 256
DEEP = 80
"""Of 255: on a ground that is darker than this, only a light outline shows."""
LEAST, MOST, MOST_PLANTED = 12, 50, 3


@dataclass(frozen=True)
class Set:
    """Small pictures with their names; `planted` are the names of the strangers, each with its kind."""

    pictures: tuple[tuple[str, Image.Image], ...]
    planted: dict[str, str]


@dataclass(frozen=True)
class Tally:
    """What came of one style: counts of planted and other pictures, and how many of each were flagged."""

    sets: int = 0
    planted: int = 0
    found: int = 0
    others: int = 0
    accused: int = 0

    @property
    def recall(self) -> float:
        return self.found / max(1, self.planted)

    @property
    def false_flags(self) -> float:
        return self.accused / max(1, self.others)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.sets + other.sets,
            self.planted + other.planted,
            self.found + other.found,
            self.others + other.others,
            self.accused + other.accused,
        )


def photograph(random: Random) -> Image.Image:
    """Return what has a photograph's statistics: light falling off as 1/f, soft colour, hard edges, noise."""
    chance, size = np.random.default_rng(random.getrandbits(32)), random.choice(((480, 640), (640, 480)))
    down, across = np.meshgrid(np.fft.fftfreq(size[0]), np.fft.fftfreq(size[1]), indexing="ij")
    far = np.maximum(np.hypot(down, across), 1 / 640)

    def cloud(slope: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        waves = np.fft.fft2(chance.normal(size=size)) / far**slope
        field = np.fft.ifft2(waves).real
        return np.asarray((field - field.mean()) / field.std())

    light = 120 + 50 * cloud(1.1) + 40 * (cloud(1.8) > chance.uniform(-0.5, 0.5))
    channels = [light + random.uniform(10, 30) * cloud(1.6) for _ in range(3)]
    noisy = np.stack(channels, axis=-1) + chance.normal(0, 5, (*size, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def stranger(style: str, hand: Hand, random: Random) -> tuple[str, Image.Image]:
    """Paint what does not belong: another style, a photograph, or the same hand with an outline."""
    if isinstance(hand, Brush) and not hand.line and random.random() < 0.2:
        ink = (10, 10, 12) if max(max(ground) for ground in hand.grounds) > DEEP else (240, 235, 220)
        return "outlined", replace(hand, line=random.randint(5, 9), ink=ink)(random)
    if random.random() < 0.25:
        return "photograph", photograph(random)
    other = random.choice([name for name in TUNED if name != style])
    return other, TUNED[other](random)(random)


def made(style: str, make: Style, seed: int, *, most: int = MOST) -> Set:
    """Paint a set of 12 to `most` pictures, 1 to 3 of them strangers, in an order that tells nothing."""
    random = Random(f"{style} {seed}")
    hand, count, planted = make(random), random.randint(LEAST, most), random.randint(1, MOST_PLANTED)
    painted = [("", small(hand(random), random)) for _ in range(count - planted)]
    for _ in range(planted):
        kind, picture = stranger(style, hand, random)
        painted.append((kind, small(picture, random)))
    random.shuffle(painted)
    named = [(f"{i:02}.png", kind, picture) for i, (kind, picture) in enumerate(painted)]
    return Set(
        tuple((name, picture) for name, _, picture in named), {name: kind for name, kind, _ in named if kind}
    )


def small(picture: Image.Image, random: Random) -> Image.Image:
    """Return the picture as the worker hands it on, some having been saved as JPEG before."""
    if random.random() < 0.3:
        kept = io.BytesIO()
        picture.save(kept, "JPEG", quality=random.randint(80, 92))
        picture = Image.open(kept).convert("RGB")
    picture.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return picture


def described(name: str, image: Image.Image, *, scale: int = 4) -> Picture:
    body = image.tobytes()
    return Picture(
        name, "PNG", image.width * scale, image.height * scale, len(body), sha256(body).hexdigest()
    )


def judged(these: Set) -> tuple[Assessment, list[Features]]:
    seen = [features(image) for _, image in these.pictures]
    return assess([described(*each) for each in these.pictures], seen), seen


def counted(these: Set) -> Tally:
    flagged = {outlier.picture for outlier in judged(these)[0].outliers}
    planted = set(these.planted)
    return Tally(
        1, len(planted), len(flagged & planted), len(these.pictures) - len(planted), len(flagged - planted)
    )


def tallied(styles: dict[str, Style], seeds: range, *, most: int = MOST) -> Iterator[tuple[str, Tally]]:
    """Yield each style with what came of one set for each seed."""
    for name, make in styles.items():
        total = Tally()
        for seed in seeds:
            total += counted(made(name, make, seed, most=most))
        yield name, total

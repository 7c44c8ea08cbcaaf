"""The styles that the audit was tuned on: dark, pastel, line art, isometric, grainy and flat.

A hand is made from a seed with its own colours and widths and then paints any number of pictures; two
hands of one style differ as two illustrators do. Subjects, places, sizes and formats vary within a hand.
"""

import colorsys
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.style_lab.scenes import GROUND, placed, scene
from tests.style_lab.subjects import Scene, Shape

Colour = tuple[int, int, int]
Hand = Callable[[Random], Image.Image]
"""Paints the next picture."""
Style = Callable[[Random], Hand]
"""Makes a hand."""
FORMATS = ((640, 640), (640, 480), (480, 640), (640, 400), (560, 640))


def hue(turn: float, saturation: float, value: float) -> Colour:
    """Return a colour; `turn` goes round at 1."""
    red, green, blue = colorsys.hsv_to_rgb(turn % 1, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def palette(
    random: Random, count: int, saturation: tuple[float, float], value: tuple[float, float]
) -> list[Colour]:
    """Colours of a family: two or three neighbouring hues, and their opposite."""
    first = random.random()
    turns = [first, first + random.uniform(0.05, 0.15), first - random.uniform(0.05, 0.15), first + 0.5]
    return [hue(turns[i % 4], random.uniform(*saturation), random.uniform(*value)) for i in range(count)]


@dataclass(frozen=True)
class Brush:
    """How a scene becomes a picture: `line` is a width in pixels of 640, `grain` a deviation of 255."""

    grounds: tuple[Colour, ...]
    colours: tuple[Colour, ...]
    ink: Colour = (20, 20, 24)
    line: int = 0
    grain: float = 0.0
    shade: float = 0.0
    glow: float = 0.0
    stars: bool = False
    formats: tuple[tuple[int, int], ...] = FORMATS

    def __call__(self, random: Random, shown: Scene | None = None) -> Image.Image:
        """Paint the next picture, of `shown` where it is given."""
        size = random.choice(self.formats)
        ground = random.choice(self.grounds)
        picture = Image.new("RGB", size, ground)
        draw = ImageDraw.Draw(picture)
        if self.stars:
            self._stars(draw, random, size)
        for shape in scene(random) if shown is None else shown:
            self._shape(picture, draw, shape, ground)
        return self._finished(picture, random)

    def _shape(self, picture: Image.Image, draw: ImageDraw.ImageDraw, shape: Shape, ground: Colour) -> None:
        colour = ground if shape.role == GROUND else self.colours[shape.role % len(self.colours)]
        points = on_canvas(shape, picture.size)
        if self.shade:
            shaded(picture, points, colour, mixed(colour, self.ink, self.shade))
        else:
            draw.polygon(points, fill=colour)
        if self.line:
            outlined(draw, points, self.ink, self.line)

    def _stars(self, draw: ImageDraw.ImageDraw, random: Random, size: tuple[int, int]) -> None:
        for _ in range(random.randint(10, 60)):
            x, y, r = random.uniform(0, size[0]), random.uniform(0, size[1]), random.uniform(0.8, 2.5)
            draw.ellipse((x - r, y - r, x + r, y + r), fill=self.colours[-1])

    def _finished(self, picture: Image.Image, random: Random) -> Image.Image:
        if self.glow:
            soft = picture.filter(ImageFilter.GaussianBlur(24))
            picture = Image.blend(picture, soft, self.glow)
        return grained(picture, random, self.grain) if self.grain else picture


def on_canvas(shape: Shape, size: tuple[int, int]) -> list[tuple[float, float]]:
    """Return the shape's corners in pixels; the square from -1 to 1 stands in the middle of the canvas."""
    half = min(size) / 2
    return [(size[0] / 2 + x * half, size[1] / 2 + y * half) for x, y in shape.points]


def outlined(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], ink: Colour, width: int) -> None:
    draw.line([*points, points[0], points[1]], fill=ink, width=width, joint="curve")


def shaded(picture: Image.Image, points: list[tuple[float, float]], top: Colour, bottom: Colour) -> None:
    """Fill the polygon with a run of colour from top to bottom."""
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).polygon(points, fill=255)
    box = mask.getbbox()
    if box is None:
        return
    high = box[3] - box[1]
    run = np.linspace(np.array(top), np.array(bottom), high).astype(np.uint8)[:, None, :]
    fill = Image.fromarray(np.repeat(run, box[2] - box[0], axis=1))
    picture.paste(fill, box[:2], mask.crop(box))


def grained(picture: Image.Image, random: Random, deviation: float) -> Image.Image:
    noise = np.random.default_rng(random.getrandbits(32)).normal(
        0, deviation, (picture.height, picture.width, 1)
    )
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


def dark(random: Random) -> Hand:
    """Night pictures: deep ground, muted colours, one warm light, a soft glow, often stars."""
    turn = random.random()
    grounds = tuple(hue(turn + random.uniform(-0.05, 0.05), 0.6, random.uniform(0.1, 0.2)) for _ in range(3))
    colours = tuple(hue(turn + random.uniform(-0.15, 0.15), 0.5, random.uniform(0.25, 0.5)) for _ in range(4))
    light = hue(random.uniform(0.08, 0.17), 0.45, 0.95)
    return Brush(
        grounds, (*colours, light), ink=(8, 8, 16),
        shade=random.uniform(0.2, 0.5), glow=random.uniform(0.15, 0.3),
        stars=random.random() < 0.7,
    )  # fmt: skip


def pastel(random: Random) -> Hand:
    colours = palette(random, 6, (0.15, 0.35), (0.85, 0.98))
    grounds = tuple(mixed(colour, (255, 255, 255), 0.65) for colour in random.sample(colours, 3))
    return Brush(
        grounds, tuple(colours), ink=mixed(colours[0], (255, 255, 255), 0.4), shade=random.uniform(0.1, 0.4)
    )


def line_art(random: Random) -> Hand:
    """Ink on paper, one spot of colour in some hands."""
    paper = random.choice(((255, 255, 255), (250, 246, 236), (244, 240, 230)))
    ink = hue(random.random(), random.uniform(0, 0.6), random.uniform(0.08, 0.25))
    spot = hue(random.random(), 0.6, 0.9)
    colours = (paper, paper, spot, paper, paper) if random.random() < 0.5 else (paper,)
    return Brush((paper,), colours, ink=ink, line=random.randint(4, 8))


def flat(random: Random) -> Hand:
    colours = palette(random, 6, (0.55, 0.9), (0.55, 0.95))
    grounds = (
        tuple(random.sample(colours, 3))
        if random.random() < 0.5
        else (mixed(colours[0], (255, 255, 255), 0.8),)
    )
    return Brush(grounds, tuple(colours))


def grainy(random: Random) -> Hand:
    colours = palette(random, 6, (0.3, 0.7), (0.4, 0.9))
    grounds = tuple(mixed(colour, (240, 225, 200), 0.5) for colour in random.sample(colours, 2))
    return Brush(grounds, tuple(colours), shade=random.uniform(0, 0.4), grain=random.uniform(22, 40))


def isometric(random: Random) -> Hand:
    """Towers of blocks with three shades, and flat subjects standing among them."""
    colours = palette(random, 5, (0.4, 0.75), (0.65, 0.98))
    ground = mixed(colours[0], (255, 255, 255), random.uniform(0.6, 0.9))
    brush = Brush((ground,), tuple(c for colour in colours for c in faces(colour)))
    return lambda each: brush(each, blocks(each, len(colours)))


def faces(colour: Colour) -> tuple[Colour, Colour, Colour]:
    """Return the colours of a block's top, left and right."""
    return mixed(colour, (255, 255, 255), 0.25), colour, mixed(colour, (20, 10, 40), 0.3)


def blocks(random: Random, colours: int) -> Scene:
    """Blocks on a grid seen from above, the far ones first."""
    across, size = random.randint(1, 5), random.uniform(0.7, 1.0)
    step = size / across
    parts: Scene = ()
    for row in range(across):
        for column in range(across):
            if not parts or random.random() < 0.75:
                x, y = (column - row) * step * 0.87, (column + row - across + 1) * step * 0.5 + 0.25
                parts += block(
                    x, y, step * 0.9, random.uniform(0.2, 1.3) * step, 3 * random.randrange(colours)
                )
    return placed(parts, random.uniform(-0.1, 0.1), 0, 1)


def block(x: float, y: float, wide: float, high: float, role: int) -> Scene:
    across, deep = wide * 0.87, wide * 0.5
    top = Shape(
        ((x, y - high - deep), (x + across, y - high), (x, y - high + deep), (x - across, y - high)), role
    )
    left = Shape(((x - across, y - high), (x, y - high + deep), (x, y + deep), (x - across, y)), role + 1)
    right = Shape(((x + across, y - high), (x, y - high + deep), (x, y + deep), (x + across, y)), role + 2)
    return top, left, right


TUNED: dict[str, Style] = {
    "dark": dark,
    "pastel": pastel,
    "line art": line_art,
    "isometric": isometric,
    "grainy": grainy,
    "flat": flat,
}

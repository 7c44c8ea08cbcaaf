"""Styles that no threshold was tuned on: watercolour, pixel art, halftone, cut paper and engraving.

They were written before the audit and measured once, when it was done; whoever tunes on them must say so
and make new ones.
"""

import math
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tests.style_lab.hands import FORMATS, Brush, Hand, Style, grained, hue, mixed, on_canvas, palette
from tests.style_lab.scenes import GROUND, scene


def watercolour(random: Random) -> Hand:
    """Wet blots with darker rims on toned paper; colours show through each other."""
    colours, paper = (
        palette(random, 5, (0.35, 0.7), (0.6, 0.9)),
        mixed((255, 252, 244), hue(random.random(), 0.3, 0.9), 0.1),
    )

    def paint(each: Random) -> Image.Image:
        picture = Image.new("RGB", each.choice(FORMATS), paper)
        for shape in scene(each):
            mask = Image.new("L", picture.size)
            ImageDraw.Draw(mask).polygon(on_canvas(shape, picture.size), fill=255)
            wet = mask.filter(ImageFilter.GaussianBlur(each.uniform(2, 5)))
            rim = wet.point(lambda value: 255 - abs(value - 128) * 2)
            colour = colours[shape.role % len(colours)]
            washed = ImageChops.multiply(
                picture, Image.new("RGB", picture.size, mixed(colour, (255, 255, 255), 0.35))
            )
            deep = ImageChops.multiply(picture, Image.new("RGB", picture.size, colour))
            picture = Image.composite(washed, picture, wet)
            picture = Image.composite(deep, picture, rim.point(lambda value: value // 2))
        return grained(picture, each, 3)

    return paint


def pixel_art(random: Random) -> Hand:
    """Coarse squares, few colours."""
    colours, across = palette(random, 6, (0.4, 0.9), (0.4, 1.0)), random.choice((40, 52, 64))
    brush = Brush(tuple(random.sample(colours, 2)), tuple(colours))

    def paint(each: Random) -> Image.Image:
        picture = brush(each)
        small = picture.resize((across, across * picture.height // picture.width), Image.Resampling.NEAREST)
        return small.resize(picture.size, Image.Resampling.NEAREST)

    return paint


def halftone(random: Random) -> Hand:
    """Two inks: the tone is told by dots on a slanted grid."""
    paper, ink = mixed(hue(random.random(), 0.3, 1.0), (255, 255, 255), 0.5), hue(random.random(), 0.8, 0.5)
    tones = tuple((v, v, v) for v in (30, 80, 130, 180, 215))
    brush, pitch, slant = (
        Brush(((245, 245, 245),), tones, shade=0.4),
        random.uniform(8, 13),
        random.uniform(0.3, 1.0),
    )

    def paint(each: Random) -> Image.Image:
        picture = brush(each)
        tone = np.asarray(picture.convert("L")) / 255
        y, x = np.mgrid[: picture.height, : picture.width] * (2 * math.pi / pitch)
        u, v = x * math.cos(slant) + y * math.sin(slant), y * math.cos(slant) - x * math.sin(slant)
        dots = (np.cos(u) + np.cos(v)) / 4 + 0.5
        inked = Image.fromarray(((dots > tone) * 255).astype(np.uint8))
        return Image.composite(
            Image.new("RGB", picture.size, ink), Image.new("RGB", picture.size, paper), inked
        )

    return paint


def cut_paper(random: Random) -> Hand:
    """Matt coloured paper in layers, each throwing a soft shadow."""
    colours = palette(random, 6, (0.3, 0.7), (0.5, 0.95))
    ground = mixed(colours[0], (255, 255, 255), 0.5)

    def paint(each: Random) -> Image.Image:
        picture = Image.new("RGB", each.choice(FORMATS), ground)
        for shape in scene(each):
            mask = Image.new("L", picture.size)
            ImageDraw.Draw(mask).polygon(on_canvas(shape, picture.size), fill=255)
            shadow = ImageChops.offset(mask.filter(ImageFilter.GaussianBlur(7)), 6, 8).point(
                lambda value: value // 3
            )
            picture.paste((30, 20, 30), mask=shadow)
            picture.paste(colours[shape.role % len(colours)], mask=mask)
        return grained(picture, each, 5)

    return paint


def engraving(random: Random) -> Hand:
    """Parallel strokes of one ink: the darker, the closer; each shape at its own slant."""
    paper, ink, width = (244, 238, 222), hue(random.random(), 0.5, 0.25), random.randint(2, 3)

    def paint(each: Random) -> Image.Image:
        size = each.choice(FORMATS)
        picture = Image.new("RGB", size, paper)
        for shape in scene(each):
            strokes, mask = Image.new("RGB", size, paper), Image.new("L", size)
            ImageDraw.Draw(mask).polygon(on_canvas(shape, size), fill=255)
            if shape.role != GROUND:
                _hatch(
                    ImageDraw.Draw(strokes),
                    size,
                    slant=shape.role * 0.6,
                    step=6 + 3 * (shape.role % 4),
                    ink=ink,
                )
            picture.paste(strokes, mask=mask)
            points = on_canvas(shape, size)
            ImageDraw.Draw(picture).line([*points, points[0]], fill=ink, width=width)
        return picture

    return paint


def _hatch(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], *, slant: float, step: int, ink: tuple[int, int, int]
) -> None:
    reach, (middle, centre) = sum(size), (size[0] / 2, size[1] / 2)
    cos, sin = math.cos(slant), math.sin(slant)
    for off in range(-reach, reach, step):
        x, y = middle - sin * off, centre + cos * off
        draw.line((x - cos * reach, y - sin * reach, x + cos * reach, y + sin * reach), fill=ink, width=2)


HELD_OUT: dict[str, Style] = {
    "watercolour": watercolour,
    "pixel art": pixel_art,
    "halftone": halftone,
    "cut paper": cut_paper,
    "engraving": engraving,
}

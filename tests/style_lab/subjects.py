"""What the laboratory's pictures show: simple things, drawn as shapes without any style.

A shape is a polygon in a square from -1 to 1, y down, with a role; which colour, line or texture a role
gets is a matter of style, and said in `hands` and `strange_hands`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """A polygon, and the number of the colour that it asks for; a style takes it modulo what it has."""

    points: tuple[Point, ...]
    role: int


Scene = tuple[Shape, ...]


def oval(x: float, y: float, wide: float, high: float, role: int, corners: int = 36) -> Shape:
    turns = [2 * math.pi * i / corners for i in range(corners)]
    return Shape(tuple((x + wide * math.cos(t), y + high * math.sin(t)) for t in turns), role)


def box(left: float, top: float, right: float, bottom: float, role: int) -> Shape:
    return Shape(((left, top), (right, top), (right, bottom), (left, bottom)), role)


def blob(random: Random, x: float, y: float, size: float, role: int) -> Shape:
    """A round thing with a wavering edge."""
    waves = [(random.uniform(0, 0.14), random.uniform(0, 6.3), n) for n in (2, 3, 5)]
    points = []
    for i in range(40):
        turn = 2 * math.pi * i / 40
        radius = size * (1 + sum(high * math.sin(n * turn + start) for high, start, n in waves))
        points.append((x + radius * math.cos(turn), y + radius * math.sin(turn)))
    return Shape(tuple(points), role)


def tree(random: Random) -> Scene:
    trunk = box(-0.1, 0.2, 0.1, 0.95, 1)
    tops = [
        blob(random, random.uniform(-0.3, 0.3), random.uniform(-0.6, 0.1), 0.4, 0)
        for _ in range(random.randint(1, 4))
    ]
    return (trunk, *tops, oval(0.2, -0.2, 0.08, 0.08, 2))


def pine(random: Random) -> Scene:
    layers = random.randint(2, 5)
    tops = []
    for i in range(layers):
        top, bottom = -0.95 + i * 1.2 / layers, -0.3 + i * 1.1 / layers
        wide = 0.3 + 0.4 * (i + 1) / layers
        tops.append(Shape(((0, top), (wide, bottom), (-wide, bottom)), i % 2))
    return (box(-0.08, 0.4, 0.08, 0.95, 3), *tops)


def house(random: Random) -> Scene:
    wide, roof = random.uniform(0.5, 0.85), random.uniform(-0.5, -0.1)
    windows = [
        box(x - 0.12, roof + 0.2, x + 0.12, roof + 0.45, 2) for x in (-0.3, 0.3)[: random.randint(1, 2)]
    ]
    return (
        box(-wide, roof, wide, 0.9, 0),
        Shape(((-wide - 0.1, roof), (0, -0.95), (wide + 0.1, roof)), 1),
        box(-0.12, 0.45, 0.14, 0.9, 3),
        *windows,
    )


def fish(random: Random) -> Scene:
    high = random.uniform(0.3, 0.55)
    stripes = [
        box(x, -high * 0.7, x + 0.08, high * 0.7, 2) for x in (-0.2, 0.05, 0.3)[: random.randint(0, 3)]
    ]
    tail = Shape(((0.5, 0), (0.95, -0.4), (0.85, 0), (0.95, 0.4)), 1)
    return (tail, oval(-0.1, 0, 0.7, high, 0), *stripes, oval(-0.5, -0.08, 0.07, 0.07, 3))


def mug(random: Random) -> Scene:
    wide = random.uniform(0.4, 0.6)
    steam = [
        Shape(((x, -0.5), (x + 0.06, -0.7), (x, -0.9), (x + 0.1, -0.7)), 3)
        for x in (-0.25, 0, 0.25)[: random.randint(0, 3)]
    ]
    return (
        oval(wide, 0.2, 0.3, 0.3, 0),
        oval(wide, 0.2, 0.17, 0.17, 9),
        box(-wide, -0.35, wide, 0.85, 0),
        oval(0, -0.35, wide, 0.12, 1),
        box(-wide, 0.1, wide, 0.1 + random.uniform(0.1, 0.4), 2),
        *steam,
    )


def flower(random: Random) -> Scene:
    petals, size = random.randint(5, 9), random.uniform(0.16, 0.26)
    turns = [2 * math.pi * i / petals for i in range(petals)]
    heads = [oval(0.36 * math.cos(t), -0.4 + 0.36 * math.sin(t), size, size, 0) for t in turns]
    leaf = Shape(((0, 0.6), (0.4, 0.25), (0.55, 0.4), (0.2, 0.7)), 1)
    return (box(-0.04, -0.3, 0.04, 0.95, 1), leaf, *heads, oval(0, -0.4, 0.24, 0.24, 2))


def rocket(random: Random) -> Scene:
    wide = random.uniform(0.2, 0.34)
    hull = Shape(((0, -0.95), (wide, -0.4), (wide, 0.5), (-wide, 0.5), (-wide, -0.4)), 0)
    fins = [Shape(((s * wide, 0.1), (s * (wide + 0.3), 0.65), (s * wide, 0.5)), 1) for s in (-1, 1)]
    flame = Shape(((-0.15, 0.5), (0, 0.95), (0.15, 0.5)), 2)
    return (hull, *fins, flame, oval(0, -0.25, wide * 0.5, wide * 0.5, 3))


def boat(random: Random) -> Scene:
    hull = Shape(((-0.85, 0.35), (0.85, 0.35), (0.5, 0.8), (-0.5, 0.8)), 1)
    sails = [Shape(((0.05, -0.9), (0.7, 0.2), (0.05, 0.2)), 0)]
    if random.random() < 0.6:
        sails.append(Shape(((-0.05, -0.6), (-0.05, 0.2), (-0.6, 0.2)), 2))
    return (box(-0.04, -0.95, 0.04, 0.35, 3), hull, *sails)


def cat(random: Random) -> Scene:
    ears = [Shape(((s * 0.6, -0.1), (s * 0.62, -0.8), (s * 0.12, -0.45)), 0) for s in (-1, 1)]
    eyes = [oval(s * 0.25, 0, 0.1, random.uniform(0.05, 0.13), 2) for s in (-1, 1)]
    nose = Shape(((-0.08, 0.25), (0.08, 0.25), (0, 0.36)), 1)
    return (*ears, oval(0, 0.1, 0.68, 0.6, 0), *eyes, nose)


def bottle(random: Random) -> Scene:
    wide, neck = random.uniform(0.25, 0.45), random.uniform(-0.5, -0.2)
    return (
        box(-0.12, -0.9, 0.12, neck, 0),
        Shape(((-0.12, neck), (0.12, neck), (wide, neck + 0.2), (-wide, neck + 0.2)), 0),
        box(-wide, neck + 0.2, wide, 0.92, 0),
        box(-wide, neck + 0.4, wide, neck + 0.8, 2),
        box(-0.14, -0.97, 0.14, -0.85, 1),
    )


def mushroom(random: Random) -> Scene:
    cap = [
        (0.8 * math.cos(math.pi + math.pi * i / 24), 0.7 * math.sin(math.pi + math.pi * i / 24))
        for i in range(25)
    ]
    spots = [
        oval(random.uniform(-0.45, 0.45), random.uniform(-0.4, -0.1), 0.1, 0.09, 2)
        for _ in range(random.randint(2, 5))
    ]
    return (box(-0.2, -0.05, 0.2, 0.9, 1), Shape(tuple(cap), 0), *spots)


def bird(random: Random) -> Scene:
    wing = Shape(((-0.1, -0.05), (0.5, random.uniform(-0.7, 0.1)), (0.3, 0.3)), 1)
    beak = Shape(((-0.7, -0.25), (-0.97, -0.12), (-0.68, -0.08)), 2)
    tail = Shape(((0.4, 0.1), (0.95, -0.15), (0.9, 0.25)), 1)
    return (
        tail,
        oval(0, 0.1, 0.55, 0.38, 0),
        oval(-0.5, -0.2, 0.26, 0.24, 0),
        beak,
        wing,
        oval(-0.55, -0.25, 0.05, 0.05, 3),
    )


def car(random: Random) -> Scene:
    cabin = Shape(((-0.45, -0.05), (-0.3, -0.45), (random.uniform(0.2, 0.4), -0.45), (0.5, -0.05)), 1)
    wheels = [oval(x, 0.42, 0.2, 0.2, 3) for x in (-0.5, 0.5)]
    hubs = [oval(x, 0.42, 0.08, 0.08, 2) for x in (-0.5, 0.5)]
    return (cabin, box(-0.92, -0.05, 0.92, 0.42, 0), *wheels, *hubs)


def lamp(random: Random) -> Scene:
    tilt = random.uniform(-0.2, 0.2)
    shade = Shape(((-0.3 + tilt, -0.85), (0.3 + tilt, -0.85), (0.6, -0.2), (-0.6, -0.2)), 0)
    return (box(-0.05, -0.2, 0.05, 0.8, 1), oval(0, 0.85, 0.45, 0.1, 1), shade, oval(0, -0.2, 0.16, 0.1, 2))


SUBJECTS: tuple[Callable[[Random], Scene], ...] = (
    tree, pine, house, fish, mug, flower, rocket, boat, cat, bottle, mushroom, bird, car, lamp,
)  # fmt: skip

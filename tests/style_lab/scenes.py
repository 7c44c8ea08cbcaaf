"""Puts the laboratory's subjects into a picture: one, a group, many small ones, or a landscape."""

import math
from collections.abc import Callable
from random import Random

from tests.style_lab.subjects import SUBJECTS, Point, Scene, Shape, oval

Arrangement = Callable[[Random], Scene]


def placed(scene: Scene, x: float, y: float, size: float, turn: float = 0.0, roles: int = 0) -> Scene:
    """Return `scene` moved to x, y, as large as `size`, turned by radians; its roles begin with `roles`."""
    cos, sin = math.cos(turn) * size, math.sin(turn) * size

    def move(point: Point) -> Point:
        return x + cos * point[0] - sin * point[1], y + sin * point[0] + cos * point[1]

    return tuple(Shape(tuple(move(p) for p in shape.points), _role(shape.role, roles)) for shape in scene)


def _role(role: int, first: int) -> int:
    return role if role == GROUND else role + first


GROUND = 9
"""The role of what shows the ground through: the inside of a handle."""


def subject(random: Random) -> Scene:
    return random.choice(SUBJECTS)(random)


def alone(random: Random) -> Scene:
    x, y = random.uniform(-0.25, 0.25), random.uniform(-0.25, 0.25)
    return placed(
        subject(random), x, y, random.uniform(0.45, 0.9), random.uniform(-0.3, 0.3), random.randrange(5)
    )


def group(random: Random) -> Scene:
    count = random.randint(2, 4)
    parts: Scene = ()
    for i in range(count):
        x = -0.75 + 1.5 * (i + 0.5) / count + random.uniform(-0.1, 0.1)
        y, size = random.uniform(-0.35, 0.35), random.uniform(0.25, 0.5)
        parts += placed(subject(random), x, y, size, random.uniform(-0.2, 0.2), random.randrange(5))
    return parts


def scattered(random: Random) -> Scene:
    parts: Scene = ()
    for _ in range(random.randint(5, 9)):
        x, y = random.uniform(-0.8, 0.8), random.uniform(-0.8, 0.8)
        size = random.uniform(0.14, 0.28)
        parts += placed(subject(random), x, y, size, random.uniform(-1, 1), random.randrange(5))
    return parts


def landscape(random: Random) -> Scene:
    level, steep, start = random.uniform(0.1, 0.5), random.uniform(0.02, 0.2), random.uniform(0, 6)
    hill = [(x / 10, level + steep * math.sin(start + x / 5)) for x in range(-20, 21)]
    ground = Shape((*hill, (2.0, 2.0), (-2.0, 2.0)), random.randrange(5))
    sun = oval(random.uniform(-0.7, 0.7), random.uniform(-0.8, -0.4), 0.18, 0.18, random.randrange(5))
    parts: Scene = (sun, ground)
    for _ in range(random.randint(1, 3)):
        x, size = random.uniform(-0.7, 0.7), random.uniform(0.25, 0.55)
        parts += placed(subject(random), x, level + 0.15 - size * 0.6, size, 0, random.randrange(5))
    return parts


ARRANGEMENTS: tuple[Arrangement, ...] = (alone, alone, group, scattered, landscape)


def scene(random: Random) -> Scene:
    return random.choice(ARRANGEMENTS)(random)

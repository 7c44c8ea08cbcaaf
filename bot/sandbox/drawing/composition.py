"""Where things go: a sky, land or a table under it, the subject on it, the rest around.

Every choice comes from the sheet's random numbers, so one seed is one picture and the next seed another.
"""

# ruff: noqa: PLR2004 - shares of the sheet: each was found by looking

from collections.abc import Sequence

from bot.sandbox.drawing.brush import Brush, Point, Sheet
from bot.sandbox.drawing.colour import Colour
from bot.sandbox.drawing.ground import vignette, world
from bot.sandbox.drawing.nouns import Place, find
from bot.sandbox.drawing.scene import Scene, Thing

_SCALE = {Place.FAR: 1.2, Place.SMALL: 0.85}


def compose(sheet: Sheet, scene: Scene) -> None:
    """Draw `scene` on `sheet`."""
    width, height = sheet.image.size
    horizon = height * (
        sheet.rng.uniform(0.5, 0.55) if scene.place == "sea" else sheet.rng.uniform(0.6, 0.68)
    )
    backdrop = (vignette if sheet.style.is_cut_out else world)(sheet, scene, horizon)
    subject, rest = _cast(scene)
    centre = width * (0.5 if width < 1.3 * height else sheet.rng.choice((0.36, 0.64)))
    centre += width * sheet.rng.uniform(-0.05, 0.05)
    _far_and_high(sheet, rest, backdrop, centre, horizon)
    _subject(sheet, scene, subject, (centre, horizon), backdrop)
    _near(sheet, rest, backdrop, centre)


def _cast(scene: Scene) -> tuple[Thing, list[Thing]]:
    """Return the subject and the others; a prompt without a known noun gets a landscape."""
    if not scene.things:
        stand_ins = [Thing(known) for word in ("mountain", "tree", "moon") if (known := find(word))]
        return stand_ins[0], stand_ins[1:]
    return scene.things[0], list(scene.things[1:6])


def _brush(sheet: Sheet, thing: Thing, at: Point, size: float, behind: Colour) -> Brush:
    return Brush(sheet, at, size, flip=sheet.rng.random() < 0.5, hue=thing.hue, behind=behind)


def _subject(sheet: Sheet, scene: Scene, thing: Thing, at: Point, behind: Colour) -> None:
    """Draw the main thing, on its support where it has one."""
    centre, horizon = at
    height = sheet.image.height
    size = sheet.short * sheet.rng.uniform(0.27, 0.31) * _SCALE.get(thing.noun.place, 1.0)
    foot = horizon + (height - horizon) * 0.56
    if thing.noun.place is Place.SKY:
        foot = height * 0.4 + size
    elif scene.support:
        size *= 0.86
        half = size * 0.8
        foot = height * 0.87 - half * 0.9
        scene.support.noun.draw(_brush(sheet, scene.support, (centre, height * 0.87 - half), half, behind))
    for index in range(thing.count):
        share = 1.0 if thing.count == 1 else 0.72 - 0.07 * (thing.count - 2)
        by = (index - (thing.count - 1) / 2) * 1.7 * share * size
        at_once = (centre + by, foot - size * share)
        thing.noun.draw(_brush(sheet, thing, at_once, size * share, behind))


def _far_and_high(sheet: Sheet, rest: Sequence[Thing], behind: Colour, centre: float, horizon: float) -> None:
    """Draw what belongs behind the subject: in the sky, and along the horizon."""
    width, height = sheet.image.size
    side = -1 if centre > width / 2 else 1
    for index, thing in enumerate(thing for thing in rest if thing.noun.place is Place.SKY):
        at = (width / 2 + side * width * (0.27 - 0.18 * index), height * (0.2 + 0.05 * index))
        thing.noun.draw(_brush(sheet, thing, at, sheet.short * 0.09, behind))
        side = -side
    for index, thing in enumerate(thing for thing in rest if thing.noun.place is Place.FAR):
        for by, size in ((0.3 - 0.1 * index, 0.17), (0.4 - 0.06 * index, 0.12)):
            at = (width / 2 + side * by * width, horizon + sheet.short * (0.06 - size))
            thing.noun.draw(_brush(sheet, thing, at, sheet.short * size, behind))
        side = -side


def _near(sheet: Sheet, rest: Sequence[Thing], behind: Colour, centre: float) -> None:
    """Draw what stands beside the subject and before it."""
    width, height = sheet.image.size
    near = [thing for thing in rest if thing.noun.place not in {Place.SKY, Place.FAR}]
    side = 1 if centre <= width / 2 else -1
    for index, thing in enumerate(near[:4]):
        size = sheet.short * (0.1 if thing.noun.place is Place.SMALL else 0.15)
        x = centre + side * sheet.short * (0.34 + 0.05 * (index // 2))
        foot = height * (0.9 + 0.02 * (index % 2))
        thing.noun.draw(_brush(sheet, thing, (x, foot - size), size, behind))
        side = -side

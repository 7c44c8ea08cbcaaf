"""Small datasets drawn at run time, so that the demo needs no file and no one's pictures.

It follows the training guide's worked example, "Stellar": deep navy and dusky purple skies, warm gold, fine
engraved line, slight grain; one hand throughout, the subjects as different as can be. A second one has what
a look at a dataset should find. It imports Pillow: a service that must stay small runs
`python -m bot.sandbox.dataset PATH [--flawed]` instead.
"""

import base64
import io
import math
import random
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image, ImageDraw

from bot.sandbox.drawing.brush import Brush, Sheet
from bot.sandbox.drawing.composition import compose
from bot.sandbox.drawing.ground import sky
from bot.sandbox.drawing.scene import read
from bot.sandbox.drawing.style import Style
from bot.sandbox.painter import grained

SIDE = 1024  # pixels
Draw = Callable[[Sheet], None]


def _grain_patch() -> str:
    """Return the grain of paper: a patch of soft noise."""
    noise = Image.effect_noise((64, 64), 5)
    kept = io.BytesIO()
    noise.save(kept, "PNG")
    return base64.b64encode(kept.getvalue()).decode()


STELLAR = Style(
    ground=(17, 23, 54),
    colours=(
        (17, 23, 54),
        (30, 36, 80),
        (64, 50, 104),
        (98, 76, 132),
        (44, 66, 108),
        (142, 98, 70),
        (216, 168, 88),
        (236, 202, 132),
        (250, 236, 204),
        (186, 116, 74),
    ),
    weights=(0.38, 0.2, 0.12, 0.07, 0.06, 0.04, 0.06, 0.03, 0.02, 0.02),
    ink=(222, 178, 104),
    outline=0.0032,
)


DAYLIGHT = Style(
    ground=(250, 240, 226),
    colours=((250, 240, 226), (244, 126, 104), (96, 186, 176), (252, 206, 96), (66, 78, 110)),
    weights=(0.5, 0.16, 0.14, 0.12, 0.08),
    ink=(250, 240, 226),
    outline=0.0,
    is_cut_out=True,
)
"""Nothing of Stellar: light, flat, pastel, without a line and without grain."""

STRANGERS = {"bicycle-in-the-sun.jpg": "a bicycle", "house-by-day.jpg": "a house and a tree by day"}


def demo_dataset(count: int = 14, seed: int = 7) -> bytes:
    """Return a ZIP of `count` JPEG pictures (1 to 16), 1024 px square; the same seed draws the same ones."""
    drawn = _stellar(count, seed)
    return _packed({name: _jpeg(picture) for name, picture in drawn.items()})


def flawed_dataset(count: int = 14, seed: int = 7) -> bytes:
    """Return the ZIP of `demo_dataset` with five flaws more, at least two pictures (2 to 16) to start from.

    Two pictures are in another style (STRANGERS); one is a near twin of the first, cropped and recompressed;
    one is the second, mirrored; one has transparent corners.
    """
    drawn = _stellar(count, seed)
    first, second = list(drawn.values())[:2]
    flaws = {name: _jpeg(_drawn(DAYLIGHT, _scene(of), _rng(name, seed))) for name, of in STRANGERS.items()}
    near = first.crop((6, 4, SIDE, SIDE)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    flaws["stellar-telescope-again.jpg"] = _jpeg(near, quality=70)
    flaws["stellar-planet-mirrored.jpg"] = _jpeg(second.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    flaws["stellar-balloon.png"] = _cut_out(
        _drawn(_with_grain(STELLAR), _scene("a balloon"), _rng("cut", seed))
    )
    return _packed({**{name: _jpeg(picture) for name, picture in drawn.items()}, **flaws})


def _stellar(count: int, seed: int) -> dict[str, Image.Image]:
    style = _with_grain(STELLAR)
    chosen = list(_SUBJECTS.items())[:count]
    return {f"stellar-{name}.jpg": _drawn(style, draw, _rng(name, seed)) for name, draw in chosen}


def _rng(name: str, seed: int) -> random.Random:
    return random.Random(f"{name}/{seed}")  # noqa: S311 - it arranges pictures


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _with_grain(style: Style) -> Style:
    return Style(**{**style.to_json(), "grain": 4.0, "patch": _grain_patch()})


def _drawn(style: Style, draw: Draw, rng: random.Random) -> Image.Image:
    canvas = Image.new("RGB", (SIDE * 3 // 2, SIDE * 3 // 2), style.ground)
    draw(Sheet(canvas, style, rng, is_fine=True, over=1.5))
    return grained(canvas.resize((SIDE, SIDE), Image.Resampling.LANCZOS), style, rng)


def _jpeg(picture: Image.Image, quality: int = 84) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _cut_out(picture: Image.Image) -> bytes:
    """Return the picture as a PNG with transparent, round corners."""
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, SIDE - 1, SIDE - 1), SIDE // 6, fill=255)
    picture.putalpha(mask)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _scene(prompt: str) -> Draw:
    return lambda sheet: compose(sheet, read(prompt))


# ── subjects that no prompt asks for ─────────────────────────────────────────────────────────────────────


def _constellation(sheet: Sheet) -> None:
    """Join a hunter's stars: two shoulders, a belt of three, two feet, and a bow."""
    brush = _sky_brush(sheet)
    joints = [
        (-0.3, -0.5),
        (0.26, -0.44),
        (0.1, 0.02),
        (0.32, 0.62),
        (-0.28, 0.56),
        (-0.1, 0.08),
        (-0.3, -0.5),
    ]
    bow = [(0.26, -0.44), (0.62, -0.6), (0.74, -0.24), (0.66, 0.14)]
    belt = [(-0.1, 0.08), (0.0, 0.05), (0.1, 0.02)]
    for line in (joints, bow, belt, [(-0.02, -0.8), (-0.3, -0.5)], [(-0.02, -0.8), (0.26, -0.44)]):
        brush.stroke(line, "gold", 0.8, smooth=False)
        for x, y in line:
            size = 0.05 if (x, y) in joints else 0.035
            brush.inside(x, y, size).shape(_sparkle(), "light", smooth=False, line=False, shade=False)


def _sparkle() -> list[tuple[float, float]]:
    radii = (1.0, 0.3)
    return [
        (radii[i % 2] * math.sin(i * math.pi / 8), radii[i % 2] * math.cos(i * math.pi / 8))
        for i in range(16)
    ]


def _milky_way(sheet: Sheet) -> None:
    """Strew a band of stars from corner to corner, over a desert horizon."""
    brush = _sky_brush(sheet)
    for _ in range(1100):
        along = sheet.rng.uniform(-1.3, 1.3)
        x, y = along, 0.25 - along * 0.6 + sheet.rng.gauss(0, 0.16)
        wish = sheet.rng.choice(("light", "gold", "purple", "cream"))
        brush.oval(x, y, 0.004, 0.004, wish, line=False, shade=False)
    brush.inside(0, 0.86, 1).shape(
        [(-1.4, 0.6), (-1.3, 0.0), (-0.5, -0.12), (0.2, 0.02), (0.9, -0.08), (1.4, 0.6)], "navy"
    )


def _orrery(sheet: Sheet) -> None:
    """Put the sun in the middle and planets on engraved rings around it."""
    brush = _sky_brush(sheet)
    for index, radius in enumerate((0.28, 0.46, 0.64, 0.84)):
        ring = [
            (radius * math.sin(i * math.tau / 90), radius * math.cos(i * math.tau / 90)) for i in range(91)
        ]
        brush.stroke(ring, "gold", 0.6, smooth=False)
        turn = sheet.rng.uniform(0, math.tau)
        wish = ("tan", "orange", "purple", "cream")[index]
        brush.oval(
            radius * math.sin(turn), radius * math.cos(turn), 0.04 + 0.016 * index, 0.04 + 0.016 * index, wish
        )
    _drawing("sun", brush.inside(0, 0, 0.2))


def _moon_phases(sheet: Sheet) -> None:
    """Hang five moons in an arc, from new to new."""
    brush = _sky_brush(sheet)
    for share, by in ((-0.75, 1.2), (-0.4, 0.7), (0.0, 0.0), (0.4, -0.7), (0.75, -1.2)):
        moon = brush.inside(share, -0.1 + 0.5 * share * share, 0.14 if by else 0.2)
        behind = sheet.image.getpixel((round(moon.at[0]), round(moon.at[1])))
        _drawing("moon", moon)
        if by and isinstance(behind, tuple):
            r, g, b, *_ = behind
            moon.oval(by, 0, 0.98, 0.98, (r, g, b), line=False, shade=False)


def _sky_brush(sheet: Sheet) -> Brush:
    sky(sheet, read("the sky at night"), float(sheet.image.height))
    return Brush(sheet, (sheet.image.width / 2, sheet.image.height / 2), sheet.short * 0.48)


def _drawing(word: str, brush: Brush) -> None:
    thing = read(word).things[0]
    thing.noun.draw(brush)


_SUBJECTS: dict[str, Draw] = {
    "telescope-on-a-hill": _scene("a brass telescope at night, a tree"),
    "ringed-planet": _scene("the planet saturn in space"),
    "hunter-constellation": _constellation,
    "full-moon": _scene("the moon in space"),
    "observatory": _scene("an observatory on a hill, a pine"),
    "compass-on-the-desk": _scene("a brass compass on a table"),
    "comet-over-the-sea": _scene("a comet over the sea"),
    "milky-way": _milky_way,
    "stargazer": _scene("a person under a star, a pine"),
    "orrery": _orrery,
    "star-atlas": _scene("an open book, a candle"),
    "moon-phases": _moon_phases,
    "phone-with-star-map": _scene("a phone and a cup"),
    "mountain-camp": _scene("a mountain and a moon at night, a pine"),
    "clock-tower": _scene("a clocktower at dusk, a moon"),
    "lighthouse": _scene("a lighthouse by the sea, a boat"),
}


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(flawed_dataset() if "--flawed" in sys.argv else demo_dataset())

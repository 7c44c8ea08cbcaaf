"""What lies under and behind the things: sky, land, a table top, or a disc on bare paper."""

# ruff: noqa: PLR2004 - thresholds of the eye: each was found by looking, and is said where it is used

import math

from PIL import Image, ImageDraw, ImageOps

from bot.sandbox.drawing.brush import Brush, Point, Sheet
from bot.sandbox.drawing.colour import WISHES, Colour, distance, lightness, mix, nearest
from bot.sandbox.drawing.scene import Scene
from bot.sandbox.drawing.style import Style


def _sky_of(sheet: Sheet, scene: Scene) -> tuple[Colour, Colour]:
    """Return the sky's colours at the top and at the horizon, both from the style's own stock."""
    style = sheet.style
    wishes = {
        "night": ("navy", "purple"),
        "dusk": ("purple", "orange"),
        "dawn": ("sky", "pink"),
        "day": ("sky", "cream"),
    }
    top, low = (WISHES[name] for name in wishes[scene.time or ("night" if style.is_dark else "day")])
    if style.is_dark:
        second = second_of(style)
        return style.ground, mix(second, style.paint(low), 0.4 if scene.time in {"dusk", "dawn"} else 0.06)
    return mix(style.paint(top), style.ground, 0.25), mix(style.paint(low), style.ground, 0.4)


def second_of(style: Style) -> Colour:
    """Return the dark colour that a dark style uses most beside its ground."""
    near = [colour for colour in style.colours if lightness(colour) < 0.5] or [style.ground]
    return max(near, key=lambda colour: style.share_of(colour) ** 0.5 * distance(colour, style.ground))


def _gradient(size: tuple[int, int], top: Colour, low: Colour) -> Image.Image:
    ramp = ImageOps.colorize(Image.linear_gradient("L"), top, low)
    return ramp.resize(size, Image.Resampling.BILINEAR)


def world(sheet: Sheet, scene: Scene, horizon: float) -> Colour:
    """Fill the sheet with sky and land; return the colour behind the subject."""
    top, low = sky(sheet, scene, sheet.image.height if scene.place == "space" else horizon)
    _land(sheet, scene, horizon, low)
    return mix(top, low, 0.7)


def sky(sheet: Sheet, scene: Scene, horizon: float) -> tuple[Colour, Colour]:
    """Draw the sky down to `horizon`, and what the time puts there; return its highest and lowest tone."""
    top, low = _sky_of(sheet, scene)
    sheet.image.paste(_gradient((sheet.image.width, math.ceil(horizon * 1.16)), top, low), (0, 0))
    is_night = scene.time == "night" or (sheet.style.is_dark and scene.time != "day")
    if scene.place != "room" and is_night:
        _stars(sheet, horizon)
    if scene.has_aurora:
        _aurora(sheet, horizon)
    if sheet.style.is_engraved and sheet.style.is_dark:
        _star_chart(sheet, (sheet.image.width * sheet.rng.uniform(0.3, 0.7), horizon * 0.55))
    return top, low


def _stars(sheet: Sheet, horizon: float) -> None:
    width, _ = sheet.image.size
    rng, style = sheet.rng, sheet.style
    for _ in range(160 if sheet.is_fine else 110):
        x, y = rng.uniform(0, width), rng.uniform(0, horizon)
        radius = sheet.short * rng.choice((0.0009, 0.0013, 0.0013, 0.002, 0.003))
        colour = mix(style.light, style.paint(WISHES["gold"]), rng.random())
        sheet.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    for _ in range(9):
        at = (rng.uniform(0.04, 0.96) * width, rng.uniform(0.04, 0.8) * horizon)
        sparkle = Brush(sheet, at, sheet.short * rng.uniform(0.008, 0.017))
        points = [
            (0.0, -1.0),
            (0.14, -0.14),
            (1.0, 0.0),
            (0.14, 0.14),
            (0.0, 1.0),
            (-0.14, 0.14),
            (-1.0, 0.0),
            (-0.14, -0.14),
        ]
        sparkle.shape(points, "light", smooth=False, line=False, shade=False)


def _aurora(sheet: Sheet, horizon: float) -> None:
    width, height = sheet.image.size
    for wish, base in (("teal", 0.3), ("purple", 0.42), ("gold", 0.36)):
        veil = Image.new("L", (width // 8, height // 8))
        pen = ImageDraw.Draw(veil)
        phase = sheet.rng.uniform(0, 6)
        for x in range(veil.width):
            foot = horizon / 8 * (base + 0.12 * math.sin(phase + x / veil.width * 7)) * 1.5
            reach = veil.height * (0.16 + 0.05 * math.sin(phase + x * 0.45) + 0.04 * math.sin(x * 0.17))
            for step in range(12):
                level = round(105 * (1 - step / 12))
                pen.line((x, foot - reach * step / 12, x, foot - reach * (step + 1) / 12), fill=level)
        sheet.image.paste(
            sheet.style.paint(WISHES[wish]), (0, 0), veil.resize(sheet.image.size, Image.Resampling.BICUBIC)
        )


def _star_chart(sheet: Sheet, at: Point) -> None:
    """Lay the thin circles and the constellation of an old star map over the sky."""
    rng, style = sheet.rng, sheet.style
    faint = mix(style.ground, style.ink, 0.36)
    hair = max(1, round(sheet.short * 0.0011))
    for share in (0.34, 0.37, 0.56, 0.8):
        radius = sheet.short * share
        box = (at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius)
        sheet.pen.ellipse(box, outline=faint, width=hair)
    for index in range(72):
        turn = index * math.tau / 72
        ends = [
            (at[0] + sheet.short * r * math.cos(turn), at[1] + sheet.short * r * math.sin(turn))
            for r in (0.34, 0.37 if index % 6 else 0.4)
        ]
        sheet.pen.line(ends, fill=faint, width=hair)
    corner = rng.choice((0.12, 0.66)) * sheet.image.width
    joints = [
        (corner + sheet.short * (0.05 * i + rng.uniform(-0.01, 0.02)), at[1] * rng.uniform(0.25, 0.75))
        for i in range(6)
    ]
    sheet.pen.line(joints, fill=mix(style.ground, style.ink, 0.6), width=hair)
    for x, y in joints:
        radius = sheet.short * 0.0042
        sheet.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=style.ink)


_LANDS = {
    "sea": ("blue", "teal", "sky"),
    "desert": ("tan", "gold", "orange"),
    "snow": ("white", "sky", "white"),
    "room": ("wood", "brown", "wood"),
}


def _land(sheet: Sheet, scene: Scene, horizon: float, air: Colour) -> None:
    """Draw what lies below the sky: waves, a table top, or hills that fade with the distance."""
    if scene.place == "space":
        return
    height = sheet.image.height
    tones = _land_tones(sheet.style, scene.place)
    if scene.place == "room":
        _table_top(sheet, horizon, tones[0])
        return
    for layer, tone in enumerate(tones):
        depth = layer / (len(tones) - 1)
        top = horizon + (height - horizon) * (0.0, 0.2, 0.5)[layer]
        fill = mix(sheet.style.apart(tone, air), air, 0.55 - 0.5 * depth)
        if sheet.style.is_dark:
            fill = mix(fill, sheet.style.dark, 0.2 + 0.35 * depth)
        wave = (0.02, 7.0) if scene.place == "sea" else (0.055, 2.2)
        _ridge(sheet, top, fill, swing=height * wave[0], waves=wave[1] + layer)


def _land_tones(style: Style, place: str) -> list[Colour]:
    """Return three tones for the land, the farthest first; a dark style's land is as dark as its sky."""
    wishes = [WISHES[name] for name in _LANDS.get(place, ("green", "teal", "green"))]
    if style.is_dark and place != "room":
        return [second_of(style), second_of(style), style.ground]
    stock = [colour for colour in style.colours if not style.is_dark or lightness(colour) < 0.6]
    return [nearest(wish, stock or [style.ground]) for wish in wishes]


def _ridge(sheet: Sheet, top: float, fill: Colour, *, swing: float, waves: float) -> None:
    width, height = sheet.image.size
    phase, lean = sheet.rng.uniform(0, math.tau), sheet.rng.uniform(-0.4, 0.4)
    steps = [index / 60 for index in range(61)]
    edge = [
        (
            width * t,
            top
            + swing
            * (
                math.sin(phase + waves * t * math.pi) * 0.7
                + math.sin(phase * 2 + waves * 1.9 * t) * 0.3
                + lean * t
            ),
        )
        for t in steps
    ]
    brush = Brush(sheet, (0, 0), 1.0)
    brush.shape(
        [*edge, (width * 1.1, height * 1.1), (-width * 0.1, height * 1.1)],
        fill,
        smooth=False,
        line=False,
        shade=False,
    )
    if sheet.style.outline:
        weight = max(1.5, sheet.style.outline * sheet.short * 0.6)
        ink = mix(fill, sheet.style.ink, 0.55) if sheet.style.is_engraved else sheet.style.ink
        sheet.pen.line(edge, fill=ink, width=round(weight), joint="curve")


def _table_top(sheet: Sheet, horizon: float, tone: Colour) -> None:
    width, height = sheet.image.size
    style = sheet.style
    fill = mix(tone, style.dark, 0.35) if style.is_dark else tone
    sheet.pen.rectangle((0, horizon, width, height), fill=fill)
    grain = mix(fill, style.dark, 0.3)
    for index in range(7):
        y = horizon + (height - horizon) * (0.12 + 0.14 * index)
        sheet.pen.line(
            (0, y, width, y + sheet.rng.uniform(-6, 6)), fill=grain, width=max(2, round(sheet.short * 0.0022))
        )
    edge = max(2, round(style.outline * sheet.short)) if style.outline else 0
    if edge:
        sheet.pen.line((0, horizon, width, horizon), fill=style.ink, width=edge)


def vignette(sheet: Sheet, scene: Scene, horizon: float) -> Colour:
    """Leave the ground bare but for a disc with the scene's world in it; return the colour in the disc."""
    width, height = sheet.image.size
    radius = sheet.short * 0.4
    at = (width / 2, height * 0.48)
    inner = Image.new("RGB", sheet.image.size, sheet.style.ground)
    disc = Sheet(inner, sheet.style, sheet.rng, sheet.is_fine, sheet.over)
    top, low = _disc_sky(sheet, scene)
    inner.paste(_gradient(inner.size, top, low), (0, 0))
    if scene.time == "night":
        _stars(disc, horizon)
    _land(disc, scene, horizon, low)
    mask = Image.new("L", sheet.image.size)
    stretch = max(1.0, 0.82 * width / height)
    box = (at[0] - radius * stretch, at[1] - radius, at[0] + radius * stretch, at[1] + radius)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius=radius, fill=255)
    sheet.image.paste(sheet.style.ground, (0, 0, width, height))
    sheet.image.paste(inner, (0, 0), mask)
    weight = round(sheet.style.outline * sheet.short)
    if weight:
        sheet.pen.rounded_rectangle(box, radius=radius, outline=sheet.style.ink, width=weight)
    return mix(top, low, 0.6)


def _disc_sky(sheet: Sheet, scene: Scene) -> tuple[Colour, Colour]:
    style = sheet.style
    wishes = {
        "night": ("navy", "purple"),
        "dusk": ("orange", "pink"),
        "dawn": ("pink", "yellow"),
        "day": ("sky", "cream"),
    }
    names = wishes.get(scene.time) or (
        sheet.rng.choice(("yellow", "cream", "pink", "orange", "green")),
        "cream",
    )
    top, low = (
        mix(style.paint(WISHES[name]), style.ground, 0.2 if scene.time == "night" else 0.45) for name in names
    )
    return (top, top) if style.is_outlined else (top, low)  # who outlines boldly fills flat

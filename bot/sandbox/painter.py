"""The painter: learns a style from a ZIP, and draws pictures in it. Runs as a process of its own.

`python -m bot.sandbox.painter` reads one order as JSON from its input and writes one answer to its output:

    {"do": "learn", "zip": path}     ->  {"style": {...}} or {"error": {"code", "message"}}
    {"do": "paint", "style", "prompt", "width", "height", "quality", "seed", "format",
     "compression", "to": path}      ->  {}

What it draws is arithmetic on shapes, and every picture says so on its face and in its metadata.
"""

import base64
import hashlib
import io
import json
import random
import sys
import zipfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFont, PngImagePlugin, UnidentifiedImageError

from bot.sandbox.drawing.brush import Sheet
from bot.sandbox.drawing.colour import mix
from bot.sandbox.drawing.composition import compose
from bot.sandbox.drawing.scene import read
from bot.sandbox.drawing.style import Style, learn

MARK = "Sandbox picture, not the real model"
FEWEST, MOST = 10, 50  # pictures in a dataset
LARGEST = 50_000_000  # bytes of one picture
_FORMATS = ("JPEG", "PNG", "WEBP")
_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_PIL_FORMAT = {"JPG": "JPEG", "PNG": "PNG", "WEBP": "WEBP"}
_SMALL = 1280  # pixels: up to here there is time to draw at twice the size
_LOOK = 1024  # pixels: as much of a picture as a style is learned from


class UnfitError(ValueError):
    """The dataset cannot be trained on; the text says why."""


# ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────


def paint(
    style: Style, prompt: str, size: tuple[int, int], *, quality: str = "low", seed: int = 0
) -> Image.Image:
    """Draw `prompt` in `style`, `size` (width, height) pixels; the same arguments draw the same picture."""
    over = 2.0 if max(size) <= _SMALL else 1.5
    digest = hashlib.sha256(f"{prompt}/{seed}".encode()).digest()
    rng = random.Random(digest)  # noqa: S311 - it arranges pictures
    canvas = Image.new("RGB", (round(size[0] * over), round(size[1] * over)), style.ground)
    scene = read(prompt)
    compose(Sheet(canvas, style, rng, is_fine=quality == "high", over=over), scene)
    picture = canvas.resize(size, Image.Resampling.BOX if max(size) <= _SMALL else Image.Resampling.LANCZOS)
    if scene.lettering:
        _letter(picture, style, scene.lettering)
    return _marked(grained(picture, style, rng), style)


def _letter(picture: Image.Image, style: Style, words: str) -> None:
    """Set the quoted words across the top, as the guide's wordmarks are."""
    width, height = picture.size
    spaced = " ".join(words)
    font = ImageFont.load_default(min(height * 0.08, width * 1.5 / max(6, len(spaced))))
    at = (width / 2, height * 0.1)
    colour, around = (style.light, style.dark) if style.is_dark else (style.ink, style.ground)
    ImageDraw.Draw(picture).text(at, spaced, colour, font, anchor="mm", stroke_width=3, stroke_fill=around)


def grained(picture: Image.Image, style: Style, rng: random.Random) -> Image.Image:
    """Return the picture with the dataset's own grain on it, patch by patch, each turned at random."""
    if not style.patch:
        return picture
    with Image.open(io.BytesIO(base64.b64decode(style.patch))) as opened:
        patch = opened.convert("L")
    turns = [patch, *(patch.transpose(turn) for turn in Image.Transpose)]
    layer = Image.new("L", picture.size, 128)
    for x in range(0, picture.width, patch.width):
        for y in range(0, picture.height, patch.height):
            layer.paste(rng.choice(turns), (x, y))
    return ImageChops.add(picture, layer.convert("RGB"), offset=-128)


def _marked(picture: Image.Image, style: Style) -> Image.Image:
    width, height = picture.size
    size = max(15.0, min(width, height) * 0.019)
    font = ImageFont.load_default(size)
    pen = ImageDraw.Draw(picture)
    at = (width / 2, height - size * 1.5)
    left, top, right, bottom = pen.textbbox(at, MARK, font, anchor="mm")
    pad = size * 0.55
    box = (
        round(left - 1.6 * pad),
        round(top - pad * 0.8),
        round(right + 1.6 * pad),
        round(bottom + pad * 0.8),
    )
    under = mix(style.ground, (0, 0, 0), 0.35) if style.is_dark else (255, 255, 255)
    plate = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    ImageDraw.Draw(plate).rounded_rectangle(
        (0, 0, plate.width - 1, plate.height - 1), plate.height // 2, fill=190
    )
    picture.paste(under, (box[0], box[1]), plate)
    pen.text(at, MARK, (240, 236, 226) if style.is_dark else (50, 48, 54), font, anchor="mm")
    return picture


def encoded(picture: Image.Image, kind: str, compression: int = 95) -> bytes:
    """Return the picture as JPG, PNG or WEBP, the mark in its metadata as well."""
    exif = Image.Exif()
    exif[0x010E] = MARK  # ImageDescription
    exif[0x0131] = "Housestyle sandbox"  # Software
    out = io.BytesIO()
    if kind == "PNG":
        told = PngImagePlugin.PngInfo()
        told.add_text("Description", MARK)
        picture.save(out, "PNG", pnginfo=told, exif=exif, compress_level=4)
    else:
        picture.save(out, _PIL_FORMAT[kind], quality=compression, exif=exif)
    return out.getvalue()


# ── learning ─────────────────────────────────────────────────────────────────────────────────────────────


def pictures_in(archive: Path) -> list[Image.Image]:
    """Return the pictures of a dataset, flattened on white, small. Raises UnfitError."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if _is_picture(entry)]
            if not FEWEST <= len(entries) <= MOST:
                raise UnfitError(f"The dataset must hold {FEWEST} to {MOST} images; it holds {len(entries)}.")
            return [_small(opened, entry) for entry in entries]
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise UnfitError("The dataset is not a readable ZIP file.") from error


def _is_picture(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.split("/")
    return parts[-1].lower().endswith(_SUFFIXES) and "__MACOSX" not in parts and not parts[-1].startswith(".")


def _small(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Image.Image:
    if entry.file_size > LARGEST:
        raise UnfitError(f"The image {entry.filename} is larger than 50 MB.")
    try:
        with Image.open(io.BytesIO(opened.read(entry)), formats=_FORMATS) as picture:
            picture.draft("RGB", (_LOOK, _LOOK))
            whole = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnfitError(f"The image {entry.filename} cannot be decoded.") from error
    whole.thumbnail((_LOOK, _LOOK))
    white = Image.new("RGBA", whole.size, "white")
    white.alpha_composite(whole)
    return white.convert("RGB")


# ── the process ──────────────────────────────────────────────────────────────────────────────────────────


def carry_out(order: dict[str, Any]) -> dict[str, Any]:
    """Do one order and return its answer."""
    if order["do"] == "learn":
        try:
            return {"style": learn(pictures_in(Path(order["zip"]))).to_json()}
        except UnfitError as error:
            return {"error": {"code": "invalidDataset", "message": str(error)}}
    style = Style.from_json(order["style"])
    size = (order["width"], order["height"])
    picture = paint(style, order["prompt"], size, quality=order["quality"], seed=order["seed"])
    to = Path(order["to"])
    beside = to.with_name(f".{to.name}.new")
    beside.write_bytes(encoded(picture, order["format"], order["compression"]))
    beside.replace(to)
    return {}


if __name__ == "__main__":
    json.dump(carry_out(json.load(sys.stdin)), sys.stdout)

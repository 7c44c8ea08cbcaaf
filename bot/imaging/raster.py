"""Decodes pictures with Pillow, every bit of them; runs in the worker process only.

What a picture is, its bytes say, never its name. A picture is looked at small: JPEG is decoded at a
fraction of its size, but all of its data is read, so that a torn file is noticed.
"""

import io
import struct
import zlib
from dataclasses import dataclass

# Image.open would load every format there is to find WebP; imported, each is known from the start.
from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401

from bot.domain.dataset import FORMATS

THUMBNAIL = 256
"""Pixels of the longer side on the contact sheet."""
MOST_PIXELS = 200_000_000
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})
_OPAQUE = 255
_STRANGERS = (
    (0, b"PK\x03\x04", "a ZIP inside the ZIP: put its pictures in directly."),
    (0, b"GIF8", "a GIF: save it as PNG."),
    (0, b"II*\x00", "a TIFF: save it as PNG."),
    (0, b"MM\x00*", "a TIFF: save it as PNG."),
    (0, b"BM", "a BMP: save it as PNG."),
    (0, b"8BPS", "a Photoshop file: export it as PNG."),
    (0, b"%PDF", "a PDF: export its pictures as PNG."),
    (0, b"%!PS", "a PostScript file: export it as PNG."),
    (0, b"<svg", "an SVG: export it as PNG."),
    (4, b"ftypavif", "an AVIF picture: save it as JPEG or PNG."),
    (4, b"ftyphei", "a HEIC picture: save it as JPEG or PNG."),
    (4, b"ftypmif1", "a HEIC picture: save it as JPEG or PNG."),
)

Image.MAX_IMAGE_PIXELS = None  # it would only warn at 89 million; `_check` refuses, before any decoding
ImageFile.LOAD_TRUNCATED_IMAGES = False
PngImagePlugin.MAX_TEXT_MEMORY = 4 * 1024 * 1024


class UnfitPicture(Exception):
    """The picture cannot be used; the text follows the picture's name in a sentence."""


@dataclass(frozen=True)
class Seen:
    """What a picture turned out to be, upright, and a small RGB copy of it on white."""

    format: str
    width: int
    height: int
    transparent: bool
    small: Image.Image


def is_picture(head: bytes) -> bool:
    """Say whether a file that begins with `head` claims to be a JPEG, PNG or WebP."""
    webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def stranger(head: bytes) -> str:
    """Return what a file that is no picture is, and what to do, to follow its name in a sentence."""
    for offset, magic, sentence in _STRANGERS:
        if head[offset:].startswith(magic):
            return f"is {sentence}"
    return "is not a JPEG, PNG or WebP picture: leave it out."


def look(body: bytes) -> Seen:
    """Decode all of the picture. Raises UnfitPicture."""
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as image:
            _check(image)
            if image.format == "PNG" and b"IEND" not in body:  # Pillow is content once it has all pixels
                raise UnfitPicture("is damaged: export it again.")
            return _seen(image)
    except MemoryError:
        raise UnfitPicture("has too many pixels for me: scale it down.") from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error, zlib.error):
        raise UnfitPicture("is damaged: export it again.") from None


def as_png_or_jpeg(body: bytes) -> tuple[str, bytes]:
    """Return a sound picture anew as what Slack can show: PNG where it is transparent, else fine JPEG."""
    with Image.open(io.BytesIO(body), formats=FORMATS) as image:
        image.load()
        out = io.BytesIO()
        if image.has_transparency_data:
            image.convert("RGBA").save(out, "PNG")
            return "PNG", out.getvalue()
        image.convert("RGB").save(out, "JPEG", quality=95, subsampling=0)
        return "JPEG", out.getvalue()


def _check(image: ImageFile.ImageFile) -> None:
    """Raise UnfitPicture for what its header says, before anything is decoded."""
    if image.format == "MPO":  # what Pillow makes of a JPEG with others behind it, asked for or not
        raise UnfitPicture("holds more than one picture: save it as a plain JPEG.")
    if image.format not in FORMATS:
        raise UnfitPicture("is not a JPEG, PNG or WebP picture: leave it out.")
    if getattr(image, "n_frames", 1) > 1:
        raise UnfitPicture("is an animation: save the frame that counts as a picture.")
    if image.width * image.height > MOST_PIXELS:
        pixels, most = image.width * image.height // 1_000_000, MOST_PIXELS // 1_000_000
        raise UnfitPicture(f"has {pixels:,} million pixels: scale it down to at most {most}.")


def _seen(image: ImageFile.ImageFile) -> Seen:
    width, height = image.size
    image.draft("RGB", (2 * THUMBNAIL, 2 * THUMBNAIL))
    image.load()
    orientation = image.getexif().get(_ORIENTATION)
    if orientation in _SIDEWAYS:
        width, height = height, width
    small = _small(image)
    alpha = small.getchannel("A").getextrema()[0] if small.mode == "RGBA" else _OPAQUE
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
    return Seen(str(image.format), width, height, alpha != _OPAQUE, _on_white(small))


def _small(image: Image.Image) -> Image.Image:
    """Return a copy of at most THUMBNAIL pixels a side, as RGB or RGBA, whatever it was."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode in {"P", "1"}:  # colours must be known before they can be mixed
        image = image.convert("RGB")
    small = image.copy() if max(image.size) <= THUMBNAIL else image
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    if small.mode.startswith("I"):  # 16 bits of grey, which `convert` would clip instead of scaling
        small = small.convert("I").point(lambda value: value * (1 / 257) + 0).convert("L")
    return small if small.mode == "RGBA" else small.convert("RGB")


def _on_white(small: Image.Image) -> Image.Image:
    if small.mode == "RGB":
        return small
    ground = Image.new("RGB", small.size, "white")
    ground.paste(small, mask=small.getchannel("A"))
    return ground

"""Decodes pictures, every bit of them, into something small; runs in the worker process only.

What a picture is, its bytes say, never its name. A header is read first (`opened`), so that a bomb is
refused and the memory is known before anything is decoded; then the pixels (`seen`), by `jpeg` or by
`streams`. What is said besides the picture may be odd where the picture is sound. What comes out is upright,
in sRGB, and on white.
"""

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageFile, JpegImagePlugin

from bot.imaging import chunks, png, segments, upright
from bot.imaging.colour import in_srgb
from bot.imaging.kinds import is_picture, stranger
from bot.imaging.wording import MEGABYTE

THUMBNAIL = 256
"""Pixels of the longer side of what is looked at, and drawn on the sheets."""
MOST_PIXELS = 200_000_000
_FIXED, _STREAMING = 8 * MEGABYTE, 24 * MEGABYTE
"""Bytes that decoding takes whatever the size, and that libvips takes besides."""
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
DAMAGED = "is damaged: export it again."
UNUSUAL = "is a JPEG of an unusual kind: save it as an ordinary 8-bit JPEG."
SEVERAL = "holds more than one picture: save it as a plain JPEG."
ANIMATION = "is an animation: save the frame that counts as a picture."

Image.MAX_IMAGE_PIXELS = None  # it would only warn at 89 million; `_checked` refuses, before any decoding
ImageFile.LOAD_TRUNCATED_IMAGES = False
_FAULTS = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, struct.error)
"""What Pillow raises where a header is not what it should be, and we."""


class UnfitPicture(Exception):
    """The picture cannot be used; the text follows the picture's name in a sentence."""


@dataclass(frozen=True)
class Opened:
    """A picture of which the header was read: `need` is the most bytes of memory that decoding takes.

    `width` and `height` are as stored; `orientation` is EXIF's, 1 where it says nothing.
    """

    body: bytes
    format: str
    width: int
    height: int
    mode: str
    orientation: int
    profile: bytes | None
    need: int


@dataclass(frozen=True)
class Seen:
    """What a picture turned out to be, upright, and a small RGB copy of it on white."""

    format: str
    width: int
    height: int
    transparent: bool
    small: Image.Image


def look(body: bytes) -> Seen:
    """Decode all of the picture. Raises UnfitPicture."""
    return seen(opened(body))


def opened(body: bytes) -> Opened:
    """Read the picture's header and nothing else. Raises UnfitPicture for what it says."""
    if not is_picture(body[:64]):
        raise UnfitPicture(stranger(body[:64]))
    read = {b"\xff": _of_jpeg, b"\x89": _of_png, b"R": _of_webp}[body[:1]]
    try:
        return read(body)
    except _FAULTS:
        raise UnfitPicture(DAMAGED) from None


def seen(picture: Opened) -> Seen:
    """Decode all of an opened picture. Raises UnfitPicture."""
    try:
        small = _small(picture)
    except MemoryError:
        raise UnfitPicture("has too many pixels for me: scale it down.") from None
    transparent = small.mode == "RGBA" and small.getchannel("A").getextrema()[0] != _OPAQUE
    width, height = picture.width, picture.height
    if picture.orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[picture.orientation])
    if picture.orientation in _SIDEWAYS:
        width, height = height, width
    return Seen(picture.format, width, height, transparent, in_srgb(small, picture.profile))


def _of_jpeg(body: bytes) -> Opened:
    head = segments.header(body)
    if not segments.is_ordinary(head):
        raise UnfitPicture(UNUSUAL)
    if segments.is_one_of_several(head):
        raise UnfitPicture(SEVERAL)
    # Image.open would load every format there is, and take a JPEG with a preview behind it for two.
    with JpegImagePlugin.JpegImageFile(io.BytesIO(segments.without_notes(body, head))) as image:
        width, height = _checked(image.width, image.height)
        need = len(body) + _FIXED
        if "progressive" in image.info:  # all of its coefficients, of two bytes, whatever the scale
            sampled = [layer[1] * layer[2] for layer in image.layer]
            need += 2 * width * height * sum(sampled) // max(*sampled, 1)
        profile = image.info.get("icc_profile")
        return Opened(body, "JPEG", width, height, image.mode, upright.of_jpeg(head), profile, need)


def _of_png(body: bytes) -> Opened:
    head = png.header(body)
    if head.frames > 1:
        raise UnfitPicture(ANIMATION)
    width, height = _checked(head.width, head.height)
    need = 2 * len(body) + _STREAMING + 4 * width * (2 * height if head.interlaced else 256)
    return Opened(body, "PNG", width, height, "RGB", head.orientation, head.profile, need)


def _of_webp(body: bytes) -> Opened:
    from bot.imaging import streams  # noqa: PLC0415 - each format's decoder takes memory

    head = streams.webp_header(body)
    if head.pages > 1:
        raise UnfitPicture(ANIMATION)
    width, height = _checked(head.width, head.height)
    need = len(body) + _STREAMING + 4 * width * height  # where it is lossless; else less
    turned = upright.of_webp(list(chunks.of_webp(body)))
    return Opened(body, "WEBP", width, height, "RGB", turned, head.profile, need)


def _checked(width: int, height: int) -> tuple[int, int]:
    """Return the size in pixels. Raises UnfitPicture for more than anyone needs."""
    if width * height > MOST_PIXELS:
        pixels, most = width * height // 1_000_000, MOST_PIXELS // 1_000_000
        raise UnfitPicture(f"has {pixels:,} million pixels: scale it down to at most {most}.")
    return width, height


def _small(picture: Opened) -> Image.Image:
    """Decode to at most THUMBNAIL pixels a side. Raises UnfitPicture and MemoryError."""
    try:
        if picture.format == "JPEG":
            from bot.imaging import jpeg  # noqa: PLC0415 - each format's decoder takes memory

            wide = picture.width >= picture.height
            small = jpeg.decoded(picture.body, picture.mode, THUMBNAIL, wide=wide)
            small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
            return small
        from bot.imaging import streams  # noqa: PLC0415 - each format's decoder takes memory

        if picture.format == "PNG":
            return streams.png(png.plain(picture.body), THUMBNAIL)
        return streams.webp(picture.body, THUMBNAIL)
    except ValueError:
        raise UnfitPicture(DAMAGED) from None


def as_png_or_jpeg(body: bytes) -> tuple[str, bytes]:
    """Return a sound WebP anew as what Slack can show: PNG where it is transparent, else fine JPEG."""
    from bot.imaging import streams  # noqa: PLC0415 - each format's decoder takes memory

    return streams.anew(body)

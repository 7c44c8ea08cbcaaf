"""Decodes JPEG small and strictly: libjpeg-turbo stops at its first complaint, where others draw over damage.

Runs in the worker process only. What it finds wrong is a ValueError; where memory is wanting, a MemoryError.
"""

import io
import re

import simplejpeg
from PIL import Image, ImageChops

_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_BLANK = bytes(512)
_HARMLESS = re.compile(
    r"unknown JFIF revision|Unknown Adobe color transform|Invalid SOS parameters"
    r"|extraneous bytes before marker 0x(?:d8|d[b-f]|c[0-2]|e.|fe)",
    re.IGNORECASE,
)
"""Complaints that sound files of some cameras cause too: of headers, never of the data."""
_PADDED = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
_SPACES = {"L": "GRAY", "CMYK": "CMYK"}


def decoded(body: bytes, mode: str, side: int, *, wide: bool) -> Image.Image:
    """Decode all of a JPEG, of Pillow's `mode` L, RGB or CMYK, at least `side` long where the picture is.

    `wide` says that its width is the longer side. Raises ValueError and MemoryError.
    """
    if _is_blanked(body):
        raise ValueError
    space = _SPACES.get(mode, "RGB")
    least = {"min_width" if wide else "min_height": side}
    try:
        pixels = simplejpeg.decode_jpeg(body, space, strict=True, **least)
    except ValueError as fault:
        if "memory" in str(fault).lower():
            raise MemoryError from None
        if mended := _without_padding(body, str(fault)):
            return decoded(mended, mode, side, wide=wide)
        if _HARMLESS.search(str(fault)):
            return _forgiven(body, side)
        raise
    if space == "GRAY":
        return Image.fromarray(pixels[..., 0])
    if space == "CMYK":
        return ImageChops.invert(Image.frombytes("CMYK", pixels.shape[1::-1], pixels.tobytes()))
    return Image.fromarray(pixels)


def _is_blanked(body: bytes) -> bool:
    """Say whether a block of zeros lies where no encoder writes one, and no decoder minds it.

    That is where a progressive JPEG refines its details: a zero there is a sound bit. Yet libjpeg interrupts
    such bits after at most 1,000, and 32 zero bytes in a row were never found in sound files.
    """
    at = body.find(_BLANK)
    while at >= 0:
        scan = body.rfind(_SCAN, 0, at)
        if scan >= 0 and body.find(_END, scan, at) < 0:
            header = scan + 5 + 2 * body[scan + 4]
            begins_at, refines = body[header : header + 1], body[header + 2 : header + 3]
            if begins_at > b"\0" and refines >= b"\x10":
                return True
        at = body.find(_SCAN, at)
        at = body.find(_BLANK, at) if at >= 0 else -1
    return False


def _without_padding(body: bytes, fault: str) -> bytes:
    """Return the file without the zeros that some cameras put before its end; empty where it has none."""
    padded = _PADDED.search(fault)
    end = body.rfind(_END)
    start = end - int(padded[1]) if padded else end
    if start < 0 or start == end or body[start:end].strip(b"\0"):
        return b""
    return body[:start].rstrip(b"\0") + _END


def _forgiven(body: bytes, side: int) -> Image.Image:
    """Decode what libjpeg-turbo complains of without need; Pillow still notices that it is cut short."""
    try:
        with Image.open(io.BytesIO(body), formats=("JPEG",)) as image:
            image.draft("RGB", (2 * side, 2 * side))
            return image.copy()
    except (OSError, SyntaxError) as torn:
        raise ValueError from torn

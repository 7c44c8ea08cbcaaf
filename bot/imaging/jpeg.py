"""Decodes JPEG small and strictly: libjpeg-turbo stops at its first complaint, where others draw over damage.

Runs in the worker process only. What it finds wrong is a ValueError; where memory is wanting, a MemoryError.
"""

import io
import re
from itertools import pairwise

import simplejpeg
from PIL import Image, ImageChops, JpegImagePlugin

from bot.imaging.segments import PROGRESSIVE, SOS, Segment, segments

_END = b"\xff\xd9"
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
    return _strictly(_alone(body), mode, side, wide=wide)


def _strictly(body: bytes, mode: str, side: int, *, wide: bool) -> Image.Image:
    space = _SPACES.get(mode, "RGB")
    least = {"min_width" if wide else "min_height": side}
    try:
        pixels = simplejpeg.decode_jpeg(body, space, strict=True, **least)
    except ValueError as fault:
        if "memory" in str(fault).lower():
            raise MemoryError from None
        if mended := _without_padding(body, str(fault)):
            return _strictly(mended, mode, side, wide=wide)
        if _HARMLESS.search(str(fault)):
            return _forgiven(body, side)
        raise
    if space == "GRAY":
        return Image.fromarray(pixels[..., 0])
    if space == "CMYK":
        return ImageChops.invert(Image.frombytes("CMYK", pixels.shape[1::-1], pixels.tobytes()))
    return Image.fromarray(pixels)


def _alone(body: bytes) -> bytes:
    """Return the picture without what follows its own end: films, previews, whatever cameras append.

    Raises ValueError where it has no end, or a block of zeros in its data that no encoder writes.
    """
    progressive = False
    stop = len(body)
    for segment, following in pairwise(segments(body)):
        progressive = progressive or segment.marker == PROGRESSIVE
        stop = following.stop
        if progressive and segment.marker == SOS and _is_blanked(body, segment, following.start):
            raise ValueError
    return body[:stop]


def _is_blanked(body: bytes, scan: Segment, end: int) -> bool:
    """Say whether a block of zeros lies where a scan refines the details of a progressive JPEG.

    No decoder minds it, since a zero there is a sound bit. Yet libjpeg interrupts such bits after at most
    1,000, and 32 zero bytes in a row were never found in sound files.
    """
    layers = 2 * int.from_bytes(scan.payload[:1])
    begins_at, refines = scan.payload[1 + layers : 2 + layers], scan.payload[3 + layers : 4 + layers]
    return begins_at > b"\0" and refines >= b"\x10" and body.find(_BLANK, scan.stop, end) >= 0


def _without_padding(body: bytes, fault: str) -> bytes:
    """Return the file without the zeros that some cameras put before its end; empty where it has none."""
    padded = _PADDED.search(fault)
    end = len(body) - len(_END)
    start = end - int(padded[1]) if padded else end
    if start < 0 or start == end or body[start:end].strip(b"\0"):
        return b""
    return body[:start].rstrip(b"\0") + _END


def _forgiven(body: bytes, side: int) -> Image.Image:
    """Decode what libjpeg-turbo complains of without need; Pillow still notices that it is cut short."""
    try:
        with JpegImagePlugin.JpegImageFile(io.BytesIO(body)) as image:
            image.draft("RGB", (2 * side, 2 * side))
            return image.copy()
    except (OSError, SyntaxError) as torn:
        raise ValueError from torn

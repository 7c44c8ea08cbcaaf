"""Takes out of a picture's file what it says besides the picture: camera, place, author, comments, previews.

Bytes in, bytes out, and no pixel is decoded or changed: what is needed to see the picture as it was meant is
copied as it is (colour profile, gamma, transparency, resolution), everything else is left behind, and so is
what follows the end of the picture. Which way is up is kept in the smallest Exif there is.

An animation stays one: whoever looks at the picture next must be able to see that.
"""

import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise

from bot.imaging import chunks, upright
from bot.imaging.chunks import Chunk
from bot.imaging.kinds import is_picture
from bot.imaging.segments import APP0, APP1, APP2, APP14, APP15, COM, SOS, Segment, segments

DAMAGED = "is damaged: export it again."

_KEPT_IN_JPEG = {APP0: b"JFIF\0", APP2: b"ICC_PROFILE\0", APP14: b"Adobe"}
_LENGTHS = {APP0: 14, APP14: 12}
"""Bytes that JFIF and Adobe define: a shorter one decoders do not heed, and what is beyond is a preview."""
_ANCILLARY = 0x20
_KEPT_IN_PNG = frozenset(b"iCCP gAMA cHRM sRGB tRNS pHYs sBIT cICP acTL fcTL fdAT".split())
_KEPT_IN_WEBP = frozenset({b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
_PICTURE_IN_WEBP = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_HAS_XMP = 0x04
_SHORT = 3


class Unstrippable(Exception):
    """The file is not what it seems; the text follows the picture's name in a sentence."""


def stripped(body: bytes) -> bytes:
    """Return the JPEG, PNG or WebP without metadata; doing it again changes nothing. Raises Unstrippable."""
    if not is_picture(body[:64]):
        raise Unstrippable(DAMAGED)
    strip = {b"\xff": _jpeg, b"\x89": _png, b"R": _webp}[body[:1]]
    try:
        return strip(body)
    except (ValueError, IndexError):  # it ends in the middle of something
        raise Unstrippable(DAMAGED) from None


def _jpeg(body: bytes) -> bytes:
    """Copy the segments that are not metadata; the Exif follows JFIF, which must be first."""
    found = list(segments(body))
    kept = [
        (one.marker, raw)
        for one, following in pairwise(found)
        if (raw := _kept_of_jpeg(body, one, following))
    ]
    jfif = next((raw for marker, raw in kept if marker == APP0), b"")
    others = [raw for marker, raw in kept if marker != APP0]
    small = _smallest_exif(upright.of_jpeg(found))
    if small:
        small = _segment(APP1, upright.EXIF + small)
    return b"".join((b"\xff\xd8", jfif, small, *others, b"\xff\xd9"))


def _kept_of_jpeg(body: bytes, one: Segment, following: Segment) -> bytes:
    """Return what is kept of a segment, a scan with its data; what is between segments is passed over."""
    if one.marker == SOS:
        return body[one.start : following.start]
    if one.marker == COM:
        return b""
    if not APP0 <= one.marker <= APP15:
        return body[one.start : one.stop]
    begins = _KEPT_IN_JPEG.get(one.marker)
    length = _LENGTHS.get(one.marker, len(one.payload))
    if begins is None or not one.payload.startswith(begins) or len(one.payload) < length:
        return b""
    payload = one.payload[:length]
    return _segment(one.marker, payload[:-2] + bytes(2) if one.marker == APP0 else payload)


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(payload)) + payload


def _png(body: bytes) -> bytes:
    """Copy the chunks that are not metadata, to the last; the Exif goes before the first of the pixels."""
    found = list(chunks.of_png(body))
    kept = [(one.kind, one.raw) for one in found if one.kind in _KEPT_IN_PNG or not one.kind[0] & _ANCILLARY]
    small = _smallest_exif(upright.of_png(found))
    if small:
        check = struct.pack(">L", zlib.crc32(b"eXIf" + small))
        first = next((at for at, (kind, _) in enumerate(kept) if kind == b"IDAT"), 1)
        exif = struct.pack(">L", len(small)) + b"eXIf" + small + check
        kept.insert(first, (b"eXIf", memoryview(exif)))
    return b"".join((chunks.SIGNATURE, *(raw for _, raw in kept)))


def _webp(body: bytes) -> bytes:
    """Copy the chunks that are not metadata; what VP8X says of them and the size of all are made true."""
    found = list(chunks.of_webp(body))
    if not any(one.kind in _PICTURE_IN_WEBP for one in found):
        raise ValueError
    kept = [bytes(one.raw) for one in found if one.kind in _KEPT_IN_WEBP]
    if found[0].kind == b"VP8X":
        kept = _extended(found, kept)
    whole = b"".join((b"WEBP", *kept))
    return b"RIFF" + struct.pack("<L", len(whole)) + whole


def _extended(found: Sequence[Chunk], kept: Sequence[bytes]) -> list[bytes]:
    """Return the kept chunks of a WebP that may have metadata, its flags made true and its Exif the least."""
    small = _smallest_exif(upright.of_webp(found))
    flags = found[0].payload[0] & ~(upright.HAS_EXIF | _HAS_XMP) | (upright.HAS_EXIF if small else 0)
    tail = [b"EXIF" + struct.pack("<L", len(small)) + small] if small else []
    return [kept[0][:8] + bytes((flags,)) + kept[0][9:], *kept[1:], *tail]


def _smallest_exif(orientation: int) -> bytes:
    """Return a TIFF of one directory with one entry; empty for a picture that is upright as it is."""
    if orientation == upright.AS_STORED:
        return b""
    entry = (upright.ORIENTATION, _SHORT, 1, orientation, 0)
    return struct.pack(">2sHL H HHLHH L", b"MM", 42, 8, 1, *entry, 0)

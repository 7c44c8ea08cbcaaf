"""Takes out of a picture's file what it says besides the picture: camera, place, author, comments, previews.

Bytes in, bytes out, and no pixel is decoded or changed: what is needed to see the picture as it was meant is
copied as it is (colour profile, gamma, transparency, resolution), everything else is left behind, and so is
what follows the end of the picture. Which way is up is kept in the smallest Exif there is.

An animation stays one: whoever looks at the picture next must be able to see that.
"""

import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.imaging.kinds import is_picture

DAMAGED = "is damaged: export it again."
MOST_PROFILE = 1024 * 1024
"""Bytes of a text in a PNG that are unpacked to find an orientation."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_SOI, _EOI, _SOS, _APP0, _APP1, _APP15, _COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEF, 0xFE
_KEPT_IN_JPEG = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_KEPT_IN_PNG = frozenset(b"iCCP gAMA cHRM sRGB tRNS pHYs sBIT cICP acTL fcTL fdAT".split())
_KEPT_IN_WEBP = frozenset({b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
_PICTURE_IN_WEBP = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""What ends a scan, or begins a segment: no stuffed zero, restart or fill byte, which have no length."""
_ORIENTATION = 0x0112
_SHORT = 3
_UPRIGHT = 1
_TURNED = range(2, 9)
_IN_XMP = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')
_RAW_EXIF = b"Raw profile type exif"


class Unstrippable(Exception):
    """The file is not what it seems; the text follows the picture's name in a sentence."""


def stripped(body: bytes) -> bytes:
    """Return the JPEG, PNG or WebP without metadata; doing it again changes nothing. Raises Unstrippable."""
    if not is_picture(body[:64]):
        raise Unstrippable(DAMAGED)
    strip = {b"\xff": _jpeg, b"\x89": _png, b"R": _webp}[body[:1]]
    try:
        return strip(body)
    except (struct.error, IndexError):  # it ends in the middle of something
        raise Unstrippable(DAMAGED) from None


def _jpeg(body: bytes) -> bytes:
    """Copy the segments that are not metadata; the Exif follows JFIF, which must be first."""
    segments = list(_segments(body))
    notes = [payload for marker, payload, _ in segments if marker == _APP1]
    exif = b"".join(note.removeprefix(_EXIF) for note in notes if note.startswith(_EXIF))
    xmp = b"".join(note for note in notes if note.startswith(_XMP))
    kept = [(marker, raw) for marker, payload, raw in segments if _stays_in_jpeg(marker, payload)]
    jfif = next((raw for marker, raw in kept if marker == _APP0), b"")
    others = [raw for marker, raw in kept if marker != _APP0]
    small = _smallest_exif(_orientation(exif, xmp))
    if small:
        small = b"\xff\xe1" + struct.pack(">H", 2 + len(_EXIF) + len(small)) + _EXIF + small
    return b"".join((b"\xff\xd8", jfif, small, *others, b"\xff\xd9"))


def _stays_in_jpeg(marker: int, payload: bytes) -> bool:
    if _APP0 <= marker <= _APP15:
        return marker in _KEPT_IN_JPEG and payload.startswith(_KEPT_IN_JPEG[marker])
    return marker != _COM


def _segments(body: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield marker, payload and all bytes of each segment between SOI and EOI, a scan with its data.

    What lies between segments is passed over, as decoders do.
    """
    at = _next_marker(body, 2)
    while (marker := body[at + 1]) != _EOI:
        (length,) = struct.unpack_from(">H", body, at + 2)
        stop = at + 2 + length
        if marker == _SOI or length < struct.calcsize(">H"):
            raise Unstrippable(DAMAGED)
        following = _next_marker(body, stop)
        yield marker, body[at + 4 : stop], body[at : following if marker == _SOS else stop]
        at = following


def _next_marker(body: bytes, at: int) -> int:
    found = _MARKER.search(body, at)
    if found is None:
        raise Unstrippable(DAMAGED)
    return found.start()


def _png(body: bytes) -> bytes:
    """Copy the chunks that are not metadata, to the last; the Exif goes before the first of the pixels."""
    kept, exif, xmp = [], b"", b""
    for kind, payload, raw in _chunks(body, len(_PNG), ">L4s", check=4):
        if kind == b"eXIf":
            exif = payload
        elif kind in {b"tEXt", b"zTXt", b"iTXt"}:
            exif = exif or _raw_exif(kind, payload)
            xmp += payload if kind == b"iTXt" else b""
        elif kind in _KEPT_IN_PNG or not kind[0] & 0x20:  # the case of the first letter: critical or not
            kept.append((kind, raw))
        if kind == b"IEND":
            break
    else:
        raise Unstrippable(DAMAGED)
    small = _smallest_exif(_orientation(exif, xmp))
    if small:
        check = struct.pack(">L", zlib.crc32(b"eXIf" + small))
        first = next((at for at, (kind, _) in enumerate(kept) if kind == b"IDAT"), 1)
        kept.insert(first, (b"eXIf", struct.pack(">L", len(small)) + b"eXIf" + small + check))
    return _PNG + b"".join(raw for _, raw in kept)


def _raw_exif(kind: bytes, payload: bytes) -> bytes:
    """Return the Exif that ImageMagick wrote as text, in hex after three lines; Pillow heeds it too."""
    name, _, text = payload.partition(b"\0")
    if name != _RAW_EXIF or kind == b"iTXt":
        return b""
    try:
        if kind == b"zTXt":
            text = zlib.decompressobj().decompress(text[1:], MOST_PROFILE)
        return bytes.fromhex("".join(text.decode("latin-1").split("\n")[3:]))
    except (zlib.error, ValueError):
        return b""


def _webp(body: bytes) -> bytes:
    """Copy the chunks that are not metadata; what VP8X says of them and the size of all are made true."""
    end = 8 + int(struct.unpack_from("<L", body, 4)[0])
    if end > len(body):
        raise Unstrippable(DAMAGED)
    chunks = list(_chunks(body[:end], 12, "<4sL", check=0))
    if not chunks or not any(kind in _PICTURE_IN_WEBP for kind, _, _ in chunks):
        raise Unstrippable(DAMAGED)
    kept = [(kind, raw) for kind, _, raw in chunks if kind in _KEPT_IN_WEBP]
    if chunks[0][0] == b"VP8X":
        kept = _extended(chunks, kept)
    whole = b"WEBP" + b"".join(raw for _, raw in kept)
    return b"RIFF" + struct.pack("<L", len(whole)) + whole


def _extended(
    chunks: Sequence[tuple[bytes, bytes, bytes]], kept: Sequence[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    """Return the kept chunks of a WebP that may have metadata, its flags made true and its Exif the least."""
    notes: Mapping[bytes, bytes] = {kind: payload for kind, payload, _ in reversed(chunks)}
    flags = notes[b"VP8X"][0]
    exif = notes.get(b"EXIF", b"") if flags & _HAS_EXIF else b""
    xmp = notes.get(b"XMP ", b"") if flags & _HAS_XMP else b""
    small = _smallest_exif(_orientation(exif, xmp))
    flags = flags & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if small else 0)
    head = kept[0][1]
    tail = [(b"EXIF", b"EXIF" + struct.pack("<L", len(small)) + small)] if small else []
    return [(b"VP8X", head[:8] + bytes((flags,)) + head[9:]), *kept[1:], *tail]


def _chunks(body: bytes, at: int, head: str, *, check: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield kind, payload and all bytes of each chunk; `check` bytes follow it, or one to an even length."""
    while at < len(body):
        first, second = struct.unpack_from(head, body, at)
        kind, length = (first, second) if isinstance(first, bytes) else (second, first)
        start = at + struct.calcsize(head)
        stop = start + length
        end = stop + (check or length % 2)
        if end > len(body):
            raise Unstrippable(DAMAGED)
        yield kind, body[start:stop], body[at:end]
        at = end


def _orientation(exif: bytes, xmp: bytes) -> int:
    """Return which way is up, 1 to 8; XMP is asked only where the Exif does not say, as Pillow does."""
    found = _in_exif(exif.removeprefix(_EXIF))
    if found is None:
        said = _IN_XMP.search(xmp)
        found = int(said[1]) if said else _UPRIGHT
    return found if found in _TURNED else _UPRIGHT


def _in_exif(exif: bytes) -> int | None:
    """Return the orientation in the first directory of a TIFF; None where it does not say."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return None
    try:
        (at,) = struct.unpack_from(f"{order}L", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(f"{order}HH", exif, entry)
            if tag == _ORIENTATION and kind == _SHORT:
                return int(struct.unpack_from(f"{order}H", exif, entry + 8)[0])
    except struct.error:  # a directory that is not all there says nothing
        pass
    return None


def _smallest_exif(orientation: int) -> bytes:
    """Return a TIFF of one directory with one entry; empty for a picture that is upright as it is."""
    if orientation == _UPRIGHT:
        return b""
    return struct.pack(">2sHL H HHLHH L", b"MM", 42, 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)

"""Finds which way is up: one reader for whoever looks at a picture and for whoever takes its metadata out.

It is Exif's orientation, 1 (as stored) to 8. A JPEG without it may say so in its XMP; PNG and WebP are not
asked there, nor in the texts where old programs put it, since viewers do not heed those.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from bot.imaging import tiff
from bot.imaging.chunks import Chunk
from bot.imaging.segments import APP1, SOS, Segment

AS_STORED = 1
ORIENTATION = 0x0112
EXIF, XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
HAS_EXIF = 0x08
"""Of the flags in a WebP's VP8X."""
_WIDTHS = {1: 1, 3: 2, 4: 4}
"""Bytes of a BYTE, a SHORT (as it should be) and a LONG."""
_TURNED = range(1, 9)
_IN_XMP = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')


def of_jpeg(found: Iterable[Segment]) -> int:
    """Return it by what comes before the first scan; XMP is asked only where Exif does not say."""
    head = takewhile(lambda segment: segment.marker != SOS, found)
    notes = [segment.payload for segment in head if segment.marker == APP1]
    told = _in_exif(b"".join(note.removeprefix(EXIF) for note in notes if note.startswith(EXIF)))
    if told is None:
        said = _IN_XMP.search(b"".join(note for note in notes if note.startswith(XMP)))
        told = int(said[1]) if said else AS_STORED
    return _sane(told)


def of_png(found: Iterable[Chunk]) -> int:
    """Return it by the first eXIf, wherever that is."""
    return _of_chunk(found, b"eXIf")


def of_webp(found: Sequence[Chunk]) -> int:
    """Return it by the first EXIF, if the file says at its beginning that there is one."""
    first = found[0] if found else None
    if first is None or first.kind != b"VP8X" or not first.payload[:1] or not first.payload[0] & HAS_EXIF:
        return AS_STORED
    return _of_chunk(found, b"EXIF")


def _of_chunk(found: Iterable[Chunk], kind: bytes) -> int:
    exif = next((bytes(chunk.payload) for chunk in found if chunk.kind == kind), b"")
    return _sane(_in_exif(exif.removeprefix(EXIF)) or AS_STORED)


def _in_exif(exif: bytes) -> int | None:
    order, entries = tiff.directory(exif)
    for entry in entries:
        if entry.tag == ORIENTATION and entry.kind in _WIDTHS and entry.length == 1:
            return int.from_bytes(entry.value[: _WIDTHS[entry.kind]], "little" if order == "<" else "big")
    return None


def _sane(told: int) -> int:
    return told if told in _TURNED else AS_STORED

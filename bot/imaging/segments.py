"""Walks through a JPEG from marker to marker, as decoders do: structs and nothing else, in whatever process.

A JPEG in a JPEG, such as the preview in an Exif, is within a segment and passed over with it; what follows
the picture's own end is not looked at.
"""

import re
import struct
from collections.abc import Iterator
from itertools import count, takewhile
from typing import NamedTuple

from bot.imaging import tiff

APP0, APP1, APP2, APP14, APP15, COM = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
PROGRESSIVE = 0xC2
MOST = 100_000
"""Segments of one file; cameras write tens, and each takes memory to remember."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORDINARY = frozenset({0xC0, 0xC1, PROGRESSIVE})
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""What ends a scan, or begins a segment: no stuffed zero, restart or fill byte, which have no length."""
_LENGTH = 2
"""Bytes of a segment's length, which it counts too."""
_INDEX = b"MPF\0"
_ENTRIES, _ENTRY = 0xB002, struct.Struct("16s")
_PEERS = frozenset({0x02, 0x03})
"""Of the types in an index (CIPA DC-007, 5.2.3.3): part of a panorama or the like, and primary pictures."""


class Segment(NamedTuple):
    """A segment of `body[start:stop]`; the data of a scan (SOS) reach from there to the next one."""

    marker: int
    payload: bytes
    start: int
    stop: int


def segments(body: bytes) -> Iterator[Segment]:
    """Yield every segment, and at last the end (EOI). Raises ValueError where there is something else."""
    at = _next_marker(body, 2)
    for number in count():
        if (marker := body[at + 1]) == EOI:
            break
        length = int.from_bytes(body[at + 2 : at + 4], "big")
        stop = at + 2 + length
        if marker == SOI or length < _LENGTH or stop > len(body) or number == MOST:
            raise ValueError
        yield Segment(marker, body[at + 4 : stop], at, stop)
        at = _next_marker(body, stop)
    yield Segment(EOI, b"", at, at + 2)


def header(body: bytes) -> list[Segment]:
    """Return what comes before the first scan. Raises ValueError as `segments` does."""
    return list(takewhile(lambda segment: segment.marker not in {SOS, EOI}, segments(body)))


def without_notes(body: bytes, head: list[Segment]) -> bytes:
    """Return the header with nothing in it but what the pixels and their colours are read by."""
    kept = (
        body[one.start : one.stop] for one in head if one.marker < APP0 or one.marker in {APP0, APP2, APP14}
    )
    return b"".join((b"\xff\xd8", *kept, b"\xff\xda\x00\x02"))


def is_ordinary(head: list[Segment]) -> bool:
    """Say whether it is of 8 bits, by Huffman's code and with losses: what every program writes and reads."""
    frames = [segment for segment in head if segment.marker in _FRAMES]
    return all(frame.marker in _ORDINARY and frame.payload[:1] == b"\x08" for frame in frames)


def is_one_of_several(head: list[Segment]) -> bool:
    """Say whether its index (MPF) tells of further pictures that count as much; previews do not."""
    for segment in head:
        if segment.marker == APP2 and segment.payload.startswith(_INDEX):
            return not _PEERS.isdisjoint(_types(segment.payload.removeprefix(_INDEX))[1:])
    return False


def _types(index: bytes) -> list[int]:
    """Return the type of each picture, without what it is exactly; an index that is torn lists none."""
    order, entries = tiff.directory(index)
    for entry in entries:
        if entry.tag == _ENTRIES:
            (at,) = struct.unpack(f"{order}L", entry.value)
            listed = index[at : at + entry.length]
            whole = listed[: len(listed) // _ENTRY.size * _ENTRY.size]
            return [
                struct.unpack_from(f"{order}L", one)[0] >> 16 & 0xFF for (one,) in _ENTRY.iter_unpack(whole)
            ]
    return []


def _next_marker(body: bytes, at: int) -> int:
    found = _MARKER.search(body, at)
    if found is None:
        raise ValueError
    return found.start()

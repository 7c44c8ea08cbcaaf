"""Reads what a PNG says of its pixels, and leaves aside what it says besides: texts, profiles, dates.

Those may be as large and as odd as they like. Structs and zlib only; what is wrong is a ValueError.
"""

import struct
import zlib
from typing import NamedTuple

from bot.imaging import chunks, upright
from bot.imaging.chunks import Chunk
from bot.imaging.colour import MOST_PROFILE

_HEAD = struct.Struct(">2L5B")
_ANCILLARY = 0x20
"""The case of a name's first letter: without such a chunk the picture is the same."""


class Header(NamedTuple):
    """What a PNG says of itself; more than one of `frames` is an animation."""

    width: int
    height: int
    interlaced: bool
    frames: int
    orientation: int
    profile: bytes | None


def header(body: bytes) -> Header:
    """Read it; no pixel is unpacked. Raises ValueError where a chunk that matters is damaged or lacking."""
    found = list(chunks.of_png(body))
    if not all(_is_sound(chunk) for chunk in found if _matters(chunk) and chunk.kind != b"IDAT"):
        raise ValueError
    heads = [chunk for chunk in found if chunk.kind == b"IHDR"]
    if heads != found[:1] or len(heads[0].payload) != _HEAD.size:
        raise ValueError
    width, height, _, _, _, _, interlace = _HEAD.unpack(heads[0].payload)
    if not width * height:
        raise ValueError
    return Header(width, height, bool(interlace), _frames(found), upright.of_png(found), _profile(found))


def plain(body: bytes) -> bytes:
    """Return the PNG with nothing in it but what its pixels are made from."""
    found = [chunk.raw for chunk in chunks.of_png(body) if _matters(chunk)]
    if len(chunks.SIGNATURE) + sum(map(len, found)) == len(body):
        return body
    return b"".join((chunks.SIGNATURE, *found))


def _matters(chunk: Chunk) -> bool:
    return not chunk.kind[0] & _ANCILLARY or chunk.kind == b"tRNS"


def _is_sound(chunk: Chunk) -> bool:
    return zlib.crc32(chunk.raw[4:-4]) == int.from_bytes(chunk.raw[-4:], "big")


def _frames(found: list[Chunk]) -> int:
    """Return how many there are to be shown; only what comes before the pixels makes an animation."""
    for chunk in found:
        if chunk.kind == b"IDAT":
            break
        if chunk.kind == b"acTL":
            return int.from_bytes(chunk.payload[:4], "big")
    return 1


def _profile(found: list[Chunk]) -> bytes | None:
    """Return the colour profile; None for one that is broken, or larger than any real one."""
    packed = next((bytes(chunk.payload) for chunk in found if chunk.kind == b"iCCP"), b"")
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(packed.partition(b"\0")[2][1:], MOST_PROFILE)
    except zlib.error:
        return None
    return profile if profile and unpacker.eof else None

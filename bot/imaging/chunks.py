"""Walks through the chunks of a PNG or a WebP: structs and nothing else, in whatever process.

No chunk is copied: a file may have 50 MB.
"""

import struct
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

MOST = 100_000
"""Chunks of one file; programs write 6,000 where it has 50 MB, and each takes memory to remember."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Chunk(NamedTuple):
    """A chunk; `raw` is all of it: its name, its length, its payload, and what follows that."""

    kind: bytes
    payload: memoryview
    raw: memoryview


def of_png(body: bytes) -> Iterator[Chunk]:
    """Yield every chunk, to IEND and not beyond it. Raises ValueError where the file is torn."""
    for chunk in _chunks(memoryview(body), len(SIGNATURE), ">L4s", check=4):
        yield chunk
        if chunk.kind == b"IEND":
            return
    raise ValueError


def of_webp(body: bytes) -> Iterator[Chunk]:
    """Yield every chunk, as far as the file says it reaches. Raises ValueError where it is torn."""
    end = 8 + int.from_bytes(body[4:8], "little")
    if end > len(body):
        raise ValueError
    return _chunks(memoryview(body)[:end], 12, "<4sL", check=0)


def _chunks(body: memoryview, at: int, head: str, *, check: int) -> Iterator[Chunk]:
    """Yield each chunk; `check` bytes follow its payload, or one to an even length."""
    size = struct.calcsize(head)
    for number in count():
        if at >= len(body):
            return
        if at + size > len(body) or number == MOST:
            raise ValueError
        first, second = struct.unpack_from(head, body, at)
        kind, length = (first, second) if isinstance(first, bytes) else (second, first)
        stop = at + size + length
        end = stop + (check or length % 2)
        if end > len(body):
            raise ValueError
        yield Chunk(kind, body[at + size : stop], body[at:end])
        at = end

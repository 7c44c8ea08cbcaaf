"""Reads the first directory of a TIFF, in which Exif and the index of a JPEG's pictures are written.

Structs and nothing else: what is torn says nothing, and nothing is raised.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ENTRY = 12


class Entry(NamedTuple):
    """A tag: `length` values of type `kind`; `value` is four bytes, the values or where they are."""

    tag: int
    kind: int
    length: int
    value: bytes


def directory(block: bytes) -> tuple[str, Sequence[Entry]]:
    """Return the byte order, as `struct` writes it, and what the first directory holds of whole entries."""
    order = _ORDERS.get(block[:4])
    if order is None or len(block) < 8:  # noqa: PLR2004 - the order, and where the directory is
        return "<", ()
    (at,) = struct.unpack_from(f"{order}L", block, 4)
    if at + 2 > len(block):
        return order, ()
    (count,) = struct.unpack_from(f"{order}H", block, at)
    whole = block[at + 2 : at + 2 + _ENTRY * count]
    whole = whole[: len(whole) // _ENTRY * _ENTRY]
    return order, [Entry(*fields) for fields in struct.iter_unpack(f"{order}HHL4s", whole)]

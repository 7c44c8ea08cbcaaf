"""Reads the directory at the end of a ZIP: structs and nothing else, so it judges nothing and raises nothing.

Offsets are told as they are in the file. An archive behind a prefix (a self-extracting program) may count
from its own first byte instead: all of it is then shifted by the same amount, which is added here.
The format: PKWARE's APPNOTE, 4.3.7 to 4.3.16, and 4.5.3 for 64 bits.
"""

import struct
from typing import NamedTuple

from bot.imaging.wording import MEGABYTE

MOST_DIRECTORY_BYTES = 5 * MEGABYTE
MOST_PADDING = 1024
"""Bytes that may follow the end without a meaning: some programs and servers fill up the last block."""
LONGEST_TAIL = MOST_PADDING + 0xFFFF + 22 + 20 + 56
"""Bytes within which the end records must lie: padding, the longest comment, and the records themselves."""
LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_RECORD = struct.Struct("<4s6H3L5H2L")
_FIELD = struct.Struct("<2H")
"""What begins a field of a record's extra part: what it is, and how long."""
_ALL16, _ALL32 = 0xFFFF, 0xFFFFFFFF
_EXTRA64 = 1
_PADDING = b"\0 \t\r\n"


class Tail(NamedTuple):
    """The last bytes of a file of `total` bytes, from byte `start` on; of a ZIP with all of its directory."""

    start: int
    total: int
    body: bytes


class End(NamedTuple):
    """Where the directory is: `files` records in the bytes from `start` to `stop`, files `shift` further on.

    `parts` is how many files the archive is split into, less one. `start` and `shift` may be negative:
    the sizes are claims.
    """

    files: int
    start: int
    stop: int
    shift: int
    parts: int


class Record(NamedTuple):
    """What the directory claims of one file; `header` is where its own header begins, in the whole file."""

    name: bytes
    version: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    attributes: int
    header: int


def ending(tail: bytes, *, total: int) -> End | None:
    """Read the end record, or its 64-bit twin, from the last bytes of a file of `total` bytes."""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return None
    _, part, _, _, count, size, offset, comment = _END.unpack_from(tail, at)
    behind = at + _END.size + comment
    if not 0 <= len(tail) - behind <= MOST_PADDING or tail[behind:].strip(_PADDING):
        return None
    locator = at - _LOCATOR.size
    if locator >= 0 and tail.startswith(b"PK\x06\x07", locator):
        at = locator - _END64.size
        if at < 0 or not tail.startswith(b"PK\x06\x06", at):
            return None
        *_, part, _, _, count64, size64, offset64 = _END64.unpack_from(tail, at)
        told = ((count, count64, _ALL16), (size, size64, _ALL32), (offset, offset64, _ALL32))
        if any(small not in {big, unsaid} for small, big, unsaid in told):
            return None
        count, size, offset = count64, size64, offset64
    stop = total - len(tail) + at
    return End(count, stop - size, stop, stop - size - offset, part)


def directory_start(tail: bytes, *, total: int) -> int | None:
    """Return where the central directory begins, from the last bytes of the file.

    None where they do not tell: no end record among them, or absurd sizes.
    """
    end = ending(tail, total=total)
    sound = end is not None and 0 <= end.start <= end.stop and end.stop - end.start <= MOST_DIRECTORY_BYTES
    return end.start if end and sound else None


def records(body: bytes, *, shift: int) -> list[Record] | None:
    """Read every record in `body`, the whole directory; None where it is anything but records."""
    found, at = [], 0
    while at < len(body):
        if len(body) - at < _RECORD.size or not body.startswith(b"PK\x01\x02", at):
            return None
        _, _, needs, flags, method, _, _, crc, packed, size, *rest = _RECORD.unpack_from(body, at)
        named, extra, comment, _, _, attributes, header = rest
        begin = at + _RECORD.size
        at = begin + named + extra + comment
        big = _wide(body[begin + named : begin + named + extra], size, packed, header)
        if at > len(body) or big is None:
            return None
        size, packed, header = big
        name = body[begin : begin + named]
        found.append(Record(name, needs & 0xFF, flags, method, crc, packed, size, attributes, header + shift))
    return found


def _wide(extra: bytes, *values: int) -> list[int] | None:
    """Put the 64-bit numbers from `extra` in the place of those that did not fit; None where they lack."""
    wide: list[int] = []
    at = 0
    while len(extra) - at >= _FIELD.size:
        kind, length = _FIELD.unpack_from(extra, at)
        at += _FIELD.size
        if kind == _EXTRA64:
            body = extra[at : at + min(length, 8 * len(values))]
            wide = [number for (number,) in struct.iter_unpack("<Q", body[: len(body) // 8 * 8])]
            break
        at += length
    if values.count(_ALL32) > len(wide):
        return None
    return [wide.pop(0) if value == _ALL32 else value for value in values]

"""Writes ZIPs that `zipfile` would never write: every field may be a lie."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tests.imaging.imaging_lab import drawings, zipped

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_UNIX = 3
STORED, DEFLATED, DEFLATE64 = 0, 8, 9


@dataclass(frozen=True)
class Member:
    """One file; what is None is told truthfully. `packed` are its bytes as they stand in the ZIP.

    `local_name` is the name before its bytes, `offset` where the directory says that it is, and `said_packed`
    how many bytes the directory says it takes.
    """

    name: bytes
    body: bytes = b""
    method: int = DEFLATED
    flags: int = 0
    mode: int = 0
    packed: bytes | None = None
    local_name: bytes | None = None
    crc: int | None = None
    size: int | None = None
    said_packed: int | None = None
    offset: int | None = None
    local_method: int | None = None


@cache
def good(count: int = 10) -> tuple[Member, ...]:
    """Return `count` sound drawings."""
    return tuple(Member(str(name).encode(), body) for name, body in drawings(count).items())


@cache
def deflated(body: bytes) -> bytes:
    """Return `body` packed."""
    packer = zlib.compressobj(6, wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def of_zeros(megabytes: int) -> bytes:
    """Return that many megabytes of zeros, packed, without ever having them."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + b"\x03\x00"


def forged(  # noqa: PLR0913 - each is a lie of its own
    members: Sequence[Member],
    *,
    prefix: bytes = b"",
    suffix: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    directory_size: int | None = None,
    shift: int | None = None,
) -> bytes:
    """Return the ZIP. `shift` is added to every offset it tells: by default the length of `prefix`."""
    shift = len(prefix) if shift is None else shift
    body, directory = io.BytesIO(), io.BytesIO()
    for member in members:
        offset = body.tell() + shift if member.offset is None else member.offset
        packed = _packed(member)
        crc = zlib.crc32(member.body) if member.crc is None else member.crc
        size = len(member.body) if member.size is None else member.size
        spoken = len(packed) if member.said_packed is None else member.said_packed
        body.write(_local(member, crc, spoken, size) + packed)
        directory.write(_central(member, crc, spoken, size, offset))
    told = len(directory.getvalue()) if directory_size is None else directory_size
    number = len(members) if count is None else count
    end = _END.pack(
        b"PK\x05\x06", 0, 0, number & 0xFFFF, number & 0xFFFF, told, body.tell() + shift, len(comment)
    )
    return prefix + body.getvalue() + directory.getvalue() + end + comment + suffix


def _packed(member: Member) -> bytes:
    if member.packed is not None:
        return member.packed
    return deflated(member.body) if member.method == DEFLATED else member.body


def _local(member: Member, crc: int, packed: int, size: int) -> bytes:
    name = member.name if member.local_name is None else member.local_name
    method = member.method if member.local_method is None else member.local_method
    head = _LOCAL.pack(
        b"PK\x03\x04", 20, member.flags, method, 0, 33, crc, packed & 0xFFFFFFFF, size, len(name), 0
    )
    return head + name


def _central(member: Member, crc: int, packed: int, size: int, offset: int) -> bytes:
    """Return the member's record of the directory."""
    # fmt: off
    head = _CENTRAL.pack(
        b"PK\x01\x02", 20, _UNIX, 20, 0, member.flags, member.method, 0, 33, crc, packed, size,
        len(member.name), 0, 0, 0, 0, member.mode << 16, offset,
    )
    # fmt: on
    return head + member.name


def quoted_overlap(files: int, kernel: bytes) -> bytes:
    """Return David Fifield's bomb: each file quotes the header of the next, and all share one kernel."""
    packed, content, chain = deflated(kernel), kernel, []
    for number in reversed(range(files)):
        name = f"{number:02}.png".encode()
        member = Member(
            name, crc=zlib.crc32(content), size=len(content), packed=packed, said_packed=len(packed)
        )
        chain.append(member)
        header = _local(member, zlib.crc32(content), len(packed), len(content))
        quote = struct.pack("<B2H", 0, len(header), len(header) ^ 0xFFFF)
        content, packed = header + content, quote + header + packed
    whole = packed[5:]  # the outermost quote has nobody to quote it
    offsets, at = [], 0
    for member in reversed(chain):
        offsets.append(at)
        at += _LOCAL.size + len(member.name) + 5
    records = b"".join(
        _central(member, member.crc or 0, member.said_packed or 0, member.size or 0, offset)
        for member, offset in zip(reversed(chain), offsets, strict=True)
    )
    end = _END.pack(b"PK\x05\x06", 0, 0, files, files, len(records), len(whole), 0)
    return whole + records + end


def with_64_bit_end(raw: bytes, *, size: int | None = None) -> bytes:
    """Return `raw` with 64-bit end records; `size` is what they say of the directory's bytes."""
    at = raw.rindex(b"PK\x05\x06")
    _, _, _, _, count, bulk, offset, _ = _END.unpack_from(raw, at)
    told = bulk if size is None else size
    big = _END64.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, told, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    small = _END.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return raw[:at] + big + locator + small


class _Pipe(io.BytesIO):
    """A place to write to that cannot go back."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise io.UnsupportedOperation


def streamed() -> bytes:
    """Return a sound ZIP written to a pipe: sizes follow the bytes, in 64-bit fields."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in good():
            with archive.open(member.name.decode(), "w", force_zip64=True) as file:
                file.write(member.body)
    return pipe.getvalue()


def packed_otherwise(method: int) -> bytes:
    """Return ten sound drawings, packed with `method` of `zipfile`."""
    return zipped(drawings(10), method)

"""Cases Z: ZIPs that lie about what they hold, and odd ones that do not (the zip lab of the design, C.2)."""

import stat
import unicodedata
import zipfile
import zlib
from dataclasses import replace

from tests.imaging.imaging_lab import drawings, png, zipped
from tests.verdicts.case import Case, Verdict, of_file
from tests.verdicts.forging import (
    DEFLATE64,
    STORED,
    Member,
    deflated,
    forged,
    good,
    of_zeros,
    packed_otherwise,
    quoted_overlap,
    streamed,
    with_64_bit_end,
)

_YES, _NO = Verdict.ACCEPTED, Verdict.REFUSED
_MEGABYTE = 1 << 20
_LEADS_OUT = "leads out of the ZIP"
_CONTRADICTS = "contradicts itself"
_SAME = "two files of the same name"
_DAMAGED = "damaged or incomplete"
_PASSWORD = "locked with a password"
_UNICODE, _ENCRYPTED, _STRONG = 0x800, 0x1, 0x41


def _with(*members: Member) -> bytes:
    """Return ten sound drawings and these."""
    return forged((*good(), *members))


def _named(name: bytes) -> bytes:
    return _with(Member(name, png(99)))


def _first(**changes: object) -> bytes:
    """Return ten sound drawings, and something told of the first that is not so."""
    first, *rest = good()
    return forged((replace(first, **changes), *rest))  # type: ignore[arg-type] # each row names a field of Member


def _bomb(size: int | None, megabytes: int) -> bytes:
    """Return a ZIP with a picture that unpacks to zeros, and says that it has `size` bytes."""
    said = megabytes * _MEGABYTE if size is None else size
    crc = zlib.crc32(bytes(said)) if said < 64 * _MEGABYTE else 0
    return _with(Member(b"bomb.png", packed=of_zeros(megabytes), size=said, crc=crc))


def _shared_bytes() -> bytes:
    """Return a directory with twelve names for one file."""
    first = good()[0]
    others = (
        replace(first, name=b"%02d.png" % n, local_name=first.name, packed=b"", offset=0,
                said_packed=len(deflated(first.body)))
        for n in range(11)
    )  # fmt: skip
    return forged((first, *others))


def _two_ends() -> bytes:
    """Return a ZIP whose comment ends with the end record of another."""
    return forged(good(), comment=b"0" * 40 + zipped({})[-22:])


def _composed(form: str) -> bytes:
    return unicodedata.normalize(form, "fähre.png").encode()  # type: ignore[arg-type] # NFC or NFD


def _clutter() -> bytes:
    names = (b"__MACOSX/._a.png", b".DS_Store", b"set/.DS_Store", b"Thumbs.db", b"desktop.ini", b"set/")
    members = (Member(name, b"" if name.endswith(b"/") else b"x", method=STORED) for name in names)
    return forged((*members, *good()))


def _marked(name: bytes, mode: int) -> Member:
    return Member(name, b"/etc/passwd", mode=mode | 0o644)


def _part() -> bytes:
    """Return a ZIP that says it is the last of three."""
    raw = bytearray(forged(good()))
    at = raw.rindex(b"PK\x05\x06")
    raw[at + 4 : at + 8] = b"\x02\x00\x02\x00"
    return bytes(raw)


BOMBS = [
    of_file("Z1", "ten drawings, packed as anyone would", _YES, "10 pictures", lambda: forged(good())),
    of_file("Z2", "49 MB of zeros in 48 kB", _NO, "unpacks to far more", lambda: _bomb(None, 49)),
    of_file("Z3", "1 GB of zeros in 1 MB", _NO, "a picture may have at most 50 MB",
            lambda: _bomb(1 << 30, 1024)),
    of_file("Z4", "1 GB that says it is 20 kB", _NO, "`bomb.png` is damaged", lambda: _bomb(20_000, 1024)),
    of_file("Z5", "Fifield's quoted overlap", _NO, _CONTRADICTS,
            lambda: quoted_overlap(40, bytes(_MEGABYTE))),
    of_file("Z6", "twelve names for one file's bytes", _NO, _CONTRADICTS, _shared_bytes),
    of_file("Z7", "60,000 files", _NO, "more than 5,000 files",
            lambda: forged([Member(b"%d" % n, method=STORED) for n in range(60_000)])),
    of_file("Z8", "60,000 files, ten told", _NO, "contradicts itself",
            lambda: forged([Member(b"%d" % n, method=STORED) for n in range(60_000)], count=10)),
]  # fmt: skip
NAMES = [
    of_file("Z9", "a name with ../", _NO, _LEADS_OUT, lambda: _named(b"../../etc/a.png")),
    of_file("Z10", "a name with ..\\", _NO, _LEADS_OUT, lambda: _named(b"..\\..\\a.png")),
    of_file("Z11", "an absolute name", _NO, _LEADS_OUT, lambda: _named(b"/etc/a.png")),
    of_file("Z12", "a drive letter", _NO, _LEADS_OUT, lambda: _named(b"C:\\a.png")),
    of_file("Z13", "a NUL in a name", _NO, "a control character in its name",
            lambda: _named(b"a.png\x00.exe")),
    of_file("Z14", "a symbolic link", _NO, "a link or a device",
            lambda: _with(_marked(b"link.png", stat.S_IFLNK))),
    of_file("Z15", "a device", _NO, "a link or a device", lambda: _with(_marked(b"disk.png", stat.S_IFBLK))),
    of_file("Z16", "two files of one name", _NO, _SAME, lambda: forged((*good(), good()[0]))),
    of_file("Z17", "names that differ in case only", _NO, _SAME,
            lambda: _with(replace(good()[0], name=good()[0].name.upper()))),
    of_file("Z18", "names that differ in how ä is written", _NO, _SAME,
            lambda: _with(*(Member(_composed(form), png(98), flags=_UNICODE) for form in ("NFC", "NFD")))),
    of_file("Z19", "a name of 2,000 letters", _NO, _LEADS_OUT, lambda: _named(b"n" * 2000 + b".png")),
    of_file("Z20", "folders 40 deep", _NO, _LEADS_OUT, lambda: _named(b"a/" * 40 + b"a.png")),
    of_file("Z21", "names in no known letters", _YES, "11 pictures", lambda: _named(b"b\x84r-\xfe\xff.png")),
    of_file("Z22", "names in UTF-8 that nobody announced", _YES, "11 pictures",
            lambda: _named("bär.png".encode())),
]  # fmt: skip
LIES = [
    of_file("Z23", "fewer files told than there are", _NO, _CONTRADICTS, lambda: forged(good(12), count=10)),
    of_file("Z24", "more files told than there are", _NO, _CONTRADICTS, lambda: forged(good(), count=12)),
    of_file("Z25", "a directory of 100 MB told", _NO, "pack",
            lambda: forged(good(), directory_size=100_000_000)),
    of_file("Z26", "a file before the beginning", _NO, _CONTRADICTS, lambda: _first(offset=0xFFFFFF00)),
    of_file("Z27", "another name before the bytes", _NO, _CONTRADICTS,
            lambda: _first(local_name=b"other-name-0.png")),
    of_file("Z28", "another method before the bytes", _NO, _CONTRADICTS, lambda: _first(local_method=STORED)),
    of_file("Z29", "a wrong checksum", _NO, "`drawing-00.png` is damaged in the ZIP",
            lambda: _first(crc=12345)),
    of_file("Z30", "a file longer than told", _NO, "`drawing-00.png` is damaged in the ZIP",
            lambda: _first(size=len(png(0)) - 1)),
    of_file("Z31", "a file that runs into the next", _NO, _CONTRADICTS, lambda: _first(said_packed=5000)),
    of_file("Z32", "an end record in the comment", _NO, "a style takes 10 to 50", _two_ends),
    of_file("Z33", "64-bit records that tell of 2^62 bytes", _NO, "pack",
            lambda: with_64_bit_end(forged(good()), size=1 << 62)),
]  # fmt: skip
WAYS = [
    of_file("Z34", "locked with a password", _NO, _PASSWORD, lambda: _first(flags=_ENCRYPTED)),
    of_file("Z35", "locked with a strong password", _NO, _PASSWORD, lambda: _first(flags=_STRONG)),
    of_file("Z36", "packed with LZMA", _NO, "choose ordinary ZIP compression",
            lambda: packed_otherwise(zipfile.ZIP_LZMA)),
    of_file("Z37", "packed with Deflate64", _NO, "choose ordinary ZIP compression",
            lambda: _first(method=DEFLATE64)),
    of_file("Z38", "sizes that follow the bytes (a pipe)", _YES, "10 pictures", streamed),
    of_file("Z39", "64-bit records", _YES, "10 pictures", lambda: with_64_bit_end(forged(good()))),
    of_file("Z40", "a comment", _YES, "10 pictures", lambda: forged(good(), comment=b"made by hand")),
    of_file("Z41", "what macOS and Windows leave in ZIPs", _YES, "10 pictures", _clutter),
    of_file("Z42", "self-extracting, offsets told right", _YES, "10 pictures",
            lambda: forged(good(), prefix=b"MZ" + bytes(4000))),
    of_file("Z43", "self-extracting, offsets from the ZIP", _YES, "10 pictures",
            lambda: forged(good(), prefix=b"MZ" + bytes(4000), shift=0)),
    of_file("Z44", "a web page with a ZIP behind it", _NO, "web page",
            lambda: forged(good(), prefix=b"<!DOCTYPE html><script>alert(1)</script>")),
    of_file("Z45", "a ZIP in the ZIP", _NO, "is a ZIP inside the ZIP",
            lambda: _with(Member(b"more.zip", zipped(drawings(2)), method=STORED))),
    of_file("Z46", "a ZIP in front of the ZIP", _NO, "pack",
            lambda: forged(good(), prefix=zipped(drawings(2)))),
    of_file("Z47", "cut off in the middle", _NO, _DAMAGED, lambda: (raw := forged(good()))[: len(raw) // 2]),
    of_file("Z48", "cut off at the last byte", _NO, _DAMAGED, lambda: forged(good())[:-1]),
    of_file("Z49", "one part of several", _NO, "one part of several", _part),
    of_file("Z50", "something behind the end", _NO, "pack", lambda: forged(good(), suffix=b"<html>")),
    of_file("Z51", "stored, not packed", _YES, "10 pictures",
            lambda: packed_otherwise(zipfile.ZIP_STORED)),
    of_file("Z52", "zeros behind the end", _YES, "10 pictures", lambda: forged(good(), suffix=bytes(1000))),
    of_file("Z53", "the icon of a Mac folder", _YES, "10 pictures",
            lambda: _with(Member(b"Icon\r", b"", method=STORED))),
]  # fmt: skip

ARCHIVES: list[Case] = [*BOMBS, *NAMES, *LIES, *WAYS]

"""ZIPs that a stranger links to: built with lies in them, then damaged, spliced and cut.

A ZIP is refused with a sentence, or what is listed of it is true: files that lie inside, none upon another,
the same at every look, and with the bytes that any other program finds there.
"""

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import process_time

from hypothesis import strategies as st

from bot.domain.dataset import MOST_PICTURE_BYTES
from bot.imaging.archive import Listing, UnfitArchive, UnfitEntry, beginning, contents, glance, listing
from bot.imaging.directory import LOCAL, Tail
from bot.imaging.kinds import is_named_picture, is_picture, stranger
from tests.fuzz.hostile import NASTY, damaged
from tests.fuzz.target import Target, lent

SLOWEST = 1.0
"""Seconds of processor for one of these, all of which are small."""
MOST_MEMORY = 8 * 1024 * 1024
"""Bytes to list one; the directory itself may have 5 MB."""
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
BODIES = (PNG, b"", b"\xff\xd8\xff" + b"x" * 40, b"PK\x03\x04" + b"z" * 40, b"a" * 5000)
NAMES = (
    b"a.png",
    b"b.jpg",
    b"A.PNG",
    b"folder/",
    b"folder/c.webp",
    b"../d.png",
    b"/e.png",
    b"C:\\f.png",
    b"__MACOSX/._a.png",
    b".DS_Store",
    b"Thumbs.db",
    b"words.pdf",
    b"in.zip",
    b"\xff\xfe.png",
    b"g.heic",
    b"",
    b"h" * 1200 + b".png",
    b"/".join([b"deep"] * 20) + b".png",
    *(name.encode("utf-8", "replace") + b".png" for name in NASTY),
)
HONEST = [b"drawing-%02d.png" % number for number in range(40)]
ODD = (0, 1, 2, 8, 9, 12, 20, 45, 63, 64, 0x20, 0x41, 0x2000, 0x7FFF, 0xFFFE, 0xFFFF)
ODDER = (*ODD, 100, 5000, 5001, 2**20, 50 * 2**20, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1)
LINK = 0o120777 << 16
_NOT_FOR_IT = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError),
    *(ValueError, KeyError, OverflowError, zlib.error, struct.error),
)
"""How Python's own reader says no."""
_shorts = st.sampled_from(ODD)
_longs = st.sampled_from(ODDER) | st.integers(0, 400)
_RECORD_LIES = {
    "needs": _shorts,
    "flags": _shorts,
    "method": _shorts,
    "crc": _longs,
    "packed": _longs,
    "size": _longs,
    "attributes": _longs | st.just(LINK),
    "header": _longs,
}
_LOCAL_LIES = {"flags": _shorts, "method": _shorts, "named": _shorts, "extra": _shorts}
_END_LIES = {
    "part": _shorts,
    "here": _shorts,
    "count": _shorts,
    "size": _longs,
    "offset": _longs,
    "comment": _shorts,
}


def few(lies: Mapping[str, st.SearchStrategy[int]]) -> st.SearchStrategy[dict[str, int]]:
    """Return none of the lies, or one or two: who lies about everything is not believed for long."""
    chosen = st.lists(st.sampled_from(sorted(lies)), max_size=2, unique=True)
    return st.just({}) | chosen.flatmap(
        lambda names: st.fixed_dictionaries({name: lies[name] for name in names})
    )


@dataclass(frozen=True)
class Part:
    """A file in the making; `told` is what the directory says falsely, `own` what its own header does."""

    name: bytes
    body: bytes = PNG
    deflated: bool = True
    wide: bool = False
    told: Mapping[str, int] = field(default_factory=dict)
    own: Mapping[str, int] = field(default_factory=dict)


def forged(parts: list[Part], *, lies: Mapping[str, int], prefix: bytes, behind: bytes, wide: bool) -> bytes:
    """Return a ZIP of `parts` behind a `prefix`; `lies` are the end record's, `wide` gives it 64 bits."""
    files, directory = bytearray(prefix), bytearray()
    for part in parts:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = packer.compress(part.body) + packer.flush() if part.deflated else part.body
        true = {"needs": 20, "flags": 0, "method": 8 * part.deflated, "crc": zlib.crc32(part.body)}
        true |= {"packed": len(packed), "size": len(part.body), "attributes": 0, "header": len(files)}
        directory += _record(part, {**true, **part.told})
        own = {**true, "named": len(part.name), "extra": 0, **part.own}
        values = (own[name] for name in ("crc", "packed", "size", "named", "extra"))
        files += (
            LOCAL.pack(b"PK\x03\x04", 20, own["flags"], own["method"], 0, 0, *values) + part.name + packed
        )
    end = {"part": 0, "here": 0, "count": len(parts), "size": len(directory), "offset": len(files)}
    end |= {"comment": len(behind), **lies}
    return bytes(files + directory + _end(end, len(files) + len(directory), wide=wide) + behind)


def _record(part: Part, told: Mapping[str, int]) -> bytes:
    size, extra = told["size"], b""
    if part.wide:
        extra = struct.pack("<2HQ", 1, 8, size)
        size = 0xFFFFFFFF
    head = (told["needs"], told["flags"], told["method"], 0, 0, told["crc"], told["packed"], size)
    rest = (len(part.name), len(extra), 0, 0, 0, told["attributes"], told["header"])
    return struct.pack("<4s2B5H3L5H2L", b"PK\x01\x02", 20, 3, *head, *rest) + part.name + extra


def _end(end: Mapping[str, int], at: int, *, wide: bool) -> bytes:
    counts = end["part"], end["here"], end["count"], end["count"]
    if not wide:
        return struct.pack("<4s4H2LH", b"PK\x05\x06", *counts, end["size"], end["offset"], end["comment"])
    big = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, *counts, end["size"], end["offset"])
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    small = struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, end["comment"]
    )
    return big + locator + small


_PARTS = st.builds(
    Part,
    name=st.sampled_from(NAMES) | st.binary(max_size=12),
    body=st.sampled_from(BODIES) | st.binary(max_size=60),
    deflated=st.booleans(),
    wide=st.booleans(),
    told=few(_RECORD_LIES),
    own=few(_LOCAL_LIES),
)
_HONEST = st.builds(Part, name=st.sampled_from(HONEST), body=st.binary(min_size=1, max_size=60))


def _several(parts: st.SearchStrategy[Part], *, least: int = 0) -> st.SearchStrategy[list[Part]]:
    """Return parts whose names are all different, mostly."""
    named = st.lists(parts, min_size=least, max_size=5, unique_by=lambda part: part.name)
    return named | named | st.lists(parts, min_size=least, max_size=3)


_FORGED = st.builds(
    forged,
    _several(_HONEST, least=1) | _several(_HONEST | _PARTS),
    lies=few(_END_LIES),
    prefix=st.just(b"")
    | st.sampled_from((b"#!/bin/sh\n", b"<!doctype html>", b"PK\x03\x04"))
    | st.binary(max_size=40),
    behind=st.just(b"") | st.sampled_from((b"\0" * 900, b"PK\x05\x06" + b"\0" * 18)) | st.binary(max_size=40),
    wide=st.booleans(),
)
ZIPS = (
    _FORGED | damaged(_FORGED) | st.tuples(_FORGED, _FORGED).map(b"".join) | damaged(st.binary(max_size=200))
)


def look(raw: bytes) -> None:
    """Hold all that is said of this ZIP against the ZIP, and against the time and memory it took."""
    tracemalloc.start()
    started = process_time()
    try:
        found = _listed(raw)
        hinted = _glanced(raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= MOST_MEMORY + 16 * len(raw), f"{peak:,} bytes for {len(raw):,}"
    if hinted is not None:
        _check_spans(hinted, len(raw))
    if found is not None:
        assert hinted == found, "at the first look it was another"
        _check_spans(found, len(raw))
        _check_bytes(found, raw)
    assert process_time() - started < SLOWEST


def _listed(raw: bytes) -> Listing | None:
    try:
        return listing(io.BytesIO(raw))
    except UnfitArchive as no:
        _check_sentence(str(no))
        return None


def _glanced(raw: bytes) -> Listing | None:
    try:
        return glance(Tail(0, len(raw), raw))
    except UnfitArchive as no:
        _check_sentence(str(no))
        return None


def _check_sentence(sentence: str) -> None:
    assert sentence.endswith((".", ").")), sentence
    assert sentence.isprintable(), sentence


def _check_spans(found: Listing, total: int) -> None:
    reached = 0
    for entry in sorted(found.entries, key=lambda entry: entry.record.header):
        assert reached <= entry.record.header
        assert entry.record.header + LOCAL.size + entry.record.packed <= entry.stop <= total
        assert 0 < entry.record.size <= MOST_PICTURE_BYTES
        reached = entry.stop
    assert len({entry.name.casefold() for entry in found.entries}) == len(found.entries)
    assert all(entry.name.isprintable() for entry in found.entries)
    for problem in found.problems:
        _check_sentence(problem)


def _check_bytes(found: Listing, raw: bytes) -> None:
    """Read every file; whoever else can read it must find the same."""
    others = _of_others(raw)
    for entry in found.entries:
        try:
            head, body = beginning(io.BytesIO(raw), entry), contents(io.BytesIO(raw), entry)
        except UnfitEntry as no:
            _check_sentence(str(no))
            continue
        assert (len(body), zlib.crc32(body)) == (entry.record.size, entry.record.crc)
        assert body.startswith(head[:64]) or not head
        assert is_picture(body) or stranger(body).endswith(".")
        assert is_named_picture(entry.name) in {True, False}
        assert others.get(entry.record.header, body) == body, entry.name


def _of_others(raw: bytes) -> dict[int, bytes]:
    """Return what Python's own reader makes of it, by where each file begins."""
    bodies: dict[int, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for info in archive.infolist():
                try:
                    bodies[info.header_offset] = archive.read(info)
                except _NOT_FOR_IT:
                    continue
    except _NOT_FOR_IT:
        return bodies
    return bodies


_LIE = forged([Part(b"a.png", told={"crc": 1})], lies={}, prefix=b"", behind=b"", wide=False)
ARCHIVES = Target("archives", ZIPS, lent(look), examples=(_LIE,), most=600)

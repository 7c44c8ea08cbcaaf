"""ZIPs that lie about what they hold (abuse cases Z), and odd ones that do not."""

import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imaging.archive import (
    DAMAGED,
    IN_PARTS,
    MISLEADING,
    MOST_ENTRIES,
    NOT_A_ZIP,
    WEB_PAGE,
    UnfitArchive,
    UnfitEntry,
    beginning,
    contents,
    glance,
    listing,
)
from bot.imaging.directory import Tail, directory_start
from tests.imaging.imaging_lab import drawings, png, zipped

GOOD = zipped({"a.png": png(1), "b.png": png(2)})
END = struct.Struct("<4s4H2LH")


def names_of(raw: bytes) -> list[str]:
    return [entry.name for entry in listing(io.BytesIO(raw)).entries]


def problems_of(raw: bytes) -> str:
    return " ".join(listing(io.BytesIO(raw)).problems)


def swapped(old: bytes, new: bytes, raw: bytes = GOOD, *, count: int = -1) -> bytes:
    assert old in raw
    return raw.replace(old, new, count)


def directory_of(raw: bytes) -> int:
    return raw.index(b"PK\x01\x02")


def in_directory(offset: int, form: str, value: int, raw: bytes = GOOD) -> bytes:
    """Overwrite one field of the first file's record in the directory."""
    changed = bytearray(raw)
    struct.pack_into(form, changed, directory_of(raw) + offset, value)
    return bytes(changed)


def in_end(offset: int, form: str, value: int, raw: bytes = GOOD) -> bytes:
    changed = bytearray(raw)
    struct.pack_into(form, changed, raw.rindex(b"PK\x05\x06") + offset, value)
    return bytes(changed)


def marked(name: str, mode: int) -> bytes:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return zipped({info: b"/etc/passwd"})


def named(name: bytes) -> bytes:
    """Return a ZIP of one file called `name`, whatever `zipfile` thinks of that."""
    return swapped(b"x" * len(name), name, zipped({"x" * len(name): b"1"}))


def quoted_overlap() -> bytes:
    """Two records of the directory that point at the same bytes."""
    second = GOOD.index(b"PK\x01\x02", directory_of(GOOD) + 4)
    changed = bytearray(GOOD)
    struct.pack_into("<L", changed, second + 42, 0)
    return swapped(b"b.png", b"a.png", bytes(changed))


def nested_spans() -> bytes:
    """A file whose packed bytes run over the next file."""
    return in_directory(20, "<L", len(GOOD) - 200)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", NOT_A_ZIP),
        (png(), NOT_A_ZIP),
        (b"Rar!\x1a\x07\x00" + b"0" * 100, NOT_A_ZIP),
        (b"<!DOCTYPE html><title>Sign in</title>", WEB_PAGE),
        (b"\xef\xbb\xbf \n<HTML><body>", WEB_PAGE),
        (b"<html>" + GOOD, WEB_PAGE),
        (b" \r\n<!-- a page --><p>" + GOOD, WEB_PAGE),
        (b"MZ" + b"0" * 100, NOT_A_ZIP),
        (GOOD[:-1], DAMAGED),
        (GOOD[:-30], DAMAGED),
        (GOOD[: len(GOOD) // 2], DAMAGED),
        (GOOD + b"<html>", DAMAGED),
        (b"PK\x03\x04", DAMAGED),
        (GOOD[:50] + GOOD, MISLEADING),
        (in_end(10, "<H", 3), MISLEADING),
        (in_end(10, "<H", 1), MISLEADING),
        (in_end(10, "<H", MOST_ENTRIES + 1), "more than 5,000 files"),
        (in_end(12, "<L", 100_000_000), "more than 5,000 files"),
        (in_end(16, "<L", 7), MISLEADING),
        (in_directory(0, "<L", 0), DAMAGED),
        (in_directory(6, "<H", 99), DAMAGED),
        (in_directory(42, "<L", 0xFFFFFF00), MISLEADING),
        (in_directory(42, "<L", 1), MISLEADING),
        (in_end(4, "<H", 1), IN_PARTS),
        (in_end(16, "<L", len(GOOD)), MISLEADING),
        (in_directory(20, "<L", 0xFFFFFFFF), DAMAGED),
        (in_directory(10, "<H", 0), MISLEADING),
        (in_directory(8, "<H", 1), MISLEADING),
        (swapped(b"a.png", b"c.png", count=1), MISLEADING),
        (quoted_overlap(), "two files of the same name"),
        (swapped(b"b.png", b"a.png"), "two files of the same name"),
        (swapped(b"b.png", b"A.PNG"), "two files of the same name"),
        (nested_spans(), MISLEADING),
        (zipped({unicodedata.normalize(f, "é.png"): b"1" for f in ("NFC", "NFD")}), "same name"),
    ],
)
def test_a_zip_that_contradicts_itself_is_refused_whole(raw: bytes, sentence: str) -> None:
    with pytest.raises(UnfitArchive) as unfit:
        listing(io.BytesIO(raw))
    assert sentence in str(unfit.value)


def test_files_that_share_their_bytes_under_two_names_are_refused() -> None:
    second = GOOD.index(b"PK\x01\x02", directory_of(GOOD) + 4)
    changed = bytearray(GOOD)
    struct.pack_into("<L", changed, second + 42, 0)
    with pytest.raises(UnfitArchive, match="contradicts itself"):
        listing(io.BytesIO(bytes(changed)))


def test_more_files_than_anyone_needs_are_not_even_listed() -> None:
    raw = zipped({f"{n}": b"" for n in range(MOST_ENTRIES + 1)}, zipfile.ZIP_STORED)
    with pytest.raises(UnfitArchive, match="more than 5,000 files"):
        listing(io.BytesIO(raw))


def test_sizes_that_add_up_to_too_much_are_refused_before_unpacking() -> None:
    raw = zipped(drawings(2))
    first = directory_of(raw)
    second = raw.index(b"PK\x01\x02", first + 4)
    changed = bytearray(raw)
    for record in (first, second):
        struct.pack_into("<L", changed, record + 24, 2_000_000_000)
    with pytest.raises(UnfitArchive, match=r"unpacks to more than 2\.5 GB"):
        listing(io.BytesIO(bytes(changed)))


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (named(b"../../a.png"), "leads out"),
        (named(b"..\\..\\a.png"), "leads out"),
        (named(b"a/../../b.png"), "leads out"),
        (named(b"/etc/a.png"), "leads out"),
        (named(b"\\\\host\\a.png"), "leads out"),
        (named(b"C:\\a.png"), "leads out"),
        (named(b"c:a.png"), "leads out"),
        (named(b"a.png\x00.exe"), "control character"),
        (named(b"a\r\n.png"), "control character"),
        (named(b"d/" * 20 + b"a.png"), "leads out"),
        (named(b"n" * 1001), "leads out"),
        (marked("link.png", 0o120777), "is a link or a device"),
        (marked("pipe.png", 0o010644), "is a link or a device"),
        (marked("disk.png", 0o060644), "is a link or a device"),
        (swapped(b"\x14\x00\x00\x00", b"\x14\x00\x01\x00"), "locked with a password"),
        (swapped(b"\x14\x00\x00\x00", b"\x14\x00\x41\x00"), "locked with a password"),
        (zipped({"a.png": png()}, zipfile.ZIP_LZMA), "packed in a way I cannot read"),
        (zipped({"a.png": png()}, zipfile.ZIP_BZIP2), "packed in a way I cannot read"),
        (zipped({"a.png": b""}), "`a.png` is empty"),
        (in_directory(24, "<L", 51 * 1024 * 1024), "is 51 MB: a picture may have at most 50 MB"),
        (zipped({"a.png": bytes(10_000_000)}), "unpacks to far more"),
        (
            in_directory(24, "<L", 10, zipped({"a.png": bytes(9000)}, zipfile.ZIP_STORED)),
            "damaged in the ZIP",
        ),
    ],
)
def test_a_file_that_no_picture_would_be_is_named_and_not_read(raw: bytes, sentence: str) -> None:
    assert sentence in problems_of(raw)


@pytest.mark.parametrize(
    "raw",
    [
        in_directory(24, "<L", len(png(1)) - 1),
        in_directory(24, "<L", len(png(1)) + 1),
        in_directory(16, "<L", 12345),
        in_directory(20, "<L", 40),
        swapped(b"IDAT", b"IDAX", zipped({"a.png": png(1)}, zipfile.ZIP_STORED)),
    ],
    ids=["less than declared", "more than declared", "another checksum", "cut short", "one letter changed"],
)
def test_bytes_that_are_not_what_the_directory_says_are_not_given_out(raw: bytes) -> None:
    file = io.BytesIO(raw)
    with pytest.raises(UnfitEntry, match=r"`a\.png` is damaged in the ZIP"):
        contents(file, listing(file).entries[0])


def test_a_file_that_unpacks_to_more_than_it_says_is_stopped_at_what_it_says() -> None:
    honest = zipped({"a.bin": b"ab" * 400_000})
    raw = in_directory(24, "<L", 1000, in_directory(16, "<L", zlib.crc32(b"ab" * 500), honest))
    file = io.BytesIO(raw)
    with pytest.raises(UnfitEntry):
        contents(file, listing(file).entries[0])


@pytest.mark.parametrize(
    "clutter",
    [
        "__MACOSX/._a.png", "pictures/__MACOSX/x", ".DS_Store", "pictures/.DS_Store", "Thumbs.db",
        "pictures/THUMBS.DB", "desktop.ini", "._a.png", ".hidden/a.png", "pictures/",
    ],
)  # fmt: skip
def test_what_systems_leave_in_zips_is_passed_over(clutter: str) -> None:
    assert names_of(zipped({clutter: b"" if clutter.endswith("/") else b"x", "a.png": png()})) == ["a.png"]


class Pipe(io.BytesIO):
    """A place to write to that cannot go back."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise io.UnsupportedOperation


def streamed() -> bytes:
    """Return a ZIP written to a pipe: sizes follow the bytes, and 64-bit fields are used."""
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as archive, archive.open("a.png", "w", force_zip64=True) as file:
        file.write(png(1))
    return pipe.getvalue()


def with_64_bit_end(raw: bytes) -> bytes:
    """Return `raw` with the 64-bit end records that some programs always write."""
    at = raw.rindex(b"PK\x05\x06")
    _, _, _, _, count, bulk, offset, _ = END.unpack_from(raw, at)
    big = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, bulk, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    small = END.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return raw[:at] + big + locator + small


def commented() -> bytes:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"made by hand"
    return out.getvalue()


@pytest.mark.parametrize(
    "make",
    [lambda: GOOD, lambda: zipped({"a.png": png(1)}, zipfile.ZIP_STORED), streamed, commented,
     lambda: with_64_bit_end(GOOD)],
    ids=["plain", "stored", "streamed", "commented", "64 bit"],
)  # fmt: skip
def test_every_ordinary_way_to_write_a_zip_is_read(make: Callable[[], bytes]) -> None:
    file = io.BytesIO(make())
    first = listing(file).entries[0]
    assert first.name == "a.png"
    assert contents(file, first) == png(1)
    assert beginning(file, first).startswith(b"\x89PNG")


def test_an_empty_zip_holds_nothing() -> None:
    assert names_of(zipped({})) == []


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (named("bär.png".encode()), "bär.png"),
        (named(b"b\x84r.png"), "bär.png"),
        (named(b"folder\\fox.png"), "folder/fox.png"),
        (named("fox\u202egnp.jpg".encode()), "foxgnp.jpg"),
        (named(b"`fox`.png"), "'fox'.png"),
    ],
    ids=["macOS", "DOS", "old Windows", "direction mark", "backtick"],
)
def test_a_name_is_shown_as_its_owner_would_write_it(raw: bytes, shown: str) -> None:
    assert names_of(raw) == [shown]


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    (name,) = names_of(zipped({"n" * 200 + ".png": png()}))
    assert len(name) == 80
    assert name.startswith("nnn")
    assert "…" in name
    assert name.endswith(".png")


def test_the_beginning_of_a_damaged_file_is_nothing() -> None:
    file = io.BytesIO(zipped({"a": b"hello " * 50}))
    entry = listing(file).entries[0]
    start = 30 + len("a")
    broken = io.BytesIO(file.getvalue()[:start] + b"\xff" * 1000)
    assert beginning(broken, entry) == b""


def prefixed(raw: bytes = GOOD, prefix: bytes = b"MZ a program that unpacks it") -> bytes:
    """Return `raw` behind a prefix that its offsets know nothing of."""
    return prefix + raw


def self_extracting(prefix: bytes = b"MZ a program that unpacks it") -> bytes:
    """Return a ZIP behind a prefix that its offsets count."""
    out = io.BytesIO(prefix)
    out.seek(0, 2)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("a.png", png(1))
        archive.writestr("b.png", png(2))
    return out.getvalue()


@pytest.mark.parametrize(
    "make", [prefixed, self_extracting, lambda: with_64_bit_end_behind(b"#!/bin/sh\n")],
    ids=["shifted", "absolute", "64 bit"],
)  # fmt: skip
def test_an_archive_behind_a_program_is_understood(make: Callable[[], bytes]) -> None:
    file = io.BytesIO(make())
    found = listing(file).entries
    assert [contents(file, entry) for entry in found] == [png(1), png(2)]


def with_64_bit_end_behind(prefix: bytes) -> bytes:
    return prefix + with_64_bit_end(GOOD)


def test_an_archive_behind_a_program_whose_offsets_disagree_is_refused() -> None:
    mixed = in_directory(42, "<L", 7, prefixed())
    with pytest.raises(UnfitArchive):
        listing(io.BytesIO(mixed))


def tail_of(raw: bytes, start: int | None = None) -> Tail:
    begin = directory_of(raw) if start is None else start
    return Tail(begin, len(raw), raw[begin:])


@pytest.mark.parametrize(
    "raw",
    [
        GOOD, streamed(), commented(), with_64_bit_end(GOOD), prefixed(), self_extracting(), zipped({}),
        zipped({**drawings(3), "a.gif": b"GIF89a", "__MACOSX/x": b"1", "../b.png": b"1", "c.png": b""}),
        marked("link.png", 0o120777),
    ],
)  # fmt: skip
def test_the_end_of_a_zip_tells_the_same_as_the_whole(raw: bytes) -> None:
    start = directory_start(raw[-66_000:], total=len(raw))
    assert start is not None
    assert glance(tail_of(raw, start)) == glance(tail_of(raw, 0)) == listing(io.BytesIO(raw))


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (in_end(10, "<H", MOST_ENTRIES + 1), "more than 5,000 files"),
        (in_end(10, "<H", 3), MISLEADING),
        (swapped(b"b.png", b"a.png"), "two files of the same name"),
        (nested_spans(), MISLEADING),
        (GOOD[:-3], DAMAGED),
    ],
)
def test_a_wrong_zip_is_refused_by_its_end_alone(raw: bytes, sentence: str) -> None:
    with pytest.raises(UnfitArchive, match=sentence.partition(":")[0]):
        glance(tail_of(raw))


def test_a_tail_without_the_whole_directory_tells_nothing() -> None:
    with pytest.raises(UnfitArchive):
        glance(tail_of(GOOD, directory_of(GOOD) + 1))


@pytest.mark.parametrize(
    "tail",
    [b"", b"PK\x05\x06", b"hello", GOOD[:-1], in_end(12, "<L", 0xFFFFFFF0), in_end(12, "<L", 100_000_000),
     b"PK\x06\x07" + bytes(16) + END.pack(b"PK\x05\x06", 0, 0, 1, 1, 50, 0, 0)],
)  # fmt: skip
def test_an_end_that_does_not_tell_where_the_directory_is_is_no_error(tail: bytes) -> None:
    assert directory_start(tail, total=len(tail)) is None


@given(st.binary(max_size=200), st.integers(0, 199))
def test_no_directory_whatever_is_in_it_raises_anything_but_our_own(noise: bytes, at: int) -> None:
    start = directory_of(GOOD)
    place = start + at % (len(GOOD) - start)
    raw = GOOD[:place] + noise + GOOD[place + len(noise) :]
    with suppress(UnfitArchive):
        glance(tail_of(raw, start))
    with suppress(UnfitArchive):
        listing(io.BytesIO(raw))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("deep/logo.SVG", "is an SVG"),
        ("logo.ai", "is a design program's file"),
        ("clip.mov", "is a film"),
        ("more.zip", "is a ZIP inside the ZIP"),
        ("captions.csv", "is not a JPEG, PNG or WebP picture"),
        ("a.tar.gz", "is not a JPEG, PNG or WebP picture"),
    ],
)
def test_a_file_of_another_kind_is_told_by_its_name(name: str, sentence: str) -> None:
    assert f"`{name}` {sentence}" in problems_of(zipped({name: b"x"}))


@pytest.mark.parametrize(
    "name", ["a.jpg", "a.JPEG", "a.jpe", "a.jfif", "a.png", "a.webp", "a", "a.b", "a.png.1"]
)
def test_a_name_that_may_be_a_pictures_is_left_to_the_bytes(name: str) -> None:
    assert names_of(zipped({name: b"GIF89a"})) == [name]

"""What a name says of a file, and what only its bytes do; clutter; what may follow the end of a ZIP."""

import io
import struct
import zipfile

import pytest

from bot.imaging.archive import DAMAGED, UnfitArchive, glance, listing
from bot.imaging.directory import records
from bot.imaging.kinds import other_picture_by_name, stranger, stranger_by_name
from tests.imaging.imaging_lab import png, zipped
from tests.imaging.test_archive import tail_of

GOOD = zipped({"a.png": png(1), "b.png": png(2)})


@pytest.mark.parametrize(
    "ending",
    ["gif", "tif", "tiff", "bmp", "heic", "HEIC", "heif", "avif", "jp2", "dng", "cr2", "CR3", "nef", "raw",
     "jxl", "ico", "tga", "jpg", "png", "webp"],
)  # fmt: skip
def test_a_name_of_a_picture_of_any_format_is_left_to_the_bytes(ending: str) -> None:
    assert stranger_by_name(f"folder/fox.{ending}") == ""
    raw = zipped({f"fox.{ending}": png(), "other.png": png(1)})
    listed = listing(io.BytesIO(raw))
    assert ([entry.name for entry in listed.entries], listed.problems) == ([f"fox.{ending}", "other.png"], ())
    assert glance(tail_of(raw)) == listed


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("notes.txt", "leave it out"),
        ("captions.csv", "leave it out"),
        ("brief.DOCX", "leave it out"),
        ("plan.xls", "leave it out"),
        ("deck.pptx", "leave it out"),
        ("page.html", "leave it out"),
        ("a.rar", "leave it out"),
        ("setup.exe", "leave it out"),
        ("a.md", "leave it out"),
        ("brand.pdf", "is a PDF"),
        ("layers.psd", "is a Photoshop file"),
        ("cat_v5.ai", "is a design program's file"),
        ("logo.eps", "is a PostScript file"),
        ("logo.svg", "is an SVG"),
        ("clip.mp4", "is a film"),
        ("clip.MOV", "is a film"),
        ("more.zip", "is a ZIP inside the ZIP"),
    ],
)
def test_what_is_never_a_picture_is_refused_by_its_name_early_and_late(name: str, sentence: str) -> None:
    raw = zipped({name: png(), "a.png": png()})
    (problem,) = listing(io.BytesIO(raw)).problems
    assert problem.startswith(f"`{name}` ")
    assert sentence in problem
    assert glance(tail_of(raw)).problems == (problem,)


def test_a_folder_of_another_format_is_what_it_says_early_and_late() -> None:
    raw = zipped({"a.HEIC": png(1), "deep/b.tif": png(2), "c": png(3)})
    listed = listing(io.BytesIO(raw))
    assert listed.problems == (
        "`a.HEIC` is a HEIC picture: save it as JPEG or PNG.",
        "`deep/b.tif` is a TIFF: save it as PNG.",
    )
    assert (len(listed.entries), listed.unread) == (1, 2)
    assert glance(tail_of(raw)) == listed


def test_names_that_say_nothing_are_left_to_the_bytes() -> None:
    assert listing(io.BytesIO(zipped({"a": png(1), "b.1": png(2)}))).problems == ()
    assert other_picture_by_name("a.png") == ""


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (b"II*\x00\x10\x00\x00\x00CR\x02\x00", "is a camera's raw file"),
        (b"FUJIFILMCCD-RAW 0201", "is a camera's raw file"),
        (b"\x00\x00\x00\x18ftypcrx ", "is a camera's raw file"),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "is a JPEG 2000 picture"),
        (b"II*\x00\x08\x00\x00\x00", "is a TIFF"),
    ],
)
def test_the_bytes_tell_other_formats_too(head: bytes, sentence: str) -> None:
    assert sentence in stranger(head)


@pytest.mark.parametrize(
    "clutter",
    ["Icon\r", "set/Icon\r", "ehthumbs.db", "EHTHUMBS.DB", "set/Picasa.ini", "picasa.ini", ".picasa.ini"],
)
def test_what_folders_are_given_for_their_looks_is_passed_over(clutter: str) -> None:
    listed = listing(io.BytesIO(zipped({clutter: b"", "a.png": png()})))
    assert ([entry.name for entry in listed.entries], listed.problems) == (["a.png"], ())


@pytest.mark.parametrize("name", ["a\x07b.png", "a\r\n.png", "Icon\r.png", "tab\t.png", "set\r/a.png"])
def test_a_control_character_in_a_name_is_called_so(name: str) -> None:
    (problem,) = listing(io.BytesIO(zipped({name: png()}))).problems
    assert problem.endswith("` has a control character in its name: rename it.")


@pytest.mark.parametrize(
    "blank",
    [b"\n", b"\r\n", bytes(512), b" " * 100, bytes(1024)],
    ids=["line", "lines", "512", "spaces", "1 kB"],
)
@pytest.mark.parametrize("comment", [b"", b"made by hand"])
def test_a_zip_may_be_filled_up_behind_its_end(blank: bytes, comment: bytes) -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = comment
    raw = out.getvalue() + blank
    assert [entry.name for entry in listing(io.BytesIO(raw)).entries] == ["a.png", "b.png"]
    assert glance(tail_of(raw)) == listing(io.BytesIO(raw))


@pytest.mark.parametrize("more", [bytes(1025), b"\n<html>", b"PK", bytes(100) + b"x"])
def test_anything_else_behind_its_end_is_still_refused(more: bytes) -> None:
    with pytest.raises(UnfitArchive) as unfit:
        listing(io.BytesIO(GOOD + more))
    assert str(unfit.value) == DAMAGED


def test_a_directory_full_of_extra_fields_is_read_whole() -> None:
    extra = struct.pack("<HH", 0x7777, 0) * 16_383
    body = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 1, 1, 8, len(extra), 0, 0, 0, 0, n * 50)
        + b"%04d.jpg" % n
        + extra
        for n in range(79)
    )
    found = records(body, shift=0)
    assert found is not None
    assert len(found) == 79

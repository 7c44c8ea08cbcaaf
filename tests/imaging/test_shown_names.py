"""Names by which people know the pictures of a ZIP: no two are alike, wherever they are listed."""

import io
from pathlib import Path
from time import process_time
from typing import Any
from zipfile import ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.imaging import archive, bundle
from bot.imaging.archive import Listing, UnfitArchive
from bot.imaging.directory import Tail, directory_start
from bot.imaging.members import told_apart
from bot.imaging.wording import LONGEST_SHOWN, marked_name, shown_name
from tests.imaging.imaging_lab import png, zipped

LONG = [f"{'campaign-' * 6}{number:02}{'-final' * 5}.png" for number in range(12)]
"""What differs is in the middle, which is cut out."""
TELLING = "aB\u0301é/ .-…`\u200b2()"


def listed(raw: bytes) -> Listing:
    """List a ZIP whole and by its end, which must tell the same."""
    start = directory_start(raw[-66_000:], total=len(raw))
    assert start is not None
    whole = archive.listing(io.BytesIO(raw))
    assert archive.glance(Tail(start, len(raw), raw[start:])) == whole
    return whole


def shown(raw: bytes) -> list[str]:
    return [entry.name for entry in listed(raw).entries]


def long_ones(folder: str = "") -> dict[str | ZipInfo, bytes]:
    return {f"{folder}{name}": png(number) for number, name in enumerate(LONG)}


def bundled(path: Path, left_out: str) -> dict[str, Any]:
    """Put the ZIP at `path` together anew without that picture."""
    into = path.with_name("new.zip")
    order = {"parts": [{"path": str(path), "name": "set.zip"}], "into": str(into), "left_out": [left_out]}
    packed: dict[str, Any] = bundle.answer(order | {"strip": False, "most_bytes": 10**9})["packed"]
    return packed


def test_names_that_are_cut_alike_are_numbered_within_their_length() -> None:
    names = shown(zipped(long_ones()))
    assert len({shown_name(name) for name in LONG}) == 1
    assert names[0] == shown_name(LONG[0])
    assert [name[-8:] for name in names[1:3]] == [" (2).png", " (3).png"]
    assert names[11].endswith(" (12).png")
    assert len(set(names)) == 12
    assert {len(name) for name in names} == {LONGEST_SHOWN}


@pytest.mark.parametrize("folder", ["", "in/"])
def test_the_one_that_is_left_out_of_those_cut_alike_is_the_one_that_is_gone(
    tmp_path: Path, folder: str
) -> None:
    path = tmp_path / "set.zip"
    path.write_bytes(zipped(long_ones(folder)))
    seventh = shown(path.read_bytes())[6]
    packed = bundled(path, seventh)
    raw = (tmp_path / "new.zip").read_bytes()
    assert shown(raw) == list(packed["names"])
    assert seventh not in packed["names"].values()
    file = io.BytesIO(raw)
    kept = [archive.contents(file, entry) for entry in archive.listing(file).entries]
    assert kept == [png(number) for number in range(12) if number != 6]


def test_a_file_that_is_really_called_by_a_number_keeps_its_name() -> None:
    second = shown(zipped(long_ones()))[1]
    names = shown(zipped({**long_ones(), second: png(50)}))
    assert names[-1] == second
    assert len(set(names)) == 13
    assert names[1].endswith(" (3).png")


def test_what_is_wrong_is_told_of_the_file_that_it_is_wrong_with() -> None:
    files = {**long_ones(), LONG[6]: b""}
    (problem,) = listed(zipped(files)).problems
    assert problem.startswith(f"`{shown(zipped(long_ones()))[6]}` ")


def test_a_picture_that_is_cut_alike_is_still_named_as_one() -> None:
    assert all(name.endswith(".png") for name in shown(zipped(long_ones())))
    assert marked_name("a.b/fox", " (2)") == "a.b/fox (2)"
    assert marked_name(".png", " (2)") == ".png (2)"
    assert marked_name(f"fox.{'x' * 76}", " (2)").endswith("x (2)")


def test_names_that_differ_in_marks_nobody_sees_are_numbered() -> None:
    assert shown(zipped({"fox.png": png(1), "f\u200box.png": png(2)})) == ["fox.png", "fox (2).png"]


@settings(deadline=None)
@given(st.text(alphabet=TELLING, max_size=120))
def test_what_is_shown_is_shown_again_as_it_is(raw: str) -> None:
    assert shown_name(shown_name(raw)) == shown_name(raw)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet=TELLING, max_size=100), max_size=20))
def test_no_two_files_of_a_zip_are_shown_by_one_name(paths: list[str]) -> None:
    names = told_apart([shown_name(path) for path in paths], " ({})")
    assert len(set(names)) == len(names)
    assert [shown_name(name) for name in names] == names
    assert max(map(len, names), default=0) <= LONGEST_SHOWN


def test_thousands_of_names_that_are_cut_alike_take_no_time() -> None:
    """Each two have a name, and all of them lose to the number what they differ in."""
    names = [f"{'a' * 48}{n // 2:04}a…{'b' * 22}.png" for n in range(archive.MOST_ENTRIES)]
    assert len({marked_name(name, " (2)") for name in names}) == 1
    began = process_time()
    assert len(set(told_apart(names, " ({})"))) == archive.MOST_ENTRIES
    assert process_time() - began < 3  # seconds; were each to try all numbers, minutes


def test_two_files_of_one_name_are_still_refused() -> None:
    raw = zipped({"a.png": png(1), "b.png": png(2)}, 0).replace(b"b.png", b"A.png")
    with pytest.raises(UnfitArchive, match="two files of the same name"):
        archive.listing(io.BytesIO(raw))

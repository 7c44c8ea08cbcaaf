"""Several files put into one ZIP: what is in it, in which order, under which names, and what is refused."""

import asyncio
import hashlib
import io
import json
import resource
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.domain.errors import DatasetUnfit, Unavailable
from bot.imaging import archive, bundle
from bot.imaging.pack import NOT_NOW, Packed, Packer, Part, told
from tests.imaging.imaging_lab import drawing, drawings, encoded, png, zipped

MANY = 1_000_000_000


def part(folder: Path, name: str, body: bytes) -> Part:
    path = folder / f"part-{len(list(folder.iterdir()))}"
    path.write_bytes(body)
    return Part(path, name)


def order(
    parts: Sequence[Part],
    into: Path,
    *,
    left_out: Collection[str] = (),
    strip: bool = False,
    most: int = MANY,
) -> Mapping[str, object]:
    """Return what the process is asked, without the process."""
    return {
        "parts": [{"path": str(part.path), "name": part.name} for part in parts],
        "into": str(into),
        "left_out": list(left_out),
        "strip": strip,
        "most_bytes": most,
    }


def shown(path: Path) -> list[str]:
    """Return the names that an inspection of the ZIP would show."""
    with path.open("rb") as file:
        listed = archive.listing(file)
    assert listed.problems == ()
    return [entry.name for entry in listed.entries]


def bodies(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        return [packed.read(info) for info in packed.infolist()]


async def test_zips_and_pictures_become_one_flat_zip_in_the_order_given(tmp_path: Path) -> None:
    first = part(
        tmp_path, "a.zip", zipped({"z/fox.png": png(1), "b/owl.png": png(2), "__MACOSX/x.png": b"x"})
    )
    second = part(tmp_path, "cat.webp", encoded(drawing(3), "WEBP"))
    third = part(tmp_path, "b.zip", zipped({"ünï/крот.png": png(4), ".DS_Store": b"x"}, zipfile.ZIP_STORED))
    packed = await Packer().pack([first, second, third], tmp_path / "new.zip")
    assert list(packed.names) == ["fox.png", "owl.png", "cat.webp", "крот.png"]
    assert list(packed.names.values()) == ["z/fox.png", "b/owl.png", "cat.webp", "ünï/крот.png"]
    assert shown(tmp_path / "new.zip") == list(packed.names)
    assert bodies(tmp_path / "new.zip") == [png(1), png(2), encoded(drawing(3), "WEBP"), png(4)]
    body = (tmp_path / "new.zip").read_bytes()
    assert (packed.sha256, packed.size) == (hashlib.sha256(body).hexdigest(), len(body))
    assert (tmp_path / "new.zip").stat().st_mode & 0o777 == 0o600


async def test_the_same_pictures_make_the_same_bytes_whatever_they_came_in(tmp_path: Path) -> None:
    late = zipfile.ZipInfo("fox.png", (2024, 5, 6, 7, 8, 10))
    ways = [
        [part(tmp_path, "a.zip", zipped({"in/fox.png": png(1), "owl.png": png(2)}))],
        [part(tmp_path, "b.zip", zipped({late: png(1)}, 0)), part(tmp_path, "owl.png", png(2))],
    ]
    found = [await Packer().pack(parts, tmp_path / f"new-{at}.zip") for at, parts in enumerate(ways)]
    assert found[0].sha256 == found[1].sha256
    assert (tmp_path / "new-0.zip").read_bytes() == (tmp_path / "new-1.zip").read_bytes()


def test_pictures_are_stored_dated_1980_and_plain_files(tmp_path: Path) -> None:
    bundle.answer(order([part(tmp_path, "a.zip", zipped(drawings(1)))], tmp_path / "new.zip"))
    with zipfile.ZipFile(tmp_path / "new.zip") as packed:
        (info,) = packed.infolist()
    assert (info.compress_type, info.date_time) == (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))
    assert (info.external_attr, info.create_system) == (0o100644 << 16, 3)


def names_of(tmp_path: Path, parts: Sequence[Part], left_out: Collection[str] = ()) -> list[str]:
    into = tmp_path / "new.zip"
    packed = bundle.answer(order(parts, into, left_out=left_out))["packed"]
    assert list(packed["names"]) == shown(into)
    return list(packed["names"])


def test_of_two_that_are_called_alike_the_second_gets_a_number(tmp_path: Path) -> None:
    first = zipped({"a/Fox.png": png(1), "fox-2.png": png(2), "b/fox.png": png(3), "fox.png": png(4)})
    parts = [part(tmp_path, "a.zip", first), part(tmp_path, "fox.png", png(5))]
    assert names_of(tmp_path, parts) == ["Fox-3.png", "fox-2.png", "fox-4.png", "fox.png", "fox-5.png"]
    assert bodies(tmp_path / "new.zip") == [png(n) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Screenshot 1.2", "Screenshot 1.2.png"),
        ("C:\\pictures\\fox.png", "fox.png"),
        ("../../etc/fox.png", "fox.png"),
        ("C:fox.PNG", "fox.PNG"),
        (".hidden.png", "hidden.png"),
        ("Thumbs.db", "Thumbs.db.png"),
        ("__MACOSX", "__MACOSX.png"),
        ("fox.gif", "fox.gif.png"),
        ("a\u202eb\n`c`.png", "ab 'c'.png"),
        ("/", "picture.png"),
        ("n" * 300 + ".png", "n" * 53 + "…" + "n" * 22 + ".png"),
    ],
)
def test_a_picture_of_its_own_gets_a_name_that_may_stand_in_a_zip(
    tmp_path: Path, name: str, kept: str
) -> None:
    assert names_of(tmp_path, [part(tmp_path, name, png())]) == [kept]


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_name_without_an_ending_gets_that_of_what_the_picture_is(
    tmp_path: Path, kind: str, ending: str
) -> None:
    parts = [part(tmp_path, "a.zip", zipped({"in/fox": encoded(drawing(), kind)}))]
    assert names_of(tmp_path, parts) == [f"fox.{ending}"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="aAé\u0301ß./\\ :-2…`\u200b", max_size=90), min_size=1, max_size=12))
def test_whatever_the_names_they_are_different_and_shown_as_they_are(names: list[str]) -> None:
    items = [bundle.Item(Path("p"), name, png()[:64]) for name in names]
    made = bundle.flat_names(items)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in made:
            packed.writestr(name, b"x")
    assert [entry.name for entry in archive.listing(out).entries] == made


def test_what_is_left_out_goes_by_the_name_that_was_shown(tmp_path: Path) -> None:
    folders = [part(tmp_path, "a.zip", zipped({"a/fox.png": png(1), "fox.png": png(2), "b/owl.png": png(3)}))]
    assert names_of(tmp_path, folders, ["a/fox.png"]) == ["fox.png", "owl.png"]
    assert names_of(tmp_path, folders, ["fox.png"]) == ["fox-2.png", "owl.png"]
    assert names_of(tmp_path, folders, ["owl.png", "fox-2.png"]) == ["fox.png"]


def test_of_several_parts_the_names_are_those_that_were_packed_of_them(tmp_path: Path) -> None:
    parts = [part(tmp_path, "fox.png", png(1)), part(tmp_path, "a.zip", zipped({"fox.png": png(2)}))]
    assert names_of(tmp_path, parts, ["fox.png"]) == ["fox-2.png"]
    assert bodies(tmp_path / "new.zip") == [png(2)]
    assert names_of(tmp_path, parts, ["fox-2.png"]) == ["fox.png"]


async def test_leaving_out_at_once_or_afterwards_is_the_same(tmp_path: Path) -> None:
    parts = [part(tmp_path, "a.zip", zipped({"a/x.png": png(1), "b/x.png": png(2), "c/x.png": png(3)}))]
    at_once = await Packer().pack(parts, tmp_path / "1.zip", left_out={"x-2.png"})
    await Packer().pack(parts, tmp_path / "2.zip")
    again = [Part(tmp_path / "2.zip", "2.zip")]
    assert await Packer().pack(again, tmp_path / "3.zip", left_out={"x-2.png"}) == Packed(
        at_once.sha256, at_once.size, {"x.png": "x.png", "x-3.png": "x-3.png"}
    )


async def test_metadata_is_taken_out_where_that_is_asked_for(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = "Ada Lovelace", 6
    body = encoded(drawing(), "JPEG", exif=exif, comment=b"from the attic")
    parts = [part(tmp_path, "a.jpg", body)]
    kept = await Packer().pack(parts, tmp_path / "kept.zip")
    less = await Packer().pack(parts, tmp_path / "less.zip", strip=True)
    assert less.sha256 != kept.sha256
    assert b"Ada" in (tmp_path / "kept.zip").read_bytes()
    assert b"Ada" not in (tmp_path / "less.zip").read_bytes()
    (alone,) = bodies(tmp_path / "less.zip")
    with Image.open(io.BytesIO(alone)) as image, Image.open(io.BytesIO(body)) as before:
        assert (dict(image.getexif()), image.tobytes()) == ({0x0112: 6}, before.tobytes())


BAD: dict[str, tuple[dict[str, bytes], str]] = {
    "a text among the pictures": (
        {"a.zip": zipped({"a.png": png(), "notes.dat": b"hello"})},
        "`notes.dat` is not a JPEG, PNG or WebP picture: leave it out.",
    ),
    "what only claims to be a picture": (
        {"a.zip": zipped({"a.png": b"GIF89a"})},
        "`a.png` is a GIF: save it as PNG.",
    ),
    "a GIF by itself": ({"film.gif": b"GIF89a"}, "`film.gif` is a GIF: save it as PNG."),
    "something by itself": ({"x.bin": b"hello"}, archive.NOT_A_ZIP),
    "something beside a ZIP": (
        {"a.zip": zipped(drawings(2)), "x.bin": b"hello"},
        f"`x.bin`: {archive.NOT_A_ZIP}",
    ),
    "a web page": ({"a.zip": b"<!doctype html><p>Sign in"}, archive.WEB_PAGE),
    "a torn ZIP": ({"a.zip": zipped(drawings(2))[:-30]}, archive.DAMAGED),
    "a torn picture in a ZIP": (
        {"a.zip": zipped({"a.png": png(1)}, 0).replace(b"IDAT", b"IDAX", 1)},
        "`a.png` is damaged in the ZIP: pack and upload it again.",
    ),
    "a way out": (
        {"a.zip": zipped({"../a.png": png()})},
        "`../a.png` has a path that leads out of the ZIP: pack the pictures without folders.",
    ),
    "an empty picture": ({"a.png": b""}, "`a.png` is empty: export it again."),
    "a picture beyond 50 MB": (
        {"a.png": png() + bytes(51 * 1024 * 1024)},
        "`a.png` is 51 MB: a picture may have at most 50 MB.",
    ),
    "an empty ZIP": (
        {"a.zip": zipped({})},
        "There are 0 pictures; add at least 10 more: a style takes 10 to 50.",
    ),
    "51 pictures": (
        {"a.zip": zipped(drawings(30)), "b.zip": zipped(drawings(21))},
        "There are 51 pictures; leave out 1: a style takes 10 to 50.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_told_in_a_sentence(tmp_path: Path, case: str) -> None:
    files, sentence = BAD[case]
    parts = [part(tmp_path, name, body) for name, body in files.items()]
    assert bundle.answer(order(parts, tmp_path / "new.zip")) == {"unfit": [sentence]}


def test_a_torn_picture_is_told_when_its_metadata_is_to_go(tmp_path: Path) -> None:
    parts = [part(tmp_path, "a.png", png()[:-20]), part(tmp_path, "b.png", png(2))]
    found = bundle.answer(order(parts, tmp_path / "new.zip", strip=True))
    assert found == {"unfit": ["`a.png` is damaged: export it again."]}


async def test_every_problem_is_told_and_no_file_is_left(tmp_path: Path) -> None:
    parts = [part(tmp_path, "a.zip", zipped({"a.png": png(), "b.png": b"GIF8", "c.txt": b"c"}))]
    with pytest.raises(DatasetUnfit) as unfit:
        await Packer().pack(parts, tmp_path / "new.zip", left_out={"gone.png"})
    assert unfit.value.problems == (
        "`c.txt` is not a JPEG, PNG or WebP picture: leave it out.",
        "`gone.png` is not there to be left out: choose again.",
        "`b.png` is a GIF: save it as PNG.",
    )
    assert not (tmp_path / "new.zip").exists()


def test_leaving_out_everything_is_refused(tmp_path: Path) -> None:
    parts = [part(tmp_path, "a.png", png())]
    found = bundle.answer(order(parts, tmp_path / "new.zip", left_out=["a.png"]))
    assert found == {"unfit": [bundle.NONE_LEFT]}


def test_a_bad_file_may_be_left_out(tmp_path: Path) -> None:
    parts = [part(tmp_path, "a.zip", zipped({"a.png": png(), "b.png": b"GIF8"}))]
    assert names_of(tmp_path, parts, ["b.png"]) == ["a.png"]


async def test_more_bytes_than_are_taken_in_all_are_refused(tmp_path: Path) -> None:
    noise = encoded(Image.effect_noise((1200, 1200), 90), "PNG")
    parts = [part(tmp_path, f"{n}.png", noise) for n in range(2)]
    with pytest.raises(DatasetUnfit, match=r"The pictures have more than 1 MB in all: use smaller or fewer"):
        await Packer(most_bytes=len(noise)).pack(parts, tmp_path / "new.zip")


def test_a_disk_without_room_is_noticed_before_anything_is_written(tmp_path: Path) -> None:
    ask = order([part(tmp_path, "a.png", png())], tmp_path / "new.zip")
    assert bundle.answer(ask, free=lambda _: 1000) == {"full": True}
    assert not (tmp_path / "new.zip").exists()


def test_a_disk_that_fills_up_meanwhile_is_no_accident(tmp_path: Path) -> None:
    ask = order([part(tmp_path, "a.png", png() + bytes(100_000))], tmp_path / "new.zip")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        assert bundle.answer(ask) == {"full": True}
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_the_worlds_fault_and_so_is_silence() -> None:
    with pytest.raises(Unavailable, match="My disk is full"):
        told(b'{"full": true}')
    for nonsense in (
        b"",
        b"{",
        b"[]",
        b'{"packed": {"sha256": "x", "size": 1, "names": {}}}',
        b'{"unfit": []}',
    ):
        with pytest.raises(Unavailable, match=NOT_NOW):
            told(nonsense)


def test_an_answer_is_trusted_no_further_than_its_form() -> None:
    said = {"packed": {"sha256": "a" * 64, "size": 5, "names": {"`x`\u202e.png": "y"}}}
    assert told(json.dumps(said).encode()) == Packed("a" * 64, 5, {"'x'.png": "y"})
    with pytest.raises(DatasetUnfit) as unfit:
        told(json.dumps({"unfit": ["x" * 1000]}).encode())
    assert len(str(unfit.value)) == 300


async def test_a_part_that_vanished_is_not_the_datasets_fault(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=NOT_NOW):
        await Packer().pack([Part(tmp_path / "gone.zip", "gone.zip")], tmp_path / "new.zip")
    assert not (tmp_path / "new.zip").exists()


async def test_nothing_that_is_there_already_is_overwritten(tmp_path: Path) -> None:
    old = part(tmp_path, "a.zip", zipped(drawings(2)))
    before = old.path.read_bytes()
    with pytest.raises(FileExistsError):
        await Packer().pack([old], old.path)
    assert old.path.read_bytes() == before


async def test_who_stops_waiting_leaves_no_file(tmp_path: Path) -> None:
    parts = [part(tmp_path, "a.zip", zipped(drawings(10)))]
    packing = asyncio.create_task(Packer().pack(parts, tmp_path / "new.zip"))
    async with asyncio.timeout(60):
        while not (tmp_path / "new.zip").exists():  # noqa: ASYNC110 - it is made in a thread
            await asyncio.sleep(0.001)
    packing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await packing
    assert not (tmp_path / "new.zip").exists()


async def test_fifty_parts_need_no_more_open_files_than_one(tmp_path: Path) -> None:
    parts = [part(tmp_path, "fox.png", png(n)) for n in range(50)]
    packed = await Packer().pack(parts, tmp_path / "new.zip")
    assert list(packed.names) == ["fox.png", *(f"fox-{n}.png" for n in range(2, 51))]

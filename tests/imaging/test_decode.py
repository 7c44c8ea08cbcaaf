"""The worker process: what it is allowed, and that the bot outlives it."""

import asyncio
import json
import os
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.errors import Refused, Unavailable
from bot.imaging import answers, decode
from bot.imaging.decode import Bounds, Decoder
from bot.imaging.directory import Tail
from bot.imaging.wording import MEGABYTE
from tests.imaging.imaging_lab import PNG, chunk, claiming_png, drawing, drawings, encoded, png, zipped
from tests.verdicts.memory import children


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "set.zip"
    path.write_bytes(zipped(drawings(10)))
    return path


async def test_a_sound_zip_comes_back_as_pictures_and_a_sheet(archive: Path) -> None:
    found = await Decoder().examine(archive)
    assert (found.count, found.problems) == (10, ())
    first = found.pictures[0]
    assert (first.name, first.format, first.width, first.height) == ("drawing-00.png", "PNG", 300, 200)
    assert first.size == len(png(0))
    assert found.sheet.startswith(b"\xff\xd8")


async def test_every_problem_names_its_file(tmp_path: Path) -> None:
    files = {
        **drawings(9),
        "torn.jpg": encoded(drawing(1), "JPEG")[:-50],
        "notes": b"hello",
        "more.png": zipped(drawings(1)),
        "film.mov": b"",
        "huge.png": claiming_png(60_000, 60_000),
    }
    (tmp_path / "set.zip").write_bytes(zipped(files))
    found = await Decoder().examine(tmp_path / "set.zip")
    assert (found.count, len(found.pictures), found.sheet) == (11, 9, b"")
    assert found.problems == (
        "`film.mov` is a film: save the frames that count as pictures.",
        "`notes` is not a JPEG, PNG or WebP picture: leave it out.",
        "`more.png` is a ZIP inside the ZIP: put its pictures in directly.",
        "`torn.jpg` is damaged: export it again.",
        "`huge.png` has 3,600 million pixels: scale it down to at most 200.",
    )


async def test_too_many_pictures_are_counted_and_not_decoded(tmp_path: Path) -> None:
    (tmp_path / "set.zip").write_bytes(zipped({f"{n}.png": png()[:60] for n in range(51)}))
    found = await Decoder().examine(tmp_path / "set.zip")
    assert (found.count, found.pictures, found.problems) == (51, (), ())


@pytest.fixture(scope="module")
def giant() -> bytes:
    """Return a sound picture of 196 megapixels that takes more than a second to decode."""
    side, packer, check = 14_000, zlib.compressobj(1, zlib.DEFLATED, -15), 1
    rows = (b"\x04" + bytes(6 * side)) * 100  # the slowest of the filters
    packed = packer.compress(rows) + packer.flush(zlib.Z_FULL_FLUSH)  # which can be said again and again
    for _ in range(side // 100):
        check = zlib.adler32(rows, check)
    pixels = b"\x78\x01" + packed * (side // 100) + b"\x03\x00" + struct.pack(">L", check)
    head = struct.pack(">2L5B", side, side, 16, 2, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


async def test_a_picture_that_kills_the_worker_is_named_and_the_bot_lives(
    tmp_path: Path, giant: bytes
) -> None:
    raw = zipped({"fine.png": png(), "giant.png": giant}, zipfile.ZIP_STORED)
    (tmp_path / "set.zip").write_bytes(raw)
    found = await Decoder(Bounds(cpu=1)).examine(tmp_path / "set.zip")
    assert found.problems == ("`giant.png` could not be read: export or pack it again.",)


@pytest.fixture(scope="module")
def progressive() -> bytes:
    """Return a sound progressive JPEG of 96 megapixels: 290 MB of coefficients, whatever it is scaled to."""
    return encoded(Image.new("RGB", (12_000, 8_000), "teal"), "JPEG", progressive=True)


async def test_a_picture_that_needs_too_much_memory_is_refused_by_name(
    tmp_path: Path, progressive: bytes
) -> None:
    raw = zipped({"giant.jpg": progressive, **drawings(2)}, zipfile.ZIP_STORED)
    (tmp_path / "set.zip").write_bytes(raw)
    found = await Decoder(Bounds(memory=400 * MEGABYTE)).examine(tmp_path / "set.zip")
    assert found.problems == ("`giant.jpg` has too many pixels for me: scale it down.",)
    assert len(found.pictures) == 2


async def test_progressive_pictures_of_96_megapixels_are_decoded_one_after_the_other(
    tmp_path: Path, progressive: bytes
) -> None:
    (tmp_path / "set.zip").write_bytes(zipped({f"{n}.jpg": progressive for n in "abc"}, zipfile.ZIP_STORED))
    found = await Decoder(Bounds(memory=720 * MEGABYTE)).examine(tmp_path / "set.zip")
    assert (len(found.pictures), found.problems) == (3, ())


def test_a_webp_of_24_megapixels_takes_little_memory(tmp_path: Path) -> None:
    image = drawing(1, size=(6000, 4000))
    (tmp_path / "f.webp").write_bytes(encoded(image, "WEBP", method=0))
    look = (
        "import sys; sys.path.insert(0, sys.argv[1]); from bot.imaging import worker; worker.save_memory();"
        " from bot.imaging import reading, raster; raster.look(open(sys.argv[2], 'rb').read());"
        " print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    root = str(Path(decode.__file__).parents[2])
    command = [sys.executable, "-I", "-c", look, root, str(tmp_path / "f.webp")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert int(done.stdout) < 120 * 1024


async def test_a_finished_picture_that_kills_the_worker_is_refused(tmp_path: Path, giant: bytes) -> None:
    (tmp_path / "giant.png").write_bytes(giant)
    with pytest.raises(Refused, match="could not be read"):
        await Decoder(Bounds(cpu=1)).verify(tmp_path / "giant.png")


async def test_a_worker_that_cannot_start_is_our_own_trouble(archive: Path) -> None:
    decoder = Decoder(Bounds(seconds=0))
    with pytest.raises(Unavailable):
        await decoder.examine(archive)
    with pytest.raises(Unavailable):
        await decoder.verify(archive)


async def test_a_worker_that_says_too_much_is_not_believed(archive: Path) -> None:
    found = await Decoder(most_answer=1000).examine(archive)
    assert (found.count, found.pictures) == (None, ())


async def test_a_cancelled_worker_is_gone(archive: Path) -> None:
    job = asyncio.create_task(Decoder().examine(archive))
    async with asyncio.timeout(60):
        while not children():  # noqa: ASYNC110 - a process that starts tells nobody
            await asyncio.sleep(0.001)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert not children()


async def test_a_zip_is_looked_at_while_it_arrives(tmp_path: Path) -> None:
    raw, path = zipped(drawings(10)), tmp_path / "set.zip"
    path.write_bytes(b"")
    async with Decoder().examining(path) as examining:
        assert await examining.glance(Tail(len(raw) - 2000, len(raw), raw[-2000:])) == ()
        for piece in (raw[: len(raw) // 2], raw[len(raw) // 2 :]):
            with path.open("ab") as file:
                file.write(piece)
            await examining.arrived(path.stat().st_size)
        found = await examining.verdict()
    assert found == await Decoder().examine(path)
    assert (found.count, found.problems) == (10, ())
    assert found.assessment is not None
    assert found.palette.startswith(b"\xff\xd8")


async def test_the_end_of_a_zip_is_reason_enough_to_refuse_it(tmp_path: Path) -> None:
    raw = zipped({**drawings(9), "clip.mp4": b"film"})
    async with Decoder().examining(tmp_path / "never-arrives.zip") as examining:
        problems = await examining.glance(Tail(0, len(raw), raw))
    assert problems == (
        "There are 9 pictures; add at least 1 more: a style takes 10 to 50.",
        "`clip.mp4` is a film: save the frames that count as pictures.",
    )


async def test_a_worker_that_dies_before_all_has_arrived_is_replaced(tmp_path: Path) -> None:
    raw, path = zipped(drawings(10)), tmp_path / "set.zip"
    async with Decoder().examining(path) as examining:
        for child in children():
            os.kill(child, signal.SIGKILL)
        assert await examining.glance(Tail(0, len(raw), raw)) == ()
        path.write_bytes(raw)
        await examining.arrived(len(raw))
        found = await examining.verdict()
    assert (found.count, found.problems) == (10, ())
    assert not children()


async def test_a_picture_that_kills_two_threads_is_still_named(tmp_path: Path, giant: bytes) -> None:
    files = {**drawings(2), "giant.png": giant, "last.png": png(3)}
    (tmp_path / "set.zip").write_bytes(zipped(files, zipfile.ZIP_STORED))
    found = await Decoder(Bounds(cpu=1)).examine(tmp_path / "set.zip")
    assert found.problems == ("`giant.png` could not be read: export or pack it again.",)


FIELDS = {"name": "a.png", "format": "PNG", "width": 1, "height": 1, "size": 9, "sha256": "00"}
PICTURES = [{**FIELDS, "name": f"{n}.png", "transparent": False} for n in range(10)]
JUDGED: dict[str, object] = {
    "score": 80, "advice": ["Add more."], "habits": [], "sizes": [],
    "outliers": [{"picture": "1.png", "reason": "no outline"}],
    "twins": [{"pictures": ["2.png", "3.png"], "likeness": "exact copies"}],
    "palette": [{"colour": "#ff8800", "share": 0.5}],
}  # fmt: skip
ANSWER: dict[str, object] = {
    "count": 10, "pictures": PICTURES, "problems": [], "sheet": "/9j/", "palette": "/9j/", "pairs": "",
    "assessment": JUDGED,
}  # fmt: skip


def test_what_a_worker_of_ours_says_is_understood() -> None:
    found = answers.examined({"answer": ANSWER})
    assert found.assessment is not None
    assert found.assessment.flagged == {"3.png": "an exact copy of 2.png", "1.png": "no outline"}
    assert (found.sheet, found.palette, found.pairs) == (b"\xff\xd8\xff", b"\xff\xd8\xff", b"")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "yes",
        {},
        {**ANSWER, "count": "many"},
        {**ANSWER, "count": float("inf")},
        {**ANSWER, "pictures": [FIELDS] * 10},
        {**ANSWER, "pictures": [{**FIELDS, "format": "SVG", "transparent": False}] * 10},
        {**ANSWER, "count": 11},
        {**ANSWER, "problems": "ab"},
        {**ANSWER, "problems": [["a"]]},
        {**ANSWER, "sheet": "PHN2Zz4="},
        {**ANSWER, "sheet": "not base64"},
        {**ANSWER, "pairs": "PHN2Zz4="},
        {**ANSWER, "assessment": None},
        {**ANSWER, "assessment": {**JUDGED, "score": "high"}},
        {**ANSWER, "assessment": {**JUDGED, "outliers": [{"picture": "<!channel>", "reason": "x"}]}},
        {**ANSWER, "assessment": {**JUDGED, "twins": [{"pictures": ["1.png"], "likeness": "cousins"}]}},
        {**ANSWER, "assessment": {**JUDGED, "palette": [{"colour": "red", "share": 0.1}]}},
        {**ANSWER, "assessment": {**JUDGED, "palette": [{"colour": "#ff0000", "share": 7}]}},
        {**ANSWER, "assessment": {**JUDGED, "advice": {"a": 1}}},
    ],
)
def test_a_worker_that_was_taken_over_is_not_believed(answer: object) -> None:
    with pytest.raises(answers.Lost):
        answers.examined({"answer": answer})


@pytest.mark.parametrize("answer", [None, "yes", {}, {"format": "SVG", "problem": ""}])
def test_a_worker_that_was_taken_over_is_not_believed_about_one_picture(answer: object) -> None:
    with pytest.raises(answers.Lost):
        answers.verified({"answer": answer})


def test_a_glance_that_makes_no_sense_is_none() -> None:
    for line in ({}, {"glance": None}, {"glance": {"problems": "ab"}}):
        with pytest.raises(answers.Lost):
            answers.glanced(line)


@pytest.mark.parametrize(("allowed", "written"), [("", 0), (", written=4096", 4096)])
def test_the_worker_has_no_rights_and_no_secrets(allowed: str, written: int) -> None:
    root = Path(decode.__file__).parents[2]
    look = (
        "import sys, json, os, resource as r; sys.path.insert(0, sys.argv[1]);"
        " from bot.imaging import worker;"
        f" worker.confine(memory=2**30, cpu=9{allowed}); offline = worker.go_offline();"
        " print(json.dumps([os.nice(0), offline,"
        " [r.getrlimit(k)[0] for k in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)]]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", look, str(root)], check=True, capture_output=True, env={}
    )
    nice, offline, limits = json.loads(done.stdout)
    assert (nice, limits) == (19, [2**30, 9, written, 0])
    assert isinstance(offline, bool)


def test_the_bot_itself_never_loads_pillow() -> None:
    check = (
        "import sys; sys.path.insert(0, sys.argv[1]); import bot.imaging.inspector, bot.imaging.pictures;"
        " heavy = {'PIL', 'numpy', 'pyvips', 'simplejpeg'};"
        " print(sorted(m for m in sys.modules if m.split('.')[0] in heavy))"
    )
    root = Path(decode.__file__).parents[2]
    done = subprocess.run([sys.executable, "-I", "-c", check, str(root)], check=True, capture_output=True)
    assert done.stdout.strip() == b"[]"

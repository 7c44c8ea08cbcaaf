"""The worker process: what it is allowed, and that the bot outlives it."""

import asyncio
import json
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from bot.domain.errors import Refused, Unavailable
from bot.imaging import decode
from bot.imaging.decode import Bounds, Decoder
from bot.imaging.wording import MEGABYTE
from tests.imaging.imaging_lab import PNG, chunk, claiming_png, drawing, drawings, encoded, png, zipped


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
        "notes.txt": b"hello",
        "more.zip": zipped(drawings(1)),
        "huge.png": claiming_png(60_000, 60_000),
    }
    (tmp_path / "set.zip").write_bytes(zipped(files))
    found = await Decoder().examine(tmp_path / "set.zip")
    assert (found.count, len(found.pictures), found.sheet) == (11, 9, b"")
    assert found.problems == (
        "`notes.txt` is not a JPEG, PNG or WebP picture: leave it out.",
        "`more.zip` is a ZIP inside the ZIP: put its pictures in directly.",
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
    side, packer = 14_000, zlib.compressobj(1)
    row = bytes(1 + 3 * side)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">2L5B", side, side, 8, 2, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


async def test_a_picture_that_kills_the_worker_is_named_and_the_bot_lives(
    tmp_path: Path, giant: bytes
) -> None:
    raw = zipped({"fine.png": png(), "giant.png": giant}, zipfile.ZIP_STORED)
    (tmp_path / "set.zip").write_bytes(raw)
    found = await Decoder(Bounds(cpu=1)).examine(tmp_path / "set.zip")
    assert found.problems == ("`giant.png` could not be read: export or pack it again.",)


async def test_a_picture_that_needs_too_much_memory_is_refused_by_name(tmp_path: Path, giant: bytes) -> None:
    raw = zipped({"giant.png": giant, **drawings(2)}, zipfile.ZIP_STORED)
    (tmp_path / "set.zip").write_bytes(raw)
    found = await Decoder(Bounds(memory=300 * MEGABYTE)).examine(tmp_path / "set.zip")
    assert found.problems == ("`giant.png` has too many pixels for me: scale it down.",)
    assert len(found.pictures) == 2


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
    with pytest.raises(Unavailable):
        await Decoder(most_answer=1000).examine(archive)


async def test_a_cancelled_worker_is_gone(archive: Path) -> None:
    job = asyncio.create_task(Decoder().examine(archive))
    await asyncio.sleep(0.1)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()  # noqa: ASYNC240 - not a disk
    assert not children.split()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"nonsense",
        b"[1, 2]",
        b'{"reading": "`fox.png`"}\n{"answer": ',
    ],
)
def test_a_torn_or_foreign_word_is_no_answer(said: bytes) -> None:
    assert "answer" not in decode.told(said)


FIELDS = {"name": "a.png", "format": "PNG", "width": 1, "height": 1, "size": 9, "sha256": "00"}
PICTURE = {**FIELDS, "transparent": False}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "yes",
        {},
        {"count": "many", "pictures": [], "problems": [], "sheet": ""},
        {"count": 1, "pictures": [FIELDS], "problems": [], "sheet": ""},
        {"count": 1, "pictures": [{**PICTURE, "format": "SVG"}], "problems": [], "sheet": "/9j/"},
        {"count": 2, "pictures": [PICTURE], "problems": [], "sheet": "/9j/"},
        {"count": 1, "pictures": [PICTURE], "problems": [], "sheet": "PHN2Zz4="},
        {"count": 1, "pictures": [PICTURE], "problems": [], "sheet": "not base64"},
    ],
)
def test_a_worker_that_was_taken_over_is_not_believed(answer: object) -> None:
    with pytest.raises(decode.Lost):
        decode.examined({"answer": answer})
    with pytest.raises(decode.Lost):
        decode.verified({"answer": answer})


def test_the_worker_has_no_rights_and_no_secrets(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    root = Path(decode.__file__).parents[2]
    look = (
        "import sys, json, os, resource as r; sys.path.insert(0, sys.argv[1]);"
        " from bot.imaging import worker;"
        " worker.confine(memory=2**30, cpu=9); offline = worker.go_offline();"
        " print(json.dumps([os.nice(0), offline,"
        " [r.getrlimit(k)[0] for k in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)]]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", look, str(root)], check=True, capture_output=True, env={}
    )
    nice, offline, limits = json.loads(done.stdout)
    assert (nice, limits) == (19, [2**30, 9, 0, 0])
    assert isinstance(offline, bool)


def test_the_bot_itself_never_loads_pillow() -> None:
    check = (
        "import sys; sys.path.insert(0, sys.argv[1]); import bot.imaging.inspector, bot.imaging.pictures;"
        " print(sorted(m for m in sys.modules if m.split('.')[0] in {'PIL', 'numpy'}))"
    )
    root = Path(decode.__file__).parents[2]
    done = subprocess.run([sys.executable, "-I", "-c", check, str(root)], check=True, capture_output=True)
    assert done.stdout.strip() == b"[]"

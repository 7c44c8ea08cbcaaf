"""What the worker says, line by line; run here in the test's own process, with all its rights."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest

from bot.imaging import worker
from bot.imaging.reading import Budget
from tests.imaging.imaging_lab import drawing, drawings, encoded, png, zipped


def said(capsys: pytest.CaptureFixture[str], word: str) -> list[Any]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line[word] for line in lines if word in line]


def tail_of(raw: bytes, length: int = 16_384) -> dict[str, Any]:
    """Return the news of the last bytes of a ZIP."""
    start = max(0, len(raw) - length)
    return {"tail": {"start": start, "total": len(raw), "body": base64.b64encode(raw[start:]).decode()}}


def arriving(path: Path, raw: bytes, tail: dict[str, Any], *, pieces: int = 7) -> Iterator[dict[str, Any]]:
    """Write `raw` to `path` piece by piece, and tell the news of each."""
    path.write_bytes(b"")
    yield tail
    for piece in range(1, pieces + 1):
        have = len(raw) * piece // pieces
        with path.open("r+b") as file:
            file.write(raw[:have])
        yield {"have": have}
    yield {"complete": True}


def test_each_file_is_named_before_it_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "set.zip").write_bytes(zipped(drawings(2)))
    answer = worker.dataset(tmp_path / "set.zip")
    assert said(capsys, "reading") == ["The ZIP", "`drawing-00.png`", "`drawing-01.png`"]
    assert answer["count"] == 2


def test_what_cannot_be_unpacked_or_decoded_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    raw = zipped({"a.png": png(1), "b.jpg": b"\xff\xd8\xff", "c.png": png(2)}, 0)
    (tmp_path / "set.zip").write_bytes(raw.replace(b"IDAT", b"IDAX", 1))
    answer = worker.dataset(tmp_path / "set.zip")
    assert answer["problems"] == [
        "`a.png` is damaged in the ZIP: pack and upload it again.",
        "`b.jpg` is damaged: export it again.",
    ]
    assert [picture["name"] for picture in answer["pictures"]] == ["c.png"]


def test_what_is_no_zip_is_not_counted(tmp_path: Path) -> None:
    (tmp_path / "set.zip").write_bytes(b"hello")
    assert worker.dataset(tmp_path / "set.zip")["count"] is None


def test_a_dataset_is_the_same_whether_it_was_there_or_arrived(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, path = zipped(drawings(12)), tmp_path / "set.zip"
    path.write_bytes(raw)
    at_once = worker.dataset(path)
    capsys.readouterr()
    in_pieces = worker.dataset(path, arriving(path, raw, tail_of(raw)), threads=2)
    assert in_pieces == at_once
    assert (at_once["count"], len(at_once["pictures"]), at_once["problems"]) == (12, 12, [])
    assert sorted(said(capsys, "reading")) == ["The ZIP", *(f"`drawing-{n:02}.png`" for n in range(12))]


def test_pictures_are_read_as_soon_as_they_are_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, path = zipped(drawings(10)), tmp_path / "set.zip"
    half = raw.index(b"drawing-05.png") - 30
    path.write_bytes(raw[:half])
    read: list[str] = []

    def news() -> Iterator[dict[str, Any]]:
        yield tail_of(raw)
        yield {"have": half}
        until = monotonic() + 60
        while len(read) < 6 and monotonic() < until:
            read.extend(said(capsys, "reading"))
            sleep(0.01)

    with pytest.raises(SystemExit):  # nothing more arrives, and whoever asked has gone
        worker.dataset(path, news())
    assert read == ["The ZIP", *(f"`drawing-{n:02}.png`" for n in range(5))]
    assert said(capsys, "reading") == []


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (
            zipped({**drawings(10), "clip.mov": b"GIF89a", "notes.txt": b"hello"}),
            ["`clip.mov` is a film: save the frames that count as pictures.",
             "`notes.txt` is not a JPEG, PNG or WebP picture: leave it out."],
        ),
        (zipped(drawings(8)),
         ["There are 8 pictures; add at least 2 more: a style takes 10 to 50."]),
        (zipped({**{f"{n}.jpg": b"1" for n in range(51)}}),
         ["There are 51 pictures; leave out 1: a style takes 10 to 50."]),
        (zipped({**{f"{n}.jpg": b"1" for n in range(50)}, "README": b"hello"}), []),
        (zipped(drawings(10)), []),
        (zipped(drawings(10))[:-1] + b"?", ["The ZIP is damaged or incomplete: pack and upload it again."]),
    ],
    ids=["other files", "too few", "too many", "perhaps too many", "fit", "torn"],
)  # fmt: skip
def test_the_end_of_a_zip_tells_what_is_wrong_before_the_rest_arrives(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raw: bytes, told: list[str]
) -> None:
    tail = tail_of(raw)
    if told and told[0].startswith("The ZIP is damaged"):
        tail["tail"]["body"] = base64.b64encode(b"no end record in here").decode()
    with pytest.raises(SystemExit):
        worker.dataset(tmp_path / "nothing.zip", [tail])
    (glance,) = said(capsys, "glance")
    assert glance["problems"] == told


def test_nothing_is_decoded_where_the_end_of_the_zip_is_reason_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, path = zipped({**drawings(10), "clip.mov": b"GIF89a"}), tmp_path / "set.zip"
    path.write_bytes(raw)
    with pytest.raises(SystemExit):
        worker.dataset(path, [tail_of(raw), {"have": len(raw)}])
    assert said(capsys, "reading") == ["The ZIP"]


def test_a_tail_that_was_of_another_file_is_thrown_away_with_all_that_was_read(tmp_path: Path) -> None:
    raw, other = zipped(drawings(11)), zipped({f"other-{n}.png": png(n) for n in range(10)})
    path = tmp_path / "set.zip"
    answer = worker.dataset(path, arriving(path, raw, tail_of(other)), threads=2)
    path.write_bytes(raw)
    assert answer == worker.dataset(path)
    assert answer["count"] == 11


def test_what_a_dataset_teaches_is_told_with_its_sheets(tmp_path: Path) -> None:
    (tmp_path / "set.zip").write_bytes(zipped({**drawings(10), "copy.png": png(3)}))
    answer = worker.dataset(tmp_path / "set.zip")
    assert 0 <= answer["assessment"]["score"] <= 100
    for sheet in ("sheet", "palette"):
        assert base64.b64decode(answer[sheet]).startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("body", "kind", "problem", "shown"),
    [
        (png(), "PNG", "", None),
        (encoded(drawing(), "WEBP"), "WEBP", "", "JPEG"),
        (png()[:-20], "", "is damaged: export it again.", None),
        (b"GIF89a", "", "is a GIF: save it as PNG.", None),
    ],
)
def test_one_picture_is_told_by_its_bytes(
    tmp_path: Path, body: bytes, kind: str, problem: str, shown: str | None
) -> None:
    (tmp_path / "f").write_bytes(body)
    answer = worker.picture(tmp_path / "f")
    assert (answer["format"], answer["problem"], answer.get("shown_format")) == (kind, problem, shown)


def test_two_that_need_much_memory_never_have_it_together() -> None:
    budget, second_has = Budget(100), Event()

    def second() -> None:
        with budget.lent(60):
            second_has.set()

    thread = Thread(target=second)
    with budget.lent(60), budget.lent(40):
        thread.start()
        assert not second_has.wait(0.1)
    assert second_has.wait(60)
    thread.join()


def test_one_that_needs_more_than_there_is_has_all_of_it() -> None:
    budget = Budget(100)
    with budget.lent(1000):
        pass
    with budget.lent(100):
        pass

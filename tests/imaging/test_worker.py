"""What the worker says, line by line; run here in the test's own process, with all its rights."""

import json
from pathlib import Path

import pytest

from bot.imaging import worker
from tests.imaging.imaging_lab import drawing, drawings, encoded, png, zipped


def test_each_file_is_named_before_it_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "set.zip").write_bytes(zipped(drawings(2)))
    answer = worker.dataset(tmp_path / "set.zip")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["reading"] for line in lines] == ["The ZIP", "`drawing-00.png`", "`drawing-01.png`"]
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

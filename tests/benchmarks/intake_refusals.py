"""How soon, and for how few bytes, a wrong dataset is refused at 100 Mb/s."""

import json
import shutil
import statistics
import urllib.request
import zipfile
from pathlib import Path

from rich.table import Table

from tests.benchmarks.intake_server import SLOW
from tests.benchmarks.intake_ways import run

TIMES = 3


def refusals(port: int, archive: Path) -> Table:
    """Refuse two wrong datasets from the server's slow side; the whole download is computed from its rate."""
    table = Table(title="refusing a wrong dataset at 100 Mb/s, where the server answers ranges")
    for column in ("", "s", "requests", "bytes sent", "whole download s", "x faster", "said"):
        table.add_column(column, justify="left" if column in {"", "said"} else "right")
    for what, extra in (("51 pictures", "picture-50.jpg"), ("50 pictures and notes", "notes.txt")):
        wrong = _with(archive, extra)
        whole = wrong.stat().st_size / SLOW
        try:
            table.add_row(what, *_row(port, wrong, whole))
        finally:
            wrong.unlink()
    table.caption = (
        "goals: <= 2 requests, <= 70,000 bytes, >= 300 x faster; s is the median of 3, both processes started"
        " included; the whole download is computed: the size at 12.5 MB/s"
    )
    return table


def _row(port: int, wrong: Path, whole: float) -> tuple[str, ...]:
    seconds, said = [], ""
    _asked(port)
    for _ in range(TIMES):
        measured = run("ours", port, f"slow/{wrong.name}")
        seconds.append(measured.wall)
        said = measured.found
    requests, sent = (count / TIMES for count in _asked(port))
    took = statistics.median(seconds)
    return f"{took:.3f}", f"{requests:.1f}", f"{sent:,.0f}", f"{whole:.1f}", f"{whole / took:.0f}", said


def _asked(port: int) -> tuple[int, int]:
    """Return how many requests there were since this was asked last, and the bytes sent."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/stats", timeout=5) as answer:
        told = json.load(answer)
    return told["requests"], told["sent"]


def _with(archive: Path, extra: str) -> Path:
    """Return a copy of the archive with one file more."""
    copy = archive.with_name(f"wrong-{extra}.zip")
    shutil.copyfile(archive, copy)
    with zipfile.ZipFile(copy, "a", zipfile.ZIP_STORED) as wrong:
        first = wrong.infolist()[0]
        wrong.writestr(extra, wrong.read(first) if extra.endswith("jpg") else b"hello")
    return copy

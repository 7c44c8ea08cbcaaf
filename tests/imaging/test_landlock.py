"""What a process can still do once it has shut itself in."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import bot
from bot.imaging.process import converse, talking
from bot.imaging.wording import MEGABYTE
from tests.imaging.imaging_lab import drawings, zipped

ROOT = Path(bot.__file__).resolve().parents[1]
NONE = "there is no Landlock"
LOOK = """
import io, json, os, socket, sys
from pathlib import Path
root, archive, written, other = sys.argv[1:]
sys.path.insert(0, root)
from bot.imaging import landlock
shut = landlock.shut_in(readable=[Path(archive), Path("/not/there")], writable=[Path(written)])
if not shut:
    sys.exit("there is no Landlock")

def can(deed, *what):
    try:
        deed(*what)
        return True
    except PermissionError:
        return False

def write(path):
    with open(path, "w+b") as file:
        file.write(b"x")

def dial():
    try:
        socket.create_connection(("127.0.0.1", 9), 1).close()
    except ConnectionRefusedError:
        pass

report = {
    "archive": can(lambda: open(archive, "rb").read()),
    "written": can(write, written),
    "passwd": can(open, "/etc/passwd"),
    "parent": can(open, f"/proc/{os.getppid()}/environ"),
    "beside the project": can(open, Path(root) / "pyproject.toml"),
    "other": can(open, other),
    "write archive": can(write, archive),
    "write beside": can(write, archive + ".new"),
    "remove": can(os.unlink, archive),
    "run": can(os.execv, "/bin/true", ["true"]),
    "signal": can(os.kill, os.getppid(), 0),
    "dial": can(dial),
}
from bot.imaging import worker
sys.stdout = io.StringIO()
import PIL.Image, numpy, pyvips, simplejpeg
report["count"] = worker.dataset(Path(archive))["count"]
print(json.dumps(report), file=sys.__stdout__)
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("shut")
    archive, written, other = folder / "set.zip", folder / "into", folder / "other"
    archive.write_bytes(zipped(drawings(10)))
    written.touch()
    other.touch()
    command = [sys.executable, "-I", "-B", "-c", LOOK, str(ROOT), *map(str, (archive, written, other))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.stderr.strip() == NONE:
        pytest.skip("this kernel has no Landlock")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_one_that_is_shut_in_can_do_its_work(report: dict[str, Any]) -> None:
    assert (report["archive"], report["written"], report["count"]) == (True, True, 10)


@pytest.mark.parametrize(
    "deed",
    [
        "passwd", "parent", "beside the project", "other", "write archive", "write beside", "remove", "run",
    ],
)  # fmt: skip
def test_one_that_is_shut_in_can_do_nothing_else(report: dict[str, Any], deed: str) -> None:
    assert report[deed] is False


def test_a_kernel_that_can_also_keeps_it_from_the_network_and_from_signalling_us(
    report: dict[str, Any],
) -> None:
    if report["dial"] or report["signal"]:
        pytest.skip("an older Landlock knows files only; the worker leaves the network besides")
    assert (report["dial"], report["signal"]) == (False, False)


async def test_the_workers_are_shut_in(tmp_path: Path, report: dict[str, Any]) -> None:
    assert report
    (tmp_path / "set.zip").write_bytes(zipped(drawings(10)))
    request = {"job": "dataset", "path": str(tmp_path / "set.zip"), "memory": 2**30, "cpu": 60, "threads": 1}
    async with talking("bot.imaging.worker", request, seconds=60, most=MEGABYTE) as talk:
        said = await anext(talk)
    assert said["shut_in"] is True


async def test_what_is_packed_is_packed_by_one_that_is_shut_in(
    tmp_path: Path, report: dict[str, Any]
) -> None:
    assert report
    (tmp_path / "a").write_bytes(zipped(drawings(10)))
    into = tmp_path / "into"
    into.touch()
    order = {
        "parts": [{"path": str(tmp_path / "a"), "name": "a.zip"}], "into": str(into), "left_out": [],
        "strip": True, "most_bytes": 10 * MEGABYTE, "memory": 512 * MEGABYTE, "cpu": 60,
    }  # fmt: skip
    said, complaint = await converse("bot.imaging.bundle", json.dumps(order).encode(), seconds=60, most=10**6)
    assert complaint == ""
    assert json.loads(said)["packed"]["size"] == into.stat().st_size

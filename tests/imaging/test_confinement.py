"""What a process of the same user learns of the bot: nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__file__).resolve().parents[1]
LOOK = """
import ctypes, os, sys
sys.path.insert(0, sys.argv[1])
from bot.imaging import worker
from bot.imaging.confinement import hide
if os.getuid() == 0:  # who may read everything
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # be like a process that was started by nobody
if sys.argv[2] == "hidden":
    assert hide()
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
worker.confine(memory=2**30, cpu=9)
for what in ("environ", "maps"):
    try:
        print(open(f"/proc/{os.getppid()}/{what}").read())
    except PermissionError:
        print(what, "is hidden")
"""


def learnt(how: str) -> str:
    """Return what a confined child reads of its parent, neither being root."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", LOOK, str(ROOT), how],
        env={"SLACK_BOT_TOKEN": "xoxb-secret"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc and this switch")
def test_a_worker_cannot_read_the_tokens_of_the_bot_that_started_it() -> None:
    assert "xoxb-secret" in learnt("open")
    assert learnt("hidden").splitlines() == ["environ is hidden", "maps is hidden"]


def test_the_bot_hides_before_it_starts_and_the_courier_before_it_is_told_a_token() -> None:
    serve, errand = (ROOT / "bot" / part for part in ("serve.py", "imaging/errand.py"))
    for path, next_step in ((serve, "running(settings)"), (errand, "json.loads(sys.stdin")):
        source = path.read_text()
        assert 0 < source.index("    hide()") < source.index(next_step)

"""The machine's clock jumps by an hour while a run is under way: it ends, is paid once and told once.

People cannot act while it is wrong, for Slack's signatures carry the time; what was approved goes on.
"""

from pathlib import Path

import pytest

from tests.chaos.story import story

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
AN_HOUR = 3600
A_WHILE = 1.5
"""Seconds between two jumps: the bot has to work by each clock."""

pytestmark = pytest.mark.skipif(not LIBRARY.exists(), reason="the Debian package faketime is not installed")


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_jumps_by_an_hour_during_the_training_changes_nothing(
    tmp_path: Path, small: Path, bytecode: Path, hours: int
) -> None:
    clock = tmp_path / "clock"
    jump(clock, 0)
    async with story(tmp_path, dataset=small, bytecode=bytecode, **faked_by(clock)) as told:
        await told.asks()
        await told.approves()
        await told.books.is_through("paying")
        jump(clock, hours)
        await told.ends_well()


def jump(clock: Path, hours: int) -> None:
    """Let the clock be so many hours off, from now on, for those who look at it."""
    beside = clock.with_suffix(".new")
    beside.write_text(f"{hours * AN_HOUR:+d}\n")
    beside.replace(clock)


def faked_by(clock: Path) -> dict[str, str]:
    """Return the settings under which a program asks the file `clock`; how long it waits stays as it is."""
    return {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }

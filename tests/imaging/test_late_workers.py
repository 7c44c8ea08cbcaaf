"""Workers that are late: a busy machine is not held against the pictures."""

import logging
import os
from pathlib import Path

import pytest

from bot.domain.errors import Unavailable
from bot.imaging.decode import NOT_NOW, Bounds, Decoder

HASTY = Bounds(seconds=1.5)


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """Return a file that is never read to its end: nobody writes into it."""
    os.mkfifo(tmp_path / "stuck")
    return tmp_path / "stuck"


async def test_a_zip_over_which_two_workers_are_late_is_not_blamed(stuck: Path) -> None:
    with pytest.raises(Unavailable, match=NOT_NOW):
        await Decoder(HASTY).examine(stuck)


async def test_a_finished_picture_over_which_two_workers_are_late_is_not_refused(stuck: Path) -> None:
    with pytest.raises(Unavailable, match=NOT_NOW):
        await Decoder(HASTY).verify(stuck)


async def test_a_worker_that_never_came_to_its_job_is_late_too(stuck: Path) -> None:
    with pytest.raises(Unavailable, match=NOT_NOW):
        await Decoder(Bounds(arrival=-5, seconds=6)).examine(stuck)


async def test_a_worker_that_cannot_leave_the_network_is_warned_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    decoder = Decoder(worker="tests.imaging.worker_lab")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            with pytest.raises(Unavailable):
                await decoder.examine(tmp_path / "set.zip")
    assert caplog.text.count("no worker leave the network") == 1

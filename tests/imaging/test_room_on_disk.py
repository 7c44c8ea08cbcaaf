"""The room that downloads take: a folder where it belongs, and never the last gigabyte."""

from pathlib import Path

import pytest

from bot.domain.errors import Unavailable
from bot.imaging.scratch import scratch, wipe_leftovers
from bot.imaging.sink import DISK_FULL, LEAST_FREE, Sink
from bot.imaging.wording import MEGABYTE


class Disk:
    """A disk of which others take half a megabyte whenever somebody asks how much is free."""

    def __init__(self, free: int) -> None:
        self.free = free
        self.asked = 0

    def __call__(self, _: Path) -> int:
        self.asked += 1
        self.free -= MEGABYTE // 2
        return self.free


def filled(sink: Sink, pieces: int) -> None:
    """Write quarters of a megabyte."""
    with sink:
        for _ in range(pieces):
            sink.write(bytes(256 * 1024))


def test_a_download_leaves_a_gigabyte_to_the_others(tmp_path: Path) -> None:
    disk = Disk(LEAST_FREE + 2 * MEGABYTE)
    sink = Sink(tmp_path / "f", free=disk)
    with pytest.raises(Unavailable, match=DISK_FULL):
        filled(sink, 100)
    assert sink.size == 4 * MEGABYTE
    assert not (tmp_path / "f").exists()


def test_a_disk_is_asked_once_a_megabyte(tmp_path: Path) -> None:
    disk = Disk(100 * LEAST_FREE)
    sink = Sink(tmp_path / "f", free=disk)
    filled(sink, 32)
    assert (sink.size, disk.asked) == (8 * MEGABYTE, 8)


async def test_a_folder_is_made_where_there_is_none_yet(tmp_path: Path) -> None:
    parent = tmp_path / "data" / "work"
    assert wipe_leftovers(parent) == 0
    async with scratch(parent) as folder:
        assert folder.parent == parent
        (folder / "f").touch()
    assert list(parent.iterdir()) == []


async def test_a_folder_that_cannot_be_made_is_our_own_trouble(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(Unavailable, match=DISK_FULL):
        async with scratch(tmp_path / "data" / "work"):
            pytest.fail("it was lent")

"""What is made in a thread, which nothing can stop, is not left behind by who no longer waits for it."""

import asyncio
import threading
from pathlib import Path

import pytest

from bot.imaging.scratch import made


class Maker:
    """Makes a file at once, and tells so only when it may."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.did, self.may_tell = threading.Event(), threading.Event()

    def __call__(self) -> Path:
        try:
            self.path.touch(exist_ok=False)
        finally:
            self.did.set()
            self.may_tell.wait(60)
        return self.path

    async def given_up(self) -> asyncio.Task[Path]:
        """Wait until the file is there, and then no longer for the thread to tell so."""
        making = asyncio.create_task(made(self, Path.unlink))
        await asyncio.to_thread(self.did.wait, 60)
        making.cancel()
        asyncio.get_running_loop().call_soon(self.may_tell.set)
        return making


async def test_what_is_made_is_lent(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "new")
    maker.may_tell.set()
    assert (await made(maker, Path.unlink)).exists()


async def test_who_stops_waiting_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(asyncio.CancelledError):
        await (await Maker(tmp_path / "new").given_up())
    assert not (tmp_path / "new").exists()


async def test_what_was_there_already_stays_when_one_stops_waiting(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("mine")
    with pytest.raises(asyncio.CancelledError):
        await (await Maker(tmp_path / "old").given_up())
    assert (tmp_path / "old").read_text() == "mine"

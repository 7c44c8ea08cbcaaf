"""Folders for files that live for one job: private, locked while in use, and gone afterwards.

A process that was killed leaves its folder behind, but not its lock; `wipe_leftovers` goes by that, so
that a second process on the same machine keeps what it is working on.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.domain.errors import Unavailable

Thing = TypeVar("Thing")

_PREFIX = "housestyle-scratch-"
"""No other folder of ours begins so: those that dead processes left are removed without a look inside."""


@asynccontextmanager
async def scratch(parent: Path | None = None) -> AsyncIterator[Path]:
    """Lend a new folder in `parent` (None: where the system keeps temporary files) that only we can read.

    It holds gigabytes: `parent`, which is made where it is not there, should not lie in memory.
    """
    try:
        folder = await made(partial(_new, parent), shutil.rmtree)
    except OSError:
        raise Unavailable("My disk is full: tell whoever runs Housestyle.") from None
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)  # gigabytes take a while
        os.close(lock)


async def made(make: Callable[[], Thing], unmake: Callable[[Thing], object]) -> Thing:
    """Return what `make` makes in a thread, which nothing can stop.

    Who stops waiting for it (CancelledError) is held up until it is made, and `unmake` has removed it.
    """
    making = asyncio.ensure_future(asyncio.to_thread(make))
    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        await asyncio.wait({making})
        if making.exception() is None:
            await asyncio.to_thread(unmake, making.result())
        raise


def _new(parent: Path | None) -> Path:
    if parent:
        parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))


def wipe_leftovers(parent: Path | None = None) -> int:
    """Remove the folders that dead processes left in `parent`, if it is there; return how many."""
    leftovers = Path(parent or tempfile.gettempdir()).glob(f"{_PREFIX}*")
    return sum(_wipe(folder) for folder in leftovers if folder.is_dir() and not folder.is_symlink())


def _wipe(folder: Path) -> bool:
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:  # gone, or somebody else's
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()
    finally:
        os.close(lock)

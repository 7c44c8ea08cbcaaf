"""A disk that takes no more: for one process by the kernel's limit on files, for all by a small tmpfs.

Under the limit every write beyond the first page of a file fails, so every commit does; what is written into
pipes, sockets and memory still goes.
"""

import asyncio
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx

from tests.chaos.story import Story, story

A_PAGE = 4096
"""Bytes: a commit writes at least one page behind its header, so it never fits."""
UNDO, FULL = 1.5, 4.0
"""Seconds: so long after the approval the run would be handed over, in the middle of the full disk."""
A_GIGABYTE = 1024**3
ROOM = A_GIGABYTE + A_GIGABYTE // 4
"""Bytes: a download leaves one gigabyte to others, and is refused where there is less."""


@contextmanager
def full_for(pid: int) -> Iterator[None]:
    """Let every commit of a process fail until the block ends."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (A_PAGE, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a disk of its own on `folder`. Raises PermissionError where this user may not."""
    mount = ("mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder))
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        raise PermissionError("to mount a tmpfs is not permitted here")
    try:
        yield
    finally:
        subprocess.run(("umount", "--lazy", str(folder)), check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Fill the disk of `folder` to the last byte until the block ends."""
    ballast = folder / "ballast"
    size = A_GIGABYTE
    with ballast.open("wb") as file:
        while size:
            try:
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
            except OSError:
                size //= 2
    try:
        yield
    finally:
        ballast.unlink()


async def outlives_a_full_disk(told: Story, full: AbstractContextManager[None]) -> None:
    """Fill the disk between approval and payment; assert that nobody is misled and nothing lost or doubled.

    A real disk that is full still has the room that SQLite's log had taken before: a few commits go through.
    """
    await told.asks()
    await told.approves()
    with full:
        await told.home.at.types("cat", f"/train {told.home.at.url}/datasets/small.zip as Late")
        await told.home.at.reads("database does not answer; nothing was changed", who="cat")
        await asyncio.sleep(FULL)
        assert await told.paid() <= told.books.tries_to_pay(), "it paid for what it could not write down"
        assert await health(told) == {"/healthz": 200, "/readyz": 503}
    await told.ends_well()
    assert not [said for said in await told.home.at.said("cat") if said["text"].startswith("Late")]
    assert await health(told) == {"/healthz": 200, "/readyz": 200}


async def on_a_small_disk(folder: Path, *, dataset: Path, bytecode: Path) -> None:
    """Do it on a real disk of its own. Raises PermissionError where none can be mounted."""
    with small_disk(folder):
        undo = {"HOUSESTYLE_UNDO_SECONDS": str(UNDO)}
        async with story(folder, dataset=dataset, bytecode=bytecode, **undo) as told:
            await outlives_a_full_disk(told, filled(folder))


async def health(told: Story) -> dict[str, int]:
    """Return what the bot's probes answer."""
    address = told.home.bot.ready.removesuffix("/healthz")
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=10) as http:
        return {path: (await http.get(path)).status_code for path in ("/healthz", "/readyz")}

"""Which processes on this database are alive: each holds a lock that the kernel drops when it dies.

Beside the database stands a folder with one file for each store that is open. A file that can be locked
belongs to a dead process, however it died, so what it had taken can be given back at once. A process that
is merely stopped keeps its lock: for that one, the end of the lease and the fence are there.

A lock on the folder itself orders those who change what stands beside the database, and who joins.

The lock is inherited by a fork that does not exec; so worker processes must be spawned, not forked.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from bot.domain.errors import Refused, Unavailable

SUFFIX = ".lock"
PATIENCE, STEP = 5.0, 0.005
"""Seconds: how long to wait for the lock on the folder, whose holder may have been stopped; and each nap."""


@dataclass(frozen=True)
class Owner:
    """A store that is open: its name in `taken_by`, its lock's file and file descriptor."""

    id: str
    path: Path
    descriptor: int

    def let_go(self) -> None:
        """Give up the lock and the file: nothing is taken by this store any more."""
        self.path.unlink(missing_ok=True)
        os.close(self.descriptor)

    def leave_behind(self) -> None:
        """Give up the lock but not the file, as a death would: the next to start clears up."""
        os.close(self.descriptor)


def folder_of(database: Path) -> Path:
    """Return where the owners of this database are kept."""
    return database.with_name(f"{database.name}.owners")


def join(folder: Path) -> Owner:
    """Become an owner: return a new one, locked. Raises Unavailable and Refused as `only_one` does."""
    with only_one(folder, shared=True):
        while True:
            name = uuid4().hex
            path = folder / f"{name}{SUFFIX}"
            path.touch(mode=0o600)
            descriptor = _locked(path)
            if descriptor is not None:
                return Owner(name, path, descriptor)
            # A clean-up came between the two lines and took the file for a dead one's: try another name.


def find_dead(folder: Path) -> list[Owner]:
    """Return the owners whose processes have died, locked now by us: each is to be let go or left behind."""
    found = ((path, _locked(path)) for path in folder.glob(f"*{SUFFIX}"))
    return [Owner(path.stem, path, held) for path, held in found if held is not None]


def has_living(folder: Path) -> bool:
    """Say whether any process has the database open; within `only_one` that stays so."""
    dead = find_dead(folder)
    lives = len(dead) < sum(1 for _ in folder.glob(f"*{SUFFIX}"))
    for owner in dead:
        owner.leave_behind()
    return lives


@contextmanager
def only_one(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock on the folder, which is made where there is none; several may where it is `shared`.

    Raises Unavailable where somebody else holds it for long, and Refused where the database can be in no
    such place.
    """
    if not folder.parent.is_dir():
        raise Refused(f"There is no folder {folder.parent.absolute()}. Make it, or check DATABASE_URL.")
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _wait_for(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, kind: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise Unavailable(
                    "Another Housestyle holds the files beside this database and does not go on."
                    " Look whether one hangs, then try again."
                ) from None
            time.sleep(STEP)
        else:
            return


def _locked(path: Path) -> int | None:
    """Return a descriptor that holds the file's lock, or None where another has it or the file is gone."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    if not os.fstat(descriptor).st_nlink:  # removed between the opening and the lock
        os.close(descriptor)
        return None
    return descriptor

"""How much memory this process and all its children take, sampled from the side."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

_MEGABYTE = 1024  # the kernel tells kilobytes


class Memory:
    """Watches from `with` to its end; `grown` is the most that was added, in MB.

    What is added up is PSS (a page that two processes share counts half in each), of the growth of this
    process and of everything it started. A peak shorter than `every` seconds may be missed. The kernel has to
    walk all pages to tell the PSS, so it is asked only while more is resident than ever before.
    """

    def __init__(self, every: float = 0.02) -> None:
        self._every = every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._least = 0
        self._most = 0
        self._resident = 0

    @property
    def grown(self) -> float:
        """Return the most that was added since the beginning, MB."""
        return max(0, self._most - self._least) / _MEGABYTE

    def __enter__(self) -> Self:
        self._least = self._most = taken()
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over.set()
        self._thread.join()
        self._most = max(self._most, taken())

    def _watch(self) -> None:
        while not self._over.wait(self._every):
            resident = sum(map(_resident, family(_own())))
            if resident > self._resident:
                self._resident = resident
                self._most = max(self._most, taken())


def taken() -> int:
    """Return the PSS of this process and its children and theirs, kB."""
    return sum(map(_pss, family(_own())))


def family(pid: str) -> Iterator[str]:
    """Yield a process and all that it started, as far as they live."""
    yield pid
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                for child in (task / "children").read_text().split():
                    yield from family(child)


def children() -> list[int]:
    """Return the processes of `bot.imaging` that this one has started, and that still run."""
    own = _own()
    return [int(pid) for pid in family(own) if pid != own and b"bot.imaging" in _command(pid)]


def wait_for_no_children(seconds: float = 20) -> bool:
    """Wait for all of them to be over; say whether they are."""
    until = time.monotonic() + seconds
    while children() and time.monotonic() < until:
        time.sleep(0.01)
    return not children()


def _own() -> str:
    return str(os.getpid())


def _command(pid: str) -> bytes:
    with suppress(OSError):  # it ended meanwhile
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _pss(pid: str) -> int:
    with suppress(OSError):  # it ended meanwhile
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(told.partition("\nPss:")[2].split()[0])
    return 0


def _resident(pid: str) -> int:
    """Return what the kernel has at hand: the pages that are in memory, shared ones in full."""
    with suppress(OSError):  # it ended meanwhile
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return 0

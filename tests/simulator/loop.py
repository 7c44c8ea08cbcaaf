"""An event loop in which time passes only by being waited for: it jumps to the next timer and never sleeps.

It has no selector, no threads and no signals, so what it runs may touch nothing outside the process. The
order in which its tasks run depends on nothing but the program.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class Deadlock(Exception):
    """Everybody waits, and no timer is set: nothing can ever happen any more."""


class _Jump:
    """Stands where a loop has its selector: to wait is to move the clock on."""

    def __init__(self, pass_time: Callable[[float], None]) -> None:
        self._pass_time = pass_time

    def select(self, timeout: float | None) -> list[object]:
        """Let `timeout` seconds pass; nothing ever becomes readable."""
        if timeout is None:
            raise Deadlock
        if timeout > 0:
            self._pass_time(timeout)
        return []

    def close(self) -> None:
        """Have nothing to close."""


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop; `time()` begins at 0 and is in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._selector = _Jump(self._pass_time)
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Return the seconds that have passed in this loop's world."""
        return self._now

    def _pass_time(self, seconds: float) -> None:
        self._now += seconds

    def _process_events(self, event_list: list[object]) -> None:
        """Have no events."""

    def _write_to_self(self) -> None:
        """Need no waking: nobody calls from another thread."""


@contextmanager
def virtual_loop() -> Iterator[VirtualLoop]:
    """Make a loop, and close it with all that still runs in it."""
    loop = VirtualLoop()
    try:
        yield loop
    finally:
        loop.close()


def run(loop: VirtualLoop, what: Coroutine[Any, Any, T]) -> T:
    """Run `what` to its end. Raises Deadlock where it can have none."""
    return loop.run_until_complete(what)

"""An event loop in which time passes only by being waited for: it jumps to the next timer and never sleeps.

It has no selector, no threads and no signals, so what it runs may touch nothing outside the process. The
order in which its calls are made depends on nothing but the program. What asyncio's own loop does for the
sake of the world outside is left out: that was a fifth of a schedule's time.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from heapq import heappop, heappush
from itertools import count


class Deadlock(Exception):
    """Everybody waits, and no timer is set: nothing can ever happen any more."""


class Call(asyncio.TimerHandle):
    """A call that is to be made. What asyncio's own would keep for reports is left out."""

    __slots__ = ("asked", "context", "given", "is_off")

    def __init__(self, asked: Callable[..., object], given: tuple[object, ...], context: Context) -> None:
        self.asked = asked
        self.given = given
        self.context = context
        self.is_off = False

    def cancel(self) -> None:
        """Have it never made."""
        self.is_off = True
        self.given = ()  # it may stand in line for long, and should keep nothing alive

    def cancelled(self) -> bool:
        """Say whether it will never be made."""
        return self.is_off


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop; `time()` begins at 0 and is in seconds. What a call raises ends the run."""

    get_debug = bool  # it is not debugged; every future asks

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._next: deque[Call] = deque()
        self._later: list[tuple[float, int, Call]] = []
        self._number = count().__next__

    def time(self) -> float:
        """Return the seconds that have passed in this loop's world."""
        return self._now

    def call_soon(
        self, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> Call:
        """Put a call behind those that wait."""
        call = Call(callback, args, copy_context() if context is None else context)  # it may be empty
        self._next.append(call)
        return call

    def call_at(
        self, when: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> Call:
        """Make a call at a moment; of the calls of one moment, that which was asked for first."""
        call = Call(callback, args, copy_context() if context is None else context)
        heappush(self._later, (when, self._number(), call))
        return call

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> Call:
        """Make a call after some seconds."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def _run_once(self) -> None:
        """Make all calls of the next moment; asyncio's loop calls this until it is told to stop."""
        self._let_time_pass()
        waiting = self._next
        while waiting:
            call = waiting.popleft()
            if not call.is_off:
                call.context.run(call.asked, *call.given)

    def _write_to_self(self) -> None:
        """Need no waking: nobody calls from another thread."""

    def _let_time_pass(self) -> None:
        """Go to the moment of the next call, and have all that is due then wait, as asked for."""
        later, waiting = self._later, self._next
        while later and (not waiting or later[0][0] <= self._now):
            when, _, call = heappop(later)
            if not call.is_off:
                self._now = max(self._now, when)
                waiting.append(call)
        if not waiting:
            raise Deadlock


@contextmanager
def virtual_loop() -> Iterator[VirtualLoop]:
    """Make a loop, and close it with all that still runs in it."""
    loop = VirtualLoop()
    try:
        yield loop
    finally:
        loop.close()

"""Whether Runware is asked at all: after many calls without an answer, only one now and then finds out.

It counts, and lets through or refuses; it neither sends nor waits, and is told the time. A call that it
refuses was certainly not sent.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.domain.errors import NotSent, Unavailable
from bot.runware.sentences import SILENT

MOST_MISSED = 5
"""So many calls in a row without an answer, and it is open."""
FIRST_WAIT, LONGEST_WAIT = 5.0, 60.0
"""Seconds; the bound of the wait for the next probe doubles from one to the other."""
SHORTEST_ASKED = 1.0
"""Seconds; who is refused should not come back sooner."""


@dataclass(eq=False)
class Call:
    """One call that was let through; it says whether an answer came, None where nobody can tell."""

    is_answered: bool | None = None


class Breaker:
    """Closed, it lets all calls through; open, one at a time, each after anywhere up to a longer wait.

    The first answer closes it, whichever call brings it: a no is an answer, too. `clock` returns the time in
    UTC; where it was set back, what was waited for counts as over.
    """

    def __init__(self, *, clock: Callable[[], datetime], rng: Random) -> None:
        self._clock = clock
        self._rng = rng
        self._missed = 0
        self._missed_since: datetime | None = None
        self._bound = FIRST_WAIT
        self._waits_since: datetime | None = None
        self._wait = 0.0
        self._probe: Call | None = None

    @property
    def silent_since(self) -> datetime | None:
        """The moment of the first of the calls in vain; None while it is closed."""
        return self._missed_since if self._waits_since else None

    @contextmanager
    def call(self) -> Iterator[Call]:
        """Let a call through, which is to say whether an answer came. Raises NotSent.

        An Unavailable out of the block says that none came; anything else that it raises says nothing.
        """
        call = self._let_through()
        try:
            yield call
        except Unavailable:
            call.is_answered = False
            raise
        finally:
            self._end(call)

    def _let_through(self) -> Call:
        call = Call()
        if self._waits_since:
            left = self._left(self._waits_since)
            if self._probe or left > 0:
                raise NotSent(SILENT, retry_after=max(left, SHORTEST_ASKED))
            self._probe = call
        return call

    def _left(self, since: datetime) -> float:
        waited = (self._clock() - since) / timedelta(seconds=1)
        return self._wait - waited if waited >= 0 else 0.0

    def _end(self, call: Call) -> None:
        is_probe = call is self._probe
        if is_probe:
            self._probe = None
        if call.is_answered:
            self._missed, self._missed_since = 0, None
            self._bound, self._waits_since = FIRST_WAIT, None
        elif call.is_answered is False:
            self._miss(is_probe=is_probe)

    def _miss(self, *, is_probe: bool) -> None:
        now = self._clock()
        if self._waits_since is None:
            self._missed += 1
            self._missed_since = self._missed_since or now
            if self._missed >= MOST_MISSED:
                self._wait_from(now)
        elif is_probe:
            self._bound = min(2 * self._bound, LONGEST_WAIT)
            self._wait_from(now)

    def _wait_from(self, now: datetime) -> None:
        self._waits_since = now
        self._wait = self._rng.uniform(0, self._bound)

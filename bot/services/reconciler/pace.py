"""How long each wait is; the reasons are the protocol's, the numbers may be shortened for a demonstration."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Pace:
    """The waits between two steps of one run or generation.

    `settle` must exceed the longest time a request can be under way (20 s in all): only then does an empty
    answer say something, because a late copy can no longer arrive after it. `lease` is renewed while a step
    runs, so it only decides how soon another process takes over from a frozen one.
    """

    poll: timedelta = timedelta(minutes=5)
    render_poll: timedelta = timedelta(seconds=2)
    lease: timedelta = timedelta(seconds=60)
    settle: timedelta = timedelta(seconds=30)
    shortest_retry: timedelta = timedelta(seconds=5)
    longest_retry: timedelta = timedelta(minutes=1)
    doubt: timedelta = timedelta(hours=24)
    """After so long without a word nothing is sent again: how long a taskUUID conflicts is unknown."""
    patience: timedelta = timedelta(minutes=30)
    """For so long an unreachable dataset, or finished picture, is asked for again."""

    def retry(self, *, since: timedelta, asked: float | None = None) -> timedelta:
        """Return the wait before the next try of something that has failed for `since`: ever longer.

        `asked` is the wait in seconds that the other side asked for, which is never undercut.
        """
        wait = min(max(since / 2, self.shortest_retry), self.longest_retry)
        return max(wait, timedelta(seconds=asked or 0))

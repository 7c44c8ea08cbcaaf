"""How long each wait is; the reasons are the protocol's, the numbers may be shortened for a demonstration."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.run import TYPICAL_TRAINING

NEARLY_DONE = 90
"""Percent: from here on a training may end at any look."""
SOONER = 5
"""So many times sooner than usual is looked where something is about to happen."""
LONGEST_RENDER_POLL = timedelta(seconds=30)


@dataclass(frozen=True)
class Pace:
    """The waits between two steps of one run or generation.

    `settle` must exceed the longest time a request can be under way (20 s in all): only then does an empty
    answer say something, because a late copy can no longer arrive after it. `lease` is renewed while a step
    runs, so it only decides how soon another process takes over from a frozen one. `chance` returns numbers
    from 0 to 1, so that what waits for the same thing does not come back all at once.
    """

    poll: timedelta = timedelta(minutes=5)
    render_poll: timedelta = timedelta(seconds=2)
    lease: timedelta = timedelta(seconds=60)
    settle: timedelta = timedelta(seconds=30)
    shortest_retry: timedelta = timedelta(seconds=5)
    longest_retry: timedelta = timedelta(minutes=1)
    longest_resend: timedelta = timedelta(minutes=10)
    """Runware is best asked again in minutes, not hours (facts/runware.md §5)."""
    trial: timedelta = timedelta(minutes=2)
    """While our key or balance is refused, one request in this span finds out whether it is mended."""
    doubt: timedelta = timedelta(hours=24)
    """After so long without a word nothing is sent again: how long a taskUUID conflicts is unknown."""
    sends_again: bool = True
    """Whether what no witness knows is sent once more; if not, a person decides about it."""
    patience: timedelta = timedelta(minutes=30)
    """For so long an unreachable dataset, or finished picture, is asked for again."""
    chance: Callable[[], float] = random.random

    def retry(self, *, since: timedelta, asked: float | None = None) -> timedelta:
        """Return the wait before the next try of something that has failed for `since`.

        Its bound grows, and the wait is anywhere up to it (full jitter). `asked` is the wait in seconds that
        the other side asked for, which is never undercut.
        """
        wait = self._anywhere_up_to(self.longest_retry, since)
        return max(wait, self.shortest_retry / SOONER, timedelta(seconds=asked or 0))

    def resend(self, *, since: timedelta, asked: float | None = None) -> timedelta:
        """Return the wait after a paid request whose fate is unknown, the first of them `since` ago.

        It settles, and then waits as `retry` does, for longer.
        """
        return max(
            self.settle + self._anywhere_up_to(self.longest_resend, since), timedelta(seconds=asked or 0)
        )

    def _anywhere_up_to(self, longest: timedelta, since: timedelta) -> timedelta:
        return min(max(since / 2, self.shortest_retry), longest) * self.chance()

    @property
    def fresh(self) -> timedelta:
        """For so long after it was counted an attempt may be sent; later, it might not have settled in time.

        A request is under way for 20 s, and waits for 5 s until it is its turn: 5 of the 30 s are left.
        """
        return self.settle / 6

    def look(self, *, elapsed: timedelta, left: timedelta, percent: int) -> timedelta:
        """Return the wait before the next look at a training that has run for `elapsed`.

        Sooner at the start, where a dataset is refused, and around the expected end; up to a fifth longer by
        chance, so that many trainings are not looked at in step.
        """
        begins = elapsed < self.poll
        ends = (percent >= NEARLY_DONE or left <= 2 * self.poll) and elapsed < 2 * TYPICAL_TRAINING
        usual = self.poll / SOONER if begins or ends else self.poll
        return usual * (1 + self.chance() / 5)

    def look_at_pictures(self, *, elapsed: timedelta) -> timedelta:
        """Return the wait before the next look at pictures that are drawn since `elapsed`: ever longer.

        Up to a fifth longer by chance, as for trainings; as seldom as at those only after hours.
        """
        usual = max(self.render_poll, min(elapsed / 10, LONGEST_RENDER_POLL), min(elapsed / 60, self.poll))
        return usual * (1 + self.chance() / 5)

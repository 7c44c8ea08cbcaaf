"""Slack's rate limits: a bucket per method that holds a minute's quota, and one per channel for posting."""

import math
import time
from collections.abc import Callable

POSTS_IN_A_ROW = 10


class Limits:
    """Counts calls. `scale` stretches every quota (2: twice as many), so that a test can be exact."""

    def __init__(self, *, scale: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._scale = scale
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def refuse(self, method: str, per_minute: int, channel: str | None) -> int | None:
        """Count one call; return the seconds to wait if it is one too many, else None.

        A refused call costs nothing. `channel` counts only for chat.postMessage: about one a second there.
        """
        wanted = [(method, per_minute * self._scale, per_minute * self._scale / 60)]
        if method == "chat.postMessage" and channel:
            wanted.append((f"{method} {channel}", POSTS_IN_A_ROW * self._scale, self._scale))
        waits = [self._wait(*bucket) for bucket in wanted]
        if any(waits):
            return max(1, math.ceil(max(waits)))
        for name, *_ in wanted:
            level, at = self._buckets[name]
            self._buckets[name] = (level - 1, at)
        return None

    def _wait(self, name: str, size: float, per_second: float) -> float:
        """Fill the bucket up to now; return the seconds until it holds one call."""
        now = self._clock()
        level, at = self._buckets.get(name, (size, now))
        level = min(size, level + (now - at) * per_second)
        self._buckets[name] = (level, now)
        return 0.0 if level >= 1 else (1 - level) / per_second

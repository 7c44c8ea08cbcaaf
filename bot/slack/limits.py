"""How fast one workspace may be called: a bucket of calls for each method, and one for each channel.

Slack counts per method, workspace and app, and about one post a second in each channel (facts/slack.md
§1.2). Pure: the time is handed in; nothing here waits or sends, and nothing is shared between workspaces.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.errors import Unavailable

PATIENCE, EARLY = 1.5, 0.01
"""Seconds: the longest wait that a call is kept for, else it is refused at once, and how early timers are."""
LONGEST_LINE = 60.0
"""Over how many seconds those that are refused are spread out."""
MOST_BUCKETS = 1000
POST, UPDATE = "chat.postMessage", "chat.update"


@dataclass(frozen=True)
class Quota:
    """At most `per_minute` calls in any minute, and `burst` of them at once."""

    per_minute: int
    burst: int

    @property
    def per_second(self) -> float:
        """How many come back in a second: in the worst minute a full bucket goes first, and then these."""
        return (self.per_minute - self.burst + 1) / 60


T1, T2, T3, T4 = Quota(1, 1), Quota(20, 3), Quota(50, 5), Quota(100, 10)
"""Slack's tiers. It tolerates bursts without saying of how many: a tenth of a minute's calls is ours."""
FORMS = Quota(100, 40)
"""Tier 4 too, but people wait for these, and the right to call them is gone after 3 seconds: more at once."""
POSTS, IN_A_CHANNEL = Quota(240, 12), Quota(62, 3)
"""Posting: Slack says “several hundred per minute” for all, and one a second in a channel."""
_METHODS = {
    T1: "apps.connections.open",  # the catalogue says tier 3, Slack's Java SDK tier 1
    T2: """
        auth.teams.list bookmarks.add chat.startStream chat.stopStream conversations.list pins.add
        reactions.remove usergroups.list usergroups.users.list users.list
        """,
    T3: """
        agents.sessions.setStatus auth.revoke bots.info chat.delete
        chat.scheduleMessage chat.unfurl chat.update conversations.history conversations.info
        conversations.join conversations.open conversations.replies entity.presentDetails files.delete
        oauth.v2.exchange reactions.add team.info users.conversations users.lookupByEmail
        """,
    T4: """
        api.test assistant.threads.setSuggestedPrompts chat.appendStream chat.postEphemeral
        conversations.members files.completeUploadExternal files.getUploadURLExternal files.info users.info
        users.profile.get views.publish
        """,
    FORMS: "views.open views.push views.update",
}
QUOTAS = {method: quota for quota, methods in _METHODS.items() for method in methods.split()} | {POST: POSTS}
"""Slack's catalogue of methods; what it calls special is held to tier 4, as `api.test` is."""


@dataclass
class _Bucket:
    """`level` calls at the moment `at`, which lies ahead while nothing may be called."""

    quota: Quota
    level: float
    at: float
    line: float = 0.0

    def wait(self, now: float) -> float:
        """Fill the bucket up to now; return the seconds until a call may be made."""
        if now > self.at:
            self.level = min(self.quota.burst, self.level + (now - self.at) * self.quota.per_second)
            self.at = now
        return self.at - now + max(0.0, 1 - self.level) / self.quota.per_second

    def appointment(self, now: float) -> float:
        """Return after how many seconds one who is refused had better ask again: each later than the last."""
        ready = now + self.wait(now)
        self.line = max(ready, min(self.line + 1 / self.quota.per_second, ready + LONGEST_LINE))
        return self.line - now


class Limits:
    """What may be called now in one workspace; `clock` counts seconds and never goes back.

    Between the look and the booking nothing is awaited, so that what is booked is exact however many ask.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def book(self, method: str, channel: str = "") -> float:
        """Take one call's place; return the seconds to let pass before it is made, at most PATIENCE.

        `channel` counts for chat.postMessage only. Raises Unavailable, with nothing taken and when to ask
        again, where that would be longer.
        """
        now = self._clock()
        wanted = [self._bucket(method, now)]
        if method == POST and channel:
            wanted.append(self._bucket(method, now, channel))
        slowest = max(wanted, key=lambda bucket: bucket.wait(now))
        if (wait := slowest.wait(now)) > PATIENCE:
            raise put_off(slowest.appointment(now))
        for bucket in wanted:
            bucket.level -= 1
        return wait

    def pause(self, method: str, seconds: float) -> None:
        """Let nothing call `method` for so long, and one call first thereafter: Slack limits us.

        It does not say whether it means the method or the channel that was posted in, so it is the method.
        """
        now = self._clock()
        bucket = self._bucket(method, now)
        bucket.wait(now)
        bucket.at, bucket.level = max(bucket.at, now + seconds), 1.0

    def require(self, method: str) -> None:
        """Raise Unavailable where `method` is paused, say since a call was booked."""
        now = self._clock()
        bucket = self._bucket(method, now)
        if bucket.at - now > EARLY:
            raise put_off(bucket.appointment(now))

    def redraws(self) -> int:
        """Return how many chat.update may be called at this moment; 0 while it is paused."""
        now = self._clock()
        bucket = self._bucket(UPDATE, now)
        bucket.wait(now)
        return 0 if bucket.at > now else max(0, math.floor(bucket.level))

    def _bucket(self, method: str, now: float, channel: str = "") -> _Bucket:
        if (method, channel) not in self._buckets:
            if len(self._buckets) >= MOST_BUCKETS:
                self._forget_full(now)
            quota = IN_A_CHANNEL if channel else QUOTAS.get(method, T4)
            self._buckets[method, channel] = _Bucket(quota, quota.burst, now)
        return self._buckets[method, channel]

    def _forget_full(self, now: float) -> None:
        """Let go of those that are as good as new, most of which are channels' where nothing is said."""
        for name, bucket in list(self._buckets.items()):
            if not bucket.wait(now) and bucket.level >= bucket.quota.burst:
                del self._buckets[name]


def put_off(seconds: float) -> Unavailable:
    """Return what a call that may not be made yet raises: nothing was sent."""
    return Unavailable("Slack asks us to wait.", retry_after=seconds)

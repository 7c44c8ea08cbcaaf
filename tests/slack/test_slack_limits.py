from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.domain.errors import Unavailable
from bot.slack.limits import FORMS, MOST_BUCKETS, PATIENCE, POST, QUOTAS, T1, T4, UPDATE, Limits, Quota
from tests.slack.slack_server import CATALOGUE

TIERS = {"t1": 1, "t2": 20, "t3": 50, "t4": 100}
FOUND = "conversations.history"


class Watch:
    """A clock that is set by hand, with the limits that go by it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.limits = Limits(clock=lambda: self.now)

    def sends(self, method: str, channel: str = "") -> float | None:
        """Return when a call is made that is asked for now, None where it is refused."""
        try:
            return self.now + self.limits.book(method, channel)
        except Unavailable:
            return None

    def asks_for(self, method: str, times: int, channel: str = "") -> list[float]:
        """Return when those of so many calls at once are made that are not refused."""
        return [at for _ in range(times) if (at := self.sends(method, channel)) is not None]

    def put_off(self, method: str, channel: str = "") -> float:
        """Return for how long a call is put off."""
        with pytest.raises(Unavailable, match="Slack asks us to wait") as refusal:
            self.limits.book(method, channel)
        assert refusal.value.retry_after is not None
        return refusal.value.retry_after


def test_every_method_has_the_tier_of_slacks_catalogue() -> None:
    said = {name: TIERS[row["tier"]] for name, row in CATALOGUE.items() if row["tier"] in TIERS}
    ours = {name: quota.per_minute for name, quota in QUOTAS.items() if name != POST}
    assert ours == {
        **said,
        "apps.connections.open": T1.per_minute,
        "api.test": T4.per_minute,
    }


@settings(max_examples=30, deadline=None)
@given(
    some.sampled_from([*QUOTAS, "auth.test"]),
    some.lists(some.floats(min_value=0, max_value=3), min_size=150, max_size=300),
)
def test_no_minute_ever_sees_more_calls_than_slack_takes(method: str, pauses: list[float]) -> None:
    watch, sent = Watch(), []
    for pause in pauses:
        watch.now += pause / 4
        sent += watch.asks_for(method, 1)
    most = QUOTAS.get(method, T4).per_minute
    assert all(last - first > 59.999 for first, last in zip(sent, sent[most:], strict=False))


def test_a_burst_goes_at_once_one_waits_a_moment_and_the_rest_are_refused() -> None:
    watch = Watch()
    sent = watch.asks_for(UPDATE, 20)
    assert sent[:5] == [0.0] * 5
    assert len(sent) == 6
    assert 0 < sent[5] <= PATIENCE


def test_a_channel_takes_one_post_a_second_and_others_do_not_wait_for_it() -> None:
    watch, sent = Watch(), []
    for second in range(60):
        watch.now = float(second)
        sent += watch.asks_for(POST, 3, "C1")
    assert 60 <= len(sent) <= 64
    assert watch.sends(POST, "C2") == watch.now


def test_a_workspace_takes_no_more_than_a_few_hundred_posts_a_minute() -> None:
    watch, sent = Watch(), []
    for second in range(60):
        watch.now = float(second)
        for channel in range(10):
            sent += watch.asks_for(POST, 1, f"C{channel}")
    assert 200 <= len(sent) <= 245


def test_a_post_that_a_channel_refuses_takes_nothing_from_the_others() -> None:
    watch = Watch()
    watch.asks_for(POST, 500, "C1")
    assert len([1 for n in range(8) if watch.sends(POST, f"D{n}") == 0.0]) == 8


def test_one_who_comes_back_when_told_is_let_through() -> None:
    watch = Watch()
    watch.asks_for(FOUND, 20)
    watch.now += watch.put_off(FOUND)
    assert watch.sends(FOUND) is not None


def test_those_who_are_refused_are_told_to_come_back_one_after_another() -> None:
    watch = Watch()
    watch.asks_for("users.list", 4)
    told = [watch.put_off("users.list") for _ in range(6)]
    assert all(3 < later - sooner < 4 for sooner, later in pairwise(told))


def test_an_endless_line_is_not_told_to_come_back_in_hours() -> None:
    watch = Watch()
    watch.asks_for("users.list", 4)
    assert max(watch.put_off("users.list") for _ in range(500)) < 70


def test_a_limit_of_slacks_stops_that_method_until_then_and_no_other() -> None:
    watch = Watch()
    watch.limits.pause(UPDATE, 30)
    watch.now = 10.0
    assert watch.limits.redraws() == 0
    assert watch.put_off(UPDATE) == 20.0
    assert watch.sends(POST, "C1") == 10.0


def test_nothing_storms_after_a_limit() -> None:
    watch = Watch()
    watch.limits.pause(UPDATE, 30)
    watch.now = 30.0
    assert watch.limits.redraws() == 1
    sent = watch.asks_for(UPDATE, 50)
    assert sent[0] == 30.0
    assert len(sent) == 2


def test_a_second_limit_does_not_shorten_the_first() -> None:
    watch = Watch()
    watch.limits.pause(UPDATE, 30)
    watch.limits.pause(UPDATE, 1)
    assert watch.put_off(UPDATE) == 30.0


def test_what_was_booked_before_a_limit_is_not_made_after_it() -> None:
    watch = Watch()
    watch.limits.require(UPDATE)
    watch.limits.pause(UPDATE, 5)
    with pytest.raises(Unavailable) as refusal:
        watch.limits.require(UPDATE)
    assert refusal.value.retry_after == 5.0
    watch.now = 5.0
    watch.limits.require(UPDATE)


def test_redraws_are_the_updates_that_would_go_at_once() -> None:
    watch = Watch()
    for left in (5, 4, 3, 2, 1, 0):
        assert watch.limits.redraws() == left
        watch.sends(UPDATE)
    assert watch.limits.redraws() == 0  # one is owed by now
    watch.now = 60.0
    assert watch.limits.redraws() == 5


def test_forms_that_people_wait_for_go_at_once_or_soon_enough_for_their_trigger_or_not_at_all() -> None:
    watch = Watch()
    sent = watch.asks_for("views.open", 300)
    assert sent[: FORMS.burst] == [0.0] * FORMS.burst
    assert all(at < 2 for at in sent)
    assert len(sent) == FORMS.burst + 1


def test_a_form_is_not_asked_for_while_slack_limits_them() -> None:
    watch = Watch()
    watch.limits.pause("views.open", 30)
    assert watch.put_off("views.open") == 30.0
    watch.now = 30.0
    assert watch.sends("views.open") == 30.0


def test_channels_where_nothing_is_said_any_more_are_forgotten() -> None:
    watch = Watch()
    for channel in range(5 * MOST_BUCKETS):
        watch.now += 1
        assert watch.sends(POST, f"C{channel}") is not None
    assert len(watch.limits._buckets) <= MOST_BUCKETS  # noqa: SLF001 - what is kept cannot be seen else


def test_a_quota_comes_back_within_a_minute_but_for_its_burst() -> None:
    assert Quota(50, 5).per_second == 46 / 60
    assert T1.per_second == 1 / 60

"""The waits between two steps: ever longer, bounded, by chance, and never shorter than was asked for."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.services.reconciler.pace import Pace

PACE = Pace(chance=lambda: 1.0)
LONGEST_REQUEST = timedelta(seconds=20)
outages = st.timedeltas(timedelta(0), timedelta(days=30))


@pytest.mark.parametrize(
    ("since", "wait"),
    [
        (timedelta(0), timedelta(seconds=5)),
        (timedelta(seconds=10), timedelta(seconds=5)),
        (timedelta(seconds=60), timedelta(seconds=30)),
        (timedelta(minutes=2), timedelta(minutes=1)),
        (timedelta(days=1), timedelta(minutes=1)),
    ],
)
def test_what_has_failed_for_longer_is_asked_less_often(since: timedelta, wait: timedelta) -> None:
    assert PACE.retry(since=since) == wait


@pytest.mark.parametrize(("asked", "wait"), [(None, 30), (0, 30), (29.5, 30), (30.5, 30.5), (3600, 3600)])
def test_the_wait_that_was_asked_for_is_never_undercut(asked: float | None, wait: float) -> None:
    assert PACE.retry(since=timedelta(minutes=1), asked=asked) == timedelta(seconds=wait)


@settings(deadline=None)
@given(outages, outages)
def test_waits_grow_with_the_outage_within_their_bounds(first: timedelta, second: timedelta) -> None:
    shorter, longer = sorted((first, second))
    assert PACE.shortest_retry <= PACE.retry(since=shorter) <= PACE.retry(since=longer) <= PACE.longest_retry


@given(outages, st.floats(0, 1))
def test_chance_may_shorten_a_wait_but_not_to_nothing(since: timedelta, chance: float) -> None:
    wait = Pace(chance=lambda: chance).retry(since=since)
    assert timedelta(seconds=1) <= wait <= PACE.retry(since=since)


def test_an_empty_answer_counts_only_after_the_last_copy_can_have_arrived() -> None:
    assert PACE.settle > LONGEST_REQUEST


def test_a_task_is_given_up_long_after_its_retries_began() -> None:
    assert PACE.longest_retry < PACE.patience < PACE.doubt


@pytest.mark.parametrize(
    ("since", "wait"), [(timedelta(0), 35), (timedelta(minutes=2), 90), (timedelta(days=1), 630)]
)
def test_what_may_be_under_way_settles_before_it_is_sent_again_ever_later(
    since: timedelta, wait: float
) -> None:
    assert PACE.resend(since=since) == timedelta(seconds=wait)
    assert PACE.resend(since=since, asked=3600) == timedelta(hours=1)
    assert Pace(chance=lambda: 0.0).resend(since=since) == PACE.settle


def test_looks_at_pictures_are_spread() -> None:
    elapsed = timedelta(minutes=1)
    soonest, latest = Pace(chance=lambda: 0.0), PACE
    waits = [pace.look_at_pictures(elapsed=elapsed) for pace in (soonest, latest)]
    assert waits == [timedelta(seconds=6), timedelta(seconds=7.2)]


def test_what_is_sent_while_it_is_fresh_has_arrived_before_it_has_settled() -> None:
    waits_its_turn = LONGEST_REQUEST / 4
    assert PACE.fresh + waits_its_turn + LONGEST_REQUEST <= PACE.settle

"""While Runware does not answer, hardly anything is sent to it, and that is told at once."""

import asyncio
from contextlib import ExitStack
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import NotSent, Unavailable
from bot.domain.task import Task
from bot.runware.breaker import LONGEST_WAIT, MOST_MISSED, Breaker
from bot.runware.client import RunwareTrainer
from bot.runware.webhooks import Webhooks
from tests.runware.small import HandClock, Reply, SmallMouth, client_of, named

A = named(1)
PAID = Task(A, f'[{{"taskType":"training","taskUUID":"{A}"}}]')


class Longest(Random):
    """Chance at its worst: every wait is as long as it may be."""

    def uniform(self, a: float, b: float) -> float:
        return b


def breaker_at(clock: HandClock) -> Breaker:
    return Breaker(clock=clock, rng=Longest())


def ask(breaker: Breaker, *, is_answered: bool | None) -> None:
    with breaker.call() as call:
        call.is_answered = is_answered


def go_silent(breaker: Breaker) -> None:
    for _ in range(MOST_MISSED):
        ask(breaker, is_answered=False)


def wait_of(breaker: Breaker) -> float | None:
    with (
        pytest.raises(NotSent, match=r"Runware is not answering; your run is safe\.") as told,
        breaker.call(),
    ):
        pass
    return told.value.retry_after


def test_a_few_calls_in_vain_change_nothing() -> None:
    breaker = breaker_at(HandClock())
    for _ in range(3):
        for _ in range(MOST_MISSED - 1):
            ask(breaker, is_answered=False)
        ask(breaker, is_answered=True)
    assert breaker.silent_since is None


def test_after_five_in_a_row_nothing_is_sent_and_it_is_told_since_when() -> None:
    clock = HandClock()
    breaker, began = breaker_at(clock), clock.now
    for _ in range(MOST_MISSED):
        ask(breaker, is_answered=False)
        clock.pass_time(seconds=20)
    assert breaker.silent_since == began


def test_the_waits_double_from_five_seconds_to_a_minute() -> None:
    clock = HandClock()
    breaker = breaker_at(clock)
    go_silent(breaker)
    waits = []
    for _ in range(6):
        waits.append(wait_of(breaker))
        clock.pass_time(seconds=waits[-1] or 0)
        ask(breaker, is_answered=False)
    assert waits == [5, 10, 20, 40, 60, 60]


@settings(deadline=None)
@given(seed=st.integers(), missed=st.integers(0, 8))
def test_a_wait_is_anywhere_up_to_its_bound_and_never_beyond_a_minute(seed: int, missed: int) -> None:
    clock = HandClock()
    breaker = Breaker(clock=clock, rng=Random(seed))
    go_silent(breaker)
    for _ in range(missed):
        clock.pass_time(seconds=LONGEST_WAIT)
        ask(breaker, is_answered=False)
    clock.pass_time(seconds=min(LONGEST_WAIT, 5 * 2**missed))
    ask(breaker, is_answered=True)
    assert breaker.silent_since is None


def test_the_wait_is_drawn_by_chance() -> None:
    waits = set()
    for seed in range(20):
        breaker = Breaker(clock=HandClock(), rng=Random(seed))
        go_silent(breaker)
        waits.add(wait_of(breaker))
    assert len(waits) > 10
    assert all(wait and 1 <= wait <= 5 for wait in waits)


def test_one_probe_at_a_time_finds_out() -> None:
    clock = HandClock()
    breaker = breaker_at(clock)
    go_silent(breaker)
    clock.pass_time(seconds=5)
    with breaker.call() as probe:
        assert wait_of(breaker) == 1
        probe.is_answered = True
    assert breaker.silent_since is None
    ask(breaker, is_answered=True)


def test_after_an_answer_it_begins_anew() -> None:
    clock = HandClock()
    breaker = breaker_at(clock)
    for _ in range(2):
        go_silent(breaker)
        assert wait_of(breaker) == 5
        clock.pass_time(seconds=5)
        ask(breaker, is_answered=False)
        clock.pass_time(seconds=10)
        ask(breaker, is_answered=True)
        clock.pass_time(hours=1)


def test_a_probe_that_was_given_up_leaves_its_place_to_the_next() -> None:
    clock = HandClock()
    breaker = breaker_at(clock)
    go_silent(breaker)
    clock.pass_time(seconds=5)
    with pytest.raises(asyncio.CancelledError), breaker.call():
        raise asyncio.CancelledError
    assert breaker.silent_since is not None
    ask(breaker, is_answered=True)
    assert breaker.silent_since is None


def test_calls_that_were_under_way_lengthen_no_wait_but_their_answer_counts() -> None:
    clock = HandClock()
    breaker = breaker_at(clock)
    with breaker.call() as answered:
        with breaker.call() as missed:
            go_silent(breaker)
            missed.is_answered = False
        assert wait_of(breaker) == 5
        answered.is_answered = True
    assert breaker.silent_since is None


def test_a_probe_that_fails_after_another_call_was_answered_is_one_call_in_vain() -> None:
    clock = HandClock()
    breaker = breaker_at(clock)
    with ExitStack() as under_way:
        late = under_way.enter_context(breaker.call())
        go_silent(breaker)
        clock.pass_time(seconds=5)
        with breaker.call() as probe:
            late.is_answered = True
            under_way.close()
            probe.is_answered = False
    assert breaker.silent_since is None


def test_a_clock_that_was_set_back_keeps_nobody_waiting() -> None:
    clock = HandClock()
    breaker = breaker_at(clock)
    go_silent(breaker)
    clock.pass_time(hours=-1)
    ask(breaker, is_answered=True)
    assert breaker.silent_since is None


CONFLICT = f'{{"errors":[{{"code":"conflictTaskUUID","taskUUID":"{A}"}}]}}'.encode()
ROW = f'{{"data":[{{"taskType":"training","taskUUID":"{A}"}}]}}'.encode()


@pytest.mark.parametrize(
    ("reply", "is_answer"),
    [
        (None, False),
        ((500, b""), False),
        ((503, b"<html>"), False),
        ((504, b'{"errors":[{"code":"timeoutProvider"}]}'), False),
        ((200, b"<html>"), False),
        ((302, b""), False),
        ((200, b'{"data":[]}'), True),
        ((429, b""), True),
        ((401, b"<html>"), True),
        ((404, b""), True),
        ((400, CONFLICT), True),
        ((500, CONFLICT), True),
        ((500, ROW), True),
    ],
)
async def test_what_counts_as_an_answer(reply: Reply, is_answer: bool) -> None:  # noqa: FBT001 - a table
    clock = HandClock()
    mouth = SmallMouth(replies=[reply] * MOST_MISSED)
    client = client_of(mouth, clock=clock)
    trainer = RunwareTrainer(client, Webhooks(None, None))
    for _ in range(MOST_MISSED):
        await asyncio.gather(trainer.submit(PAID), return_exceptions=True)
    assert client.silent_since == (None if is_answer else clock.now)


async def test_a_paid_request_is_certainly_not_sent_to_a_silent_runware() -> None:
    clock = HandClock()
    mouth = SmallMouth(replies=[None] * MOST_MISSED)
    client = client_of(mouth, clock=clock)
    trainer = RunwareTrainer(client, Webhooks(None, None))
    for _ in range(MOST_MISSED):
        with pytest.raises(Unavailable, match="Nobody there"):
            await trainer.submit(PAID)
    with pytest.raises(NotSent) as told:
        await trainer.submit(PAID)
    assert len(mouth.bodies) == MOST_MISSED
    assert told.value.retry_after is not None
    mouth.replies = [(200, ROW)]
    clock.pass_time(minutes=1)
    await trainer.submit(PAID)
    assert client.silent_since is None


async def test_a_refused_call_gives_its_place_back() -> None:
    clock = HandClock()
    mouth = SmallMouth(replies=[None] * MOST_MISSED)
    client = client_of(mouth, clock=clock, places=1)
    told = await asyncio.gather(*(client.ask(PAID.body) for _ in range(9)), return_exceptions=True)
    assert [type(one) for one in told] == [Unavailable] * MOST_MISSED + [NotSent] * (9 - MOST_MISSED)
    clock.now += timedelta(minutes=1)
    assert (await client.ask(PAID.body)).is_good

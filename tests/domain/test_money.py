"""What things cost: rounded up to be reserved, learned from what was charged, never free by silence."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import (
    LEARNED_FROM,
    TRAINING,
    Estimate,
    Line,
    Micros,
    Statement,
    any_size,
    dollars,
    estimated,
    micros,
    month_around,
    month_of,
    picture_key,
    priced,
    steady,
)

EAST = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("amount", "whole"),
    [(0, 0), (12, 12_000_000), (0.1, 100_000), (0.0000001, 1), (1.0000001, 1_000_001), (0.1 + 0.2, 300_000)],
)
def test_dollars_are_whole_micro_dollars_rounded_up(amount: float, whole: int) -> None:
    assert micros(amount) == whole


@given(st.integers(0, 10**12))
def test_micro_dollars_are_the_same_there_and_back(amount: int) -> None:
    assert micros(dollars(amount)) == amount


@given(st.floats(0, 1e6))
def test_a_reservation_is_never_too_small_by_more_than_a_thousandth_of_a_micro_dollar(amount: float) -> None:
    assert micros(amount) >= amount * 1_000_000 - 0.001


def test_an_estimate_is_the_range_of_what_was_charged_with_the_number_of_runs_behind_it() -> None:
    estimate = estimated([12.0, 10.5, 11.0], 99.0)
    assert estimate == Estimate(10.5, 12.0, 3)
    assert estimate.is_measured


def test_many_cost_as_many_times_as_much() -> None:
    assert estimated([0.25, 0.5], None, count=4) == Estimate(1.0, 2.0, 2)
    assert estimated([], 0.25, count=4) == Estimate(1.0, 1.0)


def test_only_the_newest_costs_are_learned_from() -> None:
    assert estimated([1.0] * LEARNED_FROM + [50.0], None) == Estimate(1.0, 1.0, LEARNED_FROM)


def test_a_cost_of_zero_teaches_nothing() -> None:
    assert estimated([0.0, 12.0], None) == Estimate(12.0, 12.0, 1)
    assert estimated([0.0], None) is None


def test_what_an_admin_says_holds_as_long_as_nothing_was_measured_and_is_marked_as_such() -> None:
    setting = estimated([], 12.0)
    assert setting == Estimate(12.0, 12.0, 0)
    assert not setting.is_measured
    assert estimated([], None) is None


def test_only_a_price_that_has_become_dearer_or_known_is_news() -> None:
    cheap, dear = Estimate(1.0, 1.0), Estimate(2.0, 2.0)
    assert steady(dear, cheap) == dear
    assert steady(cheap, None) == cheap
    assert steady(cheap, dear) == steady(None, dear) == dear


def test_a_price_reads_as_one_sum_or_a_span_and_is_never_called_free() -> None:
    assert priced(Estimate(12.0, 12.0)) == "$12.00"
    assert priced(Estimate(1200.0, 1300.5)) == "$1,200.00 to $1,300.50"
    assert priced(None) == "not known yet"


def test_what_an_admin_says_holds_whatever_was_measured_where_it_says_so() -> None:
    held = estimated([12.0, 1200.0], 15.0, count=2, holds=True)
    assert held == Estimate(30.0, 30.0, holds=True)
    assert estimated([12.0], None, holds=True) == Estimate(12.0, 12.0, 1)
    assert steady(Estimate(12.0, 1200.0, 6), held) == held


def test_what_was_never_measured_is_no_cheaper_than_the_dearest_like_it() -> None:
    assert estimated([], 0.04, count=20, others=0.9) == Estimate(18.0, 18.0, is_of_others=True)
    assert estimated([], 1.0, others=0.9) == Estimate(1.0, 1.0)
    assert estimated([0.5], 0.04, others=0.9) == Estimate(0.5, 0.5, 1)
    assert estimated([], None, others=0.9) is None


def test_prices_of_a_quality_differ_in_the_size_alone() -> None:
    assert any_size(picture_key("1024x1024", "low")) == "picture:%:low"
    assert any_size(TRAINING) == "training"


def test_what_is_left_is_what_is_neither_spent_nor_reserved_and_never_less_than_nothing() -> None:
    assert Line("team", Micros(5), Micros(3), Micros(10)).left == 2
    assert Line("team", Micros(9), Micros(3), Micros(10)).left == 0
    assert Line("team", Micros(9), Micros(3)).left is None


def test_an_approved_picture_costs_its_share_of_the_month() -> None:
    total = Line("in all", Micros(10), Micros(0))
    assert Statement("2026-11", total, approved=4).each == 2
    assert Statement("2026-11", total).each is None


def test_a_month_is_that_of_utc_and_a_price_that_of_size_and_quality() -> None:
    assert month_of(datetime(2026, 2, 28, 23, 59, tzinfo=UTC)) == "2026-02"
    assert picture_key("1024x1024", "low") == "picture:1024x1024:low"


@pytest.mark.parametrize(
    ("at", "first", "following"),
    [
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), (2026, 12), (2027, 1)),
        (datetime(2026, 2, 1, tzinfo=UTC), (2026, 2), (2026, 3)),
        (datetime(2026, 3, 1, 1, tzinfo=EAST), (2026, 2), (2026, 3)),
    ],
)
def test_a_month_begins_and_ends_by_utc(
    at: datetime, first: tuple[int, int], following: tuple[int, int]
) -> None:
    assert month_around(at) == (datetime(*first, 1, tzinfo=UTC), datetime(*following, 1, tzinfo=UTC))


def test_a_sum_that_no_account_holds_can_still_be_written_down() -> None:
    assert micros(1.8e308) == micros(1e9) == 10**15

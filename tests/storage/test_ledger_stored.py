"""The ledger: what is reserved, settled and released, the budgets that hold, and the statement of a month."""

import math
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.errors import BudgetExceeded
from bot.domain.ids import ChannelId, GenerationId, RunId, UserId, WorkspaceId
from bot.domain.money import TRAINING, Entry, Line, Micros, PriceKey, Statement, micros, picture_key
from bot.domain.policy import Budget, Per
from bot.ports import Store
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import ACME, ANN, CHANNEL, MINUTE, a_generation

BEN = UserId("U2")
BRAND = ChannelId("C2")
MONTH = datetime(2026, 11, 1, tzinfo=NOON.tzinfo)
ALL = Budget("all", 20.0)
RUN = RunId("run-1")


def an_entry(key: str = RUN, dollars: float = 12.0, **changes: Any) -> Entry:  # noqa: ANN401 - fields of its own
    entry = Entry(RunId(key), ACME, CHANNEL, ANN, "stellar", TRAINING, 1, micros(dollars))
    return replace(entry, **changes)


async def reserve(store: Store, entry: Entry, *budgets: Budget) -> None:
    await store.write(lambda tx: tx.ledger.reserve(entry, budgets))


async def settle(store: Store, key: str, cost: float | None) -> Micros | None:
    booked = await store.write(lambda tx: tx.ledger.settle(RunId(key), cost))
    return booked.amount if booked else None


async def release(store: Store, key: str = RUN) -> Micros | None:
    return await store.write(lambda tx: tx.ledger.release(RunId(key)))


async def costs(store: Store) -> list[float]:
    return list(await store.read(lambda tx: tx.ledger.costs(ACME, TRAINING)))


async def stated(store: Store, *budgets: Budget, viewer: UserId | None = None) -> Statement:
    """Return the statement of the month so far."""
    return await store.read(lambda tx: tx.ledger.statement(ACME, MONTH, tx.now, budgets, viewer=viewer))


async def spend(store: Store, key: str, dollars: float, **changes: Any) -> None:  # noqa: ANN401 - the same
    await reserve(store, an_entry(key, dollars, **changes))
    await settle(store, key, dollars)


async def test_what_is_reserved_is_settled_by_what_it_cost_once(any_store: Store) -> None:
    await reserve(any_store, an_entry())
    assert (await stated(any_store)).total == Line("", Micros(0), micros(12))
    assert await settle(any_store, RUN, 10.5) == 10_500_000
    assert (await stated(any_store)).total == Line("", micros(10.5), Micros(0))
    assert await settle(any_store, RUN, 99.0) is None
    assert await release(any_store) is None
    assert (await stated(any_store)).total.spent == 10_500_000


async def test_what_is_released_was_never_spent(any_store: Store) -> None:
    await reserve(any_store, an_entry())
    assert await release(any_store) == 12_000_000
    assert await release(any_store) is None
    assert await settle(any_store, RUN, 10.0) is None
    assert await stated(any_store) == Statement(
        "2026-11", Line("", Micros(0), Micros(0)), days=(Micros(0),) * 21
    )


async def test_of_what_nobody_put_down_nothing_is_booked(any_store: Store) -> None:
    assert await settle(any_store, "forged", 10.0) is None
    assert await release(any_store, "forged") is None


@pytest.mark.parametrize("cost", [None, 0.0, -1.0, math.nan, math.inf, 1e9, 1e300])
async def test_a_cost_that_was_not_stated_is_never_free(any_store: Store, cost: float | None) -> None:
    await reserve(any_store, an_entry())
    assert await settle(any_store, RUN, cost) == 12_000_000
    statement = await stated(any_store)
    assert (statement.total.spent, statement.assumed, statement.total.unpriced) == (12_000_000, 12_000_000, 0)
    assert await costs(any_store) == []


async def test_what_has_no_price_at_all_is_counted(any_store: Store) -> None:
    await reserve(any_store, an_entry(dollars=0))
    assert await settle(any_store, RUN, None) == 0
    await reserve(any_store, an_entry("run-2", dollars=0))
    assert await settle(any_store, "run-2", 3.0) == 3_000_000
    statement = await stated(any_store)
    assert (statement.total, statement.assumed) == (Line("", micros(3), Micros(0), unpriced=1), 0)
    assert [line.unpriced for line in (*statement.styles, *statement.people)] == [1, 1]


async def test_a_settled_entry_is_left_as_it_is(any_store: Store) -> None:
    await spend(any_store, RUN, 10.0)
    await reserve(any_store, an_entry(dollars=500.0), ALL)
    assert (await stated(any_store)).total == Line("", micros(10), Micros(0))


async def test_what_was_released_may_be_reserved_again(any_store: Store) -> None:
    await reserve(any_store, an_entry(), ALL)
    await release(any_store)
    await reserve(any_store, an_entry(dollars=19.0), ALL)
    assert await settle(any_store, RUN, 18.0) == 18_000_000


# ── budgets ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_budget_holds_to_the_cent(any_store: Store) -> None:
    await reserve(any_store, an_entry("run-1", 12.0), ALL)
    with pytest.raises(BudgetExceeded):
        await reserve(any_store, an_entry("run-2", 8.000001), ALL)
    await reserve(any_store, an_entry("run-2", 8.0), ALL)
    with pytest.raises(BudgetExceeded):
        await reserve(any_store, an_entry("run-3", 0.000001), ALL)
    assert (await stated(any_store)).total.reserved == 20_000_000


async def test_what_is_over_a_budget_is_told_with_all_that_one_needs_to_know(any_store: Store) -> None:
    await spend(any_store, "run-1", 10.5)
    await reserve(any_store, an_entry("run-2", 5.0), ALL)
    with pytest.raises(BudgetExceeded) as told:
        await reserve(any_store, an_entry("run-3", 12.0), ALL)
    assert str(told.value) == (
        "The budget “all” allows $20.00 a month: $10.50 is spent and $5.00 reserved, so $4.50 is left."
        " This needs $12.00. Ask an admin to raise the budget, or wait until the 1st."
    )


async def test_small_prices_are_told_exactly(any_store: Store) -> None:
    await reserve(any_store, an_entry("run-1", 0.0385), Budget("tiny", 0.05, Per.USER))
    with pytest.raises(BudgetExceeded, match=rf"by @{ANN}: \$0\.00 is spent and \$0\.0385 reserved") as told:
        await reserve(any_store, an_entry("run-2", 0.0385), Budget("tiny", 0.05, Per.USER))
    assert "$0.0115 is left" in str(told.value)


async def test_nobody_may_spend_an_unknown_price_of_a_budget(any_store: Store) -> None:
    with pytest.raises(BudgetExceeded, match=r"Nobody knows yet.*“all”.*an admin"):
        await reserve(any_store, an_entry(dollars=0), ALL)
    await reserve(any_store, an_entry(dollars=0), Budget("brand", 20, Per.CHANNEL, (BRAND,)))


async def test_a_reservation_that_replaces_its_own_counts_the_old_as_free(any_store: Store) -> None:
    await reserve(any_store, an_entry(dollars=15.0), ALL)
    await reserve(any_store, an_entry(dollars=20.0), ALL)
    with pytest.raises(BudgetExceeded, match=r"\$0\.00 is spent and \$0\.00 reserved"):
        await reserve(any_store, an_entry(dollars=20.5), ALL)
    assert (await stated(any_store)).total.reserved == 20_000_000


async def test_what_cost_more_than_was_reserved_is_booked_and_leaves_nothing(any_store: Store) -> None:
    await reserve(any_store, an_entry(dollars=20.0), ALL)
    await settle(any_store, RUN, 25.0)
    [line] = (await stated(any_store, ALL)).budgets
    assert (line.spent, line.left) == (25_000_000, 0)
    with pytest.raises(BudgetExceeded, match=r"\$25\.00 is spent.*\$0\.00 is left"):
        await reserve(any_store, an_entry("run-2", 1.0), ALL)


@pytest.mark.parametrize(
    ("budget", "other"),
    [
        (Budget("each channel", 20, Per.CHANNEL), {"channel": BRAND}),
        (Budget("each person", 20, Per.USER), {"user": BEN}),
        (Budget("these channels", 20, Per.WORKSPACE, (CHANNEL,)), {"channel": BRAND}),
        (Budget("this channel", 20, Per.CHANNEL, (CHANNEL,)), {"channel": BRAND}),
        (Budget("this person", 20, Per.USER, (ANN,)), {"user": BEN}),
        (ALL, {"workspace": WorkspaceId("T2")}),
    ],
)
async def test_a_budget_limits_whom_it_is_about_and_nobody_else(
    any_store: Store, budget: Budget, other: dict[str, Any]
) -> None:
    await reserve(any_store, an_entry("run-1", 12.0), budget)
    await reserve(any_store, an_entry("run-2", 12.0, **other), budget)
    with pytest.raises(BudgetExceeded, match=f"“{budget.name}” allows"):
        await reserve(any_store, an_entry("run-3", 12.0), budget)


async def test_every_budget_must_have_room(any_store: Store) -> None:
    hers = Budget("hers", 5, Per.USER, (ANN,))
    with pytest.raises(BudgetExceeded, match="“hers”"):
        await reserve(any_store, an_entry(dollars=12.0), ALL, hers)
    await reserve(any_store, an_entry(dollars=12.0, user=BEN), ALL, hers)


async def test_a_month_begins_with_nothing_spent(any_store: Store, clock: FakeClock) -> None:
    await reserve(any_store, an_entry("run-1", 20.0), ALL)
    clock.now = datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=NOON.tzinfo)
    with pytest.raises(BudgetExceeded):
        await reserve(any_store, an_entry("run-2", 20.0), ALL)
    clock.pass_time(microseconds=1)
    await reserve(any_store, an_entry("run-2", 20.0), ALL)


async def test_what_is_settled_later_is_booked_in_the_month_of_its_reservation(
    any_store: Store, clock: FakeClock
) -> None:
    await reserve(any_store, an_entry(dollars=20.0), ALL)
    clock.now = datetime(2026, 12, 2, tzinfo=NOON.tzinfo)
    await settle(any_store, RUN, 18.0)
    december = datetime(2026, 12, 1, tzinfo=NOON.tzinfo)
    now = await any_store.read(lambda tx: tx.ledger.statement(ACME, december, tx.now, (ALL,)))
    then = await any_store.read(lambda tx: tx.ledger.statement(ACME, MONTH, december, (ALL,)))
    assert (now.month, now.total.spent, now.budgets[0].spent, len(now.days)) == ("2026-12", 0, 0, 2)
    assert (then.month, then.total.spent, then.budgets[0].spent, len(then.days)) == (
        "2026-11",
        18_000_000,
        18_000_000,
        30,
    )


# ── prices that were learned ─────────────────────────────────────────────────────────────────────────


async def test_a_price_is_that_of_one_the_newest_first(any_store: Store, clock: FakeClock) -> None:
    key = picture_key("1024x1024", "low")
    for number in range(3):
        await reserve(any_store, an_entry(f"gen-{number}", 1.0, price_key=key, count=4))
    for number, cost in ((2, 0.3), (0, 0.4), (1, 0.2)):
        clock.pass_time(seconds=1)
        await settle(any_store, f"gen-{number}", cost)
    await spend(any_store, "run-1", 12.0)
    assert await any_store.read(lambda tx: tx.ledger.costs(ACME, key)) == [0.05, 0.1, 0.075]
    assert await costs(any_store) == [12.0]
    assert await any_store.read(lambda tx: tx.ledger.costs(WorkspaceId("T2"), key)) == []


async def test_a_price_is_learned_from_the_newest_twenty(any_store: Store, clock: FakeClock) -> None:
    for number in range(1, 23):
        await spend(any_store, f"run-{number}", float(number))
        clock.pass_time(seconds=1)
    assert await costs(any_store) == [float(number) for number in range(22, 2, -1)]


# ── the statement ────────────────────────────────────────────────────────────────────────────────────


async def test_a_statement_tells_trainings_and_pictures_apart(any_store: Store) -> None:
    await spend(any_store, "run-1", 12.0)
    await spend(any_store, "run-2", 9.0, user=BEN)
    await reserve(any_store, an_entry("pictures", 0.5, price_key=picture_key("1024x1024", "high"), count=4))
    assert (await stated(any_store)).kinds == (
        Line("trainings", micros(21), Micros(0)),
        Line("pictures", Micros(0), micros(0.5)),
    )


async def test_a_statement_tells_by_style_and_person_the_largest_first(any_store: Store) -> None:
    await spend(any_store, "run-1", 3.0, style="comet")
    await spend(any_store, "run-2", 12.0)
    await reserve(any_store, an_entry("run-3", 4.0, style="aurora", user=BEN))
    await spend(any_store, "run-4", 9.0, user=BEN, style="aurora")
    statement = await stated(any_store)
    assert statement.total == Line("", micros(24), micros(4))
    assert statement.styles == (
        Line("aurora", micros(9), micros(4)),
        Line("stellar", micros(12), Micros(0)),
        Line("comet", micros(3), Micros(0)),
    )
    assert statement.people == (Line(ANN, micros(15), Micros(0)), Line(BEN, micros(9), micros(4)))


async def test_a_statement_tells_each_day_of_its_span(any_store: Store, clock: FakeClock) -> None:
    for days, dollars in ((0, 1.0), (0, 2.0), (2, 4.0)):
        clock.now = NOON + timedelta(days=days)
        await spend(any_store, f"run-{dollars}", dollars)
    start = NOON - timedelta(days=1, hours=12)
    statement = await any_store.read(lambda tx: tx.ledger.statement(ACME, start, tx.now))
    assert statement.days == (0, 3_000_000, 0, 4_000_000)
    assert sum(statement.days) == statement.total.spent


async def test_a_span_begins_with_its_start_and_stops_short_of_its_end(
    any_store: Store, clock: FakeClock
) -> None:
    for dollars in (1.0, 2.0, 4.0):
        await spend(any_store, f"run-{dollars}", dollars)
        clock.pass_time(minutes=1)
    for since, until, spent in (
        (NOON, NOON + MINUTE, 1),
        (NOON + MINUTE, NOON + 2 * MINUTE, 2),
        (NOON, NOON + 9 * MINUTE, 7),
        (clock.now, clock.now, 0),
    ):
        statement = await any_store.read(lambda tx: tx.ledger.statement(ACME, since, until))  # noqa: B023 - at once
        assert statement.total.spent == micros(spent)


async def test_a_statement_of_a_week_across_months_tells_the_budgets_of_the_second(
    any_store: Store, clock: FakeClock
) -> None:
    clock.now = datetime(2026, 11, 29, tzinfo=NOON.tzinfo)
    await spend(any_store, "run-1", 5.0)
    clock.now = datetime(2026, 12, 2, tzinfo=NOON.tzinfo)
    await spend(any_store, "run-2", 7.0)
    since = clock.now - timedelta(days=7)
    week = await any_store.read(lambda tx: tx.ledger.statement(ACME, since, tx.now, (ALL,)))
    assert (week.month, week.total.spent, len(week.days)) == ("2026-12", micros(12), 8)
    assert week.budgets == (Line("all", micros(7), Micros(0), micros(20)),)


async def test_a_statement_names_each_budget_with_whose_it_is(any_store: Store) -> None:
    await spend(any_store, "run-1", 5.0)
    await spend(any_store, "run-2", 7.0, channel=BRAND, user=BEN)
    channels, people = Budget("each", 20, Per.CHANNEL), Budget("own", 9, Per.USER)
    strangers = Budget("theirs", 9, Per.USER, (BEN,))
    seen = await stated(any_store, people, ALL, channels, strangers, viewer=ANN)
    limit = micros(20)
    assert seen.budgets == (
        Line("own U1", micros(5), Micros(0), micros(9)),
        Line("all", micros(12), Micros(0), limit),
        Line("each C2", micros(7), Micros(0), limit),
        Line("each C1", micros(5), Micros(0), limit),
    )
    assert [line.name for line in (await stated(any_store, people, ALL)).budgets] == ["all"]
    nobody = await stated(any_store, people, viewer=UserId("U9"))
    assert nobody.budgets == (Line("own U9", Micros(0), Micros(0), micros(9)),)


async def test_a_statement_names_the_channels_of_a_budget_before_anything_is_spent(any_store: Store) -> None:
    budget = Budget("fairs", 20, Per.CHANNEL, (BRAND, CHANNEL))
    await spend(any_store, RUN, 5)
    lines = (await stated(any_store, budget)).budgets
    assert [(line.name, line.left) for line in lines] == [
        (f"fairs {CHANNEL}", micros(15)),
        (f"fairs {BRAND}", micros(20)),
    ]


async def test_a_statement_counts_the_pictures_that_were_approved_in_its_span(
    any_store: Store, clock: FakeClock
) -> None:
    generation = GenerationId("gen-1")
    await any_store.write(lambda tx: tx.generations.add(a_generation(generation)))
    await spend(any_store, "run-1", 12.0)
    for picture in ("p1", "p2", "p2", "p3"):
        await any_store.write(lambda tx: tx.library.clear(ACME, generation, picture, BEN))  # noqa: B023 - at once
    statement = await stated(any_store)
    assert (statement.approved, statement.each) == (3, 4_000_000)
    clock.pass_time(days=31)
    later = await any_store.read(lambda tx: tx.ledger.statement(ACME, NOON + MINUTE, tx.now))
    assert (later.approved, later.each) == (0, None)


async def test_the_dearest_of_a_quality_is_told_whatever_its_size(any_store: Store) -> None:
    def dearest(key: PriceKey) -> Awaitable[float | None]:
        return any_store.read(lambda tx: tx.ledger.dearest_like(ACME, key))

    new = picture_key("2048x1984", "high")
    assert await dearest(new) is None
    for size, quality, dollars in (("64x64", "high", 0.2), ("2048x2048", "high", 3.6), ("64x64", "low", 9.0)):
        entry = an_entry(f"{size} {quality}", dollars, price_key=picture_key(size, quality), count=4)
        await reserve(any_store, entry)
        await settle(any_store, entry.subject, dollars)
    assert await dearest(new) == 0.9


@pytest.mark.parametrize(
    ("needed", "told"),
    [
        (300.0, "$200.00 is left. This needs $300.00. It is more than a whole month's budget: ask an admin"),
        (77.7777, "$77.77 is left. This needs $77.78. Ask an admin to raise the budget, or wait until"),
        (77.7701, "$77.77 is left. This needs $77.7701. Ask an admin to raise the budget, or wait until"),
    ],
)
async def test_who_needs_more_than_the_whole_budget_is_not_told_to_wait(
    any_store: Store, needed: float, told: str
) -> None:
    budget = Budget("brand", 200.0)
    if needed < budget.limit:
        await spend(any_store, RUN, 122.23)
    with pytest.raises(BudgetExceeded) as no:
        await reserve(any_store, an_entry("run-2", needed), budget)
    assert told in str(no.value)
    assert ("wait until the 1st" in str(no.value)) is (needed < budget.limit)


async def test_a_part_that_cost_more_than_was_reserved_is_booked_as_stated(any_store: Store) -> None:
    await reserve(any_store, an_entry())
    spent = await any_store.write(lambda tx: tx.ledger.settle(RUN, 15.0, is_whole=False))
    assert spent
    assert spent.amount == 15_000_000


async def test_what_one_costs_is_learned_from_as_many_as_came(any_store: Store) -> None:
    await reserve(any_store, an_entry(count=4))
    await any_store.write(lambda tx: tx.ledger.settle(RUN, 6.0, count=2))
    assert await costs(any_store) == [3.0]


async def test_the_first_moment_of_a_month_is_in_it(any_store: Store, clock: FakeClock) -> None:
    clock.now = MONTH
    await reserve(any_store, an_entry(), ALL)
    with pytest.raises(BudgetExceeded):
        await reserve(any_store, an_entry("run-2"), ALL)

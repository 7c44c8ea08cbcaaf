"""Which month `/style budget` adds up, by which rules, and for whom."""

from datetime import datetime

import pytest

from bot.domain.ids import RunId
from bot.domain.money import TRAINING, Entry, Micros, micros
from bot.domain.policy import Budget, Per, Policy
from bot.services.budgets import Budgets
from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.house import ANN, BEN, BRAND, RUN, T1


def budgets(store: SQLiteStore, *limits: Budget) -> Budgets:
    return Budgets(store, policy=lambda: Policy(budgets=limits))


async def reserve(store: SQLiteStore, dollars: float, *, run: RunId = RUN) -> None:
    """Put down that ann's training will cost so much."""
    entry = Entry(run, T1, BRAND, ANN, "stellar", TRAINING, 1, micros(dollars))
    await store.write(lambda tx: tx.ledger.reserve(entry, ()))


async def test_a_budget_tells_what_it_has_left_this_month(store: SQLiteStore) -> None:
    await reserve(store, 12)
    told = await budgets(store, Budget("brand", 200.0)).statement(T1, who=BEN)
    assert told.month == "2026-11"
    assert [(line.name, line.left) for line in told.budgets] == [("brand", micros(188))]


async def test_of_what_each_person_may_spend_only_ones_own_is_told(store: SQLiteStore) -> None:
    await reserve(store, 12)
    own = budgets(store, Budget("own", 20.0, Per.USER))
    for who, left in ((ANN, 8), (BEN, 20)):
        (line,) = (await own.statement(T1, who=who)).budgets
        assert line.left == micros(left)


@pytest.mark.parametrize(
    ("first", "last", "after"),
    [
        ("2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z", "2026-12-01T00:00:00Z"),
        ("2026-12-01T00:00:00Z", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"),
        ("2028-02-01T00:00:00Z", "2028-02-29T23:59:59Z", "2028-03-01T00:00:00Z"),
    ],
)
async def test_a_month_is_a_whole_calendar_month_in_utc(
    store: SQLiteStore, clock: FakeClock, first: str, last: str, after: str
) -> None:
    clock.now = datetime.fromisoformat(first)
    await reserve(store, 5)
    for moment, known in ((first, 5), (last, 5), (after, 0)):
        clock.now = datetime.fromisoformat(moment)
        assert (await budgets(store).statement(T1, who=ANN)).total.reserved == micros(known)


async def test_the_budgets_are_those_of_the_policy_of_now(store: SQLiteStore) -> None:
    limits: list[Budget] = []
    asked = Budgets(store, policy=lambda: Policy(budgets=tuple(limits)))
    assert (await asked.statement(T1, who=ANN)).budgets == ()
    limits.append(Budget("brand", 1.0))
    (line,) = (await asked.statement(T1, who=ANN)).budgets
    assert line.limit == Micros(1_000_000)

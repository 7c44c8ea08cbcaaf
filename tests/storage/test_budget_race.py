"""However many approve at once over one budget, it is not exceeded, and what fits is let through (M1)."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from bot.domain.errors import BudgetExceeded
from bot.domain.ids import RunId, UserId
from bot.domain.money import TRAINING, Entry, micros
from bot.domain.policy import Budget, Per
from storage.sqlite import SQLiteStore
from tests.fakes import NOON, FakeClock
from tests.inline_store import InlineStore, put_database
from tests.storage.store_world import ACME, CHANNEL

CROWD, EACH, LIMIT = 20, 12.5, 100.0
FITS = 8
"""Of 12.5 dollars each into 100: all of it, so that one more would be seen."""
TIGHT = (Budget("all", LIMIT), Budget("here", LIMIT + 5, Per.CHANNEL))


def an_entry(number: int) -> Entry:
    who = UserId(f"U{number % 3}")
    return Entry(RunId(f"run-{number:02}"), ACME, CHANNEL, who, "stellar", TRAINING, 1, micros(EACH))


def reserve_in(path: Path, number: int) -> str:
    """Reserve over a connection of this thread's own, as another process would."""
    with closing(InlineStore(path, FakeClock(), f"process {number}")) as store:
        try:
            store.do(lambda tx: tx.ledger.reserve(an_entry(number), TIGHT))
        except BudgetExceeded:
            return "refused"
    return "reserved"


def test_of_twenty_connections_at_once_as_many_reserve_as_fit(tmp_path: Path) -> None:
    put_database(path := tmp_path / "race.db")
    with ThreadPoolExecutor(CROWD) as crowd:
        told = Counter(crowd.map(reserve_in, [path] * CROWD, range(CROWD)))
    with closing(InlineStore(path, FakeClock())) as store:
        statement = store.do(lambda tx: tx.ledger.statement(ACME, NOON, NOON, TIGHT))
    assert told == {"reserved": FITS, "refused": CROWD - FITS}
    assert statement.total.reserved == FITS * micros(EACH) <= micros(LIMIT)
    assert [line.left for line in statement.budgets] == [0, micros(5)]


async def test_of_two_hundred_approvals_of_one_bot_as_many_reserve_as_fit(store: SQLiteStore) -> None:
    async def reserve(number: int) -> None:
        await store.write(lambda tx: tx.ledger.reserve(an_entry(number), TIGHT))

    told = await asyncio.gather(*map(reserve, range(200)), return_exceptions=True)
    assert Counter(map(type, told)) == {type(None): FITS, BudgetExceeded: 200 - FITS}
    statement = await store.read(lambda tx: tx.ledger.statement(ACME, NOON, NOON, TIGHT))
    assert statement.total.reserved == FITS * micros(EACH)


async def test_one_approval_that_is_asked_for_by_many_at_once_is_reserved_once(store: SQLiteStore) -> None:
    await asyncio.gather(*(store.write(lambda tx: tx.ledger.reserve(an_entry(0), TIGHT)) for _ in range(200)))
    statement = await store.read(lambda tx: tx.ledger.statement(ACME, NOON, NOON))
    assert statement.total.reserved == micros(EACH)

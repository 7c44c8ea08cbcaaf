"""The machine's clock is set back by an hour: what was due in a minute is due in a minute."""

from datetime import timedelta

from bot.domain.message import RunCard
from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.storage.store_world import a_run

LEASE = timedelta(seconds=60)


async def due(store: SQLiteStore) -> tuple[int, int]:
    """Take all that is due; return how many runs and messages that were."""

    return await store.write(
        lambda tx: (len(tx.runs.take(limit=9, lease=LEASE)), len(tx.outbox.take(limit=9, lease=LEASE)))
    )


async def test_what_is_due_comes_sooner_by_as_much_as_the_clock_was_set_back(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await store.write(lambda tx: (tx.runs.add(a_run()), tx.outbox.announce(RunCard(a_run().id))))
    await store.clean_up()
    clock.pass_time(hours=-1)
    assert await due(store) == (0, 0)
    await store.clean_up()
    assert await due(store) == (1, 1)


async def test_a_lease_ends_as_it_would_have_ended(store: SQLiteStore, clock: FakeClock) -> None:
    await store.write(lambda tx: tx.runs.add(a_run()))
    assert (await due(store))[0] == 1
    await store.clean_up()
    clock.pass_time(hours=-1)
    await store.clean_up()
    assert (await due(store))[0] == 0
    clock.pass_time(seconds=LEASE.total_seconds() + 1)
    assert (await due(store))[0] == 1


async def test_a_clock_that_goes_on_changes_nothing_that_is_due(store: SQLiteStore, clock: FakeClock) -> None:
    await store.write(lambda tx: tx.runs.add(a_run()))
    [run] = await store.write(lambda tx: tx.runs.take(limit=1, lease=LEASE))
    await store.write(lambda tx: tx.runs.postpone(run, due=timedelta(hours=2)))
    for _ in range(3):
        clock.pass_time(minutes=30)
        await store.clean_up()
    assert (await due(store))[0] == 0
    clock.pass_time(minutes=31)
    assert (await due(store))[0] == 1

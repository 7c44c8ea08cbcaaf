"""The machine's clock is set back by an hour: what was due in a minute is due in a minute."""

from datetime import timedelta

import pytest

from bot.domain.message import RunCard
from bot.domain.task import Submitted
from bot.ports import Transaction
from storage.sqlite import SQLiteStore
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import HANDED_OVER, a_dataset, a_run, live, looked_at

LEASE = timedelta(seconds=60)


async def due(store: SQLiteStore) -> tuple[int, int]:
    """Take all that is due; return how many runs and messages that were."""

    return await store.write(
        lambda tx: (len(tx.runs.take(limit=9, lease=LEASE)), len(tx.outbox.take(limit=9, lease=LEASE)))
    )


async def put(store: SQLiteStore) -> None:
    """Put a run down, and its card, both due now."""

    def work(tx: Transaction) -> None:
        tx.runs.add(a_run())
        tx.outbox.announce(RunCard(a_run().id))

    await store.write(work)


async def test_what_is_due_comes_sooner_by_as_much_as_the_clock_was_set_back(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await put(store)
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


async def test_a_look_that_was_asked_for_is_made_as_soon_as_it_would_have_been(
    store: SQLiteStore, clock: FakeClock
) -> None:
    """It was asked for while the run was taken, so it is made when the run is given back."""
    run = await live(store, a_run(), looked_at(a_dataset()), *HANDED_OVER)
    await store.write(lambda tx: tx.runs.record(run, Submitted(), due=timedelta()))
    [held] = await store.write(lambda tx: tx.runs.take(limit=1, lease=LEASE))
    await store.write(lambda tx: tx.runs.hasten(run.id, every=timedelta(seconds=5)))
    await store.clean_up()
    clock.pass_time(hours=-1)
    await store.clean_up()
    await store.write(lambda tx: tx.runs.postpone(held, due=timedelta(minutes=5)))
    assert (await due(store))[0] == 1


@pytest.mark.parametrize("is_parked", [False, True])
async def test_a_message_that_was_tried_is_looked_for_from_the_moment_it_was_tried_at(
    store: SQLiteStore, clock: FakeClock, *, is_parked: bool
) -> None:
    """By a clock that was an hour ahead, that moment would lie after the post itself."""
    await put(store)
    clock.pass_time(hours=1)
    [pending] = await store.write(lambda tx: tx.outbox.take(limit=1, lease=LEASE))
    pending = await store.write(lambda tx: tx.outbox.attempt(pending))
    if is_parked:
        await store.write(lambda tx: tx.outbox.park(pending, "not in the channel"))
    await store.clean_up()
    clock.pass_time(hours=-1, seconds=10)
    await store.clean_up()
    clock.pass_time(minutes=2)
    await store.write(lambda tx: tx.outbox.unpark(a_run().request.workspace))
    [pending] = await store.write(lambda tx: tx.outbox.take(limit=1, lease=LEASE))
    assert pending.last_attempt_at == NOON + timedelta(seconds=10)


async def test_a_message_that_was_announced_by_a_clock_ahead_is_looked_for_from_before_its_post(
    store: SQLiteStore, clock: FakeClock
) -> None:
    clock.pass_time(hours=1)
    await put(store)
    await store.clean_up()
    clock.pass_time(hours=-1, seconds=10)
    await store.clean_up()
    [pending] = await store.write(lambda tx: tx.outbox.take(limit=1, lease=LEASE))
    assert pending.announced_at is not None
    assert pending.announced_at <= clock.now

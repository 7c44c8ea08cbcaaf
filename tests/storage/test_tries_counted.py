"""What the outbox knows of earlier tries: when the newest was, and from where on one may be found."""

from datetime import timedelta
from functools import partial

from bot.domain.message import Memo, RunCard, Topic
from bot.ports import Pending, Store, Transaction
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import ACME, ANN, MINUTE, a_run

CARD = RunCard(a_run().id)
MEMO = Memo(ACME, a_run().id, ANN, Topic.REMINDER)
HOUR = timedelta(hours=1)


async def taken(store: Store) -> Pending:
    [pending] = await store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE))
    return pending


def attempt(pending: Pending, tx: Transaction) -> None:
    tx.outbox.attempt(pending)


def put_back(pending: Pending, tx: Transaction) -> None:
    tx.outbox.postpone(pending, due=MINUTE, may_stand=False)


async def test_a_try_that_may_stand_keeps_the_moment_at_which_it_was_made(
    any_store: Store, clock: FakeClock
) -> None:
    """However late it is noticed that its answer was lost."""
    await any_store.write(lambda tx: tx.outbox.announce(CARD))
    pending = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.attempt(pending))
    clock.pass_time(hours=1)
    await any_store.write(lambda tx: tx.outbox.postpone(pending, due=MINUTE, may_stand=True))
    clock.pass_time(minutes=1)
    again = await taken(any_store)
    assert (again.attempts, again.last_attempt_at) == (1, NOON)


async def test_what_came_before_any_try_puts_no_post_in_doubt(any_store: Store, clock: FakeClock) -> None:
    """As where the conversation could not be opened in which it was to be said."""
    await any_store.write(lambda tx: tx.outbox.announce(CARD))
    pending = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.postpone(pending, due=MINUTE, may_stand=True))
    clock.pass_time(minutes=1)
    again = await taken(any_store)
    assert (again.attempts, again.last_attempt_at) == (1, None)


async def test_each_try_that_is_counted_makes_one_more(any_store: Store, clock: FakeClock) -> None:
    await any_store.write(lambda tx: tx.outbox.announce(CARD))
    for tries in range(4):
        pending = await taken(any_store)
        assert pending.attempts == tries
        await any_store.write(partial(attempt, pending))
        await any_store.write(partial(put_back, pending))
        clock.pass_time(minutes=1)


async def test_what_certainly_does_not_stand_counts_as_tried_and_is_not_looked_for(
    any_store: Store, clock: FakeClock
) -> None:
    await any_store.write(lambda tx: tx.outbox.announce(CARD))
    pending = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.postpone(pending, due=HOUR, may_stand=False))
    await any_store.write(lambda tx: tx.outbox.announce(CARD))  # which does not pull it forward
    clock.pass_time(minutes=59)
    assert not await any_store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE))
    clock.pass_time(minutes=1)
    again = await taken(any_store)
    assert (again.attempts, again.last_attempt_at) == (1, None)


async def test_no_try_can_be_older_than_the_announcement(any_store: Store, clock: FakeClock) -> None:
    await any_store.write(lambda tx: tx.outbox.announce(CARD))
    for _ in range(3):
        clock.pass_time(minutes=10)
        pending = await taken(any_store)
        await any_store.write(partial(attempt, pending))
    clock.pass_time(minutes=10)
    again = await taken(any_store)
    assert (again.announced_at, again.last_attempt_at) == (NOON, NOON + timedelta(minutes=30))


async def test_a_memo_that_is_told_earlier_than_it_was_to_be_counts_as_announced_for_then(
    any_store: Store,
) -> None:
    await any_store.write(lambda tx: tx.outbox.announce(MEMO, after=HOUR))
    await any_store.write(lambda tx: tx.outbox.announce(MEMO))
    assert (await taken(any_store)).announced_at == NOON

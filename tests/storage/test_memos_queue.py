"""What is told directly, and later: memos, digests, and messages that are kept back, for any store."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.domain.ids import ChannelId, RunId, UserId, WorkspaceId
from bot.domain.message import Digest, Memo, Message, RunCard, Topic
from bot.ports import Pending, Store, Transaction
from storage.sqlite import SQLiteStore
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import ACME, ANN, CHANNEL, MINUTE, a_run

BEN = UserId("U2")
RUN, OTHER = a_run().id, RunId("run0000002")
WEEK = timedelta(days=7)
REMINDER = Memo(ACME, RUN, ANN, Topic.REMINDER, 1)
BROKEN = Memo(ACME, OTHER, ANN, Topic.GLASS_BROKEN)
DIGEST = Digest(ACME, NOON - WEEK, NOON)
LATER = 30 * MINUTE


async def announce(store: Store, *messages: Message, after: timedelta = timedelta()) -> None:
    def work(tx: Transaction) -> None:
        for one in messages:
            tx.outbox.announce(one, after=after)

    await store.write(work)


async def taken(store: Store) -> list[Pending]:
    return list(await store.write(lambda tx: tx.outbox.take(limit=20, lease=MINUTE)))


def take_off(pending: list[Pending], tx: Transaction) -> None:
    for one in pending:
        tx.outbox.done(one)


async def said(store: Store) -> list[Message]:
    """Say all that may be said now; return it in its order."""
    told: list[Message] = []
    while pending := await taken(store):
        told += [one.message for one in pending]
        await store.write(partial(take_off, pending))
    return told


async def test_a_message_is_said_after_its_wait_and_not_before(any_store: Store, clock: FakeClock) -> None:
    await announce(any_store, REMINDER, after=LATER)
    clock.pass_time(minutes=29)
    assert not await said(any_store)
    clock.pass_time(minutes=1)
    assert await said(any_store) == [REMINDER]


async def test_a_message_that_is_kept_back_is_not_counted_as_late(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await announce(store, REMINDER, after=LATER)
    clock.pass_time(minutes=20)
    assert (await store.figures()).oldest == timedelta()
    clock.pass_time(minutes=15)
    assert (await store.figures()).oldest == 5 * MINUTE


async def test_a_redraw_that_is_to_wait_never_puts_one_off_that_is_due(
    any_store: Store, clock: FakeClock
) -> None:
    await announce(any_store, RunCard(RUN), after=LATER)
    await announce(any_store, RunCard(RUN), after=MINUTE)
    await announce(any_store, RunCard(RUN), after=LATER)
    clock.pass_time(minutes=1)
    assert await said(any_store) == [RunCard(RUN)]
    assert not await said(any_store)


async def test_the_memos_of_a_person_come_one_after_the_other(any_store: Store) -> None:
    to_ben = Memo(ACME, RUN, BEN, Topic.REMINDER, 1)
    await announce(any_store, REMINDER, BROKEN, to_ben)
    assert {one.message for one in await taken(any_store)} == {REMINDER, to_ben}


async def test_a_memo_that_is_kept_back_holds_up_none_that_is_told_at_once(
    any_store: Store, clock: FakeClock
) -> None:
    await announce(any_store, REMINDER, after=LATER)
    await announce(any_store, BROKEN)
    assert await said(any_store) == [BROKEN]
    clock.pass_time(minutes=30)
    assert await said(any_store) == [REMINDER]


async def test_a_memo_that_slack_put_off_holds_up_the_next(any_store: Store, clock: FakeClock) -> None:
    await announce(any_store, REMINDER, BROKEN)
    [first] = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.postpone(first, due=LATER))
    assert not await taken(any_store)
    clock.pass_time(minutes=30)
    assert await said(any_store) == [REMINDER, BROKEN]


async def test_the_same_memo_that_still_waits_is_not_doubled(any_store: Store, clock: FakeClock) -> None:
    second = Memo(ACME, RUN, ANN, Topic.REMINDER, 2)
    await announce(any_store, REMINDER, after=LATER)
    await announce(any_store, REMINDER, second, after=2 * LATER)
    await announce(any_store, REMINDER, after=2 * LATER)
    clock.pass_time(minutes=30)
    assert await said(any_store) == [REMINDER]
    clock.pass_time(minutes=30)
    assert await said(any_store) == [second]


async def test_the_same_memo_is_told_at_the_earlier_moment(any_store: Store) -> None:
    await announce(any_store, REMINDER, after=LATER)
    await announce(any_store, REMINDER)
    assert await said(any_store) == [REMINDER]


async def test_the_same_memo_comes_again_once_it_is_being_said_or_was(any_store: Store) -> None:
    await announce(any_store, REMINDER)
    [first] = await taken(any_store)
    await announce(any_store, REMINDER, REMINDER)
    await any_store.write(lambda tx: tx.outbox.done(first))
    assert await said(any_store) == [REMINDER]


@pytest.mark.parametrize(
    "other",
    [
        Digest(ACME, NOON - WEEK, NOON, channel=CHANNEL),
        Digest(ACME, NOON - WEEK, NOON, user=ANN),
        Digest(WorkspaceId("T2"), NOON - WEEK, NOON),
    ],
)
async def test_a_digest_queues_by_its_workspace_and_recipient(any_store: Store, other: Digest) -> None:
    next_week = Digest(ACME, NOON, NOON + WEEK)
    await announce(any_store, DIGEST, next_week, other)
    assert {one.message for one in await taken(any_store)} == {DIGEST, other}


async def test_the_same_digest_that_still_waits_is_not_doubled(any_store: Store) -> None:
    to_channel = Digest(ACME, NOON - WEEK, NOON, channel=ChannelId("C2"))
    await announce(any_store, DIGEST, to_channel, DIGEST, to_channel)
    assert len(await said(any_store)) == 2


async def test_what_was_set_aside_is_found_by_its_workspace(any_store: Store, database: Path) -> None:
    await announce(any_store, REMINDER, DIGEST, Digest(WorkspaceId("T2"), NOON - WEEK, NOON))
    rows = Database(database).table("outbox").rows_where(order_by="kind, workspace")
    assert [(row["kind"], row["workspace"], row["subject"]) for row in rows] == [
        ("Digest", "T1", None),
        ("Digest", "T2", None),
        ("Memo", "T1", RUN),
    ]
    for pending in await taken(any_store):
        await any_store.write(lambda tx: tx.outbox.park(pending, "account_inactive"))  # noqa: B023 - at once
    assert await any_store.write(lambda tx: tx.outbox.unpark(ACME)) == 2
    assert set(await said(any_store)) == {REMINDER, DIGEST}

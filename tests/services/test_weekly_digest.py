"""When the weekly digest is put down to be told: once, on Monday or soon after, where anything was spent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.ids import ChannelId, RunId, WorkspaceId
from bot.domain.message import Digest
from bot.domain.money import TRAINING, Entry, micros
from bot.domain.policy import Policy
from bot.domain.run import Run
from bot.ports import Transaction
from bot.services.digests import UNTIL, Digests
from storage.sqlite import SQLiteStore
from storage.transaction import DELIVERY_KEPT
from tests.fakes import FakeClock
from tests.house import ANN, BRAND, RUN, T1, wanted

T2 = WorkspaceId("T2")
LAST_WEEK = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
TOLD = Digest(T1, *LAST_WEEK, channel=BRAND)


def digests(store: SQLiteStore, channel: ChannelId | None = BRAND) -> Digests:
    return Digests(store, policy=lambda: Policy(digest=channel))


async def spend(
    store: SQLiteStore, dollars: float | None, *, run: RunId = RUN, workspace: WorkspaceId = T1
) -> None:
    """Ann asks for a training, which cost so much; None: nobody knows, and nothing was reserved."""
    request = replace(wanted(), workspace=workspace)
    entry = Entry(run, workspace, BRAND, ANN, "stellar", TRAINING, 1, micros(0))

    def work(tx: Transaction) -> None:
        tx.runs.add(Run.requested(run, request, at=tx.now))
        tx.ledger.reserve(entry, ())
        tx.ledger.settle(run, dollars)

    await store.write(work)


async def put_down(store: SQLiteStore) -> list[Digest]:
    """Return what is to be told."""
    taken = await store.write(lambda tx: tx.outbox.take(limit=100, lease=timedelta()))
    return [one.message for one in taken if isinstance(one.message, Digest)]


async def pass_hours(store: SQLiteStore, clock: FakeClock, count: int, *, every: int = 1) -> list[Digest]:
    """Let hours pass, with the work of each; return what is to be told then."""
    told: list[Digest] = []

    def carry(tx: Transaction) -> None:
        for pending in tx.outbox.take(limit=9, lease=timedelta(minutes=1)):
            tx.outbox.done(pending)
            told.extend([pending.message] if isinstance(pending.message, Digest) else [])

    for _ in range(0, count, every):
        clock.pass_time(hours=every)
        await store.clean_up()
        await digests(store).tell()
        await store.write(carry)
    return told


async def test_last_week_is_told_on_monday_from_nine_on(store: SQLiteStore, clock: FakeClock) -> None:
    await spend(store, 12)
    clock.pass_time(hours=43)  # Monday, 07:00
    assert await pass_hours(store, clock, 1) == []
    assert await pass_hours(store, clock, 1) == [TOLD]


async def test_a_week_is_told_once_however_soon_the_store_forgets(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await spend(store, 12)
    assert await pass_hours(store, clock, 24 * 8, every=4) == [TOLD]
    assert UNTIL <= DELIVERY_KEPT


async def test_each_week_has_a_digest_of_its_own(store: SQLiteStore, clock: FakeClock) -> None:
    await spend(store, 12)
    first = await pass_hours(store, clock, 24 * 4, every=12)
    await spend(store, 3, run=RunId("RUN0000002"))
    second = await pass_hours(store, clock, 24 * 7, every=12)
    assert [told.since.day for told in (*first, *second)] == [16, 23]


async def test_who_starts_late_on_tuesday_still_tells_last_week(store: SQLiteStore, clock: FakeClock) -> None:
    await spend(store, 12)
    clock.pass_time(days=3, hours=11)  # Tuesday, 23:00
    await digests(store).tell()
    assert await put_down(store) == [TOLD]


async def test_who_starts_on_wednesday_tells_no_old_news(store: SQLiteStore, clock: FakeClock) -> None:
    await spend(store, 12)
    clock.pass_time(days=3, hours=12)
    await digests(store).tell()
    assert await put_down(store) == []


async def test_what_nobody_knows_the_price_of_is_told_like_any_cost(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await spend(store, None)
    clock.pass_time(hours=45)
    await digests(store).tell()
    assert await put_down(store) == [TOLD]


async def test_a_workspace_that_spent_nothing_is_left_in_peace(store: SQLiteStore, clock: FakeClock) -> None:
    await store.write(lambda tx: tx.runs.add(Run.requested(RUN, wanted(), at=tx.now)))
    clock.pass_time(hours=45)
    await digests(store).tell()
    assert await put_down(store) == []


async def test_each_workspace_is_told_of_its_own(store: SQLiteStore, clock: FakeClock) -> None:
    await spend(store, 12)
    await spend(store, 3, run=RunId("RUN0000002"), workspace=T2)
    clock.pass_time(hours=45)
    await digests(store).tell()
    assert {told.workspace for told in await put_down(store)} == {T1, T2}


async def test_without_a_channel_whom_it_goes_to_is_found_out_later(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await spend(store, 12)
    clock.pass_time(hours=45)
    await digests(store, None).tell()
    assert await put_down(store) == [replace(TOLD, channel=None)]

"""No decision about money is forgotten unnoticed, and what was said since a backup is not said again."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.alarm import Concern
from bot.domain.ballot import Expired, Opened, Reminded, Retracted, Vote, Voted
from bot.domain.errors import Unavailable
from bot.domain.facts import Approved, Changed, Curated, Event, Rejected, Reused, Undone
from bot.domain.ids import RunId, UserId
from bot.domain.message import Findings, Notice, RunCard, RunEnded
from bot.domain.run import Stage
from bot.domain.task import Attempted, Cancelled, Delayed, Doubted, Prepared, Submitted
from bot.ports import Pending, Transaction
from storage import epoch
from storage.sqlite import SQLiteStore
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import (
    ACME,
    HANDED_OVER,
    MINUTE,
    STANDING,
    TASK,
    a_ballot,
    a_dataset,
    a_generation,
    a_proposal,
    a_run,
    live,
    looked_at,
)

BEN = UserId("U2")
SEEN = looked_at(a_dataset())
APPROVED = Approved(BEN, NOON)
OPENED, VOTED = Opened(a_ballot()), Voted(Vote(BEN, 0, NOON, BEN))
RUN, OTHER, THIRD = a_run().id, RunId("run-2"), RunId("run-3")


async def raised(store: SQLiteStore, database: Path, *events: Event) -> int:
    """Let these happen to a run; return by how much the last of them raised the number."""
    run = await live(store, a_run(), *events[:-1])
    before = epoch.read(database)
    await store.write(lambda tx: tx.runs.record(run, events[-1], due=None))
    return epoch.read(database) - before


@pytest.mark.parametrize(
    "events",
    [
        (SEEN, APPROVED),
        (SEEN, APPROVED, Undone(BEN)),
        (SEEN, Rejected(BEN, "No.")),
        (SEEN, Reused(BEN)),
        (SEEN, OPENED, VOTED, Retracted(BEN)),
        (SEEN, OPENED, VOTED, APPROVED),
        (Cancelled(BEN),),
        (SEEN, APPROVED, Cancelled(BEN)),
        (SEEN, *HANDED_OVER, Attempted(), Submitted(), Cancelled(BEN)),
        (SEEN, APPROVED, Changed("There are other pictures now.")),
    ],
)
async def test_a_decision_about_money_counts(
    store: SQLiteStore, database: Path, events: tuple[Event, ...]
) -> None:
    assert await raised(store, database, *events) == 1


@pytest.mark.parametrize(
    "events",
    [
        (SEEN,),
        (Delayed("no answer"),),
        (SEEN, Curated(BEN, ())),
        (SEEN, OPENED),
        (SEEN, OPENED, VOTED),
        (SEEN, OPENED, Reminded()),
        (SEEN, OPENED, Expired()),
        (SEEN, *HANDED_OVER),
        (SEEN, *HANDED_OVER, Attempted(), Submitted()),
    ],
)
async def test_what_costs_nothing_does_not_count(
    store: SQLiteStore, database: Path, events: tuple[Event, ...]
) -> None:
    assert await raised(store, database, *events) == 0


async def test_giving_pictures_up_counts(store: SQLiteStore, database: Path) -> None:
    def work(tx: Transaction) -> None:
        tx.generations.add(one := a_generation())
        for fact in (Prepared(TASK), Doubted("no answer"), Cancelled(BEN)):
            one = tx.generations.record(one, fact, due=None)

    await store.write(work)
    assert epoch.read(database) == 1


async def test_a_decision_that_cannot_be_noted_beside_the_database_is_told_and_stands(
    store: SQLiteStore, database: Path
) -> None:
    run = await live(store, a_run(), SEEN)
    epoch.file_of(database).unlink()
    epoch.file_of(database).mkdir()
    with pytest.raises(Unavailable, match="look at the disk; the card shows where it stands"):
        await store.write(lambda tx: tx.runs.record(run, APPROVED, due=None))
    assert (await store.read(lambda tx: tx.runs.get(RUN))).stage is Stage.APPROVED


async def test_a_restore_by_hand_revives_no_approval_that_was_taken_back(
    database: Path, clock: FakeClock
) -> None:
    copy = database.with_suffix(".copy")
    async with SQLiteStore(database, clock=clock) as store:
        await live(store, a_run(), SEEN, APPROVED)
    shutil.copy(database, copy)
    async with SQLiteStore(database, clock=clock) as store:
        run = await store.read(lambda tx: tx.runs.get(RUN))
        await store.write(lambda tx: tx.runs.record(run, Undone(BEN), due=None))
    shutil.copy(copy, database)
    async with SQLiteStore(database, clock=clock) as store:
        assert (await store.read(lambda tx: tx.runs.get(RUN))).stage is Stage.APPROVED
        held = await store.write(lambda tx: tx.alarms.hold(ACME, about="training", try_every=MINUTE))
        assert held
        assert held.concern is Concern.RESTORED


async def take(store: SQLiteStore) -> dict[type, Pending]:
    taken = await store.write(lambda tx: tx.outbox.take(limit=99, lease=MINUTE))
    return {type(one.message): one for one in taken}


async def test_what_was_still_to_be_said_is_looked_for_after_a_restore(
    database: Path, clock: FakeClock
) -> None:
    """It may have been said since the backup: from the last thing that is known on."""

    def announce(tx: Transaction) -> None:
        for run in (RUN, OTHER, THIRD):
            tx.outbox.keep_card(run, STANDING)
        tx.outbox.announce(RunEnded(RUN))
        tx.outbox.announce(Findings(OTHER))
        tx.outbox.announce(RunCard(THIRD))

    async with SQLiteStore(database, clock=clock) as store:
        await store.write(announce)
        tried = await take(store)
        for kind in (Findings, RunCard):
            await store.write(lambda tx: tx.outbox.attempt(tried[kind]))  # noqa: B023 - done at once
        await store.write(lambda tx: tx.outbox.postpone(tried[RunCard], due=MINUTE, may_stand=False))
        await store.write(lambda tx: tx.outbox.postpone(tried[RunEnded], due=3 * MINUTE))
        clock.pass_time(minutes=1)
        await live(store, a_run(), SEEN, APPROVED)
        backup = clock.now
    epoch.keep(database, 9)
    clock.pass_time(minutes=1)
    async with SQLiteStore(database, clock=clock) as store:
        marked = await take(store)
        assert marked.pop(Notice).attempts == 0
        assert {kind: (one.attempts, one.last_attempt_at) for kind, one in marked.items()} == {
            Findings: (2, NOON),
            RunCard: (2, backup),
        }
        clock.pass_time(minutes=1)
        ended = (await take(store))[RunEnded]
        assert (ended.attempts, ended.last_attempt_at) == (1, backup)


async def test_where_nothing_is_known_it_is_looked_for_a_month_back(database: Path, clock: FakeClock) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await store.write(lambda tx: tx.outbox.announce(RunCard(RUN)))
    epoch.keep(database, 1)
    async with SQLiteStore(database, clock=clock) as store:
        assert (await take(store))[RunCard].last_attempt_at == NOON - timedelta(days=30)


async def test_what_forgot_nothing_looks_for_nothing(database: Path, clock: FakeClock) -> None:
    for _ in range(2):
        async with SQLiteStore(database, clock=clock) as store:
            await store.write(lambda tx: tx.outbox.announce(RunCard(RUN)))
    async with SQLiteStore(database, clock=clock) as store:
        card = (await take(store))[RunCard]
        assert (card.attempts, card.last_attempt_at) == (0, None)


@pytest.mark.parametrize(("event", "risen"), [(APPROVED, 1), (Rejected(BEN, "No."), 1), (Expired(), 0)])
async def test_what_was_decided_of_a_proposal_counts(
    store: SQLiteStore, database: Path, event: Approved | Rejected | Expired, risen: int
) -> None:
    await store.write(lambda tx: tx.proposals.add(a_proposal()))
    before = epoch.read(database)
    await store.write(lambda tx: tx.proposals.record(a_proposal(), event, due=None))
    assert epoch.read(database) == before + risen

"""What an operator watches, counted in the store: what is under way, late, unsaid or to be mended."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.alarm import Concern
from bot.domain.errors import Unavailable
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import RunId
from bot.domain.message import RunCard
from bot.domain.run import Stage
from storage.figures import Figures
from storage.sqlite import SQLiteStore
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import ACME, TO_THE_END, a_dataset, a_generation, a_run, live, looked_at

NONE = timedelta()
FIRST, SECOND = RunCard(RunId("run0000001")), RunCard(RunId("run0000002"))
LEASE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SQLiteStore]:
    async with SQLiteStore(tmp_path / "housestyle.db", clock=clock) as opened:
        yield opened


async def test_of_nothing_every_figure_is_nought(store: SQLiteStore) -> None:
    assert await store.figures() == Figures(
        at=NOON,
        runs=dict.fromkeys(Stage, 0),
        generations=dict.fromkeys(GenerationStage, 0),
        alarms=dict.fromkeys(Concern, 0),
        waiting=0,
        oldest=NONE,
        parked=0,
        late=NONE,
    )


async def test_runs_and_generations_are_counted_by_where_they_stand(store: SQLiteStore) -> None:
    await live(store, a_run(), looked_at(a_dataset()), *TO_THE_END)
    await live(store, a_run("run0000002"))
    await live(store, a_run("run0000003"))
    await store.write(lambda tx: tx.generations.add(a_generation()))
    found = await store.figures()
    assert {stage: count for stage, count in found.runs.items() if count} == {
        Stage.READY: 1,
        Stage.REQUESTED: 2,
    }
    assert found.generations[GenerationStage.REQUESTED] == 1


async def test_what_is_due_and_not_taken_is_late_and_what_is_taken_is_not(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await live(store, a_run())
    clock.pass_time(seconds=40)
    assert (await store.figures()).late == timedelta(seconds=40)
    await store.write(lambda tx: tx.runs.take(limit=9, lease=LEASE))
    assert (await store.figures()).late == NONE


async def test_a_late_generation_counts_as_a_late_run_does(store: SQLiteStore, clock: FakeClock) -> None:
    await store.write(lambda tx: tx.generations.add(a_generation()))
    clock.pass_time(seconds=7)
    assert (await store.figures()).late == timedelta(seconds=7)


async def test_a_message_ages_from_when_it_was_put_down_however_often_it_was_tried(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await store.write(lambda tx: tx.outbox.announce(FIRST))
    clock.pass_time(minutes=2)
    (pending,) = await store.write(lambda tx: tx.outbox.take(limit=9, lease=LEASE))
    await store.write(lambda tx: tx.outbox.postpone(pending, due=LEASE))
    await store.write(lambda tx: tx.outbox.announce(SECOND))
    clock.pass_time(seconds=30)
    found = await store.figures()
    assert (found.waiting, found.oldest, found.parked) == (2, timedelta(minutes=2, seconds=30), 0)


async def test_what_slack_will_never_take_is_counted_apart(store: SQLiteStore, clock: FakeClock) -> None:
    await store.write(lambda tx: tx.outbox.announce(FIRST))
    (pending,) = await store.write(lambda tx: tx.outbox.take(limit=9, lease=LEASE))
    await store.write(lambda tx: tx.outbox.park(pending, "is_archived"))
    clock.pass_time(minutes=9)
    found = await store.figures()
    assert (found.waiting, found.oldest, found.parked) == (0, NONE, 1)


async def test_only_alarms_that_stand_are_counted(store: SQLiteStore) -> None:
    await store.write(lambda tx: tx.alarms.sound(ACME, Concern.KEY, "The key is refused."))
    await store.write(lambda tx: tx.alarms.sound(ACME, Concern.USAGE, "More was spent.", about="today"))
    await store.write(lambda tx: tx.alarms.settle(ACME, Concern.KEY))
    found = await store.figures()
    assert {concern: count for concern, count in found.alarms.items() if count} == {Concern.USAGE: 1}


async def test_a_clock_that_was_set_back_makes_no_figure_negative(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await live(store, a_run())
    await store.write(lambda tx: tx.outbox.announce(FIRST))
    clock.pass_time(hours=-1)
    found = await store.figures()
    assert (found.late, found.oldest) == (NONE, NONE)


async def test_a_database_that_is_gone_is_told_and_not_made_anew(store: SQLiteStore, tmp_path: Path) -> None:
    file = tmp_path / "housestyle.db"
    file.rename(tmp_path / "elsewhere.db")
    with pytest.raises(Unavailable):
        await store.figures()
    assert not file.exists()

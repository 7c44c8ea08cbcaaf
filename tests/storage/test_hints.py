"""Hints that something happened to an item: each leads to a look, soon, and none leads to many."""

from datetime import timedelta

import pytest

from bot.domain.facts import Event, Unfit
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import GenerationId, RunId, WorkspaceId
from bot.domain.run import TRANSITIONS, Run, Stage
from bot.domain.task import Cancelled, Delayed, Doubted, Failed, Failure, Prepared, Submitted
from bot.ports import Store, Transaction
from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.storage.store_world import (
    HANDED_OVER,
    MINUTE,
    TASK,
    TO_THE_END,
    a_dataset,
    a_generation,
    a_run,
    happen,
    live,
    looked_at,
)

EVERY = timedelta(seconds=5)
RUN = a_run().id
NOW, FAR = timedelta(), timedelta(hours=1)


async def hint(store: Store) -> None:
    await store.write(lambda tx: tx.runs.hasten(RUN, every=EVERY))


async def taken(store: Store) -> list[Run]:
    return list(await store.write(lambda tx: tx.runs.take(limit=9, lease=MINUTE)))


async def give_back(store: Store, run: Run, *, due: timedelta = FAR) -> None:
    await store.write(lambda tx: tx.runs.postpone(run, due=due))


async def wait_for_poll(store: Store, *, due: timedelta = FAR) -> None:
    """Put a run down that trains and is looked at in an hour, unless somebody hastens it."""
    run = await live(store, a_run(), looked_at(a_dataset()), *HANDED_OVER)
    await store.write(lambda tx: tx.runs.record(run, Submitted(), due=due))


async def looks(store: Store, clock: FakeClock, *, seconds: int) -> list[int]:
    """Let time pass; return the seconds at which the run was looked at, each look ending at once."""
    found = []
    for second in range(seconds):
        for run in await taken(store):
            found.append(second)
            await give_back(store, run)
        clock.pass_time(seconds=1)
    return found


async def test_a_hint_leads_to_a_look_at_once(any_store: Store) -> None:
    await wait_for_poll(any_store)
    assert not await taken(any_store)
    await hint(any_store)
    assert [run.id for run in await taken(any_store)] == [RUN]


async def test_a_thousand_hints_lead_to_one_look_and_one_after_it(any_store: Store, clock: FakeClock) -> None:
    def work(tx: Transaction) -> None:
        for _ in range(1000):
            tx.runs.hasten(RUN, every=EVERY)

    await wait_for_poll(any_store)
    await any_store.write(work)
    assert await looks(any_store, clock, seconds=1) == [0]
    await any_store.write(work)
    assert await looks(any_store, clock, seconds=60) == [4]


async def test_the_last_hint_of_a_storm_is_looked_into(any_store: Store, clock: FakeClock) -> None:
    await wait_for_poll(any_store)
    found = []
    for second in range(12):
        await hint(any_store)
        found += [second] * len(await looks(any_store, clock, seconds=1))
    assert found == [0, 5, 10]
    assert await looks(any_store, clock, seconds=60) == [3]


async def test_a_hint_long_after_the_last_is_looked_into_at_once(any_store: Store, clock: FakeClock) -> None:
    await wait_for_poll(any_store)
    for _ in range(3):
        await hint(any_store)
        assert await looks(any_store, clock, seconds=5) == [0]


async def test_a_hint_never_puts_off_what_is_due_sooner(any_store: Store, clock: FakeClock) -> None:
    await wait_for_poll(any_store)
    await hint(any_store)
    [run] = await taken(any_store)
    await give_back(any_store, run, due=timedelta(seconds=2))
    await hint(any_store)
    assert await looks(any_store, clock, seconds=60) == [2]


@pytest.mark.parametrize("is_recorded", [True, False])
async def test_a_hint_about_what_is_taken_waits_until_it_is_given_back(
    any_store: Store, clock: FakeClock, *, is_recorded: bool
) -> None:
    await wait_for_poll(any_store, due=NOW)
    [run] = await taken(any_store)
    await hint(any_store)
    clock.pass_time(seconds=2)
    assert not await taken(any_store)
    if is_recorded:
        await any_store.write(lambda tx: tx.runs.record(run, Delayed("no answer"), due=FAR))
    else:
        await give_back(any_store, run)
    assert [one.id for one in await taken(any_store)] == [RUN]


async def test_a_renewed_lease_loses_no_hint(any_store: Store) -> None:
    await wait_for_poll(any_store, due=NOW)
    [run] = await taken(any_store)
    await hint(any_store)
    await any_store.write(lambda tx: tx.runs.renew(run, lease=FAR))
    await give_back(any_store, run)
    assert await taken(any_store)


async def test_a_look_uses_its_hint_up(any_store: Store, clock: FakeClock) -> None:
    await wait_for_poll(any_store)
    await hint(any_store)
    assert await looks(any_store, clock, seconds=3000) == [0]


async def test_a_look_that_died_is_made_again(any_store: Store, clock: FakeClock) -> None:
    await wait_for_poll(any_store)
    await hint(any_store)
    assert await taken(any_store)
    clock.pass_time(minutes=1)
    assert await taken(any_store)


async def test_a_hint_takes_nothing_from_who_holds_the_item(any_store: Store) -> None:
    await wait_for_poll(any_store, due=NOW)
    [run] = await taken(any_store)
    await hint(any_store)
    assert not await taken(any_store)
    await any_store.write(lambda tx: tx.runs.record(run, Delayed("no answer"), due=FAR))


@pytest.mark.parametrize("approvals", [0, 1])
async def test_a_hint_cuts_no_wait_short_of_what_is_not_at_runware(
    any_store: Store, clock: FakeClock, approvals: int
) -> None:
    """Neither the time in which an approval can be undone, nor the wait before a link is fetched again."""
    facts = [looked_at(a_dataset()), HANDED_OVER[0]] if approvals else [Delayed("no answer")]
    run = await live(any_store, a_run(), *facts[:-1])
    await any_store.write(lambda tx: tx.runs.record(run, facts[-1], due=10 * EVERY))
    await hint(any_store)
    assert await looks(any_store, clock, seconds=60) == [50]


@pytest.mark.parametrize("fact", [None, Submitted(), Doubted("no answer")])
async def test_what_has_a_task_is_looked_at_at_once(any_store: Store, fact: Event | None) -> None:
    run = await live(any_store, a_run(), looked_at(a_dataset()), HANDED_OVER[0])
    run = await any_store.write(lambda tx: tx.runs.record(run, HANDED_OVER[1], due=FAR))
    if fact:
        await any_store.write(lambda tx: tx.runs.record(run, fact, due=FAR))
    await hint(any_store)
    assert [one.id for one in await taken(any_store)] == [RUN]


async def test_what_waits_for_a_person_is_over_or_unknown_is_left_alone(
    any_store: Store, clock: FakeClock
) -> None:
    await live(any_store, a_run(), Unfit(("too few",)))
    await hint(any_store)
    await any_store.write(lambda tx: tx.runs.hasten(RunId("nothing"), every=EVERY))
    clock.pass_time(days=1)
    assert not await taken(any_store)


async def test_a_hint_is_forgotten_when_the_item_begins_to_wait_for_a_person(any_store: Store) -> None:
    await wait_for_poll(any_store, due=NOW)
    [run] = await taken(any_store)
    await hint(any_store)
    run = await any_store.write(lambda tx: tx.runs.record(run, Doubted("no answer"), due=None))
    assert not await taken(any_store)
    await any_store.write(lambda tx: tx.runs.record(run, Submitted(), due=FAR))
    assert not await taken(any_store)


async def test_a_clock_that_is_set_back_delays_no_hint_for_long(store: SQLiteStore, clock: FakeClock) -> None:
    await wait_for_poll(store)
    await hint(store)
    assert await looks(store, clock, seconds=1) == [0]
    clock.now -= timedelta(hours=1)
    await hint(store)
    assert await looks(store, clock, seconds=60) == [5]


async def test_generations_are_hastened_alike(any_store: Store, clock: FakeClock) -> None:
    one = a_generation()

    async def is_looked_at() -> bool:
        await any_store.write(lambda tx: tx.generations.hasten(one.id, every=EVERY))
        await any_store.write(lambda tx: tx.generations.hasten(GenerationId("nothing"), every=EVERY))
        return bool(await any_store.write(lambda tx: tx.generations.take(limit=5, lease=MINUTE)))

    await any_store.write(lambda tx: tx.generations.add(one))
    [held] = await any_store.write(lambda tx: tx.generations.take(limit=5, lease=MINUTE))
    await any_store.write(lambda tx: tx.generations.postpone(held, due=FAR))
    assert not await is_looked_at()
    for fact in (Prepared(TASK), Submitted()):
        held = await any_store.read(lambda tx: tx.generations.get(one.id))
        await any_store.write(lambda tx: tx.generations.record(held, fact, due=FAR))  # noqa: B023 - done at once
        clock.pass_time(seconds=5)
        assert await is_looked_at()


async def test_the_live_are_those_that_are_not_over_of_all_workspaces_oldest_first(any_store: Store) -> None:
    seen = looked_at(a_dataset())
    elsewhere = a_run("run-3", workspace=WorkspaceId("T2"))
    earlier = Run.requested(elsewhere.id, elsewhere.request, at=elsewhere.requested_at - MINUTE)
    await live(any_store, a_run("run-1"), seen, *HANDED_OVER)
    await live(any_store, a_run("run-2"), seen, *TO_THE_END)
    await live(any_store, earlier)
    await live(any_store, a_run("run-4"), Cancelled("U1"))
    found = await any_store.read(lambda tx: tx.runs.live())
    assert [(run.id, run.stage) for run in found] == [
        ("run-3", Stage.REQUESTED),
        ("run-1", Stage.SUBMITTING),
    ]
    assert not any(run.is_over for run in found)
    assert {stage for stage, facts in TRANSITIONS.items() if not facts} >= {Stage.READY, Stage.CANCELLED}


async def test_live_generations_are_those_that_are_not_over(any_store: Store) -> None:
    def work(tx: Transaction) -> None:
        for key in ("gen-1", "gen-2"):
            tx.generations.add(a_generation(key))
        one = tx.generations.record(tx.generations.get(GenerationId("gen-1")), Prepared(TASK), due=None)
        tx.generations.record(one, Failed(Failure("no", "No.")), due=None)

    await any_store.write(work)
    [left] = await any_store.read(lambda tx: tx.generations.live())
    assert (left.id, left.stage) == ("gen-2", GenerationStage.REQUESTED)


async def test_a_hint_moves_nobodys_fence(any_store: Store) -> None:
    await wait_for_poll(any_store)
    seen = await any_store.read(lambda tx: tx.runs.get(RUN))
    await hint(any_store)
    await any_store.write(lambda tx: happen(tx, seen, Delayed("no answer")))

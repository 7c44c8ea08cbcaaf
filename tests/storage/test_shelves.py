"""Runs and generations: taking, recording, giving back, and the fence, for any store."""

from datetime import timedelta

import pytest

from bot.domain.errors import Conflict, IllegalMove, Refused
from bot.domain.facts import Approved, Unfit
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import GenerationId, RunId, WorkspaceId
from bot.domain.run import Run, Stage
from bot.domain.task import Delayed, Prepared
from bot.ports import Store, Transaction
from tests.fakes import FakeClock
from tests.storage.store_world import ACME, ANN, MINUTE, TASK, a_generation, a_run


async def taken(store: Store, *, limit: int = 10) -> list[Run]:
    return list(await store.write(lambda tx: tx.runs.take(limit=limit, lease=MINUTE)))


async def put(store: Store, *runs: Run) -> None:
    def work(tx: Transaction) -> None:
        for run in runs:
            tx.runs.add(run)

    await store.write(work)


async def test_what_was_put_down_is_read_back_as_it_was(any_store: Store) -> None:
    await put(any_store, a_run())
    await any_store.write(lambda tx: tx.generations.add(a_generation()))
    assert await any_store.read(lambda tx: tx.runs.get(a_run().id)) == a_run()
    assert await any_store.read(lambda tx: tx.generations.get(a_generation().id)) == a_generation()


async def test_an_unknown_id_is_refused_with_the_next_step(any_store: Store) -> None:
    with pytest.raises(Refused, match="no run `nothing`; `/style runs`"):
        await any_store.read(lambda tx: tx.runs.get(RunId("nothing")))
    with pytest.raises(Refused, match="`/generate`"):
        await any_store.read(lambda tx: tx.generations.get(GenerationId("nothing")))


async def test_a_new_run_is_due_at_once(any_store: Store) -> None:
    await put(any_store, a_run())
    assert [run.id for run in await taken(any_store)] == [a_run().id]


async def test_what_is_taken_is_nobody_elses_until_the_lease_ends(any_store: Store, clock: FakeClock) -> None:
    await put(any_store, a_run())
    assert await taken(any_store)
    assert not await taken(any_store)
    clock.pass_time(minutes=1)
    assert await taken(any_store)


async def test_a_renewed_lease_ends_later(any_store: Store, clock: FakeClock) -> None:
    await put(any_store, a_run())
    [run] = await taken(any_store)
    clock.pass_time(seconds=30)
    await any_store.write(lambda tx: tx.runs.renew(run, lease=MINUTE))
    clock.pass_time(seconds=30)
    assert not await taken(any_store)
    await any_store.write(lambda tx: tx.runs.record(run, Delayed("no answer"), due=None))


async def test_a_lease_that_ended_and_went_to_another_cannot_be_renewed(
    any_store: Store, clock: FakeClock
) -> None:
    await put(any_store, a_run())
    [run] = await taken(any_store)
    clock.pass_time(minutes=1)
    await taken(any_store)
    with pytest.raises(Conflict):
        await any_store.write(lambda tx: tx.runs.renew(run, lease=MINUTE))


async def test_what_was_only_read_cannot_be_renewed(any_store: Store) -> None:
    await put(any_store, a_run())
    with pytest.raises(Conflict):
        await any_store.write(lambda tx: tx.runs.renew(a_run(), lease=MINUTE))


async def test_the_oldest_is_taken_first_and_no_more_than_asked(any_store: Store, clock: FakeClock) -> None:
    for key in ("run-c", "run-a", "run-b"):
        await put(any_store, a_run(key))
        clock.pass_time(seconds=1)
    assert [run.id for run in await taken(any_store, limit=2)] == ["run-c", "run-a"]
    assert [run.id for run in await taken(any_store)] == ["run-b"]


async def test_only_what_is_at_the_wanted_stages_is_taken(any_store: Store) -> None:
    await put(any_store, a_run("run-a"), a_run("run-b"), a_run("run-c"))
    await any_store.write(
        lambda tx: tx.runs.record(tx.runs.get(RunId("run-a")), Unfit(("no",)), due=timedelta())
    )

    async def of(*stages: Stage, limit: int = 9) -> list[str]:
        found = await any_store.write(lambda tx: tx.runs.take(limit=limit, lease=MINUTE, stages=stages))
        return [run.id for run in found]

    assert await of(Stage.APPROVED) == await of() == []
    assert await of(Stage.REQUESTED, limit=1) == ["run-b"]
    assert await of(Stage.REQUESTED, Stage.REFUSED) == ["run-a", "run-c"]


async def test_a_recorded_event_moves_the_run_and_ends_the_lease(any_store: Store, clock: FakeClock) -> None:
    await put(any_store, a_run())
    [run] = await taken(any_store)
    after = await any_store.write(lambda tx: tx.runs.record(run, Delayed("no answer"), due=2 * MINUTE))
    assert after.trouble == "no answer"
    assert await any_store.read(lambda tx: tx.runs.get(run.id)) == after
    clock.pass_time(seconds=119)
    assert not await taken(any_store)
    clock.pass_time(seconds=1)
    assert [one.trouble for one in await taken(any_store)] == ["no answer"]


async def test_what_waits_for_a_person_never_falls_due(any_store: Store, clock: FakeClock) -> None:
    await put(any_store, a_run())
    [run] = await taken(any_store)
    await any_store.write(lambda tx: tx.runs.record(run, Unfit(("too few",)), due=None))
    clock.pass_time(days=400)
    assert not await taken(any_store)


async def test_a_run_given_back_is_unchanged_and_due_later(any_store: Store, clock: FakeClock) -> None:
    await put(any_store, a_run())
    [run] = await taken(any_store)
    await any_store.write(lambda tx: tx.runs.postpone(run, due=MINUTE / 2))
    assert not await taken(any_store)
    clock.pass_time(seconds=30)
    [again] = await taken(any_store)
    assert (again.stage, again.trouble) == (run.stage, run.trouble)


async def test_who_lost_the_lease_can_neither_record_nor_give_back(
    any_store: Store, clock: FakeClock
) -> None:
    await put(any_store, a_run())
    [slow] = await taken(any_store)
    clock.pass_time(minutes=1)
    [quick] = await taken(any_store)
    with pytest.raises(Conflict):
        await any_store.write(lambda tx: tx.runs.record(slow, Unfit(("too few",)), due=None))
    with pytest.raises(Conflict):
        await any_store.write(lambda tx: tx.runs.postpone(slow, due=MINUTE))
    assert await any_store.read(lambda tx: tx.runs.get(slow.id)) == quick


async def test_a_person_may_move_a_run_that_a_worker_holds(any_store: Store) -> None:
    await put(any_store, a_run())
    [held] = await taken(any_store)
    await any_store.write(lambda tx: tx.runs.record(tx.runs.get(held.id), Unfit(("no",)), due=None))
    with pytest.raises(Conflict):
        await any_store.write(lambda tx: tx.runs.record(held, Delayed("no answer"), due=MINUTE))
    assert (await any_store.read(lambda tx: tx.runs.get(held.id))).stage is Stage.REFUSED


async def test_an_event_that_may_not_follow_changes_nothing(any_store: Store, clock: FakeClock) -> None:
    await put(any_store, a_run())
    with pytest.raises(IllegalMove):
        await any_store.write(
            lambda tx: tx.runs.record(tx.runs.get(a_run().id), Approved(ANN, clock.now), due=None)
        )
    assert await any_store.read(lambda tx: tx.runs.get(a_run().id)) == a_run()


async def test_generations_are_taken_and_recorded_alike(any_store: Store) -> None:
    await any_store.write(lambda tx: tx.generations.add(a_generation()))
    [one] = await any_store.write(lambda tx: tx.generations.take(limit=5, lease=MINUTE))
    after = await any_store.write(lambda tx: tx.generations.record(one, Prepared(TASK), due=MINUTE))
    assert (after.stage, after.task) == (GenerationStage.SUBMITTING, TASK)
    assert await any_store.read(lambda tx: tx.generations.get(one.id)) == after


async def test_the_newest_runs_of_a_workspace_come_first_and_no_others(any_store: Store) -> None:
    for number in range(4):
        run = a_run(f"run-{number}")
        await put(any_store, Run.requested(run.id, run.request, at=run.requested_at + number * MINUTE))
    await put(any_store, a_run("foreign", workspace=WorkspaceId("T2")))
    recent = await any_store.read(lambda tx: tx.runs.recent(ACME, limit=3))
    assert [run.id for run in recent] == ["run-3", "run-2", "run-1"]


async def test_a_transaction_carries_the_moment_of_the_stores_clock(
    any_store: Store, clock: FakeClock
) -> None:
    assert await any_store.write(lambda tx: tx.now) == clock.now
    clock.pass_time(minutes=1)
    assert await any_store.read(lambda tx: tx.now) == clock.now

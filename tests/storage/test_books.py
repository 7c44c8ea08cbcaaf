"""The books: the account's readings, and what the journal says that we spent, for any store."""

from datetime import timedelta

from bot.domain.facts import Trained
from bot.domain.ids import Air, TaskId, WorkspaceId
from bot.domain.results import Rendered, Result
from bot.domain.run import Run
from bot.domain.task import Attempted, Denied, Prepared, Submitted, Task
from bot.ports import Reading, Spending, Store, Transaction
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import (
    ACME,
    HANDED_OVER,
    MINUTE,
    TASK,
    a_dataset,
    a_generation,
    a_run,
    happen,
    live,
    looked_at,
)

SEEN = looked_at(a_dataset())
SECOND = timedelta(seconds=1)


async def train(store: Store, key: str, cost: float | None) -> None:
    await live(store, a_run(key), SEEN, *HANDED_OVER, Submitted(), Trained(Air("acme:stellar@1"), cost))


async def draw(store: Store, key: str, *costs: float | None) -> None:
    def work(tx: Transaction) -> None:
        tx.generations.add(one := a_generation(key))
        results = tuple(Result(str(number), "https://x.example", cost) for number, cost in enumerate(costs))
        for event in (Prepared(TASK), Attempted(), Submitted(), Rendered(results)):
            one = tx.generations.record(one, event, due=None)

    await store.write(work)


async def test_the_newest_reading_is_the_last(any_store: Store) -> None:
    assert await any_store.read(lambda tx: tx.books.last()) is None
    for reading in (Reading(NOON, 1.5, 10), Reading(NOON + MINUTE, 2.25, 12)):
        await any_store.write(lambda tx: tx.books.add(reading))  # noqa: B023 - written at once
    assert await any_store.read(lambda tx: tx.books.last()) == Reading(NOON + MINUTE, 2.25, 12)


async def test_the_second_reading_of_a_moment_replaces_the_first(any_store: Store) -> None:
    await any_store.write(lambda tx: tx.books.add(Reading(NOON, 1.5, 10)))
    await any_store.write(lambda tx: tx.books.add(Reading(NOON, 1.75, 11)))
    assert await any_store.read(lambda tx: tx.books.last()) == Reading(NOON, 1.75, 11)


async def test_trainings_and_pictures_are_added_up(any_store: Store, clock: FakeClock) -> None:
    await train(any_store, "run-1", 12.0)
    await draw(any_store, "gen-1", 0.25, 0.5)
    span = (NOON - SECOND, clock.now)
    assert await any_store.read(lambda tx: tx.books.spending(*span)) == Spending(12.75, 0, 2)


async def test_what_states_no_price_is_counted_and_never_free(any_store: Store, clock: FakeClock) -> None:
    await train(any_store, "run-1", None)
    await draw(any_store, "gen-1", None, None)
    await draw(any_store, "gen-2", 0.25, None)
    await draw(any_store, "gen-3", 0.0)
    span = (NOON - SECOND, clock.now)
    assert await any_store.read(lambda tx: tx.books.spending(*span)) == Spending(0.25, 3, 1)


async def test_a_span_begins_after_its_start_and_ends_with_its_end(
    any_store: Store, clock: FakeClock
) -> None:
    for key, cost in (("run-1", 1.0), ("run-2", 2.0), ("run-3", 4.0)):
        await train(any_store, key, cost)
        clock.pass_time(minutes=1)
    span = (NOON, NOON + MINUTE)
    assert await any_store.read(lambda tx: tx.books.spending(*span)) == Spending(2.0, 0, 1)
    nothing = (NOON + 2 * MINUTE, NOON + 3 * MINUTE)
    assert await any_store.read(lambda tx: tx.books.spending(*nothing)) == Spending(0.0, 0)


async def send(store: Store, key: str, task: str, *, workspace: WorkspaceId = ACME) -> Run:
    run = await live(store, a_run(key, workspace=workspace), SEEN, HANDED_OVER[0])
    wanted = Task(TaskId(task), "{}")
    return await store.write(lambda tx: happen(tx, run, Prepared(wanted), Attempted()))


async def test_what_was_handed_over_is_told_by_its_first_attempt(any_store: Store, clock: FakeClock) -> None:
    before = await send(any_store, "run-1", "t1")
    clock.pass_time(minutes=1)
    await send(any_store, "run-2", "t2", workspace=WorkspaceId("T2"))
    await any_store.write(lambda tx: happen(tx, before, Attempted()))
    clock.pass_time(minutes=1)
    await draw(any_store, "gen-1", 0.25)
    found = await any_store.read(lambda tx: tx.books.handed_over(NOON))
    told = [(sent.workspace, sent.task.id, sent.is_training) for sent in found]
    assert told == [("T2", "t2", True), (ACME, TASK.id, False)]
    everything = await any_store.read(lambda tx: tx.books.handed_over(NOON - SECOND))
    assert [(sent.task.id, sent.task.attempts) for sent in everything] == [("t1", 2), ("t2", 1), (TASK.id, 1)]


async def test_what_was_surely_not_taken_was_not_handed_over(any_store: Store) -> None:
    run = await send(any_store, "run-1", "t1")
    await any_store.write(lambda tx: happen(tx, run, Denied("no money")))
    assert not await any_store.read(lambda tx: tx.books.handed_over(NOON - SECOND))


async def test_every_workspace_that_asked_for_anything_is_known_once(any_store: Store) -> None:
    assert not await any_store.read(lambda tx: tx.books.workspaces())
    await live(any_store, a_run("run-1", workspace=WorkspaceId("T2")))
    await live(any_store, a_run("run-2"))
    await any_store.write(lambda tx: tx.generations.add(a_generation()))
    await any_store.write(lambda tx: tx.generations.add(a_generation("gen-2", workspace=WorkspaceId("T3"))))
    assert await any_store.read(lambda tx: tx.books.workspaces()) == [ACME, "T2", "T3"]

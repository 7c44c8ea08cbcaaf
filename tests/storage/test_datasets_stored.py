"""Runs found by their datasets, and what a version drew: both ways between pictures, for any store."""

import pytest

from bot.domain.errors import Conflict, NotUnderstood
from bot.domain.facts import Approved, Changed, Curated, Event, Inspected, Rejected, Reused, Undone, Unfit
from bot.domain.ids import Air, RunId, UserId, WorkspaceId
from bot.domain.run import Run
from bot.domain.style import air_of
from bot.domain.task import Attempted, Cancelled, Denied, Doubted, Failed, Failure, Submitted
from bot.ports import Store, Transaction
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import (
    ACME,
    ANN,
    HANDED_OVER,
    TASK,
    TO_THE_END,
    a_dataset,
    a_generation,
    a_run,
    happen,
    live,
    looked_at,
)

FOREIGN = WorkspaceId("T2")
SAME = a_dataset("b", pictures="xy")
"""The pictures of `a_dataset()` in another archive."""
BEN = UserId("U2")
CHANGED = Changed("The link leads to other pictures now.")
FAILED = Failed(Failure("datasetTooSmall", "Too few pictures."))


async def earlier(store: Store, run: Run) -> RunId | None:
    found = await store.read(lambda tx: tx.runs.earlier(run))
    return found.id if found else None


async def trained_on(store: Store, content: str, workspace: WorkspaceId = ACME) -> RunId | None:
    found = await store.read(lambda tx: tx.runs.trained_on(workspace, content))
    return found.id if found else None


async def by_dataset(store: Store, prefix: str, workspace: WorkspaceId = ACME) -> list[str]:
    return [run.id for run in await store.read(lambda tx: tx.runs.by_dataset(workspace, prefix))]


async def archives(store: Store) -> set[str]:
    return await store.read(lambda tx: tx.runs.archives())


async def drawn_in(
    store: Store, air: str, *, workspace: WorkspaceId = ACME, who: UserId = ANN, limit: int = 9
) -> list[str]:
    drawn = await store.read(lambda tx: tx.generations.drawn_in(workspace, Air(air), who=who, limit=limit))
    assert {one.air for one in drawn} <= {air}
    return [one.id for one in drawn]


async def test_the_last_dataset_of_a_style_that_was_handed_over_is_the_earlier_one(
    any_store: Store, clock: FakeClock
) -> None:
    for key in ("run-1", "run-2"):
        await live(any_store, a_run(key), looked_at(a_dataset()), *HANDED_OVER)
        clock.pass_time(minutes=1)
    await live(any_store, a_run("run-3"), looked_at(a_dataset()))
    assert await earlier(any_store, a_run("run-4")) == "run-2"
    assert await earlier(any_store, a_run("run-4", name="STELLAR")) == "run-2"
    assert await earlier(any_store, a_run("run-2")) == "run-1"


async def test_another_style_or_workspace_has_no_earlier_dataset_here(any_store: Store) -> None:
    await live(any_store, a_run(), looked_at(a_dataset()), *HANDED_OVER)
    assert await earlier(any_store, a_run("run-2", name="Foxes")) is None
    assert await earlier(any_store, a_run("run-2", workspace=FOREIGN)) is None


@pytest.mark.parametrize(
    ("events", "is_earlier"),
    [
        ((), False),
        ((Unfit(("too few",)),), False),
        ((looked_at(SAME),), False),
        ((looked_at(SAME), Cancelled(ANN)), False),
        ((looked_at(SAME), Approved(ANN, NOON)), False),
        ((looked_at(SAME), *HANDED_OVER), True),
        ((looked_at(SAME), *HANDED_OVER, Denied("no balance")), True),
        ((looked_at(SAME), *HANDED_OVER, Doubted("no answer")), True),
        ((looked_at(SAME), *HANDED_OVER, Submitted()), True),
        ((looked_at(SAME), *HANDED_OVER, Submitted(), Cancelled(ANN)), True),
        ((looked_at(SAME), *HANDED_OVER, FAILED), True),
        ((looked_at(SAME), *TO_THE_END), True),
    ],
)
async def test_a_dataset_counts_as_earlier_once_it_was_handed_over_whatever_came_of_it(
    any_store: Store, events: tuple[Event, ...], *, is_earlier: bool
) -> None:
    run = await live(any_store, a_run(), *events)
    found = await any_store.read(lambda tx: tx.runs.earlier(a_run("run-2")))
    assert found == (run if is_earlier else None)


async def test_pictures_that_trained_a_version_are_known_again_in_any_packing(
    any_store: Store, clock: FakeClock
) -> None:
    for key in ("run-1", "run-2"):
        await live(any_store, a_run(key), looked_at(a_dataset()), *TO_THE_END)
        clock.pass_time(minutes=1)
    assert await trained_on(any_store, SAME.content) == "run-2"
    assert await trained_on(any_store, SAME.content, FOREIGN) is None
    assert await trained_on(any_store, a_dataset(pictures="xz").content) is None


@pytest.mark.parametrize(
    ("events", "is_known"),
    [
        ((), False),
        ((Approved(ANN, NOON),), True),
        ((Approved(ANN, NOON), Undone(ANN)), False),
        ((Approved(ANN, NOON), Cancelled(ANN)), False),
        ((Reused(ANN),), False),
        ((Rejected(ANN, "too dark"),), False),
        (HANDED_OVER, True),
        ((*HANDED_OVER, CHANGED), False),
        ((*HANDED_OVER, CHANGED, looked_at(SAME)), False),
        ((*HANDED_OVER, Doubted("no answer")), True),
        ((*HANDED_OVER, Doubted("no answer"), Cancelled(ANN)), False),
        ((*HANDED_OVER, Submitted()), True),
        ((*HANDED_OVER, Attempted(), Doubted("no answer"), Cancelled(ANN)), True),
        ((*HANDED_OVER, Attempted(), Submitted(), Cancelled(ANN)), True),
        ((*HANDED_OVER, FAILED), False),
        (TO_THE_END, True),
    ],
)
async def test_pictures_are_known_again_from_the_approval_on_unless_nothing_can_be_charged_for_them(
    any_store: Store, events: tuple[Event, ...], *, is_known: bool
) -> None:
    await live(any_store, a_run(), looked_at(a_dataset()), *events)
    assert await trained_on(any_store, SAME.content) == (a_run().id if is_known else None)


async def test_a_ready_version_is_told_rather_than_one_that_is_training(
    any_store: Store, clock: FakeClock
) -> None:
    for key, events in {
        "run-1": (*HANDED_OVER, Submitted()),
        "run-2": (*HANDED_OVER, Submitted()),
    }.items():
        await live(any_store, a_run(key), looked_at(SAME), *events)
        clock.pass_time(minutes=1)
    assert await trained_on(any_store, SAME.content) == "run-2"
    await any_store.write(lambda tx: happen(tx, tx.runs.get(RunId("run-1")), TO_THE_END[-1]))
    assert await trained_on(any_store, SAME.content) == "run-1"


async def test_a_dataset_that_changed_before_anyone_was_asked_was_not_handed_over(any_store: Store) -> None:
    await live(any_store, a_run(), looked_at(SAME), *HANDED_OVER, CHANGED)
    assert await earlier(any_store, a_run("run-2")) is None


async def test_a_dataset_looked_at_anew_takes_the_place_of_the_one_before(any_store: Store) -> None:
    first = a_dataset("a", pictures="xyz")
    second = a_dataset("b", pictures="xy", origin=first.sha256)
    run = await live(any_store, a_run(), looked_at(first), Curated(ANN, ("z.png",)), looked_at(second))
    assert await archives(any_store) == {first.sha256, second.sha256}
    third = a_dataset("c", pictures="w")
    await any_store.write(
        lambda tx: happen(tx, run, Approved(ANN, NOON), CHANGED, looked_at(third), *TO_THE_END)
    )
    assert await trained_on(any_store, first.content) is None
    assert await trained_on(any_store, second.content) is None
    assert await trained_on(any_store, third.content) == run.id
    assert await by_dataset(any_store, "a" * 8) == []


async def test_runs_are_found_by_how_an_archive_or_its_origin_is_named(
    any_store: Store, clock: FakeClock
) -> None:
    await live(any_store, a_run("run-1"), looked_at(a_dataset("a")))
    clock.pass_time(minutes=1)
    await live(any_store, a_run("run-2"), looked_at(a_dataset("b", origin="a" * 64)))
    await live(any_store, a_run("foreign", workspace=FOREIGN), looked_at(a_dataset("a")))
    assert await by_dataset(any_store, "a" * 8) == ["run-2", "run-1"]
    assert await by_dataset(any_store, "A" * 64) == ["run-2", "run-1"]
    assert await by_dataset(any_store, "b" * 12) == ["run-2"]
    assert await by_dataset(any_store, "a" * 11 + "b") == []
    assert await by_dataset(any_store, "a" * 8, FOREIGN) == ["foreign"]


async def test_the_last_of_all_hashes_is_found_too(any_store: Store) -> None:
    await live(any_store, a_run(), looked_at(a_dataset("f")))
    assert await by_dataset(any_store, "f" * 8) == await by_dataset(any_store, "f" * 64) == [a_run().id]


@pytest.mark.parametrize("prefix", ["", "a" * 7, "a" * 65, "stellar-1", "aaaaaaa%", "________"])
async def test_what_names_no_hash_is_told_with_an_example(any_store: Store, prefix: str) -> None:
    with pytest.raises(NotUnderstood, match="for example `3fa94c01`"):
        await by_dataset(any_store, prefix)


@pytest.mark.parametrize(
    ("events", "is_needed"),
    [
        ((), True),
        ((Curated(ANN, ("x.png",)),), True),
        ((Approved(ANN, NOON), CHANGED), True),
        (HANDED_OVER, True),
        ((*HANDED_OVER, Doubted("no answer")), True),
        ((*HANDED_OVER, Submitted()), True),
        ((Reused(ANN),), False),
        ((*HANDED_OVER, FAILED), False),
        (TO_THE_END, False),
    ],
)
async def test_archives_are_needed_until_their_run_is_over(
    any_store: Store, events: tuple[Event, ...], *, is_needed: bool
) -> None:
    await live(any_store, a_run(), looked_at(a_dataset("b", origin="a" * 64)), *events)
    assert await archives(any_store) == ({"a" * 64, "b" * 64} if is_needed else set())


async def test_who_waits_to_be_decided_on_needs_archives_for_a_week(
    any_store: Store, clock: FakeClock
) -> None:
    await live(any_store, a_run("run-1"), looked_at(a_dataset("a")))
    await live(any_store, a_run("run-2"), looked_at(a_dataset("b")), *HANDED_OVER, Submitted())
    clock.pass_time(days=6)
    await live(any_store, a_run("run-3"), looked_at(a_dataset("c", origin="d" * 64)))
    assert await archives(any_store) == {mark * 64 for mark in "abcd"}
    clock.pass_time(days=1)
    assert await archives(any_store) == {mark * 64 for mark in "bcd"}
    clock.pass_time(days=400)
    assert await archives(any_store) == {"b" * 64}


async def test_a_dataset_that_was_looked_at_anew_waits_for_another_week(
    any_store: Store, clock: FakeClock
) -> None:
    run = await live(any_store, a_run(), looked_at(a_dataset("a")))
    clock.pass_time(days=6)
    second = a_dataset("b", origin="a" * 64)
    await any_store.write(lambda tx: happen(tx, run, Curated(ANN, ("z.png",)), looked_at(second)))
    clock.pass_time(days=6)
    assert await archives(any_store) == {"a" * 64, "b" * 64}


async def test_an_archive_is_needed_while_any_of_its_runs_goes_on(any_store: Store) -> None:
    await live(any_store, a_run("run-1"), looked_at(a_dataset()), *TO_THE_END)
    await live(any_store, a_run("run-2", workspace=FOREIGN), looked_at(a_dataset()))
    assert await archives(any_store) == {"a" * 64}


async def test_who_looked_at_a_dataset_too_late_leaves_no_trace(any_store: Store) -> None:
    await any_store.write(lambda tx: tx.runs.add(a_run()))
    await any_store.write(lambda tx: happen(tx, a_run(), looked_at(a_dataset("a"))))
    with pytest.raises(Conflict):
        await any_store.write(lambda tx: happen(tx, a_run(), looked_at(a_dataset("b"))))
    assert await archives(any_store) == {"a" * 64}


async def test_a_transaction_that_fails_takes_its_dataset_back(any_store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.runs.add(a_run())
        happen(tx, a_run(), Inspected(a_dataset(), Air("acme:stellar@1"), 1))
        raise Conflict("Someone else was first.")

    with pytest.raises(Conflict):
        await any_store.write(work)
    assert await archives(any_store) == set()


async def test_what_a_version_drew_is_found_newest_first(any_store: Store) -> None:
    def put(tx: Transaction) -> None:
        for number, air in enumerate(["acme:stellar@1", "acme:stellar@2", "acme:stellar@1"]):
            tx.generations.add(a_generation(f"gen-{number}", air=air))

    await any_store.write(put)
    assert await drawn_in(any_store, "acme:stellar@1") == ["gen-0", "gen-2"]
    assert await drawn_in(any_store, "acme:stellar@1", limit=1) == ["gen-0"]
    assert await drawn_in(any_store, "acme:stellar@3") == []


async def test_what_somebody_drew_privately_is_shown_to_nobody_else(any_store: Store) -> None:
    def put(tx: Transaction) -> None:
        for key, private_to in {
            "gen-0": BEN,
            "gen-1": None,
            "gen-2": BEN,
            "gen-3": ANN,
            "gen-4": None,
        }.items():
            tx.generations.add(a_generation(key, private_to=private_to))

    await any_store.write(put)
    assert await drawn_in(any_store, "acme:stellar@1", limit=2) == ["gen-1", "gen-3"]
    assert await drawn_in(any_store, "acme:stellar@1") == ["gen-1", "gen-3", "gen-4"]
    assert await drawn_in(any_store, "acme:stellar@1", who=BEN) == ["gen-0", "gen-1", "gen-2", "gen-4"]


async def test_what_another_workspace_drew_in_a_version_of_the_same_name_is_not_ours(
    any_store: Store,
) -> None:
    def put(tx: Transaction) -> None:
        tx.generations.add(a_generation("theirs", workspace=FOREIGN))
        tx.generations.add(a_generation("ours"))

    await any_store.write(put)
    assert await drawn_in(any_store, "acme:stellar@1", limit=1) == ["ours"]
    assert await drawn_in(any_store, "acme:stellar@1", workspace=FOREIGN) == ["theirs"]


async def test_a_version_is_found_by_its_run_and_by_its_air(any_store: Store) -> None:
    await any_store.write(lambda tx: tx.runs.add(a_run()))
    version = await any_store.write(
        lambda tx: tx.styles.reserve(a_run(), lambda number: air_of("acme", "stellar", number))
    )
    air = Air("acme:stellar@1")
    assert await any_store.read(lambda tx: tx.styles.of_run(a_run().id)) == version
    assert await any_store.read(lambda tx: tx.styles.by_air(ACME, air)) == version
    assert await any_store.read(lambda tx: tx.styles.of_run(RunId("run-2"))) is None
    assert await any_store.read(lambda tx: tx.styles.by_air(FOREIGN, air)) is None
    assert await any_store.read(lambda tx: tx.styles.by_air(ACME, Air("acme:foxes@1"))) is None


async def test_dataset_to_version_to_pictures_can_be_followed_both_ways(any_store: Store) -> None:
    run = await live(any_store, a_run(), looked_at(a_dataset()), *TO_THE_END)

    def follow(tx: Transaction) -> tuple[RunId, UserId | None, list[str]]:
        version = tx.styles.reserve(run, lambda number: air_of("acme", "stellar", number))
        tx.generations.add(a_generation())
        [found] = tx.runs.by_dataset(ACME, "a" * 8)
        of_run = tx.styles.of_run(found.id)
        assert of_run == version
        drawn = tx.generations.drawn_in(ACME, version.air, who=ANN, limit=9)
        back = tx.styles.by_air(ACME, drawn[0].air)
        assert back
        return back.run, tx.runs.get(back.run).decided_by, [one.id for one in drawn]

    assert await any_store.write(follow) == (run.id, "U2", [a_generation().id])
    assert run.task
    assert run.task.id == TASK.id

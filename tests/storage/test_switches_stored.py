"""What an admin has stopped, who is away, and which pictures may be used, for any store."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.ids import GenerationId, UserId, WorkspaceId
from bot.domain.people import Absence
from bot.ports import Freeze, Store, Transaction
from storage import epoch
from storage.sqlite import SQLiteStore
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import ACME, ANN, MINUTE, a_generation

BEN = UserId("U2")
OTHERS = WorkspaceId("T2")
ALL = Freeze("all", "The key leaked.", ANN, NOON)
TRAIN = Freeze("train", "The month is over.", BEN, NOON + MINUTE)


async def freeze(store: Store, *freezes: Freeze, workspace: WorkspaceId = ACME) -> None:
    def work(tx: Transaction) -> None:
        for one in freezes:
            tx.freezes.put(workspace, one)

    await store.write(work)


async def test_what_is_stopped_stands_with_its_reason_until_it_is_lifted(any_store: Store) -> None:
    await freeze(any_store, TRAIN, ALL)
    await freeze(any_store, TRAIN, workspace=OTHERS)
    assert await any_store.read(lambda tx: tx.freezes.standing(ACME)) == [ALL, TRAIN]
    assert await any_store.write(lambda tx: tx.freezes.lift(ACME, "train"))
    assert await any_store.read(lambda tx: tx.freezes.standing(ACME)) == [ALL]
    assert await any_store.read(lambda tx: tx.freezes.standing(OTHERS)) == [TRAIN]


async def test_what_is_not_stopped_cannot_be_lifted(any_store: Store) -> None:
    await freeze(any_store, ALL, workspace=OTHERS)
    assert not await any_store.write(lambda tx: tx.freezes.lift(ACME, "all"))


async def test_of_what_is_stopped_twice_the_newer_reason_holds(any_store: Store) -> None:
    newer = Freeze("all", "It leaked again.", BEN, NOON + MINUTE)
    await freeze(any_store, ALL, newer)
    assert await any_store.read(lambda tx: tx.freezes.standing(ACME)) == [newer]


async def test_a_database_that_forgot_what_was_stopped_is_found_out(
    store: SQLiteStore, database: Path
) -> None:
    before = epoch.read(database)
    await freeze(store, ALL)
    assert epoch.read(database) == before + 1
    await store.write(lambda tx: tx.freezes.lift(ACME, "all"))
    assert epoch.read(database) == before + 1


async def leave(store: Store, user: UserId, until: str, delegate: UserId | None = None) -> None:
    await store.write(lambda tx: tx.absences.put(ACME, Absence(user, until, delegate)))


async def test_who_is_away_is_away_until_the_day_they_are_back(any_store: Store, clock: FakeClock) -> None:
    await leave(any_store, ANN, "2026-11-23", delegate=BEN)
    for _ in range(2):
        assert await any_store.read(lambda tx: tx.absences.now(ACME)) == {
            ANN: Absence(ANN, "2026-11-23", BEN)
        }
        clock.pass_time(days=1)
    assert not await any_store.read(lambda tx: tx.absences.now(ACME))


async def test_an_absence_is_one_of_its_workspace_alone(any_store: Store) -> None:
    await leave(any_store, ANN, "2026-11-23")
    assert not await any_store.read(lambda tx: tx.absences.now(OTHERS))
    assert not await any_store.write(lambda tx: tx.absences.end(OTHERS, ANN))


async def test_a_newer_note_replaces_the_older(any_store: Store) -> None:
    await leave(any_store, ANN, "2026-11-23", delegate=BEN)
    await leave(any_store, ANN, "2026-12-24")
    assert await any_store.read(lambda tx: tx.absences.now(ACME)) == {ANN: Absence(ANN, "2026-12-24")}


async def test_who_is_back_early_was_away_and_who_is_back_anyway_was_not(
    any_store: Store, clock: FakeClock
) -> None:
    await leave(any_store, ANN, "2026-11-23")
    await leave(any_store, BEN, "2026-11-22")
    assert await any_store.write(lambda tx: tx.absences.end(ACME, ANN))
    assert not await any_store.write(lambda tx: tx.absences.end(ACME, ANN))
    clock.pass_time(days=1)
    assert not await any_store.write(lambda tx: tx.absences.end(ACME, BEN))


async def test_who_was_away_is_forgotten_once_they_are_back(
    store: SQLiteStore, database: Path, clock: FakeClock
) -> None:
    await leave(store, ANN, "2026-11-22")
    await leave(store, BEN, "2026-11-23")
    clock.pass_time(days=1)
    await store.clean_up()
    with sqlite3.connect(database) as file:
        assert file.execute("SELECT who FROM absences").fetchall() == [(BEN,)]


@pytest.mark.parametrize("hours", [-14, 0, 14])
async def test_days_are_those_of_utc(any_store: Store, clock: FakeClock, hours: int) -> None:
    clock.pass_time(hours=hours)
    await leave(any_store, ANN, f"{clock.now.date() + timedelta(days=1)}")
    assert await any_store.read(lambda tx: tx.absences.now(ACME))


async def test_a_picture_is_cleared_once_and_by_the_first(any_store: Store) -> None:
    generation = a_generation()
    await any_store.write(lambda tx: tx.generations.add(generation))
    await any_store.write(lambda tx: tx.generations.add(a_generation("gen-2")))

    async def clear(picture: str, by: UserId) -> bool:
        return await any_store.write(lambda tx: tx.library.clear(ACME, generation.id, picture, by))

    assert [await clear("p1", ANN), await clear("p2", ANN), await clear("p1", BEN)] == [True, True, False]
    assert await any_store.read(lambda tx: tx.library.cleared(generation.id)) == {"p1", "p2"}
    assert not await any_store.read(lambda tx: tx.library.cleared(GenerationId("gen-2")))

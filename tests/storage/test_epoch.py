"""The number beside the database: never behind what was sent, so that a restored database is found out."""

import asyncio
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.alarm import Concern
from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import DeliveryKey, WorkspaceId
from bot.domain.message import Notice
from bot.domain.run import Run, Stage
from bot.domain.task import Attempted, Prepared
from bot.ports import Store, Transaction
from storage import epoch, owners
from storage.sqlite import SQLiteStore
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import (
    ACME,
    HANDED_OVER,
    MINUTE,
    TASK,
    a_dataset,
    a_generation,
    a_run,
    live,
    looked_at,
)

RUN = a_run().id


async def prepare(store: Store, key: str = RUN, *, workspace: WorkspaceId = ACME) -> Run:
    """Put a run down that is about to be sent."""
    return await live(store, a_run(key, workspace=workspace), looked_at(a_dataset()), *HANDED_OVER)


async def attempt(store: Store, run: Run) -> Run:
    return await store.write(lambda tx: tx.runs.record(run, Attempted(), due=MINUTE))


def in_database(database: Path) -> int:
    with closing(sqlite3.connect(database)) as other:
        return epoch.number_of(other)


def leave(database: Path) -> None:
    """Copy the closed database, as somebody who keeps backups by hand."""
    shutil.copy(database, database.with_suffix(".copy"))


def come_back(database: Path) -> None:
    shutil.copy(database.with_suffix(".copy"), database)


async def test_an_attempt_is_beside_the_database_before_anybody_hears_of_it(
    store: SQLiteStore, database: Path
) -> None:
    run = await prepare(store)
    assert epoch.read(database) == 1
    for number in (2, 3, 4):
        run = await attempt(store, run)
        assert (epoch.read(database), in_database(database)) == (number, number)


async def test_an_attempt_for_pictures_counts_alike(store: SQLiteStore, database: Path) -> None:
    def work(tx: Transaction) -> None:
        tx.generations.add(a_generation())
        one = tx.generations.record(a_generation(), Prepared(TASK), due=None)
        tx.generations.record(one, Attempted(), due=None)

    await store.write(work)
    assert epoch.read(database) == 1


async def test_an_attempt_that_was_taken_back_does_not_count(store: SQLiteStore, database: Path) -> None:
    run = await prepare(store)

    def work(tx: Transaction) -> None:
        tx.runs.record(run, Attempted(), due=None)
        raise Refused("No.")

    with pytest.raises(Refused):
        await store.write(work)
    assert (epoch.read(database), in_database(database)) == (1, 1)


async def test_nothing_is_sent_where_it_cannot_be_noted_beside_the_database(
    store: SQLiteStore, database: Path
) -> None:
    run = await prepare(store)
    file = epoch.file_of(database)
    file.unlink()
    file.mkdir()
    gate = threading.Event()
    first = asyncio.create_task(store.write(lambda _: gate.wait(60)))
    await asyncio.sleep(0.05)  # the writer is held, so that these two fall into one batch
    sending = asyncio.create_task(attempt(store, run))
    other = asyncio.create_task(store.write(lambda tx: tx.once(DeliveryKey("k"), lambda: "yes")))
    await asyncio.sleep(0)
    gate.set()
    with pytest.raises(Unavailable, match="nothing was sent"):
        await sending
    await first
    assert await other == "yes"
    after = await store.read(lambda tx: tx.runs.get(RUN))
    assert after.task
    assert after.task.attempts == 1  # so it is looked for before it is sent again
    file.rmdir()
    await attempt(store, after)
    assert epoch.read(database) == 3


async def test_a_database_of_before_its_last_attempt_opens_with_an_alarm(
    database: Path, clock: FakeClock
) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        run = await prepare(store)
        await prepare(store, "run-2", workspace=WorkspaceId("T2"))
    leave(database)
    clock.pass_time(minutes=5)
    async with SQLiteStore(database, clock=clock) as store:
        await attempt(store, run)
    come_back(database)
    clock.pass_time(days=1)
    async with SQLiteStore(database, clock=clock) as store:
        alarms = await store.read(lambda tx: tx.alarms.standing())
        assert [(alarm.workspace, alarm.concern) for alarm in alarms] == [
            (ACME, Concern.RESTORED),
            ("T2", Concern.RESTORED),
        ]
        assert {alarm.about for alarm in alarms} == {NOON.isoformat(timespec="microseconds")}
        assert "restored from a backup" in alarms[0].sentence
        assert (
            await store.write(lambda tx: tx.alarms.hold(ACME, about="training", try_every=MINUTE))
            == alarms[0]
        )
        told = await store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE))
        assert [one.message for one in told] == [
            Notice(alarm.workspace, Concern.RESTORED, alarm.about) for alarm in alarms
        ]


async def test_a_restored_database_that_never_asked_for_anything_holds_back_every_workspace(
    database: Path, clock: FakeClock
) -> None:
    async with SQLiteStore(database, clock=clock):
        pass
    leave(database)
    async with SQLiteStore(database, clock=clock) as store:
        await attempt(store, await prepare(store))
    come_back(database)
    async with SQLiteStore(database, clock=clock) as store:
        [alarm] = await store.read(lambda tx: tx.alarms.standing())
        assert (alarm.workspace, alarm.concern, alarm.about) == ("", Concern.RESTORED, "")
        assert await store.write(lambda tx: tx.alarms.hold(ACME, about="training", try_every=MINUTE)) == alarm


async def test_it_is_told_once_and_stands_over_restarts_until_it_is_settled(
    database: Path, clock: FakeClock
) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await prepare(store)
    epoch.keep(database, 7)
    for _ in range(2):
        async with SQLiteStore(database, clock=clock) as store:
            assert len(await store.read(lambda tx: tx.alarms.standing())) == 1
    async with SQLiteStore(database, clock=clock) as store:
        await store.write(lambda tx: tx.alarms.settle(ACME, Concern.RESTORED))
    async with SQLiteStore(database, clock=clock) as store:
        assert not await store.read(lambda tx: tx.alarms.standing())
        await attempt(store, await store.read(lambda tx: tx.runs.get(RUN)))
    assert epoch.read(database) == 8


async def test_a_database_that_forgot_nothing_opens_without_a_word(database: Path, clock: FakeClock) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await attempt(store, await prepare(store))
    leave(database)
    async with SQLiteStore(database, clock=clock) as store:
        await live(store, a_run("run-2"), looked_at(a_dataset()))
    come_back(database)
    async with SQLiteStore(database, clock=clock) as store:
        assert not await store.read(lambda tx: tx.alarms.standing())
        assert (await store.read(lambda tx: tx.runs.get(RUN))).stage is Stage.SUBMITTING


async def test_a_copy_without_its_file_opens_with_an_alarm_and_has_a_file_then(
    database: Path, clock: FakeClock
) -> None:
    """It was put there by hand: nobody can say what the original has sent since."""
    async with SQLiteStore(database, clock=clock) as store:
        await attempt(store, await prepare(store))
    epoch.file_of(database).unlink()
    for _ in range(2):
        async with SQLiteStore(database, clock=clock) as store:
            [alarm] = await store.read(lambda tx: tx.alarms.standing())
        assert (alarm.workspace, alarm.concern) == (ACME, Concern.RESTORED)
        assert epoch.read(database) == 2


async def test_a_database_in_which_nothing_was_decided_needs_no_file(
    database: Path, clock: FakeClock
) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await live(store, a_run(), looked_at(a_dataset()))
    epoch.file_of(database).unlink()
    async with SQLiteStore(database, clock=clock) as store:
        assert not await store.read(lambda tx: tx.alarms.standing())
    assert epoch.file_of(database).read_text().split() == ["0"]


async def test_who_joins_others_at_work_finds_nothing_restored(database: Path, clock: FakeClock) -> None:
    async with SQLiteStore(database, clock=clock) as one:
        await attempt(one, await prepare(one))
        async with SQLiteStore(database, clock=clock) as other:
            assert not await other.read(lambda tx: tx.alarms.standing())


async def test_a_death_before_the_file_is_written_is_no_restore(database: Path, clock: FakeClock) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await attempt(store, await prepare(store))
    epoch.write(database, 0)
    async with SQLiteStore(database, clock=clock) as store:
        assert not await store.read(lambda tx: tx.alarms.standing())
    assert epoch.read(database) == 2


@pytest.mark.parametrize("text", ["", "seven\n", "-7\n", "7.5\n", "\N{DIGIT SEVEN}\xb2\n"])
async def test_a_file_that_holds_no_number_is_named_with_what_to_do(
    database: Path, clock: FakeClock, text: str
) -> None:
    async with SQLiteStore(database, clock=clock):
        pass
    epoch.file_of(database).write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match="housestyle restore"):
        async with SQLiteStore(database, clock=clock):
            pass
    assert not list(owners.folder_of(database).iterdir())


async def test_two_that_share_a_file_never_lower_it(database: Path, clock: FakeClock) -> None:
    async with SQLiteStore(database, clock=clock) as one, SQLiteStore(database, clock=clock) as other:
        runs = [await prepare(one, f"run-{number}") for number in range(20)]
        sent = [attempt(store, run) for store, run in zip([one, other] * 10, runs, strict=True)]
        await asyncio.gather(*sent)
        assert (epoch.read(database), in_database(database)) == (40, 40)
    epoch.keep(database, 3)
    assert epoch.read(database) == 40
    assert not list(database.parent.glob("*.part"))


async def test_who_is_stopped_with_the_lock_keeps_nobody_from_paying(
    database: Path, clock: FakeClock
) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        run = await prepare(store)
        with owners.only_one(owners.folder_of(database)):
            await attempt(store, run)
    assert epoch.read(database) == 2


def test_a_number_that_was_cut_off_by_a_loss_of_power_spoils_no_other(database: Path) -> None:
    epoch.keep(database, 7)
    with epoch.file_of(database).open("a") as file:
        file.write("\n12345"[:4])
    epoch.keep(database, 200)
    epoch.keep(database, 201)
    assert epoch.read(database) == 201


def test_of_many_numbers_only_the_last_are_read(database: Path) -> None:
    for number in range(0, 3000, 3):
        epoch.keep(database, number)
    assert epoch.read(database) == 2997


async def test_what_a_restore_sounds_is_about_the_last_thing_that_is_known(
    database: Path, clock: FakeClock
) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        clock.pass_time(minutes=3)
        await prepare(store)
    epoch.keep(database, 2)
    clock.pass_time(days=2)
    async with SQLiteStore(database, clock=clock) as store:
        [alarm] = await store.read(lambda tx: tx.alarms.standing())
    assert alarm.about == (NOON + timedelta(minutes=3)).isoformat(timespec="microseconds")
    assert alarm.since == clock.now

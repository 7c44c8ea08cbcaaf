"""The writer of the SQLite store: many callers, one commit, and what fails takes only itself back."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import DeliveryKey
from bot.ports import Transaction
from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.storage.store_world import a_run


def answers(database: Path) -> set[str]:
    """Return what is durable: as another process sees it."""
    other = sqlite3.connect(database)
    try:
        return {answer for (answer,) in other.execute("SELECT answer FROM inbox")}
    finally:
        other.close()


async def note(store: SQLiteStore, number: int) -> None:
    await store.write(lambda tx: tx.once(DeliveryKey(str(number)), lambda: str(number)))


async def test_what_64_callers_were_told_is_written_is_durable(store: SQLiteStore, database: Path) -> None:
    await asyncio.gather(*(note(store, number) for number in range(64)))
    assert answers(database) == {str(number) for number in range(64)}


async def test_one_failing_piece_of_work_takes_back_only_itself(store: SQLiteStore, database: Path) -> None:
    def fail(tx: Transaction) -> None:
        tx.once(DeliveryKey("lost"), lambda: "lost")
        raise Refused("No.")

    gate = threading.Event()
    first = asyncio.create_task(store.write(lambda _: gate.wait(60)))
    await asyncio.sleep(0.05)  # the writer is held, so that all of these fall into one batch
    failing = asyncio.create_task(store.write(fail))
    others = [asyncio.create_task(note(store, number)) for number in range(64)]
    await asyncio.sleep(0)
    gate.set()
    with pytest.raises(Refused, match="No"):
        await failing
    await asyncio.gather(first, *others)
    assert answers(database) == {str(number) for number in range(64)}


async def test_work_of_one_batch_sees_what_was_done_before_it(store: SQLiteStore) -> None:
    gate = threading.Event()
    first = asyncio.create_task(store.write(lambda _: gate.wait(60)))
    await asyncio.sleep(0.05)
    put = asyncio.create_task(store.write(lambda tx: tx.runs.add(a_run())))
    got = asyncio.create_task(store.write(lambda tx: tx.runs.get(a_run().id)))
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, put)
    assert await got == a_run()


async def test_more_callers_than_one_commit_takes_are_all_served(store: SQLiteStore, database: Path) -> None:
    await asyncio.gather(*(note(store, number) for number in range(600)))
    assert len(answers(database)) == 600


async def test_the_event_loop_runs_on_while_the_database_is_busy(store: SQLiteStore) -> None:
    gate = threading.Event()
    writing = asyncio.create_task(store.write(lambda _: gate.wait(60)))
    reading = asyncio.create_task(store.read(lambda _: gate.wait(60)))
    await asyncio.sleep(0.02)
    assert not writing.done()
    gate.set()
    assert await writing
    assert await reading


async def test_reading_goes_on_while_someone_writes(store: SQLiteStore) -> None:
    await store.write(lambda tx: tx.runs.add(a_run()))
    gate = threading.Event()
    writing = asyncio.create_task(store.write(lambda _: gate.wait(60)))
    assert await asyncio.wait_for(store.read(lambda tx: tx.runs.get(a_run().id)), 30) == a_run()
    gate.set()
    await writing


async def test_to_write_while_reading_is_a_bug(store: SQLiteStore) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await store.read(lambda tx: tx.runs.add(a_run()))
    with pytest.raises(Refused):
        await store.read(lambda tx: tx.runs.get(a_run().id))


async def test_a_caller_who_gave_up_does_not_disturb_the_others(store: SQLiteStore, database: Path) -> None:
    gate = threading.Event()
    gone = asyncio.create_task(store.write(lambda _: gate.wait(60)))
    await asyncio.sleep(0.02)
    gone.cancel()
    gate.set()
    await note(store, 1)
    assert answers(database) == {"1"}


async def test_a_bug_in_work_reaches_its_caller_even_where_a_future_cannot_carry_it(
    store: SQLiteStore,
) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await store.write(lambda _: next(iter(())))


async def test_a_disk_that_is_full_is_told_in_a_sentence_and_harms_nothing(
    database: Path, clock: FakeClock
) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await note(store, 1)
        await store.write(lambda tx: pragma(tx, "max_page_count = 1"))
        with pytest.raises(Unavailable, match="try again"):
            await store.write(lambda tx: tx.keep_blob(b"x" * 10_000_000))
        await store.write(lambda tx: pragma(tx, "max_page_count = 1000000"))
        await note(store, 2)
    assert answers(database) == {"1", "2"}


def pragma(tx: Transaction, setting: str) -> None:
    """Give SQLite itself a smaller world: a disk of few pages, or less patience."""
    connection: sqlite3.Connection = vars(tx)["_connection"]
    connection.execute(f"PRAGMA {setting}")


async def test_a_database_held_too_long_by_another_is_told_in_a_sentence(
    store: SQLiteStore, database: Path
) -> None:
    await store.write(lambda tx: pragma(tx, "busy_timeout = 50"))
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Unavailable, match="nothing was changed"):
            await note(store, 1)
    finally:
        other.close()
    await note(store, 2)
    assert answers(database) == {"2"}


async def test_a_closed_store_takes_no_more(database: Path, clock: FakeClock) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await note(store, 1)
    with pytest.raises(Unavailable, match="shutting down"):
        await note(store, 2)


async def test_closing_finishes_what_is_queued(database: Path, clock: FakeClock) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        tasks = [asyncio.create_task(note(store, number)) for number in range(50)]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert len(answers(database)) == 50


async def test_a_check_leaves_nothing_behind(store: SQLiteStore, database: Path) -> None:
    await store.check()
    assert answers(database) == set()

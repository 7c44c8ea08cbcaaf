"""Two stores on one file: a death frees what was held, a life and a mere halt do not."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import storage
from bot.domain.errors import Conflict
from bot.domain.message import RunCard
from bot.domain.task import Delayed
from bot.ports import Store, Transaction
from storage.owners import find_dead, folder_of, join
from storage.sqlite import SQLiteStore
from tests.storage.store_world import MINUTE, a_run

ROOT = Path(storage.__file__).parent.parent


def start(database: Path, what: str, key: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.storage.holder", str(database), what, key]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@contextmanager
def holder(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a process that has taken one run and one message, and sleeps."""
    with start(database, "take") as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "1 1\n"
            yield process
        finally:
            process.kill()


async def put_work(database: Path) -> None:
    async with SQLiteStore(database) as store:
        await store.write(lambda tx: tx.runs.add(a_run()))
        await store.write(lambda tx: tx.outbox.announce(RunCard(a_run().id)))


async def due(store: Store) -> tuple[int, int]:
    """Take what is due and say how much it was: runs, messages."""

    def work(tx: Transaction) -> tuple[int, int]:
        runs = tx.runs.take(limit=9, lease=MINUTE)
        return len(runs), len(tx.outbox.take(limit=9, lease=MINUTE))

    return await store.write(work)


async def test_after_kill_9_a_restart_goes_on_at_once(database: Path) -> None:
    await put_work(database)
    with holder(database) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    async with SQLiteStore(database) as store:
        assert await due(store) == (1, 1)


async def test_a_process_that_dies_frees_what_it_held_for_one_that_runs(database: Path) -> None:
    await put_work(database)
    with holder(database) as process:
        async with SQLiteStore(database) as store:
            assert await due(store) == (0, 0)
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert await due(store) == (0, 0)
            await store.clean_up()
            assert await due(store) == (1, 1)


async def test_a_process_that_is_merely_halted_keeps_what_it_holds(database: Path) -> None:
    await put_work(database)
    with holder(database) as process:
        process.send_signal(signal.SIGSTOP)
        async with SQLiteStore(database) as store:
            await store.clean_up()
            assert await due(store) == (0, 0)


async def test_what_a_dead_process_held_moves_past_its_fence(store: SQLiteStore, database: Path) -> None:
    await store.write(lambda tx: tx.runs.add(a_run()))
    dead = SQLiteStore(database, clock=lambda: a_run().requested_at.replace(year=2027))
    await dead.open()
    [held] = await dead.write(lambda tx: tx.runs.take(limit=1, lease=MINUTE))
    vars(dead)["_owner"].leave_behind()  # as the kernel does for the dead; this one still writes
    await store.clean_up()
    with pytest.raises(Conflict):
        await dead.write(lambda tx: tx.runs.record(held, Delayed("late"), due=MINUTE))
    vars(dead)["_owner"] = join(folder_of(database))
    await dead.close()


async def test_a_store_that_closes_gives_back_what_it_held(database: Path) -> None:
    await put_work(database)
    async with SQLiteStore(database) as store:
        assert await due(store) == (1, 1)
    assert not list(folder_of(database).iterdir())
    async with SQLiteStore(database) as store:
        assert await due(store) == (1, 1)


def put_forty(tx: Transaction) -> None:
    for number in range(40):
        tx.runs.add(a_run(f"run-{number}"))


async def test_two_stores_share_work_and_never_the_same(database: Path) -> None:
    async with SQLiteStore(database) as one, SQLiteStore(database) as other:
        await one.write(put_forty)

        async def take_all(store: Store) -> list[str]:
            found: list[str] = []
            while items := await store.write(lambda tx: tx.runs.take(limit=3, lease=MINUTE)):
                found += [item.id for item in items]
            return found

        shares = await asyncio.gather(take_all(one), take_all(other))
    assert sorted(shares[0] + shares[1]) == sorted(f"run-{number}" for number in range(40))


def test_three_processes_that_start_and_write_at_once_lose_nothing(database: Path) -> None:
    crowd = [start(database, "write", key) for key in "abc"]
    for process in crowd:
        process.communicate(timeout=120)
    assert [process.returncode for process in crowd] == [0, 0, 0]
    with closing(sqlite3.connect(database)) as other:
        assert other.execute("SELECT COUNT(*) FROM inbox").fetchone() == (150,)


def test_a_lock_that_is_held_is_not_dead_and_one_that_is_dropped_is(tmp_path: Path) -> None:
    folder = tmp_path / "owners"
    alive, dying = join(folder), join(folder)
    assert find_dead(folder) == []
    dying.leave_behind()
    [dead] = find_dead(folder)
    assert dead.id == dying.id
    dead.let_go()
    alive.let_go()
    assert not list(folder.iterdir())


def test_nobody_is_taken_for_dead_between_being_born_and_locked(tmp_path: Path) -> None:
    folder = tmp_path / "owners"
    join(folder).let_go()
    with ThreadPoolExecutor(1) as cleaner:
        born = threading.Event()

        def clean_up_until_born() -> None:
            while not born.is_set():
                for dead in find_dead(folder):
                    dead.let_go()

        cleaning = cleaner.submit(clean_up_until_born)
        owners = [join(folder) for _ in range(300)]
        born.set()
        cleaning.result()
    assert {owner.path for owner in owners} == set(folder.iterdir())
    assert find_dead(folder) == []
    for owner in owners:
        owner.let_go()

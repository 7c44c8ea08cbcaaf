"""Backups: whole, checked, and put back in such a way that nothing is paid twice."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from stat import S_IMODE

import pytest

from bot.domain.alarm import Concern
from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import DeliveryKey
from bot.domain.task import Attempted
from bot.ports import Transaction
from storage import epoch, owners
from storage.backup import back_up, restore
from storage.migrate import migrate_by, released
from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.storage.store_world import HANDED_OVER, MINUTE, a_dataset, a_run, happen, live, looked_at

RUN = a_run().id


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "monday.db"


async def put_run(database: Path, clock: FakeClock, key: str = RUN) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await live(store, a_run(key), looked_at(a_dataset()), *HANDED_OVER)


async def attempt(database: Path, clock: FakeClock) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await store.write(lambda tx: happen(tx, tx.runs.get(RUN), Attempted()))


def runs_in(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as other:
        return [key for (key,) in other.execute("SELECT id FROM runs ORDER BY rowid")]


def rights(path: Path) -> int:
    return S_IMODE(path.stat().st_mode)


def spoil(path: Path) -> None:
    """Write over the beginning of every page but the first two."""
    content = bytearray(path.read_bytes())
    for page in range(8192, len(content), 4096):
        content[page : page + 64] = b"\xff" * 64
    path.write_bytes(content)


def answer(number: int, tx: Transaction) -> None:
    tx.once(DeliveryKey(str(number)), lambda: "x" * 999)


async def test_a_backup_is_whole_while_the_bot_writes(
    store: SQLiteStore, database: Path, target: Path
) -> None:
    async def write() -> None:
        for number in range(100):
            await store.write(partial(answer, number))

    await live(store, a_run())
    writing = asyncio.create_task(write())
    await asyncio.to_thread(back_up, database, target)
    await writing
    assert runs_in(target) == [RUN]
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [path.name for path in target.parent.iterdir()] == ["monday.db"]
    assert rights(target) == 0o600


async def test_a_backup_writes_over_nothing(store: SQLiteStore, database: Path, target: Path) -> None:
    back_up(database, target)
    await live(store, a_run())
    with pytest.raises(Refused, match="Name another"):
        back_up(database, target)
    assert runs_in(target) == []
    with pytest.raises(Refused, match="the database itself"):
        back_up(database, database)
    with pytest.raises(Refused, match="no folder"):
        back_up(database, target.parent / "nowhere" / "monday.db")


def test_where_there_is_no_database_nothing_is_made(database: Path, target: Path) -> None:
    with pytest.raises(Refused, match=r"There is no database at .*; check DATABASE_URL\."):
        back_up(database, target)
    assert not database.exists()
    assert not list(target.parent.iterdir())


async def test_what_is_put_back_is_the_database_of_then(
    database: Path, target: Path, clock: FakeClock
) -> None:
    await put_run(database, clock)
    back_up(database, target)
    await put_run(database, clock, "run-2")
    kept = restore(database, target)
    assert runs_in(database) == [RUN]
    assert kept == database.with_name("housestyle.db.before-restore")
    assert runs_in(kept) == [RUN, "run-2"]
    async with SQLiteStore(database, clock=clock) as store:
        await store.check()
    assert not list(database.parent.glob("*.part"))


async def test_a_restored_database_hands_nothing_over_until_it_was_looked_into(
    database: Path, target: Path, clock: FakeClock
) -> None:
    await put_run(database, clock)
    back_up(database, target)
    await attempt(database, clock)
    restore(database, target)
    async with SQLiteStore(database, clock=clock) as store:
        [alarm] = await store.read(lambda tx: tx.alarms.standing())
    assert alarm.concern is Concern.RESTORED


async def test_so_it_is_even_where_the_numbers_agree(database: Path, target: Path, clock: FakeClock) -> None:
    await put_run(database, clock)
    await attempt(database, clock)
    back_up(database, target)
    restore(database, target)
    assert epoch.read(database) == 3
    async with SQLiteStore(database, clock=clock) as store:
        assert await store.write(
            lambda tx: tx.alarms.hold(a_run().request.workspace, about="", try_every=MINUTE)
        )


async def test_so_it_is_where_the_file_beside_it_is_lost_or_spoilt(
    database: Path, target: Path, clock: FakeClock
) -> None:
    await put_run(database, clock)
    back_up(database, target)
    await attempt(database, clock)
    epoch.file_of(database).write_text("spoilt")
    restore(database, target)
    assert epoch.read(database) == 3
    epoch.file_of(database).unlink()
    restore(database, target)
    assert epoch.read(database) == 2
    async with SQLiteStore(database, clock=clock) as store:
        assert len(await store.read(lambda tx: tx.alarms.standing())) == 1


async def test_a_second_restore_keeps_what_the_first_one_kept(
    database: Path, target: Path, clock: FakeClock
) -> None:
    await put_run(database, clock)
    back_up(database, target)
    await put_run(database, clock, "run-2")
    restore(database, target)
    kept = restore(database, target)
    assert kept == database.with_name("housestyle.db.before-restore-2")
    assert runs_in(database.with_name("housestyle.db.before-restore")) == [RUN, "run-2"]


async def test_nothing_is_restored_while_the_bot_runs(
    store: SQLiteStore, database: Path, target: Path
) -> None:
    await live(store, a_run())
    back_up(database, target)
    with pytest.raises(Refused, match="Stop it first"):
        restore(database, target)
    assert (await store.read(lambda tx: tx.runs.get(RUN))).id == RUN
    assert epoch.read(database) == 0


async def test_who_died_with_the_database_open_is_no_hindrance(
    database: Path, target: Path, clock: FakeClock
) -> None:
    await put_run(database, clock)
    back_up(database, target)
    owners.join(owners.folder_of(database)).leave_behind()
    assert restore(database, target)


async def test_nobody_opens_what_is_being_restored(database: Path, target: Path, clock: FakeClock) -> None:
    await put_run(database, clock)
    opened = SQLiteStore(database, clock=clock)
    with owners.only_one(owners.folder_of(database)):
        opening = asyncio.create_task(opened.open())
        await asyncio.sleep(0.1)
        assert not opening.done()
    await opening
    await opened.close()


@pytest.mark.parametrize("content", [b"\x89PNG" * 999, b"", None])
def test_what_is_no_backup_is_refused_and_changes_nothing(
    database: Path, target: Path, content: bytes | None
) -> None:
    migrate_by(database, released())
    if content is not None:
        target.write_bytes(content)
    with pytest.raises(Refused, match="the right one"):
        restore(database, target)
    assert runs_in(database) == []
    assert epoch.read(database) == 0
    assert not list(database.parent.glob("*.before-restore*"))
    assert not list(database.parent.glob("*.part"))


def test_a_database_of_somebody_else_is_refused(database: Path, target: Path) -> None:
    with closing(sqlite3.connect(target)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(Refused, match="no Housestyle database"):
        restore(database, target)
    assert not database.exists()


def test_a_backup_of_a_newer_program_is_refused(database: Path, target: Path, tmp_path: Path) -> None:
    newer = tmp_path / "9999_tomorrow.sql"
    newer.write_text("CREATE TABLE tomorrow (id TEXT);")
    migrate_by(target, [*released(), newer])
    with pytest.raises(Refused, match="newer Housestyle"):
        restore(database, target)
    assert not database.exists()


async def test_a_backup_of_before_there_were_epochs_is_looked_into_too(
    database: Path, target: Path, clock: FakeClock
) -> None:
    migrate_by(target, [step for step in released() if step.name < "0006"])
    await put_run(database, clock)
    await attempt(database, clock)
    restore(database, target)
    async with SQLiteStore(database, clock=clock) as store:
        assert len(await store.read(lambda tx: tx.alarms.standing())) == 1
    assert epoch.read(database) == 3


async def test_a_damaged_backup_is_refused(database: Path, target: Path, clock: FakeClock) -> None:
    async with SQLiteStore(database, clock=clock) as store:
        await store.write(partial(fill, 300))
    back_up(database, target)
    spoil(target)
    with pytest.raises(Refused, match=r"damaged|cannot be read"):
        restore(database, target)
    assert not list(database.parent.glob("*.before-restore*"))


def fill(count: int, tx: Transaction) -> None:
    for number in range(count):
        answer(number, tx)


@pytest.fixture
def log(database: Path) -> Path:
    """Return where SQLite keeps what is committed and not in the database yet."""
    return database.with_name(f"{database.name}-wal")


def lose(database: Path, log: Path, left: bytes) -> None:
    """Lose the database, but not what was in its log."""
    database.unlink()
    log.write_bytes(left)


async def test_a_damaged_database_is_kept_and_a_backup_takes_its_place(
    database: Path, target: Path, clock: FakeClock
) -> None:
    await put_run(database, clock)
    back_up(database, target)
    lose(database, database, b"not a database any more" * 999)
    kept = restore(database, target)
    assert kept
    assert bytes_of(kept).startswith(b"not a database")
    assert runs_in(database) == [RUN]


async def test_a_log_without_its_database_does_not_spoil_the_backup(
    database: Path, target: Path, log: Path, clock: FakeClock
) -> None:
    await put_run(database, clock)
    back_up(database, target)
    async with SQLiteStore(database, clock=clock) as store:
        await store.write(partial(fill, 50))
        left = bytes_of(log)
    lose(database, log, left)
    assert restore(database, target) is None
    assert runs_in(database) == [RUN]
    assert bytes_of(database.with_name("housestyle.db.before-restore-wal")) == left
    with closing(sqlite3.connect(database)) as opened:
        assert opened.execute("SELECT COUNT(*) FROM inbox").fetchone() == (0,)


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


@pytest.fixture
async def strict(database: Path, target: Path, clock: FakeClock) -> Path:
    """Return a database, backed up, that not everybody may read."""
    await put_run(database, clock)
    back_up(database, target)
    restrict(database)
    return database


def restrict(database: Path) -> None:
    database.chmod(0o640)


def test_what_was_put_back_may_be_read_by_whom_the_old_one_was(strict: Path, target: Path) -> None:
    restore(strict, target)
    assert rights(strict) == 0o640


async def test_a_disk_that_refuses_is_told_in_a_sentence(
    database: Path, target: Path, clock: FakeClock
) -> None:
    await put_run(database, clock)
    back_up(database, target)
    file = epoch.file_of(database)
    file.unlink()
    file.mkdir()
    with pytest.raises(Unavailable, match="disk"):
        restore(database, target)
    assert runs_in(database) == [RUN]
    assert not list(database.parent.glob("*.part"))


def test_where_to_is_checked_first(tmp_path: Path, target: Path) -> None:
    with pytest.raises(Refused, match="DATABASE_URL"):
        restore(tmp_path / "nowhere" / "housestyle.db", target)


async def test_a_restored_database_can_be_written_for_days(
    database: Path, target: Path, clock: FakeClock
) -> None:
    await put_run(database, clock)
    back_up(database, target)
    restore(database, target)
    clock.pass_time(days=2)
    async with SQLiteStore(database, clock=clock) as store:
        await store.write(partial(fill, 3))
        await store.clean_up()
        later = timedelta(hours=1)
        assert await store.write(lambda tx: tx.runs.take(limit=9, lease=later)) == []

"""The doctor's look at the database: what is wrong with it is told, and the look itself changes nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Settings
from bot.doctor.alarms import check_alarms
from bot.doctor.database import examine, newest_style
from bot.doctor.finding import Finding, Mark
from bot.doctor.outside import Outside
from bot.doctor.patient import Patient
from bot.domain.alarm import Concern
from bot.domain.ids import Air, WorkspaceId
from storage import epoch
from storage.migrate import migrate, migrate_by, released
from storage.sqlite import SQLiteStore
from tests.storage.store_world import a_run, live

ACME = WorkspaceId("T1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a database of ours is, up to date."""
    path = tmp_path / "housestyle.db"
    migrate(path)
    return path


@pytest.fixture
def busy(file: Path) -> Iterator[Path]:
    """Return where a database is that somebody is writing to."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield file


async def alarms(file: Path) -> list[Finding]:
    settings = Settings.model_validate({"database_url": f"sqlite:///{file}"})
    return await check_alarms(Patient(settings, Outside(settings, lambda: datetime.now(UTC))))


def test_a_database_that_is_up_to_date_is_well(file: Path) -> None:
    assert examine(file).mark is Mark.OK


def test_a_look_leaves_every_byte_as_it_was(file: Path) -> None:
    before = file.read_bytes()
    assert examine(file).mark is Mark.OK
    assert file.read_bytes() == before


async def test_a_running_bot_is_looked_at_beside_its_work(file: Path) -> None:
    async with SQLiteStore(file) as store:
        assert examine(file).mark is Mark.OK
        await live(store, a_run())
        assert examine(file).mark is Mark.OK


def test_none_is_made_where_there_is_none(tmp_path: Path) -> None:
    file = tmp_path / "housestyle.db"
    assert examine(file) == Finding("Database", Mark.LOOK, "There is none yet: the first start makes it.")
    assert not file.exists()


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    found = examine(tmp_path / "elsewhere" / "housestyle.db")
    assert found.mark is Mark.FAULT
    assert "is not there" in found.sentence


def test_an_older_one_is_worth_a_look_and_not_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "housestyle.db"
    migrate_by(file, released()[:4])
    found = examine(file)
    assert found.mark is Mark.LOOK
    assert "0005_datasets.sql" in found.sentence
    assert examine(file) == found


def test_a_newer_one_is_a_fault(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("INSERT INTO migrations VALUES ('9999_future.sql', '2030-01-01')")
    found = examine(file)
    assert found.mark is Mark.FAULT
    assert "newer Housestyle (it knows 9999_future.sql)" in found.sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"not a database at all" * 99, "not a database"), (b"", "It lacks ")],
)
def test_a_file_that_is_something_else_is_told_so(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "housestyle.db"
    file.write_bytes(content)
    found = examine(file)
    assert found.mark is not Mark.OK
    assert sentence in found.sentence


def test_another_programs_database_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "housestyle.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE songs (name TEXT)")
    assert examine(file) == Finding(
        "Database", Mark.FAULT, "The file is another program's database.", "Check DATABASE_URL."
    )


def test_a_damaged_one_is_a_fault_with_a_way_out(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'outbox'").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    body = bytearray(file.read_bytes())
    body[(page - 1) * size : (page - 1) * size + 64] = b"\xff" * 64
    file.write_bytes(body)
    found = examine(file)
    assert (found.mark, found.sentence) == (Mark.FAULT, "It is damaged.")
    assert "housestyle restore" in found.remedy


def test_one_that_stays_locked_is_a_fault(busy: Path) -> None:
    found = examine(busy, busy_seconds=0.1)
    assert (found.mark, found.sentence) == (Mark.FAULT, "Something has kept it locked for seconds.")


def test_one_that_was_restored_is_told_before_the_bot_starts(file: Path) -> None:
    epoch.write(file, 7)
    found = examine(file)
    assert found.mark is Mark.LOOK
    assert "restored from a backup" in found.sentence


def test_one_that_is_gone_with_what_was_paid_for_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "housestyle.db"
    epoch.write(file, 7)
    found = examine(file)
    assert (found.mark, found.sentence) == (Mark.FAULT, "It is gone, and paid requests were in it.")


async def test_no_alarm_is_well(file: Path) -> None:
    assert await alarms(file) == [Finding("Alarms", Mark.OK, "none")]


@pytest.mark.parametrize(
    ("concern", "mark"),
    [(Concern.RESTORED, Mark.FAULT), (Concern.BALANCE, Mark.FAULT), (Concern.PARKED, Mark.LOOK)],
)
async def test_an_alarm_that_stands_is_told_as_it_was(file: Path, concern: Concern, mark: Mark) -> None:
    async with SQLiteStore(file) as store:
        await store.write(lambda tx: tx.alarms.sound(ACME, concern, "The fox is loose."))
        (found,) = await alarms(file)
        await store.write(lambda tx: tx.alarms.settle(ACME, concern))
    assert found.mark is mark
    assert "The fox is loose." in found.sentence
    assert [one.mark for one in await alarms(file)] == [Mark.OK]


async def test_each_alarm_has_a_line_and_a_mark_of_its_own(file: Path) -> None:
    async with SQLiteStore(file) as store:
        await store.write(lambda tx: tx.alarms.sound(ACME, Concern.KEY, "The fox is loose."))
        await store.write(lambda tx: tx.alarms.sound(ACME, Concern.PARKED, "The hen is out."))
    assert {(one.sentence.partition(": ")[2], one.mark) for one in await alarms(file)} == {
        ("The fox is loose.", Mark.FAULT),
        ("The hen is out.", Mark.LOOK),
    }


async def test_alarms_of_a_file_that_cannot_tell_are_worth_a_look(tmp_path: Path) -> None:
    assert [one.mark for one in await alarms(tmp_path / "housestyle.db")] == [Mark.LOOK]
    (tmp_path / "housestyle.db").write_bytes(b"not a database at all" * 99)
    assert [one.mark for one in await alarms(tmp_path / "housestyle.db")] == [Mark.LOOK]


async def test_the_newest_style_that_can_draw_is_found(file: Path) -> None:
    assert newest_style(file) is None
    async with SQLiteStore(file) as store:
        run = a_run()
        await store.write(lambda tx: tx.runs.add(run))
        await store.write(lambda tx: tx.styles.reserve(run, lambda n: Air(f"acme:stellar@{n}")))
        assert newest_style(file) is None
        await store.write(lambda tx: tx.styles.mark_ready(run.id))
    assert newest_style(file) == ("acme:stellar@1", "Stellar@1")


def test_there_is_no_newest_style_without_a_database(tmp_path: Path) -> None:
    assert newest_style(tmp_path / "housestyle.db") is None

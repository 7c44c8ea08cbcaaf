"""Bringing a database file up to date: once each, forward only, and safe for two at a time."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from bot.domain.errors import Refused, Unavailable
from storage.connection import connect
from storage.migrate import migrate, migrate_by, released
from storage.sqlite import SQLiteStore


def tables(database: Path) -> set[str]:
    other = sqlite3.connect(database)
    try:
        return {name for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        other.close()


def test_a_new_file_gets_every_step_in_order_and_a_second_time_none(database: Path) -> None:
    done = migrate(database)
    assert done == sorted(done)
    assert [name[:4] for name in done] == [f"{number:04}" for number in range(1, len(done) + 1)]
    assert {"runs", "generations", "events", "outbox", "inbox", "migrations"} <= tables(database)
    assert {"alarms", "readings", "uploads", "epoch"} <= tables(database)
    assert {"proposals", "ledger", "audit", "freezes", "absences", "library"} <= tables(database)
    assert "votes" not in tables(database)
    assert migrate(database) == []


@pytest.mark.parametrize("before", range(len(released())))
def test_a_file_of_every_older_program_comes_up_to_date(database: Path, before: int) -> None:
    steps = released()
    migrate_by(database, steps[:before])
    assert migrate(database) == [step.name for step in steps[before:]]


async def test_a_file_of_a_newer_program_is_refused(database: Path, tmp_path: Path) -> None:
    newer = tmp_path / "9999_tomorrow.sql"
    newer.write_text("CREATE TABLE tomorrow (id TEXT);")
    migrate_by(database, [*released(), newer])
    with pytest.raises(Refused, match=r"newer Housestyle \(it knows 9999_tomorrow.sql\)"):
        migrate(database)
    with pytest.raises(Refused, match="newer"):
        async with SQLiteStore(database):
            pass


def test_a_step_that_fails_half_way_leaves_nothing(database: Path, tmp_path: Path) -> None:
    broken = tmp_path / "9999_broken.sql"
    broken.write_text("CREATE TABLE half (id TEXT);\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate_by(database, [*released(), broken])
    assert "half" not in tables(database)
    assert migrate(database) == []


def test_several_that_migrate_at_once_do_each_step_once(database: Path) -> None:
    with ThreadPoolExecutor(4) as crowd:
        done = [name for names in crowd.map(migrate, [database] * 4) for name in names]
    assert sorted(done) == [step.name for step in released()]


def test_a_new_file_that_somebody_is_just_writing_is_waited_for(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        Timer(0.3, other.rollback).start()
        with closing(connect(database).conn) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_cannot_be_opened_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Check DATABASE_URL"):
        migrate(tmp_path / "nowhere" / "housestyle.db")
    (tmp_path / "picture.db").write_bytes(b"\x89PNG" * 999)
    with pytest.raises(Refused, match="Check DATABASE_URL"):
        migrate(tmp_path / "picture.db")


def test_a_database_that_another_process_holds_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "housestyle.db"
    migrate(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="holds the database"):
            migrate(path)

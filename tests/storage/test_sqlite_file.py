"""What is in the SQLite file itself: durability, the journal, votes, and that each question has its index."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.run import Unfit
from bot.domain.task import Delayed
from bot.ports import Transaction
from storage.connection import connect
from storage.outbox import DUE
from storage.shelves import STATEMENTS
from storage.sqlite import SQLiteStore
from tests.storage.store_world import ANN, MINUTE, a_run


@pytest.fixture
def file(store: SQLiteStore, database: Path) -> Iterator[sqlite3.Connection]:
    opened = connect(database).conn
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
def test_a_commit_survives_a_loss_of_power(file: sqlite3.Connection, pragma: str, value: object) -> None:
    assert file.execute(f"PRAGMA {pragma}").fetchone() == (value,)


async def test_each_event_is_in_the_journal_once_in_order(
    store: SQLiteStore, file: sqlite3.Connection
) -> None:
    def work(tx: Transaction) -> None:
        tx.runs.add(a_run())
        [run] = tx.runs.take(limit=1, lease=MINUTE)
        run = tx.runs.record(run, Delayed("no answer"), due=MINUTE)
        tx.runs.record(run, Unfit(("too few",)), due=None)

    await store.write(work)
    rows = file.execute("SELECT seq, kind, body FROM events ORDER BY seq").fetchall()
    assert rows == [
        (1, "Delayed", '{"reason":"no answer"}'),
        (2, "Unfit", '{"problems":["too few"]}'),
    ]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE events SET body = '{}'",
        "DELETE FROM events",
        "REPLACE INTO events SELECT subject, seq, at, kind, '{}' FROM events",
    ],
)
async def test_the_journal_is_only_ever_added_to(
    store: SQLiteStore, file: sqlite3.Connection, tampering: str
) -> None:
    await store.write(lambda tx: tx.runs.add(a_run()))
    await store.write(lambda tx: tx.runs.record(a_run(), Delayed("no answer"), due=None))
    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        file.execute(tampering)


async def test_the_last_vote_of_a_person_counts(store: SQLiteStore, file: sqlite3.Connection) -> None:
    def work(tx: Transaction) -> None:
        tx.runs.add(a_run())
        tx.vote(a_run().id, ANN, approves=False, reason="too dark")
        tx.vote(a_run().id, ANN, approves=True, reason="")

    await store.write(work)
    assert file.execute("SELECT who, approves, reason FROM votes").fetchall() == [(ANN, 1, "")]


def test_the_questions_asked_each_second_are_answered_by_an_index(file: sqlite3.Connection) -> None:
    for question in (DUE, *(sql.due for sql in STATEMENTS.values())):
        asked = question.replace(":now", "?").replace(":limit", "?")
        plan = file.execute(f"EXPLAIN QUERY PLAN {asked}", ("2026", 5)).fetchall()
        assert not [step for *_, step in plan if step.startswith("SCAN")], plan

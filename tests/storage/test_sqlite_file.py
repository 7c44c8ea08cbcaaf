"""What is in the SQLite file itself: durability, what only grows, and that each question has its index."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.facts import Unfit
from bot.domain.task import Delayed
from bot.ports import Transaction
from storage import absences, alarms, books, datasets, freezes, ledger, library
from storage.connection import connect
from storage.outbox import COALESCE, COALESCE_SAME, DROP_STALE, DUE, DUE_POSTS, DUE_REDRAWS, UNPARK
from storage.rows import text_of
from storage.sqlite import SQLiteStore
from storage.statements import DRAWN_IN, RECENT, STATEMENTS
from storage.styles import BY_AIR, OF_RUN, READY
from tests.fakes import NOON
from tests.storage.store_world import MINUTE, a_run


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
        (1, "Delayed", '{"reason":"no answer","cause":null,"besides":[]}'),
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


@pytest.mark.parametrize(
    "amounts",
    [
        "'reserved', -1, 0, NULL",
        "'reserved', 1, 1, NULL",
        "'settled', 1, 1, :now",
        "'settled', 0, -1, :now",
        "'released', 0, 1, :now",
        "'released', 0, 0, NULL",
        "'lost', 0, 0, NULL",
    ],
)
def test_the_ledger_holds_no_entry_that_cannot_be(file: sqlite3.Connection, amounts: str) -> None:
    entry = "INSERT INTO ledger VALUES ('run', 'T1', 'C1', 'U1', 's', 'training', 1, :now, STATE, 0, CLOSED)"
    state, reserved, spent, closed = amounts.split(", ")
    row = entry.replace("STATE", f"{state}, {reserved}, {spent}").replace("CLOSED", closed)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        file.execute(row, {"now": text_of(NOON)})


@pytest.mark.parametrize(
    "question",
    [
        *(DUE, DUE_POSTS, DUE_REDRAWS),
        *(question for sql in STATEMENTS.values() for question in (sql.due, sql.hints, sql.hasten, sql.live)),
        *(sql.release for sql in STATEMENTS.values()),
        *(COALESCE, COALESCE_SAME, ledger.SUMS, ledger.HELD, ledger.COSTS, library.COUNT, library.CLEARED),
        *(freezes.STANDING, absences.NOW),
        *(RECENT, DRAWN_IN, OF_RUN, BY_AIR, READY),
        *(datasets.EARLIER, datasets.TRAINED_ON, datasets.BY_HASH, datasets.NEEDED, datasets.HAND_OVER),
        *(alarms.GET, alarms.HOLDING, alarms.SETTLE, books.ENDED),
    ],
)
def test_what_is_asked_is_answered_by_an_index(file: sqlite3.Connection, question: str) -> None:
    asked = re.sub(r":\w+", "?", question)
    plan = file.execute(f"EXPLAIN QUERY PLAN {asked}", ("2026",) * asked.count("?")).fetchall()
    assert not [step for *_, step in plan if step.startswith("SCAN") and "json_each" not in step], plan


@pytest.mark.parametrize(
    ("question", "index"),
    [
        (alarms.STANDING, "alarms_standing"),
        (DROP_STALE, "outbox_by_parking"),
        (UNPARK, "outbox_by_parking"),
        (books.SENT, "events_by_kind"),
    ],
)
def test_what_is_asked_of_a_few_rows_reads_only_those(
    file: sqlite3.Connection, question: str, index: str
) -> None:
    asked = re.sub(r":\w+", "?", question)
    plan = file.execute(f"EXPLAIN QUERY PLAN {asked}", ("2026",) * asked.count("?")).fetchall()
    assert [step for *_, step in plan if index in step], plan

"""A life of the store between two power losses: commits as the bot makes them, and what each left.

All is the store's own code, `SQLTransaction` over its own SQL, in the one order that `storage.connection` and
`SQLiteStore.clean_up` have: begin, savepoint, work, commit; and now and then a checkpoint beside the writer.
"""

import random
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bot.domain.facts import Approved, Event, Inspected, Progressed, Trained
from bot.domain.ids import Air, DeliveryKey, RunId, TaskId, UserId
from bot.domain.message import ContactSheet, RunCard
from bot.domain.run import Run, Stage
from bot.domain.task import Attempted, Prepared, Submitted, Task
from bot.journal import record, reserve
from bot.ports import Card, Transaction
from storage.transaction import SQLTransaction
from tests.fakes import DATASET, NOON
from tests.house import BRAND, wanted
from tests.powerloss.borrowed import Borrowed, Recorder, Settings
from tests.powerloss.disk import Acknowledged, Deed, Image

COMMITS = 12
NOW, LEASE = timedelta(), timedelta(minutes=1)


@dataclass(frozen=True)
class Life:
    """What was done to the disk, and a print of the whole database at the start and after each commit."""

    deeds: Sequence[Deed]
    prints: Sequence[str]


def live(folder: Path, image: Image, dice: random.Random, settings: Settings, *, first: int) -> Life:
    """Live one life that begins with the files of `image`, in `folder`, which is emptied before.

    Its commits are numbered from `first`; no life before it on the same database had such numbers.
    """
    put_down(folder, image)
    recorder = Recorder()
    writer = Borrowed(folder / "housestyle.db", recorder, settings)
    try:
        prints = [print_of(writer.as_sqlite3())]
        for number in range(first, first + COMMITS):
            _commit(writer, dice, number)
            recorder.deeds.append(Acknowledged())
            prints.append(print_of(writer.as_sqlite3()))
            if dice.random() < 1 / 4:
                _checkpoint(folder / "housestyle.db", recorder, settings)
        lived = len(recorder.deeds)
    finally:
        writer.close()
        recorder.unregister()
    is_closed = dice.random() < 1 / 2
    return Life(recorder.deeds if is_closed else recorder.deeds[:lived], prints)


def put_down(folder: Path, image: Image) -> None:
    """Let `folder` hold the files of `image` and nothing else."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, body in image.items():
        (folder / name).write_bytes(body)


def print_of(connection: sqlite3.Connection) -> str:
    """Return a hash of every row of every table."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    digest = sha256()
    for (table,) in tables.fetchall():
        rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
        digest.update(repr((table, [tuple(row) for row in rows])).encode())
    return digest.hexdigest()


def _commit(writer: Borrowed, dice: random.Random, number: int) -> None:
    work = dice.choice((_ask, _advance, _advance, _say))
    writer.execute("BEGIN IMMEDIATE")
    transaction = SQLTransaction(writer.as_sqlite3(), _moment(number), "owner")
    writer.execute("SAVEPOINT work")
    transaction.once(DeliveryKey(f"delivery {number}"), lambda: work(transaction, number))
    writer.execute("RELEASE work")
    writer.execute("COMMIT")


def _moment(number: int) -> datetime:
    return NOON + number * LEASE


def _checkpoint(path: Path, recorder: Recorder, settings: Settings) -> None:
    beside = Borrowed(path, recorder, settings)
    beside.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    beside.close()


def _ask(tx: Transaction, number: int) -> str:
    tx.runs.add(Run.requested(RunId(f"RUN{number:07}"), wanted(name=f"Stellar {number}"), at=tx.now))
    tx.outbox.announce(RunCard(RunId(f"RUN{number:07}")))
    return "Looking at the dataset."


def _advance(tx: Transaction, number: int) -> str:
    for run in tx.runs.take(limit=3, lease=LEASE):
        fact = _next_of(tx, run, number)
        record(tx, run, fact, None if isinstance(fact, Trained) else NOW)
        if isinstance(fact, Inspected):
            sheet = tx.keep_blob(number.to_bytes(4) * 1500)
            tx.outbox.announce(ContactSheet(run.id, sheet, fact.dataset.sha256))
    return "moved on"


def _next_of(tx: Transaction, run: Run, number: int) -> Event:
    match run.stage:
        case Stage.REQUESTED:
            version = tx.styles.reserve(run, lambda n: Air(f"acme:{run.id}@{n}"))
            return Inspected(DATASET, version.air, version.number)
        case Stage.AWAITING:
            reserve(tx, run, ())
            return Approved(UserId("UBEN"), tx.now)
        case Stage.APPROVED:
            return Prepared(Task(TaskId(f"task of {run.id}"), "[]" * 99))
        case Stage.SUBMITTING:
            return Submitted() if run.task and run.task.attempts else Attempted()
    tx.styles.mark_ready(run.id)
    return Trained(Air(f"acme:{run.id}@1"), 12.0) if number % 2 else Progressed(number % 100)


def _say(tx: Transaction, number: int) -> str:
    for pending in tx.outbox.take(limit=4, lease=LEASE):
        tried = tx.outbox.attempt(pending)
        if isinstance(pending.message, RunCard):
            tx.outbox.keep_card(pending.message.run, Card(BRAND, f"{number}.0", "", tx.now))
        if number % 5:
            tx.outbox.done(tried)
        else:
            tx.outbox.postpone(tried, due=LEASE)
        if isinstance(pending.message, ContactSheet):
            tx.drop_blob(pending.message.blob)
    return "said"

"""Rows that a program before this one wrote, as it wrote them: they are read, and found by what is new."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot.domain.ballot import Opened
from bot.domain.dataset import Dataset, Picture
from bot.domain.facts import Inspected, TrainingRequest
from bot.domain.generation import Generation
from bot.domain.ids import Air, BlobId, RunId, UserId
from bot.domain.message import ContactSheet, Home, RunEnded
from bot.domain.run import Run, Stage
from bot.ports import Spending
from storage.connection import connect
from storage.migrate import migrate_by, released
from storage.rows import message_of, value_of
from storage.sqlite import SQLiteStore
from tests.storage.store_world import ACME, ANN, CHANNEL, MINUTE, STANDING, a_ballot, a_run

PICTURE = {"format": "PNG", "width": 1024, "height": 1024, "size": 5000000, "transparent": False}
PICTURES = [{"name": f"fox-{letter}.png", "sha256": letter * 64} | PICTURE for letter in "ab"]
DATASET = {"sha256": "ab" * 32, "size": 61000000, "pictures": PICTURES, "warnings": ["1 picture is clear."]}
RUN: dict[str, Any] = {
    "id": "RUN0000001",
    "request": {
        "workspace": "T1",
        "channel": "C1",
        "requester": "U1",
        "link": "https://assets.example/stellar.zip",
        "name": "Stellar",
        "air": None,
        "private": True,
        "note": "spring",
    },
    "requested_at": "2026-11-21T12:00:00Z",
    "stage": "ready",
    "stage_since": "2026-11-21T14:00:00Z",
    "dataset": DATASET,
    "problems": [],
    "air": "acme:stellar@1",
    "number": 1,
    "decided_by": "U2",
    "starts_at": "2026-11-21T12:10:00Z",
    "reason": "",
    "task": {
        "id": "0c5f3c4e-1b57-4a5c-a0d5-3c1d9c9a7f10",
        "body": "[]",
        "attempts": 1,
        "first_attempt_at": "2026-11-21T12:11:00Z",
        "last_attempt_at": "2026-11-21T12:11:00Z",
    },
    "percent": 100,
    "trouble": "",
    "cost": 12.0,
    "failure": None,
}
GENERATION: dict[str, Any] = {
    "id": "GEN0000001",
    "request": {
        "workspace": "T1",
        "channel": "C1",
        "requester": "U1",
        "prompt": "a red fox",
        "style": None,
        "size": {"width": 1024, "height": 1024},
        "count": 4,
        "quality": "low",
        "format": "jpg",
        "private": False,
    },
    "air": "acme:stellar@1",
    "label": "Stellar@1",
    "requested_at": "2026-11-21T15:00:00Z",
    "stage": "requested",
    "stage_since": None,
    "task": None,
    "results": [],
    "uploads": [],
    "lost": [],
    "trouble": "",
    "failure": None,
}
SECRET = GENERATION | {
    "id": "GEN0000002",
    "request": GENERATION["request"] | {"requester": "U2", "private": True},
}
EARLY = {"dataset": None, "task": None, "stage": "requested", "air": None, "number": None}
WAITING = {"task": None, "stage": "awaiting approval"}
MOMENT = "2026-11-21T12:00:00.000000+00:00"


@contextmanager
def old_file(database: Path, *, before: str = "0005") -> Iterator[Database]:
    """Lend a database as the program left it that had no migration `before` or after: the datasets' table."""
    migrate_by(database, [step for step in released() if step.name < before])
    opened = connect(database)
    yield opened
    opened.close()


def put(file: Database, shelf: str, body: dict[str, Any]) -> None:
    row = {"id": body["id"], "workspace": "T1", "channel": "C1", "stage": body["stage"], "version": 3}
    file.table(shelf).insert(row | {"created_at": MOMENT, "body": json.dumps(body)})


def test_a_run_of_before_is_read_with_nothing_said_of_what_is_new() -> None:
    run = value_of(Run, json.dumps(RUN))
    assert run.stage is Stage.READY
    link = "https://assets.example/stellar.zip"
    assert run.request == TrainingRequest(ACME, CHANNEL, ANN, link, "Stellar", note="spring")
    assert run.request.links == (link,)
    assert (run.left_out, run.strip, run.compared, run.before, run.rights) == ((), False, None, None, None)
    assert run.dataset == Dataset(
        sha256="ab" * 32,
        size=61000000,
        pictures=tuple(
            Picture(f"fox-{letter}.png", "PNG", 1024, 1024, 5000000, letter * 64) for letter in "ab"
        ),
        warnings=("1 picture is clear.",),
    )
    assert (run.dataset.assessment, run.dataset.origin, run.dataset.kept) == (None, "", False)


@pytest.mark.parametrize("changes", [EARLY, WAITING, {"stage": "training"}, {"stage": "unconfirmed"}])
def test_a_run_of_before_is_read_at_every_stage(changes: dict[str, Any]) -> None:
    assert value_of(Run, json.dumps(RUN | changes)).stage == (RUN | changes)["stage"]


def test_a_run_that_waited_before_there_were_ballots_has_none() -> None:
    run = value_of(Run, json.dumps(RUN | WAITING))
    assert (run.stage, run.ballot, run.decided_by) == (Stage.AWAITING, None, "U2")
    assert value_of(Generation, json.dumps(GENERATION)).ballot is None


async def test_a_run_that_waited_before_there_were_ballots_is_decided_on(database: Path) -> None:
    with old_file(database, before="0007") as file:
        put(file, "runs", RUN | WAITING)
        vote = {"run": "RUN0000001", "who": "U2", "approves": False, "reason": "too dark", "at": MOMENT}
        file.table("votes").insert(vote)
    async with SQLiteStore(database, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC)) as store:
        [run] = await store.read(lambda tx: tx.runs.live())
        assert (run.version, run.ballot) == (3, None)
        assert await store.read(lambda tx: tx.asked(run.id)) == run
        ballot = a_ballot(opened_at=datetime(2026, 11, 22, tzinfo=UTC))
        asked = await store.write(lambda tx: tx.runs.record(run, Opened(ballot), due=MINUTE))
        assert (asked.ballot, asked.stage) == (ballot, Stage.AWAITING)
        assert await store.read(lambda tx: tx.runs.get(run.id)) == asked


def test_a_journal_of_before_is_read() -> None:
    event = value_of(Inspected, json.dumps({"dataset": DATASET, "air": "acme:stellar@1", "number": 1}))
    assert (event.number, event.compared, event.before) == (1, None, None)


def test_a_message_and_a_generation_of_before_are_read() -> None:
    sheet = message_of("ContactSheet", '{"run":"RUN0000001","blob":"bb"}')
    assert sheet == ContactSheet(RunId("RUN0000001"), BlobId("bb"))
    assert value_of(Generation, json.dumps(GENERATION)).air == "acme:stellar@1"


async def test_runs_and_pictures_of_before_are_found_by_dataset_and_version(database: Path) -> None:
    with old_file(database) as file:
        put(file, "runs", RUN)
        put(file, "runs", RUN | {"id": "RUN0000002"} | EARLY)
        put(file, "runs", RUN | {"id": "RUN0000003"} | WAITING)
        put(file, "generations", GENERATION)
        put(file, "generations", SECRET)
    async with SQLiteStore(database, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC)) as store:
        run = await store.read(lambda tx: tx.runs.get(RunId("RUN0000001")))
        assert run.dataset
        content, first = run.dataset.content, Air("acme:stellar@1")
        assert await store.read(lambda tx: tx.runs.trained_on(ACME, content)) == run
        assert await store.read(lambda tx: tx.runs.earlier(a_run("RUN0000004"))) == run
        assert await store.read(lambda tx: tx.runs.archives()) == {"ab" * 32}  # of the one that waits
        found = await store.read(lambda tx: tx.runs.by_dataset(ACME, "abababab"))
        assert {one.id for one in found} == {"RUN0000001", "RUN0000003"}
        [drawn] = await store.read(lambda tx: tx.generations.drawn_in(ACME, first, who=ANN, limit=9))
        assert (drawn.id, drawn.requested_at) == ("GEN0000001", datetime(2026, 11, 21, 15, tzinfo=UTC))
        hers = await store.read(lambda tx: tx.generations.drawn_in(ACME, first, who=UserId("U2"), limit=9))
        assert {one.id for one in hers} == {"GEN0000001", "GEN0000002"}


async def test_a_message_that_waited_in_an_old_file_is_said(database: Path) -> None:
    with old_file(database) as file:
        waiting = {
            "id": "m1",
            "lane": "thread:RUN0000001",
            "seq": 1,
            "kind": "ContactSheet",
            "due_at": MOMENT,
        }
        body = {"run": "RUN0000001", "blob": "bb"}
        file.table("outbox").insert(waiting | {"body": json.dumps(body), "thread_of": "RUN0000001"})
    async with SQLiteStore(database, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC)) as store:
        await store.write(lambda tx: tx.outbox.keep_card(RunId("RUN0000001"), STANDING))
        [pending] = await store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE))
        assert pending.message == ContactSheet(RunId("RUN0000001"), BlobId("bb"))


def a_message(key: str, lane: str, body: dict[str, str], **columns: object) -> dict[str, object]:
    row = {"id": key, "lane": lane, "seq": 1, "body": json.dumps(body), "due_at": MOMENT}
    return row | columns


async def test_what_was_set_aside_in_an_old_file_is_put_back(database: Path) -> None:
    parked = {"parked": "account_inactive", "due_at": None}
    of_run, at_home = {"run": "RUN0000001"}, {"workspace": "T1", "user": "U1"}
    lane, thread = "card:RUN0000001", "thread:RUN0000001"
    with old_file(database, before="0006") as file:
        put(file, "runs", RUN)
        for row in (
            a_message("m1", lane, of_run, kind="RunCard", **parked),
            a_message("m2", thread, of_run, kind="RunEnded", thread_of="RUN0000001", **parked),
            a_message("m3", "home:T1:U1", at_home, kind="Home", **parked),
            a_message("m4", "home:T2:U1", at_home | {"workspace": "T2"}, kind="Home", **parked),
        ):
            file.table("outbox").insert(row)
    async with SQLiteStore(database, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC)) as store:
        assert await store.write(lambda tx: tx.outbox.unpark(ACME)) == 3
        await store.write(lambda tx: tx.outbox.keep_card(RunId("RUN0000001"), STANDING))
        [home, ended] = await store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE, redraws=0))
        assert (home.message, ended.message) == (Home(ACME, ANN), RunEnded(RunId("RUN0000001")))


async def test_a_journal_of_before_tells_what_was_spent_and_handed_over(database: Path) -> None:
    results = [{"uuid": "r1", "url": "https://x.example", "cost": 0.5}]
    journal: list[tuple[str, str, dict[str, object]]] = [
        ("RUN0000001", "Attempted", {}),
        ("RUN0000001", "Trained", {"air": "acme:stellar@1", "cost": 12.0}),
        ("GEN0000001", "Rendered", {"results": results}),
        ("GEN0000002", "Trained", {"air": "acme:stellar@1", "cost": None}),
    ]
    with old_file(database, before="0006") as file:
        put(file, "runs", RUN)
        put(file, "generations", GENERATION)
        for seq, (subject, kind, body) in enumerate(journal, 1):
            row = {"subject": subject, "seq": seq, "at": MOMENT, "kind": kind, "body": json.dumps(body)}
            file.table("events").insert(row)
    span = (datetime(2026, 11, 21, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC))
    async with SQLiteStore(database, clock=lambda: span[1]) as store:
        assert await store.read(lambda tx: tx.books.spending(*span)) == Spending(12.5, 1, 2)
        [sent] = await store.read(lambda tx: tx.books.handed_over(span[0]))
        assert (sent.workspace, sent.task.attempts, sent.is_training) == (ACME, 1, True)
        assert not await store.read(lambda tx: tx.alarms.standing())


async def test_a_run_of_before_is_hastened_and_counted_among_the_live(database: Path) -> None:
    with old_file(database, before="0006") as file:
        put(file, "runs", RUN)
        put(file, "runs", RUN | {"id": "RUN0000002", "stage": "training"})
        file.execute("UPDATE runs SET due_at = '2026-12-24T12:00:00.000000+00:00' WHERE stage = 'training'")
        file.conn.commit()
    async with SQLiteStore(database, clock=lambda: datetime(2026, 11, 22, tzinfo=UTC)) as store:
        assert [run.id for run in await store.read(lambda tx: tx.runs.live())] == ["RUN0000002"]
        for key in ("RUN0000001", "RUN0000002"):
            await store.write(lambda tx: tx.runs.hasten(RunId(key), every=MINUTE))  # noqa: B023 - done at once
        [run] = await store.write(lambda tx: tx.runs.take(limit=9, lease=MINUTE))
        assert run.id == "RUN0000002"

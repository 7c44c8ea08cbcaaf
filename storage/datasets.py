"""The datasets of runs in their table: kept as a run moves on, and asked for by style, content or hash.

A row only says where to look: what is returned is the run. No stage is written out in the SQL; what each
is called, and which are over, is the domain's to say.
"""

import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.errors import NotUnderstood
from bot.domain.ids import WorkspaceId
from bot.domain.run import TRANSITIONS, Run, Stage
from bot.domain.style import slug_of
from storage.rows import text_of, value_of

UNDER_WAY = tuple(stage for stage in Stage if TRANSITIONS[stage])
STAGES = {stage.name.lower(): stage for stage in Stage}
"""The parameters by which a statement names a stage, `:ready` for one."""
DECIDED_WITHIN = timedelta(days=7)
"""How long after the look a dataset's archives wait for a decision.

Nobody may ever decide, and a team's pictures must not lie here for ever. Who approves later loses nothing:
without its archives the dataset is looked at again.
"""

PUT = """
INSERT INTO datasets (run, workspace, slug, content, archive, origin, created_at)
VALUES (:run, :workspace, :slug, :content, :archive, :origin, :now)
ON CONFLICT (run) DO UPDATE SET content = excluded.content, archive = excluded.archive,
    origin = excluded.origin, created_at = excluded.created_at
"""
HAND_OVER = "UPDATE datasets SET handed_over_at = :now WHERE run = :run"
TAKE_BACK = "UPDATE datasets SET handed_over_at = NULL WHERE run = :run"
EARLIER = """
SELECT run FROM datasets
WHERE workspace = ? AND slug = ? AND handed_over_at IS NOT NULL AND run <> ?
ORDER BY handed_over_at DESC, run LIMIT 1
"""
TRAINED_ON = """
SELECT run FROM datasets JOIN runs ON runs.id = datasets.run
WHERE datasets.workspace = :workspace AND content = :content
AND (stage IN (:ready, :approved, :submitting, :unconfirmed, :training)
    OR stage = :cancelled AND json_extract(body, '$.task.attempts') > 0)
ORDER BY stage = :ready DESC, handed_over_at DESC, run LIMIT 1
"""
# Hexadecimal digits all sort before "g": the two bounds let an index find what begins with a prefix.
BY_HASH = """
SELECT run, created_at FROM datasets WHERE workspace = :workspace AND archive >= :from AND archive < :to
UNION
SELECT run, created_at FROM datasets WHERE workspace = :workspace AND origin >= :from AND origin < :to
ORDER BY created_at DESC, run
"""
NEEDED = """
SELECT archive, origin FROM datasets JOIN runs ON runs.id = datasets.run
WHERE stage = :stage AND datasets.created_at > :since
"""
OLD_RUNS = "SELECT body FROM runs WHERE json_extract(body, '$.dataset') IS NOT NULL"


def put(connection: sqlite3.Connection, run: Run, *, at: datetime) -> None:
    """Write down the dataset of `run`, which was looked at just now, instead of the one it had before."""
    if not run.dataset:
        return
    row = {
        "run": run.id,
        "workspace": run.request.workspace,
        "slug": slug_of(run.request.name),
        "content": run.dataset.content,
        "archive": run.dataset.sha256,
        "origin": run.dataset.origin or run.dataset.sha256,
        "now": text_of(at),
    }
    connection.execute(PUT, row)


def hand_over(connection: sqlite3.Connection, run: Run, *, at: datetime) -> None:
    """Write down that the request to train on the dataset of `run` stands since `at`."""
    connection.execute(HAND_OVER, {"run": run.id, "now": text_of(at)})


def take_back(connection: sqlite3.Connection, run: Run) -> None:
    """Write down that the dataset of `run` will not be trained on after all: nobody was asked yet."""
    connection.execute(TAKE_BACK, {"run": run.id})


def fill(connection: sqlite3.Connection) -> None:
    """Write down the datasets of all runs: the table is new, and SQL cannot tell what is in a dataset."""
    for (body,) in connection.execute(OLD_RUNS).fetchall():
        run = value_of(Run, body)
        looked_at = run.stage_since or run.requested_at
        put(connection, run, at=looked_at)
        if run.task:
            hand_over(connection, run, at=run.task.first_attempt_at or looked_at)


def earlier(connection: sqlite3.Connection, run: Run) -> str | None:
    """Return the id of the last other run of the style whose dataset was handed over."""
    given = (run.request.workspace, slug_of(run.request.name), run.id)
    return next(_ids(connection.execute(EARLIER, given)), None)


def trained_on(connection: sqlite3.Connection, workspace: WorkspaceId, content: str) -> str | None:
    """Return the id of the newest ready run on a dataset of this content, else of one that may be paid.

    That is one approved, and one that was cancelled after it was sent: Runware may train and charge it.
    """
    wanted = {"workspace": workspace, "content": content, **STAGES}
    return next(_ids(connection.execute(TRAINED_ON, wanted)), None)


def by_hash(connection: sqlite3.Connection, workspace: WorkspaceId, prefix: str) -> list[str]:
    """Return the ids of the runs on an archive, or made from one, whose SHA-256 begins so, newest first."""
    start = prefix.lower()
    if not re.fullmatch(r"[0-9a-f]{8,64}", start):
        raise NotUnderstood(
            "A dataset is named by its SHA-256, of which 8 digits will do, for example `3fa94c01`."
        )
    bounds = {"workspace": workspace, "from": start, "to": f"{start}g"}
    return list(_ids(connection.execute(BY_HASH, bounds)))


def needed(connection: sqlite3.Connection, *, at: datetime) -> set[str]:
    """Return the SHA-256 of every archive that is needed at that moment, and of what it was made from.

    It is needed until its run is over; while that only waits to be decided on, for `DECIDED_WITHIN`.
    """
    patience = {Stage.AWAITING: text_of(at - DECIDED_WITHIN)}
    asked = [{"stage": stage, "since": patience.get(stage, "")} for stage in UNDER_WAY]
    return {name for one in asked for row in connection.execute(NEEDED, one) for name in row}


def _ids(rows: sqlite3.Cursor) -> Iterator[str]:
    return (row[0] for row in rows)

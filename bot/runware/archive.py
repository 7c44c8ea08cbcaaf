"""Runware's archive (`getTaskDetails`): the second witness of what became of a task.

It holds the request that came under an id and the last answer that the id got, which after a repeat that was
turned away is the conflict and not the outcome (facts §2). So a look at the task is the truth about it, and
the archive only says what a look does not. Nothing here asks.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.errors import NotUnderstood
from bot.domain.ids import TaskId
from bot.domain.style import Ordered, checked_air, slug_of
from bot.domain.task import Task, Testimony
from bot.runware.answers import Answer, Row, fault_in, is_certain, listed, text, told
from bot.runware.codes import is_conflict
from bot.runware.news import check_silence, telling
from bot.runware.sentences import (
    ARCHIVE_HAS_ANOTHER,
    ARCHIVE_HAS_ANSWER,
    ARCHIVE_HAS_CONFLICT,
    ARCHIVE_HAS_REFUSAL,
    ARCHIVE_HAS_REQUEST,
    ARCHIVE_IS_SILENT,
    quoted,
)
from bot.runware.wire import DETAILS, worded

_TOO_MANY = 10**9
"""No style has as many versions."""


@dataclass(frozen=True)
class Record:
    """What the archive holds under an id; `body` is the request as we word bodies, None if it tells none."""

    body: str | None
    answer: Answer


def record_of(answer: Answer, task_id: TaskId) -> Record | None:
    """Return what the archive holds; None where it holds nothing under that id.

    Raises Unavailable or AccessDenied where the archive did not say.
    """
    for row in answer.rows_of(task_id, DETAILS):
        if fault_in(row) is None and ("request" in row or "response" in row):
            response = row.get("response")
            return Record(
                _body(listed(row.get("request"))),
                told({"data": response} if isinstance(response, list) else response),
            )
    check_silence(answer, task_id, DETAILS)
    return None


def statement_of(record: Record | None, task: Task, task_type: str) -> Testimony:
    """Return what the archive proves about the task, with the one sentence that says it."""
    if record is None:
        return Testimony(is_known=False, said=(ARCHIVE_IS_SILENT,))
    is_known, sentence = _outcome(record, task.id, task_type)
    is_ours = _is_ours(record.body, task.body)
    if is_ours is False:
        return Testimony(is_known=is_known, said=(ARCHIVE_HAS_ANOTHER,), is_foreign=True)
    return Testimony(is_known=is_known, said=(sentence,), is_ours=is_ours is True)


def ordered(body: str) -> Ordered | None:
    """Return the version that an archived body of ours has trained; None where it tells none."""
    try:
        [task] = json.loads(body)
        model = task["importModel"]
        air, slug, number = checked_air(model["air"]), slug_of(model["name"]), int(model["version"])
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError, NotUnderstood):
        return None
    return Ordered(air, slug, number) if 0 < number < _TOO_MANY else None


def _outcome(record: Record, task_id: TaskId, task_type: str) -> tuple[bool, str]:
    """Return whether the last answer proves that Runware has the task, and the sentence for it."""
    rows = record.answer.rows_of(task_id, task_type)
    if telling(rows):
        return True, ARCHIVE_HAS_ANSWER
    faults = [*filter(None, map(fault_in, rows)), *record.answer.faults_of(task_id, task_type)]
    if any(is_conflict(fault.code) for fault in faults):
        return True, ARCHIVE_HAS_CONFLICT
    if refusal := next((fault for fault in faults if is_certain(fault, record.answer)), None):
        return False, ARCHIVE_HAS_REFUSAL + quoted(refusal.message)
    return False, ARCHIVE_HAS_REQUEST if record.body else ARCHIVE_IS_SILENT


def _is_ours(archived: str | None, ours: str) -> bool | None:
    """Tell whether the archive holds our request; None where it tells none, or ours is not known any more."""
    try:
        wanted = json.loads(ours)
        return _holds(json.loads(archived), wanted) if archived and wanted else None
    except (ValueError, RecursionError):
        return None


def _holds(archived: object, ours: object) -> bool:
    """Tell whether all that we asked for stands in the archive; it may hold more, defaults say."""
    if isinstance(ours, dict):
        return isinstance(archived, dict) and all(
            key in archived and _holds(archived[key], value) for key, value in ours.items()
        )
    if isinstance(ours, list):
        return (
            isinstance(archived, list)
            and len(archived) == len(ours)
            and all(_holds(*pair) for pair in zip(archived, ours, strict=True))
        )
    return archived == ours


def _body(tasks: Iterable[object]) -> str | None:
    """Return a request, without what proves who sent it, in the one way in which it can be compared."""
    kept: list[Row] = [
        task for task in tasks if isinstance(task, dict) and text(task, "taskType") != "authentication"
    ]
    try:
        return worded(sorted(kept, key=lambda task: worded([task]))) if kept else None
    except RecursionError:
        return None

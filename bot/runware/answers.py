"""What Runware answers, read with tolerance, and whether an order was accepted.

The body is read before the status is believed, on any status: errors are told per task (facts §1.3). A row
or an error is ours if it names our task, never because of its place. Nothing here raises anything but the
family of `bot.domain.errors`, whatever the bytes.
"""

import json
import math
from dataclasses import dataclass
from http import HTTPStatus

from bot.domain.errors import AccessDenied, NotUnderstood, Refused, Unavailable
from bot.domain.ids import TaskId
from bot.domain.style import checked_air
from bot.runware.codes import Kind, is_about_the_id, is_conflict, is_outcome, kind_of
from bot.runware.sentences import (
    BUSY,
    DOWN,
    NOT_CLEAR,
    NOT_NOW,
    WAITS_FOR_BALANCE,
    WAITS_FOR_KEY,
    plain_code,
    quoted,
    sentence_of,
)
from bot.runware.wire import ACCOUNT

Row = dict[str, object]
_AUTHENTICATION = "authentication"
NOT_FAILED = frozenset({"success", "completed", "processing", "queued", "pending", "scheduled", "waiting"})
_FAILED = {"error": "", "failed": "taskFailed", "cancelled": "taskCancelled", "canceled": "taskCancelled"}
"""What a row that failed says of its state, and the code that this stands for where it has none."""
_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.FORBIDDEN})
_CERTAIN = frozenset({Kind.SAFETY, Kind.NOT_FOUND, Kind.VALIDATION, Kind.OTHER})
_LONGEST_WAIT = 3600.0
"""Seconds; a `Retry-After` beyond an hour is taken for an hour."""


@dataclass(frozen=True)
class Fault:
    """An error as Runware told it; `task_id` and `task_type` are empty where it named none."""

    code: str
    message: str
    task_id: str = ""
    task_type: str = ""

    @property
    def kind(self) -> Kind:
        """What it is about."""
        return Kind.AUTH if self.task_type == _AUTHENTICATION else kind_of(self.code)

    @property
    def proves_nothing(self) -> bool:
        """It says neither that the task exists nor how it went."""
        return self.kind is Kind.ABSENT or is_about_the_id(self.code)

    def sentence(self, task_type: str) -> str:
        """Return what a person reads about it who asked for a task of that type."""
        return sentence_of(self.code, self.message, task_type)


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `is_readable` is False where the body was not a JSON object."""

    status: int
    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()
    retry_after: float | None = None
    is_readable: bool = True

    @property
    def is_good(self) -> bool:
        """Readable, and with a status of success."""
        return self.is_readable and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_denied(self) -> bool:
        """Our key or balance is refused."""
        return self.status in _DENIED

    @property
    def is_strained(self) -> bool:
        """Runware cannot answer well for now."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def is_silence(self) -> bool:
        """It comes from a Runware that is down: neither of a task nor of our request does it say a thing."""
        if self.rows or any(is_conflict(fault.code) for fault in self.faults):
            return False
        is_unread = not self.is_readable and self.status < HTTPStatus.BAD_REQUEST
        return is_unread or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    def rows_of(self, task_id: TaskId, task_type: str) -> tuple[Row, ...]:
        """Return the rows about that task; a row without a type is taken for ours."""
        return tuple(
            row
            for row in self.rows
            if is_same(text(row, "taskUUID"), task_id) and text(row, "taskType") in ("", task_type)
        )

    def faults_of(self, task_id: TaskId, *task_types: str) -> tuple[Fault, ...]:
        """Return the errors about that task, told beside the rows (facts §2, form B)."""
        return tuple(
            fault
            for fault in self.faults
            if is_same(fault.task_id, task_id) and fault.task_type in ("", *task_types)
        )


@dataclass(frozen=True)
class Account:
    """What we need of the account; None where it was not stated.

    US dollars in `balance` and, since ever, in `spent`; `requests` since ever.
    """

    balance: float | None
    namespace: str | None
    spent: float | None = None
    requests: int | None = None


def read(status: int, body: bytes, *, retry_after: str | None = None) -> Answer:
    """Read an answer; `retry_after` is the header of that name, of which only seconds are understood."""
    wait = number(retry_after)
    wait = None if wait is None or wait < 0 else min(wait, _LONGEST_WAIT)
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    return told(content, status=status, retry_after=wait)


def told(content: object, *, status: int = HTTPStatus.OK, retry_after: float | None = None) -> Answer:
    """Return the answer that a body, parsed already, is; `retry_after` in seconds."""
    if not isinstance(content, dict):
        return Answer(status, retry_after=retry_after, is_readable=False)
    rows = tuple(row for row in listed(content.get("data")) if isinstance(row, dict))
    errors = (*listed(content.get("errors")), *listed(content.get("error")))
    return Answer(status, rows, tuple(map(fault_of, errors)), retry_after)


def fault_of(error: object) -> Fault:
    """Return an error, an object or a bare sentence, as a fault.

    A conflict may name its task in `context` only (facts §4.1).
    """
    if not isinstance(error, dict):
        return Fault(plain_code(""), error if isinstance(error, str) else "")
    context = _inner(error, "context")
    return Fault(
        plain_code(text(error, "code")),
        text(error, "message"),
        text(error, "taskUUID") or text(context, "taskUUID"),
        text(error, "taskType") or text(context, "taskType"),
    )


def fault_in(row: Row) -> Fault | None:
    """Return the error that a row tells of itself, nested or flat (facts §2, forms A and C), if it failed."""
    status = text(row, "status").lower()
    if status in NOT_FAILED:
        return None
    if nested := listed(row.get("error")):
        return fault_of(nested[0])
    if text(row, "code") or status in _FAILED:
        return fault_of({"code": _FAILED.get(status, ""), **row})
    return None


def check_accepted(answer: Answer, task_id: TaskId, task_type: str) -> bool:
    """Return if the task was accepted: False now, True before, as Runware says by a conflict.

    Raises Refused for a certain no about this very task, AccessDenied where the key or the balance is
    refused, and Unavailable where nobody can say: it may or may not have been accepted.
    """
    own = [fault_in(row) for row in answer.rows_of(task_id, task_type)]
    faults = [*filter(None, own), *answer.faults_of(task_id, task_type)]
    is_known = any(is_conflict(fault.code) for fault in faults)
    if None in own or is_known:
        return is_known
    if faults and all(is_certain(fault, answer) for fault in faults):
        raise Refused(faults[0].sentence(task_type), code=faults[0].code)
    raise trouble(answer)


def is_certain(fault: Fault, answer: Answer) -> bool:
    """Tell whether the task will surely not be done.

    What a strained Runware names proves nothing (design B.3): `max…` and `invalid…` may be about its queues
    and our key. So may what comes with a refused key, unless with 403 it names what was ordered: a model of
    others, say, which must not hold up everybody else.
    """
    if answer.is_strained or fault.kind not in _CERTAIN:
        return False
    return not answer.is_denied or (answer.status == HTTPStatus.FORBIDDEN and is_outcome(fault.code))


def trouble(answer: Answer) -> Unavailable:
    """Return the error for an answer that leaves it open what became of the task."""
    kinds = {fault.kind for fault in answer.faults} | {
        fault.kind for row in answer.rows if (fault := fault_in(row))
    }
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # whatever it names, it is no answer about us
        return Unavailable(DOWN, retry_after=answer.retry_after)
    if Kind.QUOTA in kinds or answer.status == HTTPStatus.PAYMENT_REQUIRED:
        return AccessDenied(WAITS_FOR_BALANCE, retry_after=answer.retry_after, is_balance=True)
    if Kind.AUTH in kinds or answer.is_denied:
        return AccessDenied(WAITS_FOR_KEY, retry_after=answer.retry_after)
    if Kind.RATE in kinds or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unavailable(BUSY, retry_after=answer.retry_after)
    if not answer.faults:
        return Unavailable(NOT_CLEAR, retry_after=answer.retry_after)
    return Unavailable(NOT_NOW + quoted(answer.faults[0].message), retry_after=answer.retry_after)


def account_of(answer: Answer, task_id: TaskId) -> Account:
    """Return the account's details; raises AccessDenied or Unavailable where the answer holds none."""
    for row in answer.rows_of(task_id, ACCOUNT):
        if fault_in(row) is None:
            balance = row.get("balance")
            amount = balance.get("amount") if isinstance(balance, dict) else balance
            total = _inner(_inner(row, "usage"), "total")
            requests = _counted(total.get("requests"))
            return Account(
                number(amount),
                _namespace(text(row, "AIRSource")),
                _counted(total.get("credits")),
                None if requests is None else int(requests),
            )
    raise trouble(answer)


def _inner(row: Row, key: str) -> Row:
    found = row.get(key)
    return found if isinstance(found, dict) else {}


def _counted(value: object) -> float | None:
    """Return what only ever grows from nothing; None for anything else."""
    found = number(value)
    return found if found is not None and found >= 0 else None


def _namespace(source: str) -> str | None:
    try:
        checked_air(f"{source}:style@1")
    except NotUnderstood:
        return None
    return source


def text(row: Row, key: str) -> str:
    """Return the text under `key`, without space around it; empty where there is none."""
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """Return a finite number, also of one written as text (`47`, `47 %`); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value.strip(" %") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def listed(value: object) -> list[object]:
    """Return a list as it is, and a lone thing as a list of it."""
    if isinstance(value, list):
        return value
    return [value] if value else []


def is_same(named: str, task_id: TaskId) -> bool:
    """Say whether a name that Runware wrote is our task's id."""
    return named.lower() == task_id.lower()

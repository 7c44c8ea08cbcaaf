"""What a look at a task tells us: how far it is, that it is done, that it failed, or nothing.

Nothing here concludes from silence: an empty answer is no news (facts §2). A thing is done only where its
proof is there, a model's name or a picture's address; a status that is not known means still running, and
is logged.
"""

from enum import Enum, auto

import structlog

from bot.domain.errors import NotUnderstood
from bot.domain.facts import Progressed, Trained
from bot.domain.ids import Air, TaskId
from bot.domain.money import MOST
from bot.domain.results import Rendered, Result, Underway
from bot.domain.style import checked_air
from bot.domain.task import Failed, Failure
from bot.runware.answers import (
    NOT_FAILED,
    Answer,
    Fault,
    Row,
    fault_in,
    is_certain,
    number,
    text,
    trouble,
)
from bot.runware.codes import Kind, is_outcome
from bot.runware.sentences import plain_code
from bot.runware.wire import IMAGE, LOOK, TRAINING

_log = structlog.get_logger()

_DONE = frozenset({"success", "completed"})
_LONGEST_ADDRESS = 4096


class _State(Enum):
    """What a row says of its task; `UNSAID` may be done, if the proof is there."""

    DONE = auto()
    UNSAID = auto()
    RUNNING = auto()
    FAILED = auto()


def training_news(answer: Answer, task_id: TaskId) -> Progressed | Trained | Failed | None:
    """Say how far a training is. Raises Unavailable or AccessDenied where the look itself failed."""
    rows = telling(answer.rows_of(task_id, TRAINING))
    _log_strange(rows, task_id)
    for row in rows:
        if air := _trained_air(row):
            return Trained(air, _cost(row))
    if failures := [*_broken(rows), *_ending_faults(answer, task_id, TRAINING)]:
        return _failed(failures, TRAINING)
    if rows:
        return Progressed(_percent(rows[-1]))
    check_silence(answer, task_id, TRAINING)
    return None


def image_news(answer: Answer, task_id: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
    """Say whether the pictures are drawn: all of them, or what there is once the others have failed.

    Until then it says which are: who has waited for long enough may take those for all that there will be.
    Every look tells all again, a row for each picture; an error beside the rows is about the task, so it ends
    whatever is not listed as running. Raises Unavailable or AccessDenied where the look itself failed.
    """
    rows = telling(answer.rows_of(task_id, IMAGE))
    _log_strange(rows, task_id)
    pictures = _pictures(rows)
    broken, told = _broken(rows), _ending_faults(answer, task_id, IMAGE)
    is_running = any(_picture(row) is None and _state(row) is not _State.FAILED for row in rows)
    has_ended = not is_running and bool(told or (broken and not pictures))
    if not (has_ended or len(pictures) + len(broken) >= expected):
        if rows:
            return Underway(pictures, is_working=any(_state(row) is _State.RUNNING for row in rows))
        check_silence(answer, task_id, IMAGE)
        return None
    return Rendered(pictures[:expected]) if pictures else _failed([*broken, *told], IMAGE)


def is_told(answer: Answer, task_id: TaskId, task_type: str) -> bool:
    """Say whether a look shows that Runware has the task; False proves nothing.

    Raises Unavailable or AccessDenied where the look itself failed.
    """
    if telling(answer.rows_of(task_id, task_type)) or _ending_faults(answer, task_id, task_type):
        return True
    check_silence(answer, task_id, task_type)
    return False


def telling(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Leave out the rows that say no more than that the task was not found, its id taken, or the look bad."""
    return tuple(
        row
        for row in rows
        if not ((fault := fault_in(row)) and (fault.proves_nothing or _is_of_the_look(row, fault)))
    )


def _is_of_the_look(row: Row, fault: Fault) -> bool:
    """Tell whether a row with neither a task's type nor its state may be about our look alone."""
    return not (text(row, "taskType") or text(row, "status") or is_outcome(fault.code))


def _state(row: Row) -> _State:
    status = text(row, "status").lower()
    if status in _DONE:
        return _State.DONE
    if fault_in(row):
        return _State.FAILED
    return _State.RUNNING if row.get("status") else _State.UNSAID


def _log_strange(rows: tuple[Row, ...], task_id: TaskId) -> None:
    said = {text(row, "status").lower() for row in rows if _state(row) is _State.RUNNING}
    for word in sorted(said - NOT_FAILED):
        _log.warning("a status that is not known means still running", status=plain_code(word), task=task_id)


def _trained_air(row: Row) -> Air | None:
    """Return the AIR of a training that is done; without one it is not."""
    if _state(row) in (_State.RUNNING, _State.FAILED):
        return None
    try:
        return checked_air(text(row, "air"))
    except NotUnderstood:
        return None


def _picture(row: Row) -> Result | None:
    """Return the finished picture of a row, if it holds one; without an id its address names it."""
    url = text(row, "imageURL")
    is_address = url.startswith(("https://", "http://")) and _is_plain(url)
    if not is_address or _state(row) in (_State.RUNNING, _State.FAILED):
        return None
    uuid = text(row, "imageUUID")
    return Result(uuid if uuid and _is_plain(uuid) else url, url, _cost(row))


def _pictures(rows: tuple[Row, ...]) -> tuple[Result, ...]:
    """Return the finished pictures, each once, in the order in which they are told."""
    found: dict[str, Result] = {}
    for picture in filter(None, map(_picture, rows)):
        found.setdefault(picture.uuid, picture)
    return tuple(found.values())


def _is_plain(value: str) -> bool:
    return value.isascii() and value.isprintable() and " " not in value and len(value) <= _LONGEST_ADDRESS


def _percent(row: Row) -> int | None:
    progress = number(row.get("progress"))
    return None if progress is None else int(min(100.0, max(0.0, progress)))


def _cost(row: Row) -> float | None:
    """Return US dollars; 0 is not a price but one not worked out yet (facts §6), nor is what nobody holds."""
    cost = number(row.get("cost"))
    return cost if cost is not None and 0 < cost < MOST else None


def _broken(rows: tuple[Row, ...]) -> list[Fault]:
    """Return why rows failed (forms A and C)."""
    return [*filter(None, map(fault_in, rows))]


def _ending_faults(answer: Answer, task_id: TaskId, task_type: str) -> list[Fault]:
    """Return the errors beside the rows (form B) after which nothing more comes of the task."""
    return [
        fault
        for fault in answer.faults_of(task_id, task_type, LOOK)
        if not fault.proves_nothing and _ends(fault, answer, task_type)
    ]


def _ends(fault: Fault, answer: Answer, task_type: str) -> bool:
    """Tell whether nothing comes after `fault`; unless it names the task's type it may be about the look."""
    if fault.task_type != task_type:
        return is_outcome(fault.code) and not answer.is_strained
    if fault.kind in (Kind.PROVIDER, Kind.TIMEOUT, Kind.SERVER):
        return not answer.is_strained
    return is_certain(fault, answer)


def check_silence(answer: Answer, task_id: TaskId, task_type: str) -> None:
    """Return if the answer is a good one without news of the task; raise where the look failed."""
    own = [*answer.faults_of(task_id, task_type, LOOK), *_broken(answer.rows_of(task_id, task_type))]
    if own and all(fault.proves_nothing for fault in own):
        return
    if own or not answer.is_good or any(not fault.task_id for fault in answer.faults):
        raise trouble(answer)


def _failed(faults: list[Fault], task_type: str) -> Failed:
    """Return the failure; of several causes, the one that a person can do something about."""
    cause = next((fault for fault in faults if fault.kind is Kind.SAFETY), faults[0])
    return Failed(Failure(cause.code, cause.sentence(task_type)))

"""What Runware answers: any bytes, any JSON, and recorded answers that were bent.

Only the family of `bot.domain.errors` is raised. Nothing counts as accepted, done or failed unless some part
of the answer names our task, and what is done has its proof in that very part.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from hypothesis import strategies as st

from bot.domain.errors import HousestyleError, Refused
from bot.domain.facts import Progressed, Trained
from bot.domain.ids import TaskId
from bot.domain.results import Rendered, Underway
from bot.domain.task import Failed
from bot.runware.answers import Answer, account_of, check_accepted, read
from bot.runware.news import image_news, training_news
from bot.runware.wire import IMAGE, TRAINING
from tests.fuzz.hostile import Json, bent, damaged, jsons, texts
from tests.fuzz.target import Target, lent

TASK = TaskId("7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43")
SAMPLES = Path(__file__).parents[1] / "samples" / "runware"
RECORDED = [path.read_bytes() for path in sorted(SAMPLES.glob("*.json"))]
SEEDS = [json.loads(raw) for raw in RECORDED if TASK.encode() in raw]
STATUSES = st.sampled_from(
    (200, 200, 200, 201, 202, 204, 301, 400, 401, 402, 403, 404, 409, 413, 429, 500, 503)
)
_WORDS = (
    *(TASK, TASK.upper(), f" {TASK} ", "11111111-2222-4333-8444-555555555555", "training", "imageInference"),
    *("authentication", "getResponse", "success", "error", "processing", "conflictTaskUUID", "taskNotFound"),
    *(
        "insufficientCredits",
        "invalidApiKey",
        "timeoutProvider",
        "acme:stellar@1",
        "https://im.runware.ai/1.jpg",
    ),
)
_KEYS = (
    "data",
    "errors",
    "error",
    "taskUUID",
    "taskType",
    "status",
    "code",
    "message",
    "air",
    "imageURL",
    "cost",
)
_VALUES = (
    st.sampled_from(_WORDS) | jsons | st.dictionaries(st.sampled_from(_KEYS), st.sampled_from(_WORDS) | jsons)
)
_BENT = bent(SEEDS, _VALUES).map(lambda made: json.dumps(made).encode())
BODIES = (
    _BENT
    | _BENT
    | _BENT
    | damaged(st.sampled_from(RECORDED))
    | jsons.map(lambda made: json.dumps(made).encode())
    | st.binary(max_size=60)
    | st.integers(1, 100_000).map(lambda deep: b"[" * deep)
    | st.integers(1, 100_000).map(lambda deep: b'{"data":' * deep)
)
WAITS = (
    st.none()
    | texts
    | st.sampled_from(("0", "30", "-1", "1e400", "nan", "Wed, 21 Oct 2026 07:28:00 GMT", "٣"))
)
Given = tuple[int, bytes, str | None]


def hear(given: Given) -> None:
    """Ask of an answer all that can be asked."""
    status, body, wait = given
    answer = read(status, body, retry_after=wait)
    ours = naming(body, TASK)
    for kind in (TRAINING, IMAGE):
        try:
            check_accepted(answer, TASK, kind)
        except HousestyleError as no:
            check_sentence(no, certain=bool(ours))
        else:
            assert ours, "accepted, though nothing names our task"
    check_news(answer, TASK, ours)
    try:
        account = account_of(answer, TASK)
    except HousestyleError as no:
        check_sentence(no)
    else:
        assert ours, account


def check_news(answer: Answer, task: TaskId, ours: list[Json]) -> None:
    """Assert that what a look tells of `task` stands in those parts of the answer that name it."""
    _check_training(answer, task, ours)
    _check_images(answer, task, ours)


def naming(body: bytes, task: TaskId) -> list[Json]:
    """Return every object in the answer that names the task."""
    return [part for part in _objects(_parsed(body)) if _names(part, task)]


def _check_training(answer: Answer, task: TaskId, ours: list[Json]) -> None:
    try:
        news = training_news(answer, task)
    except HousestyleError as no:
        check_sentence(no)
        return
    match news:
        case Trained(air, cost):
            assert any(str(part.get("air")).strip() == air for part in ours), news
            assert cost is None or cost > 0
        case Progressed(percent):
            assert ours, news
            assert percent is None or 0 <= percent <= 100
        case Failed(failure):
            assert ours, news
            _check_words(failure.sentence)
        case _:
            assert news is None


def _check_images(answer: Answer, task: TaskId, ours: list[Json]) -> None:
    try:
        news = image_news(answer, task, expected=4)
    except HousestyleError as no:
        check_sentence(no)
        return
    match news:
        case Rendered(results):
            assert 1 <= len(results) <= 4
            assert len({result.uuid for result in results}) == len(results)
            told = {str(part.get("imageURL")).strip() for part in ours}
            assert {result.url for result in results} <= told, news
            assert all(result.url.startswith(("https://", "http://")) for result in results)
            assert all(result.cost is None or result.cost > 0 for result in results)
        case Failed(failure):
            assert ours, news
            _check_words(failure.sentence)
        case Underway():
            assert ours, news
        case _:
            assert news is None


def check_sentence(error: HousestyleError, *, certain: bool = True) -> None:
    """Assert that an error may be read, waits an hour at most, and says no only where that is `certain`."""
    assert certain or not isinstance(error, Refused), error
    _check_words(str(error))
    wait = getattr(error, "retry_after", None)
    assert wait is None or 0 <= wait <= 3600, wait


def _check_words(sentence: str) -> None:
    assert sentence.strip(), "no words"
    assert len(sentence) < 2000, len(sentence)
    assert "Traceback" not in sentence


def _parsed(body: bytes) -> Json:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _objects(part: Json) -> Iterator[dict[str, Json]]:
    """Yield every object of a JSON value, however deep it lies."""
    parts = [part]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            yield part
            parts += part.values()
        elif isinstance(part, list):
            parts += part


def _names(part: dict[str, Json], task: TaskId) -> bool:
    named = part.get("taskUUID")
    return isinstance(named, str) and named.strip().lower() == task


ANSWERS = Target(
    "answers",
    st.tuples(STATUSES, BODIES, WAITS),
    lent(hear),
    examples=tuple((status, raw, None) for raw in RECORDED for status in (200, 500)),
    most=700,
)

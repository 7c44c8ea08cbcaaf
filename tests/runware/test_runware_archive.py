"""Two witnesses, the task list and the archive, say whether Runware has a task and what became of it."""

import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import AccessDenied, HousestyleError, Unavailable
from bot.domain.facts import Trained
from bot.domain.ids import Air
from bot.domain.results import Rendered, Underway
from bot.domain.task import Failed, Task
from bot.domain.task import Testimony as Said
from bot.ports import ImageGenerator, Trainer
from bot.runware.answers import read
from bot.runware.archive import record_of, statement_of
from bot.runware.client import RunwareImages, RunwareTrainer
from bot.runware.webhooks import Webhooks
from tests.runware.small import ANONYMOUS, Reply, SmallMouth, client_of, named

A = named(1)
ORDER: dict[str, object] = {
    "taskType": "training",
    "taskUUID": A,
    "inputs": {"dataset": "https://a.example/é"},
}
PAID = Task(A, json.dumps([ORDER], separators=(",", ":"), sort_keys=True))
AUTHENTICATION = {"taskType": "authentication", "apiKey": "rw-secret"}
ACKNOWLEDGED = {"taskType": "training", "taskUUID": A}
TRAINED = {**ACKNOWLEDGED, "status": "success", "air": "acme:stellar@1", "cost": 12.5}
RUNNING = {**ACKNOWLEDGED, "status": "processing", "progress": 4}
PICTURE = {
    "taskType": "imageInference",
    "taskUUID": A,
    "status": "success",
    "imageUUID": "1",
    "imageURL": "https://im.runware.ai/1.jpg",
}
WITHOUT_NEWS = (200, b'{"data":[]}')
LIST_IS_SILENT = "Runware's task list says nothing of it."
LIST_HAS_IT = "Runware's task list has it."
HAS_ANSWER = "Runware's archive has the request, and an answer to it."
HAS_REQUEST = "Runware's archive has the request, without an answer."


def data(*rows: object) -> tuple[int, bytes]:
    return 200, json.dumps({"data": rows}).encode()


def errors(*codes: str, status: int = 400, **more: str) -> tuple[int, bytes]:
    return status, json.dumps({"errors": [{"code": code, "taskUUID": A, **more} for code in codes]}).encode()


def refused(*codes: str, message: str = "") -> dict[str, object]:
    return {"errors": [{"code": code, "message": message, "taskUUID": A} for code in codes]}


def kept(response: object, request: object = (ORDER,)) -> tuple[int, bytes]:
    return data({"taskType": "getTaskDetails", "taskUUID": A, "request": request, "response": response})


def trainer_told(*replies: Reply) -> Trainer:
    return RunwareTrainer(client_of(SmallMouth(replies=[*replies])), Webhooks(None, None))


def painter_told(*replies: Reply) -> ImageGenerator:
    return RunwareImages(client_of(SmallMouth(replies=[*replies])), Webhooks(None, None))


@pytest.mark.parametrize(
    ("listed", "archived", "testimony"),
    [
        (WITHOUT_NEWS, WITHOUT_NEWS, (False, LIST_IS_SILENT, "Runware's archive says nothing of it.")),
        (
            errors("taskFailedOrNotFound"),
            errors("taskFailedOrNotFound", taskType="getTaskDetails"),
            (False, LIST_IS_SILENT, "Runware's archive says nothing of it."),
        ),
        (data(RUNNING), WITHOUT_NEWS, (True, LIST_HAS_IT, "Runware's archive says nothing of it.")),
        (data(TRAINED), kept({"data": [TRAINED]}), (True, LIST_HAS_IT, HAS_ANSWER)),
        (errors("invalidDataset"), None, (True, LIST_HAS_IT, "Runware's archive did not answer.")),
        (errors("conflictTaskUUID"), None, (False, LIST_IS_SILENT, "Runware's archive did not answer.")),
        (WITHOUT_NEWS, (401, b""), (False, LIST_IS_SILENT, "Runware's archive did not answer.")),
        (WITHOUT_NEWS, (400, ANONYMOUS), (False, LIST_IS_SILENT, "Runware's archive did not answer.")),
        (WITHOUT_NEWS, kept({"data": [ACKNOWLEDGED]}), (True, LIST_IS_SILENT, HAS_ANSWER)),
        (WITHOUT_NEWS, kept([ACKNOWLEDGED], ORDER), (True, LIST_IS_SILENT, HAS_ANSWER)),
        (
            WITHOUT_NEWS,
            kept(refused("conflictTaskUUID")),
            (True, LIST_IS_SILENT, "Runware's archive has the request: sent again, it was known already."),
        ),
        (
            WITHOUT_NEWS,
            kept({"data": [{**ACKNOWLEDGED, "status": "error", "code": "conflictTaskUUID"}]}),
            (True, LIST_IS_SILENT, "Runware's archive has the request: sent again, it was known already."),
        ),
        (
            WITHOUT_NEWS,
            kept(refused("invalidParameter", message="Too wide.")),
            (
                False,
                LIST_IS_SILENT,
                "Runware's archive has the request, and that it was refused. Runware says: “Too wide.”",
            ),
        ),
        (WITHOUT_NEWS, kept(refused("internalServerError")), (False, LIST_IS_SILENT, HAS_REQUEST)),
        (WITHOUT_NEWS, kept(None), (False, LIST_IS_SILENT, HAS_REQUEST)),
        (
            WITHOUT_NEWS,
            kept({"data": [{**TRAINED, "taskUUID": named(2)}]}),
            (False, LIST_IS_SILENT, HAS_REQUEST),
        ),
        (WITHOUT_NEWS, kept({}, []), (False, LIST_IS_SILENT, "Runware's archive says nothing of it.")),
        (
            WITHOUT_NEWS,
            data({"taskType": "getTaskDetails", "taskUUID": A}),
            (False, LIST_IS_SILENT, "Runware's archive says nothing of it."),
        ),
    ],
)
async def test_both_witnesses_are_heard(
    listed: Reply, archived: Reply, testimony: tuple[bool, str, str]
) -> None:
    is_known, *said = testimony
    told = await trainer_told(listed, archived).testify(PAID)
    assert (told.is_known, told.said) == (is_known, tuple(said))


@pytest.mark.parametrize(
    "listed", [None, (200, b"<html>"), (400, ANONYMOUS), errors("internalServerError", status=500)]
)
async def test_where_the_task_list_does_not_answer_nobody_has_testified(listed: Reply) -> None:
    with pytest.raises(Unavailable):
        await trainer_told(listed, kept({"data": [TRAINED]})).testify(PAID)


async def test_a_refused_key_is_no_testimony() -> None:
    with pytest.raises(AccessDenied):
        await trainer_told((403, b"")).testify(PAID)


@pytest.mark.parametrize(
    ("request_", "is_ours"),
    [
        ([ORDER], True),
        ([dict(reversed(ORDER.items()))], True),
        ([AUTHENTICATION, ORDER], True),
        (ORDER, True),
        ([], None),
        (["nothing"], None),
        ([{**ORDER, "inputs": {"dataset": "https://b.example"}}], False),
        ([ORDER, {**ORDER, "taskUUID": named(2)}], False),
        ([{"taskType": "imageInference", "taskUUID": A}], False),
    ],
)
async def test_a_request_that_is_ours_is_told_and_one_that_is_not(
    request_: object,
    is_ours: bool | None,  # noqa: FBT001 - a table
) -> None:
    told = await trainer_told(WITHOUT_NEWS, kept({"data": [ACKNOWLEDGED]}, request_)).testify(PAID)
    assert told.is_known
    assert (told.is_ours, told.is_foreign) == (is_ours is True, is_ours is False)
    assert (told.said[1] == "Runware's archive has another request under this id.") == told.is_foreign


@pytest.mark.parametrize("archived", [None, WITHOUT_NEWS, (503, b"<html>"), (429, b"")])
async def test_an_archive_that_tells_no_request_says_neither_that_it_is_ours_nor_that_it_is_not(
    archived: Reply,
) -> None:
    told = await trainer_told(data(RUNNING), archived).testify(PAID)
    assert (told.is_known, told.is_ours, told.is_foreign) == (True, False, False)


@pytest.mark.parametrize("body", ["", " ", "[]", "null", "{", "[" * 100_000, '["' + "\\ud800"])
async def test_a_request_that_we_do_not_know_any_more_is_compared_with_nothing(body: str) -> None:
    told = await trainer_told(WITHOUT_NEWS, kept({"data": [ACKNOWLEDGED]})).testify(Task(A, body))
    assert told == Said(is_known=True, said=(LIST_IS_SILENT, HAS_ANSWER))


@pytest.mark.parametrize("status", [200, 400, 404])
@pytest.mark.parametrize(
    "code", ["taskDetailsNotFound", "taskNotFound", "detailsNotFound", "taskResultExpired", "taskExpired"]
)
@pytest.mark.parametrize("form", ["error", "row"])
async def test_an_archive_that_does_not_know_the_task_proves_nothing(
    code: str, status: int, form: str
) -> None:
    about: dict[str, object] = {"taskType": "getTaskDetails", "taskUUID": A, "code": code}
    told = {"data": [], "errors": [about]} if form == "error" else {"data": [{**about, "status": "error"}]}
    reply = status, json.dumps(told).encode()
    assert await trainer_told(reply).archived(A) is None
    assert await trainer_told(reply).recall(A) is None
    silent = Said(is_known=False, said=(LIST_IS_SILENT, "Runware's archive says nothing of it."))
    assert await trainer_told(WITHOUT_NEWS, reply).testify(PAID) == silent


async def test_the_key_in_an_archived_request_is_left_there() -> None:
    told = await trainer_told(kept({}, [AUTHENTICATION, ORDER])).archived(A)
    assert told == PAID.body


async def test_pictures_have_the_same_witnesses() -> None:
    order = {"taskType": "imageInference", "taskUUID": A}
    task = Task(A, json.dumps([order]))
    painter = painter_told(data(PICTURE), kept({"data": [PICTURE]}, [order]))
    ours = Said(is_known=True, said=(LIST_HAS_IT, HAS_ANSWER), is_ours=True)
    assert await painter.testify(task) == ours


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (kept({"data": [TRAINED]}), Trained(Air("acme:stellar@1"), 12.5)),
        (kept({"data": [ACKNOWLEDGED]}), None),
        (kept({"data": [RUNNING]}), None),
        (kept(refused("conflictTaskUUID")), None),
        (kept(refused("insufficientCredits")), None),
        (kept(refused("internalServerError")), None),
        (kept(None), None),
        (WITHOUT_NEWS, None),
        (errors("taskNotFound"), None),
    ],
)
async def test_the_archive_tells_how_a_training_ended_or_nothing(reply: Reply, outcome: object) -> None:
    assert await trainer_told(reply).recall(A) == outcome


async def test_the_archive_tells_why_a_training_failed() -> None:
    failed = await trainer_told(kept(refused("invalidDataset", message="Only 9."))).recall(A)
    assert isinstance(failed, Failed)
    assert failed.failure.code == "invalidDataset"


@pytest.mark.parametrize("reply", [None, (200, b"<html>"), (429, b""), (402, b"")])
async def test_an_archive_that_does_not_answer_is_unavailable(reply: Reply) -> None:
    with pytest.raises(Unavailable):
        await trainer_told(reply).recall(A)
    with pytest.raises(Unavailable):
        await trainer_told(reply).archived(A)


@pytest.mark.parametrize(
    ("rows", "count"),
    [([PICTURE, {**PICTURE, "imageUUID": "2"}], 2), ([PICTURE], 1), ([ACKNOWLEDGED], 0), ([], 0)],
)
async def test_the_archive_tells_which_pictures_were_drawn(rows: Iterable[object], count: int) -> None:
    match await painter_told(kept({"data": rows})).recall(A, expected=2):
        case Rendered(pictures) | Underway(pictures):
            assert len(pictures) == count
        case told:
            assert (told, count) == (None, 0)


async def test_an_empty_archive_tells_no_pictures() -> None:
    assert await painter_told(WITHOUT_NEWS).recall(A, expected=2) is None


def test_a_request_too_deep_to_be_compared_is_no_request() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    answer = read(*kept({"data": [ACKNOWLEDGED]}))
    answer.rows[0]["request"] = [{**ORDER, "inputs": deep}]
    record = record_of(answer, A)
    assert record
    assert record.body is None
    assert statement_of(record, PAID, "training") == Said(is_known=True, said=(HAS_ANSWER,))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
ROWS = st.lists(st.sampled_from([TRAINED, RUNNING, ACKNOWLEDGED, ORDER]) | JSON, max_size=3)


@settings(deadline=None)  # a busy machine is no fault of ours
@given(
    request_=ROWS | JSON,
    response=st.fixed_dictionaries({}, optional={"data": ROWS | JSON, "errors": ROWS | JSON}) | ROWS | JSON,
    status=st.sampled_from([200, 400, 500]),
)
def test_no_archive_at_all_breaks_us(request_: object, response: object, status: int) -> None:
    try:
        record = record_of(read(status, kept(response, request_)[1]), A)
    except HousestyleError:
        return
    assert len(statement_of(record, PAID, "training").said) == 1

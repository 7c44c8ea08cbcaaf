"""What is wrong with a look is never taken for the end of the paid task that was looked at."""

import asyncio
import json

import pytest

from bot.domain.errors import Unavailable
from bot.domain.facts import Progressed, Trained
from bot.domain.ids import Air, TaskId
from bot.domain.results import Underway
from bot.domain.task import Failed
from bot.runware.answers import check_accepted, read
from bot.runware.client import RunwareTrainer
from bot.runware.news import image_news, is_told, training_news
from bot.runware.webhooks import Webhooks
from tests.runware.small import SmallMouth, client_of, named

A, B, C = named(1), named(2), named(3)
OF_THE_REQUEST = [
    "tooManyRequests",
    "maxConcurrentRequestsExceeded",
    "gatewayError",
    "badGateway",
    "unsupportedOperation",
    "maxTasksPerRequestExceeded",
    "invalidRequest",
    "invalidParameter",
    "invalidTaskType",
    "missingTaskType",
    "missingModel",
    "unsupportedModelOperation",
    "validationFailed",
    "unknownParameter",
    "valueTooLong",
    "operationNotFound",
    "noAvailableServer",
    "providerUnavailable",
    "inferenceTimeout",
    "internalServerError",
    "brandNewCode",
    "",
]
OF_THE_TASK = [
    "contentPolicyViolation",
    "promptBlocked",
    "taskCancelled",
    "unknownModel",
    "modelNotFound",
    "datasetExpired",
    "modelAlreadyExists",
    "modelOwnershipValidationError",
    "invalidDataset",
    "invalidImage",
    "inferenceError",
    "processingFailed",
    "taskFailed",
    "downloadFailed",
    "modelNotReady",
]


def errors(tasks: list[TaskId], code: str, task_type: str | None, *rows: object) -> bytes:
    kind = {} if task_type is None else {"taskType": task_type}
    found = [{"code": code, "message": "No.", "taskUUID": task} | kind for task in tasks]
    return json.dumps({"data": rows, "errors": found}).encode()


@pytest.mark.parametrize("status", [200, 400, 404])
@pytest.mark.parametrize("task_type", ["getResponse", None])
@pytest.mark.parametrize("code", OF_THE_REQUEST)
def test_what_is_wrong_with_the_look_ends_no_task(code: str, task_type: str | None, status: int) -> None:
    answer = read(status, errors([A], code, task_type))
    with pytest.raises(Unavailable):
        training_news(answer, A)
    with pytest.raises(Unavailable):
        image_news(answer, A, expected=1)
    with pytest.raises(Unavailable):
        is_told(answer, A, "training")


@pytest.mark.parametrize("code", OF_THE_REQUEST)
def test_what_is_wrong_with_the_look_takes_nothing_from_the_news_beside_it(code: str) -> None:
    row = {"taskUUID": A, "status": "processing"}
    answer = read(200, errors([A], code, "getResponse", row))
    assert training_news(answer, A) == Progressed(None)
    assert image_news(answer, A, expected=1) == Underway()


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("task_type", ["getResponse", None, "training"])
@pytest.mark.parametrize("code", OF_THE_TASK)
def test_what_only_an_order_can_come_to_ends_it(code: str, task_type: str | None, status: int) -> None:
    answer = read(status, errors([A], code, task_type))
    assert isinstance(training_news(answer, A), Failed)
    assert is_told(answer, A, "training")


@pytest.mark.parametrize("code", ["brandNewCode", "invalidParameter", "noAvailableServer"])
def test_an_error_that_names_the_kind_of_the_task_ends_it(code: str) -> None:
    assert isinstance(training_news(read(200, errors([A], code, "training")), A), Failed)


@pytest.mark.parametrize("task_type", ["getResponse", None])
@pytest.mark.parametrize("code", OF_THE_TASK)
def test_a_strained_runware_ends_nothing_in_passing(code: str, task_type: str | None) -> None:
    with pytest.raises(Unavailable):
        training_news(read(503, errors([A], code, task_type)), A)


@pytest.mark.parametrize("code", ["tooManyRequests", "gatewayError"])
def test_a_row_that_is_an_error_about_the_look_is_no_news_of_the_task(code: str) -> None:
    answer = read(200, json.dumps({"data": [{"taskUUID": A, "code": code}]}).encode())
    with pytest.raises(Unavailable):
        training_news(answer, A)
    with pytest.raises(Unavailable):
        image_news(answer, A, expected=1)


@pytest.mark.parametrize(
    "row",
    [
        {"status": "error"},
        {"status": "error", "code": "brandNewCode"},
        {"code": "invalidDataset"},
        {"error": {"code": "inferenceError"}},
        {"taskType": "training", "code": "brandNewCode"},
    ],
)
def test_a_row_that_is_an_error_of_the_task_ends_it(row: dict[str, object]) -> None:
    answer = read(200, json.dumps({"data": [{"taskUUID": A, **row}]}).encode())
    assert isinstance(training_news(answer, A), Failed)


@pytest.mark.parametrize("code", ["tooManyRequests", "maxConcurrentRequestsExceeded", "gatewayError"])
def test_an_order_is_not_refused_for_a_moment_in_which_runware_is_busy(code: str) -> None:
    with pytest.raises(Unavailable):
        check_accepted(read(400, errors([A], code, "training")), A, "training")


async def looked(mouth: SmallMouth, *tasks: TaskId) -> list[object]:
    trainer = RunwareTrainer(client_of(mouth), Webhooks(None, None))
    return await asyncio.gather(*map(trainer.look, tasks), return_exceptions=True)


async def test_runware_that_answers_only_the_first_of_a_batch_is_asked_about_the_others_alone() -> None:
    running: dict[str, object] = {"taskType": "training", "status": "processing", "progress": 5}
    only_first = json.dumps({"data": [{"taskUUID": A, **running}]}).encode()
    mouth = SmallMouth(rows={task: [running] for task in (A, B, C)}, of_batches=[(200, only_first)])
    assert await looked(mouth, A, B, C) == [Progressed(5)] * 3
    assert mouth.asked == [[A, B, C], [B], [C]]


@pytest.mark.parametrize("task_type", ["getResponse", "training", None])
@pytest.mark.parametrize("code", ["maxTasksPerRequestExceeded", "invalidDataset", "brandNewCode"])
@pytest.mark.parametrize("status", [200, 400, 429])
async def test_an_error_in_a_batch_is_not_believed_before_the_task_was_asked_about_alone(
    code: str, task_type: str | None, status: int
) -> None:
    done: dict[str, object] = {"taskType": "training", "status": "success", "air": "acme:s@1"}
    first: dict[str, object] = {"taskUUID": A, "taskType": "training", "status": "processing"}
    batch = errors([B, C], code, task_type, first)
    mouth = SmallMouth(rows={A: [first], B: [done], C: [done]}, of_batches=[(status, batch)])
    a, *others = await looked(mouth, A, B, C)
    assert a == Progressed(None)
    if status == 429:
        assert [type(one) for one in others] == [Unavailable, Unavailable]
    else:
        assert others == [Trained(Air("acme:s@1"), None)] * 2
        assert mouth.asked[1:] in ([[B], [C]], [[A], [B], [C]])


async def test_a_failed_row_in_a_batch_is_looked_at_alone_first() -> None:
    failed = {"taskUUID": B, "taskType": "training", "status": "error", "code": "maxTasksPerRequestExceeded"}
    running: dict[str, object] = {"taskType": "training", "status": "processing", "progress": 7}
    batch = json.dumps({"data": [failed, {"taskUUID": A, **running}]}).encode()
    mouth = SmallMouth(rows={B: [running]}, of_batches=[(200, batch)])
    assert await looked(mouth, A, B) == [Progressed(7)] * 2
    assert mouth.asked == [[A, B], [B]]

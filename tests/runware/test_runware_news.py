"""Every answer to a look, in every shape: progress, the end, a failure, or no news."""

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.domain.errors import AccessDenied, HousestyleError, Refused, Unavailable
from bot.domain.facts import Progressed, Trained
from bot.domain.ids import Air, TaskId
from bot.domain.results import Rendered, Underway
from bot.domain.task import Failed
from bot.runware.answers import check_accepted, read
from bot.runware.news import image_news, training_news

TASK = TaskId("7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43")
SAMPLES = Path(__file__).parents[1] / "samples" / "runware"
STELLAR = Air("acme:stellar@1")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = {
    "taskUUID": st.sampled_from([TASK, "11111111-2222-4333-8444-555555555555"]) | JSON,
    "taskType": st.sampled_from(["training", "imageInference", "getResponse", "authentication"]) | JSON,
    "status": st.sampled_from(["success", "processing", "error", "completed", "polishing"]) | JSON,
    "progress": JSON,
    "air": st.just(STELLAR) | JSON,
    "cost": JSON,
    "code": st.sampled_from(["invalidDataset", "conflictTaskUUID", "taskFailedOrNotFound"]) | JSON,
    "message": JSON,
    "error": JSON | st.fixed_dictionaries({"code": JSON, "message": JSON}),
    "context": JSON,
    "imageUUID": JSON,
    "imageURL": st.just("https://im.runware.ai/image/1.jpg") | JSON,
}
ROWS = st.lists(st.fixed_dictionaries({}, optional=FIELDS) | JSON, max_size=5)
ANSWERS = JSON | st.fixed_dictionaries(
    {}, optional={"data": ROWS | JSON, "errors": ROWS | JSON, "error": JSON}
)


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def training(name: str, status: int = 200) -> object:
    return training_news(read(status, sample(name)), TASK)


def images(name: str, status: int = 200, *, expected: int = 4) -> Rendered | Failed | Underway | None:
    return image_news(read(status, sample(name)), TASK, expected=expected)


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("training-processing", 47),
        ("training-processing-without-progress", None),
        ("training-processing-with-null-error", 12),
        ("training-processing-with-a-note", 5),
        ("training-unknown-status", 81),
        ("training-acknowledged", None),
        ("training-success-without-air", None),
        ("training-success-with-strange-air", None),
    ],
)
def test_a_training_goes_on_until_its_model_is_named(name: str, percent: int | None) -> None:
    assert training(name) == Progressed(percent)


@pytest.mark.parametrize(("told", "cost"), [(999_999_999, 999_999_999.0), (1e9, None), (1e300, None)])
def test_a_cost_that_no_account_holds_was_not_stated(told: float, cost: float | None) -> None:
    row = {"taskType": "training", "taskUUID": TASK, "status": "success", "air": STELLAR, "cost": told}
    assert training_news(read(200, json.dumps({"data": [row]}).encode()), TASK) == Trained(STELLAR, cost)


@pytest.mark.parametrize(
    ("progress", "percent"),
    [(0, 0), (100, 100), (101, 100), (-4, 0), ("47.9 %", 47), (True, None), ("half", None), (None, None)],
)
def test_progress_is_a_whole_number_from_0_to_100(progress: object, percent: int | None) -> None:
    row = {"taskType": "training", "taskUUID": TASK, "status": "processing", "progress": progress}
    assert training_news(read(200, json.dumps({"data": [row]}).encode()), TASK) == Progressed(percent)


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        ("training-success", 12.5),
        ("training-completed", 12.5),
        ("training-success-without-status", 12.5),
        ("training-success-with-files", 12.5),
        ("training-success-with-file-urls", 12.5),
        ("training-success-without-cost", None),
        ("training-success-cost-zero", None),
        ("training-success-cost-negative", None),
    ],
)
def test_a_training_is_done_in_every_shape_and_never_free(name: str, cost: float | None) -> None:
    assert training(name) == Trained(STELLAR, cost)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (200, "training-failed-a"),
        (200, "training-failed-b"),
        (400, "training-failed-b"),
        (400, "training-failed-b-of-the-look"),
        (200, "training-failed-c"),
        (200, "training-failed-without-status"),
        (200, "training-failed-list"),
    ],
)
def test_a_failure_is_understood_in_each_of_its_forms(status: int, name: str) -> None:
    news = training(name, status)
    assert isinstance(news, Failed)
    assert news.failure.code == "invalidDataset"
    assert "10 to 50" in news.failure.sentence
    assert "The archive holds 9 images" in news.failure.sentence


@pytest.mark.parametrize(
    ("status", "code"),
    [("failed", "taskFailed"), ("Cancelled", "taskCancelled"), ("canceled", "taskCancelled")],
)
def test_a_state_of_failure_needs_no_code(status: str, code: str) -> None:
    row = {"taskUUID": TASK, "status": status}
    answer = read(200, json.dumps({"data": [row]}).encode())
    for news in (training_news(answer, TASK), image_news(answer, TASK, expected=4)):
        assert isinstance(news, Failed)
        assert news.failure.code == code


def test_a_status_that_is_not_known_is_logged_once_a_look() -> None:
    row = {"taskUUID": TASK, "status": "Polishing <it>"}
    answer = read(200, json.dumps({"data": [row, row, {**row, "status": "queued"}]}).encode())
    for look in (training_news, partial(image_news, expected=4)):
        with capture_logs() as logs:
            look(answer, TASK)
        assert [(line["status"], line["task"]) for line in logs] == [("polishingit", TASK)]


def test_a_failure_without_a_word_is_still_a_failure() -> None:
    news = training("training-failed-without-words")
    assert isinstance(news, Failed)
    assert news.failure.code == "unknown"


@pytest.mark.parametrize("name", ["error-timeout-of-training", "error-download-failed"])
def test_what_failed_behind_runware_is_final_once_it_is_told_of_the_training(name: str) -> None:
    assert isinstance(training(name), Failed)
    with pytest.raises(Unavailable):
        training(name, 503)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (200, "empty"),
        (200, "empty-both"),
        (200, "empty-object"),
        (200, "of-another-task"),
        (200, "of-another-type"),
        (200, "error-of-another-task"),
        (200, "error-of-another-type"),
        (200, "error-not-found"),
        (400, "error-not-found"),
        (200, "error-not-found-in-row"),
        (400, "training-conflict"),
        (200, "training-conflict-in-row"),
    ],
)
def test_silence_about_our_task_is_no_news(status: int, name: str) -> None:
    assert training(name, status) is None
    assert images(name.replace("training-conflict", "error-not-found"), 200) is None


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (500, "empty"),
        (404, "empty"),
        (200, "not-an-object"),
        (429, "empty"),
        (400, "error-rate-limit"),
        (200, "error-server-of-ours"),
        (400, "error-without-task"),
        (400, "error-of-another-task"),
        (503, "training-refused-unknown-code"),
    ],
)
def test_a_look_that_failed_says_nothing_about_the_training(status: int, name: str) -> None:
    with pytest.raises(Unavailable) as told:
        training(name, status)
    assert not isinstance(told.value, AccessDenied)
    with pytest.raises(Unavailable):
        images(name, status)


@pytest.mark.parametrize(
    ("status", "name"),
    [(401, "empty"), (402, "empty"), (403, "empty"), (200, "error-invalid-key"), (200, "error-no-balance")],
)
def test_a_look_with_a_refused_key_or_balance_says_so(status: int, name: str) -> None:
    with pytest.raises(AccessDenied):
        training(name, status)


@pytest.mark.parametrize(
    ("name", "drawn", "is_working"),
    [
        ("images-acknowledged", 0, False),
        ("images-processing", 0, True),
        ("images-two-of-four", 2, True),
        ("images-two-a-failure-and-one-running", 2, True),
        ("images-one-running-and-an-error-beside", 1, True),
        ("images-one-and-a-lone-failure", 1, False),
        ("images-three-and-no-more", 3, False),
        ("images-two-and-a-timeout-without-a-type", 2, False),
        ("images-success-without-address", 0, False),
        ("images-with-strange-addresses", 0, False),
    ],
)
def test_pictures_are_waited_for_while_any_may_still_come_and_those_there_are_told(
    name: str,
    drawn: int,
    is_working: bool,  # noqa: FBT001 - a table
) -> None:
    news = images(name)
    assert isinstance(news, Underway)
    assert (len(news.drawn), news.is_working) == (drawn, is_working)


@pytest.mark.parametrize(
    "name", ["images-four", "images-four-without-status", "images-four-told-twice", "images-five"]
)
def test_all_pictures_are_told_once_each_and_in_order(name: str) -> None:
    news = images(name)
    assert isinstance(news, Rendered)
    assert [result.url for result in news.results] == [
        f"https://im.runware.ai/image/ii/{number}.jpg" for number in (1, 2, 3, 4)
    ]
    assert {result.cost for result in news.results} == {0.02}


@pytest.mark.parametrize(
    ("name", "count"), [("images-three-and-a-failure", 3), ("images-one-and-an-error-beside", 1)]
)
def test_fewer_pictures_are_shown_where_the_others_failed(name: str, count: int) -> None:
    news = images(name)
    assert isinstance(news, Rendered)
    assert len(news.results) == count


@pytest.mark.parametrize("name", ["images-all-failed", "images-failed-a", "images-failed-b"])
def test_a_declined_prompt_is_told_as_one(name: str) -> None:
    news = images(name)
    assert isinstance(news, Failed)
    assert news.failure.code == "contentPolicyViolation"
    assert news.failure.sentence.startswith("Runware declined the prompt: reword it")


@pytest.mark.parametrize("code", ["contentPolicyViolation", "nsfwContentDetected", "promptBlocked"])
def test_a_training_declined_for_its_pictures_speaks_of_the_dataset_never_of_a_prompt(code: str) -> None:
    error = {"code": code, "message": "Rejected.", "taskUUID": TASK}
    row = {"taskType": "training", "taskUUID": TASK, "status": "error", "error": error}
    news = training_news(read(200, json.dumps({"data": [row]}).encode()), TASK)
    with pytest.raises(Refused) as no:
        check_accepted(read(400, json.dumps({"errors": [error]}).encode()), TASK, "training")
    assert isinstance(news, Failed)
    assert news.failure.sentence == str(no.value)
    assert str(no.value) == (
        "Runware declined pictures of this dataset: leave them out and ask again with `/train`."
        " Runware says: “Rejected.”"
    )


def test_a_lost_machine_is_not_the_prompts_fault() -> None:
    news = images("images-failed-c")
    assert isinstance(news, Failed)
    assert "Ask again in a few minutes" in news.failure.sentence


def test_a_picture_without_an_id_is_known_by_its_address() -> None:
    news = images("image-without-id", expected=1)
    assert isinstance(news, Rendered)
    assert news.results[0].uuid == news.results[0].url


def test_a_picture_whose_cost_is_0_is_not_free() -> None:
    news = images("image-without-cost", expected=1)
    assert isinstance(news, Rendered)
    assert news.results[0].cost is None


@settings(deadline=None)  # a busy machine is no fault of ours
@given(answer=ANSWERS, status=st.sampled_from([200, 200, 200, 400, 401, 402, 403, 429, 500]))
def test_no_answer_breaks_the_reader_and_nothing_is_done_without_its_proof(
    answer: object, status: int
) -> None:
    body = json.dumps(answer).encode()
    has_rows = isinstance(answer, dict) and TASK in str(answer.get("data"))
    try:
        news = training_news(read(status, body), TASK)
    except HousestyleError:
        return
    if isinstance(news, Trained):
        assert has_rows
        assert news.air in str(answer)
        assert news.cost is None or news.cost > 0
    if isinstance(news, Progressed):
        assert has_rows
        assert news.percent is None or 0 <= news.percent <= 100
    if isinstance(news, Failed):
        assert TASK in str(answer)


@settings(deadline=None)  # a busy machine is no fault of ours
@given(answer=ANSWERS, status=st.sampled_from([200, 200, 400, 503]), expected=st.integers(1, 4))
def test_no_picture_is_shown_without_its_address(answer: object, status: int, expected: int) -> None:
    try:
        news = image_news(read(status, json.dumps(answer).encode()), TASK, expected=expected)
    except HousestyleError:
        return
    if isinstance(news, Rendered):
        assert 1 <= len(news.results) <= expected
        assert all(result.url in str(answer) for result in news.results)
    if isinstance(news, Failed):
        assert TASK in str(answer)

"""Every answer to an order and to a question about the account, in every shape, says what it says."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import AccessDenied, HousestyleError, Refused, Unavailable
from bot.domain.ids import TaskId
from bot.runware.answers import Account, account_of, check_accepted, number, read

TASK = TaskId("7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43")
SAMPLES = Path(__file__).parents[1] / "samples" / "runware"


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (200, "training-acknowledged"),
        (200, "training-acknowledged-after-authentication"),
        (200, "training-acknowledged-as-object"),
        (200, "training-processing"),
        (200, "training-processing-with-a-note"),
        (200, "training-success"),
        (400, "training-conflict"),
        (400, "training-conflict-named-in-context"),
        (400, "training-conflict-in-row"),
        (500, "training-acknowledged"),
    ],
)
def test_an_order_was_accepted_if_runware_has_our_task(status: int, name: str) -> None:
    check_accepted(read(status, sample(name)), TASK, "training")


@pytest.mark.parametrize(
    ("status", "name", "code"),
    [
        (400, "training-refused-validation", "invalidParameter"),
        (200, "training-refused-validation", "invalidParameter"),
        (403, "training-refused-ownership", "modelOwnershipValidationError"),
        (400, "training-refused-unknown-code", "brandNewCode"),
        (200, "training-failed-a", "invalidDataset"),
        (200, "training-failed-c", "invalidDataset"),
        (400, "error-as-legacy-object", "invalidDataset"),
    ],
)
def test_an_error_about_our_very_task_is_a_certain_no(status: int, name: str, code: str) -> None:
    with pytest.raises(Refused) as told:
        check_accepted(read(status, sample(name)), TASK, "training")
    assert told.value.code == code


@pytest.mark.parametrize(
    ("status", "name", "says"),
    [
        (401, "error-invalid-key", "RUNWARE_API_KEY"),
        (200, "error-invalid-key", "RUNWARE_API_KEY"),
        (400, "error-authentication-task", "RUNWARE_API_KEY"),
        (403, "training-refused-unknown-code", "RUNWARE_API_KEY"),
        (401, "empty", "RUNWARE_API_KEY"),
        (403, "of-another-task", "RUNWARE_API_KEY"),
        (402, "empty", "top it up"),
        (402, "error-no-balance", "top it up"),
        (400, "error-no-balance", "top it up"),
        (200, "error-no-balance", "top it up"),
    ],
)
def test_a_refused_key_or_balance_is_told_to_people(status: int, name: str, says: str) -> None:
    with pytest.raises(AccessDenied, match=says) as told:
        check_accepted(read(status, sample(name)), TASK, "training")
    assert "rw-secret-key" not in str(told.value)
    assert told.value.is_balance == (says == "top it up")


@pytest.mark.parametrize(
    ("status", "name", "says"),
    [
        (429, "empty", "busy"),
        (400, "error-rate-limit", "busy"),
        (500, "empty", "not available"),
        (500, "training-refused-validation", "not available"),
        (503, "training-refused-unknown-code", "not available"),
        (504, "error-server-of-ours", "not available"),
        (400, "error-server-of-ours", "Oops"),
        (400, "error-timeout-of-training", "timed out"),
        (400, "error-download-failed", "Could not download …"),
        (200, "error-not-found", "not found"),
        (200, "error-not-found-in-row", "understood"),
        (200, "empty", "understood"),
        (200, "empty-both", "understood"),
        (200, "empty-object", "understood"),
        (200, "not-an-object", "understood"),
        (200, "of-another-task", "understood"),
        (200, "of-another-type", "understood"),
        (400, "error-of-another-task", "Not yours"),
        (400, "error-of-another-type", "An upload"),
        (400, "training-conflict-of-another", "already exists"),
        (400, "error-without-task", "not an array"),
        (400, "error-as-bare-sentence", "went wrong"),
        (302, "empty", "understood"),
    ],
)
def test_nobody_can_say_whether_it_was_accepted(status: int, name: str, says: str) -> None:
    with pytest.raises(Unavailable, match=says) as told:
        check_accepted(read(status, sample(name)), TASK, "training")
    assert not isinstance(told.value, AccessDenied)


@pytest.mark.parametrize(
    ("status", "code"),
    [(504, "loadBalancerTimeout"), (500, "quotaServiceTimeout"), (502, "tokenServiceUnavailable")],
)
def test_a_server_that_fails_refuses_neither_key_nor_balance(status: int, code: str) -> None:
    body = f'{{"errors":[{{"code":"{code}","taskUUID":"{TASK}"}}]}}'
    with pytest.raises(Unavailable, match="not available") as told:
        check_accepted(read(status, body.encode()), TASK, "training")
    assert not isinstance(told.value, AccessDenied)


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (429, "maxConcurrentTasksReached", Unavailable),
        (429, "promptBlocked", Unavailable),
        (503, "invalidModel", Unavailable),
        (500, "modelNotFound", Unavailable),
        (401, "invalidAuth", AccessDenied),
        (402, "maxSpendReached", AccessDenied),
        (403, "unsupportedPlan", AccessDenied),
        (403, "promptBlocked", Refused),
        (403, "invalidDataset", Refused),
    ],
)
def test_whatever_code_it_names_a_429_or_503_leaves_it_open_and_a_401_pauses_the_workspace(
    status: int, code: str, error: type[HousestyleError]
) -> None:
    body = f'{{"errors":[{{"code":"{code}","taskUUID":"{TASK}"}}]}}'
    with pytest.raises(error) as told:
        check_accepted(read(status, body.encode()), TASK, "training")
    assert type(told.value) is error


def test_one_certain_and_one_uncertain_error_together_are_uncertain() -> None:
    errors = (
        f'{{"errors":[{{"code":"invalidDataset","taskUUID":"{TASK}"}},'
        f'{{"code":"internalServerError","taskUUID":"{TASK}"}}]}}'
    )
    with pytest.raises(Unavailable):
        check_accepted(read(400, errors.encode()), TASK, "training")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Bad gateway</html>", b"\xff\xfe\xfd", b"[" * 100_000, b"1" * 5000, b'"text"', b"null"],
)
def test_a_body_that_is_no_json_object_proves_nothing(body: bytes) -> None:
    assert not read(200, body).is_readable
    with pytest.raises(Unavailable, match="understood"):
        check_accepted(read(200, body), TASK, "training")


def test_our_task_is_known_whatever_the_capitals_of_its_id() -> None:
    shouted = sample("training-acknowledged").replace(TASK.encode(), TASK.upper().encode())
    check_accepted(read(200, shouted), TASK, "training")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("7", 7.0), ("1.5", 1.5), ("-1", None), ("1e9", 3600.0), ("soon", None), ("nan", None)],
)
def test_retry_after_is_understood_in_seconds(header: str | None, seconds: float | None) -> None:
    with pytest.raises(Unavailable) as told:
        check_accepted(read(429, b"", retry_after=header), TASK, "training")
    assert told.value.retry_after == seconds


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("account-balance-object", Account(42.5, "acme")),
        ("account-balance-number", Account(42.5, None)),
        ("account-strange", Account(None, None)),
        ("account-usage", Account(42.5, "acme", 1234.5, 678)),
        ("account-usage-strange", Account(42.5, "acme")),
    ],
)
def test_the_account_is_read_in_every_shape(name: str, account: Account) -> None:
    assert account_of(read(200, sample(name)), TASK) == account


def test_an_account_that_may_not_be_read_is_a_matter_of_the_key() -> None:
    with pytest.raises(AccessDenied, match="RUNWARE_API_KEY"):
        account_of(read(200, sample("account-failed")), TASK)


def test_an_empty_answer_holds_no_account() -> None:
    with pytest.raises(Unavailable):
        account_of(read(200, sample("empty")), TASK)


@pytest.mark.parametrize(
    ("value", "found"),
    [(47, 47.0), ("47 %", 47.0), (True, None), ([], None), ("x", None), (10**400, None), ("inf", None)],
)
def test_only_a_finite_number_is_a_number(value: object, found: float | None) -> None:
    assert number(value) == found


@settings(deadline=None)  # a busy machine is no fault of ours
@given(status=st.integers(100, 599), body=st.binary(), header=st.none() | st.text())
def test_no_bytes_at_all_accept_an_order(status: int, body: bytes, header: str | None) -> None:
    with pytest.raises(HousestyleError):
        check_accepted(read(status, body, retry_after=header), TASK, "training")

"""The address of a webhook is its secret: ours is known again, and nothing else ever is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import TaskId
from bot.runware.webhooks import Webhooks

TASK = TaskId("7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43")
OURS = Webhooks("https://bot.acme.com", b"secret")
BELOW = "https://bot.acme.com/runware/webhook/"


def token(webhooks: Webhooks = OURS, subject: str = "k3m9x2p7qa", task: TaskId = TASK) -> str:
    return (webhooks.address(subject, task) or "").removeprefix(BELOW)


def test_an_address_of_ours_is_known_by_its_subject() -> None:
    assert OURS.subject_of(token()) == "k3m9x2p7qa"


def test_an_address_needs_no_escaping_and_is_the_same_each_time() -> None:
    address = OURS.address("k3m9x2p7qa", TASK)
    assert address == OURS.address("k3m9x2p7qa", TASK) == BELOW + token()
    assert set(token()) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert len(token()) == 10 + 1 + 36 + 1 + 43


def test_each_task_has_an_address_of_its_own() -> None:
    other = TaskId("11111111-2222-4333-8444-555555555555")
    assert len({token(), token(task=other), token(subject="a1b2c3d4e5")}) == 3


def test_a_new_secret_ends_every_address() -> None:
    assert Webhooks("https://bot.acme.com", b"new").subject_of(token()) is None


def test_where_nobody_can_reach_us_there_is_no_address() -> None:
    for nowhere in (Webhooks(None, None), Webhooks(None, b"secret")):
        assert nowhere.address("k3m9x2p7qa", TASK) is None
        assert nowhere.subject_of(token()) is None


def test_an_address_without_a_secret_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="secret"):
        Webhooks("https://bot.acme.com", None)


@settings(deadline=None)
@given(place=st.integers(0, 90), character=st.characters())
def test_a_token_changed_anywhere_is_nobodys(place: int, character: str) -> None:
    forged = token()[:place] + character + token()[place + 1 :]
    assert OURS.subject_of(forged) == ("k3m9x2p7qa" if forged == token() else None)


@settings(deadline=None)
@given(junk=st.text() | st.text(alphabet="abcAZ019-_.", min_size=40, max_size=200) | st.just("x" * 1_000_000))
def test_no_junk_is_an_address(junk: str) -> None:
    assert OURS.subject_of(junk) is None
    assert OURS.subject_of(token() + junk[:1]) is None or not junk


@settings(deadline=None)
@given(
    subject=st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=64),
    task=st.uuids(version=4),
)
def test_every_address_is_known_again(subject: str, task: object) -> None:
    assert OURS.subject_of(token(subject=subject, task=TaskId(str(task)))) == subject

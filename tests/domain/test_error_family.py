"""The family of errors: what each kind tells its reader to do."""

import pytest

from bot.domain import errors
from bot.domain.errors import (
    AccessDenied,
    Conflict,
    DatasetUnfit,
    HousestyleError,
    IllegalMove,
    NotAllowed,
    NotUnderstood,
    Refused,
    Unavailable,
    Unpostable,
)


def kinds() -> dict[str, type[HousestyleError]]:
    return {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, HousestyleError)
    }


def test_the_tree_at_the_head_of_the_file_names_every_kind() -> None:
    assert errors.__doc__ is not None
    assert all(f" {name} " in errors.__doc__ for name in kinds())


@pytest.mark.parametrize("kind", [NotUnderstood, NotAllowed, DatasetUnfit, IllegalMove, Unpostable])
def test_what_is_wrong_as_it_stands_is_not_asked_again(kind: type[HousestyleError]) -> None:
    assert issubclass(kind, Refused)
    assert not issubclass(kind, Unavailable)


def test_a_key_that_is_refused_may_be_mended_so_it_is_worth_waiting_for() -> None:
    assert issubclass(AccessDenied, Unavailable)
    assert AccessDenied("Runware refuses our key.", retry_after=60).retry_after == 60


def test_a_refusal_is_its_sentence_and_the_word_of_the_machine() -> None:
    refusal = Refused("Slack will not take this.", code="msg_too_long")
    assert (str(refusal), refusal.code) == ("Slack will not take this.", "msg_too_long")
    assert NotUnderstood("What?").code == ""


def test_an_unfit_dataset_says_every_problem() -> None:
    unfit = DatasetUnfit(["Too few pictures.", "fox.png is truncated."])
    assert unfit.problems == ("Too few pictures.", "fox.png is truncated.")
    assert (str(unfit), unfit.code) == ("Too few pictures. fox.png is truncated.", "datasetUnfit")


def test_an_outage_carries_the_wait_only_if_one_was_asked_for() -> None:
    assert Unavailable("Down.").retry_after is None
    assert Unavailable("Down.", retry_after=2.5).retry_after == 2.5


def test_a_conflict_is_neither_a_no_nor_an_outage() -> None:
    assert not issubclass(Conflict, Refused | Unavailable)

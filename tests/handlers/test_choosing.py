"""The words of `/style leave`: what each means, and what a wrong one is told."""

import pytest

from bot.domain.errors import NotUnderstood, Refused
from bot.domain.run import Run, Stage
from handlers.choosing import choice_of
from tests.slack.slack_states import dataset, full, judged

WAITING = full(left_out=(), strip=False)
FLAGGED = ("6-Stellar", "8-Stellar", "9-Stellar")


def chosen(run: Run, text: str) -> tuple[tuple[str, ...], bool]:
    """Return the names and whether to strip, chosen from the dataset that the run has."""
    choice = choice_of(run, text)
    assert run.dataset
    assert choice.dataset == run.dataset.sha256
    return choice.left_out, choice.strip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1 3 24", ("0-Stellar", "2-Stellar", "23-Stellar")),
        ("3, 1,1", ("2-Stellar", "0-Stellar")),
        ("#3", ("2-Stellar",)),
        ("flagged", FLAGGED),
        ("Flagged 7 1", (*FLAGGED, "0-Stellar")),
        ("nothing", ()),
    ],
)
def test_pictures_are_named_by_their_numbers_or_as_flagged(text: str, names: tuple[str, ...]) -> None:
    assert chosen(WAITING, text) == (names, False)


def test_what_was_left_out_before_stays_so_unless_all_is_taken_back() -> None:
    assert chosen(full(), "1") == (("moss-Stellar", "fern-Stellar", "0-Stellar"), True)
    assert chosen(full(), "nothing 1") == (("0-Stellar",), True)


def test_to_strip_is_a_word_too() -> None:
    assert chosen(WAITING, "strip") == ((), True)
    assert chosen(WAITING, "7 strip") == (("6-Stellar",), True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Say which pictures: `/style leave 7K2M9QX4TB 3 7 12`"),
        ("fox.png", "“fox.png” is no number of a picture"),
        ("0", "There is no picture 0: the contact sheet of Stellar has 1 to 24"),
        ("25", "There is no picture 25"),
        ("3-7", "“3-7” is no number"),
        ("٣", "is no number"),
    ],
)
def test_a_wrong_word_is_told_with_what_would_work(text: str, told: str) -> None:
    with pytest.raises(NotUnderstood, match=told.replace("(", r"\(")):
        chosen(WAITING, text)


def test_where_nothing_is_flagged_numbers_are_asked_for() -> None:
    plain = judged()
    unflagged = full(dataset=type(plain)(*(vars(plain) | {"assessment": None}).values()))
    with pytest.raises(Refused, match="name them by their numbers"):
        chosen(unflagged, "flagged")


def test_pictures_are_left_out_only_of_a_kept_dataset_that_waits() -> None:
    with pytest.raises(Refused, match="while it waits for approval"):
        chosen(full(Stage.TRAINING), "1")
    with pytest.raises(Refused, match="leave them out of the ZIP"):
        chosen(full(dataset=dataset()), "1")

"""What is asked before an approval: true of the first of several and of the last, come what may meanwhile."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from bot.domain.ballot import Ballot
from bot.domain.facts import Signed
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import UserId
from bot.domain.people import Party
from bot.domain.policy import Step
from bot.slack.blocks import Block
from bot.slack.forms import comment_form
from bot.slack.gates import approvals_left, still_needed
from bot.slack.pictures import generation_card
from tests.slack.slack_ballots import BALLOTS, BRAND, CAT, DAN, TOO_DEAR, ballot, deed, terms, vote
from tests.slack.slack_limits import judge_message
from tests.slack.slack_states import ANN, BEN, HOSTILE, NOW, full, generation, judged
from tests.slack.test_run_card import buttons, card

EVE = UserId("U0EVE00001")
EITHER = (Step("product", (BRAND,), 1), Step("legal", (Party(CAT), Party(DAN)), 2))
FINANCE = (Step("finance", (Party(DAN),)),)


def question(asked: Ballot, **changes: object) -> Block:
    """Return what is asked before the paid button of a run does anything."""
    state = full(before=None, notice="", ballot=asked, **changes)  # type: ignore[arg-type]  # by name
    found: Block = buttons(card(state))["run.approve"]["confirm"]
    return found


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        (ballot(), 3),
        (ballot(votes=(vote(BEN),)), 2),
        (ballot(votes=(vote(BEN), vote(EVE))), 1),
        (ballot((Step("a colleague"),)), 1),
        (ballot(EITHER, FINANCE), 2),
        (ballot(EITHER, FINANCE, votes=(vote(DAN),)), 1),  # product may be passed: who is in it is not known
        (ballot(EITHER, FINANCE, votes=(vote(BEN), vote(DAN, 1))), 0),
    ],
)
def test_so_many_approvals_are_needed_at_least(asked: Ballot, left: int) -> None:
    assert approvals_left(asked) == left


def test_an_approval_that_is_not_the_last_is_not_asked_as_if_it_started_the_training() -> None:
    asked = question(ballot())
    assert asked["title"]["text"] == "Approve Stellar@1?"
    assert asked["text"]["text"].startswith(
        "When this was shown it still needed at least 3 approvals. Once it has all, Runware trains this "
        "style from 24 pictures, 61 MB, and charges for it; there is a short time to undo. "
    )


def test_the_last_approval_is_asked_with_all_that_it_starts() -> None:
    last = ballot(votes=(vote(BEN), vote(EVE)))
    for asked in (question(last), question(ballot((Step("a colleague"),)))):
        assert asked["title"]["text"] == "Start a paid training?"
        assert asked["text"]["text"].startswith("Runware trains this style from 24 pictures, 61 MB")
        assert "after that it cannot be cancelled at Runware" in asked["text"]["text"]


def test_what_an_admin_has_to_override_is_needed_besides() -> None:
    one = ballot((Step("a colleague"),), by=terms((Step("a colleague"),), objections=(TOO_DEAR,)))
    assert still_needed(one) == (
        "When this was shown it still needed at least 1 approval and an admin's override."
    )
    assert still_needed(replace(one, votes=(vote(BEN),))) == (
        "When this was shown it still needed an admin's override."
    )
    assert still_needed(replace(one, overrides=(deed(check="dear"),))) == ""


@pytest.mark.parametrize("rights", [None, Signed(ANN, NOW)])
def test_the_longest_question_is_read_to_its_end(rights: Signed | None) -> None:
    steps = tuple((Step("all", (BRAND,), 50),) for _ in range(20))
    hard = ballot(by=terms(*steps, objections=(TOO_DEAR,)))
    large = replace(judged(count=50), size=4_000_000_000)
    said = question(hard, rights=rights, dataset=large)["text"]["text"]
    assert "at least 1000 approvals and an admin's override" in said
    assert said.endswith(("on these pictures.", "named on the card."))


def test_to_approve_with_a_comment_says_the_same() -> None:
    assert "it still needed at least 3 approvals" in str(comment_form("run", full(ballot=ballot())))
    assert "still needed" not in str(comment_form("run", full(ballot=ballot((Step("a colleague"),)))))


def test_pictures_are_asked_for_alike() -> None:
    def asked(by: Ballot) -> Block:
        found: Block = buttons(generation_card(generation(Drawing.AWAITING, ballot=by)))["generation.approve"]
        question: Block = found["confirm"]
        return question

    assert asked(ballot())["title"]["text"] == "Approve 4 pictures in Stellar@1?"
    assert asked(ballot())["text"]["text"] == (
        "When this was shown it still needed at least 3 approvals. Once it has all, Runware draws 4 pictures "
        "in Stellar@1, and charges for it. There may be a short time to take it back."
    )
    assert asked(ballot((Step("a colleague"),)))["title"]["text"] == "Draw for money?"


@given(BALLOTS)
@settings(max_examples=40, deadline=None)
def test_slack_takes_every_question(asked: Ballot) -> None:
    for drawn in (
        card(full(before=None, ballot=asked, text=HOSTILE)),
        generation_card(generation(Drawing.AWAITING, ballot=asked, label=HOSTILE * 3)),
    ):
        judge_message(drawn.text, drawn.blocks)

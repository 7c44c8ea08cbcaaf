from dataclasses import replace

import pytest

from bot.domain.ids import FileId, GenerationId, ProposalId, UserId
from bot.domain.message import ProposalCard
from bot.domain.policy import Action, Step
from bot.domain.proposal import Proposal, Stage
from bot.slack.blocks import Drawn
from bot.slack.views import render, tag
from tests.slack.slack_ballots import DAN, ballot, deed, proposal, vote
from tests.slack.slack_limits import judge_message
from tests.slack.slack_states import BEN, HOSTILE, NOW, generation
from tests.slack.test_run_card import buttons, shown

ASKED = (Action.PROMOTE, Action.USE, Action.REVIEW)


def card(state: Proposal) -> Drawn:
    return render(ProposalCard(state.id), state, now=NOW)


@pytest.mark.parametrize("action", ASKED)
@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("text", ["Stellar@2", HOSTILE, "&" * 5000, "\U0001f98a" * 500, ""])
def test_slack_takes_every_proposal_whatever_people_typed(action: Action, stage: Stage, text: str) -> None:
    drawn = card(proposal(action, stage, words=text, label=text))
    judge_message(drawn.text, drawn.blocks)


@pytest.mark.parametrize(
    ("action", "title", "told"),
    [
        (
            Action.PROMOTE,
            "Stellar@2 as this channel's default · waiting for approval",
            "<@U0ANN00001> proposes that <#C0BRAND0001> draws in *Stellar@2* (`acme:stellar@2`) from now on.",
        ),
        (
            Action.USE,
            "Stellar@2 for use · waiting for approval",
            "<@U0ANN00001> asks for *Stellar@2* of `3F8HZ2K9QW` to be approved for use.",
        ),
        (
            Action.REVIEW,
            "After-review of Stellar@2 · waiting for a look",
            "<@U0ANN00001> broke the glass for *Stellar@2* (run `7K2M9QX4TB`), past all approvals.",
        ),
    ],
)
def test_a_proposal_says_who_proposes_what_and_why(action: Action, title: str, told: str) -> None:
    drawn = card(proposal(action))
    assert drawn.blocks[0]["text"]["text"] == title
    assert drawn.blocks[1]["text"]["text"].startswith(told)
    assert drawn.text.endswith("\n<@U0ANN00001>: “It holds the line better.”")
    assert "*Who decides:* *a colleague* (anyone but <@U0ANN00001>)" in shown(drawn)
    assert "price" not in shown(drawn)


def test_pictures_for_use_are_shown_and_a_version_has_none_to_show() -> None:
    made = proposal(Action.USE)
    request = replace(made.request, files=(FileId("F0FOX000001"), FileId("F0OWL000001")))
    images = [one for one in card(replace(made, request=request)).blocks if one["type"] == "image"]
    assert [(one["slack_file"]["id"], one["title"]["text"]) for one in images] == [
        ("F0FOX000001", "1 of 2"),
        ("F0OWL000001", "2 of 2"),
    ]
    assert not [one for one in card(proposal()).blocks if one["type"] == "image"]


@pytest.mark.parametrize(("action", "told"), [(Action.PROMOTE, "proposed that"), (Action.USE, "asked for")])
def test_what_is_decided_was_proposed(action: Action, told: str) -> None:
    assert f"<@U0ANN00001> {told} " in card(proposal(action, Stage.GRANTED)).text


def test_a_review_of_pictures_names_them() -> None:
    made = proposal(Action.REVIEW)
    request = replace(made.request, run=None, generation=GenerationId("3F8HZ2K9QW"))
    assert "for *Stellar@2* (pictures `3F8HZ2K9QW`), past" in card(replace(made, request=request)).text


def test_a_review_of_what_was_proposed_names_the_proposal() -> None:
    made = proposal(Action.REVIEW)
    request = replace(made.request, run=None, proposal=ProposalId("3F8HZ2K9QW"))
    drawn = card(replace(made, request=request))
    assert "for *Stellar@2* (proposal `3F8HZ2K9QW`), past" in drawn.text
    assert "proposal `9P4W2D7K1M` · about proposal `3F8HZ2K9QW`" in shown(drawn)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (Action.PROMOTE, "<@U0DAN00001>'s override approved it <!date^"),
        (Action.USE, "<@U0DAN00001>'s override approved it <!date^"),
        (Action.REVIEW, "<@U0BEN00001> found <!date^"),
    ],
)
def test_what_an_override_completed_is_not_said_to_be_approved_by_its_admin(
    action: Action, told: str
) -> None:
    asked = ballot((Step("a colleague"),), votes=(vote(BEN),), overrides=(deed(check="dear"),))
    drawn = card(proposal(action, Stage.GRANTED, ballot=asked, decided_by=DAN))
    assert told in drawn.text


def test_a_proposal_is_decided_by_buttons_that_say_what() -> None:
    offered = buttons(card(proposal()))
    assert list(offered) == [
        "proposal.approve",
        "proposal.comment",
        "proposal.reject",
        "proposal.cancel",
        "proposal.break_glass",
    ]
    assert offered["proposal.approve"]["text"]["text"] == "Approve Stellar@2 as the default"


def test_a_broken_glass_was_right_or_it_was_not() -> None:
    offered = buttons(card(proposal(Action.REVIEW, ballot=ballot(votes=(vote(BEN),)))))
    assert {name: one["text"]["text"] for name, one in offered.items()} == {
        "proposal.approve": "It was right",
        "proposal.comment": "It was right, with a comment…",
        "proposal.reject": "It was not…",
    }


@pytest.mark.parametrize(
    ("action", "stage", "told"),
    [
        (Action.PROMOTE, Stage.GRANTED, "<#C0BRAND0001> draws in it from now on."),
        (Action.PROMOTE, Stage.REJECTED, "It is too early.\nThe channel draws in what it drew in before."),
        (Action.PROMOTE, Stage.EXPIRED, "Nobody decided by <!date^"),
        (Action.PROMOTE, Stage.CANCELLED, "<@U0BEN00001> took it back"),
        (Action.USE, Stage.GRANTED, "they may be used."),
        (Action.USE, Stage.REJECTED, "That approves nothing for use."),
        (Action.REVIEW, Stage.GRANTED, "that it was right."),
        (Action.REVIEW, Stage.REJECTED, "that it was not right: It is too early."),
        (Action.REVIEW, Stage.EXPIRED, "nobody has said that it was right."),
    ],
)
def test_what_came_of_a_proposal_is_told_and_offers_nothing(action: Action, stage: Stage, told: str) -> None:
    drawn = card(proposal(action, stage, words="It is too early."))
    assert told in drawn.text
    assert buttons(drawn) == {}


def test_what_some_approved_and_others_did_not_in_time_says_for_whom_it_waited() -> None:
    asked = ballot(votes=(vote(BEN), vote(DAN)))
    told = card(proposal(stage=Stage.EXPIRED, ballot=asked)).text
    assert "It was not decided by <!date^" in told
    assert "It waited for finance. The channel draws in what it drew in before." in told


def test_what_was_decided_keeps_who_approved_and_why() -> None:
    asked = ballot((Step("a colleague"),), votes=(vote(UserId("U0CAT00001"), comment="Go."),))
    said = shown(card(proposal(stage=Stage.GRANTED, ballot=asked)))
    assert "<@U0CAT00001> approved <!date^" in said
    assert "“Go.”" in said


def test_a_proposal_tells_first_what_changed_and_carries_what_was_shown() -> None:
    asked = ballot((Step("a colleague"),), changed=("version: 1 → 2",))
    drawn = card(proposal(ballot=asked))
    assert drawn.blocks[1]["text"]["text"].startswith("*Changed since it was first asked:* version: 1 → 2.")
    assert drawn.blocks[0]["block_id"] == f"awaiting-approval.{asked.digest}.3.0"


def test_the_card_of_a_proposal_tells_unseen_whose_it_is() -> None:
    made = proposal()
    assert tag(ProposalCard(made.id), made) == {"subject": "9P4W2D7K1M"}


def test_a_proposal_is_no_run() -> None:
    with pytest.raises(TypeError):
        render(ProposalCard(proposal().id), generation("done"), now=NOW)  # type: ignore[arg-type]  # a stage by its value

"""What is told of a broken glass: before it is, to those it is told to, and to who looks at it afterwards."""

from dataclasses import replace

import pytest

from bot.domain.generation import Stage as Drawing
from bot.domain.ids import GenerationId, WorkspaceId
from bot.domain.message import Memo, Topic
from bot.domain.people import Party
from bot.domain.policy import Action, Step
from bot.domain.proposal import Proposal
from bot.domain.run import Stage
from bot.domain.trace import Step as Traced
from bot.domain.trace import Trace
from bot.slack.answers import proposal_status, run_status
from bot.slack.blocks import Drawn
from bot.slack.forms import break_glass_form
from bot.slack.memos import memo
from bot.slack.proposals import proposal_card
from bot.slack.traces import traced
from bot.slack.voting import Asked
from tests.slack.slack_ballots import CAT, DAN, TOO_DEAR, ballot, deed, proposal, terms, vote
from tests.slack.slack_states import BEN, NOW, full, generation, version

REASON = "The launch is today."


def told(subject: Asked, topic: Topic = Topic.GLASS_BROKEN) -> Drawn:
    return memo(Memo(WorkspaceId("T0ACME00001"), subject.id, BEN, topic, 1), subject, now=NOW)


def review(label: str = "Stellar@2", *, by: Step | None = None, pictures: str | None = None) -> Proposal:
    """Return what is asked after Dan broke the glass for what Cat had asked for."""
    made = proposal(Action.REVIEW, label=label, ballot=ballot((by or Step("a colleague"),), asker=DAN))
    request = replace(made.request, requester=DAN, askers=(CAT,))
    if pictures:
        request = replace(request, run=None, generation=GenerationId(pictures))
    return replace(made, request=request)


@pytest.mark.parametrize(
    "subject",
    [
        full(ballot=ballot(glass=deed())),
        generation(Drawing.REQUESTED, ballot=ballot(glass=deed())),
        proposal(ballot=ballot(glass=deed())),
    ],
)
def test_a_broken_glass_is_past_all_approvals_and_not_past_all_rules(subject: Asked) -> None:
    kind = {"Run": "run", "Generation": "generation"}.get(type(subject).__name__, "proposal")
    looked_at = review()
    for said in (
        str(break_glass_form(kind, subject)),
        told(subject).text,
        str(proposal_card(looked_at)),
        told(looked_at, Topic.TURN).text,
    ):
        assert "past all approvals" in said
        assert "all rules" not in said


def test_the_form_names_the_charge_the_undo_and_the_confirmation_of_rights() -> None:
    asked = ballot(by=terms(objections=(TOO_DEAR,)))
    said = str(break_glass_form("run", full(ballot=asked, rights=None)))
    assert "Runware trains this style from 24 pictures, 61 MB, and charges for it." in said
    assert "There is a short time to undo" in said
    assert "Whoever approves confirms that the team may train on these pictures." in said
    assert "still needed" not in said  # nobody else approves it
    drawn = str(break_glass_form("generation", generation(Drawing.AWAITING, ballot=ballot())))
    assert "Runware draws them and charges for them" in drawn
    assert "charges" not in str(break_glass_form("proposal", proposal()))


@pytest.mark.parametrize(
    ("label", "named"),
    [
        ("Stellar@2", "Stellar@2"),
        ("The pictures in Fruit@2", "the pictures in Fruit@2"),
        ("Pictures 1, 3 in Fruit@2", "pictures 1, 3 in Fruit@2"),
        ("Picture 2 in Fruit@2", "picture 2 in Fruit@2"),
    ],
)
def test_pictures_are_named_within_the_sentence(label: str, named: str) -> None:
    looked_at = review(label, pictures="3F8HZ2K9QW" if named != label else None)
    drawn = proposal_card(looked_at)
    assert drawn.text.startswith(f"After-review of {named} · waiting")
    assert f"broke the glass for *{named}* (" in drawn.text
    assert f"the after-review of {named}" in told(looked_at, Topic.TURN).text
    assert "was approved" not in drawn.text


BARRED = f"anyone but <@{DAN}>, who broke the glass, and <@{CAT}>, whose request it was"


def test_the_card_of_a_review_names_the_requester_beside_who_broke_the_glass() -> None:
    looked_at = review()
    for said in (
        str(proposal_card(looked_at).blocks),
        str(told(looked_at, Topic.TURN).blocks),
        proposal_status(looked_at),
    ):
        assert f"*Who decides:* *a colleague* ({BARRED})" in said


def test_who_asked_is_not_named_among_those_who_look_at_it() -> None:
    leads = Step("leads", (Party(CAT), Party(DAN), Party(BEN)))
    assert f"*leads* (<@{BEN}>)" in proposal_status(review(by=leads))


def test_who_broke_the_glass_for_their_own_request_is_named_once() -> None:
    looked_at = review()
    looked_at = replace(looked_at, request=replace(looked_at.request, askers=(DAN,)))
    assert f"(anyone but <@{DAN}>, who broke the glass)" in proposal_status(looked_at)


def test_whose_request_an_old_review_is_about_is_not_known() -> None:
    looked_at = review()
    looked_at = replace(looked_at, request=replace(looked_at.request, askers=()))
    assert f"(anyone but <@{DAN}>)" in proposal_status(looked_at)


def test_the_history_of_a_version_says_who_broke_the_glass_and_why() -> None:
    past = full(Stage.READY, ballot=ballot(glass=deed(REASON), votes=(vote(BEN),)))
    lines = traced(Trace((Traced(past, version()),)), now=NOW).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("• Approved by"))
    assert lines[at + 1].startswith(f"• <@{DAN}> broke the glass <!date^")
    assert lines[at + 1].endswith(f"“{REASON}”")
    assert run_status(past, now=NOW).count("broke the glass") == 1


def test_the_history_of_a_version_says_what_was_overridden_and_why() -> None:
    past = full(Stage.READY, ballot=ballot(overrides=(deed(REASON, "dear"),), votes=(vote(BEN),)))
    said = traced(Trace((Traced(past, version()),)), now=NOW)
    assert f"• <@{DAN}> overrode *dear* <!date^" in said
    assert f"“{REASON}”" in said

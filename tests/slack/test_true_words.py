"""Sentences that must be true of who asks, of pictures nobody decides on, and of a public model."""

from dataclasses import replace

from bot.asked import decided
from bot.domain.ballot import Expired
from bot.domain.generation import Stage as Drawing
from bot.domain.message import HomeState
from bot.domain.policy import BUILT_IN, Action, Case, Check, Level, Policy, Rule, Scope, Step
from bot.domain.run import Stage
from bot.domain.terms import Terms
from bot.slack.forms import use_form
from bot.slack.home import home_view
from bot.slack.pictures import generation_card, waiting_for
from bot.slack.policies import explained
from bot.slack.proposals import proposal_card
from tests.slack.slack_ballots import CAT, ballot, proposal, vote
from tests.slack.slack_limits import judge_view
from tests.slack.slack_states import ANN, BEN, CHANNEL, NOW, generation, run


def test_a_card_names_who_proposes_pictures_and_who_made_them() -> None:
    use = proposal(Action.USE, label="Pictures 1, 3 in Stellar@1")
    use = replace(use, request=replace(use.request, proposed_by=CAT))
    said = str(proposal_card(use))
    assert f"<@{CAT}> asks for *Pictures 1, 3 in Stellar@1* by <@{ANN}>" in said
    assert f"Asked by <@{CAT}>" in said
    assert f"asked by <@{CAT}>" in str(home_view(HomeState(BEN, asked=(use,)), now=NOW))
    own = str(proposal_card(proposal(Action.USE)))
    assert f"<@{ANN}> asks for *Stellar@2* of" in own


def test_the_form_says_that_asking_may_be_approving() -> None:
    said = str(use_form(generation(Drawing.DONE)))
    assert "If you may decide, this approves them; otherwise a colleague decides." in said
    assert "Others then decide" not in said


def test_pictures_that_nobody_had_to_approve_are_not_said_to_be_approved() -> None:
    asked = generation(Drawing.REQUESTED, ballot=ballot(by=Terms(())))
    assert waiting_for(asked) == "Asked for; it goes to Runware next."
    assert "generation.cancel" in str(generation_card(asked).blocks)
    approved = replace(asked, decided_by=BEN)
    assert waiting_for(approved).startswith(f"Approved by <@{BEN}>")


def test_who_decides_too_late_on_expired_pictures_reads_that_they_expired() -> None:
    waits = generation(Drawing.AWAITING, ballot=ballot())
    assert decided(waits.after(Expired(), at=NOW)) == (
        "The pictures in Stellar@1: It was not decided in time; nothing was charged."
    )


def test_a_public_model_is_explained_as_it_is_asked_together_with_its_training() -> None:
    words = explained(BUILT_IN, Case(Action.PUBLISH, CHANNEL))
    assert "• *a training* holds for training (training)\n• None does for publishing a model\n" in words
    assert "*Who must approve*: any member (“a colleague”). Never whoever asked." in words
    assert "It happens when somebody asks" not in words


def test_what_both_need_is_told_once_in_the_order_in_which_it_is_asked() -> None:
    lawyers = Rule("public models", Scope((Action.PUBLISH,)), (Step("law", (CAT,)),), four_eyes=False)  # type: ignore[arg-type] # a person is a party
    check = Check("dear", Scope((Action.TRAIN, Action.PUBLISH)), Level.SOFT, "It is dear.")
    training = Check("late", Scope((Action.TRAIN,)), Level.ADVISORY, "It is late.")
    policy = Policy(rules=(lawyers, *BUILT_IN.rules), checks=(check, training))
    words = explained(policy, Case(Action.PUBLISH, CHANNEL))
    assert f"any member (“a colleague”), then 1 of <@{CAT}> (“law”). Never whoever asked." in words
    assert words.count("It is dear.") == 1
    assert "It is late." in words
    assert "does not" not in words


def test_an_earlier_rule_says_why_it_does_not_hold_for_the_part_that_it_is_about() -> None:
    dear = Rule("dear", Scope((Action.TRAIN,), above=20.0), (Step("law"),))
    policy = Policy(rules=(dear, *BUILT_IN.rules))
    words = explained(policy, Case(Action.PUBLISH, CHANNEL, price=10.0))
    assert "• *dear* does not: it is about prices above $20\n" in words


def test_a_home_says_who_decides_on_what_waits() -> None:
    first = run(Stage.AWAITING, ballot=ballot())
    second = replace(first, ballot=ballot(votes=(vote(BEN), vote(CAT))))
    view = home_view(HomeState(ANN, waiting=(first, second)), now=NOW)
    judge_view(view)
    said = str(view)
    assert "Waiting for a decision" in said
    assert "Waiting for your decision" not in said
    assert "brand decides on its card, or types `/style approve" in said
    assert "finance decides on its card, or types `/style approve" in said


def test_a_closed_home_shows_why_and_offers_nothing() -> None:
    view = home_view(HomeState(ANN, closed="Guests can read the cards here & nothing else."), now=NOW)
    judge_view(view)
    said = str(view)
    assert "Guests can read the cards here &amp; nothing else." in said
    assert "home.train" not in said
    assert "Styles" not in said

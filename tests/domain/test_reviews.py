"""The look afterwards at a broken glass: what it is about, and whom it is not for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.approval import askers, check_may_stop
from bot.domain.ballot import Deed, Roster
from bot.domain.errors import NotAllowed
from bot.domain.generation import Generation
from bot.domain.ids import Air, ProposalId, UserId
from bot.domain.people import Person
from bot.domain.policy import BUILT_IN, Action
from bot.domain.proposal import Proposal
from bot.domain.review import impartial, review_of
from bot.domain.run import Run
from tests.domain.ballot_samples import ANN, BEN, CAT, DAN, NOON, ask
from tests.domain.test_four_eyes import ADA, PICTURES, PROPOSAL, RUN

DEED = Deed(ADA.id, "the fair is tomorrow", NOON + timedelta(hours=1))
PROPOSED = replace(PROPOSAL, request=replace(PROPOSAL.request, proposed_by=CAT.id))
Item = Run | Generation | Proposal
AIR = Air("acme:stellar@3")


def review(subject: Item) -> Proposal:
    return Proposal(ProposalId("PROPOSAL02"), review_of(subject, "Stellar", DEED), NOON, ask())


@pytest.mark.parametrize("subject", [RUN, PICTURES, PROPOSED], ids=lambda item: type(item).__name__)
def test_a_review_is_about_just_what_was_decided_past_the_rules(subject: Item) -> None:
    asked = review_of(subject, "Stellar", DEED)
    assert (asked.action, asked.reviewed, asked.label) == (Action.REVIEW, subject.id, "Stellar")
    assert (asked.requester, asked.note, asked.channel) == (ADA.id, DEED.reason, subject.request.channel)
    assert [asked.run, asked.generation, asked.proposal].count(None) == 2


@pytest.mark.parametrize(
    "subject",
    [
        replace(RUN, air=AIR),
        replace(PICTURES, air=AIR),
        replace(PROPOSAL, request=replace(PROPOSED.request, air=AIR)),
    ],
    ids=lambda item: type(item).__name__,
)
def test_a_review_is_of_the_style_of_what_it_is_about(subject: Item) -> None:
    assert review_of(subject, "Stellar", DEED).air == AIR


def test_it_is_a_review_and_what_it_is_about_is_none() -> None:
    assert review(PROPOSAL).is_review
    assert not PROPOSAL.is_review


@pytest.mark.parametrize("who", [ADA, ANN, BEN], ids=lambda who: who.id)
def test_nobody_may_stop_it(who: Person) -> None:
    with pytest.raises(NotAllowed, match="An after-review is not cancelled"):
        check_may_stop(review(RUN), who, BUILT_IN)


@pytest.mark.parametrize(
    ("subject", "theirs"), [(RUN, {ANN.id}), (PICTURES, {ANN.id}), (PROPOSED, {ANN.id, CAT.id})]
)
def test_those_whose_request_it_was_and_who_broke_the_glass_say_nothing_of_it(
    subject: Item, theirs: set[UserId]
) -> None:
    assert askers(subject) == theirs
    assert review_of(subject, "Stellar", DEED).askers == tuple(sorted(theirs))
    with pytest.raises(NotAllowed, match="You broke the glass"):
        impartial(review(subject), subject, ADA.id, Roster(()))
    for who in theirs:
        with pytest.raises(NotAllowed, match="for what you asked for"):
            impartial(review(subject), subject, who, Roster(()))
    assert impartial(review(subject), subject, BEN.id, Roster(())) == Roster(())


def test_nobody_takes_their_places_and_all_others_may_be_taken() -> None:
    roster = Roster(((None,),), {DAN.id: (ANN.id, BEN.id, ADA.id, CAT.id), BEN.id: (ADA.id,)})
    now = impartial(review(PROPOSED), PROPOSED, DAN.id, roster)
    assert now == replace(roster, stand_ins={DAN.id: (BEN.id,), BEN.id: ()})


def test_of_an_old_review_that_does_not_know_its_proposal_the_breaker_alone_is_kept() -> None:
    old = review(PROPOSAL)
    old = replace(old, request=replace(old.request, proposal=None))
    assert old.request.reviewed is None
    assert impartial(old, None, ANN.id, Roster(())) == Roster(())
    with pytest.raises(NotAllowed, match="You broke the glass"):
        impartial(old, None, ADA.id, Roster(()))

"""Who completed an approval, on every card alike: an admin's override is called that, and no approval."""

import re
from dataclasses import replace

import pytest

from bot.domain.ballot import Ballot
from bot.domain.facts import Signed
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import UserId
from bot.domain.run import Stage
from bot.slack.cards import run_card
from bot.slack.pictures import generation_card
from bot.slack.traces import decision
from tests.slack.slack_ballots import ballot, deed, vote
from tests.slack.slack_states import BEN, NOW, full, generation

DAN = deed().by
OVERRIDDEN = ballot(votes=(vote(BEN),), overrides=(deed(check="dear"),))
"""Ben approved, then Dan overrode what was left."""


@pytest.mark.parametrize(
    ("asked", "by", "told"),
    [
        (OVERRIDDEN, DAN, "<@U0DAN00001>'s override"),
        (OVERRIDDEN, BEN, "<@U0BEN00001>"),
        (replace(OVERRIDDEN, votes=(vote(BEN), vote(DAN))), DAN, "<@U0DAN00001>"),
        (replace(OVERRIDDEN, glass=deed()), DAN, "<@U0DAN00001>"),
        (ballot(), DAN, "<@U0DAN00001>"),
    ],
    ids=[
        "it did",
        "it was there before",
        "by who approved as well",
        "the glass was broken",
        "there was none",
    ],
)
def test_an_override_completed_an_approval_or_it_did_not(asked: Ballot, by: UserId, told: str) -> None:
    run = full(Stage.APPROVED, ballot=asked, decided_by=by, approval=Signed(by, NOW))
    assert f"Stellar · approved: By {told}, training starts" in run_card(run, now=NOW).text
    assert re.search(rf"{told} <!date\^", decision(run))
    pictures = generation(Drawing.REQUESTED, ballot=asked, decided_by=by)
    assert f"Approved by {told}; it goes to Runware next." in generation_card(pictures).text

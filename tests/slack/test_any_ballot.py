from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.domain.ballot import Ballot
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import WorkspaceId
from bot.domain.message import Memo, Topic
from bot.domain.money import Estimate
from bot.domain.policy import Action
from bot.domain.run import Stage
from bot.slack.answers import pictures_status, proposal_status, run_status
from bot.slack.forms import override_form
from bot.slack.memos import memo
from bot.slack.phrases import amount, price, roughly
from bot.slack.pictures import generation_card
from bot.slack.proposals import proposal_card
from bot.slack.voting import called
from tests.slack.slack_ballots import (
    BALLOTS,
    proposal,
)
from tests.slack.slack_limits import judge_message, judge_mrkdwn, judge_view, units
from tests.slack.slack_states import BEN, NOW, full, generation
from tests.slack.test_run_card import card

# ── any ballot ───────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=12, deadline=None)
@given(BALLOTS, some.sampled_from(Topic))
def test_slack_takes_whatever_is_asked_of_whomever(asked: Ballot, topic: Topic) -> None:
    run, made = full(ballot=asked), generation(Drawing.AWAITING, ballot=asked)
    wanted = proposal(ballot=asked)
    for drawn in (
        card(run),
        card(full(Stage.TRAINING, ballot=asked)),
        card(full(Stage.EXPIRED, ballot=asked)),
        generation_card(made),
        generation_card(generation(Drawing.DONE, ballot=asked, count=20)),
        proposal_card(wanted),
        memo(Memo(WorkspaceId("T1"), run.id, BEN, topic), run, now=NOW),
    ):
        judge_message(drawn.text, drawn.blocks)
    judge_view(override_form("run", run))
    for answer in (run_status(run, now=NOW), pictures_status(made), proposal_status(wanted)):
        assert 0 < units(answer) <= 4000
        judge_mrkdwn(answer)


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("estimate", "told"),
    [
        (Estimate(10.0, 14.0, 8), "about $10\N{EN DASH}14, by 8 past trainings"),
        (Estimate(12.0, 12.0, 1), "about $12, by 1 past training"),
        (Estimate(12.5, 12.5), "about $12.50, as an admin set it"),
        (Estimate(12.5, 12.5, holds=True), "about $12.50, as an admin set it"),
        (None, "not known yet, for nothing was measured"),
    ],
)
def test_a_price_says_how_it_is_known(estimate: Estimate | None, told: str) -> None:
    assert price(estimate, "training") == told


@pytest.mark.parametrize(
    ("dollars", "told"),
    [(0.0, "0"), (0.00001, "0.0001"), (0.0104, "0.0104"), (0.5, "0.50"), (1234.0, "1,234"), (9.999, "10")],
)
def test_an_amount_is_as_short_as_is_exact_enough(dollars: float, told: str) -> None:
    assert amount(dollars) == told


@pytest.mark.parametrize(
    ("time", "told"),
    [
        (timedelta(seconds=3), "1 min"),
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=6, minutes=10), "6 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=72), "3 days"),
    ],
)
def test_a_wait_is_told_in_its_largest_unit(time: timedelta, told: str) -> None:
    assert roughly(time) == told


def test_everything_that_can_be_asked_has_a_name() -> None:
    assert called(full()) == "Stellar@1"
    assert called(generation(Drawing.AWAITING)) == "4 pictures in Stellar@1"
    assert called(proposal()) == "Stellar@2 as the default"
    assert called(proposal(Action.USE, label="pictures 1, 3")) == "pictures 1, 3 for use"
    assert called(proposal(Action.REVIEW)) == "the after-review of Stellar@2"

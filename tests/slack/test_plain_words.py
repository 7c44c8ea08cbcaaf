"""Words that somebody who used it took for something else than they mean."""

from dataclasses import replace

import pytest

from bot.domain.generation import Stage as Drawing
from bot.domain.ids import FileId, UserId
from bot.domain.message import Findings, HomeState
from bot.domain.people import Party
from bot.domain.policy import Action, Budget, Case, Per, Policy, Prices, Step
from bot.domain.run import Run, Stage
from bot.domain.task import Cancelled
from bot.domain.trace import Step as Traced
from bot.domain.trace import Trace
from bot.slack.answers import run_status
from bot.slack.blocks import Drawn
from bot.slack.clauses import budgeted
from bot.slack.curation import leave_out_form
from bot.slack.details import details_view
from bot.slack.forms import use_form
from bot.slack.home import home_view
from bot.slack.phrases import megabytes
from bot.slack.pictures import waiting_for
from bot.slack.policies import explained
from bot.slack.proposals import proposal_card
from bot.slack.traces import traced
from bot.slack.views import render
from bot.slack.voting import who_decides
from tests.slack.slack_ballots import CAT, DAN, ballot, deed, proposal, terms, vote
from tests.slack.slack_limits import judge_mrkdwn, judge_view
from tests.slack.slack_money import MONTH, line
from tests.slack.slack_states import ANN, BEN, CHANNEL, NOW, dataset, full, generation, judged, run
from tests.slack.test_run_card import card, shown

TEAM = (Party(BEN), Party(DAN), Party(ANN))


# ── who decides, and who has ─────────────────────────────────────────────────────────────────────────


def test_who_asked_is_not_named_among_those_who_decide_unless_they_may() -> None:
    told = who_decides(ballot((Step("brand", TEAM, 2),)))
    assert "*brand* (<@U0BEN00001> or <@U0DAN00001>) · 0 of 2 approved" in told
    alone = who_decides(ballot(by=terms((Step("brand", TEAM, 2),), four_eyes=False)))
    assert f"or <@{ANN}>) · 0 of 2" in alone


def test_who_asked_and_is_not_pinged_does_not_decide_either() -> None:
    assert "(<@U0BEN00001>)" in who_decides(ballot((Step("brand", (Party(BEN),), 1, silent=(Party(ANN),)),)))
    others = (Step("brand", (Party(ANN),), 1, silent=(Party(ANN), Party(CAT))),)
    assert "(others who are not pinged)" in who_decides(ballot(others))
    assert "(nobody)" in who_decides(ballot((Step("brand", (Party(ANN),)),)))


def approved(state: Run) -> str:
    """Return the line of a trace that says who approved."""
    lines = traced(Trace((Traced(state),)), now=NOW).splitlines()
    return next((one for one in lines if "Approved by" in one), "")


def test_a_trace_names_all_who_approved() -> None:
    votes = (vote(DAN), vote(UserId("U0EVE00001")), vote(BEN, 1))
    told = approved(full(Stage.READY, ballot=ballot(votes=votes)))
    assert told.startswith("• Approved by <@U0DAN00001>, <@U0EVE00001> and <@U0BEN00001> <!date^")
    many = ballot(votes=tuple(vote(UserId(f"U0VOTER{n:03}")) for n in range(20)))
    told = approved(full(Stage.READY, ballot=many))
    assert "<@U0VOTER011> and 9 more <!date^" in told
    judge_mrkdwn(told)


def test_a_trace_names_who_broke_the_glass_besides_who_had_approved() -> None:
    broken = ballot(votes=(vote(CAT),), glass=deed())
    assert "Approved by <@U0CAT00001> and <@U0BEN00001> <!date^" in approved(full(Stage.READY, ballot=broken))
    assert "Approved by <@U0BEN00001> <!date^" in approved(full(Stage.READY, ballot=ballot()))


def test_what_nobody_approved_is_not_said_to_be() -> None:
    assert approved(full(Stage.REJECTED, ballot=ballot(votes=(vote(CAT),)))) == ""


# ── pictures for use ─────────────────────────────────────────────────────────────────────────────────


def titles(label: str, *files: str) -> list[tuple[str, str]]:
    made = proposal(Action.USE, label=label)
    request = replace(made.request, files=tuple(map(FileId, files)))
    images = [one for one in card_of(replace(made, request=request)).blocks if one["type"] == "image"]
    return [(one["title"]["text"], one["alt_text"]) for one in images]


def card_of(made: object) -> Drawn:
    return proposal_card(made)  # type: ignore[arg-type]  # a proposal


def test_pictures_for_use_are_called_by_their_places_on_the_card_they_were_drawn_on() -> None:
    assert titles("Pictures 3, 4 in Bold Fruit@1", "F0FOX000001", "F0OWL000001") == [
        ("Picture 3", "Picture 3 in Bold Fruit@1"),
        ("Picture 4", "Picture 4 in Bold Fruit@1"),
    ]
    assert titles("Picture 12 in 2, 3 in 4@1", "F0FOX000001") == [("Picture 12", "Picture 12 in 2, 3 in 4@1")]


@pytest.mark.parametrize("label", ["Stellar@2", "Pictures 3 in Stellar@2", "Pictures in Stellar@2", ""])
def test_pictures_whose_places_are_not_told_are_only_counted(label: str) -> None:
    assert [title for title, _ in titles(label, "F0FOX000001", "F0OWL000001")] == ["1 of 2", "2 of 2"]


@pytest.mark.parametrize(("count", "is_optional"), [(1, [False]), (10, [False]), (11, [True, True])])
def test_some_picture_has_to_be_ticked_where_slack_can_ask_that(count: int, is_optional: list[bool]) -> None:
    """Of several groups Slack would want a tick in each."""
    view = use_form(generation(Drawing.DONE, count=count))
    assert [block["optional"] for block in view["blocks"] if block["type"] == "input"] == is_optional


def test_an_after_review_was_not_asked_for_by_who_broke_the_glass() -> None:
    said = shown(card_of(proposal(Action.REVIEW)))
    assert f"<@{ANN}> broke the glass <!date^" in said
    assert "Asked by" not in said
    assert f"Asked by <@{ANN}> <!date^" in shown(card_of(proposal(Action.USE)))


# ── money ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_waits_is_not_said_to_be_paid() -> None:
    assert "Training costs money. The price: about $10" in card(full(ballot=ballot())).text
    assert "has to decide: training costs money." in card(full()).text
    told = waiting_for(generation(Drawing.AWAITING, ballot=ballot()))
    assert told == "These pictures wait for approval: they cost money."


def test_home_names_a_budget_as_the_answer_about_budgets_does() -> None:
    budgets = (line("brand C0BRAND0001", 24.36, 0, 30), line("campaign", 0, 0, 9))
    view = home_view(HomeState(ANN, money=replace(MONTH, budgets=budgets)), now=NOW)
    judge_view(view)
    assert "*brand* in <#C0BRAND0001>: $5.64 left of $30 · *campaign*: $9 left of $9" in str(view)


@pytest.mark.parametrize(
    ("per", "of", "told"),
    [
        (Per.CHANNEL, ("C0BRAND",), "$30 for <#C0BRAND>"),
        (Per.CHANNEL, ("C0BRAND", "C0AGENCY"), "$30 for each of <#C0BRAND> and <#C0AGENCY>"),
        (Per.USER, (ANN,), f"$30 for <@{ANN}>"),
        (Per.USER, (ANN, BEN), f"$30 for each of <@{ANN}> and <@{BEN}>"),
        (Per.USER, (), "$30 for each person"),
    ],
)
def test_a_budget_says_whose_it_is(per: Per, of: tuple[str, ...], told: str) -> None:
    assert budgeted(Budget("brand", 30.0, per, of)).endswith(f": {told}")


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (Action.TRAIN, "The policy has $12 for a training until something was measured: add `for $12`"),
        (Action.PUBLISH, "The policy has $12 for a training until something was measured: add `for $12`"),
        (Action.GENERATE, "The policy has $0.04 for a picture until something was measured: add `for $0.04`"),
    ],
)
def test_who_names_no_price_is_told_which_one_the_policy_has(action: Action, told: str) -> None:
    case = Case(action, CHANNEL)
    words = explained(Policy(prices=Prices(12.0, 0.04)), case)
    assert f"with no price named: it is told as above every limit. {told} to ask by that." in words
    assert "The policy has" not in explained(Policy(prices=Prices(12.0, 0.04)), replace(case, price=3.0))
    held = explained(Policy(prices=Prices(12.0, 0.04, hold=True)), case)
    assert "whatever was measured: add `for $" in held
    assert "counts as above every limit" in explained(Policy(), case)


# ── the dataset ──────────────────────────────────────────────────────────────────────────────────────


def test_what_is_over_is_not_said_to_be_looked_at_some_day() -> None:
    assert "Pictures from assets.acme.example\n" in run_status(run(Stage.REFUSED), now=NOW)
    cancelled = run(Stage.REQUESTED).after(Cancelled(ANN), at=NOW)
    for state in (run(Stage.REFUSED), cancelled):
        assert "not looked at" not in run_status(state, now=NOW)
    assert "not looked at yet" in run_status(run(Stage.REQUESTED), now=NOW)


def test_a_sentence_that_is_advice_already_is_not_told_again() -> None:
    made = judged()
    assert made.assessment
    habits = ("All 24 pictures are light all over.", "All 24 pictures are square.")
    told = replace(made, assessment=replace(made.assessment, advice=habits[:1], habits=habits))
    said = findings(told)
    assert said.count(habits[0]) == 1
    assert f"*In every picture, meant or not*\n• {habits[1]}" in said
    both = replace(made, assessment=replace(made.assessment, advice=habits, habits=habits))
    assert "In every picture" not in findings(both)


def findings(made: object) -> str:
    state = full(dataset=made)
    return shown(render(Findings(state.id), state, now=NOW))


def test_where_nothing_is_flagged_there_are_no_others() -> None:
    def labels(state: Run) -> list[str]:
        blocks = leave_out_form(state)["blocks"]
        return [block["label"]["text"] for block in blocks if block["type"] == "input"]

    assert "Leave out others too" in labels(full())
    none = labels(full(dataset=replace(judged(), assessment=None)))
    assert "Leave out others too" not in none
    assert none[0] == "Leave these out"


@pytest.mark.parametrize(
    ("size", "told"),
    [(0, "1 kB"), (900, "1 kB"), (20_300, "20 kB"), (99_900, "100 kB"), (100_000, "0.1 MB")],
)
def test_small_files_are_told_in_kilobytes(size: int, told: str) -> None:
    assert megabytes(size) == told


def test_the_sizes_of_small_pictures_add_up() -> None:
    made = dataset(count=14)
    small = tuple(replace(picture, size=20_000) for picture in made.pictures)
    said = str(details_view(full(dataset=replace(made, pictures=small, size=280_000))))
    assert "14 pictures, 0.3 MB" in said
    assert "· 20 kB" in said

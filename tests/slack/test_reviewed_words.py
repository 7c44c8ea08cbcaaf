"""Words that a reader stumbled over: ids in place of names, answers that lied, and forms that spoke twice."""

import pytest

from bot.domain.audit import Did, Told
from bot.domain.ids import ChannelId
from bot.domain.money import Line, Micros, Statement
from bot.domain.people import Party
from bot.domain.policy import BUILT_IN, Action, Case, Grant, Policy, Role, Step
from bot.domain.run import Stage
from bot.slack.answers import proposal_status, run_status
from bot.slack.audits import audit_words
from bot.slack.budgets import chart_words
from bot.slack.forms import comment_form, reject_form
from bot.slack.phrases import ended, payload_value
from bot.slack.policies import explained
from bot.slack.voting import changed, exactly, who_decides
from tests.slack.slack_ballots import ballot, proposal, terms, vote
from tests.slack.slack_states import BEN, NOW, full

HASH = "4386682a4db3202d806e25c651ee0c3da3f2071c7383b7e178fc8d6e44a9e138"
PICTURE = "966f733c-43b4-459e-a5c9-a17f57c9aa01"


def test_what_is_asked_names_the_channel_and_shows_fingerprints_in_short() -> None:
    asked = ballot(payload=(("dataset", HASH), ("pictures", PICTURE), ("channel", "C0000BRAND")))
    assert exactly(asked).endswith(": dataset 4386682a…, pictures 966f733c…, channel <#C0000BRAND>")
    assert payload_value("prompt", "a fox & a moss rock") == "a fox &amp; a moss rock"


def test_what_changed_shows_fingerprints_in_short() -> None:
    assert f"dataset: 4386682a… → {'0' * 8}…." in changed(ballot(changed=(f"dataset: {HASH} → {'0' * 64}",)))


def test_whoever_may_decide_after_a_long_wait_stands_beside_those_who_could_before() -> None:
    by = terms(escalate_to=(Party("admins"),))
    late = "\nIt has waited for long: a workspace admin may decide too."
    assert who_decides(ballot(by=by, is_escalated=True)).endswith(late)
    assert late not in who_decides(ballot(by=by))


def test_where_only_some_have_the_role_a_card_says_whose_word_counts() -> None:
    told = who_decides(ballot(by=terms(holders=(Party("S0LEADS0001"),))))
    assert "*brand* (<!subteam^S0BRAND0001>, where also among <!subteam^S0LEADS0001>)" in told
    assert "where also" not in who_decides(ballot())


def test_an_approval_is_told_once() -> None:
    told = run_status(full(Stage.TRAINING, starts_at=NOW, ballot=ballot(votes=(vote(BEN),))), now=NOW)
    assert told.count("pproved") == 1


@pytest.mark.parametrize(
    ("words", "told"), [("", "no reason given."), ("Too many", "Too many."), ("Why?", "Why?"), ("No.", "No.")]
)
def test_a_reason_ends_as_a_sentence(words: str, told: str) -> None:
    assert ended(words) == told


@pytest.mark.parametrize(
    ("action", "word", "means"),
    [
        (Action.PROMOTE, "Reject", "*Stellar@2 as the default*: the channel goes on drawing in what"),
        (Action.USE, "Reject", "*Stellar@2 for use*: they may not be used."),
        (Action.REVIEW, "Not right", "*The after-review of Stellar@2*: you find that what was done"),
    ],
)
def test_the_form_behind_a_no_says_what_that_means(action: Action, word: str, means: str) -> None:
    form = reject_form("proposal", proposal(action))
    assert (form["title"]["text"], form["submit"]["text"]) == (word, word)
    assert means in str(form)


def test_the_form_for_a_comment_says_what_an_approval_starts_on_a_line_of_its_own() -> None:
    waiting = full(ballot=ballot((Step("a colleague"),)))
    assert comment_form("run", waiting)["blocks"][0]["text"]["text"].startswith("*Stellar@1*\nRunware trains")


def test_the_status_of_a_proposal_begins_like_a_sentence() -> None:
    assert proposal_status(proposal(Action.REVIEW)).startswith("*The after-review of Stellar@2* · ")


def test_who_may_decide_on_pictures_for_use_are_the_reviewers() -> None:
    reviewers = (Party("U0CAT00001"),)
    policy = Policy(rules=BUILT_IN.rules, grants=(Grant(Role.REVIEW, reviewers),))
    told = explained(policy, Case(Action.USE, ChannelId("C0000BRAND")))
    assert "*Who must approve*: 1 of <@U0CAT00001> (“a colleague”)." in told
    assert "1 of" not in explained(policy, Case(Action.TRAIN, ChannelId("C0000BRAND")))


def test_the_chart_in_words_names_no_id() -> None:
    line = Line("brand C0000BRAND", Micros(1_000_000), Micros(0), limit=Micros(2_000_000))
    said = chart_words(Statement("2026-11", line, budgets=(line,)))
    assert "brand, of a channel" in said
    assert "C0000BRAND" not in said


def test_the_audit_says_who_stands_in_and_cuts_a_refusal_at_its_first_sentence() -> None:
    away = Told(NOW, BEN, Did.WENT_AWAY, "U0CAT00001", "", None, "")
    assert "<@U0BEN00001> went away: <@U0CAT00001> may decide in their place" in audit_words([away], now=NOW)
    words = "This is for admins. `/style policy` shows who may."
    refused = Told(NOW, BEN, Did.WAS_REFUSED, "/style audit", "", None, words)
    assert "“This is for admins”" in audit_words([refused], now=NOW)

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.generation import Stage as Drawing
from bot.domain.ids import Air, RunId, WorkspaceId
from bot.domain.people import Party
from bot.domain.policy import Step
from bot.domain.run import Stage
from bot.domain.style import Version
from bot.slack.blocks import Block
from bot.slack.fields import about, picked, read
from bot.slack.forms import (
    break_glass_form,
    comment_form,
    generate_form,
    override_form,
    reject_form,
    use_form,
)
from bot.slack.voting import Asked
from tests.slack.slack_ballots import BRAND, CAT, DAN, TOO_DEAR, ballot, proposal, terms, vote
from tests.slack.slack_filled import chosen, fields, submitted, typed
from tests.slack.slack_limits import judge_view
from tests.slack.slack_states import BEN, CHANNEL, HOSTILE, full, generation, run, version


@pytest.mark.parametrize("text", ["", "Stellar", HOSTILE, "x" * 5000])
def test_slack_takes_every_form_whatever_was_typed_before(text: str) -> None:
    styles = [version(n, name=text or "Stellar", slug=f"s{n}") for n in range(1, 150)]
    judge_view(reject_form("run", run(Stage.AWAITING, text=text or "Stellar")))
    judge_view(generate_form(channel=CHANNEL, prompt=text, style=text, size=text, styles=styles))
    judge_view(generate_form(channel=CHANNEL, prompt=text, style=text, size=text))


OBJECTED = ballot(by=terms(objections=(TOO_DEAR,)), votes=(vote(BEN), vote(CAT), vote(DAN, 1)))
"""All who had to have approved; what is left is an override."""
RUN, PICTURES, PROPOSED = full(ballot=ballot()), generation(Drawing.AWAITING, ballot=ballot()), proposal()


@pytest.mark.parametrize(
    ("made", "callback"),
    [
        (reject_form, "form.reject"),
        (comment_form, "form.comment"),
        (override_form, "form.override"),
        (break_glass_form, "form.break_glass"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "subject"), [("run", RUN), ("generation", PICTURES), ("proposal", PROPOSED)]
)
def test_a_form_about_a_decision_keeps_what_it_is_about_and_exactly_what_was_asked(
    made: Callable[[str, Asked], Block], callback: str, kind: str, subject: Asked
) -> None:
    view = made(kind, subject)
    judge_view(view)
    assert view["callback_id"] == callback
    assert subject.ballot
    assert about(view) == {"kind": kind, "id": subject.id, "digest": subject.ballot.digest}
    name = "comment" if made is comment_form else "reason"
    assert read(submitted(view, {name: typed("It is right so.")})) == {name: "It is right so."}


@pytest.mark.parametrize("made", [reject_form, comment_form, override_form, break_glass_form])
@pytest.mark.parametrize("text", [HOSTILE, "&" * 5000])
def test_a_form_about_a_decision_shows_names_and_rules_literally(
    made: Callable[[str, Asked], Block], text: str
) -> None:
    asked = ballot(by=terms(objections=(replace(TOO_DEAR, says=text),)))
    for kind, subject in (
        ("run", full(text=text, ballot=asked)),
        ("generation", generation(Drawing.AWAITING, label=text, ballot=asked)),
        ("proposal", proposal(label=text, ballot=asked)),
    ):
        judge_view(made(kind, subject))


def test_a_run_of_before_there_were_ballots_can_be_rejected_too() -> None:
    assert about(reject_form("run", run(Stage.AWAITING))) == {"kind": "run", "id": "7K2M9QX4TB"}


def test_to_approve_with_a_comment_says_what_it_starts_and_needs_none() -> None:
    assert "charges for it" in str(comment_form("run", RUN))
    assert "charges for them" in str(comment_form("generation", PICTURES))
    assert "charges" not in str(comment_form("proposal", PROPOSED))
    assert read(submitted(comment_form("run", RUN))) == {"comment": ""}


def test_to_override_tells_what_is_in_the_way_and_who_is_told() -> None:
    asked = ballot(by=terms(objections=(TOO_DEAR,)))
    said = str(override_form("run", full(ballot=asked)))
    assert "• It costs more than $50." in said
    assert "Who asked and the approvers are told your name and reason" in said


def test_to_break_the_glass_says_that_everybody_is_told_and_looks_at_it_afterwards() -> None:
    said = str(break_glass_form("run", RUN))
    assert "*Stellar@1*\\nYou alone approve that, past all approvals." in said
    assert "where anyone may approve, the admins are" in said
    assert "Somebody else is asked to look at it afterwards" in said


@pytest.mark.parametrize("count", [1, 4, 20])
def test_the_form_for_use_offers_each_picture_by_its_place_on_the_card(count: int) -> None:
    view = use_form(generation(Drawing.DONE, count=count, prompt=HOSTILE))
    judge_view(view)
    assert view["callback_id"] == "form.use"
    assert about(view) == {"kind": "generation", "id": "3F8HZ2K9QW"}
    options = fields(view)["pictures.0"]["options"]
    assert options[0] == {
        "text": {"type": "plain_text", "text": f"Picture 1 of {count}", "emoji": False},
        "value": "0",
    }
    assert sum(len(field["options"]) for field in fields(view).values()) == count


def test_the_pictures_that_were_chosen_are_read_from_all_parts_of_the_form() -> None:
    view = use_form(generation(Drawing.DONE, count=20))
    sent = submitted(
        view,
        {
            "pictures.0": chosen(view, "pictures.0", "0", "2"),
            "pictures.1": chosen(view, "pictures.1", "19"),
        },
    )
    assert picked(sent, "pictures") == ("0", "2", "19")


def test_the_generate_form_brings_back_what_it_was_given() -> None:
    view = generate_form(
        channel=CHANNEL,
        prompt="a red fox",
        style="stellar@1",
        size="1536x1088",
        count=7,
        quality="high",
        format="webp",
        private=True,
        styles=[version(2), version(1)],
    )
    assert view["callback_id"] == "form.generate"
    assert read(submitted(view)) == {
        "prompt": "a red fox",
        "style": "stellar@1",
        "size": "1536x1088",
        "count": "7",
        "quality": "high",
        "format": "webp",
        "private": "yes",
    }


@pytest.mark.parametrize(
    ("words", "found"), [("Stellar", "stellar@2"), ("stellar@1", "stellar@1"), ("", ""), ("moss", "")]
)
def test_the_style_that_was_typed_is_chosen_in_its_newest_version(words: str, found: str) -> None:
    view = generate_form(channel=CHANNEL, style=words, styles=[version(2), version(1)])
    assert read(submitted(view))["style"] == found


def test_a_style_may_be_typed_where_there_is_none_to_choose() -> None:
    assert fields(generate_form(channel=CHANNEL, style="moss"))["style"]["initial_value"] == "moss"


def test_a_form_without_private_data_is_about_nothing() -> None:
    assert about({"state": {"values": {}}}) == {}


@pytest.mark.parametrize("style", ["Bold Fruit@2", "bold-fruit@2", "bold fruit@2"])
def test_a_style_is_found_by_its_name_with_spaces_and_capitals(style: str) -> None:
    versions = [
        Version(WorkspaceId("T1"), "bold-fruit", n, Air(f"acme:bold-fruit@{n}"), RunId("R1"), "Bold Fruit")
        for n in (2, 1)
    ]
    form = generate_form(channel=CHANNEL, style=style, styles=versions)
    assert fields(form)["style"]["initial_option"]["value"] == "bold-fruit@2"


@pytest.mark.parametrize(
    ("kind", "subject", "starts"),
    [
        (
            "run",
            full(ballot=OBJECTED),
            "Runware trains this style from 24 pictures, 61 MB, and charges for it.",
        ),
        (
            "generation",
            generation(Drawing.AWAITING, ballot=OBJECTED),
            "Runware draws them and charges for them",
        ),
        ("proposal", proposal(ballot=OBJECTED), "approves it. Who asked"),
    ],
)
def test_an_override_that_is_all_it_needs_is_said_to_approve_it_and_what_that_starts(
    kind: str, subject: Asked, starts: str
) -> None:
    said = str(override_form(kind, subject)["blocks"])
    assert "It needs no other approval: to override that approves it." in said
    assert starts in said
    assert "approves nothing" not in said


def test_an_override_for_which_nobody_has_to_approve_is_all_it_needs() -> None:
    alone = ballot(by=replace(terms(objections=(TOO_DEAR,)), gates=()))
    assert "It needs no other approval: to" in str(override_form("run", full(ballot=alone))["blocks"])


def test_an_override_before_others_have_approved_approves_nothing_yet() -> None:
    early = replace(OBJECTED, votes=OBJECTED.votes[:2])
    said = str(override_form("run", full(ballot=early))["blocks"])
    assert "To override that approves nothing yet." in said
    assert "charges for it" not in said


def test_where_the_votes_do_not_prove_that_it_has_its_approvals_the_form_says_if() -> None:
    either = ((Step("two", (BRAND,), 2), Step("one", (Party(CAT),))),)
    unproven = ballot(*either, by=terms(*either, objections=(TOO_DEAR,)), votes=(vote(CAT),))
    said = str(override_form("run", full(ballot=unproven))["blocks"])
    assert "If it needs no other approval, to override that approves it." in said

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ballot import Ballot
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import UserId
from bot.domain.people import ADMINS, EVERYONE, Party
from bot.domain.policy import Step
from bot.domain.run import Run, Stage
from bot.domain.terms import Terms
from bot.slack.answers import pictures_status, proposal_status, run_status
from bot.slack.blocks import Block, Drawn
from bot.slack.voting import changed, who_decides
from tests.slack.slack_ballots import (
    BRAND,
    CAT,
    DAN,
    TOO_DEAR,
    ballot,
    deed,
    proposal,
    terms,
    vote,
)
from tests.slack.slack_limits import judge_message
from tests.slack.slack_states import ANN, BEN, HOSTILE, NOW, full, generation
from tests.slack.test_run_card import buttons, card, shown

DECISIONS = ["run.approve", "run.comment", "run.reject"]


def waiting(asked: Ballot | None = None, *, number: int = 1, version: int = 7) -> Drawn:
    state = full(ballot=asked or ballot(), before=None, notice="", number=number, version=version)
    return card(state)


def texts(drawn: Drawn) -> list[str]:
    return [block["text"]["text"] for block in drawn.blocks if block["type"] in ("section", "header")]


def row_of(drawn: Drawn) -> list[str]:
    """Return what the first row of buttons offers."""
    rows = [block["elements"] for block in drawn.blocks if block["type"] == "actions"]
    return [element["action_id"] for element in rows[0]]


# ── who decides ──────────────────────────────────────────────────────────────────────────────────────


def test_one_step_is_told_in_a_line_and_everyone_never_means_who_asked() -> None:
    told = who_decides(ballot((Step("a colleague"),)))
    assert told == "*Who decides:* *a colleague* (anyone but <@U0ANN00001>) · 0 of 1 approved"
    alone = who_decides(ballot(by=terms((Step("a colleague"),), four_eyes=False)))
    assert "(anyone) ·" in alone


def test_the_steps_are_told_at_a_glance_and_then_how_far_each_is() -> None:
    told = who_decides(ballot(votes=(vote(BEN),))).splitlines()
    assert told == [
        "*Who decides:* brand, then finance",
        "▸ open now: *brand* (<!subteam^S0BRAND0001>) · 1 of 2 approved",
        "· after that: *finance* (<@U0CAT00001> or <@U0DAN00001>) · 0 of 1 approved",
    ]


def test_a_step_that_is_passed_opens_the_next() -> None:
    told = who_decides(ballot(votes=(vote(BEN), vote(UserId("U0EVE00001"))))).splitlines()
    assert told[1].startswith("✓ approved: *brand*")
    assert told[2].startswith("▸ open now: *finance*")


def test_one_of_several_groups_is_told_as_such_and_passed_only_where_that_is_certain() -> None:
    either = (Step("product", (BRAND,), 1), Step("legal", (Party(CAT),), 2))
    asked = ballot(either, (Step("finance", (Party(DAN),)),), votes=(vote(BEN),))
    told = who_decides(asked)
    assert "product or legal, then finance" in told
    assert "*product* (<!subteam^S0BRAND0001>), 1 needed or *legal* (<@U0CAT00001>), 2 needed" in told
    assert "▸ open now: *product*" in told
    assert "✓ approved: *product*" in who_decides(replace(asked, votes=(vote(BEN), vote(DAN, 1))))


def test_silent_approvers_are_told_of_and_not_pinged() -> None:
    told = who_decides(ballot((Step("brand", (Party(BEN),), 1, silent=(Party(CAT), ADMINS)),)))
    assert "(<@U0BEN00001> or others who are not pinged)" in told
    assert CAT not in told


def test_admins_and_many_people_are_named_as_far_as_they_fit() -> None:
    assert "(a workspace admin)" in who_decides(ballot((Step("boss", (ADMINS,)),)))
    many = tuple(Party(f"U{n:09}") for n in range(30))
    assert "or 10 others)" in who_decides(ballot((Step("all", many),)))
    assert "anyone" in who_decides(ballot((Step("x", (Party(BEN), EVERYONE)),)))


def test_where_nobody_has_to_approve_that_is_said() -> None:
    assert "nobody has to approve" in who_decides(replace(ballot(), terms=replace(terms(), gates=())))


def test_steps_past_the_tenth_are_counted() -> None:
    gates = [(Step(f"s{n}"),) for n in range(12)]
    assert "and 2 more steps after that" in who_decides(ballot(*gates))


# ── the card ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_that_waits_shows_price_who_decides_until_when_and_exactly_what() -> None:
    asked = ballot()
    drawn = waiting(asked)
    said = shown(drawn)
    expires = int((NOW + timedelta(hours=18)).timestamp())
    for fact in (
        "Training costs money. The price: about $10\N{EN DASH}14, by 8 past trainings.",
        "*Who decides:* brand, then finance",
        f"Expires <!date^{expires}^",
        f"Asks for exactly `{asked.digest[:8]}`: name Stellar, dataset 1a2b3c4d",
    ):
        assert fact in said
    assert "Someone other than" not in said


def test_what_changed_is_told_before_all_else() -> None:
    drawn = waiting(ballot(changed=("name: Stellar → Lunar", "price: $10 → $20"), is_void=True))
    told = (
        "*Changed since it was first asked:* name: Stellar → Lunar; price: $10 → $20. "
        "Earlier approvals are void."
    )
    assert texts(drawn)[1].startswith(told)
    assert drawn.text.startswith(f"Stellar · waiting for approval: {told}")
    assert "Changed since" not in waiting().text


def test_earlier_approvals_are_not_called_void_beside_those_given_since() -> None:
    drawn = waiting(ballot(changed=("name: Stellar → Lunar",), votes=(vote(BEN),), is_void=True))
    assert "*Changed since it was first asked:* name: Stellar → Lunar.\n" in drawn.text
    assert "are void" not in str(drawn)


def test_void_approvals_are_named_only_where_there_were_any() -> None:
    assert changed(ballot(changed=("price: $10 → $20",))).endswith("price: $10 → $20.")
    assert changed(ballot(is_void=True)) == "Earlier approvals are void. It is again what was first asked."
    assert changed(ballot()) == ""


def test_who_approved_for_whom_and_why_is_told() -> None:
    said = shown(waiting(ballot(votes=(vote(BEN, seat=CAT, comment="Fine by me."), vote(DAN)))))
    assert "<@U0BEN00001> approved *brand* for <@U0CAT00001> <!date^" in said
    assert ": “Fine by me.”" in said
    assert "<@U0DAN00001> approved *brand* <!date^" in said


def test_twenty_voters_are_all_named() -> None:
    voters = [UserId(f"U0VOTER{n:03}") for n in range(20)]
    said = shown(waiting(ballot(votes=tuple(vote(one) for one in voters))))
    assert all(f"<@{one}>" in said for one in voters)


def test_advice_is_told_and_what_is_in_the_way_can_be_overridden() -> None:
    drawn = waiting(ballot(by=terms(advice=("Mind the quota.",), objections=(TOO_DEAR,))))
    said = shown(drawn)
    assert "*Advice from the rules*\n• Mind the quota." in said
    assert "*In the way*\n• It costs more than $50.\nNothing is granted before an admin overrides" in said
    assert row_of(drawn) == [*DECISIONS, "run.override", "run.break_glass"]


def test_what_was_overridden_is_told_with_who_and_why() -> None:
    asked = ballot(by=terms(objections=(TOO_DEAR,)), overrides=(deed("It is worth it.", "dear"),))
    drawn = waiting(asked)
    assert "<@U0DAN00001> overrode *dear* <!date^" in shown(drawn)
    assert ": “It is worth it.”" in shown(drawn)
    assert "In the way" not in shown(drawn)
    assert "run.override" not in buttons(drawn)


def test_others_who_are_asked_after_a_long_wait_are_named() -> None:
    asked = ballot(by=terms(escalate_to=(ADMINS, Party(DAN))), is_escalated=True)
    assert "It has waited for long: a workspace admin or <@U0DAN00001> may decide too." in shown(
        waiting(asked)
    )


def test_only_an_approval_that_was_given_can_be_taken_back() -> None:
    assert row_of(waiting()) == [*DECISIONS, "run.break_glass"]
    given = waiting(ballot(votes=(vote(BEN),)))
    assert row_of(given) == [*DECISIONS, "run.retract", "run.break_glass"]


def test_the_buttons_say_what_and_which_and_the_paid_one_asks_first() -> None:
    offered = buttons(waiting(number=2))
    assert offered["run.approve"]["text"]["text"] == "Approve Stellar@2"
    assert "charges for it" in offered["run.approve"]["confirm"]["text"]["text"]
    assert offered["run.comment"]["accessibility_label"] == "Approve Stellar@2, with a comment"
    assert offered["run.reject"]["text"]["text"] == "Reject…"


def test_to_break_the_glass_is_no_button_that_can_be_pressed_by_mistake() -> None:
    menu = buttons(waiting())["run.break_glass"]
    assert menu["type"] == "overflow"
    assert [(one["text"]["text"], one["value"]) for one in menu["options"]] == [
        ("Break the glass…", "7K2M9QX4TB")
    ]


def test_the_blocks_carry_what_exactly_was_shown_and_differ_with_each_redraw() -> None:
    asked = ballot()
    names = [block["block_id"] for block in waiting(asked, version=7).blocks]
    assert names[0] == f"awaiting-approval.{asked.digest}.7.0"
    again = [block["block_id"] for block in waiting(asked, version=8).blocks]
    other = [block["block_id"] for block in waiting(replace(asked, payload=()), version=7).blocks]
    assert not set(names) & {*again, *other}


def test_later_the_card_tells_who_approved_and_why() -> None:
    asked = ballot(votes=(vote(BEN, comment="Go."),), glass=deed())
    for stage in (Stage.APPROVED, Stage.TRAINING, Stage.READY, Stage.FAILED, Stage.REJECTED):
        said = shown(card(full(stage, ballot=asked)))
        assert "<@U0BEN00001> approved *brand* <!date^" in said
        assert "“Go.”" in said
        assert "<@U0DAN00001> broke the glass <!date^" in said
        assert "run.approve" not in buttons(card(full(stage, ballot=asked)))


def test_an_expired_run_says_why_whom_it_waited_for_and_how_to_go_on() -> None:
    drawn = card(full(Stage.EXPIRED, ballot=ballot()))
    assert "Stellar · expired: Nobody decided by <!date^" in drawn.text
    assert "It waited for brand. Nothing was charged." in drawn.text
    assert "Ask again makes a new request" in drawn.text
    assert set(buttons(drawn)) == {"run.retry"}
    assert "Nobody decided in time" in card(full(Stage.EXPIRED)).text


def test_an_expired_run_that_some_approved_says_for_whom_it_waited_then() -> None:
    drawn = card(full(Stage.EXPIRED, ballot=ballot(votes=(vote(DAN), vote(BEN)))))
    assert "It was not decided by <!date^" in drawn.text
    assert "It waited for finance. Nothing was charged." in drawn.text


def test_an_expired_run_that_lacked_an_override_alone_says_so() -> None:
    voted = (vote(DAN), vote(CAT, gate=1))
    for by, votes in ((terms(objections=(TOO_DEAR,)), voted), (Terms((), objections=(TOO_DEAR,)), ())):
        drawn = card(full(Stage.EXPIRED, ballot=ballot(by=by, votes=votes)))
        assert "It waited for an admin's override. Nothing was charged." in drawn.text
        assert ("It was not decided by" if votes else "Nobody decided by") in drawn.text


def test_a_rejection_says_when() -> None:
    told = f"By <@U0BEN00001> <!date^{int(NOW.timestamp())}^"
    assert told in card(full(Stage.REJECTED)).text


# ── what people typed ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "asked",
    [
        ballot(votes=(vote(BEN, comment=HOSTILE),)),
        ballot(overrides=(deed(HOSTILE, HOSTILE),)),
        ballot(glass=deed(HOSTILE)),
        ballot((Step(HOSTILE, (Party("<!channel>"), Party("S<!here>"), Party(HOSTILE))),)),
        ballot(changed=(HOSTILE,)),
        ballot(payload=((HOSTILE, HOSTILE),)),
        ballot(by=terms(advice=(HOSTILE,), objections=(replace(TOO_DEAR, says=HOSTILE),))),
        ballot(by=terms(escalate_to=(Party(HOSTILE),)), is_escalated=True),
    ],
)
def test_what_people_or_rules_say_is_shown_literally(asked: Ballot) -> None:
    drawn = waiting(asked)
    judge_message(drawn.text, drawn.blocks)
    sent = str(drawn)
    for trick in ("<!channel>", "<!here>", "<@U0BOSS0001>", "<https://evil.example|", "\u202e", "\u200b"):
        assert trick not in sent
    assert "&lt;!channel&gt;" in sent


# ── typed questions ──────────────────────────────────────────────────────────────────────────────────


def test_the_status_of_what_waits_tells_who_decides_and_exactly_what() -> None:
    asked = ballot(votes=(vote(BEN, comment="Go."),))
    run: Run = full(ballot=asked)
    for told in (
        run_status(run, now=NOW),
        pictures_status(generation(Drawing.AWAITING, ballot=asked)),
        proposal_status(proposal(ballot=asked)),
    ):
        for fact in ("brand, then finance", "Expires <!date^", f"`{asked.digest[:8]}`", "“Go.”"):
            assert fact in told
    assert "“Go.”" in run_status(full(Stage.READY, ballot=asked), now=NOW)


def action_ids(blocks: list[Block]) -> set[str]:
    return {e["action_id"] for b in blocks if b["type"] == "actions" for e in b["elements"]}


def test_a_run_of_before_there_were_ballots_keeps_its_card() -> None:
    drawn = card(full(before=None))
    assert f"Someone other than <@{ANN}> has to decide" in drawn.text
    assert action_ids(drawn.blocks) == {
        "run.approve",
        "run.reject",
        "run.leave_out",
        "run.details",
        "run.cancel",
    }

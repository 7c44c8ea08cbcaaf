"""Who sends a form that decides reads what came of it, above all where nothing was done."""

from dataclasses import replace

import pytest

from bot.asked import ballot_of
from bot.domain.policy import BUILT_IN, Level, Prices
from bot.domain.run import Stage
from bot.slack import forms
from bot.slack.asking import train_form
from bot.slack.blocks import Block
from bot.slack.fields import YES
from handlers.boundary import TOLD_DIRECTLY
from tests.handlers.handlers_lab import Lab
from tests.house import BEN, BRAND, CAT, RUN
from tests.services.team import ADA, asked, checked, team, voters
from tests.slack.slack_filled import chosen, typed

FORMS = {
    "comment": forms.comment_form,
    "override": forms.override_form,
    "break_glass": forms.break_glass_form,
}


async def opened(lab: Lab, word: str) -> Block:
    """Return a form that was opened while a training costs $12 and a check is in its way."""
    team(lab.house).policy = replace(checked(Level.SOFT), prices=Prices(training=12.0))
    return FORMS[word]("run", await asked(lab.house))


async def sends(lab: Lab, view: Block) -> None:
    """Have ada, who may do all of that, send it."""
    field = "comment" if view["callback_id"] == "form.comment" else "reason"
    assert await lab.sends(view, {field: typed("the fair is near")}, who=ADA) == {"text": ""}


def told(lab: Lab) -> str:
    """Return the one thing that only who sent it read."""
    (said,) = lab.slack.whispers
    return str(said["text"])


@pytest.mark.parametrize("word", FORMS)
async def test_who_sends_a_form_about_what_has_changed_since_is_told_that_nothing_was_done(
    lab: Lab, word: str
) -> None:
    form = await opened(lab, word)
    lab.house.policy = replace(lab.house.policy, prices=Prices(training=50.0))
    await sends(lab, form)
    run = await lab.house.run()
    ballot = ballot_of(run)
    assert (run.stage, voters(run), ballot.overrides, ballot.glass) == (Stage.AWAITING, set(), (), None)
    assert "Stellar is not what it was: price: $12.00 → $50.00. Look at its card again" in told(lab)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("comment", "Stellar has its approvals; an admin has to override first"),
        ("override", "You overrode the rules for Stellar. It still needs a colleague."),
        ("break_glass", "A card in its channel asks somebody else whether it was right."),
    ],
)
async def test_who_sends_a_form_reads_the_answer_that_is_typed_for_the_same(
    lab: Lab, word: str, said: str
) -> None:
    await sends(lab, await opened(lab, word))
    assert said in told(lab)


async def test_a_rejection_is_told_by_the_card_alone(lab: Lab) -> None:
    team(lab.house).policy = BUILT_IN
    form = forms.reject_form("run", await asked(lab.house))
    await lab.sends(form, {"reason": typed("two are in another style")}, who=BEN)
    assert (await lab.house.run(RUN)).stage is Stage.REJECTED
    assert lab.slack.whispers == []


async def test_who_sends_a_form_too_late_reads_who_decided_by_a_mention_never_an_id(lab: Lab) -> None:
    team(lab.house).policy = BUILT_IN
    run = await asked(lab.house)
    await lab.house.approve(BEN)
    late = {"comment": forms.comment_form("run", run), "reason": forms.reject_form("run", run)}
    for field, form in late.items():
        answer = await lab.sends(form, {field: typed("me too")}, who=CAT)
        assert answer["errors"] == {field: TOLD_DIRECTLY}
    assert len(lab.slack.whispers) == len(late)
    assert all(f"was approved by <@{BEN}> already" in str(said["text"]) for said in lab.slack.whispers)


async def test_who_asks_by_a_form_for_what_is_frozen_reads_who_froze_it_by_a_mention(lab: Lab) -> None:
    form = train_form(channel=BRAND, links=("https://acme.com/a.zip",), name="Stellar")
    await lab.house.switches.freeze("train", "the fair is near", lab.house.by(ADA))
    answer = await lab.sends(form, {"rights": chosen(form, "rights", YES)})
    assert answer["errors"] == {"link": TOLD_DIRECTLY}
    assert f"the fair is near (<@{ADA}>)" in told(lab)


async def test_a_form_approves_what_it_was_opened_for_and_nothing_that_came_since(lab: Lab) -> None:
    form = await opened(lab, "comment")
    lab.house.policy = replace(lab.house.policy, prices=Prices(training=50.0))
    lab.house.clock.pass_time(hours=2)
    await lab.house.work()  # its card shows the new price by now
    answer = await lab.sends(form, {"comment": typed("the fair is near")}, who=ADA)
    assert answer["errors"] == {"comment": "Stellar has changed since: look at its card again, then decide."}
    assert voters(await lab.house.run()) == set()

"""Past the rules: what is advised, what an admin may override, what nobody may, and breaking the glass."""

from dataclasses import replace

import pytest

from bot.domain.audit import Did
from bot.domain.errors import BudgetExceeded, NotAllowed, NotUnderstood, Refused
from bot.domain.message import Topic
from bot.domain.policy import Action, Grant, Level, Role
from bot.domain.proposal import Stage as ProposalStage
from bot.domain.run import Stage
from tests.house import ANN, BEN, CAT, PROPOSAL, RUN, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    DAN,
    DESIGNERS,
    EVA,
    asked,
    checked,
    cost,
    done,
    drawn,
    limited,
    memos,
    money,
    proposals,
    ruled,
    sent,
    team,
    words,
)

WHY = "the fair is tomorrow"


async def test_advice_is_on_the_card_and_stops_nothing(house: House) -> None:
    team(house).policy = checked(Level.ADVISORY)
    run = await asked(house)
    assert run.ballot
    assert run.ballot.terms.advice == ("Stellar is a name of the competition.",)
    await house.approve()
    assert (await house.run()).stage is Stage.APPROVED


async def test_what_is_forbidden_is_refused_before_there_is_a_card(house: House) -> None:
    team(house).policy = checked(Level.HARD)
    with pytest.raises(Refused, match="a name of the competition"):
        await house.ask()
    await house.work(steps=2)
    assert house.slack.said == {}


async def test_what_was_forbidden_meanwhile_nobody_approves_not_even_past_the_rules(house: House) -> None:
    team(house)
    await asked(house)
    house.policy = checked(Level.HARD)
    for deed in (
        house.approvals.approve(RUN, house.by(BEN)),
        house.approvals.override(RUN, WHY, house.by(ADA)),
        house.approvals.break_glass(RUN, WHY, house.by(ADA)),
    ):
        with pytest.raises(Refused, match="a name of the competition"):
            await deed
    assert (await house.run()).stage is Stage.AWAITING


async def test_an_objection_is_overridden_by_an_admin_with_a_reason(house: House) -> None:
    rules = checked(Level.SOFT)
    team(house).policy = replace(rules, rules=ruled(BY_BRAND).rules)
    await asked(house)
    told = await house.approvals.approve(RUN, house.by(BEN))
    assert told.startswith("Stellar has its approvals; an admin has to override first: Stellar is a name")
    with pytest.raises(NotAllowed, match="what is for admins"):
        await house.approvals.override(RUN, WHY, house.by(CAT))
    with pytest.raises(NotUnderstood, match="An override needs a reason"):
        await house.approvals.override(RUN, " ", house.by(ADA))
    await house.approvals.override(RUN, WHY, house.by(ADA))
    run = await house.run()
    assert (run.stage, run.decided_by) == (Stage.APPROVED, ADA)
    assert await words(house, Did.OVERRODE) == [f"names: {WHY}"]


async def test_every_other_approver_is_told_of_an_override(house: House) -> None:
    rules = checked(Level.SOFT)
    team(house).policy = replace(rules, rules=ruled(BY_BUDGET, BY_BRAND).rules)
    await asked(house)
    told = await house.approvals.override(RUN, WHY, house.by(ADA))
    assert told == "You overrode the rules for Stellar. It still needs budget."
    await house.work(steps=8)
    assert set(memos(house, Topic.OVERRIDDEN)) == {ANN, BEN, CAT, DAN, EVA, "UFAY"}


async def test_what_is_overridden_still_needs_its_approvals(house: House) -> None:
    team(house).policy = checked(Level.SOFT)
    await asked(house)
    await house.approvals.override(RUN, WHY, house.by(ADA))
    assert (await house.run()).stage is Stage.AWAITING
    with pytest.raises(Refused, match="Nothing stands in the way of Stellar"):
        await house.approvals.override(RUN, WHY, house.by(ADA))
    await house.approve()
    assert (await house.run()).stage is Stage.APPROVED


async def test_the_glass_is_broken_by_an_admin_with_a_reason_only(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET)
    await asked(house)
    with pytest.raises(NotAllowed, match="what is for admins"):
        await house.approvals.break_glass(RUN, WHY, house.by(BEN))
    with pytest.raises(NotUnderstood, match="needs a reason"):
        await house.approvals.break_glass(RUN, "  ", house.by(ADA))
    told = await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    assert "Told of it directly: @UANN, @UBEN and 4 others." in told
    assert (await sent(house)).stage is Stage.TRAINING
    assert await words(house, Did.BROKE_GLASS) == [WHY]


async def test_every_approver_is_told_of_broken_glass_though_it_is_decided(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET)
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    await house.work(steps=8)
    assert set(memos(house, Topic.GLASS_BROKEN)) == {ANN, BEN, CAT, DAN, EVA, "UFAY"}


async def test_broken_glass_is_looked_at_afterwards_by_others(house: House) -> None:
    team(house)
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    [review] = await proposals(house)
    assert (review.request.action, review.request.run, review.request.note) == (Action.REVIEW, RUN, WHY)
    with pytest.raises(NotAllowed, match="someone else has to look at it"):
        await house.approvals.approve(PROPOSAL, house.by(ADA))
    with pytest.raises(Refused, match="the glass cannot be broken for it"):
        await house.approvals.break_glass(PROPOSAL, WHY, house.by(ADA))
    assert await house.approvals.approve(PROPOSAL, house.by(BEN)) == "Noted: it was right."
    assert (await house.proposal()).stage is ProposalStage.GRANTED


async def test_a_review_may_find_that_it_was_wrong(house: House) -> None:
    team(house)
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    await house.approvals.reject(PROPOSAL, "nobody was asked", house.by(BEN))
    assert (await house.proposal()).stage is ProposalStage.REJECTED
    assert (await house.run()).stage is Stage.APPROVED


async def test_a_budget_holds_though_the_glass_is_broken(house: House) -> None:
    team(house).policy = limited(10.0)
    await cost(house, 12.0)
    await asked(house)
    with pytest.raises(BudgetExceeded):
        await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    assert (await house.run()).stage is Stage.AWAITING
    assert await proposals(house) == []
    assert await money(house) == (0, 0)


async def test_the_glass_is_broken_for_pictures_and_for_what_is_proposed_too(house: House) -> None:
    team(house)
    pictures = await drawn(house)
    await house.proposals.clear(pictures.id, [1], house.by(CAT))
    await house.approvals.break_glass(PROPOSAL, WHY, house.by(ADA))
    assert (await house.proposal()).stage is ProposalStage.GRANTED
    assert await house.store.read(lambda tx: tx.library.cleared(pictures.id)) == {"picture-0"}
    [review] = await proposals(house)
    assert review.request.action is Action.REVIEW


async def test_an_undone_decision_past_the_rules_needs_the_rules_again(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    await house.approvals.undo(RUN, house.by(BEN))
    run = await house.run()
    assert run.stage is Stage.AWAITING
    assert run.ballot
    assert run.ballot.glass is None
    with pytest.raises(NotAllowed):
        await house.approve(EVA)
    assert Did.RELEASED in await done(house)


async def test_an_override_is_undone_with_the_approval_that_it_let_through(house: House) -> None:
    team(house).policy = checked(Level.SOFT)
    await asked(house)
    await house.approvals.override(RUN, WHY, house.by(ADA))
    await house.approve(BEN)
    await house.approvals.undo(RUN, house.by(CAT))
    run = await house.run()
    assert run.ballot
    assert [check.name for check in run.ballot.open_objections] == ["names"]
    assert "an admin has to override first" in await house.approve(BEN)


async def test_an_admin_who_has_no_role_to_approve_overrides_and_breaks_the_glass(house: House) -> None:
    brand = (Grant(Role.APPROVE, (DESIGNERS,)),)
    team(house).policy = replace(checked(Level.SOFT), grants=brand)
    await asked(house)
    with pytest.raises(NotAllowed, match="decide on requests"):
        await house.approve(ADA)
    for word in ("override", "break_glass"):
        assert await house.approvals.decidable(RUN, house.by(ADA), word)
    assert "It still needs a colleague" in await house.approvals.override(RUN, WHY, house.by(ADA))
    assert "You approved Stellar" in await house.approvals.break_glass(RUN, WHY, house.by(ADA))


async def test_who_may_approve_is_not_thereby_an_admin(house: House) -> None:
    team(house).policy = checked(Level.SOFT)
    await asked(house)
    for word in ("override", "break_glass"):
        with pytest.raises(NotAllowed, match="what is for admins"):
            await house.approvals.decidable(RUN, house.by(BEN), word)


@pytest.mark.parametrize("has_rights", [True, False])
async def test_who_confirms_the_rights_by_approving_is_told_so(house: House, *, has_rights: bool) -> None:
    team(house)
    await asked(house, has_rights=has_rights)
    told = await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    assert ("You confirmed that the team may train on these pictures." in told) is not has_rights
    rights = (await house.run()).rights
    assert rights
    assert rights.by == (ANN if has_rights else ADA)

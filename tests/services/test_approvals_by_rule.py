"""Who must approve, and what an approval is bound to."""

from dataclasses import replace

import pytest

from bot.asked import ballot_of
from bot.domain.audit import Did
from bot.domain.errors import Conflict, NotAllowed, NotUnderstood, Refused
from bot.domain.ids import UserId
from bot.domain.people import Kind, Person
from bot.domain.policy import Action, Rule, Scope, Step
from bot.domain.run import Stage
from bot.ports import Inspection
from tests.fakes import DATASET
from tests.house import ANN, BEN, CAT, RUN, T1, House
from tests.services.team import (
    BY_BRAND,
    BY_BUDGET,
    DAN,
    DESIGNERS,
    EVA,
    FAY,
    FINANCE,
    asked,
    cost,
    digits,
    done,
    is_told,
    join,
    money,
    ruled,
    sent,
    team,
    voters,
    words,
)

TWO = replace(BY_BRAND, count=2)


async def test_two_of_a_group_have_to_approve(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    told = await house.approvals.approve(RUN, house.by(BEN))
    assert told == "You approved Stellar. It still needs 1 more from brand."
    assert (await house.run()).stage is Stage.AWAITING
    await house.approve(BEN)
    assert (await house.run()).stage is Stage.AWAITING
    await house.approve(CAT)
    run = await house.run()
    assert (run.stage, run.decided_by, voters(run)) == (Stage.APPROVED, CAT, {BEN, CAT})


async def test_who_is_in_no_group_of_the_rule_does_not_decide(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    with pytest.raises(NotAllowed, match="for brand to decide; you are not among them"):
        await house.approve(EVA)
    with pytest.raises(NotAllowed, match="for brand to decide"):
        await house.approvals.reject(RUN, "too dear", house.by(EVA))


async def test_brand_decides_before_budget_does(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET)
    await asked(house)
    with pytest.raises(NotAllowed, match="not your turn yet: brand decides first"):
        await house.approve(EVA)
    await house.approve(BEN)
    with pytest.raises(NotAllowed, match="for budget to decide"):
        await house.approve(CAT)
    await house.approve(EVA)
    assert (await house.run()).stage is Stage.APPROVED
    assert (await done(house)).count(Did.APPROVED) == 2


async def test_nobody_passes_two_steps_alone(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET)
    join(house.people, FINANCE, BEN, EVA)
    await asked(house)
    await house.approve(BEN)
    with pytest.raises(NotAllowed, match="approved an earlier step"):
        await house.approve(BEN)
    assert (await house.run()).stage is Stage.AWAITING


@pytest.mark.parametrize("who", [BEN, EVA])
async def test_where_any_step_will_do_one_does(house: House, who: UserId) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET, any_step=True)
    await asked(house)
    await house.approve(who)
    assert (await house.run()).stage is Stage.APPROVED


async def test_a_silent_approver_may_approve(house: House) -> None:
    team(house).policy = ruled(replace(BY_BUDGET, silent=(DESIGNERS,)))
    await asked(house)
    await house.approve(BEN)
    assert (await house.run()).stage is Stage.APPROVED


async def test_who_asked_does_not_approve_though_they_are_of_the_group(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    await asked(house)
    with pytest.raises(NotAllowed, match="someone else has to decide"):
        await house.approve(ANN)
    with pytest.raises(NotAllowed, match="to take it back, cancel it"):
        await house.approvals.reject(RUN, "not now", house.by(ANN))


async def test_what_nobody_can_approve_is_refused_before_there_is_a_card(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    join(house.people, DESIGNERS, ANN)
    with pytest.raises(Refused, match="Nobody can approve this: “brand” does not name enough people"):
        await house.ask()
    await house.work(steps=2)
    assert house.slack.said == {}


async def test_where_the_only_approver_leaves_while_the_dataset_is_looked_at_it_is_said(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    join(house.people, DESIGNERS, BEN)
    await house.ask()
    join(house.people, DESIGNERS)
    await house.work()
    run = await house.run()
    assert run.stage is Stage.REFUSED
    assert "Nobody can approve this" in run.problems[0]


async def test_a_price_that_rose_since_the_card_is_a_new_approval(house: House) -> None:
    team(house).policy = ruled(TWO)
    await cost(house, 10.0, 12.0)
    await asked(house)
    await house.approve(BEN)
    seen = digits(await house.run())
    await cost(house, 10.0, 20.0)
    told = await house.approvals.approve(RUN, house.by(CAT, seen=seen))
    assert "price: $10.00 to $12.00 → $10.00 to $20.00" in told
    assert "Look at its card again" in told
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, set())
    assert run.ballot
    assert run.ballot.changed == ("price: $10.00 to $12.00 → $10.00 to $20.00",)
    for who in (BEN, CAT):
        await house.approvals.approve(RUN, house.by(who, seen=digits(run)))
    assert await money(house) == (0, 20.0)


async def test_a_price_that_fell_keeps_the_approvals(house: House) -> None:
    team(house).policy = ruled(TWO)
    await cost(house, 12.0)
    await asked(house)
    await house.approve(BEN)
    seen = digits(await house.run())
    house.policy = replace(house.policy, prices=replace(house.policy.prices, training=3.0))
    await cost(house, *(9.0 for _ in range(20)))
    await house.approvals.approve(RUN, house.by(CAT, seen=seen))
    assert (await house.run()).stage is Stage.APPROVED
    assert await money(house) == (0, 12.0)


async def test_a_changed_dataset_voids_what_was_approved_of_the_other(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    for who in (BEN, CAT):
        await house.approve(who)
    house.inspector.fingerprints = ["cd" * 32]
    house.inspector.answers = [Inspection(replace(DATASET, sha256="cd" * 32), b"sheet")]
    await sent(house)
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, set())
    assert run.ballot
    assert any(said.startswith("dataset: abab") for said in run.ballot.changed)
    await house.approve(DAN)
    assert (await house.run()).stage is Stage.AWAITING


async def test_new_rules_about_who_decides_void_the_votes_by_the_old_ones(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    await house.approve(BEN)
    house.policy = ruled(replace(BY_BRAND, count=3))
    told = await house.approvals.approve(RUN, house.by(CAT))
    assert "The rules about who decides have changed." in told
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, set())


async def test_new_rules_about_something_else_leave_the_votes_alone(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    await house.approve(BEN)
    pictures = Rule("pictures", Scope((Action.GENERATE,)), (Step("brand", (DESIGNERS,)),))
    house.policy = replace(ruled(TWO, hours=30), rules=(*ruled(TWO, hours=30).rules, pictures), quiet=(0, 1))
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.APPROVED


async def test_an_approval_can_be_taken_back_until_it_is_settled(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    await house.approve(BEN)
    assert "is taken back" in await house.approvals.retract(RUN, house.by(BEN))
    with pytest.raises(Refused, match="You have not approved Stellar"):
        await house.approvals.retract(RUN, house.by(BEN))
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.AWAITING
    await house.approve(DAN)
    with pytest.raises(Refused, match=f"approved by @{DAN} already"):
        await house.approvals.retract(RUN, house.by(CAT))


async def test_the_vote_of_who_left_the_group_no_longer_counts(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    await house.approve(BEN)
    join(house.people, DESIGNERS, CAT, DAN)
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.AWAITING
    with pytest.raises(NotAllowed):
        await house.approve(BEN)
    await house.approve(DAN)
    assert (await house.run()).stage is Stage.APPROVED


async def test_the_vote_of_who_left_the_workspace_no_longer_counts(house: House) -> None:
    house.policy = ruled(Step("two colleagues", count=2))
    await asked(house)
    await house.approve(BEN)
    house.people.people[BEN] = Person(BEN, Kind.DEACTIVATED)
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.AWAITING
    await house.approve(DAN)
    assert (await house.run()).stage is Stage.APPROVED


async def test_a_comment_is_kept_with_the_approval_and_in_the_audit(house: House) -> None:
    await asked(house)
    await house.approvals.approve(RUN, house.by(BEN), comment="  fits the spring line ")
    ballot = (await house.run()).ballot
    assert ballot
    assert [vote.comment for vote in ballot.votes] == ["fits the spring line"]
    assert await words(house, Did.APPROVED) == ["fits the spring line"]


async def test_what_nobody_decides_on_expires_and_can_be_asked_for_again(house: House) -> None:
    house.policy = ruled(Step("a colleague"), hours=3)
    await asked(house)
    house.clock.pass_time(hours=3)
    with pytest.raises(Refused, match="has expired: it was not decided in time"):
        await house.approve()
    await house.work(steps=6)
    assert (await house.run()).stage is Stage.EXPIRED
    assert is_told(house)
    await house.training.retry(RUN, who=ANN, workspace=T1, delivery=house.delivery())
    await house.work()
    assert (await house.styles.runs(T1))[0].stage is Stage.AWAITING


async def test_a_rejection_needs_a_reason_and_tells_who_asked(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET)
    await asked(house)
    with pytest.raises(NotUnderstood, match="needs a reason"):
        await house.approvals.reject(RUN, " ", house.by(BEN))
    await house.approvals.reject(RUN, " two foxes are wolves ", house.by(FAY))
    await house.work(steps=6)
    run = await house.run()
    assert (run.stage, run.reason, run.decided_by) == (Stage.REJECTED, "two foxes are wolves", FAY)
    assert is_told(house)


@pytest.mark.parametrize("digits", [8, 12, 64])
async def test_the_first_digits_of_what_is_asked_are_enough_to_approve_just_that(
    house: House, digits: int
) -> None:
    await asked(house)
    digest = ballot_of(await house.run()).digest
    await house.approvals.approve(RUN, house.by(BEN, seen=digest[:digits]))
    assert (await house.run()).stage is Stage.APPROVED


async def test_an_outdated_card_is_not_approved_and_typed_words_need_no_card(house: House) -> None:
    await asked(house)
    with pytest.raises(Conflict, match="look at its card again"):
        await house.approvals.approve(RUN, house.by(BEN, seen="0" * 12))
    with pytest.raises(Conflict):
        await house.approvals.approve(RUN, house.by(BEN, seen=""))
    digest = ballot_of(await house.run()).digest
    with pytest.raises(Conflict):
        await house.approvals.approve(RUN, house.by(BEN, seen=digest[:7]))
    assert (await house.run()).stage is Stage.AWAITING
    await house.approvals.approve(RUN, house.by(BEN, seen=None))
    assert (await house.run()).stage is Stage.APPROVED

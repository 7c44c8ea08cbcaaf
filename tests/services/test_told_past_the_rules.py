"""Who hears of it when an admin overrides a check or breaks the glass, and who looks at it afterwards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.ids import ChannelId, UserId
from bot.domain.message import Topic
from bot.domain.people import ADMINS, Party, Person
from bot.domain.policy import BUILT_IN, Action, Grant, Level, Policy, Role
from tests.house import ANN, BEN, CAT, PROPOSAL, RUN, House
from tests.services.team import ADA, BY_BRAND, BY_BUDGET, asked, checked, join, memos, ruled, team

WHY = "the fair is tomorrow"
IDA, ELSEWHERE = UserId("UIDA"), ChannelId("C2")


def two_admins(house: House, policy: Policy = BUILT_IN) -> House:
    """Let there be Ida too, who administers the workspace."""
    team(house).policy = replace(policy, quiet=(0, 0))
    house.people.people[IDA] = Person(IDA, is_admin=True)
    join(house.people, ADMINS, ADA, IDA)
    return house


async def test_where_anyone_may_decide_the_admins_who_asked_and_who_voted_are_told(house: House) -> None:
    rules = checked(Level.SOFT)
    two_admins(house, rules)
    await asked(house)
    await house.approve(BEN)
    await house.approvals.override(RUN, WHY, house.by(ADA))
    await house.work(steps=3)
    assert sorted(memos(house, Topic.OVERRIDDEN)) == [ANN, BEN, IDA]


async def test_where_nobody_has_to_approve_the_admins_and_who_asked_are_told(house: House) -> None:
    two_admins(house, replace(checked(Level.SOFT), rules=()))
    await asked(house)
    await house.approvals.override(RUN, WHY, house.by(ADA))
    await house.work(steps=3)
    assert sorted(memos(house, Topic.OVERRIDDEN)) == [ANN, IDA]


async def test_who_breaks_the_glass_reads_who_is_told_of_it(house: House) -> None:
    two_admins(house)
    await asked(house)
    told = await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    await house.work(steps=3)
    assert sorted(memos(house, Topic.GLASS_BROKEN)) == [ANN, IDA]
    assert "Told of it directly: @UANN and @UIDA." in told
    assert "asks somebody else whether it was right" in told


async def test_of_many_who_are_told_some_are_named(house: House) -> None:
    two_admins(house, ruled(BY_BRAND, BY_BUDGET))
    await asked(house)
    told = await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    assert "Told of it directly: @UANN, @UBEN and 4 others." in told
    await house.work(steps=3)
    assert IDA not in memos(house, Topic.GLASS_BROKEN)


async def test_an_admin_alone_reads_that_nobody_could_be_told_and_does_not_review_it(house: House) -> None:
    team(house).policy = BUILT_IN
    house.people.people[ANN] = Person(ANN, is_admin=True)
    join(house.people, ADMINS, ANN)
    await asked(house)
    told = await house.approvals.break_glass(RUN, WHY, house.by(ANN))
    assert "Nobody else could be told directly." in told
    with pytest.raises(NotAllowed):
        await house.approve(ANN, PROPOSAL)
    assert await house.approve(CAT, PROPOSAL) == "Noted: it was right."


async def test_who_broke_the_glass_never_reviews_it_whatever_the_rules_say(house: House) -> None:
    one_eye = replace(BUILT_IN.rules[2], four_eyes=False)
    two_admins(house, replace(BUILT_IN, rules=(*BUILT_IN.rules[:2], one_eye)))
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    with pytest.raises(NotAllowed, match="someone else has to look at it"):
        await house.approve(ADA, PROPOSAL)
    house.policy = replace(BUILT_IN, rules=())
    await house.approvals.approve(PROPOSAL, house.by(IDA))
    with pytest.raises(NotAllowed, match="someone else has to look at it"):
        await house.approve(ADA, PROPOSAL)


async def test_other_admins_are_reminded_of_a_review_that_anyone_may_do(house: House) -> None:
    two_admins(house)
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    house.clock.pass_time(hours=2)
    await house.work(steps=2)
    assert sorted(memos(house)) == [ADA, IDA]


async def test_a_review_by_a_group_is_reminded_of_there(house: House) -> None:
    two_admins(house, ruled(BY_BUDGET, action=Action.REVIEW))
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    house.clock.pass_time(minutes=timedelta(hours=2) / timedelta(minutes=1))
    await house.work(steps=2)
    assert sorted(memos(house)) == ["UEVA", "UFAY"]


@pytest.mark.parametrize("topic", [Topic.OVERRIDDEN, Topic.GLASS_BROKEN])
async def test_the_admins_who_are_told_are_those_whom_the_policy_makes_admins(
    house: House, topic: Topic
) -> None:
    boss, ops = UserId("UBOSS"), UserId("UOPS")
    grants = (Grant(Role.ADMIN, (Party(boss), Party(ops))), Grant(Role.ADMIN, (Party(BEN),), (ELSEWHERE,)))
    two_admins(house, replace(checked(Level.SOFT), grants=grants))
    await asked(house)
    deed = house.approvals.override if topic is Topic.OVERRIDDEN else house.approvals.break_glass
    await deed(RUN, WHY, house.by(ops))
    await house.work(steps=3)
    assert sorted(memos(house, topic)) == [ANN, boss]

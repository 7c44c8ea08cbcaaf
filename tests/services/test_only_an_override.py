"""Where all have approved and only an admin's override is missing, the admins are told and reminded."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ids import UserId
from bot.domain.message import Memo, Topic
from bot.domain.people import Party, Person
from bot.domain.policy import Action, Check, Grant, Level, Policy, Role, Scope
from bot.domain.run import Stage
from tests.fakes import rendered
from tests.house import ANN, BEN, BRAND, CAT, PICTURES, RUN, House
from tests.services.team import ADA, BY_BRAND, EVA, FAY, asked, checked, memos, ruled, team, trained

IDA = UserId("UIDA")
NO_FOXES = Check("foxes", Scope((Action.GENERATE,)), Level.SOFT, "No foxes.")


def objecting(*, rules: Policy | None = None) -> Policy:
    """Return rules by which it is never night, with a check that each training fails."""
    return replace(rules or ruled(BY_BRAND), checks=checked(Level.SOFT).checks, quiet=(0, 0))


async def wait(house: House, *, hours: int) -> None:
    """Let so much time pass, with a tick in every hour."""
    for _ in range(hours):
        house.clock.pass_time(hours=1)
        await house.work(steps=2)


async def test_once_all_have_approved_the_admins_are_told_and_reminded(house: House) -> None:
    team(house).policy = objecting()
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=2)
    assert memos(house, Topic.TURN) == [ADA]
    await wait(house, hours=2)
    assert memos(house) == [ADA]
    await house.approvals.override(RUN, "the fair", house.by(ADA))
    assert (await house.run()).stage is Stage.APPROVED


async def test_an_admin_who_has_approved_hears_that_their_override_is_missing(house: House) -> None:
    team(house).policy = objecting(rules=checked(Level.SOFT))
    await asked(house)
    await house.approve(ADA)
    await house.work(steps=2)
    assert memos(house, Topic.TURN) == [ADA]


async def test_who_administers_by_the_rules_of_the_channel_is_told(house: House) -> None:
    team(house).policy = objecting()
    grants = (Grant(Role.ADMIN, (Party(EVA),)), Grant(Role.ADMIN, (Party(FAY),), (BRAND,)))
    house.policy = replace(house.policy, grants=grants)
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=2)
    assert memos(house, Topic.TURN) == [FAY]


async def test_of_the_admins_those_who_are_there_are_told_and_all_where_none_is(house: House) -> None:
    team(house).policy = objecting()
    house.policy = replace(house.policy, grants=(Grant(Role.ADMIN, (Party(EVA), Party(FAY))),))
    until = (house.clock.now + timedelta(days=9)).date()
    await house.switches.away(until, CAT, house.by(EVA))
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=2)
    assert memos(house, Topic.TURN) == [FAY]
    await house.switches.away(until, None, house.by(FAY))
    await wait(house, hours=2)
    assert memos(house) == [EVA, FAY]


async def test_where_nobody_has_to_approve_the_admins_are_told_at_once_and_reminded(house: House) -> None:
    await trained(team(house))
    house.policy = replace(house.policy, rules=(), checks=(NO_FOXES,), quiet=(0, 0))
    await house.generate()
    await house.work(steps=2)
    assert memos(house, Topic.TURN) == [ADA]
    await wait(house, hours=3)
    assert memos(house, Topic.TURN) == [ADA]
    assert memos(house) == [ADA]
    house.images.looks = [rendered(4)]
    await house.approvals.override(PICTURES, "the fair", house.by(ADA))
    await wait(house, hours=9)
    assert memos(house, Topic.OVERRIDDEN) == [CAT]
    assert len(house.slack.of(Memo)) == 3


async def test_who_asked_is_not_told_to_override_it_where_another_has_to(house: House) -> None:
    team(house).policy = replace(objecting(), rules=())
    house.people.people[ANN] = Person(ANN, is_admin=True)
    house.policy = replace(house.policy, grants=(Grant(Role.ADMIN, (Party(ANN), Party(EVA))),))
    await asked(house)
    await house.work(steps=2)
    assert memos(house, Topic.TURN) == [EVA]


@pytest.mark.parametrize("hours", [8, 26])
async def test_nobody_but_admins_is_bothered_with_it(house: House, hours: int) -> None:
    rules = objecting()
    rule = replace(rules.rules[0], escalate_after=timedelta(hours=3), escalate_to=(Party(IDA),))
    team(house).policy = replace(rules, rules=(rule, *rules.rules[1:]))
    await asked(house)
    await house.approve(BEN)
    await wait(house, hours=hours)
    said = {one.message.user for one in house.slack.of(Memo) if isinstance(one.message, Memo)}
    assert said == {ADA}

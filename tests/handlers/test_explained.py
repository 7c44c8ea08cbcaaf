"""`/style policy explain` names who could decide just now, as far as Slack can list them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Unavailable
from bot.domain.ids import UserId
from bot.domain.people import EVERYONE, Party
from bot.domain.policy import BUILT_IN, Action, Case, Grant, Role, Rule, Scope, Step
from bot.services.deciders import Deciders
from tests.handlers.handlers_lab import Lab
from tests.house import BEN, BRAND, CAT
from tests.services.team import BY_BRAND, BY_BUDGET, DAN, DESIGNERS, EVA, FAY, join, ruled, team


@pytest.fixture
def at(lab: Lab) -> Lab:
    team(lab.house).policy = ruled(BY_BUDGET)
    return lab


async def explained(at: Lab, question: str = "train") -> str:
    return await at.types("/style", f"policy explain {question}")


async def test_the_people_of_each_step_are_named(at: Lab) -> None:
    assert f"Just now that could be <@{EVA}> or <@{FAY}>." in await explained(at)
    at.house.policy = ruled(BY_BUDGET, Step("heads", (Party(DAN),), silent=(Party(CAT),)))
    assert f"that could be <@{CAT}>, <@{DAN}>, <@{EVA}> or <@{FAY}>." in await explained(at)


async def test_only_those_are_named_who_may_approve_there(at: Lab) -> None:
    at.house.policy = replace(ruled(BY_BRAND), grants=(Grant(Role.APPROVE, (Party(BEN), Party(EVA))),))
    assert f"that could be <@{BEN}>." in await explained(at)
    anyone = Rule("anyone", Scope(), (Step("a colleague", (EVERYONE,)),))
    at.house.policy = replace(at.house.policy, rules=(anyone,))
    assert f"that could be <@{BEN}> or <@{EVA}>." in await explained(at)


async def test_of_what_is_asked_together_all_are_named(at: Lab) -> None:
    both = (*ruled(BY_BUDGET).rules, *ruled(Step("dan", (Party(DAN),)), action=Action.PUBLISH).rules)
    at.house.policy = replace(BUILT_IN, rules=both)
    assert f"that could be <@{DAN}>, <@{EVA}> or <@{FAY}>." in await explained(at, "publish")


async def test_for_who_is_away_their_delegate_is_named(at: Lab) -> None:
    until = at.house.clock.now.date() + timedelta(days=3)
    await at.house.switches.away(until, DAN, at.house.by(EVA))
    assert f"that could be <@{DAN}> or <@{FAY}>." in await explained(at)


async def test_of_a_crowd_a_few_are_named_and_the_others_counted(at: Lab) -> None:
    at.house.policy = ruled(BY_BRAND)
    join(at.house.people, DESIGNERS, *(UserId(f"U{n:03}") for n in range(100)))
    told = await explained(at)
    assert told.count("<@U") == 12
    assert "or 88 more." in told


@pytest.mark.parametrize("question", ["use", "promote"])
async def test_nobody_is_named_where_any_member_decides_or_nobody_has_to(at: Lab, question: str) -> None:
    assert "Just now" not in await explained(at, question)


async def test_while_slack_does_not_say_who_they_are_nobody_is_named(at: Lab) -> None:
    house = at.house
    house.people.silent = Unavailable("Slack does not answer.")
    case = Case(Action.TRAIN, BRAND)
    assert await Deciders(house.clerk).of(case, house.by(BEN), at=house.clock()) == []

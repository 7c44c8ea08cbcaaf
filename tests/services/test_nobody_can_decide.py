"""What nobody can approve is found out before it is asked, just after and later, and it is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import UserId
from bot.domain.message import Topic
from bot.domain.people import ADMINS, Kind, Party, Person
from bot.domain.policy import Action, Grant, Policy, Role, Step
from bot.domain.run import Stage
from tests.house import ANN, BEN, CAT, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    DAN,
    DESIGNERS,
    EVA,
    FAY,
    FINANCE,
    asked,
    join,
    memos,
    ruled,
    team,
    trained,
)

BY_ANN, BY_EVA = Step("ann", (Party(ANN),)), Step("eva", (Party(EVA),))


def escalating(*, after: int = 8, hours: int = 24) -> Policy:
    """Return rules by which ann decides, and after so many hours the admins too."""
    rules = ruled(BY_ANN, hours=hours)
    rule = replace(rules.rules[0], escalate_after=timedelta(hours=after), escalate_to=(ADMINS,))
    return replace(rules, rules=(rule, *rules.rules[1:]), quiet=(0, 0))


def awake(*steps: Step, action: Action = Action.TRAIN) -> Policy:
    """Return rules by which it is never night."""
    return replace(ruled(*steps, action=action), quiet=(0, 0))


async def away(house: House, who: UserId, stands_in: UserId | None) -> None:
    """Let somebody be away for as long as the tests last."""
    until = (house.clock.now + timedelta(days=30)).date()
    await house.switches.away(until, stands_in, house.by(who))


async def wait(house: House, *, hours: int) -> None:
    """Let so much time pass, with a tick in every hour."""
    for _ in range(hours):
        house.clock.pass_time(hours=1)
        await house.work(steps=2)


async def test_what_others_are_asked_about_in_time_is_not_refused(house: House) -> None:
    team(house).policy = escalating()
    await asked(house)
    await wait(house, hours=8)
    assert memos(house, Topic.ESCALATED) == [ADA]
    assert memos(house, Topic.STUCK) == []
    await house.approve(ADA)
    assert (await house.run()).stage is Stage.APPROVED


async def test_what_others_would_be_asked_about_too_late_is_refused(house: House) -> None:
    team(house).policy = escalating(after=24)
    with pytest.raises(Refused, match="“ann” does not name enough people"):
        await house.ask()


async def test_where_a_group_is_emptied_while_it_waits_who_asked_and_the_admins_are_told(
    house: House,
) -> None:
    team(house).policy = awake(BY_BRAND)
    await asked(house)
    join(house.people, DESIGNERS)
    await wait(house, hours=7)
    assert memos(house, Topic.STUCK) == [ADA, ANN]
    assert memos(house) == []
    join(house.people, DESIGNERS, BEN)
    await wait(house, hours=8)
    assert (memos(house), len(memos(house, Topic.STUCK))) == ([BEN], 2)


async def test_where_the_next_step_is_emptied_it_is_told_once_it_is_its_turn(house: House) -> None:
    team(house).policy = awake(BY_BRAND, BY_BUDGET)
    await asked(house)
    await house.approve(BEN)
    join(house.people, FINANCE)
    await house.work(steps=2)
    assert memos(house, Topic.STUCK) == [ADA, ANN]


async def test_who_administers_by_the_rules_is_told_that_nobody_can(house: House) -> None:
    team(house).policy = replace(awake(BY_BRAND), grants=(Grant(Role.ADMIN, (Party(EVA),)),))
    await asked(house)
    house.policy = replace(house.policy, rules=awake(BY_ANN).rules)
    await wait(house, hours=2)
    assert memos(house, Topic.STUCK) == [ANN, EVA]


async def test_where_the_only_approver_is_away_and_nobody_stands_in_who_asked_is_told(house: House) -> None:
    team(house).policy = awake(Step("ben", (Party(BEN),)))
    await away(house, BEN, None)
    await asked(house)
    await wait(house, hours=2)
    assert memos(house, Topic.STUCK) == [ADA, ANN]
    await house.approve(BEN)
    assert (await house.run()).stage is Stage.APPROVED


async def test_where_somebody_else_is_there_or_stands_in_nobody_is_told_that_it_is_stuck(
    house: House,
) -> None:
    team(house).policy = awake(BY_BUDGET)
    await away(house, EVA, None)
    await asked(house)
    await wait(house, hours=2)
    join(house.people, FINANCE, EVA)
    await away(house, EVA, DAN)
    await wait(house, hours=4)
    assert memos(house, Topic.STUCK) == []


async def test_two_who_are_away_and_stand_in_for_each_other_leave_nobody(house: House) -> None:
    team(house).policy = awake(BY_BUDGET)
    await away(house, EVA, FAY)
    await away(house, FAY, EVA)
    await asked(house)
    await wait(house, hours=4)
    assert memos(house, Topic.STUCK) == [ADA, ANN]


async def test_who_stands_in_does_not_count_without_the_role(house: House) -> None:
    team(house).policy = replace(awake(BY_EVA), grants=(Grant(Role.APPROVE, (FINANCE,)),))
    await away(house, EVA, DAN)
    await asked(house)
    await wait(house, hours=4)
    assert memos(house, Topic.STUCK) == [ADA, ANN]
    house.policy = replace(house.policy, grants=(Grant(Role.APPROVE, (FINANCE, Party(DAN))),))
    await wait(house, hours=4)
    assert memos(house, Topic.REMINDER) == [DAN]


async def test_who_stands_in_does_not_count_once_they_are_deactivated(house: House) -> None:
    team(house).policy = awake(BY_EVA)
    await away(house, EVA, DAN)
    house.people.people[DAN] = Person(DAN, Kind.DEACTIVATED)
    await asked(house)
    await wait(house, hours=7)
    assert memos(house, Topic.STUCK) == [ADA, ANN]
    assert memos(house, Topic.REMINDER) == []


async def test_who_stands_in_for_one_of_two_is_no_second_person(house: House) -> None:
    team(house).policy = awake(Step("money", BY_BUDGET.who, count=2))
    await away(house, EVA, FAY)
    await asked(house)
    await house.approve(FAY)
    await wait(house, hours=4)
    assert memos(house, Topic.STUCK) == [ADA, ANN]


async def test_nobody_stands_in_for_who_asked_and_is_away(house: House) -> None:
    team(house).policy = awake(BY_BRAND)
    await asked(house)
    join(house.people, DESIGNERS, ANN)
    await away(house, ANN, DAN)
    await wait(house, hours=4)
    assert memos(house, Topic.STUCK) == [ADA, ANN]


async def test_who_stands_in_does_not_count_where_they_asked(house: House) -> None:
    team(house).policy = awake(Step("ben", (Party(BEN),)))
    await away(house, BEN, ANN)
    await asked(house)
    await wait(house, hours=2)
    assert memos(house, Topic.STUCK) == [ADA, ANN]


async def test_who_has_voted_counts_though_they_went_away(house: House) -> None:
    team(house).policy = awake(Step("ben", (Party(BEN),)), BY_BUDGET)
    await asked(house)
    await house.approve(BEN)
    await away(house, BEN, None)
    await wait(house, hours=2)
    assert memos(house, Topic.STUCK) == []


async def test_pictures_that_nobody_can_approve_are_told_even_where_slack_was_silent(house: House) -> None:
    await trained(team(house))
    house.policy = awake(Step("cat", (Party(CAT),)), action=Action.GENERATE)
    house.people.silent = Unavailable("Slack does not answer.")
    assert "has to be approved first" in await house.generate()
    house.people.silent = None
    await house.work(steps=2)
    assert memos(house, Topic.STUCK) == [ADA, CAT]
    house.policy = replace(
        house.policy, rules=awake(Step("only cat", (Party(CAT),)), action=Action.GENERATE).rules
    )
    await wait(house, hours=3)
    assert memos(house, Topic.STUCK) == [ADA, CAT, ADA, CAT]  # once for each question

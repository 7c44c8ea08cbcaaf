"""What waits for people: whom it reminds, when, by whose clock, who is asked besides, and how it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit import Did
from bot.domain.errors import NotAllowed, Refused, Unavailable
from bot.domain.message import Memo, ProposalCard, RunCard, Topic
from bot.domain.people import EVERYONE, Kind, Party, Person
from bot.domain.policy import BUILT_IN, Level, Policy, Step
from bot.domain.run import Stage
from tests.house import ANN, BEN, BRAND, CAT, RUN, House
from tests.services.team import (
    BY_BRAND,
    BY_BUDGET,
    DAN,
    EVA,
    FAY,
    FINANCE,
    LEADS,
    asked,
    checked,
    done,
    is_told,
    join,
    memos,
    proposals,
    ruled,
    team,
    trained,
)

LATER = timedelta(hours=12)


async def wait(house: House, *, hours: float) -> None:
    """Let so much time pass, with a tick in every half an hour."""
    for _ in range(int(hours * 2)):
        house.clock.pass_time(minutes=30)
        await house.work(steps=2)


def awake(house: House) -> House:
    """Let it never be night."""
    house.policy = replace(house.policy, quiet=(0, 0))
    return team(house)


def escalated(*, after: int = 3, who: Party = LEADS) -> Policy:
    """Return rules by which the brand decides, and after so many hours others too."""
    rules = ruled(BY_BRAND)
    rule = replace(rules.rules[0], escalate_after=timedelta(hours=after), escalate_to=(who,))
    return replace(rules, rules=(rule, *rules.rules[1:]), quiet=(0, 0))


async def test_approvers_are_reminded_after_two_six_and_fourteen_hours(house: House) -> None:
    awake(house).policy = replace(ruled(BY_BUDGET), quiet=(0, 0))
    await asked(house)
    told = []
    for hours in (1.5, 0.5, 3.5, 0.5, 7.5, 0.5, 9):
        await wait(house, hours=hours)
        told.append(len(memos(house)))
    assert told == [0, 2, 2, 4, 4, 6, 6]
    assert set(memos(house)) == {EVA, FAY}
    numbers = [one.message.number for one in house.slack.of(Memo) if isinstance(one.message, Memo)]
    assert sorted(numbers) == [1, 1, 2, 2, 3, 3]


async def test_a_reminder_goes_to_each_approver_directly(house: House) -> None:
    awake(house).policy = ruled(BY_BUDGET)
    await asked(house)
    await wait(house, hours=2)
    assert {one.place.channel for one in house.slack.of(Memo)} == {f"D-{EVA}", f"D-{FAY}"}


async def test_who_asked_who_has_voted_and_who_is_silent_are_not_reminded(house: House) -> None:
    awake(house).policy = ruled(replace(BY_BRAND, count=2, silent=(Party(CAT),)))
    await asked(house)
    await house.approve(BEN)
    await wait(house, hours=2)
    assert memos(house) == [DAN]


async def test_who_left_the_workspace_is_not_reminded(house: House) -> None:
    awake(house).policy = ruled(BY_BUDGET)
    await asked(house)
    house.people.people[FAY] = Person(FAY, Kind.DEACTIVATED)
    await wait(house, hours=2)
    assert memos(house) == [EVA]


async def test_only_the_step_that_is_open_is_reminded(house: House) -> None:
    awake(house).policy = replace(ruled(BY_BRAND, BY_BUDGET), quiet=(0, 0))
    await asked(house)
    await wait(house, hours=2)
    assert set(memos(house)) == {BEN, CAT, DAN}
    await house.approve(BEN)
    await wait(house, hours=4)
    assert memos(house)[3:] == [EVA, FAY]


async def test_where_everybody_may_decide_only_who_asked_is_reminded(house: House) -> None:
    awake(house)
    await asked(house)
    await wait(house, hours=2)
    assert memos(house) == [ANN]


async def test_a_small_workspace_whose_people_can_be_listed_is_not_reminded_as_a_whole(house: House) -> None:
    house.people.groups[EVERYONE] = frozenset({ANN, BEN, CAT})
    house.policy = replace(BUILT_IN, quiet=(0, 0))
    await house.ask()
    await house.work()
    await wait(house, hours=3)
    assert memos(house) == [ANN]


async def test_who_votes_in_the_night_is_not_reminded_in_the_morning(house: House) -> None:
    rules = ruled(replace(BY_BUDGET, count=2))
    rule = replace(rules.rules[0], remind_after=timedelta(hours=7))
    team(house).policy = replace(rules, rules=(rule,))
    house.people.people[FAY] = Person(FAY, utc_offset=timedelta(hours=8))
    await asked(house)
    await wait(house, hours=8)
    assert memos(house) == [EVA]
    await house.approve(FAY)
    await wait(house, hours=5)
    assert memos(house) == [EVA]


async def test_nobody_is_reminded_at_night_by_their_own_clock(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    house.people.people[EVA] = Person(EVA, utc_offset=timedelta(hours=-5))
    house.people.people[FAY] = Person(FAY, utc_offset=timedelta(hours=8))
    await asked(house)
    await wait(house, hours=2)
    assert memos(house) == [EVA]  # 09:00 for her, 22:00 for Fay
    await wait(house, hours=9.5)
    assert FAY not in memos(house)
    await wait(house, hours=0.5)
    assert memos(house).count(FAY) == 1  # 08:00
    assert house.clock.now.hour == 0


async def test_a_night_that_begins_on_a_half_hour_clock_ends_on_it_too(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    for who in (EVA, FAY):
        house.people.people[who] = Person(who, utc_offset=timedelta(hours=5, minutes=30))
    house.clock.now = house.clock.now.replace(hour=16)
    await asked(house)
    await wait(house, hours=10)
    assert memos(house) == []
    await wait(house, hours=0.5)
    assert f"{house.clock.now:%H:%M}" == "02:30"
    assert EVA in memos(house)


async def test_after_a_while_others_are_asked_too_and_told(house: House) -> None:
    awake(house).policy = escalated()
    join(house.people, LEADS, EVA)
    await asked(house)
    with pytest.raises(NotAllowed):
        await house.approve(EVA)
    await wait(house, hours=3)
    assert memos(house, Topic.ESCALATED) == [EVA]
    await house.approve(EVA)
    assert (await house.run()).stage is Stage.APPROVED


async def test_it_is_escalated_once_and_the_votes_so_far_hold(house: House) -> None:
    awake(house).policy = escalated()
    rule = replace(house.policy.rules[0], steps=(replace(BY_BRAND, count=2),))
    house.policy = replace(house.policy, rules=(rule, *BUILT_IN.rules))
    join(house.people, LEADS, EVA)
    await asked(house)
    await house.approve(BEN)
    await wait(house, hours=20)
    assert memos(house, Topic.ESCALATED) == [EVA]
    await house.approve(EVA)
    assert (await house.run()).stage is Stage.APPROVED


async def test_once_escalated_those_who_were_asked_besides_are_reminded_as_well(house: House) -> None:
    awake(house).policy = escalated()
    join(house.people, LEADS, EVA)
    await asked(house)
    await wait(house, hours=6)
    assert memos(house) == [BEN, CAT, DAN, BEN, CAT, DAN, EVA]


async def test_who_asked_is_not_asked_by_an_escalation_either(house: House) -> None:
    awake(house).policy = escalated()
    join(house.people, LEADS, ANN, EVA)
    await asked(house)
    await wait(house, hours=4)
    assert memos(house, Topic.ESCALATED) == [EVA]


async def test_who_is_away_is_not_told_of_an_escalation_but_who_stands_in_is(house: House) -> None:
    awake(house).policy = escalated()
    join(house.people, LEADS, EVA)
    until = (house.clock.now + timedelta(days=9)).date()
    await house.switches.away(until, FAY, house.by(EVA))
    await asked(house)
    await wait(house, hours=3)
    assert memos(house, Topic.ESCALATED) == [FAY]


async def test_what_nobody_decides_on_ends_with_its_card_and_tells_who_asked(house: House) -> None:
    awake(house).policy = ruled(BY_BUDGET, hours=5)
    await asked(house)
    await wait(house, hours=5)
    await house.work(steps=6)
    assert (await house.run()).stage is Stage.EXPIRED
    [card] = house.slack.of(RunCard)
    assert card.states[-1] == await house.run()
    assert is_told(house)
    assert (await done(house))[-1] is Did.EXPIRED


async def test_after_it_is_decided_nobody_is_reminded(house: House) -> None:
    awake(house).policy = replace(ruled(BY_BUDGET), quiet=(0, 0))
    await asked(house)
    await wait(house, hours=2)
    await house.approvals.reject(RUN, "not now", house.by(EVA))
    await wait(house, hours=30)
    assert len(memos(house)) == 2
    assert (await house.run()).stage is Stage.REJECTED


async def test_a_reminder_that_waited_for_the_morning_is_not_said_once_it_is_decided(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    house.people.people[FAY] = Person(FAY, utc_offset=timedelta(hours=8))
    await asked(house)
    await wait(house, hours=3)
    await house.approve(EVA)
    await wait(house, hours=12)
    assert memos(house) == [EVA]


async def test_a_silent_slack_delays_a_reminder_and_nothing_is_lost(house: House) -> None:
    awake(house).policy = replace(ruled(BY_BUDGET), quiet=(0, 0))
    await asked(house)
    house.people.silent = Unavailable("Slack does not answer.")
    await wait(house, hours=5)
    assert memos(house) == []
    assert (await house.run()).stage is Stage.AWAITING
    house.people.silent = None
    await wait(house, hours=0.5)
    assert memos(house) == [EVA, FAY]
    await wait(house, hours=1)
    assert memos(house) == [EVA, FAY, EVA, FAY]


async def test_while_slack_is_silent_it_still_expires(house: House) -> None:
    awake(house).policy = ruled(BY_BUDGET, hours=5)
    await asked(house)
    house.people.silent = Unavailable("Slack does not answer.")
    await wait(house, hours=6)
    assert (await house.run()).stage is Stage.EXPIRED


async def test_many_ticks_are_one_reminder(house: House) -> None:
    awake(house).policy = ruled(BY_BUDGET)
    await asked(house)
    house.clock.pass_time(hours=2)
    await house.work(steps=20)
    assert memos(house) == [EVA, FAY]


async def test_a_bot_that_slept_for_half_a_day_reminds_of_each_once_at_most(house: House) -> None:
    awake(house).policy = replace(ruled(BY_BUDGET), quiet=(0, 0))
    await asked(house)
    house.clock.pass_time(hours=13)
    await house.work(steps=20)
    assert len(memos(house)) <= 4
    assert (await house.run()).stage is Stage.AWAITING


async def test_a_proposal_is_reminded_of_and_expires_alike(house: House) -> None:
    team(house)
    await trained(house)
    rule = replace(BUILT_IN.rules[1], steps=(Step("budget", (FINANCE,)),), expires=LATER)
    promote = replace(rule, scope=replace(rule.scope, actions=()))
    house.policy = replace(BUILT_IN, rules=(promote,), quiet=(0, 0))
    await house.proposals.use("stellar", house.by(BEN), channel=BRAND)
    await wait(house, hours=2.5)
    assert memos(house) == [EVA, FAY]
    await wait(house, hours=10)
    assert await proposals(house) == []
    [card] = house.slack.of(ProposalCard)
    assert card.states[-1] == await house.proposal()
    assert (await house.proposal()).decided_by is None
    with pytest.raises(Refused, match="is expired already"):
        await house.approvals.approve((await house.proposal()).id, house.by(EVA))


async def test_what_is_forbidden_by_now_expires_when_it_would_have(house: House) -> None:
    team(house)
    await asked(house)
    house.policy = replace(checked(Level.HARD), quiet=(0, 0))
    house.clock.pass_time(minutes=130)
    for _ in range(21):
        await house.work()
        house.clock.pass_time(hours=1)
    await house.work()
    assert (await house.run()).stage is Stage.AWAITING
    house.clock.pass_time(minutes=50)
    await house.work()
    assert (await house.run()).stage is Stage.EXPIRED

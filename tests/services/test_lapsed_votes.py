"""Approvals of people who have left those who decide: once somebody decides, the card says so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit import Did
from bot.domain.errors import NotAllowed
from bot.domain.people import Kind, Person
from bot.domain.policy import Grant, Role
from bot.domain.run import Run, Stage
from bot.slack.voting import who_decides
from tests.house import ANN, BEN, CAT, T1, House
from tests.services.team import (
    BY_BRAND,
    BY_BUDGET,
    DAN,
    DESIGNERS,
    EVA,
    FAY,
    LEADS,
    asked,
    digits,
    join,
    ruled,
    team,
    voters,
)


@pytest.fixture
async def left(house: House) -> House:
    """Let ben approve for the brand, before the money is asked, and leave the brand."""
    team(house).policy = ruled(BY_BRAND, BY_BUDGET)
    await asked(house)
    await house.approve(BEN)
    join(house.people, DESIGNERS, ANN, CAT, DAN)
    return house


async def test_who_is_sent_back_finds_the_card_saying_who_decides(left: House) -> None:
    before = await left.run()
    assert before.ballot
    assert "✓ approved: *brand*" in who_decides(before.ballot)
    with pytest.raises(NotAllowed, match="brand decides first"):
        await left.approve(EVA)
    after = await left.run()
    assert after.ballot
    assert "▸ open now: *brand*" in who_decides(after.ballot)
    assert (voters(after), digits(after)) == (set(), digits(before))
    left.clock.pass_time(minutes=1)
    await left.work()
    drawn = left.slack.said["1.0"].states[-1]
    assert isinstance(drawn, Run)
    assert voters(drawn) == set()


async def test_the_audit_says_that_the_vote_was_lost_and_not_taken_back(left: House) -> None:
    with pytest.raises(NotAllowed):
        await left.approve(EVA)
    rows = await left.store.read(lambda tx: tx.audit.recent(T1, limit=3))
    assert (BEN, Did.LOST_VOTE) in [(row.who, row.did) for row in rows]
    assert Did.RETRACTED not in [row.did for row in rows]


async def test_a_step_of_two_counts_those_only_who_are_still_there(house: House) -> None:
    team(house).policy = ruled(replace(BY_BRAND, count=2))
    await asked(house)
    await house.approve(BEN)
    house.people.people[BEN] = Person(BEN, Kind.DEACTIVATED)
    assert "1 more from brand" in await house.approve(CAT)
    assert voters(await house.run()) == {CAT}
    await house.approve(DAN)
    assert (await house.run()).stage is Stage.APPROVED


async def test_votes_that_count_stay_whatever_is_refused(house: House) -> None:
    team(house).policy = ruled(replace(BY_BRAND, count=2))
    run = await asked(house)
    await house.approve(BEN)
    with pytest.raises(NotAllowed):
        await house.approve(EVA)
    assert voters(await house.run()) == {BEN}
    assert run.ballot


async def test_the_vote_of_a_stand_in_who_may_not_decide_any_more_lapses_like_anybodys(house: House) -> None:
    rules = ruled(replace(BY_BRAND, count=2))
    team(house).policy = replace(rules, grants=(Grant(Role.APPROVE, (DESIGNERS, LEADS)),))
    join(house.people, LEADS, EVA)
    until = (house.clock.now + timedelta(days=5)).date()
    await house.switches.away(until, EVA, house.by(CAT))
    await asked(house)
    await house.approve(EVA)
    assert voters(await house.run()) == {EVA}
    join(house.people, LEADS, FAY)
    with pytest.raises(NotAllowed):
        await house.approve(EVA)
    assert "1 more from brand" in await house.approve(BEN)
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, {BEN})
    await house.approve(DAN)
    assert (await house.run()).stage is Stage.APPROVED

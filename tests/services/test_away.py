"""Who is away, who stands in for them, and for how long."""

from datetime import date, timedelta

import pytest

from bot.domain.audit import Did
from bot.domain.errors import NotAllowed, NotUnderstood
from bot.domain.ids import UserId
from bot.domain.policy import Step
from bot.domain.run import Stage
from tests.house import ANN, BEN, RUN, House
from tests.services.team import (
    BY_BRAND,
    BY_BUDGET,
    DAN,
    DESIGNERS,
    EVA,
    FAY,
    STRANGERS,
    asked,
    done,
    join,
    memos,
    ruled,
    team,
    voters,
)


def back(house: House, *, days: int = 5) -> date:
    """Return the first day of being back."""
    return (house.clock.now + timedelta(days=days)).date()


async def away(house: House, who: UserId, delegate: UserId | None = None, *, days: int = 5) -> str:
    """Let somebody be away."""
    return await house.switches.away(back(house, days=days), delegate, house.by(who))


async def test_a_delegate_decides_in_the_place_of_who_is_away(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    join(house.people, BY_BUDGET.who[0], EVA)
    told = await away(house, EVA, BEN)
    assert told == (
        f"You are away until 2026-11-26: you are not reminded, and @{BEN} may decide in your place, "
        "where they may decide at all."
    )
    await asked(house)
    await house.approve(BEN)
    run = await house.run()
    assert (run.stage, run.decided_by) == (Stage.APPROVED, BEN)
    assert run.ballot
    assert [(vote.by, vote.seat) for vote in run.ballot.votes] == [(BEN, EVA)]


async def test_a_delegate_may_reject_too(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    await away(house, EVA, BEN)
    await asked(house)
    await house.approvals.reject(RUN, "too dear", house.by(BEN))
    assert (await house.run()).stage is Stage.REJECTED


async def test_who_stands_in_for_nobody_of_the_group_does_not_decide(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    await away(house, BEN, DAN)
    await asked(house)
    with pytest.raises(NotAllowed, match="for budget to decide"):
        await house.approve(DAN)


async def test_a_delegate_of_two_has_one_vote_and_the_place_is_taken_once(house: House) -> None:
    team(house).policy = ruled(Step("money", BY_BUDGET.who, count=2))
    for who in (EVA, FAY):
        await away(house, who, BEN)
    await asked(house)
    await house.approve(BEN)
    await house.approve(BEN)
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, {BEN})
    await house.approve(FAY)
    assert (await house.run()).stage is Stage.APPROVED


async def test_who_is_away_and_who_stands_in_are_one_place(house: House) -> None:
    team(house).policy = ruled(Step("money", BY_BUDGET.who, count=2))
    await away(house, EVA, BEN)
    await asked(house)
    await house.approve(BEN)
    await house.approve(EVA)
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, {EVA})
    with pytest.raises(NotAllowed, match="Whom you stand in for has approved already"):
        await house.approve(BEN)


async def test_who_asked_does_not_approve_as_a_delegate(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    await away(house, EVA, ANN)
    await asked(house)
    with pytest.raises(NotAllowed, match="someone else has to decide"):
        await house.approve(ANN)


async def test_nobody_stands_in_for_who_asked(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    join(house.people, DESIGNERS, ANN, DAN)
    await away(house, ANN, EVA)
    await asked(house)
    with pytest.raises(NotAllowed, match="for brand to decide"):
        await house.approve(EVA)


async def test_a_guest_who_stands_in_decides_nothing(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    for stranger in STRANGERS.values():
        house.people.people[stranger.id] = stranger
        await away(house, EVA, stranger.id)
        if stranger is next(iter(STRANGERS.values())):
            await asked(house)
        with pytest.raises(NotAllowed, match="can neither ask for nor decide"):
            await house.approve(stranger.id)


async def test_the_delegate_is_reminded_instead(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    await away(house, EVA, BEN)
    await asked(house)
    house.clock.pass_time(hours=2)
    await house.work(steps=2)
    assert memos(house) == [BEN, FAY]


async def test_who_names_somebody_who_is_away_too_reads_that_they_do_not_decide_either(house: House) -> None:
    await away(house, FAY, EVA, days=3)
    assert await away(house, EVA, FAY) == (
        f"You are away until 2026-11-26: you are not reminded. @{FAY} is away too, until 2026-11-24: before "
        "that nobody is reminded in your place, so name somebody else where it cannot wait."
    )


async def test_where_nobody_stands_in_the_others_are_reminded(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    assert "nobody stands in for you" in await away(house, EVA)
    await asked(house)
    house.clock.pass_time(hours=2)
    await house.work(steps=2)
    assert memos(house) == [FAY]


async def test_back_again_they_decide_for_themselves_and_the_delegate_does_not(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    await away(house, EVA, BEN)
    await asked(house)
    assert await house.switches.back(house.by(EVA)) == "Welcome back: you decide for yourself again."
    assert await house.switches.back(house.by(EVA)) == "You were not away."
    with pytest.raises(NotAllowed):
        await house.approve(BEN)
    await house.approve(EVA)
    kept = [did for did in await done(house, "") if did in {Did.WENT_AWAY, Did.CAME_BACK}]
    assert kept == [Did.WENT_AWAY, Did.CAME_BACK]


async def test_on_the_day_of_being_back_the_absence_is_over(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET, hours=100)
    await away(house, EVA, BEN, days=1)
    await asked(house)
    house.clock.pass_time(hours=12)
    with pytest.raises(NotAllowed):
        await house.approve(BEN)


async def test_the_newer_absence_holds(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    await away(house, EVA, BEN)
    await away(house, EVA, DAN)
    await asked(house)
    with pytest.raises(NotAllowed):
        await house.approve(BEN)
    await house.approve(DAN)
    assert (await house.run()).stage is Stage.APPROVED


@pytest.mark.parametrize("days", [0, -3, 400])
async def test_a_day_of_being_back_that_cannot_be_meant_is_asked_for_again(house: House, days: int) -> None:
    with pytest.raises(NotUnderstood, match="Give the first day you are back"):
        await away(house, EVA, BEN, days=days)


async def test_nobody_stands_in_for_themselves(house: House) -> None:
    with pytest.raises(NotUnderstood, match="Name somebody else"):
        await away(house, EVA, EVA)

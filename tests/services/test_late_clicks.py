"""Many who click at once, clicks that come late, and what was asked before there were ballots."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.audit import Did
from bot.domain.errors import HousestyleError, Refused
from bot.domain.ids import UserId
from bot.domain.run import Run, Stage
from tests.fakes import DATASET
from tests.house import BEN, CAT, RUN, House, wanted
from tests.services.team import BY_BRAND, asked, cost, digits, done, money, ruled, sent, team, voters

TWO = replace(BY_BRAND, count=2)
CROWD = [UserId(f"UCROWD{n:03}") for n in range(50)]


async def test_what_was_asked_before_there_were_ballots_is_opened_by_the_first_click(house: House) -> None:
    team(house).policy = ruled(TWO)
    old = replace(Run.requested(RUN, wanted(), at=house.clock.now), stage=Stage.AWAITING, dataset=DATASET)
    await house.store.write(lambda tx: tx.runs.add(old))
    await house.work()
    assert (await house.run()).ballot is None
    await house.approve(BEN)
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, {BEN})
    assert await done(house) == [Did.OPENED, Did.APPROVED]
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.APPROVED


async def results(house: House, people: list[UserId]) -> list[str]:
    """Return what each is told who approves at the same time as the others, the approval last."""

    async def one(who: UserId) -> str:
        try:
            return await house.approvals.approve(RUN, house.by(who))
        except HousestyleError as no:
            return str(no)

    told = await asyncio.gather(*map(one, people))
    return sorted(told, key=lambda answer: answer.startswith("You approved"))


async def test_of_fifty_who_click_at_once_one_approves_and_the_others_are_told_who(house: House) -> None:
    await asked(house)
    *late, done_by = await results(house, CROWD)
    who = (await house.run()).decided_by
    assert who in CROWD
    assert done_by.startswith("You approved Stellar")
    assert [told.split(":")[0] for told in late] == [f"Stellar was approved by @{who} already"] * 49
    assert (await done(house)).count(Did.GRANTED) == 1


async def test_two_hundred_clicks_are_one_charge(house: House) -> None:
    await cost(house, 12.0)
    await asked(house)
    await results(house, CROWD * 4)
    assert await money(house) == (0, 12.0)
    run = await sent(house)
    assert run.stage is Stage.TRAINING
    assert len(house.trainer.charges) == 1
    assert [did for did in await done(house) if did is Did.RESERVED] == [Did.RESERVED]


async def test_a_click_that_slack_delivers_a_hundred_times_is_one_vote(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    click = house.by(BEN)
    told = await asyncio.gather(*(house.approvals.approve(RUN, click) for _ in range(100)))
    assert set(told) == {"You approved Stellar. It still needs 1 more from brand."}
    assert (await done(house)).count(Did.APPROVED) == 1


async def test_late_clicks_are_told_who_decided_whatever_was_decided(house: House) -> None:
    await asked(house)
    await house.approvals.reject(RUN, "not now", house.by(BEN))
    late = (
        house.approvals.approve(RUN, house.by(CAT)),
        house.approvals.reject(RUN, "nor ever", house.by(CAT)),
        house.approvals.retract(RUN, house.by(CAT)),
        house.approvals.override(RUN, "but", house.by(CAT)),
    )
    for one in late:
        with pytest.raises(Refused, match=f"Stellar is rejected by @{BEN} already"):
            await one


async def test_a_card_of_last_month_says_why_it_does_nothing(house: House) -> None:
    seen = digits(await asked(house))
    house.clock.pass_time(days=30)
    await house.work(steps=2)
    with pytest.raises(Refused, match="Stellar is expired already; nothing more can be decided"):
        await house.approvals.approve(RUN, house.by(BEN, seen=seen))

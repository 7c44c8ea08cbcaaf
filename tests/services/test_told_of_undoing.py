"""An approval that somebody takes back before it is paid: who is told, and what the card says."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.facts import Signed
from bot.domain.message import Memo, Topic
from bot.domain.policy import Action
from bot.domain.run import Stage
from bot.slack.views import render
from tests.house import ANN, BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, House
from tests.services.team import ADA, BY_BRAND, DAN, asked, ruled, sent, team, trained
from tests.services.test_told_beside_a_card import run_shown
from tests.services.test_who_is_told import TWO, all_told, awake


async def undone(house: House) -> None:
    """Have ann's training approved by ben and cat, and taken back by ada."""
    team(house).policy = awake(TWO)
    await asked(house)
    await house.approve(BEN)
    await house.approve(CAT)
    await house.approvals.undo(RUN, house.by(ADA))


async def test_who_had_approved_and_who_asked_are_told_that_it_was_taken_back(house: House) -> None:
    await undone(house)
    await house.work(steps=3)
    assert sorted(all_told(house)) == [(who, Topic.UNDONE) for who in (ANN, BEN, CAT)]


async def test_who_takes_it_back_needs_not_be_told(house: House) -> None:
    team(house).policy = awake(TWO)
    await asked(house)
    await house.approve(BEN)
    await house.approve(CAT)
    await house.approvals.undo(RUN, house.by(CAT))
    await house.work(steps=3)
    assert sorted(all_told(house)) == [(ANN, Topic.UNDONE), (BEN, Topic.UNDONE)]


async def test_the_card_says_who_took_the_approval_back_until_it_is_approved_again(house: House) -> None:
    await undone(house)
    house.clock.pass_time(minutes=1)
    await house.work(steps=2)
    assert "<@UADA> took the approval back" in run_shown(house)
    assert (await house.run()).undone == Signed(ADA, house.clock.now - timedelta(minutes=1))
    await house.approve(BEN)
    await house.approve(CAT)
    house.clock.pass_time(seconds=20)
    await house.work()
    run = await house.run()
    assert (run.stage, run.undone) == (Stage.APPROVED, None)
    assert "took the approval back" not in run_shown(house)


async def test_it_is_not_told_once_it_is_approved_again(house: House) -> None:
    await undone(house)
    await house.approve(BEN)
    await house.approve(CAT)
    await house.work(steps=3)
    assert all_told(house) == []


async def test_a_voter_reads_who_it_was_and_may_approve_at_once(house: House) -> None:
    await undone(house)
    await house.work(steps=3)
    told = house.slack.of(Memo)
    assert told
    for said in told:
        drawn = render(said.message, said.states[-1], now=house.clock.now)
        assert "<@UADA> took the approval back" in drawn.text
        assert isinstance(said.message, Memo)
        assert ("run.approve" in str(drawn.blocks)) is (said.message.user != ANN)


async def approved_pictures(house: House) -> None:
    """Have cat's pictures approved by dan."""
    await trained(team(house))
    house.policy = ruled(BY_BRAND, action=Action.GENERATE)
    await house.generate()
    await house.approve(DAN, PICTURES)


async def test_who_takes_back_pictures_that_were_not_sent_yet_reads_how_they_are_stopped(
    house: House,
) -> None:
    await approved_pictures(house)
    with pytest.raises(Refused, match="Pictures are stopped by `/style cancel GEN0000001`: who asked, who"):
        await house.approvals.undo(PICTURES, house.by(DAN))
    await house.stopping.cancel(PICTURES, house.by(DAN))
    with pytest.raises(Refused, match=r"cannot be taken back any more \(failed\)\."):
        await house.approvals.undo(PICTURES, house.by(DAN))


async def test_pictures_that_were_sent_are_not_said_to_be_stopped(house: House) -> None:
    await approved_pictures(house)
    await sent(house)
    with pytest.raises(Refused, match=r"cannot be taken back any more \(rendering\)\."):
        await house.approvals.undo(PICTURES, house.by(DAN))


async def test_who_takes_back_what_still_waits_reads_how_to_take_their_own_approval_back(
    house: House,
) -> None:
    await trained(team(house))
    house.policy = ruled(BY_BRAND, action=Action.PROMOTE)
    await house.proposals.use("stellar", house.by(BEN), channel=BRAND)
    with pytest.raises(Refused, match="Stellar@1 still waits: `/style retract PRO0000001` takes your own"):
        await house.approvals.undo(PROPOSAL, house.by(DAN))

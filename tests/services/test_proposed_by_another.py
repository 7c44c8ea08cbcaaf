"""Pictures that another than their maker proposes for use: who is named, who decides, who may stop it."""

import pytest

from bot.domain.audit import Did
from bot.domain.errors import NotAllowed, Refused
from bot.domain.policy import Action
from bot.domain.proposal import Stage
from tests.house import BEN, CAT, PICTURES, PROPOSAL, T1, House
from tests.services.team import BY_BRAND, DAN, EVA, FAY, drawn, proposals, ruled, team


@pytest.fixture
async def proposed(house: House) -> House:
    """Let eva, who is not of the brand, propose a picture that cat asked for; the brand decides."""
    await drawn(team(house))
    house.policy = ruled(BY_BRAND, action=Action.USE)
    await house.proposals.clear(PICTURES, [1], house.by(EVA))
    return house


async def who_asked(house: House) -> list[object]:
    rows = await house.store.read(lambda tx: tx.audit.recent(T1, limit=20))
    return [row.who for row in rows if row.did is Did.ASKED and row.about == PROPOSAL]


async def test_it_is_who_proposed_it_that_asks(proposed: House) -> None:
    proposal = await proposed.proposal()
    assert (proposal.request.requester, proposal.asked_by) == (CAT, EVA)
    assert await who_asked(proposed) == [EVA]


async def test_who_proposed_it_may_take_it_back_and_so_may_the_maker(proposed: House) -> None:
    with pytest.raises(NotAllowed):
        await proposed.stopping.cancel(PROPOSAL, proposed.by(FAY))
    assert "no longer proposed" in await proposed.stopping.cancel(PROPOSAL, proposed.by(EVA))
    await proposed.proposals.clear(PICTURES, [1], proposed.by(EVA))
    (again,) = await proposals(proposed)
    assert "no longer proposed" in await proposed.stopping.cancel(again.id, proposed.by(CAT))


async def test_neither_the_maker_nor_who_proposed_it_is_the_colleague_who_decides(proposed: House) -> None:
    for who, why in ((CAT, "someone else has to decide"), (EVA, "for brand to decide")):
        with pytest.raises(NotAllowed, match=why):
            await proposed.approvals.approve(PROPOSAL, proposed.by(who))
    await proposed.approve(BEN, PROPOSAL)
    assert (await proposed.proposal()).stage is Stage.GRANTED


async def test_the_same_pictures_are_not_proposed_twice_whoever_does(proposed: House) -> None:
    for who in (FAY, CAT):
        with pytest.raises(Refused, match="proposed already"):
            await proposed.proposals.clear(PICTURES, [1], proposed.by(who))


async def test_who_may_decide_and_asks_has_approved_and_the_audit_says_so(house: House) -> None:
    await drawn(team(house))
    house.policy = ruled(BY_BRAND, action=Action.USE)
    assert "Approved for use" in await house.proposals.clear(PICTURES, [1], house.by(DAN))
    rows = await house.store.read(lambda tx: tx.audit.recent(T1, limit=20, about=PROPOSAL))
    assert {row.who for row in rows} == {DAN}


async def test_who_made_the_pictures_proposes_them_in_their_own_name(house: House) -> None:
    await drawn(team(house))
    await house.proposals.clear(PICTURES, [1], house.by(CAT))
    proposal = await house.proposal()
    assert (proposal.request.proposed_by, proposal.asked_by) == (None, CAT)

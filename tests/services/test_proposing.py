"""What is proposed before it is done: a version for a channel, and pictures for use."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain.audit import Did
from bot.domain.errors import HousestyleError, NotAllowed, NotUnderstood, Refused
from bot.domain.ids import ProposalId, UserId
from bot.domain.message import ProposalCard
from bot.domain.policy import BUILT_IN, Action, Check, Level, Scope
from bot.domain.proposal import Stage
from tests.house import ANN, BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, T1, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    DAN,
    DESIGNERS,
    EVA,
    asked,
    done,
    drawn,
    join,
    money,
    proposals,
    ruled,
    team,
    trained,
)

PROMOTION = ruled(BY_BRAND, action=Action.PROMOTE)


async def default(house: House) -> str | None:
    """Return what the channel draws in."""
    version = (await house.styles.all(T1, BRAND))[1]
    return version.label if version else None


async def proposed(house: House, who: UserId = BEN) -> str:
    """Have somebody propose Stellar for the channel, where the brand decides on that."""
    await trained(team(house))
    house.policy = PROMOTION
    return await house.proposals.use("stellar", house.by(who), channel=BRAND)


async def clear(house: House, who: UserId, *places: int) -> str:
    """Have somebody approve pictures for use."""
    return await house.proposals.clear(PICTURES, places, house.by(who))


async def cleared(house: House) -> list[str]:
    """Return which pictures may be used."""
    return sorted(await house.store.read(lambda tx: tx.library.cleared(PICTURES)))


async def test_without_a_rule_a_version_is_the_default_at_once(house: House) -> None:
    await trained(house)
    told = await house.proposals.use("stellar", house.by(BEN), channel=BRAND)
    assert told == "This channel now draws in Stellar@1."
    assert (await default(house), await proposals(house)) == ("Stellar@1", [])
    assert await done(house, "acme:stellar@1") == [Did.PROMOTED]


async def test_with_a_rule_a_version_is_proposed_and_others_decide(house: House) -> None:
    told = await proposed(house)
    assert "Stellar@1" in told
    assert "card says who decides" in told
    await house.work(steps=2)
    assert len(house.slack.of(ProposalCard)) == 1
    assert await default(house) is None
    with pytest.raises(NotAllowed, match="someone else has to decide"):
        await house.approvals.approve(PROPOSAL, house.by(BEN))
    with pytest.raises(NotAllowed, match="for brand to decide"):
        await house.approvals.approve(PROPOSAL, house.by(EVA))
    granted = await house.approvals.approve(PROPOSAL, house.by(CAT))
    assert granted == "Stellar@1 is the default of #C1 now."
    assert await default(house) == "Stellar@1"
    assert (await house.proposal()).stage is Stage.GRANTED


async def test_who_breaks_the_glass_for_a_default_reads_of_which_channel(house: House) -> None:
    await proposed(house)
    told = await house.approvals.break_glass(PROPOSAL, "the fair is near", house.by(ADA))
    assert told.startswith("Stellar@1 is the default of #C1 now. ")


async def test_the_button_under_a_run_proposes_as_the_words_do(house: House) -> None:
    await trained(team(house))
    house.policy = PROMOTION
    await house.proposals.use_run(RUN, house.by(BEN), channel=BRAND)
    assert (await house.proposal()).label == "Stellar@1"
    with pytest.raises(Refused, match=r"proposed already.*`PRO0000001`"):
        await house.proposals.use("stellar@1", house.by(CAT), channel=BRAND)


async def test_a_run_that_made_no_version_is_no_default(house: House) -> None:
    await asked(house)
    with pytest.raises(Refused, match="there is no version to draw in"):
        await house.proposals.use_run(RUN, house.by(BEN), channel=BRAND)


async def test_a_rejected_or_cancelled_proposal_changes_nothing_and_may_be_made_again(house: House) -> None:
    await proposed(house)
    await house.approvals.reject(PROPOSAL, "not before spring", house.by(CAT))
    assert (await house.proposal()).reason == "not before spring"
    await house.proposals.use("stellar", house.by(BEN), channel=BRAND)
    [second] = await proposals(house)
    assert "no longer proposed" in await house.stopping.cancel(second.id, house.by(BEN))
    assert await default(house) is None
    with pytest.raises(Refused, match="already; nothing more can be decided"):
        await house.approvals.approve(second.id, house.by(CAT))


async def test_of_many_who_decide_on_a_proposal_at_once_one_does(house: House) -> None:
    await proposed(house)
    crowd = [UserId(f"UCROWD{number}") for number in range(20)]
    join(house.people, DESIGNERS, BEN, *crowd)

    async def approve(who: UserId) -> str:
        try:
            return await house.approvals.approve(PROPOSAL, house.by(who))
        except HousestyleError as no:
            return str(no)

    told = await asyncio.gather(*map(approve, crowd))
    assert told.count("Stellar@1 is the default of #C1 now.") == 1
    by = (await house.proposal()).decided_by
    assert told.count(f"Stellar@1 is granted by @{by} already; nothing more can be decided about it.") == 19
    assert await done(house, "acme:stellar@1") == [Did.PROMOTED]


async def test_what_nobody_can_approve_is_not_proposed(house: House) -> None:
    await trained(team(house))
    house.policy = PROMOTION
    join(house.people, DESIGNERS, BEN)
    with pytest.raises(Refused, match="Nobody can approve this"):
        await house.proposals.use("stellar", house.by(BEN), channel=BRAND)
    assert await proposals(house) == []


async def test_what_a_check_forbids_is_not_made_the_default(house: House) -> None:
    await trained(house)
    check = Check("names", Scope((Action.PROMOTE,), styles=("stel*",)), Level.HARD, "Stellar was dropped.")
    house.policy = replace(BUILT_IN, checks=(check,))
    with pytest.raises(Refused, match="Stellar was dropped"):
        await house.proposals.use("stellar", house.by(BEN), channel=BRAND)
    assert await default(house) is None


async def test_where_who_asked_for_the_pictures_proposes_them_a_colleague_decides(house: House) -> None:
    await drawn(house)
    told = await clear(house, CAT, 1, 3)
    assert "Pictures 1, 3 in Stellar@1" in told
    assert await cleared(house) == []
    generation = await house.store.read(lambda tx: tx.generations.get(PICTURES))
    shown = [upload.shown for upload in generation.uploads]
    assert (await house.proposal()).request.files == (shown[0], shown[2])
    with pytest.raises(NotAllowed, match="someone else has to decide"):
        await house.approvals.approve(PROPOSAL, house.by(CAT))
    granted = await house.approvals.approve(PROPOSAL, house.by(BEN))
    assert granted == "Approved for use: Pictures 1, 3 in Stellar@1."
    assert await cleared(house) == ["picture-0", "picture-2"]
    assert (await done(house, PICTURES)).count(Did.CLEARED) == 2


async def test_a_colleagues_own_click_approves_pictures_at_once(house: House) -> None:
    await drawn(house)
    assert await clear(house, BEN, 2) == "Approved for use: Picture 2 in Stellar@1."
    assert await cleared(house) == ["picture-1"]
    assert (await house.proposal()).decided_by == BEN


async def test_a_colleague_who_is_not_of_the_group_only_proposes(house: House) -> None:
    await drawn(team(house))
    house.policy = ruled(BY_BUDGET, action=Action.USE)
    assert "card says who decides" in await clear(house, BEN, 2)
    assert await cleared(house) == []
    await house.approvals.approve(PROPOSAL, house.by(EVA))
    assert await cleared(house) == ["picture-1"]


async def test_where_two_have_to_approve_a_colleagues_click_is_the_first(house: House) -> None:
    await drawn(team(house))
    house.policy = ruled(replace(BY_BRAND, count=2), action=Action.USE)
    await clear(house, BEN)
    assert await cleared(house) == []
    await house.approvals.approve(PROPOSAL, house.by(DAN))
    assert await cleared(house) == [f"picture-{number}" for number in range(4)]


async def test_pictures_are_proposed_and_approved_once(house: House) -> None:
    await drawn(house)
    await clear(house, CAT, 1)
    with pytest.raises(Refused, match="proposed already"):
        await clear(house, CAT, 1)
    await house.approvals.approve(PROPOSAL, house.by(BEN))
    for who in (CAT, BEN):
        with pytest.raises(Refused, match="may be used already"):
            await clear(house, who, 1)
    assert await clear(house, BEN, 1, 2) == "Approved for use: Pictures 1, 2 in Stellar@1."
    assert await cleared(house) == ["picture-0", "picture-1"]


async def test_two_colleagues_who_approve_the_same_picture_at_once_approve_it_once(house: House) -> None:
    await drawn(house)
    told = await asyncio.gather(clear(house, BEN, 1), clear(house, DAN, 1), return_exceptions=True)
    assert sorted(str(one) for one in told) == [
        "Approved for use: Picture 1 in Stellar@1.",
        "Picture 1 in Stellar@1 may be used already.",
    ]
    assert (await done(house, PICTURES)).count(Did.CLEARED) == 1


async def test_what_was_approved_by_other_proposals_waits_no_longer(house: House) -> None:
    await drawn(house)
    for who, places in ((CAT, (1, 2)), (CAT, (2, 3)), (BEN, (1, 2, 4))):
        await clear(house, who, *places)
    first, second = [await house.proposal(ProposalId(f"PRO000000{n}")) for n in (1, 2)]
    assert (first.stage, first.decided_by) == (Stage.GRANTED, BEN)
    assert second.stage is Stage.AWAITING
    await clear(house, BEN, 3)
    assert (await house.proposal(second.id)).stage is Stage.GRANTED


@pytest.mark.parametrize("places", [(5,), (0,), (-1,), (1, 99)])
async def test_a_picture_that_is_not_there_is_not_approved(house: House, places: Sequence[int]) -> None:
    await drawn(house)
    with pytest.raises(NotUnderstood, match="the card has 1 to 4"):
        await clear(house, BEN, *places)
    assert await proposals(house) == []


async def test_pictures_that_are_still_drawn_are_not_approved(house: House) -> None:
    await trained(house)
    await house.generate()
    with pytest.raises(Refused):
        await clear(house, BEN, 1)


@pytest.mark.parametrize("who", [CAT, BEN])
async def test_private_pictures_are_not_put_before_others(house: House, who: UserId) -> None:
    await drawn(house, private=True)
    with pytest.raises(Refused):
        await clear(house, who, 1)
    await house.work(steps=2)
    assert (await cleared(house), house.slack.of(ProposalCard)) == ([], [])


async def test_pictures_that_others_have_to_approve_cannot_be_private(house: House) -> None:
    await trained(team(house))
    house.policy = ruled(BY_BRAND, action=Action.GENERATE)
    with pytest.raises(Refused, match="leave `--private` out"):
        await house.generate(private=True)


async def test_a_proposal_costs_nothing_and_holds_no_budget(house: House) -> None:
    await proposed(house)
    await house.approvals.approve(PROPOSAL, house.by(CAT))
    assert await money(house) == (0, 0)


async def test_a_model_that_everybody_could_use_is_approved_by_the_rules_for_that_as_well(
    house: House,
) -> None:
    team(house).policy = ruled(BY_BUDGET, action=Action.PUBLISH)
    await asked(house, private=False)
    ballot = (await house.run()).ballot
    assert ballot
    assert dict(ballot.payload)["seen by"] == "everybody at Runware"
    assert ballot.terms.rules == ("a training", "our publish")
    await house.approvals.approve(RUN, house.by(BEN))
    with pytest.raises(NotAllowed, match="for budget to decide"):
        await house.approvals.approve(RUN, house.by(CAT))
    await house.approvals.approve(RUN, house.by(EVA))
    assert (await house.run()).decided_by == EVA
    assert ANN not in {vote.by for vote in ballot.votes}

"""What an admin has frozen is refused with the reason on every path, and what was approved waits."""

from collections.abc import Awaitable

import pytest

from bot.domain.errors import Frozen, NotUnderstood, Refused
from bot.domain.generation import Stage as PictureStage
from bot.domain.ids import WorkspaceId
from bot.domain.policy import Action, Level
from bot.domain.proposal import Stage as ProposalStage
from bot.domain.run import Stage
from bot.freezes import check_not_frozen
from tests.house import ANN, BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, T1, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    asked,
    checked,
    drawn,
    limited,
    money,
    proposals,
    ruled,
    sent,
    team,
    trained,
    voters,
)

WHY = "the quarter is over"


async def freeze(house: House, what: str = "train") -> None:
    """Let ada freeze it."""
    await house.switches.freeze(what, WHY, house.by(ADA))


async def refused(*deeds: Awaitable[object]) -> None:
    """Have each of these refused, with the reason and who froze it."""
    for deed in deeds:
        with pytest.raises(Frozen, match=f"{WHY} .@{ADA}."):
            await deed


@pytest.mark.parametrize("what", ["train", "all"])
async def test_no_training_is_asked_for(house: House, what: str) -> None:
    await freeze(house, what)
    await refused(house.ask())
    assert await house.styles.runs(T1) == []


@pytest.mark.parametrize("what", ["train", "all"])
async def test_no_training_is_asked_for_again(house: House, what: str) -> None:
    await asked(house)
    await house.approvals.reject(RUN, "not now", house.by(BEN))
    await freeze(house, what)
    await refused(house.training.retry(RUN, who=ANN, workspace=T1, delivery=house.delivery()))


@pytest.mark.parametrize("what", ["train", "all"])
async def test_no_training_is_approved_by_the_rules_or_past_them(house: House, what: str) -> None:
    team(house)
    await asked(house)
    await freeze(house, what)
    await refused(
        house.approve(),
        house.approvals.approve(RUN, house.by(BEN)),
        house.approvals.break_glass(RUN, "it is urgent", house.by(ADA)),
    )
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, set())
    assert await proposals(house) == []


async def test_nothing_is_approved_by_the_override_that_was_left(house: House) -> None:
    team(house).policy = checked(Level.SOFT)
    await asked(house)
    await house.approve()
    await freeze(house)
    await refused(house.approvals.override(RUN, "it is urgent", house.by(ADA)))
    assert (await house.run()).stage is Stage.AWAITING


async def test_what_is_frozen_can_still_be_rejected_taken_back_and_cancelled(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BRAND)
    await asked(house)
    await house.approve()
    await freeze(house, "all")
    await house.approvals.retract(RUN, house.by(BEN))
    await house.approvals.reject(RUN, "not now", house.by(CAT))
    assert (await house.run()).stage is Stage.REJECTED


async def test_what_was_approved_waits_at_the_handover_and_goes_on_afterwards(house: House) -> None:
    team(house)
    await asked(house)
    await house.approve()
    await freeze(house)
    run = await sent(house)
    assert run.trouble == f"An admin has frozen this: {WHY}"
    assert house.trainer.bodies == []
    house.clock.pass_time(days=2)
    await house.work(steps=3)
    assert house.trainer.bodies == []
    await house.switches.unfreeze("train", house.by(ADA))
    house.clock.pass_time(minutes=2)
    await house.work(steps=3)
    assert (await house.run()).stage is Stage.TRAINING
    assert len(house.trainer.charges) == 1


async def test_what_is_frozen_at_the_handover_can_be_cancelled_for_nothing(house: House) -> None:
    team(house).policy = limited(100.0, 12.0)
    await asked(house)
    await house.approve()
    await freeze(house)
    await sent(house)
    assert await money(house) == (0, 12.0)
    await house.stopping.cancel(RUN, house.by(ANN))
    assert await money(house) == (0, 0)


@pytest.mark.parametrize("what", ["generate", "all"])
async def test_no_pictures_are_asked_for_nor_again(house: House, what: str) -> None:
    pictures = await drawn(house)
    await freeze(house, what)
    again = house.generations.again(
        pictures.id, who=BEN, workspace=T1, quality=None, delivery=house.delivery()
    )
    await refused(house.generate("a blue fox"), again)
    assert await money(house) == (0.08, 0)


async def test_pictures_that_were_asked_for_wait_at_the_handover(house: House) -> None:
    team(house)
    await trained(house)
    await house.generate()
    await freeze(house, "generate")
    await house.work(steps=3)
    assert (await house.pictures()).trouble == f"An admin has frozen this: {WHY}"
    assert house.images.bodies == []
    await house.switches.unfreeze("generate", house.by(ADA))
    house.clock.pass_time(minutes=2)
    await house.work(steps=3)
    assert (await house.pictures()).stage is PictureStage.RENDERING


async def test_no_pictures_are_approved(house: House) -> None:
    team(house)
    await trained(house)
    house.policy = ruled(BY_BRAND, action=Action.GENERATE)
    await house.generate()
    await freeze(house, "generate")
    await refused(house.approvals.approve(PICTURES, house.by(BEN)))
    assert (await house.pictures()).stage is PictureStage.AWAITING


async def test_with_everything_frozen_no_default_is_set_and_no_picture_approved_for_use(house: House) -> None:
    pictures = await drawn(house)
    await freeze(house, "all")
    await refused(
        house.proposals.use("stellar", house.by(BEN), channel=BRAND),
        house.proposals.use_run(RUN, house.by(BEN), channel=BRAND),
        house.proposals.clear(pictures.id, [1], house.by(BEN)),
    )
    assert await house.styles.all(T1, BRAND) == ([*(await house.generations.styles(T1))], None)
    assert await proposals(house) == []


async def test_with_everything_frozen_what_was_proposed_is_not_granted(house: House) -> None:
    pictures = await drawn(house)
    await house.proposals.clear(pictures.id, [1], house.by(CAT))
    await freeze(house, "all")
    await refused(house.approvals.approve(PROPOSAL, house.by(BEN)))
    assert (await house.proposal()).stage is ProposalStage.AWAITING


async def test_with_everything_frozen_no_earlier_version_is_taken_instead(house: House) -> None:
    await trained(house)
    await house.ask()
    await house.work()
    newest = (await house.styles.runs(T1))[0]
    await freeze(house, "all")
    await refused(house.training.reuse(newest.id, house.by(ANN), channel=BRAND))
    assert (await house.run(newest.id)).stage is Stage.AWAITING
    assert (await house.styles.all(T1, BRAND))[1] is None


async def test_what_is_not_frozen_goes_on(house: House) -> None:
    await trained(house)
    await freeze(house, "train")
    assert "Stellar@1" in await house.generate()
    assert "draws in Stellar@1" in await house.proposals.use("stellar", house.by(BEN), channel=BRAND)


async def test_another_workspace_is_not_frozen_with_ours(house: House) -> None:
    await freeze(house, "all")
    assert await house.store.read(lambda tx: list(tx.freezes.standing(WorkspaceId("T2")))) == []


async def test_a_freeze_needs_a_reason_and_a_word_that_is_known(house: House) -> None:
    for what, why in (("train", "  "), ("lunch", WHY)):
        with pytest.raises(NotUnderstood, match="Say what"):
            await house.switches.freeze(what, why, house.by(ADA))


async def test_what_is_not_frozen_cannot_be_unfrozen_and_what_is_is_named(house: House) -> None:
    await freeze(house, "generate")
    with pytest.raises(Refused, match="`train` is not frozen; frozen is: generate"):
        await house.switches.unfreeze("train", house.by(ADA))


async def test_who_names_nothing_to_unfreeze_reads_what_to_type_or_that_nothing_is_frozen(
    house: House,
) -> None:
    for what in ("all", "train"):
        with pytest.raises(Refused, match=r"^Nothing is frozen\.$"):
            await house.switches.unfreeze(what, house.by(ADA))
    await freeze(house, "train")
    with pytest.raises(
        Refused, match=r"^Not everything is frozen. Say what goes on: `/style unfreeze train`\.$"
    ):
        await house.switches.unfreeze("all", house.by(ADA))
    await freeze(house, "generate")
    with pytest.raises(Refused, match=r"`/style unfreeze (train|generate)` or `/style unfreeze"):
        await house.switches.unfreeze("all", house.by(ADA))


@pytest.mark.parametrize(
    ("what", "told"), [("train", "training"), ("generate", "drawing pictures"), ("all", "everything")]
)
async def test_a_refusal_says_in_words_what_is_frozen(house: House, what: str, told: str) -> None:
    await freeze(house, what)
    action = Action.GENERATE if what == "generate" else Action.TRAIN
    with pytest.raises(Frozen, match=f"^An admin has frozen {told} here: {WHY} "):
        await house.store.read(lambda tx: check_not_frozen(tx, T1, action))

"""What was approved and then held up is paid for only as long as the rules and prices still ask just that."""

from dataclasses import replace

from bot.domain.generation import Stage as PictureStage
from bot.domain.message import Topic
from bot.domain.policy import BUILT_IN, Action, Check, Level, Policy, Rule, Scope
from bot.domain.run import Stage
from tests.house import BEN, RUN, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    DAN,
    EVA,
    PICTURE,
    asked,
    cost,
    limited,
    memos,
    money,
    sent,
    team,
    trained,
    voters,
)

NO_MORE = "No more of Stellar."


def forbidding(policy: Policy, action: Action) -> Policy:
    """Return the rules with a hard check that all of that action fails."""
    return replace(policy, checks=(Check("no more", Scope((action,)), Level.HARD, NO_MORE),))


def by_rule() -> Policy:
    """Return rules in which the brand approves pictures, and there is a budget."""
    rule = Rule("our pictures", Scope((Action.GENERATE,)), (BY_BRAND,))
    return replace(limited(100.0, 12.0, picture=0.05), rules=(rule, *BUILT_IN.rules))


async def frozen(house: House, *, days: float = 5) -> None:
    """Have all that waits at the handover frozen for so long."""
    await house.switches.freeze("all", "the quarter is over", house.by(ADA))
    await sent(house)
    house.clock.pass_time(days=days)
    await house.work(steps=2)


async def thawed(house: House) -> None:
    await house.switches.unfreeze("all", house.by(ADA))
    house.clock.pass_time(minutes=2)
    await house.work(steps=3)


async def held_training(house: House) -> None:
    """Have a training approved at $12 and then held up for days."""
    team(house).policy = limited(1000.0, 12.0)
    await asked(house)
    await house.approve()
    await frozen(house)
    assert await money(house) == (0, 12.0)


async def held_pictures(house: House) -> None:
    """Have pictures approved by a rule and then held up for days."""
    team(house)
    await trained(house)
    house.policy = by_rule()
    await house.generate()
    await house.approve(DAN, (await house.pictures()).id)
    await frozen(house)


async def test_a_training_that_became_dearer_while_it_was_held_up_is_decided_anew(house: House) -> None:
    await held_training(house)
    await cost(house, 400.0)
    await thawed(house)
    run = await house.run()
    assert (run.stage, run.task, voters(run)) == (Stage.AWAITING, None, set())
    assert run.ballot
    assert run.ballot.changed == ("price: $12.00 → $400.00",)
    assert memos(house, Topic.VOID) == [BEN]
    assert house.trainer.charges == set()
    assert await money(house) == (0, 0)
    await house.approve()
    assert (await sent(house)).stage is Stage.TRAINING
    assert await money(house) == (0, 400.0)


async def test_a_training_that_a_check_forbids_by_now_is_not_paid_for(house: House) -> None:
    await held_training(house)
    house.policy = forbidding(house.policy, Action.TRAIN)
    await thawed(house)
    run = await house.run()
    assert (run.stage, run.problems) == (Stage.REFUSED, (NO_MORE,))
    assert house.trainer.charges == set()
    assert await money(house) == (0, 0)


async def test_what_is_still_just_what_was_approved_goes_on_after_days(house: House) -> None:
    await held_training(house)
    await cost(house, 11.0)
    await thawed(house)
    assert (await house.run()).stage is Stage.TRAINING
    assert len(house.trainer.charges) == 1


async def test_what_was_held_up_for_minutes_is_not_asked_again(house: House) -> None:
    team(house).policy = limited(1000.0, 12.0)
    await asked(house)
    await house.approve()
    await frozen(house, days=1 / 48)
    await cost(house, 400.0)
    await thawed(house)
    assert (await house.run()).stage is Stage.TRAINING


async def test_what_was_decided_past_the_rules_is_not_asked_but_held_to_its_checks(house: House) -> None:
    team(house).policy = limited(1000.0, 12.0)
    for run in (RUN, "RUN0000002"):
        await house.ask(name=f"Stellar {run[-1]}")
        await house.work()
        await house.approvals.break_glass(type(RUN)(run), "it is urgent", house.by(ADA))
    await frozen(house)
    await cost(house, 400.0)
    checks = (Check("two", Scope((Action.TRAIN,), styles=("stellar-2",)), Level.HARD, NO_MORE),)
    house.policy = replace(house.policy, checks=checks)
    await thawed(house)
    assert (await house.run()).stage is Stage.TRAINING
    assert (await house.run(type(RUN)("RUN0000002"))).stage is Stage.REFUSED
    assert len(house.trainer.charges) == 1


async def test_pictures_that_became_dearer_while_they_were_held_up_are_decided_anew(house: House) -> None:
    await held_pictures(house)
    await cost(house, 0.9, key=PICTURE)
    await thawed(house)
    pictures = await house.pictures()
    assert (pictures.stage, pictures.task, voters(pictures)) == (PictureStage.AWAITING, None, set())
    assert pictures.ballot
    assert pictures.ballot.changed == ("price: $0.20 → $3.60",)
    assert memos(house, Topic.VOID) == [DAN]
    assert house.images.bodies == []
    await house.approve(BEN, pictures.id)
    await sent(house)
    assert (await house.pictures()).stage is PictureStage.RENDERING


async def test_pictures_that_a_check_forbids_by_now_are_not_paid_for(house: House) -> None:
    await held_pictures(house)
    house.policy = forbidding(house.policy, Action.GENERATE)
    await thawed(house)
    pictures = await house.pictures()
    assert pictures.stage is PictureStage.FAILED
    assert pictures.failure
    assert pictures.failure.sentence == (
        f"It was held up, and is refused by now: {NO_MORE} Nothing was sent or charged."
    )
    assert house.images.bodies == []


async def unasked(house: House, *, private: bool = False) -> None:
    """Have pictures that nobody has to approve held up for days."""
    team(house)
    await trained(house)
    house.policy = limited(100.0, 12.0, picture=0.05)
    await house.generate(private=private)
    await frozen(house)


async def test_pictures_that_nobody_was_asked_about_wait_for_nobody_only_as_they_became_dearer(
    house: House,
) -> None:
    await unasked(house)
    await cost(house, 0.9, key=PICTURE)
    await thawed(house)
    assert (await house.pictures()).stage is PictureStage.RENDERING


async def test_pictures_that_the_rules_ask_about_by_now_are_asked_about(house: House) -> None:
    await unasked(house)
    dear = Rule("dear", Scope((Action.GENERATE,), above=1.0), (BY_BUDGET,))
    house.policy = replace(house.policy, rules=(dear, *BUILT_IN.rules))
    await cost(house, 0.9, key=PICTURE)
    await thawed(house)
    assert (await house.pictures()).stage is PictureStage.AWAITING
    assert house.images.bodies == []
    assert EVA in memos(house, Topic.TURN)
    await house.approve(EVA, (await house.pictures()).id)
    await sent(house)
    assert len(house.images.bodies) == 1


async def test_private_pictures_that_others_would_have_to_see_by_now_are_not_drawn(house: House) -> None:
    await unasked(house, private=True)
    house.policy = by_rule()
    await thawed(house)
    pictures = await house.pictures()
    assert pictures.stage is PictureStage.FAILED
    assert pictures.failure
    assert "By now others have to approve these pictures" in pictures.failure.sentence
    assert house.images.bodies == []

"""What nobody is asked about again after it was held up is still held to the budgets, at the price of now."""

from bot.domain.audit import Did
from bot.domain.generation import Stage as PictureStage
from bot.domain.run import Stage
from tests.house import RUN, House
from tests.services.team import (
    ADA,
    PICTURE,
    asked,
    cost,
    limited,
    money,
    team,
    trained,
    words,
)
from tests.services.test_decided_anew import by_rule, frozen, thawed

WHY = "the fair is tomorrow"
PAST_IT = "The budget “brand” allows $100.00 a month: $0.00 is spent and $0.00 reserved, so $100.00 is left."


async def broken(house: House, *, limit: float) -> None:
    """Have a training of $12 decided past the rules, held up for days, and the newest have cost $400."""
    team(house).policy = limited(limit, 12.0)
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    await frozen(house)
    assert await money(house) == (0, 12.0)
    await cost(house, 400.0)
    await thawed(house)


async def unasked(house: House, *, limit: float) -> None:
    """Have pictures of $0.20 that nobody has to approve held up for days, and become $12."""
    team(house)
    await trained(house)
    house.policy = limited(limit, 12.0, picture=0.05)
    await house.generate()
    await frozen(house)
    assert await money(house) == (0, 0.2)
    await cost(house, 3.0, key=PICTURE)
    await thawed(house)


async def test_a_training_past_the_rules_that_became_too_dear_for_its_budget_is_decided_anew(
    house: House,
) -> None:
    await broken(house, limit=100.0)
    run = await house.run()
    assert (run.stage, run.task) == (Stage.AWAITING, None)
    assert run.ballot
    assert run.ballot.glass is None
    assert run.ballot.changed == ("price: $12.00 → $400.00",)
    [why] = await words(house, Did.CHANGED)
    assert why.startswith(f"It was held up, and its budget has no room for its price by now. {PAST_IT}")
    assert why.endswith("It is decided on anew.")
    assert house.trainer.charges == set()
    assert await money(house) == (0, 0)


async def test_a_training_past_the_rules_that_became_dearer_reserves_that_where_there_is_room(
    house: House,
) -> None:
    await broken(house, limit=1000.0)
    assert (await house.run()).stage is Stage.TRAINING
    assert await money(house) == (0, 400.0)


async def test_pictures_that_nobody_approves_and_their_budget_has_no_room_for_by_now_are_not_drawn(
    house: House,
) -> None:
    await unasked(house, limit=10.0)
    pictures = await house.pictures()
    assert pictures.stage is PictureStage.FAILED
    assert pictures.failure
    assert "It was held up, and is refused by now: The budget “brand” allows" in pictures.failure.sentence
    assert "This needs $12.00." in pictures.failure.sentence
    assert pictures.failure.sentence.endswith("Nothing was sent or charged.")
    assert house.images.bodies == []
    assert await money(house) == (0, 0)


async def test_pictures_that_nobody_approves_reserve_their_price_of_now_where_there_is_room(
    house: House,
) -> None:
    await unasked(house, limit=100.0)
    assert (await house.pictures()).stage is PictureStage.RENDERING
    assert await money(house) == (0, 12.0)


async def test_pictures_past_the_rules_that_became_too_dear_for_their_budget_are_not_drawn(
    house: House,
) -> None:
    await trained(team(house))
    house.policy = by_rule()
    await house.generate()
    await house.approvals.break_glass((await house.pictures()).id, WHY, house.by(ADA))
    await frozen(house)
    await cost(house, 50.0, key=PICTURE)
    await thawed(house)
    pictures = await house.pictures()
    assert pictures.stage is PictureStage.FAILED
    assert house.images.bodies == []
    assert await money(house) == (0, 0)


async def test_what_became_cheaper_keeps_what_is_reserved_for_it(house: House) -> None:
    team(house).policy = limited(100.0, 12.0)
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    await frozen(house)
    await cost(house, 5.0)
    await thawed(house)
    assert (await house.run()).stage is Stage.TRAINING
    assert await money(house) == (0, 12.0)

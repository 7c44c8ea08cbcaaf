"""What a price is taken to be where it is at a limit, was never measured, or one charge was absurd."""

from dataclasses import replace

import pytest

from bot.domain.errors import BudgetExceeded
from bot.domain.facts import Trained
from bot.domain.generation import Quality, Stage
from bot.domain.ids import Air, RunId
from bot.domain.money import Estimate, picture_key
from bot.domain.policy import BUILT_IN, Action, Policy, Prices, Rule, Scope
from bot.domain.run import Stage as RunStage
from bot.domain.size import Size
from bot.slack.phrases import price
from tests.house import BEN, House
from tests.services.team import (
    BY_BRAND,
    asked,
    balance,
    cost,
    limited,
    money,
    month,
    sent,
    team,
    trained,
)

LARGEST, LARGE = Size(2048, 2048), Size(2048, 1984)


def dear(above: float, picture: float) -> Policy:
    """Return rules in which pictures above a price need an approval."""
    rule = Rule("dear pictures", Scope((Action.GENERATE,), above=above), (BY_BRAND,))
    return replace(limited(100.0, picture=picture), rules=(rule, *BUILT_IN.rules))


async def test_a_size_nobody_has_drawn_is_never_estimated_cheaper_than_the_dearest_picture_of_its_quality(
    house: House,
) -> None:
    team(house)
    await trained(house)
    await cost(house, 0.9, key=picture_key(str(LARGEST), "high"))
    house.policy = dear(5.0, 0.04)
    await house.generate(count=20, size=LARGE, quality=Quality.HIGH)
    pictures = await house.pictures()
    assert pictures.stage is Stage.AWAITING
    assert pictures.ballot
    assert pictures.ballot.estimate == Estimate(18.0, 18.0, is_of_others=True)
    told = "about $18, as the dearest picture of this quality: none of this size was drawn yet"
    assert price(pictures.ballot.estimate, "picture") == told


async def test_what_another_quality_costs_says_nothing_of_this_one(house: House) -> None:
    team(house)
    await trained(house)
    await cost(house, 0.9, key=picture_key(str(LARGEST), "high"))
    house.policy = dear(5.0, 0.04)
    await house.generate(count=20, size=LARGE)
    assert await money(house) == (0, 0.8)


async def test_three_pictures_at_ten_cents_are_not_above_thirty_in_deed(house: House) -> None:
    team(house)
    await trained(house)
    house.policy = dear(0.3, 0.1)
    await house.generate(count=3)
    assert (await house.pictures()).stage is Stage.REQUESTED


async def test_an_account_that_holds_thirty_cents_can_pay_three_pictures_at_ten(house: House) -> None:
    team(house)
    await trained(house)
    house.policy = dear(0.2, 0.1)
    balance(house, 0.3)
    await house.generate(count=3)
    assert (await house.pictures()).stage is Stage.AWAITING


async def test_an_admins_figure_lets_trainings_go_on_after_one_absurd_charge(house: House) -> None:
    team(house).policy = limited(200.0, 15.0)
    await cost(house, 12.0, 12.0, 12.0, 1200.0, 12.0, 12.0)
    await asked(house)
    with pytest.raises(BudgetExceeded):
        await house.approve()
    house.policy = replace(house.policy, prices=Prices(training=15.0, hold=True))
    told = await house.approve(BEN)
    assert "price: $12.00 to $1,200.00 → $15.00" in told
    run = await house.run()
    assert run.ballot
    assert price(run.ballot.estimate, "training") == "about $15, as an admin set it"
    await house.approve(BEN)
    assert (await sent(house)).stage is RunStage.TRAINING
    assert await money(house) == (0, 15.0)


async def test_a_cost_that_no_account_holds_is_no_cost_and_teaches_nothing(house: House) -> None:
    house.policy = limited(100.0, 12.0)
    await asked(house)
    await house.approve()
    house.trainer.looks = [Trained(Air("acme:stellar@1"), 1e300)]
    await sent(house)
    await house.work(steps=2)
    assert await money(house) == (12.0, 0)
    assert (await month(house)).assumed == 12_000_000
    await house.ask(name="Lunar")
    await house.work()
    ballot = (await house.run(RunId("RUN0000002"))).ballot
    assert ballot
    assert ballot.estimate == Estimate(12.0, 12.0)

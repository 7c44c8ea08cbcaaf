"""What pictures will cost and did cost, with an approval and without one."""

from dataclasses import replace

import pytest

from bot.domain.errors import BudgetExceeded, Refused
from bot.domain.generation import Stage as PictureStage
from bot.domain.ids import GenerationId
from bot.domain.money import micros
from bot.domain.policy import Action
from bot.domain.results import Rendered, Result
from bot.domain.task import Failed, Failure
from tests.fakes import rendered
from tests.house import BEN, PICTURES, T1, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    PICTURE,
    balance,
    limited,
    money,
    month,
    ruled,
    team,
    trained,
)


async def test_pictures_that_nobody_approves_reserve_their_price_and_are_booked_by_their_cost(
    house: House,
) -> None:
    house.policy = limited(1.0, picture=0.05)
    await trained(house)
    await house.generate()
    assert await money(house) == (0, 0.2)
    house.images.looks = [rendered(4)]
    await house.work(steps=6)
    assert (await house.pictures()).stage is PictureStage.DONE
    assert await money(house) == (0.08, 0)


async def test_pictures_beyond_the_budget_are_refused_in_a_sentence(house: House) -> None:
    house.policy = limited(0.3, picture=0.05)
    await trained(house)
    await house.generate()
    with pytest.raises(BudgetExceeded, match=r"\$0\.10 is left\. This needs \$0\.20"):
        await house.generate("a blue fox")
    with pytest.raises(Refused):
        await house.pictures(GenerationId("GEN0000002"))


async def test_pictures_of_which_not_every_cost_is_told_are_not_booked_for_less(house: House) -> None:
    house.policy = limited(1.0, picture=0.05)
    await trained(house)
    await house.generate(count=2)
    results = (
        Result("one", "https://im.runware.ai/1.jpg", 0.05),
        Result("two", "https://im.runware.ai/2.jpg"),
    )
    house.images.looks = [Rendered(results)]
    await house.work(steps=3)
    assert await money(house) == (0.1, 0)
    assert (await month(house)).assumed == micros(0.1)


async def test_fewer_pictures_than_asked_for_do_not_teach_a_lower_price(house: House) -> None:
    house.policy = limited(1.0, picture=0.05)
    await trained(house)
    await house.generate(count=4)
    house.images.looks = [rendered(2)]
    await house.work(steps=6)
    assert await money(house) == (0.04, 0)
    assert await house.store.read(lambda tx: list(tx.ledger.costs(T1, PICTURE))) == [0.02]


async def test_failed_pictures_free_their_money(house: House) -> None:
    house.policy = limited(1.0, picture=0.05)
    await trained(house)
    await house.generate()
    house.images.looks = [Failed(Failure("nsfw", "It was not drawn."))]
    await house.work(steps=3)
    assert await money(house) == (0, 0)


async def test_pictures_that_wait_for_approval_reserve_when_they_are_approved(house: House) -> None:
    rules = ruled(BY_BRAND, action=Action.GENERATE)
    team(house).policy = replace(limited(1.0, picture=0.05), rules=rules.rules)
    await trained(house)
    await house.generate()
    assert await money(house) == (0, 0)
    await house.approvals.approve(PICTURES, house.by(BEN))
    assert await money(house) == (0, 0.2)
    await house.stopping.cancel(PICTURES, house.by(ADA))
    assert await money(house) == (0, 0)


async def test_pictures_that_the_account_cannot_pay_are_not_put_before_approvers(house: House) -> None:
    rules = ruled(BY_BRAND, action=Action.GENERATE)
    team(house).policy = replace(limited(1.0, picture=0.05), rules=rules.rules)
    await trained(house)
    balance(house, 0.1)
    with pytest.raises(Refused, match="has to top it up first"):
        await house.generate()

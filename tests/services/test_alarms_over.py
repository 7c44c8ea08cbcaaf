"""An alarm about the key or the balance is over once that is mended, though nobody waits for it any more."""

from dataclasses import dataclass

import pytest

from bot.domain.alarm import Concern
from bot.domain.errors import AccessDenied, Unavailable
from bot.domain.facts import Progressed
from bot.domain.message import Home, Notice
from bot.domain.run import Stage
from bot.ports import Usage
from bot.services.relay.states import home_of
from tests.fakes import TRAINED, FakeAccount
from tests.house import ANN, CAT, PICTURES, RUN, T1, House, click

NO_BALANCE = AccessDenied("Runware wants a balance.", is_balance=True)
NO_KEY = AccessDenied("Runware refuses the key.")


@dataclass
class ShutAccount(FakeAccount):
    """An account that is not stated, for that reason."""

    why: Exception = NO_KEY

    async def usage(self) -> Usage:
        raise self.why


async def held_pictures(house: House) -> None:
    """Have pictures held back because Runware wants its account topped up."""
    house.trainer.looks = [TRAINED]
    await house.trains()
    house.images.accepts_unheard, house.images.submits = False, [NO_BALANCE]
    await house.generate()
    await house.work(steps=3)
    assert await standing(house) == [Concern.BALANCE]


async def held_run(house: House, why: AccessDenied) -> None:
    """Have a run held back for that reason."""
    house.trainer.accepts_unheard, house.trainer.submits = False, [why]
    await house.trains()
    assert (await house.run()).stage is Stage.SUBMITTING


async def standing(house: House) -> list[Concern]:
    return [alarm.concern for alarm in await house.store.read(lambda tx: tx.alarms.standing())]


async def an_hour(house: House) -> None:
    """Let an hour pass, with what is done in each."""
    house.clock.pass_time(hours=1)
    await house.reckoning.reckon()
    await house.work(steps=3)


@pytest.mark.parametrize(
    ("balance", "told"), [(25.0, [False, True]), (None, [False])], ids=["stated", "not stated"]
)
async def test_a_balance_is_no_longer_said_to_be_missing_once_who_waited_for_it_has_left(
    house: House, balance: float | None, told: list[bool]
) -> None:
    """That Runware takes requests again is told only where the account shows it."""
    await held_pictures(house)
    await house.stopping.cancel(PICTURES, click(CAT, house.delivery()))
    house.account.stated = Usage(0.0, 3, balance)
    await an_hour(house)
    assert await standing(house) == []
    home = await house.store.read(lambda tx: home_of(tx, Home(T1, ANN)))
    assert home.alarms == ()
    notices = [said.message for said in house.slack.of(Notice) if isinstance(said.message, Notice)]
    assert [message.is_over for message in notices] == told


async def test_an_account_that_is_still_empty_is_still_said_to_be(house: House) -> None:
    await held_pictures(house)
    await house.stopping.cancel(PICTURES, click(CAT, house.delivery()))
    house.account.stated = Usage(0.0, 3, 0.0)
    await an_hour(house)
    assert await standing(house) == [Concern.BALANCE]


async def test_a_balance_that_somebody_waits_for_is_found_to_do_by_a_request_alone(house: House) -> None:
    """What the account states may do for little, and not for what waits."""
    await held_pictures(house)
    house.account.stated = Usage(0.0, 3, 0.01)
    for _ in range(3):
        await an_hour(house)
    assert await standing(house) == [Concern.BALANCE]
    assert len(house.slack.of(Notice)) == 1


async def test_who_waits_for_something_else_does_not_keep_a_balance_missing(house: House) -> None:
    await held_pictures(house)
    await house.stopping.cancel(PICTURES, click(CAT, house.delivery()))
    house.trainer.looks = [Progressed(10)]
    await house.ask(name="Fruit")
    house.account.stated = Usage(0.0, 3, 25.0)
    await an_hour(house)
    assert await standing(house) == []


async def test_a_key_that_is_good_again_is_told_though_the_run_was_cancelled(house: House) -> None:
    await held_run(house, NO_KEY)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    await an_hour(house)
    assert await standing(house) == []


@pytest.mark.parametrize("why", [NO_KEY, NO_BALANCE, Unavailable("Runware did not answer.")])
async def test_while_the_account_is_not_told_nothing_is_said_to_be_over(house: House, why: Exception) -> None:
    house.lives_with(account=ShutAccount(why=why))
    await held_run(house, NO_KEY)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    await an_hour(house)
    assert await standing(house) == [Concern.KEY]


async def test_a_key_that_was_found_to_be_refused_by_a_training_in_doubt_is_over_when_it_is_good(
    house: House,
) -> None:
    house.trainer.looks = [Progressed(10)]
    await house.trains()
    house.trainer.looks = [NO_KEY]
    for _ in range(60):
        house.clock.pass_time(minutes=30)
        await house.work()
    assert (await house.run()).stage is Stage.UNCONFIRMED
    assert await standing(house) == [Concern.KEY]
    house.trainer.looks = [Progressed(80)]
    await an_hour(house)
    assert (await house.run()).stage is Stage.TRAINING
    assert await standing(house) == []

"""Where nothing is to be sent a second time, a person decides about what no witness knows."""

from dataclasses import replace

from bot.domain.errors import Unavailable
from bot.domain.facts import Progressed
from bot.domain.run import Stage
from tests.house import House
from tests.services.test_handover import submitting


async def test_what_no_witness_knows_is_asked_about_and_not_sent_again(house: House) -> None:
    house.lives_with(pace=replace(house.pace, sends_again=False))
    house.trainer.submits = [Unavailable("lost"), None]
    house.trainer.accepts_unheard = False
    await submitting(house)
    for _ in range(6):
        await house.work()
        house.clock.pass_time(minutes=1)
    run = await house.run()
    assert run.stage is Stage.UNCONFIRMED
    assert len(house.trainer.bodies) == 1


async def test_what_a_witness_knows_goes_on_without_a_person(house: House) -> None:
    house.lives_with(pace=replace(house.pace, sends_again=False))
    house.trainer.submits = [Unavailable("lost"), None]
    await submitting(house)
    await house.work()
    house.trainer.looks = [Progressed(3)]
    for _ in range(6):
        house.clock.pass_time(minutes=1)
        await house.work()
    assert (await house.run()).stage is Stage.TRAINING

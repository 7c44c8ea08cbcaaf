"""The machine's clock goes back by an hour: an approved training, or a lost request, does not wait for it."""

from bot.domain.errors import Unavailable
from bot.domain.run import Stage
from tests.house import RUN, House
from tests.services.test_reconciler_rendering import ready


async def the_clock_goes_back(house: House) -> None:
    """Set it back, as the clean-up finds it."""
    await house.store.clean_up()
    house.clock.pass_time(hours=-1)
    await house.store.clean_up()


async def lost(house: House) -> None:
    """Have a training sent, and its answer lost before Runware had it."""
    house.trainer.submits = [Unavailable("no answer"), None]
    house.trainer.accepts_unheard = False
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=30)
    await house.work(steps=2)
    assert len(house.trainer.bodies) == 1


async def test_what_was_approved_begins_within_a_minute_all_the_same(house: House) -> None:
    await house.ask()
    await house.work()
    await house.approve()
    await the_clock_goes_back(house)
    house.clock.pass_time(seconds=29)
    await house.work(steps=2)
    assert (await house.run()).stage is Stage.APPROVED
    house.clock.pass_time(seconds=2)
    await house.work(steps=2)
    assert len(house.trainer.bodies) == len(house.trainer.charges) == 1


async def test_what_was_sent_without_an_answer_is_sent_again_within_a_minute_and_charged_once(
    house: House,
) -> None:
    await lost(house)
    await the_clock_goes_back(house)
    house.clock.pass_time(seconds=60)
    await house.work(steps=2)
    assert len(house.trainer.bodies) == 2
    assert len(set(house.trainer.bodies)) == len(house.trainer.charges) == 1


async def test_nothing_is_sent_again_sooner_than_it_would_have_been(house: House) -> None:
    await lost(house)
    await the_clock_goes_back(house)
    house.clock.pass_time(seconds=29)
    await house.work(steps=3)
    assert len(house.trainer.bodies) == 1


async def test_what_was_sent_stays_the_same_to_the_byte_and_its_moments_as_far_off(house: House) -> None:
    await lost(house)
    before, then = await house.run(RUN), house.clock.now
    await the_clock_goes_back(house)
    after = await house.run(RUN)
    assert before.task
    assert after.task
    assert after.task.body == before.task.body
    for was, now in (
        (before.task.first_attempt_at, after.task.first_attempt_at),
        (before.task.last_attempt_at, after.task.last_attempt_at),
        (before.stage_since, after.stage_since),
        (before.starts_at, after.starts_at),
    ):
        assert was
        assert now
        assert then - was == house.clock.now - now


async def test_pictures_whose_answer_was_lost_are_asked_for_again_within_a_minute(house: House) -> None:
    await ready(house)
    house.images.submits = [Unavailable("no answer"), None]
    house.images.accepts_unheard = False
    await house.generate()
    await house.work(steps=2)
    assert len(house.images.bodies) == 1
    await the_clock_goes_back(house)
    house.clock.pass_time(seconds=60)
    await house.work(steps=2)
    assert len(house.images.bodies) == 2
    assert len(house.images.charges) == 1

"""What Runware tells of without ever telling its end: it is shown, looked up, or decided by a person."""

from datetime import timedelta

import pytest

from bot.domain.errors import Unavailable
from bot.domain.facts import Progressed
from bot.domain.generation import Stage as Drawing
from bot.domain.results import Underway
from bot.domain.run import Stage
from bot.domain.task import Failed, Failure
from tests.fakes import TRAINED, rendered
from tests.house import CAT, PICTURES, House, click

THREE = Underway(rendered(3).results, is_working=False)
MORE_TO_COME = Underway(rendered(3).results)
DOWN = Unavailable("Runware did not answer.")


async def training(house: House) -> None:
    """Have a training handed over, and told to be at 12 %."""
    house.trainer.looks = [Progressed(12)]
    await house.trains()
    assert (await house.run()).stage is Stage.TRAINING


async def drawing(house: House, told: object) -> None:
    """Have four pictures handed over, of which each look tells the same."""
    house.trainer.looks = [TRAINED]
    await house.trains(steps=4)
    house.images.looks = [told]
    await house.generate()
    await house.work(steps=3)
    assert (await house.pictures()).stage is Drawing.RENDERING


async def minutes(house: House, number: int) -> None:
    for _ in range(number):
        house.clock.pass_time(minutes=1)
        await house.work()


async def hours(house: House, number: int) -> None:
    """Let the house work for so many hours, twice in each."""
    for _ in range(2 * number):
        house.clock.pass_time(minutes=30)
        await house.work()


async def test_of_four_pictures_of_which_the_last_is_never_told_three_are_shown_and_booked(
    house: House,
) -> None:
    await drawing(house, THREE)
    await minutes(house, 28)
    assert (await house.pictures()).stage is Drawing.RENDERING
    await minutes(house, 10)
    pictures = await house.pictures()
    assert (pictures.stage, len(pictures.uploads)) == (Drawing.DONE, 3)
    assert pictures.cost == pytest.approx(0.06)


async def test_a_fourth_picture_that_comes_in_time_is_shown_with_the_others(house: House) -> None:
    await drawing(house, THREE)
    await minutes(house, 20)
    house.images.looks = [rendered(4)]
    await minutes(house, 8)
    assert len((await house.pictures()).uploads) == 4


@pytest.mark.parametrize("told", [Underway(), THREE, MORE_TO_COME])
async def test_pictures_that_only_the_archive_tells_whole_are_brought_from_there(
    house: House, told: Underway
) -> None:
    await drawing(house, told)
    house.images.archive = rendered(4)
    await minutes(house, 40)
    assert len((await house.pictures()).uploads) == 4


async def test_three_pictures_that_only_the_archive_tells_are_shown(house: House) -> None:
    await drawing(house, Underway())
    house.images.looks = [None]
    house.images.archive = THREE
    await minutes(house, 40)
    pictures = await house.pictures()
    assert (pictures.stage, len(pictures.uploads)) == (Drawing.DONE, 3)


async def test_an_archive_that_does_not_answer_keeps_no_picture_back(house: House) -> None:
    class Shut(type(house.images)):  # type: ignore[misc] # the fake's own class
        async def recall(self, task: object, *, expected: int) -> object:
            raise DOWN

    house.lives_with(images=Shut())
    await drawing(house, THREE)
    await minutes(house, 40)
    assert len((await house.pictures()).uploads) == 3


async def test_a_failure_in_the_archive_does_not_end_what_a_look_tells_to_go_on(house: House) -> None:
    await drawing(house, Underway())
    house.images.archive = Failed(Failure("inferenceError", "GPU lost."))
    await hours(house, 5)
    assert (await house.pictures()).stage is Drawing.RENDERING


async def test_pictures_that_are_said_to_be_drawn_for_a_day_are_decided_by_a_person(house: House) -> None:
    await drawing(house, Underway())
    await hours(house, 23)
    assert (await house.pictures()).stage is Drawing.RENDERING
    await hours(house, 6)
    pictures = await house.pictures()
    assert (pictures.stage, pictures.trouble) == (
        Drawing.UNCONFIRMED,
        "Runware took this request, and for a day it has told nothing new of it.",
    )
    assert pictures.evidence
    await house.stopping.cancel(PICTURES, click(CAT, house.delivery()))
    assert (await house.pictures()).stage is Drawing.FAILED


async def test_what_is_drawn_is_shown_after_a_day_whatever_is_said_to_come_yet(house: House) -> None:
    await drawing(house, MORE_TO_COME)
    await hours(house, 23)
    assert (await house.pictures()).stage is Drawing.RENDERING
    await hours(house, 4)
    assert len((await house.pictures()).uploads) == 3


@pytest.mark.parametrize("between", [DOWN, Underway()])
async def test_a_day_of_nothing_new_is_counted_through_looks_without_an_answer(
    house: House, between: object
) -> None:
    await drawing(house, Underway())
    house.images.looks = [Underway(), between] * 100
    await hours(house, 29)
    assert (await house.pictures()).stage is Drawing.UNCONFIRMED


async def test_pictures_in_doubt_come_by_themselves_once_they_are_drawn(house: House) -> None:
    await drawing(house, Underway())
    await hours(house, 30)
    house.images.looks = [rendered(4)]
    await hours(house, 1)
    await minutes(house, 3)
    assert (await house.pictures()).stage is Drawing.DONE
    assert len(house.images.bodies) == 1


async def test_a_training_that_says_that_it_goes_on_is_looked_up_in_the_archive_once_it_is_late(
    house: House,
) -> None:
    await training(house)
    house.trainer.archive = TRAINED
    await hours(house, 3)
    assert (await house.run()).stage is Stage.TRAINING
    await hours(house, 2)
    assert (await house.run()).stage is Stage.READY


@pytest.mark.parametrize("told", [[Progressed(12)], [Progressed(None)], [Progressed(12), None, DOWN] * 99])
async def test_a_training_that_gets_no_further_for_a_day_after_its_time_is_decided_by_a_person(
    house: House, told: list[object]
) -> None:
    await training(house)
    house.trainer.looks = told
    await hours(house, 27)
    assert (await house.run()).stage is Stage.TRAINING
    await hours(house, 5)
    run = await house.run()
    assert (run.stage, run.trouble) == (
        Stage.UNCONFIRMED,
        "Runware took this training, and for a day it has told nothing new of it.",
    )
    await hours(house, 20)
    assert (await house.run()).stage is Stage.UNCONFIRMED


@pytest.mark.parametrize(("told", "stage"), [(Progressed(13), Stage.TRAINING), (TRAINED, Stage.READY)])
async def test_a_training_in_doubt_is_followed_on_once_it_gets_further(
    house: House, told: object, stage: Stage
) -> None:
    await training(house)
    await hours(house, 30)
    assert (await house.run()).stage is Stage.UNCONFIRMED
    house.trainer.looks = [told]
    await hours(house, 2)
    assert (await house.run()).stage is stage


async def test_a_training_that_gets_on_ever_so_slowly_is_not_doubted(house: House) -> None:
    await training(house)
    for percent in range(13, 20):
        house.trainer.looks = [Progressed(percent)]
        await hours(house, 20)
    run = await house.run()
    assert (run.stage, run.percent) == (Stage.TRAINING, 19)
    assert run.troubled_since
    assert house.clock.now - run.troubled_since < timedelta(hours=20)

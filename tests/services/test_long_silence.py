"""What Runware took, and for a day tells nothing of, a person decides about; its next word ends the doubt."""

import pytest

from bot.domain.errors import AccessDenied, Refused, Unavailable
from bot.domain.facts import Progressed
from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.results import Underway
from bot.domain.run import Run, Stage
from bot.domain.task import Failed, Failure
from bot.slack.cards import run_card
from bot.slack.pictures import generation_card
from tests.fakes import TRAINED, rendered
from tests.house import ANN, CAT, PICTURES, RUN, T1, House, click

DOWN = Unavailable("Runware is not available for now.")
NO_KEY = AccessDenied("Runware does not accept the key.")
SILENCES = pytest.mark.parametrize(
    "looks", [[DOWN], [NO_KEY], [DOWN, NO_KEY] * 60], ids=["down", "key refused", "now one, now the other"]
)


async def training(house: House) -> None:
    """Have a training handed over, of which Runware told something at first."""
    house.trainer.looks = [Progressed(12)]
    await house.trains()
    assert (await house.run()).stage is Stage.TRAINING


async def drawing(house: House) -> None:
    """Have pictures handed over."""
    house.trainer.looks = [TRAINED]
    await house.trains(steps=4)
    house.images.looks = [Underway()]
    await house.generate()
    await house.work(steps=3)
    assert (await house.pictures()).stage is Drawing.RENDERING


async def hours(house: House, number: int) -> None:
    """Let the house work for so many hours, twice in each."""
    for _ in range(2 * number):
        house.clock.pass_time(minutes=30)
        await house.work()


def buttons(item: Run | Generation, house: House) -> list[str]:
    """Return what can be clicked on the card."""
    drawn = run_card(item, now=house.clock.now) if isinstance(item, Run) else generation_card(item)
    rows = [block["elements"] for block in drawn.blocks if block["type"] == "actions"]
    return [button["text"]["text"] for row in rows for button in row]


@SILENCES
async def test_after_a_day_of_silence_about_pictures_a_person_decides(
    house: House, looks: list[object]
) -> None:
    await drawing(house)
    house.images.looks = looks
    await hours(house, 23)
    assert (await house.pictures()).stage is Drawing.RENDERING
    await hours(house, 3)
    pictures = await house.pictures()
    assert pictures.stage is Drawing.UNCONFIRMED
    assert pictures.evidence
    assert {"Check again", "Give up"} <= {*buttons(pictures, house)}
    assert len(house.images.bodies) == 1
    await house.stopping.cancel(PICTURES, click(CAT, house.delivery()))
    assert (await house.pictures()).stage is Drawing.FAILED


@SILENCES
async def test_after_a_day_of_silence_about_a_training_a_person_decides(
    house: House, looks: list[object]
) -> None:
    await training(house)
    house.trainer.looks = looks
    await hours(house, 23)
    assert (await house.run()).stage is Stage.TRAINING
    await hours(house, 3)
    run = await house.run()
    assert run.stage is Stage.UNCONFIRMED
    assert {"Check again", "Give up"} <= {*buttons(run, house)}
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    assert (await house.run()).stage is Stage.CANCELLED


async def test_pictures_that_runware_tells_of_after_days_are_brought_by_themselves(house: House) -> None:
    await drawing(house)
    house.images.looks = [DOWN]
    await hours(house, 80)
    assert (await house.pictures()).stage is Drawing.UNCONFIRMED
    house.images.looks = [rendered(4)]
    await hours(house, 1)
    for _ in range(5):
        house.clock.pass_time(seconds=31)
        await house.work()
    assert (await house.pictures()).stage is Drawing.DONE
    assert len(house.images.bodies) == 1


async def test_a_training_that_runware_tells_of_after_days_is_followed_on(house: House) -> None:
    await training(house)
    house.trainer.looks = [NO_KEY]
    await hours(house, 80)
    assert (await house.run()).stage is Stage.UNCONFIRMED
    house.trainer.looks = [Progressed(80)]
    await house.training.check(RUN, workspace=T1, delivery=house.delivery())
    await hours(house, 1)
    run = await house.run()
    assert (run.stage, run.percent, run.trouble) == (Stage.TRAINING, 80, "")
    house.trainer.looks = [TRAINED]
    await hours(house, 1)
    assert (await house.run()).stage is Stage.READY


async def test_one_word_of_the_pictures_begins_the_day_anew(house: House) -> None:
    await drawing(house)
    house.images.looks = [DOWN]
    await hours(house, 20)
    house.images.looks = [Underway()]
    await hours(house, 1)
    house.images.looks = [DOWN]
    await hours(house, 20)
    assert (await house.pictures()).stage is Drawing.RENDERING


async def test_pictures_that_are_drawn_again_after_a_blip_are_in_no_trouble(house: House) -> None:
    await drawing(house)
    house.images.looks = [DOWN, Underway()]
    house.clock.pass_time(minutes=1)
    await house.work()
    assert (await house.pictures()).trouble == "Runware is not available for now."
    house.clock.pass_time(minutes=2)
    await house.work()
    assert (await house.pictures()).trouble == ""


async def test_pictures_under_way_are_not_given_up_before_there_is_doubt(house: House) -> None:
    await drawing(house)
    house.images.looks = [DOWN]
    await hours(house, 5)
    with pytest.raises(Refused, match="under way"):
        await house.stopping.cancel(PICTURES, click(CAT, house.delivery()))


async def test_a_no_to_a_repeat_that_the_archive_holds_does_not_end_the_doubt(house: House) -> None:
    """It is the last answer and not the outcome: to follow it would only lead back into doubt."""
    house.images.submits = [Unavailable("lost"), None]
    await drawing_in_vain(house)
    house.images.archive = Failed(Failure("invalidParameter", "Too wide."))
    stages = []
    for _ in range(60):
        house.clock.pass_time(minutes=10)
        await house.work()
        stages.append((await house.pictures()).stage)
    assert stages[-1] is Drawing.UNCONFIRMED
    assert Drawing.RENDERING not in stages[stages.index(Drawing.UNCONFIRMED) :]


async def drawing_in_vain(house: House) -> None:
    """Have pictures sent twice, of which nothing is ever told."""
    house.trainer.looks = [TRAINED]
    await house.trains(steps=4)
    await house.generate()
    for _ in range(4):
        await house.work()
        house.clock.pass_time(seconds=40)
    pictures = await house.pictures()
    assert pictures.task
    assert (pictures.stage, pictures.task.attempts) == (Drawing.RENDERING, 2)

"""The daily reckoning: each request is held against Runware's archive, the money against the account."""

from dataclasses import dataclass

from bot.domain.alarm import Alarm, Concern
from bot.domain.errors import Unavailable
from bot.domain.facts import Progressed
from bot.domain.generation import Stage as PictureStage
from bot.domain.ids import TaskId
from bot.domain.run import Stage
from bot.domain.task import Task, Testimony
from bot.ports import Usage
from tests.fakes import TRAINED, FakeImages, FakeTrainer, rendered
from tests.house import House

FOREIGN = Testimony(is_known=True, said=("The archive holds another body.",), is_foreign=True)
OURS = Testimony(is_known=True, said=("The archive holds our body.",), is_ours=True)


@dataclass
class SilentTrainer(FakeTrainer):
    """A Runware that does not say what became of trainings."""

    async def testify(self, task: Task) -> Testimony:
        raise Unavailable("Runware did not answer.")


@dataclass
class ForeignTrainer(FakeTrainer):
    """A Runware that holds another training under our id, as long as that is its testimony."""

    testimony: Testimony = FOREIGN

    async def testify(self, task: Task) -> Testimony:
        return self.testimony


@dataclass
class ForeignImages(FakeImages):
    """A Runware that holds another request for pictures under our id."""

    async def testify(self, task: Task) -> Testimony:
        return FOREIGN


@dataclass
class DeafImages(FakeImages):
    """A Runware that does not tell how far pictures are."""

    async def testify(self, task: Task) -> Testimony:
        raise Unavailable("Runware did not answer.")


async def train(house: House) -> TaskId:
    """Have a training handed over."""
    await house.trains()
    task = (await house.run()).task
    assert task
    return task.id


async def draw(house: House) -> TaskId:
    """Have pictures handed over, in a style that is ready."""
    await train(house)
    await house.generate()
    await house.work(steps=3)
    task = (await house.pictures()).task
    assert task
    return task.id


async def standing(house: House) -> list[Alarm]:
    return [*await house.store.read(lambda tx: tx.alarms.standing())]


async def foreign(house: House) -> list[str]:
    """Return the tasks under whose id Runware is said to hold another request."""
    return [alarm.about for alarm in await standing(house) if alarm.concern is Concern.FOREIGN]


async def last_spent(house: House) -> float | None:
    last = await house.store.read(lambda tx: tx.books.last())
    return last.spent if last else None


async def test_pictures_are_asked_for_where_pictures_are_drawn(house: House) -> None:
    house.trainer.looks = [TRAINED]
    pictures = await draw(house)
    house.lives_with(trainer=SilentTrainer(looks=[TRAINED]), images=ForeignImages())
    await house.reckoning.reckon()
    assert await foreign(house) == [pictures]


async def test_a_request_that_cannot_be_compared_is_in_nobodys_way(house: House) -> None:
    house.trainer.looks, house.images.looks = [TRAINED], [rendered(4)]
    pictures = await draw(house)
    await house.reckoning.reckon()
    house.lives_with(trainer=SilentTrainer(looks=[TRAINED]), images=ForeignImages())
    house.clock.pass_time(days=1)
    house.account.stated = Usage(12.08, 3)
    await house.reckoning.reckon()
    assert await foreign(house) == [pictures]
    assert await last_spent(house) == 12.08


async def test_what_cannot_be_compared_on_one_day_is_compared_on_the_next(house: House) -> None:
    house.trainer.looks = [TRAINED]
    pictures = await draw(house)
    house.lives_with(images=DeafImages())
    await house.reckoning.reckon()
    house.lives_with(images=ForeignImages())
    house.clock.pass_time(days=1)
    await house.reckoning.reckon()
    assert await foreign(house) == [pictures]


async def test_requests_are_compared_every_day_whatever_is_under_way(house: House) -> None:
    house.lives_with(trainer=ForeignTrainer(looks=[Progressed(10)]))
    await house.reckoning.reckon()
    training = await train(house)
    house.clock.pass_time(days=1)
    await house.reckoning.reckon()
    assert (await house.run()).stage is Stage.TRAINING
    assert await foreign(house) == [training]


async def test_requests_are_compared_where_the_account_does_not_state_what_was_spent(house: House) -> None:
    house.account.stated = Usage(None, None, 40.0)
    house.lives_with(trainer=ForeignTrainer(looks=[TRAINED]))
    await house.reckoning.reckon()
    training = await train(house)
    house.clock.pass_time(days=1)
    await house.reckoning.reckon()
    assert await foreign(house) == [training]
    assert await last_spent(house) is None


async def test_requests_are_compared_no_more_than_once_a_day(house: House) -> None:
    trainer = ForeignTrainer(looks=[TRAINED])
    house.lives_with(trainer=trainer)
    await house.reckoning.reckon()
    await train(house)
    house.clock.pass_time(hours=23)
    await house.reckoning.reckon()
    assert await foreign(house) == []
    house.clock.pass_time(hours=1)
    await house.reckoning.reckon()
    assert len(await foreign(house)) == 1


async def test_the_next_days_comparison_ends_what_is_no_longer_so(house: House) -> None:
    trainer = ForeignTrainer(looks=[TRAINED])
    house.lives_with(trainer=trainer)
    await train(house)
    await house.reckoning.reckon()
    assert len(await foreign(house)) == 1
    trainer.testimony = OURS
    house.clock.pass_time(days=1)
    house.account.stated = Usage(0.0, 3)
    await house.reckoning.reckon()
    assert await foreign(house) == []


async def test_an_archive_that_tells_nothing_on_the_next_day_ends_nothing(house: House) -> None:
    trainer = ForeignTrainer(looks=[TRAINED])
    house.lives_with(trainer=trainer)
    training = await train(house)
    await house.reckoning.reckon()
    trainer.testimony = Testimony(is_known=True, said=("Runware's archive did not answer.",))
    house.clock.pass_time(days=1)
    await house.reckoning.reckon()
    assert await foreign(house) == [training]


async def test_what_an_earlier_process_did_not_come_to_compare_is_compared(house: House) -> None:
    house.lives_with(trainer=ForeignTrainer(looks=[TRAINED]))
    await house.reckoning.reckon()
    training = await train(house)
    house.lives_with()
    await house.reckoning.reckon()
    assert await foreign(house) == [training]


async def test_a_doubt_that_nobody_decides_does_not_hold_up_the_money(house: House) -> None:
    await house.reckoning.reckon()
    house.trainer.submits = [Unavailable("Runware did not answer.")]
    await train(house)
    house.clock.pass_time(days=1, minutes=1)
    await house.work(steps=3)
    assert (await house.run()).stage is Stage.UNCONFIRMED
    house.account.stated = Usage(12.0, 3)
    await house.reckoning.reckon()
    [alarm] = await standing(house)
    assert alarm.concern is Concern.USAGE
    assert "$12.00 more" in alarm.sentence
    assert (
        "For 1 request in that time no price was stated: it was stopped, given up, failed or is not over."
        in alarm.sentence
    )


async def test_what_is_held_back_unsent_does_not_hold_up_the_money(house: House) -> None:
    await house.reckoning.reckon()
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=30)
    await house.work()
    run = await house.run()
    assert run.stage is Stage.SUBMITTING
    assert run.task
    assert run.task.attempts == 0
    house.clock.pass_time(days=1)
    house.account.stated = Usage(1.0, 3)
    await house.reckoning.reckon()
    assert await last_spent(house) == 1.0


async def test_pictures_under_way_are_waited_for_before_the_money_is_compared(house: House) -> None:
    house.trainer.looks = [TRAINED]
    await draw(house)
    await house.reckoning.reckon()
    assert (await house.pictures()).stage is PictureStage.RENDERING
    house.clock.pass_time(days=1)
    house.account.stated = Usage(1.0, 3)
    await house.reckoning.reckon()
    assert await last_spent(house) == 0.0
    house.clock.pass_time(days=2)
    await house.reckoning.reckon()
    assert await last_spent(house) == 1.0


async def read_next(house: House, spent: float) -> list[str]:
    """Let the account state this on the next day; return what is then told of it."""
    house.clock.pass_time(days=1)
    house.account.stated = Usage(spent, 3)
    await house.reckoning.reckon()
    return [alarm.sentence for alarm in await standing(house) if alarm.concern is Concern.USAGE]


async def test_what_the_account_shows_a_day_late_is_no_alarm_and_what_it_never_shows_is_told(
    house: House,
) -> None:
    house.account.stated = Usage(100.0, 3)
    await house.reckoning.reckon()
    house.trainer.looks = [TRAINED]
    await train(house)
    assert (await house.run()).cost == 12.0
    assert await read_next(house, 100.0) == []
    assert await read_next(house, 112.0) == []
    assert await read_next(house, 100.0) == []  # a refund
    [told] = await read_next(house, 100.0)
    assert told.startswith("Runware's account shows $12.00 less than Housestyle booked")
    assert await read_next(house, 100.0) == []


async def test_a_shortage_of_one_day_hides_no_surplus_of_the_next(house: House) -> None:
    house.account.stated = Usage(100.0, 3)
    await house.reckoning.reckon()
    house.trainer.looks = [TRAINED]
    await train(house)
    assert await read_next(house, 104.0) == []
    [told] = await read_next(house, 113.0)
    assert "$1.00 more" in told

"""Where nobody can say whether a request was taken, a person decides, on evidence, and nothing is sent."""

from datetime import timedelta

import pytest

from bot.domain.errors import NotAllowed, NotSent, Refused, Unavailable
from bot.domain.facts import Progressed
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import GenerationId, WorkspaceId
from bot.domain.run import Stage
from bot.domain.task import Failed, Failure, Task, Testimony
from bot.services.reconciler import Pace
from tests.fakes import TRAINED, FakeTrainer, rendered
from tests.house import ANN, BEN, CAT, PICTURES, RUN, T1, House, click


async def submitting(house: House) -> None:
    """Leave the run where the next step sends it."""
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=30)
    await house.work()


async def in_doubt(house: House) -> None:
    """Send the run's request for a day without ever hearing whether it was taken."""
    house.trainer.submits = [Unavailable("Runware did not answer.")]
    house.trainer.accepts_unheard = False
    await submitting(house)
    for _ in range(60):
        await house.work()
        house.clock.pass_time(minutes=30)
    assert (await house.run()).stage is Stage.UNCONFIRMED


async def test_after_a_day_of_doubt_the_card_shows_what_was_sent_and_what_runware_said(house: House) -> None:
    await in_doubt(house)
    run = await house.run()
    assert run.evidence == ("Not known.",)
    assert run.task
    assert run.task.attempts > 20
    assert len(set(house.trainer.bodies)) == 1


async def test_nothing_is_sent_any_more_once_a_person_has_to_decide(house: House) -> None:
    await in_doubt(house)
    sent = len(house.trainer.bodies)
    for _ in range(20):
        house.clock.pass_time(hours=1)
        await house.work()
    assert len(house.trainer.bodies) == sent


async def test_a_person_can_have_runware_asked_again_and_a_trace_revives_the_run(house: House) -> None:
    await in_doubt(house)
    await house.work()
    task = (await house.run()).task
    assert task
    house.trainer.charges.add(task.id)
    house.trainer.looks = [Progressed(40)]
    answer = await house.training.check(RUN, workspace=T1, delivery=house.delivery())
    assert answer.startswith("Asking Runware once more")
    house.clock.pass_time(seconds=5)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING


async def test_a_run_in_doubt_can_be_given_up_by_who_asked(house: House) -> None:
    await in_doubt(house)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    run = await house.run()
    assert run.stage is Stage.CANCELLED
    assert run.task


async def test_a_clear_run_is_not_checked(house: House) -> None:
    await submitting(house)
    answer = await house.training.check(RUN, workspace=T1, delivery=house.delivery())
    assert "no doubt" in answer


async def test_a_request_that_never_left_the_house_is_no_attempt(house: House) -> None:
    house.trainer.submits = [NotSent("Runware is not answering; your run is safe."), None]
    house.trainer.accepts_unheard = False
    await submitting(house)
    await house.work()
    run = await house.run()
    assert run.task
    assert (run.stage, run.task.attempts) == (Stage.SUBMITTING, 0)
    assert run.trouble == "Runware is not answering; your run is safe."
    house.clock.pass_time(minutes=1)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING


async def test_a_restart_finds_an_accepted_request_at_once_and_does_not_wait_for_it_to_settle(
    house: House,
) -> None:
    house.trainer.submits = [Unavailable("The answer was lost."), None]
    house.trainer.looks = [Progressed(1)]
    await submitting(house)
    await house.work()
    await house.store.write(lambda tx: tx.runs.hasten(RUN, every=timedelta()))
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING
    assert len(house.trainer.bodies) == 1


async def training(house: House) -> None:
    """Leave the run in training."""
    house.trainer.looks = [None]
    await submitting(house)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING


async def test_a_result_that_runware_tells_no_more_is_recalled_from_its_archive(house: House) -> None:
    await training(house)
    house.trainer.archive = TRAINED
    house.clock.pass_time(hours=3)
    await house.work()
    assert (await house.run()).stage is Stage.READY


async def test_a_training_of_which_nothing_is_heard_for_a_day_is_decided_by_a_person(house: House) -> None:
    await training(house)
    for _ in range(60):
        house.clock.pass_time(minutes=30)
        await house.work()
    run = await house.run()
    assert run.stage is Stage.UNCONFIRMED
    assert run.trouble.startswith("Runware took this training")


async def test_a_training_that_takes_long_is_followed_on_and_said_to_be_slow(house: House) -> None:
    house.trainer.looks = [Progressed(47)]
    await submitting(house)
    for percent in range(47, 57):
        house.trainer.looks = [Progressed(percent)]
        for _ in range(40):
            await house.work()
            house.clock.pass_time(minutes=30)
    run = await house.run()
    assert (run.stage, run.percent) == (Stage.TRAINING, 56)
    assert run.trouble.startswith("It takes longer than usual")


async def test_trouble_that_stays_the_same_is_written_down_once(house: House) -> None:
    await training(house)
    house.trainer.looks = [Unavailable("Runware did not answer.")]
    for _ in range(5):
        house.clock.pass_time(minutes=10)
        await house.work()
    run = await house.run()
    assert run.trouble == "Runware did not answer."
    assert run.troubled_since
    assert house.clock() - run.troubled_since > timedelta(minutes=35)


async def drawing(house: House) -> None:
    """Have pictures asked for, and taken by Runware."""
    house.trainer.looks = [TRAINED]
    await submitting(house)
    await house.work(steps=3)
    house.images.looks = [None]
    await house.generate()
    await house.work(steps=2)
    assert (await house.pictures()).stage is GenerationStage.RENDERING


async def test_pictures_that_runware_tells_no_more_are_recalled_from_its_archive(house: House) -> None:
    await drawing(house)
    house.images.archive = rendered(4)
    house.clock.pass_time(minutes=31)
    await house.work(steps=4)
    assert (await house.pictures()).stage is GenerationStage.DONE


async def test_pictures_of_which_nothing_is_heard_are_decided_by_a_person(house: House) -> None:
    await drawing(house)
    house.clock.pass_time(minutes=31)
    await house.work()
    assert (await house.pictures()).stage is GenerationStage.UNCONFIRMED
    await house.stopping.cancel(PICTURES, click(CAT, house.delivery()))
    given_up = await house.pictures()
    assert given_up.stage is GenerationStage.FAILED
    assert given_up.failure
    assert "may still" in given_up.failure.sentence


async def test_two_clicks_on_again_are_one_request(house: House) -> None:
    await drawing(house)
    house.images.looks = [Failed(Failure("x", "It went wrong."))]
    for _ in range(2):
        await house.generations.again(
            PICTURES, who=BEN, workspace=T1, quality=None, delivery=house.delivery()
        )
    everything = await house.store.read(lambda tx: tx.generations.live())
    assert len(everything) == 2


async def test_again_after_a_while_is_another_request(house: House) -> None:
    await drawing(house)
    for _ in range(2):
        await house.generations.again(
            PICTURES, who=BEN, workspace=T1, quality=None, delivery=house.delivery()
        )
        house.clock.pass_time(seconds=6)
    everything = await house.store.read(lambda tx: tx.generations.live())
    assert len(everything) == 3


def test_a_training_is_looked_at_sooner_at_its_start_and_near_its_end() -> None:
    pace, minute = Pace(chance=lambda: 0.0), timedelta(minutes=1)
    start = pace.look(elapsed=minute, left=119 * minute, percent=0)
    between = pace.look(elapsed=50 * minute, left=70 * minute, percent=40)
    end = pace.look(elapsed=110 * minute, left=10 * minute, percent=60)
    almost = pace.look(elapsed=60 * minute, left=60 * minute, percent=97)
    overdue = pace.look(elapsed=300 * minute, left=timedelta(), percent=99)
    assert (start, between, end, almost, overdue) == (minute, 5 * minute, minute, minute, 5 * minute)


def test_looks_are_spread_and_never_more_than_ten_minutes_apart() -> None:
    waits = [Pace().look(elapsed=timedelta(hours=1), left=timedelta(hours=1), percent=50) for _ in range(50)]
    assert len(set(waits)) > 10
    assert timedelta(minutes=5) <= min(waits) <= max(waits) <= timedelta(minutes=10)


async def test_asking_again_right_after_a_cancellation_is_no_double_click(house: House) -> None:
    await house.ask()
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    for _ in range(2):
        await house.training.retry(RUN, who=ANN, workspace=T1, delivery=house.delivery())
    runs = await house.store.read(lambda tx: tx.runs.recent(T1, limit=9))
    assert len(runs) == 2


async def test_who_gives_a_run_in_doubt_up_is_told_that_it_may_be_charged_and_not_that_it_is(
    house: House,
) -> None:
    await in_doubt(house)
    said = await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    assert said.startswith("Gave up Stellar.")
    assert "may be trained, and charged" in said
    assert "still charged" not in said


async def test_only_who_asked_gives_pictures_up_and_others_are_told_whom_to_ask(house: House) -> None:
    await drawing(house)
    house.clock.pass_time(minutes=31)
    await house.work()
    with pytest.raises(NotAllowed, match="Only who asked for it"):
        await house.stopping.cancel(PICTURES, click(BEN, house.delivery()))
    assert (await house.pictures()).stage is GenerationStage.UNCONFIRMED


async def test_pictures_of_which_there_is_no_doubt_are_not_given_up(house: House) -> None:
    await drawing(house)
    with pytest.raises(Refused, match="under way: they come, or fail, by themselves"):
        await house.stopping.cancel(PICTURES, click(CAT, house.delivery()))
    assert (await house.pictures()).stage is GenerationStage.RENDERING


async def test_private_pictures_are_found_by_who_asked_for_them_alone(house: House) -> None:
    await drawing(house)
    await house.generate("the secret mascot", private=True)
    secret = GenerationId("GEN0000002")
    assert await house.generations.find(secret, who=CAT, workspace=T1)
    assert await house.generations.find(secret, who=BEN, workspace=T1) is None
    assert await house.generations.find(PICTURES, who=BEN, workspace=T1)
    assert await house.generations.find(PICTURES, who=CAT, workspace=WorkspaceId("T2")) is None


async def test_what_is_in_doubt_is_looked_for_every_ten_minutes_and_no_more_often(house: House) -> None:
    looks = 0

    class Counting(FakeTrainer):
        async def testify(self, task: Task) -> Testimony:
            nonlocal looks
            looks += 1
            return await super().testify(task)

    house.lives_with(trainer=Counting())
    await in_doubt(house)
    looks = 0
    for _ in range(60):
        house.clock.pass_time(minutes=1)
        await house.work()
    assert 5 <= looks <= 7

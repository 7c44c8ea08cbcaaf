"""What becomes of a paid request when Runware refuses, is silent, or says strange things."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.alarm import HELD, Concern
from bot.domain.errors import AccessDenied, IllegalMove, NotSent, Refused, Unavailable
from bot.domain.facts import Progressed
from bot.domain.ids import RunId
from bot.domain.run import Run, Stage
from bot.domain.task import Task, Testimony
from bot.services.reconciler import Pace, Reconciler
from bot.services.reconciler.attendance import Attendance, ProposalSteps
from bot.services.reconciler.intake import Intake
from bot.services.reconciler.rendering import GenerationSteps
from bot.services.reconciler.training import RunSteps
from storage.rows import text_of
from tests.fakes import FakeTrainer
from tests.house import ANN, BEN, RUN, T1, House, click


def leased_until(database: Path) -> str:
    """Return when the run may be taken by another process."""
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT due_at FROM runs").fetchone()[0])


async def submitting(house: House) -> None:
    """Leave the run where the next step sends it."""
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=30)
    await house.work()
    assert (await house.run()).stage is Stage.SUBMITTING


async def test_a_day_without_balance_is_no_day_of_doubt(house: House) -> None:
    house.trainer.submits = [AccessDenied("The balance is used up.")]
    house.trainer.accepts_unheard = False
    await submitting(house)
    for _ in range(30):
        await house.work()
        house.clock.pass_time(hours=1)
    assert (await house.run()).stage is Stage.SUBMITTING
    house.trainer.submits = [None]
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING
    assert len(house.trainer.charges) == 1


async def test_a_refusal_after_a_lost_try_is_doubt_and_not_the_end(house: House) -> None:
    house.trainer.submits = [
        Unavailable("no answer"),
        Refused("The AIR is taken.", code="modelAlreadyExists"),
    ]
    house.trainer.looks = [None, None, Progressed(3)]
    await submitting(house)
    await house.work()
    house.clock.pass_time(seconds=31)
    await house.work()
    run = await house.run()
    assert (run.stage, run.trouble) == (Stage.UNCONFIRMED, "The AIR is taken.")
    house.clock.pass_time(minutes=6)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING


async def test_nothing_is_sent_again_while_runware_cannot_be_asked(house: House) -> None:
    house.trainer.submits = [Unavailable("no answer"), None]
    house.trainer.looks = [Unavailable("down")]
    await submitting(house)
    for _ in range(5):
        await house.work()
        house.clock.pass_time(seconds=31)
    assert len(house.trainer.bodies) == 1


async def test_a_slow_answer_of_runware_is_waited_for_and_told(house: House) -> None:
    """The lease is over long before the answer: the run that was sent must not be dropped for it."""

    class Slow(FakeTrainer):
        async def submit(self, task: Task) -> bool:
            await asyncio.sleep(0.3)
            raise Unavailable("Runware was too slow.")

    house.lives_with(trainer=Slow(), pace=Pace(lease=timedelta(seconds=0.3)))
    await submitting(house)
    await house.work()
    assert (await house.run()).trouble == "Runware was too slow."


async def test_runwares_trouble_does_not_make_the_dataset_unfit(house: House) -> None:
    class Keyless(FakeTrainer):
        async def namespace(self) -> str:
            raise AccessDenied("Runware refuses the key.")

    house.lives_with(trainer=Keyless())
    await house.ask()
    for _ in range(40):
        await house.work()
        house.clock.pass_time(minutes=1)
    run = await house.run()
    assert (run.stage, run.trouble) == (Stage.REQUESTED, HELD[Concern.KEY])
    assert house.inspector.sources == []


async def test_a_hiccup_after_a_long_stop_does_not_give_a_run_up(house: House) -> None:
    house.inspector.answers.insert(0, Unavailable("The link's server does not answer."))
    await house.ask()
    house.clock.pass_time(hours=3)
    await house.work()
    assert (await house.run()).stage is Stage.REQUESTED
    house.clock.pass_time(minutes=2)
    await house.work()
    assert (await house.run()).stage is Stage.AWAITING


async def test_a_name_chosen_by_hand_does_not_stand_in_the_way_of_the_next_version(house: House) -> None:
    await house.ask(air="acme:stellar@2")
    await house.work()
    for _ in range(2):
        await house.ask()
        await house.work()
    airs = [(await house.run(RunId(f"RUN000000{n}"))).air for n in (1, 2, 3)]
    assert airs == ["acme:stellar@2", "acme:stellar@3", "acme:stellar@4"]


async def test_a_run_that_is_not_over_cannot_be_asked_for_again(house: House) -> None:
    await house.ask()
    await house.work()
    with pytest.raises(Refused, match="once it is over"):
        await house.training.retry(RUN, who=BEN, workspace=T1, delivery=house.delivery())


async def test_what_is_being_handed_over_cannot_be_cancelled(house: House) -> None:
    house.trainer.submits = [Unavailable("no answer")]
    await submitting(house)
    await house.work()
    with pytest.raises(IllegalMove):
        await house.stopping.cancel(RUN, click(ANN, house.delivery()))


async def test_a_first_try_that_runware_knows_already_is_compared_with_what_it_has(house: House) -> None:
    class Foreign(FakeTrainer):
        async def submit(self, task: Task) -> bool:
            await super().submit(task)
            return True

        async def testify(self, task: Task) -> Testimony:
            return Testimony(is_known=False, is_foreign=True)

    house.lives_with(trainer=Foreign())
    await submitting(house)
    await house.work()
    standing = await house.store.read(lambda tx: tx.alarms.standing())
    assert [alarm.concern for alarm in standing] == [Concern.FOREIGN]


async def test_the_longer_nothing_can_be_sent_the_more_rarely_it_is_tried(house: House) -> None:
    house.lives_with(pace=Pace(chance=lambda: 1.0))
    house.trainer.submits = [NotSent("Runware is not answering.")]
    house.trainer.accepts_unheard = False
    await submitting(house)
    for _ in range(240):
        await house.work()
        house.clock.pass_time(seconds=30)
    assert len(house.trainer.bodies) < 30


async def test_a_lease_is_renewed_for_as_long_as_the_step_runs(home: House, database: Path) -> None:
    is_through = False

    class Slow(RunSteps):
        async def advance(self, item: Run) -> None:
            async with asyncio.timeout(60):
                for _ in range(3):
                    home.clock.pass_time(seconds=1)  # more than the lease
                    while leased_until(database) < text_of(home.clock.now):  # noqa: ASYNC110 - only time renews
                        await asyncio.sleep(0.01)
            nonlocal is_through
            is_through = True

    pace = Pace(lease=timedelta(seconds=0.03))
    attendance = Attendance(home.store, home.clerk, home.people)
    intake = Intake(home.store, home.clerk, home.inspector, home.files, home.archives, home.trainer, pace)
    slow = Slow(home.store, intake, attendance, home.trainer, pace)
    drawing = GenerationSteps(home.store, home.images, home.fetcher, home.slack, attendance, pace)
    waiting = ProposalSteps(attendance)
    reconciler = Reconciler(home.store, slow, drawing, waiting, pace=pace, nudge=lambda: None)
    await home.ask()
    await reconciler.advance_due()
    await reconciler.finish()
    assert is_through

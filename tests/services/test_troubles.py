"""Each trouble has a clock and a sentence of its own: a blip after another outage ends nothing."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.domain.errors import AccessDenied, NotSent, NotYet, Unavailable
from bot.domain.facts import Progressed
from bot.domain.generation import Stage as Drawing
from bot.domain.run import Run, Stage
from bot.domain.task import Attempted, Task, Testimony
from bot.ports import FinishedPicture
from bot.services.reconciler import Pace
from bot.services.reconciler.attendance import Attendance
from bot.services.reconciler.handover import Fact
from bot.services.reconciler.intake import Intake
from bot.services.reconciler.training import RunSteps
from bot.slack.cards import run_card
from tests.fakes import TRAINED, FakeTrainer, rendered
from tests.house import ANN, BEN, RUN, House, click

PICTURE = FinishedPicture(b"\xff\xd8", "jpg")
SILENT = "Runware is not answering; your run is safe."


async def submitting(house: House) -> None:
    """Leave the run where the next step sends it."""
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=30)
    await house.work()
    assert (await house.run()).stage is Stage.SUBMITTING


async def drawn(house: House, *, count: int = 1) -> None:
    """Have pictures drawn in a trained style; none of them is in Slack yet."""
    house.trainer.looks = [TRAINED]
    await submitting(house)
    await house.work(steps=3)
    house.images.looks = [rendered(count)]
    await house.generate(count=count)


async def minutes(house: House, number: float, *, each: float = 1) -> None:
    """Let the house work for so many minutes, once in `each`."""
    for _ in range(int(number / each)):
        await house.work()
        house.clock.pass_time(minutes=each)


async def test_a_picture_is_not_lost_to_one_failed_fetch_after_an_hour_without_slack(house: House) -> None:
    await drawn(house)
    house.slack.upload_faults = [Unavailable("Slack did not answer.")] * 999
    await minutes(house, 57)
    assert (await house.pictures()).trouble == "Slack did not answer."
    house.slack.upload_faults = []
    house.fetcher.answers = [Unavailable("The host did not answer."), PICTURE]
    await minutes(house, 5)
    assert (await house.pictures()).stage is Drawing.DONE


async def test_a_run_is_not_refused_at_its_first_failed_fetch_because_runware_was_silent(
    house: House,
) -> None:
    class Mute(FakeTrainer):
        is_mute = True

        async def namespace(self) -> str:
            if self.is_mute:
                raise Unavailable("Runware did not answer.")
            return "acme"

    trainer = Mute()
    house.lives_with(trainer=trainer)
    await house.ask()
    await minutes(house, 40)
    trainer.is_mute = False
    house.inspector.answers.insert(0, Unavailable("The server is slow."))
    await minutes(house, 5)
    assert (await house.run()).stage is Stage.AWAITING


async def test_slacks_silence_about_shared_files_is_no_verdict_on_the_dataset(house: House) -> None:
    class Shut(type(house.files)):  # type: ignore[misc] # the fake's own class
        async def files(self, ids: object) -> object:
            raise Unavailable("Slack did not answer.")

    house.lives_with(files=Shut())
    await house.ask()
    await minutes(house, 40)
    assert (await house.run()).trouble == "Slack did not answer."
    assert (await house.run()).stage is Stage.REQUESTED


async def test_one_empty_look_after_hours_of_slowness_is_no_day_of_silence(house: House) -> None:
    house.trainer.looks = [Progressed(47)]
    await submitting(house)
    await minutes(house, 60 * 25, each=30)
    house.trainer.looks = [None]
    await minutes(house, 30, each=30)
    assert (await house.run()).stage is Stage.TRAINING


async def test_a_day_of_silence_about_a_training_is_counted_through_looks_without_an_answer(
    house: House,
) -> None:
    house.trainer.looks = [None]
    await submitting(house)
    await minutes(house, 60 * 6, each=30)
    house.trainer.looks = [*[Unavailable("Runware did not answer."), None] * 30, None]
    await minutes(house, 60 * 26, each=30)
    assert (await house.run()).stage is Stage.UNCONFIRMED


async def test_what_was_frozen_once_is_not_said_to_be_frozen_after_it_was_sent(house: House) -> None:
    await submitting(house)
    await house.switches.freeze("train", "we move house", house.by(BEN))
    await house.work()
    assert "frozen" in (await house.run()).trouble
    await house.switches.unfreeze("train", house.by(BEN))
    house.trainer.submits = [Unavailable("The answer was lost.")]
    house.clock.pass_time(minutes=2)
    await house.work()
    run = await house.run()
    assert (run.trouble, run.troubled_since) == ("The answer was lost.", house.clock.now)
    assert "frozen" not in run_card(run, now=house.clock.now).text


async def test_what_waited_for_others_of_ours_is_not_next_any_more_once_it_was_sent(house: House) -> None:
    house.trainer.submits = [NotYet("Yours is next."), Unavailable("The answer was lost.")]
    house.trainer.accepts_unheard = False
    await submitting(house)
    await house.work()
    assert (await house.run()).trouble == "Yours is next."
    house.clock.pass_time(minutes=1)
    await house.work()
    run = await house.run()
    assert (run.trouble, run.troubled_since) == ("The answer was lost.", house.clock.now)


async def test_slowness_is_not_told_of_a_runware_that_is_silent(house: House) -> None:
    house.trainer.looks = [Progressed(47)]
    await submitting(house)
    await minutes(house, 60 * 6, each=30)
    assert (await house.run()).trouble.startswith("It takes longer")
    house.trainer.looks = [Unavailable("Runware did not answer.")]
    await minutes(house, 30, each=30)
    assert (await house.run()).trouble == "Runware did not answer."


async def test_an_outage_is_told_in_its_newest_words_and_since_its_first_sign(house: House) -> None:
    house.trainer.looks = [Progressed(47)]
    await submitting(house)
    await house.work(steps=2)
    house.trainer.looks = [Unavailable("Runware did not answer."), NotSent(SILENT)]
    house.clock.pass_time(minutes=6)
    began = house.clock.now
    await minutes(house, 30, each=10)
    run = await house.run()
    assert (run.trouble, run.troubled_since) == (SILENT, began)


async def test_slack_is_asked_as_late_as_it_wants_for_an_upload(house: House) -> None:
    await drawn(house)
    house.slack.upload_faults = [Unavailable("Slack asks us to wait.", retry_after=600)]
    await house.work(steps=5)
    uploads = len(house.slack.uploads)
    await minutes(house, 9)
    assert len(house.slack.uploads) == uploads
    await minutes(house, 3)
    assert (await house.pictures()).stage is Drawing.DONE


@pytest.mark.parametrize("silence", [Unavailable("Runware did not answer."), AccessDenied("Bad key.")])
async def test_after_a_day_a_person_decides_also_where_runware_cannot_even_be_asked(
    house: House, silence: Unavailable
) -> None:
    class Away(FakeTrainer):
        async def testify(self, task: Task) -> Testimony:
            raise silence

    house.lives_with(trainer=Away(submits=[Unavailable("Runware did not answer.")]))
    await submitting(house)
    await minutes(house, 60 * 23, each=30)
    assert (await house.run()).stage is Stage.SUBMITTING
    await minutes(house, 60 * 2, each=30)
    run = await house.run()
    assert (run.stage, run.evidence) == (Stage.UNCONFIRMED, (str(silence),))
    assert len(house.trainer.bodies) == 1
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    assert (await house.run()).stage is Stage.CANCELLED


async def waits(house: House, *, hours: float) -> list[timedelta]:
    """Return the times between the sends of one request that never gets an answer."""
    sent, seen = [], 0
    until = house.clock.now + timedelta(hours=hours)
    while house.clock.now < until:
        await house.work()
        if len(house.trainer.bodies) > seen:
            seen = len(house.trainer.bodies)
            sent.append(house.clock.now)
        house.clock.pass_time(seconds=15)
    return [later - earlier for earlier, later in pairwise(sent)]


async def test_a_request_without_an_answer_is_sent_again_ever_less_often(house: House) -> None:
    house.lives_with(
        pace=Pace(chance=lambda: 1.0),
        trainer=FakeTrainer(submits=[Unavailable("Runware did not answer.")], accepts_unheard=False),
    )
    await submitting(house)
    between = await waits(house, hours=2)
    assert between == sorted(between)
    assert between[0] <= timedelta(minutes=1)
    assert timedelta(minutes=9) < between[-1] <= timedelta(minutes=11)


async def test_a_request_is_sent_again_as_late_as_runware_wants(house: House) -> None:
    house.lives_with(trainer=FakeTrainer(submits=[Unavailable("Runware is busy.", retry_after=900)]))
    await submitting(house)
    await house.work()
    await minutes(house, 14)
    assert len(house.trainer.bodies) == 1


async def test_who_slept_between_counting_an_attempt_and_sending_it_does_not_send_it(house: House) -> None:
    """What was counted long ago may have been sent, and be over, by another: the next step looks."""

    class Sleepy(RunSteps):
        asleep = 300

        async def note(self, item: Run, fact: Fact, due: timedelta | None) -> Run:
            noted = await super().note(item, fact, due)
            if isinstance(fact, Attempted):
                house.clock.pass_time(seconds=self.asleep)
            return noted

    await submitting(house)
    store, pace = house.store, house.pace
    intake = Intake(store, house.clerk, house.inspector, house.files, house.archives, house.trainer, pace)
    steps = Sleepy(store, intake, Attendance(store, house.clerk, house.people), house.trainer, pace)
    for asleep, sent in ((300, 0), (4, 1)):
        steps.asleep = asleep
        [run] = await store.write(lambda tx: tx.runs.take(limit=1, lease=pace.lease))
        await steps.advance(run)
        assert len(house.trainer.bodies) == sent
    assert (await house.run()).stage is Stage.TRAINING


async def test_a_balance_that_did_for_a_request_whose_answer_was_lost_is_mended(house: House) -> None:
    house.trainer.submits = [
        AccessDenied("No balance.", is_balance=True),
        Unavailable("The answer was lost."),
    ]
    house.trainer.accepts_unheard = False
    await submitting(house)
    await house.work()
    assert await house.store.read(lambda tx: tx.alarms.standing())
    house.trainer.accepts_unheard = True
    house.trainer.looks = [Progressed(3)]
    await minutes(house, 10)
    assert (await house.run()).stage is Stage.TRAINING
    assert not await house.store.read(lambda tx: tx.alarms.standing())

"""A training run, step by step, in a world of fakes."""

import pytest

from bot.domain.alarm import HELD, Concern
from bot.domain.errors import AccessDenied, DatasetUnfit, NotAllowed, Refused, Unavailable
from bot.domain.facts import Progressed
from bot.domain.ids import DeliveryKey, RunId, WorkspaceId
from bot.domain.message import ContactSheet, RunCard, RunEnded
from bot.domain.run import Run, Stage
from bot.domain.task import Failed, Failure
from bot.ports import Inspection
from tests.fakes import DATASET, TRAINED
from tests.house import ANN, BEN, BRAND, CAT, RUN, T1, House, click, wanted


async def awaiting(house: House) -> None:
    await house.ask()
    await house.work()


async def submitting(house: House) -> None:
    """Leave the run where the next step sends it."""
    await awaiting(house)
    await house.approve()
    house.clock.pass_time(seconds=30)
    await house.work()
    assert (await house.run()).stage is Stage.SUBMITTING


async def training(house: House) -> None:
    await submitting(house)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING


async def test_a_run_goes_from_the_request_to_a_version_that_can_draw(house: House) -> None:
    house.trainer.looks = [Progressed(47), TRAINED]
    await training(house)
    await house.work()
    assert (await house.run()).percent == 47
    house.clock.pass_time(minutes=5)
    await house.work(steps=2)
    run = await house.run()
    assert (run.stage, run.air, run.cost, run.number) == (Stage.READY, "acme:stellar@1", 12.0, 1)
    versions, _ = await house.styles.all(T1, BRAND)
    assert [version.label for version in versions] == ["Stellar@1"]
    assert len(house.trainer.charges) == 1


async def test_a_run_has_one_card_and_its_requester_is_told_once(house: House) -> None:
    house.trainer.looks = [TRAINED]
    await training(house)
    await house.work(steps=4)
    assert len(house.slack.of(RunCard)) == 1
    assert len(house.slack.of(RunEnded)) == 1
    assert len(house.slack.of(ContactSheet)) == 1
    shown = house.slack.of(RunCard)[0].states[-1]
    assert isinstance(shown, Run)
    assert shown.stage is Stage.READY


async def test_nothing_is_sent_before_somebody_else_approved(house: House) -> None:
    await awaiting(house)
    house.clock.pass_time(hours=23)
    await house.work(steps=3)
    assert (await house.run()).stage is Stage.AWAITING
    house.clock.pass_time(days=3)
    await house.work(steps=3)
    assert (await house.run()).stage is Stage.EXPIRED
    assert house.trainer.bodies == []


async def test_who_asked_cannot_approve(house: House) -> None:
    await awaiting(house)
    with pytest.raises(NotAllowed, match="someone else"):
        await house.approve(ANN)
    with pytest.raises(NotAllowed):
        await house.approvals.reject(RUN, "no", click(ANN, house.delivery()))
    assert (await house.run()).stage is Stage.AWAITING


async def test_an_approval_can_be_taken_back_within_the_undo_window(house: House) -> None:
    await awaiting(house)
    await house.approve()
    house.clock.pass_time(seconds=29)
    await house.work()
    await house.approvals.undo(RUN, click(CAT, house.delivery()))
    house.clock.pass_time(hours=1)
    await house.work(steps=2)
    assert (await house.run()).stage is Stage.AWAITING
    assert house.trainer.bodies == []


async def test_of_two_decisions_the_first_one_counts(house: House) -> None:
    await awaiting(house)
    await house.approvals.reject(RUN, "too few foxes", click(CAT, house.delivery()))
    with pytest.raises(Refused, match="rejected by @UCAT already"):
        await house.approve()
    assert (await house.run()).reason == "too few foxes"


async def test_a_rejection_needs_a_reason(house: House) -> None:
    await awaiting(house)
    with pytest.raises(Refused, match="reason"):
        await house.approvals.reject(RUN, "  ", click(BEN, house.delivery()))


async def test_another_workspace_cannot_tell_that_a_run_exists(house: House) -> None:
    await awaiting(house)
    with pytest.raises(Refused, match="nothing named"):
        await house.approvals.approve(RUN, click(BEN, house.delivery(), workspace=WorkspaceId("T2")))


async def test_a_repeated_delivery_does_nothing_and_gets_the_same_answer(house: House) -> None:
    delivery = DeliveryKey("the same")
    first = await house.training.request(wanted(), delivery=delivery)
    again = await house.training.request(wanted(), delivery=delivery)
    assert first == again
    assert len(await house.styles.runs(T1)) == 1


async def test_an_unfit_dataset_is_refused_with_each_problem_and_the_requester_is_told(house: House) -> None:
    house.inspector.answers = [DatasetUnfit(["There are 3 pictures.", "`fox.gif` is a GIF."])]
    await house.ask()
    await house.work(steps=2)
    run = await house.run()
    assert run.stage is Stage.REFUSED
    assert run.problems == ("There are 3 pictures.", "`fox.gif` is a GIF.")
    assert len(house.slack.of(RunEnded)) == 1
    assert house.trainer.bodies == []


async def test_an_unreachable_dataset_is_tried_again_and_given_up_after_half_an_hour(house: House) -> None:
    house.inspector.answers = [Unavailable("The link's server does not answer.")]
    await house.ask()
    await house.work()
    run = await house.run()
    assert (run.stage, run.trouble) == (Stage.REQUESTED, "The link's server does not answer.")
    for _ in range(40):
        house.clock.pass_time(minutes=1)
        await house.work()
    assert (await house.run()).stage is Stage.REFUSED
    assert len(house.inspector.sources) > 10


async def test_a_dataset_that_comes_back_clears_the_trouble(house: House) -> None:
    house.inspector.answers = [Unavailable("down"), Inspection(DATASET, b"sheet")]
    await house.ask()
    await house.work()
    house.clock.pass_time(minutes=1)
    await house.work()
    run = await house.run()
    assert (run.stage, run.trouble) == (Stage.AWAITING, "")


async def test_each_run_of_a_style_gets_the_next_version(house: House) -> None:
    await house.ask()
    await house.ask()
    await house.work()
    airs = {run.air for run in await house.styles.runs(T1)}
    assert airs == {"acme:stellar@1", "acme:stellar@2"}


async def test_an_air_that_was_used_before_is_refused(house: House) -> None:
    await house.ask(air="acme:stellar@1")
    await house.work()
    await house.ask(air="acme:stellar@1")
    await house.work()
    assert (await house.run(RunId("RUN0000002"))).stage is Stage.REFUSED


async def test_a_lost_answer_is_looked_for_and_never_charged_twice(house: House) -> None:
    house.trainer.submits = [Unavailable("no answer"), None]
    house.trainer.looks = [Progressed(1)]
    await submitting(house)
    await house.work()
    assert (await house.run()).trouble == "no answer"
    house.clock.pass_time(seconds=31)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING
    assert len(house.trainer.bodies) == 1
    assert len(house.trainer.charges) == 1


async def test_a_lost_request_is_sent_again_as_the_same_bytes(house: House) -> None:
    house.trainer.submits = [Unavailable("no answer"), None]
    house.trainer.accepts_unheard = False
    await submitting(house)
    await house.work()
    house.clock.pass_time(seconds=31)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING
    assert house.trainer.bodies == house.trainer.bodies[:1] * 2
    assert len(house.trainer.charges) == 1


async def test_nothing_is_sent_again_before_a_late_copy_could_have_arrived(house: House) -> None:
    house.trainer.submits = [Unavailable("no answer")]
    await submitting(house)
    await house.work()
    house.clock.pass_time(seconds=29)
    await house.work()
    assert len(house.trainer.bodies) == 1


async def test_a_certain_no_ends_the_run_and_says_why(house: House) -> None:
    house.trainer.submits = [Refused("The link cannot be fetched.", code="downloadFailed")]
    await submitting(house)
    await house.work()
    run = await house.run()
    assert (run.stage, run.failure) == (
        Stage.FAILED,
        Failure("downloadFailed", "The link cannot be fetched."),
    )


async def test_a_no_to_a_second_try_does_not_hide_a_first_that_lives(house: House) -> None:
    house.trainer.submits = [Unavailable("no answer"), Refused("No.", code="invalidDataset")]
    house.trainer.looks = [None, Progressed(2)]
    await submitting(house)
    await house.work()
    house.clock.pass_time(seconds=31)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING


async def test_a_refused_key_keeps_the_run_until_a_person_mended_it(house: House) -> None:
    house.trainer.submits = [AccessDenied("Runware refuses the key."), None]
    house.trainer.accepts_unheard = False
    await submitting(house)
    await house.work()
    run = await house.run()
    assert (run.stage, run.trouble) == (Stage.SUBMITTING, HELD[Concern.KEY])
    house.clock.pass_time(minutes=2)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING


async def test_after_a_day_without_a_word_nothing_is_sent_again(house: House) -> None:
    house.trainer.submits = [Unavailable("no answer")]
    house.trainer.accepts_unheard = False
    await submitting(house)
    await house.work()
    house.clock.pass_time(hours=25)
    await house.work()
    assert (await house.run()).stage is Stage.UNCONFIRMED
    sent = len(house.trainer.bodies)
    house.clock.pass_time(days=2)
    await house.work(steps=3)
    assert len(house.trainer.bodies) == sent


async def test_a_task_that_turns_up_late_is_followed(house: House) -> None:
    house.trainer.submits = [Unavailable("no answer")]
    house.trainer.looks = [None, Progressed(80)]
    await submitting(house)
    await house.work()
    house.clock.pass_time(hours=25)
    await house.work()
    house.clock.pass_time(minutes=6)
    await house.work()
    assert (await house.run()).stage is Stage.TRAINING


async def test_no_news_changes_nothing(house: House) -> None:
    house.trainer.looks = [None]
    await training(house)
    before = await house.run()
    house.clock.pass_time(minutes=10)
    await house.work()
    after = await house.run()
    assert (after.stage, after.percent) == (before.stage, before.percent)


async def test_an_outage_delays_a_run_and_nothing_else(house: House) -> None:
    house.trainer.looks = [Unavailable("Runware is down."), TRAINED]
    await training(house)
    await house.work()
    assert (await house.run()).trouble == "Runware is down."
    house.clock.pass_time(minutes=5)
    await house.work()
    run = await house.run()
    assert (run.stage, run.trouble) == (Stage.READY, "")


async def test_a_failed_training_is_told_with_its_reason(house: House) -> None:
    house.trainer.looks = [Failed(Failure("invalidDataset", "The dataset is broken."))]
    await training(house)
    await house.work(steps=2)
    run = await house.run()
    assert run.stage is Stage.FAILED
    assert run.failure == Failure("invalidDataset", "The dataset is broken.")
    assert len(house.slack.of(RunEnded)) == 1


async def test_cancelling_before_the_handover_costs_nothing_and_after_it_says_so(house: House) -> None:
    await awaiting(house)
    said = await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    assert "nothing was charged" in said

    await house.ask()
    await house.work()
    second = RunId("RUN0000002")
    await house.approvals.approve(second, click(BEN, house.delivery()))
    house.clock.pass_time(seconds=30)
    await house.work(steps=2)
    said = await house.stopping.cancel(second, click(BEN, house.delivery()))
    assert "still charged" in said
    assert (await house.run(second)).stage is Stage.CANCELLED


async def test_a_bystander_cannot_cancel(house: House) -> None:
    await awaiting(house)
    with pytest.raises(NotAllowed):
        await house.stopping.cancel(RUN, click(CAT, house.delivery()))


async def test_asking_again_is_a_new_run_that_needs_a_new_approval(house: House) -> None:
    house.trainer.looks = [Failed(Failure("invalidDataset", "Broken."))]
    await training(house)
    await house.work()
    await house.training.retry(RUN, who=CAT, workspace=T1, delivery=house.delivery())
    await house.work()
    again = await house.run(RunId("RUN0000002"))
    assert (again.stage, again.number, again.request.requester) == (Stage.AWAITING, 2, CAT)


async def test_a_run_that_a_person_moved_meanwhile_is_not_moved_back(house: House) -> None:
    """The fence: ann cancels while her dataset is being looked at."""

    class Slow:
        async def inspect(self, link: str) -> Inspection:
            await house.stopping.cancel(RUN, click(ANN, house.delivery()))
            return Inspection(DATASET, b"sheet")

    house.lives_with(inspector=Slow())
    await house.ask()
    await house.work()
    assert (await house.run()).stage is Stage.CANCELLED

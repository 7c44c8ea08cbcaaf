"""Sequences that a reviewer found to go wrong, about money, messages and alarms; each was red before."""

from itertools import pairwise

import pytest

from bot.domain.alarm import Concern
from bot.domain.errors import AccessDenied, IllegalMove, Unavailable, Unpostable
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import FileId
from bot.domain.message import Message, Notice, Place, RunEnded, State
from bot.domain.run import Stage
from bot.domain.task import Task, Testimony
from bot.ports import Posted, Usage
from bot.services.relay import Relay, RelayPace
from tests.fakes import TRAINED, FakeImages, FakeMessenger, FakeTrainer, rendered
from tests.house import ANN, BEN, BRAND, RUN, T1, House, click
from tests.services.team import ADA


async def approved(house: House) -> None:
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=30)


async def ready(house: House) -> None:
    house.trainer.looks = [TRAINED]
    await approved(house)
    await house.work(steps=4)
    assert (await house.run()).stage is Stage.READY


def told(house: House) -> list[bool]:
    return [said.message.is_over for said in house.slack.of(Notice) if isinstance(said.message, Notice)]


async def test_under_an_id_that_holds_another_request_nothing_more_is_sent(house: House) -> None:
    class Foreign(FakeTrainer):
        async def testify(self, task: Task) -> Testimony:
            return Testimony(is_known=False, said=("Another request.",), is_foreign=True)

    house.lives_with(trainer=Foreign(submits=[Unavailable("lost")], accepts_unheard=False))
    await approved(house)
    for _ in range(6):
        await house.work()
        house.clock.pass_time(seconds=50)
    assert len(house.trainer.bodies) == 1
    assert (await house.run()).stage is Stage.UNCONFIRMED


async def test_a_run_that_only_waits_for_a_balance_can_be_cancelled_for_nothing(house: House) -> None:
    house.trainer.submits = [AccessDenied("No balance.", is_balance=True)]
    house.trainer.accepts_unheard = False
    await approved(house)
    await house.work(steps=2)
    answer = await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    assert "nothing was charged" in answer
    house.trainer.submits = [None]
    house.clock.pass_time(days=30)
    await house.work(steps=3)
    assert house.trainer.charges == set()


async def test_what_may_be_on_its_way_cannot_be_cancelled(house: House) -> None:
    house.trainer.submits = [Unavailable("lost")]
    await approved(house)
    await house.work(steps=2)
    with pytest.raises(IllegalMove):
        await house.stopping.cancel(RUN, click(ANN, house.delivery()))


async def test_slack_may_be_away_for_hours_and_finished_pictures_still_arrive(house: House) -> None:
    await ready(house)
    house.images.looks = [rendered(1)]
    house.slack.upload_faults = [Unavailable("Slack did not answer.")] * 60
    await house.generate(count=1)
    for _ in range(200):
        await house.work()
        house.clock.pass_time(minutes=2)
    assert (await house.pictures()).stage is GenerationStage.DONE


async def test_pictures_that_only_the_archive_knows_stay_in_doubt_and_do_not_flip(house: House) -> None:
    class Archive(FakeImages):
        async def testify(self, task: Task) -> Testimony:
            return Testimony(is_known=True, said=("The archive has the request.",))

    house.lives_with(images=Archive(looks=[None]))
    await ready(house)
    await house.generate(count=1)
    stages = []
    for _ in range(100):
        await house.work()
        house.clock.pass_time(minutes=5)
        stages.append((await house.pictures()).stage)
    changes = sum(one is not other for one, other in pairwise(stages))
    assert changes <= 2
    assert stages[-1] is GenerationStage.UNCONFIRMED


async def test_a_post_diverted_to_direct_messages_is_not_made_twice(house: House) -> None:
    house.slack.closed, house.slack.hears = {BRAND}, True
    house.slack.faults = [None, Unavailable("lost")]
    await house.ask()
    for _ in range(4):
        await house.relay.carry_due()
        await house.relay.finish()
        house.clock.pass_time(seconds=31)
    assert len(house.slack.said) == 1


async def test_a_balance_that_does_for_pictures_holds_only_trainings(house: House) -> None:
    await ready(house)
    house.trainer.submits = [AccessDenied("No balance.", is_balance=True)]
    house.trainer.accepts_unheard = False
    await house.ask(name="Comet")
    await house.work()
    [run] = await house.store.read(lambda tx: tx.runs.live())
    await house.approvals.approve(run.id, click(BEN, house.delivery()))
    house.clock.pass_time(seconds=31)
    await house.work(steps=2)
    house.images.looks = [rendered(1)]
    for n in range(60):
        if n % 6 == 0:
            await house.generate(f"fox {n}", count=1)
        await house.work()
        house.clock.pass_time(minutes=5)
    assert told(house) == [False]
    assert len(house.images.charges) == 10


async def test_an_alarm_that_stands_again_within_the_hour_is_told_after_it(house: House) -> None:
    await house.store.write(lambda tx: tx.alarms.sound(T1, Concern.KEY, "No key."))
    await house.work(steps=3)
    await house.store.write(lambda tx: tx.alarms.settle(T1, Concern.KEY))
    await house.work(steps=3)
    for _ in range(80):
        await house.store.write(lambda tx: tx.alarms.sound(T1, Concern.KEY, "No key."))
        await house.work(steps=2)
        house.clock.pass_time(minutes=1)
    assert told(house) == [False, True, False]


async def test_a_look_that_works_again_ends_the_alarm_about_the_key(house: House) -> None:
    house.trainer.looks = [None, AccessDenied("Runware refuses the key."), None]
    await approved(house)
    await house.work(steps=3)
    for _ in range(4):
        house.clock.pass_time(minutes=6)
        await house.work(steps=2)
    assert await house.store.read(lambda tx: tx.alarms.standing()) == []
    assert told(house) == [False, True]


async def test_over_is_not_said_of_what_stands_again_and_perhaps_was_never_said_to(house: House) -> None:
    await house.store.write(lambda tx: tx.alarms.sound(T1, Concern.KEY, "No key."))
    await house.work(steps=3)
    await house.store.write(
        lambda tx: (tx.alarms.settle(T1, Concern.KEY), tx.alarms.sound(T1, Concern.KEY, "No key."))
    )
    await house.work(steps=3)
    assert told(house) == [False, False]


async def test_a_message_that_is_refused_again_after_try_again_is_told_again(house: House) -> None:
    await house.ask()
    await house.work(steps=4)
    no = Unpostable("Slack refuses this.", code="invalid_blocks")
    house.slack.faults = [no]
    await house.approvals.reject(RUN, "No.", click(BEN, house.delivery()))
    await house.work(steps=3)
    house.clock.pass_time(minutes=1)
    house.slack.faults = [no]
    await house.alarms.unpark(T1, by=ADA, delivery=house.delivery())
    await house.work(steps=3)
    assert told(house) == [False, False]
    assert house.slack.of(RunEnded) == []


async def test_a_revoked_token_loses_no_message(house: House) -> None:
    class ShutOut(FakeMessenger):
        async def redraw(self, posted: Posted, message: Message, state: State) -> None:
            raise Unpostable("Slack refuses this.", code="token_revoked")

        async def post(
            self, place: Place, message: Message, state: State, *, key: str, file: FileId | None
        ) -> Posted:
            raise Unpostable("Slack refuses this.", code="token_revoked")

    await house.ask()
    await house.work(steps=4)
    await house.approvals.reject(RUN, "No.", click(BEN, house.delivery()))
    shut = Relay(house.store, ShutOut(house.clock), pace=RelayPace(), nudge=lambda: None)
    for _ in range(5):
        await shut.carry_due()
        await shut.finish()
        house.clock.pass_time(minutes=1)
    for _ in range(3):
        house.clock.pass_time(minutes=6)
        await house.work()
    assert len(house.slack.of(RunEnded)) == 1


async def test_what_was_stopped_but_may_be_charged_is_named_where_the_account_shows_it(house: House) -> None:
    await house.reckoning.reckon()
    house.clock.pass_time(minutes=1)
    await approved(house)
    await house.work(steps=3)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    house.clock.pass_time(days=1, hours=1)
    house.account.stated = Usage(12.0, 1)
    await house.reckoning.reckon()
    [alarm] = await house.store.read(lambda tx: tx.alarms.standing())
    assert "For 1 request in that time no price was stated" in alarm.sentence

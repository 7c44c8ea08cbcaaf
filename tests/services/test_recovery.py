"""After a restore from a backup nothing is paid for until every card in Slack could be explained."""

import pytest

from bot.domain.alarm import Concern
from bot.domain.errors import Refused, Unavailable, Unpostable
from bot.domain.facts import Progressed
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import ChannelId, TaskId
from bot.domain.message import Notice
from bot.domain.run import Stage
from bot.domain.task import Testimony
from bot.ports import CardTag, Usage
from bot.services.recovery import Recovery
from tests.fakes import TRAINED, FakeMessenger, FakeTrainer
from tests.house import BEN, BRAND, RUN, T1, House

LOST = TaskId("3f2b8e2e-6a55-4d0c-9d1e-0a7c5f1f2b11")
"""A task that the restored database does not know."""


async def restored(house: House) -> None:
    """Let the database be one that was restored from a backup made now."""
    about = house.clock().isoformat()
    await house.store.write(
        lambda tx: tx.alarms.sound(T1, Concern.RESTORED, "It was restored from a backup.", about=about)
    )


async def stands(house: House) -> bool:
    """Say whether the restore still holds things back."""
    alarms = await house.store.read(lambda tx: tx.alarms.standing())
    return any(alarm.concern is Concern.RESTORED for alarm in alarms)


def tagged(house: House, subject: str, task: TaskId | None) -> None:
    """Let there be a card in Slack about `subject`."""
    ts = f"{house.clock().timestamp() + 1:.6f}"
    house.slack.tags.append(CardTag(subject, task, BRAND, ts))


async def approved(house: House) -> None:
    """Leave a run approved, its undo window over."""
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=30)


async def test_after_a_restore_nothing_is_handed_over(house: House) -> None:
    await approved(house)
    await restored(house)
    for _ in range(10):
        await house.work()
        house.clock.pass_time(minutes=10)
    assert house.trainer.bodies == []
    assert await stands(house)


async def test_a_run_that_was_handed_over_since_the_backup_is_followed_on_without_another_charge(
    house: House,
) -> None:
    await house.ask()
    await house.work()
    await restored(house)
    tagged(house, RUN, LOST)
    house.trainer.bodies.append(f"the body of {LOST}")
    house.trainer.charges.add(LOST)
    house.trainer.looks = [Progressed(30)]
    await house.recovery.look()
    await house.work(steps=2)
    run = await house.run()
    assert run.task
    assert (run.stage, run.task.id) == (Stage.TRAINING, LOST)
    house.trainer.looks = [TRAINED]
    house.clock.pass_time(minutes=10)
    await house.work()
    assert (await house.run()).stage is Stage.READY
    assert house.trainer.charges == {LOST}


async def test_a_card_that_stood_before_the_backup_which_does_not_know_where_is_read_too(
    house: House,
) -> None:
    await house.ask()
    await house.reconciler.advance_due()
    await house.reconciler.finish()
    tagged(house, RUN, LOST)
    house.clock.pass_time(minutes=10)
    await restored(house)
    house.trainer.charges.add(LOST)
    house.trainer.looks = [Progressed(30)]
    await house.recovery.look()
    run = await house.run()
    assert run.task
    assert (run.stage, run.task.id) == (Stage.UNCONFIRMED, LOST)


async def test_pictures_that_were_asked_for_since_are_followed_on(house: House) -> None:
    await approved(house)
    house.trainer.looks = [TRAINED]
    await house.work(steps=4)
    await house.generate()
    await restored(house)
    tagged(house, "GEN0000001", LOST)
    house.images.charges.add(LOST)
    await house.recovery.look()
    pictures = await house.pictures()
    assert pictures.task
    assert (pictures.stage, pictures.task.id) == (GenerationStage.UNCONFIRMED, LOST)


async def test_pictures_that_may_have_been_drawn_since_are_not_paid_for_again(house: House) -> None:
    await approved(house)
    house.trainer.looks = [TRAINED]
    await house.work(steps=4)
    await house.generate()
    await restored(house)
    await house.recovery.look()
    assert (await house.pictures()).stage is GenerationStage.FAILED
    assert not await stands(house)


async def test_an_approval_in_the_backup_is_decided_on_anew(house: House) -> None:
    await approved(house)
    await restored(house)
    await house.recovery.look()
    await house.work()
    run = await house.run()
    assert run.stage is Stage.AWAITING
    assert run.approval is None


async def test_where_everything_is_explained_requests_are_handed_over_again_by_themselves(
    house: House,
) -> None:
    await house.ask()
    await house.work()
    await restored(house)
    await house.recovery.look()
    assert not await stands(house)


async def test_what_the_backup_does_not_know_is_told_and_a_person_lets_requests_go_on(house: House) -> None:
    await house.ask()
    await house.work()
    await restored(house)
    tagged(house, "RUN7777777", LOST)
    await house.recovery.look()
    await house.work(steps=4)
    told = [said.states[-1] for said in house.slack.of(Notice)]
    assert any(f"RUN7777777 is not in the backup, handed over as task {LOST}." in str(one) for one in told)
    assert await stands(house)
    await house.alarms.release(T1, by=BEN, delivery=house.delivery())
    assert not await stands(house)


async def test_while_slack_or_runware_cannot_be_asked_it_is_tried_again_later(
    house: House,
) -> None:
    class Away(FakeTrainer):
        async def archived(self, task: TaskId) -> str | None:
            raise Unavailable("Runware did not answer.")

    house.lives_with(trainer=Away())
    await house.ask()
    await house.work()
    await restored(house)
    tagged(house, RUN, LOST)
    await house.recovery.look()
    assert await stands(house)
    assert (await house.run()).task is None


async def test_without_a_restore_nothing_is_read(house: House) -> None:
    await approved(house)
    await house.recovery.look()
    assert (await house.run()).stage is Stage.APPROVED


async def test_a_day_on_which_the_account_agrees_with_the_journal_is_quiet(house: House) -> None:
    await house.reckoning.reckon()
    await approved(house)
    house.trainer.looks = [TRAINED]
    await house.work(steps=3)
    house.clock.pass_time(days=1)
    house.account.stated = Usage(12.0, 30)
    await house.reckoning.reckon()
    assert await house.store.read(lambda tx: tx.alarms.standing()) == []


async def test_money_that_no_run_explains_is_told(house: House) -> None:
    await approved(house)
    house.trainer.looks = [TRAINED]
    await house.work(steps=3)
    await house.reckoning.reckon()
    house.clock.pass_time(days=1, seconds=1)
    house.account.stated = Usage(30.5, 30)
    await house.reckoning.reckon()
    [alarm] = await house.store.read(lambda tx: tx.alarms.standing())
    assert alarm.concern is Concern.USAGE
    assert "$30.50 more" in alarm.sentence


async def test_the_account_is_read_once_a_day(house: House) -> None:
    await house.reckoning.reckon()
    house.account.stated = Usage(99.0, 30)
    house.clock.pass_time(hours=5)
    await house.reckoning.reckon()
    reading = await house.store.read(lambda tx: tx.books.last())
    assert reading
    assert reading.spent == 0.0


async def test_a_charge_under_way_is_waited_for_before_the_account_is_compared(house: House) -> None:
    await house.reckoning.reckon()
    await approved(house)
    await house.work(steps=2)
    assert (await house.run()).stage is Stage.TRAINING
    house.account.stated = Usage(12.0, 30)
    house.clock.pass_time(days=1, hours=1)
    await house.reckoning.reckon()
    assert await house.store.read(lambda tx: tx.alarms.standing()) == []
    house.clock.pass_time(days=2)
    await house.reckoning.reckon()
    assert len(await house.store.read(lambda tx: tx.alarms.standing())) == 1


@pytest.mark.parametrize("is_foreign", [False, True])
async def test_another_request_under_our_id_is_told(house: House, *, is_foreign: bool) -> None:
    class Archive(FakeTrainer):
        async def testify(self, task: object) -> Testimony:
            return Testimony(is_known=True, said=("The archive holds another body.",), is_foreign=is_foreign)

    house.lives_with(trainer=Archive())
    await house.reckoning.reckon()
    house.clock.pass_time(hours=1)
    await approved(house)
    house.trainer.looks = [TRAINED]
    await house.work(steps=3)
    house.clock.pass_time(days=1)
    house.account.stated = Usage(12.0, 3)
    await house.reckoning.reckon()
    alarms = await house.store.read(lambda tx: tx.alarms.standing())
    assert [alarm.concern for alarm in alarms] == ([Concern.FOREIGN] if is_foreign else [])


async def test_a_second_look_after_a_restore_does_not_tell_the_same_again(house: House) -> None:
    await restored(house)
    tagged(house, "RUN7777777", None)
    await house.recovery.look()
    await house.recovery.look()
    house.clock.pass_time(minutes=1)
    await house.work(steps=4)
    found = [said for said in house.slack.of(Notice) if "could not be explained" in str(said.states[-1])]
    assert len(found) == 1


async def test_nobody_lets_requests_go_on_before_the_cards_were_looked_at(house: House) -> None:
    await restored(house)
    with pytest.raises(Refused, match="still looks"):
        await house.alarms.release(T1, by=BEN, delivery=house.delivery())
    assert await stands(house)


async def test_where_slack_does_not_tell_which_channels_there_are_a_person_decides(house: House) -> None:
    class Shut(FakeMessenger):
        async def channels(self) -> list[ChannelId]:
            raise Unpostable("Slack refuses this.", code="missing_scope")

    house.recovery = Recovery(house.store, Shut(house.clock), house.trainer, nudge=lambda: None)
    await restored(house)
    await house.recovery.look()
    await house.alarms.release(T1, by=BEN, delivery=house.delivery())
    assert not await stands(house)

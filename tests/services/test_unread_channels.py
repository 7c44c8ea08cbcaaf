"""After a restore: channels that Slack does not let us read, as public ones that we were never invited to."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain.alarm import LOOKED_INTO, UNREAD, Alarm, Concern
from bot.domain.facts import Progressed
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import ChannelId, TaskId
from bot.domain.run import Stage
from bot.ports import CardTag
from tests.fakes import TRAINED
from tests.house import BEN, BRAND, PICTURES, RUN, T1, House, wanted

LOST = TaskId("3f2b8e2e-6a55-4d0c-9d1e-0a7c5f1f2b11")
ELSEWHERE = ChannelId("C2")


async def restored(house: House) -> datetime:
    """Let the database be one that was restored from a backup made now."""
    now = house.clock()
    await house.store.write(
        lambda tx: tx.alarms.sound(T1, Concern.RESTORED, "Restored.", about=now.isoformat())
    )
    return now


async def standing(house: House) -> list[Alarm]:
    alarms = await house.store.read(lambda tx: tx.alarms.standing())
    return [alarm for alarm in alarms if alarm.concern is Concern.RESTORED]


def tagged(house: House, subject: str, task: TaskId | None, channel: ChannelId = BRAND) -> None:
    house.slack.tags.append(CardTag(subject, task, channel, f"{house.clock().timestamp() + 1:.6f}"))


def invited(house: House, channel: ChannelId = BRAND) -> None:
    """Let somebody invite us, and five minutes pass."""
    house.slack.unread.discard(channel)
    house.clock.pass_time(minutes=5)


@pytest.mark.parametrize("has_card", [True, False])
async def test_quarantine_does_not_end_by_itself_while_a_channel_that_was_posted_in_cannot_be_read(
    house: House, *, has_card: bool
) -> None:
    await house.ask()
    if has_card:
        await house.work()
    house.slack.unread = {BRAND}
    since = await restored(house)
    for _ in range(5):
        await house.recovery.look()
        house.clock.pass_time(minutes=10)
    [alarm] = await standing(house)
    assert alarm.about == f"{UNREAD} {since.isoformat()} {BRAND}"
    assert "read its own messages in #C1:" in alarm.sentence
    assert "`/invite`" in alarm.sentence


async def test_a_channel_of_long_ago_is_read_too_though_we_were_never_in_it(house: House) -> None:
    house.trainer.looks = [TRAINED]
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=31)
    await house.work(steps=4)
    assert (await house.run()).stage is Stage.READY
    house.slack.unread = {BRAND}
    await restored(house)
    await house.recovery.look()
    assert len(await standing(house)) == 1


async def test_a_person_ends_it_without_the_channel(house: House) -> None:
    await house.ask()
    house.slack.unread = {BRAND}
    await restored(house)
    await house.recovery.look()
    await house.alarms.release(T1, by=BEN, delivery=house.delivery())
    assert await standing(house) == []
    invited(house)
    await house.recovery.look()
    assert await standing(house) == []


async def test_once_we_are_invited_the_channel_is_read_and_what_was_handed_over_from_there_is_followed_on(
    house: House,
) -> None:
    await house.ask()
    house.slack.unread = {BRAND}
    await restored(house)
    tagged(house, RUN, LOST)
    house.trainer.bodies.append(f"{RUN} in acme:stellar@1 as {LOST}")
    house.trainer.charges.add(LOST)
    house.trainer.looks = [Progressed(30)]
    await house.recovery.look()
    assert (await house.run()).task is None
    invited(house)
    await house.recovery.look()
    await house.work(steps=2)
    run = await house.run()
    assert run.task
    assert (run.stage, run.task.id) == (Stage.TRAINING, LOST)
    assert await standing(house) == []


async def test_a_card_that_stood_before_the_backup_is_read_once_we_are_invited(house: House) -> None:
    await house.ask()
    await house.work()
    house.slack.unread = {BRAND}
    house.clock.pass_time(hours=1)
    await restored(house)
    house.slack.tags.append(CardTag(RUN, LOST, BRAND, "1.0"))
    await house.recovery.look()
    invited(house)
    await house.recovery.look()
    run = await house.run()
    assert run.task
    assert run.task.id == LOST


async def test_what_was_approved_since_the_restore_stays_approved_when_the_channel_is_read_at_last(
    house: House,
) -> None:
    house.trainer.looks = [TRAINED]
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=31)
    await house.work(steps=4)
    await house.ask(name="Fruit")
    await house.work()
    house.slack.unread = {BRAND}
    await restored(house)
    await house.recovery.look()
    second = (await house.store.read(lambda tx: tx.runs.live()))[0].id
    await house.approvals.approve(second, house.by(BEN))
    await house.generate()
    invited(house)
    await house.recovery.look()
    assert (await house.run(second)).stage is Stage.APPROVED
    assert (await house.pictures(PICTURES)).stage is GenerationStage.REQUESTED
    assert await standing(house) == []


async def test_what_the_channel_tells_of_that_the_backup_does_not_know_is_told_then(house: House) -> None:
    await house.ask()
    house.slack.unread = {BRAND}
    await restored(house)
    tagged(house, "RUN7777777", LOST)
    tagged(house, "RUN8888888", LOST, ELSEWHERE)
    await house.recovery.look()
    assert [("8888888" in one.sentence, "7777777" in one.sentence) for one in await judged(house)] == [
        (True, False)
    ]
    invited(house)
    await house.recovery.look()
    assert [("8888888" in one.sentence, "7777777" in one.sentence) for one in await judged(house)] == [
        (True, False),
        (False, True),
    ]
    assert [alarm for alarm in await standing(house) if alarm.about.startswith(UNREAD)] == []


async def judged(house: House) -> list[Alarm]:
    return [alarm for alarm in await standing(house) if alarm.about.startswith(LOOKED_INTO)]


async def test_of_two_channels_the_one_that_is_still_to_be_read_is_told_again(house: House) -> None:
    await house.ask()
    await house.training.request(replace(wanted(), channel=ELSEWHERE), delivery=house.delivery())
    house.slack.unread = {BRAND, ELSEWHERE}
    await restored(house)
    await house.recovery.look()
    [both] = await standing(house)
    assert "#C1, #C2:" in both.sentence
    invited(house, ELSEWHERE)
    await house.recovery.look()
    [one] = await standing(house)
    assert "in #C1:" in one.sentence


async def test_what_could_not_be_read_is_not_read_again_every_moment(house: House) -> None:
    await house.ask()
    house.slack.unread = {BRAND}
    await restored(house)
    await house.recovery.look()
    house.slack.unread = set()
    house.clock.pass_time(minutes=4)
    await house.recovery.look()
    assert len(await standing(house)) == 1
    house.clock.pass_time(minutes=1)
    await house.recovery.look()
    assert await standing(house) == []


async def test_a_second_restore_meanwhile_is_looked_into_from_the_first_on(house: House) -> None:
    await house.ask()
    house.slack.unread = {BRAND}
    first = await restored(house)
    await house.recovery.look()
    house.clock.pass_time(minutes=30)
    await restored(house)
    await house.recovery.look()
    [alarm] = await standing(house)
    assert alarm.about == f"{UNREAD} {first.isoformat()} {BRAND}"

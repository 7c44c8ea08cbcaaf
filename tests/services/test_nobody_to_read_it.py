"""What goes to somebody who left, or where it is not open to us: when it is said, and who is told if not."""

from dataclasses import replace

import pytest

from bot.domain.alarm import Alarm
from bot.domain.errors import Unavailable
from bot.domain.ids import ChannelId
from bot.domain.message import Digest, Memo, Message, Notice, RunCard, Topic
from bot.domain.people import Party
from bot.domain.policy import Step
from tests.house import ANN, BEN, BRAND, RUN, T1, House, wanted
from tests.services.team import ruled
from tests.services.test_weekly_digest import TOLD

MEMO = Memo(T1, RUN, BEN, Topic.ENDED)
TO_BEN = replace(TOLD, channel=None, user=BEN)


async def alarms(house: House) -> list[Alarm]:
    return [*await house.store.read(lambda tx: tx.alarms.standing())]


async def left(house: House) -> int:
    """Return how many messages are still to be said, or were set aside."""
    figures = await house.store.figures()
    return figures.waiting + figures.parked


async def say(house: House, message: Message) -> None:
    """Let there be a run, and say the message."""
    await house.ask()
    await house.work(steps=3)
    await house.store.write(lambda tx: tx.outbox.announce(message))
    await house.work(steps=3)
    await later(house)


async def later(house: House) -> None:
    house.clock.pass_time(seconds=31)
    await house.work()


async def test_a_memo_whose_conversation_could_not_be_opened_in_time_is_posted_without_a_look_up(
    house: House,
) -> None:
    house.slack.direct_faults = [Unavailable("Slack asks us to wait.", retry_after=2)]
    house.slack.find_faults = [Unavailable("Nobody should look.")] * 9
    await house.ask()
    await house.work(steps=3)
    await house.store.write(lambda tx: tx.outbox.announce(MEMO))
    await house.work()
    assert house.slack.of(Memo) == []
    house.clock.pass_time(seconds=2)
    await house.work()
    assert len(house.slack.of(Memo)) == 1


@pytest.mark.parametrize("message", [MEMO, TO_BEN])
async def test_what_goes_to_somebody_who_is_deactivated_is_dropped_and_nobody_is_alarmed(
    house: House, message: Message
) -> None:
    house.slack.gone = {BEN}
    await say(house, message)
    assert house.slack.of(type(message)) == []
    assert (await alarms(house), await left(house)) == ([], 0)


async def test_a_notice_reaches_those_who_can_mend_it_though_one_of_them_left(house: House) -> None:
    house.slack.admins, house.slack.gone, house.slack.closed = (ANN, BEN), {BEN}, {BRAND}
    await say(house, TOLD)
    assert [said.place.channel for said in house.slack.of(Notice)] == [f"D-{ANN}"]
    assert (await house.store.figures()).waiting == 0


async def test_a_card_that_goes_to_somebody_who_left_is_told_to_those_who_can_mend_it(house: House) -> None:
    house.policy, house.slack.gone = ruled(Step("ben", (Party(BEN),))), {ANN}
    await house.training.request(replace(wanted(), channel=ChannelId(ANN)), delivery=house.delivery())
    await house.work(steps=2)
    assert house.slack.of(RunCard) == []
    [alarm] = await alarms(house)
    assert "no longer in this workspace" in alarm.sentence
    assert "fault of Housestyle" not in alarm.sentence


async def test_a_digest_whose_channel_is_closed_to_us_is_told_to_those_who_can_mend_it(house: House) -> None:
    house.slack.closed = {BRAND}
    await say(house, TOLD)
    [alarm] = await alarms(house)
    assert len(house.slack.of(Notice)) == 1
    assert f"weekly digest in #{BRAND}" in alarm.sentence
    assert "`/invite`" in alarm.sentence
    assert "`digest` in the policy" in alarm.sentence


async def test_a_digest_is_told_once_its_channel_is_open_and_somebody_tries_again(house: House) -> None:
    house.slack.closed = {BRAND}
    await say(house, TOLD)
    house.slack.closed = set()
    await house.alarms.unpark(T1, by=ANN, delivery=house.delivery())
    await later(house)
    assert [said.place.channel for said in house.slack.of(Digest)] == [BRAND]
    assert (await alarms(house), await left(house)) == ([], 0)


async def test_a_digest_that_is_refused_is_told_beside_a_card_that_is(house: House) -> None:
    """The one is no news of the other, though Slack's word is the same."""
    house.slack.closed = {BRAND, ChannelId(f"D-{ANN}")}
    await say(house, TOLD)
    assert len(await alarms(house)) == 2

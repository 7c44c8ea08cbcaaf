"""A post whose fate is unknown stays to be looked for, whatever comes between it and the look."""

import pytest

from bot.domain.errors import Unavailable, Unpostable
from bot.domain.ids import FileId
from bot.domain.message import Message, Place, RunCard, State
from bot.ports import Posted
from bot.services.relay import Relay, RelayPace
from tests.fakes import FakeMessenger
from tests.house import ANN, BRAND, RUN, T1, House, click
from tests.services.team import ADA

RESET = Unavailable("reset")


async def half_minutes(house: House, count: int) -> None:
    for _ in range(count):
        await house.work()
        house.clock.pass_time(seconds=31)


async def doubted(house: House) -> None:
    """Ann asks, and her card stands in Slack, whose answer is lost."""
    house.slack.faults, house.slack.hears = [RESET], True
    await house.ask()
    await house.work()
    assert len(house.slack.of(RunCard)) == 1


@pytest.mark.parametrize("word", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_while_slack_shuts_us_out_it_is_not_forgotten_that_a_post_may_stand(
    house: House, word: str
) -> None:
    await doubted(house)
    house.slack.find_faults = [Unpostable("Slack refuses this.", code=word)]
    house.clock.pass_time(seconds=31)
    await house.work()
    house.clock.pass_time(minutes=6)
    await half_minutes(house, 3)
    assert len(house.slack.of(RunCard)) == 1


async def test_what_slack_shut_out_at_its_first_try_is_posted_without_a_look(house: House) -> None:
    house.slack.faults = [Unpostable("Slack refuses this.", code="invalid_auth")]
    house.slack.find_faults = [Unavailable("silence") for _ in range(9)]
    await house.ask()
    await house.work()
    house.clock.pass_time(minutes=6)
    await house.work()
    assert len(house.slack.of(RunCard)) == 1


@pytest.mark.parametrize("late", [100, 3600])
async def test_a_lost_answer_that_is_noticed_late_does_not_move_the_moment_of_the_post(
    house: House, late: float
) -> None:
    """The process was stopped for so long, or the clock jumped."""

    class Slow(FakeMessenger):
        async def post(
            self, place: Place, message: Message, state: State, *, key: str, file: FileId | None
        ) -> Posted:
            try:
                return await super().post(place, message, state, key=key, file=file)
            finally:
                self.clock.pass_time(seconds=late)

    slow = Slow(house.clock, said=house.slack.said, faults=[RESET], hears=True)
    await house.ask()
    relay = Relay(house.store, slow, pace=RelayPace(), nudge=lambda: None)
    await house.reconciler.advance_due()
    await house.reconciler.finish()
    await relay.carry_due()
    await relay.finish()
    house.clock.pass_time(seconds=31)
    await half_minutes(house, 4)
    assert len(house.slack.of(RunCard)) == 1


async def test_to_try_again_finds_the_first_post_though_a_later_one_was_lost(house: House) -> None:
    house.slack.unread = {BRAND}
    await doubted(house)
    house.clock.pass_time(minutes=5)
    house.slack.faults, house.slack.hears = [RESET], False
    await half_minutes(house, 4)
    house.slack.unread.clear()  # somebody invites us
    await house.alarms.unpark(T1, by=ADA, delivery=house.delivery())
    await half_minutes(house, 4)
    assert len(house.slack.of(RunCard)) == 1


async def test_to_try_again_at_once_waits_until_a_repeat_can_have_landed(house: House) -> None:
    house.slack.unread = {BRAND}
    house.slack.faults = [RESET, RESET]
    await house.ask()
    await half_minutes(house, 1)
    await house.work()
    house.slack.unread.clear()
    await house.alarms.unpark(T1, by=ADA, delivery=house.delivery())
    await house.work()
    assert house.slack.of(RunCard) == []
    await half_minutes(house, 2)
    assert len(house.slack.of(RunCard)) == 1


async def test_a_post_that_may_stand_in_a_channel_now_closed_is_a_persons_to_decide(house: House) -> None:
    await doubted(house)
    house.slack.unread = house.slack.closed = {BRAND}
    house.clock.pass_time(seconds=31)
    await half_minutes(house, 6)
    assert len(house.slack.of(RunCard)) == 1
    [alarm] = await house.store.read(lambda tx: tx.alarms.standing())
    assert "it may stand there already" in alarm.sentence
    await house.alarms.unpark(T1, by=ADA, delivery=house.delivery())
    await half_minutes(house, 2)
    assert [said.place.channel for said in house.slack.of(RunCard)] == [BRAND, "D-UANN"]


@pytest.mark.parametrize("hears", [True, False])
async def test_a_direct_post_whose_answer_was_lost_is_found_or_made_again_and_no_persons_to_decide(
    house: House, *, hears: bool
) -> None:
    """The channel never was open to us, so nothing can stand there."""
    house.slack.unread = {BRAND}
    await house.ask()
    await house.reconciler.advance_due()
    await house.reconciler.finish()
    shut = DirectlyLost(house.clock, said=house.slack.said, unread={BRAND}, closed={BRAND}, hears=hears)
    relay = Relay(house.store, shut, pace=RelayPace(), nudge=lambda: None)
    house.slack.closed = {BRAND}
    await relay.carry_due()
    await relay.finish()
    house.clock.pass_time(seconds=31)
    await half_minutes(house, 4)
    assert [said.place.channel for said in house.slack.of(RunCard)] == ["D-UANN"]
    assert await house.store.read(lambda tx: tx.alarms.standing()) == []


class DirectlyLost(FakeMessenger):
    """Loses the answer to what is posted directly."""

    async def post(
        self, place: Place, message: Message, state: State, *, key: str, file: FileId | None
    ) -> Posted:
        self.faults = [] if place.channel in self.closed else [RESET]
        return await super().post(place, message, state, key=key, file=file)


async def test_a_redraw_in_doubt_puts_no_post_in_doubt(house: House) -> None:
    """Whoever drew the card died; then the channel is closed, and nothing was ever posted for that redraw."""
    await house.ask()
    await house.work(steps=3)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    await house.store.write(lambda tx: tx.outbox.take(limit=9, lease=RelayPace().lease))
    await house.store.close()  # as a death does, it gives back what it had taken
    await house.store.open()
    house.slack.unread = house.slack.closed = {BRAND}
    await house.work()
    assert [said.place.channel for said in house.slack.of(RunCard)] == [BRAND, "D-UANN"]

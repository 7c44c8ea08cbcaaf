"""A message that Slack refuses in a word that we do not know is tried on, and in time told to a person."""

from bot.domain.alarm import Alarm, Concern
from bot.domain.errors import Unavailable, Unpostable
from bot.domain.ids import ChannelId
from bot.domain.message import Notice, RunCard
from bot.domain.run import Stage
from tests.house import ANN, RUN, T1, House, click

STRANGE, SILENCE = Unavailable("Slack gave no usable answer.", code="moon_phase"), Unavailable("reset")


async def half_minutes(house: House, count: int) -> None:
    for _ in range(count):
        await house.work()
        house.clock.pass_time(seconds=31)


async def refused(house: House) -> list[Alarm]:
    alarms = await house.store.read(lambda tx: tx.alarms.standing())
    return [alarm for alarm in alarms if alarm.concern is Concern.PARKED]


def told(house: House) -> list[bool]:
    """Return of each notice that was told whether it says that it is over."""
    return [said.message.is_over for said in house.slack.of(Notice) if isinstance(said.message, Notice)]


async def stuck(house: House, *, fault: Unavailable = STRANGE) -> None:
    """Ann asks, and for more than an hour Slack takes nothing of it."""
    await house.ask()
    await house.reconciler.advance_due()
    await house.reconciler.finish()
    house.slack.faults = [fault] * 400
    await half_minutes(house, 120)
    house.slack.faults = []


async def test_within_an_hour_nobody_is_told_of_a_word_that_we_do_not_know(house: House) -> None:
    await house.ask()
    house.slack.faults = [STRANGE] * 99
    await half_minutes(house, 100)
    assert await refused(house) == []
    assert len(house.slack.of(RunCard)) == 1


async def test_after_an_hour_a_word_that_we_do_not_know_is_told_once_and_the_message_tried_on(
    house: House,
) -> None:
    await stuck(house)
    [alarm] = await refused(house)
    assert "(moon_phase)" in alarm.sentence
    assert "goes on trying" in alarm.sentence


async def test_once_it_goes_through_the_alarm_is_over(house: House) -> None:
    await stuck(house)
    assert len(await refused(house)) == 1
    await half_minutes(house, 3)
    assert await refused(house) == []
    assert len(house.slack.of(RunCard)) == 1
    assert told(house) == [False, True]


async def test_of_a_card_that_cannot_be_drawn_anew_a_person_is_told_too(house: House) -> None:
    await house.ask()
    await house.work(steps=3)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    house.slack.redraw_faults = [STRANGE] * 130
    await half_minutes(house, 125)
    assert len(await refused(house)) == 1
    await half_minutes(house, 10)
    assert await refused(house) == []
    assert (await house.run()).stage is Stage.CANCELLED


async def test_an_hour_in_which_slack_says_nothing_at_all_is_no_refusal(house: House) -> None:
    await stuck(house, fault=SILENCE)
    assert await refused(house) == []


async def test_what_waited_for_long_is_not_told_at_its_first_refusal(house: House) -> None:
    await house.ask()
    house.clock.pass_time(hours=2)
    house.slack.faults = [STRANGE]
    await half_minutes(house, 4)
    assert told(house) == []
    assert len(house.slack.of(RunCard)) == 1


async def test_a_message_that_goes_through_late_leaves_the_alarms_of_others_standing(house: House) -> None:
    await house.store.write(
        lambda tx: tx.alarms.sound(T1, Concern.PARKED, "Mend it.", about="invalid_blocks")
    )
    await stuck(house)
    assert len(await refused(house)) == 2
    await half_minutes(house, 3)
    assert [alarm.about for alarm in await refused(house)] == ["invalid_blocks"]


async def test_what_is_refused_for_good_in_the_end_stands_under_that_word_alone(house: House) -> None:
    await stuck(house)
    house.slack.closed = {ChannelId("D-UADMIN")}
    house.slack.faults = [Unpostable("Slack refuses this.", code="invalid_blocks")]
    await half_minutes(house, 3)
    assert [alarm.about for alarm in await refused(house)] == ["invalid_blocks"]


async def test_what_slack_refuses_to_show_is_drawn_ever_more_slowly_and_told_after_an_hour(
    house: House,
) -> None:
    """It asks to come back in a second, as for a picture that it is not done with, or that is gone."""
    await house.ask()
    await house.work(steps=3)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    not_shown = Unavailable("Slack cannot show a file.", retry_after=1, code="invalid_blocks")
    house.slack.redraw_faults = [not_shown] * 999
    for _ in range(600):
        await house.work()
        house.clock.pass_time(seconds=1)
    assert 10 <= 999 - len(house.slack.redraw_faults) <= 40
    assert await refused(house) == []
    await half_minutes(house, 105)
    assert [alarm.about for alarm in await refused(house)] == ["still_tried invalid_blocks"]
    house.slack.redraw_faults = []
    await half_minutes(house, 4)
    assert await refused(house) == []

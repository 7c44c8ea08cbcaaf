"""Posts of an unknown fate in channels where Slack does not let us look whether they stand."""

import pytest

from bot.domain.alarm import Alarm, Concern
from bot.domain.errors import Unavailable
from bot.domain.message import ContactSheet, Notice, RunCard
from bot.domain.run import Run, Stage
from tests.fakes import FakeMessenger
from tests.house import ANN, BRAND, RUN, T1, House, click
from tests.services.team import ADA

RESET, BUSY = Unavailable("reset"), Unavailable("ratelimited", retry_after=5)


@pytest.fixture
def blind(house: House) -> FakeMessenger:
    """Return a Slack that we may post in, and not look."""
    house.slack.unread = {BRAND}
    return house.slack


async def half_minutes(house: House, count: int) -> None:
    for _ in range(count):
        await house.work()
        house.clock.pass_time(seconds=31)


async def parked(house: House) -> list[Alarm]:
    alarms = await house.store.read(lambda tx: tx.alarms.standing())
    return [alarm for alarm in alarms if alarm.concern is Concern.PARKED]


async def test_where_we_may_not_look_it_is_posted_once_more_under_the_same_key(
    house: House, blind: FakeMessenger
) -> None:
    blind.faults, blind.hears = [RESET], True
    await house.ask()
    await half_minutes(house, 6)
    first, second = blind.of(RunCard)
    assert first.key == second.key
    assert await parked(house) == []


async def test_of_which_slack_says_twice_nothing_is_not_posted_a_third_time_and_a_person_is_told(
    house: House, blind: FakeMessenger
) -> None:
    blind.faults, blind.hears = [RESET, RESET], True
    await house.ask()
    await half_minutes(house, 20)
    assert len(blind.of(RunCard)) == 2
    [alarm] = await parked(house)
    assert "in #C1," in alarm.sentence
    assert "it may stand there already" in alarm.sentence
    assert "`/invite`" in alarm.sentence
    assert [said.place.channel for said in blind.of(Notice)] == ["D-UADMIN"]


async def test_a_wait_that_slack_asks_for_is_no_try(house: House, blind: FakeMessenger) -> None:
    blind.faults = [BUSY, BUSY, RESET, BUSY, BUSY]
    await house.ask()
    await half_minutes(house, 12)
    assert len(blind.of(RunCard)) == 1
    assert await parked(house) == []


async def test_that_slack_asked_us_to_wait_does_not_make_a_first_post_forgotten(
    house: House, blind: FakeMessenger
) -> None:
    blind.faults, blind.hears = [RESET, BUSY, RESET], False
    await house.ask()
    await half_minutes(house, 12)
    assert len(await parked(house)) == 1


async def test_a_card_that_waits_for_a_person_is_not_posted_under_another_key_meanwhile(
    house: House, blind: FakeMessenger
) -> None:
    blind.faults, blind.hears = [RESET, RESET], True
    await house.ask()
    await half_minutes(house, 4)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    await half_minutes(house, 4)
    assert len(blind.of(RunCard)) == 2


async def test_once_we_are_invited_to_try_again_finds_what_stands_and_says_nothing_twice(
    house: House, blind: FakeMessenger
) -> None:
    blind.faults, blind.hears = [RESET, RESET], True
    await house.ask()
    await half_minutes(house, 4)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    blind.unread.clear()
    await house.alarms.unpark(T1, by=ADA, delivery=house.delivery())
    await half_minutes(house, 4)
    assert len(blind.of(RunCard)) == 2
    assert any(isinstance(s, Run) and s.stage is Stage.CANCELLED for s in newest(blind))
    assert len(blind.of(ContactSheet)) == 1


def newest(slack: FakeMessenger) -> list[object]:
    return [said.states[-1] for said in slack.of(RunCard)]


async def test_a_card_that_slack_has_already_is_drawn_anew_for_it_shows_what_was(
    house: House, blind: FakeMessenger
) -> None:
    """A Slack that knows the key answers with the earlier message, as it stands."""

    blind.faults, blind.hears, blind.knows_keys = [RESET], True, True
    await house.ask()
    await house.work()
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    house.clock.pass_time(seconds=31)
    await half_minutes(house, 3)
    [card] = blind.of(RunCard)
    shown = card.states[-1]
    assert isinstance(shown, Run)
    assert shown.stage is Stage.CANCELLED


async def test_in_doubt_about_a_reply_the_next_replies_are_not_held_up(
    house: House, blind: FakeMessenger
) -> None:
    await house.ask()
    blind.faults = [None, RESET, RESET]
    await half_minutes(house, 6)
    assert len(await parked(house)) == 1
    assert blind.of(ContactSheet) == []
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    await half_minutes(house, 3)
    shown = newest(blind)[-1]
    assert isinstance(shown, Run)
    assert shown.stage is Stage.CANCELLED


async def test_while_slack_does_not_even_say_that_we_may_not_look_nothing_is_posted(
    house: House, blind: FakeMessenger
) -> None:
    blind.faults = [RESET, RESET]
    blind.find_faults = [Unavailable("silence") for _ in range(6)]
    await house.ask()
    await half_minutes(house, 7)
    assert len(blind.faults) == 1

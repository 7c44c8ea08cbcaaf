"""What is said in Slack, how often, and what happens when Slack does not answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Refused, Unavailable, Unpostable
from bot.domain.facts import Progressed, Trained
from bot.domain.ids import ChannelId
from bot.domain.message import ContactSheet, Message, Place, RunCard, RunEnded, State
from bot.domain.people import Party
from bot.domain.policy import Step
from bot.domain.run import Run, Stage
from bot.ports import Posted
from bot.services.relay import Relay, RelayPace
from tests.fakes import TRAINED, FakeMessenger
from tests.house import ANN, BEN, BRAND, CAT, RUN, T1, House, click, wanted
from tests.services.team import ruled


async def training(house: House, *news: Progressed | Trained) -> None:
    house.trainer.looks = list(news)
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=31)
    await house.work(steps=2)


def shown_stages(house: House) -> list[Stage]:
    [card] = house.slack.of(RunCard)
    return [state.stage for state in card.states if isinstance(state, Run)]


async def test_a_post_whose_answer_was_lost_is_found_again_and_not_repeated(house: House) -> None:
    house.slack.faults, house.slack.hears = [Unavailable("reset")], True
    await house.ask()
    await house.work()
    house.clock.pass_time(seconds=31)
    await house.work(steps=2)
    assert len(house.slack.of(RunCard)) == 1


async def test_a_card_that_is_found_again_is_drawn_from_the_newest_state_once_its_place_is_known(
    house: House,
) -> None:
    house.slack.faults, house.slack.hears = [Unavailable("reset")], True
    await house.ask()
    await house.work()
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    house.clock.pass_time(seconds=31)
    await house.work()
    assert shown_stages(house) == [Stage.AWAITING]
    assert await house.store.read(lambda tx: tx.outbox.card(RUN))
    await house.work()
    assert shown_stages(house) == [Stage.AWAITING, Stage.CANCELLED]


async def test_a_post_that_was_lost_is_made_again_under_the_same_key(house: House) -> None:
    house.slack.faults = [Unavailable("reset")]
    await house.ask()
    await house.work()
    assert house.slack.said == {}
    house.clock.pass_time(seconds=31)
    await house.work()
    assert len(house.slack.of(RunCard)) == 1


async def test_slacks_own_wait_is_kept(house: House) -> None:
    house.slack.faults = [Unavailable("ratelimited", retry_after=5)]
    await house.ask()
    await house.work()
    house.clock.pass_time(seconds=4)
    await house.work()
    assert house.slack.said == {}
    house.clock.pass_time(seconds=2)
    await house.work()
    assert len(house.slack.of(RunCard)) == 1


async def test_where_the_bot_may_not_post_the_card_goes_to_the_requester(house: House) -> None:
    house.slack.faults = [Unpostable("not there", code="not_in_channel")]
    await house.ask()
    await house.work(steps=2)
    assert house.slack.of(RunCard)[0].place.channel == "D-UANN"
    assert house.slack.of(ContactSheet)[0].place.channel == "D-UANN"


async def test_a_message_that_slack_refuses_for_good_does_not_hold_up_the_next(house: House) -> None:
    house.slack.faults = [None, Unpostable("no", code="invalid_blocks")]
    await training(house, TRAINED)
    await house.work(steps=3)
    assert house.slack.of(ContactSheet) == []
    assert shown_stages(house)[-1] is Stage.READY


async def test_a_post_is_looked_for_where_its_last_attempt_was_however_long_slack_is_silent(
    house: House,
) -> None:
    house.slack.faults, house.slack.hears = [Unavailable("reset")], True
    house.slack.find_faults = [Unavailable("silence") for _ in range(6)]
    await house.ask()
    for _ in range(10):
        await house.work()
        house.clock.pass_time(seconds=31)
    assert len(house.slack.of(RunCard)) == 1


async def test_nothing_is_posted_again_while_the_first_may_be_on_its_way(house: House) -> None:
    """What a killed process leaves behind: an attempt, and a lease that is over at once."""
    await house.ask()
    taken = await house.store.write(lambda tx: tx.outbox.take(limit=1, lease=timedelta(minutes=1)))
    pending = await house.store.write(lambda tx: tx.outbox.attempt(taken[0]))
    await house.store.write(lambda tx: tx.outbox.postpone(pending, due=timedelta()))
    await house.work()
    assert house.slack.said == {}
    house.clock.pass_time(seconds=31)
    await house.work()
    assert len(house.slack.of(RunCard)) == 1


async def test_what_a_killed_process_posted_is_found_once_it_has_settled(house: House) -> None:
    await house.ask()
    taken = await house.store.write(lambda tx: tx.outbox.take(limit=1, lease=timedelta(minutes=1)))
    pending = await house.store.write(lambda tx: tx.outbox.attempt(taken[0]))
    await house.slack.post(Place(BRAND), pending.message, await house.run(), key=pending.id, file=None)
    await house.store.write(lambda tx: tx.outbox.postpone(pending, due=timedelta()))
    for _ in range(3):
        await house.work()
        house.clock.pass_time(seconds=31)
    assert len(house.slack.of(RunCard)) == 1


async def test_a_look_up_that_slack_limits_is_made_later_and_not_left_out(house: House) -> None:
    house.slack.faults, house.slack.hears = [Unavailable("reset")], True
    house.slack.find_faults = [Unavailable("ratelimited", retry_after=5)]
    await house.ask()
    for _ in range(4):
        await house.work()
        house.clock.pass_time(seconds=31)
    assert len(house.slack.of(RunCard)) == 1


async def test_who_asked_is_told_directly_where_the_bot_has_left_the_channel(house: House) -> None:
    await training(house, TRAINED)
    house.slack.closed = {BRAND}
    await house.work(steps=4)
    assert house.slack.of(RunCard)[-1].place.channel == "D-UANN"
    assert house.slack.of(RunEnded)[-1].place.channel == "D-UANN"


async def test_a_card_that_somebody_deleted_is_posted_anew(house: House) -> None:
    await house.ask()
    await house.work()
    house.slack.redraw_faults = [Unpostable("gone", code="message_not_found")]
    await house.approve()
    await house.work()
    _, second = house.slack.of(RunCard)
    assert isinstance(second.states[0], Run)
    assert second.states[0].stage is Stage.APPROVED


async def test_progress_within_a_stage_is_drawn_at_most_every_fifteen_seconds(house: House) -> None:
    await training(house, Progressed(1), Progressed(2), Progressed(3), TRAINED)
    await house.work()
    drawn = len(shown_stages(house))
    house.clock.pass_time(seconds=1)
    await house.work(steps=2)
    assert len(shown_stages(house)) == drawn
    house.clock.pass_time(seconds=15)
    await house.work()
    assert len(shown_stages(house)) == drawn + 1


async def test_a_clock_that_was_set_back_holds_up_no_redraw(house: House) -> None:
    await house.ask()
    await house.work()
    house.clock.pass_time(hours=-1)
    await house.store.write(lambda tx: tx.outbox.announce(RunCard(RUN)))
    await house.work()
    assert shown_stages(house) == [Stage.AWAITING] * 2


async def test_a_change_of_stage_is_drawn_at_once(house: House) -> None:
    await training(house, TRAINED)
    await house.work(steps=2)
    assert shown_stages(house)[-1] is Stage.READY


async def test_the_home_shows_my_runs_what_waits_for_me_and_the_styles(house: House) -> None:
    await training(house, TRAINED)
    await house.work(steps=2)
    await house.ask(name="Fruit")
    await house.work()
    for person in (ANN, BEN, CAT):
        await house.homes.opened(person, workspace=T1, delivery=house.delivery())
    await house.work()
    ann, ben, _ = sorted(house.slack.homes, key=lambda home: home.user)
    assert [run.request.name for run in ann.mine] == ["Fruit", "Stellar"]
    assert ann.waiting == ()
    assert [run.request.name for run in ben.waiting] == ["Fruit"]
    assert [version.label for version in ben.styles] == ["Stellar@1"]


async def test_a_home_opened_twice_is_drawn_once(house: House) -> None:
    delivery = house.delivery()
    for _ in range(2):
        await house.homes.opened(ANN, workspace=T1, delivery=delivery)
    await house.work(steps=2)
    assert len(house.slack.homes) == 1


async def test_a_run_asked_for_on_the_home_lives_in_direct_messages(house: House) -> None:
    house.policy = ruled(Step("ben", (Party(BEN),)))
    await house.training.request(replace(wanted(), channel=ChannelId(ANN)), delivery=house.delivery())
    await house.work()
    assert house.slack.of(RunCard)[0].place.channel == "D-UANN"


async def test_a_redraw_that_a_dead_process_had_begun_is_made_once_more_after_it_can_have_landed(
    house: House,
) -> None:
    await house.ask()
    await house.work(steps=3)
    [card] = house.slack.of(RunCard)
    drawn = len(card.states)
    await house.approve()
    await house.store.write(lambda tx: tx.outbox.take(limit=9, lease=timedelta(minutes=3)))
    await house.store.close()  # as a death does, it gives back what it had taken
    await house.store.open()
    await house.work()
    assert len(card.states) == drawn + 1
    house.clock.pass_time(seconds=31)
    await house.work()
    assert len(card.states) == drawn + 2


async def test_a_redraw_that_slack_limits_does_not_make_one_under_way_forgotten(house: House) -> None:
    """The one that a dead process had begun may land after it."""
    await house.ask()
    await house.work(steps=3)
    [card] = house.slack.of(RunCard)
    drawn = len(card.states)
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    await house.store.write(lambda tx: tx.outbox.take(limit=9, lease=timedelta(minutes=3)))
    await house.store.close()
    await house.store.open()
    house.slack.redraw_faults = [Unavailable("ratelimited", retry_after=1)]
    for seconds in (2, 31, 31):
        await house.work()
        house.clock.pass_time(seconds=seconds)
    assert len(card.states) == drawn + 2


async def test_a_card_that_was_drawn_by_a_process_that_took_too_long_is_drawn_once_more(house: House) -> None:
    await house.ask()
    await house.work(steps=3)
    [card] = house.slack.of(RunCard)

    class Frozen(FakeMessenger):
        async def redraw(self, posted: Posted, message: Message, state: State) -> None:
            await house.approve()
            house.clock.pass_time(minutes=5)
            await house.relay.carry_due()
            await house.relay.finish()
            await house.slack.redraw(posted, message, state)

    frozen = Relay(house.store, Frozen(house.clock), pace=RelayPace(), nudge=lambda: None)
    await house.store.write(lambda tx: tx.outbox.announce(RunCard(RUN)))
    house.clock.pass_time(minutes=1)
    await frozen.carry_due()
    await frozen.finish()
    house.clock.pass_time(minutes=1)
    await house.work()
    shown = card.states[-1]
    assert isinstance(shown, Run)
    assert shown.stage is not Stage.AWAITING


async def test_what_slack_puts_off_again_and_again_is_tried_ever_more_rarely(house: House) -> None:
    house.slack.faults = [Unavailable("busy", retry_after=0.5) for _ in range(500)]
    await house.ask()
    for _ in range(120):
        await house.work()
        house.clock.pass_time(seconds=0.5)
    assert 500 - len(house.slack.faults) < 20


async def test_the_bytes_of_a_sheet_are_let_go_of_as_soon_as_it_stands(house: House) -> None:
    await house.ask()
    await house.work(steps=5)
    [sheet] = house.slack.of(ContactSheet)
    assert isinstance(sheet.message, ContactSheet)
    blob = sheet.message.blob
    with pytest.raises(Refused, match="no longer kept"):
        await house.store.read(lambda tx: tx.blob(blob))

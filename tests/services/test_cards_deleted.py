"""Where somebody deletes a card in Slack, what belongs into its thread goes under the next one."""

from bot.domain.errors import Unpostable
from bot.domain.message import GenerationCard, Originals, RunCard, RunEnded
from tests.fakes import TRAINED, FakeMessenger
from tests.house import PICTURES, RUN, House
from tests.services.team import drawn


def last_ts(slack: FakeMessenger, kind: type[RunCard | GenerationCard]) -> str:
    return [ts for ts, said in slack.said.items() if isinstance(said.message, kind)][-1]


async def later(house: House, *, minutes: int = 3) -> None:
    for _ in range(minutes * 4):
        await house.work()
        house.clock.pass_time(seconds=16)


async def test_where_the_card_was_deleted_its_thread_goes_on_under_the_new_card(house: House) -> None:
    """It is deleted while the run trains; at its end, its card and its end are said side by side."""
    await house.trains()
    house.slack.deleted = {first := last_ts(house.slack, RunCard)}
    house.trainer.looks = [TRAINED]
    await later(house)
    second = last_ts(house.slack, RunCard)
    assert second != first
    assert [said.place.thread for said in house.slack.of(RunEnded)] == [second]


async def test_where_the_card_was_deleted_nobody_is_alarmed(house: House) -> None:
    await house.trains()
    house.slack.deleted = {last_ts(house.slack, RunCard)}
    house.trainer.looks = [TRAINED]
    await later(house)
    assert await house.store.read(lambda tx: tx.alarms.standing()) == []


async def test_a_card_that_nothing_moves_any_more_is_posted_anew_for_what_belongs_into_its_thread(
    house: House,
) -> None:
    await house.trains()
    house.trainer.looks = [TRAINED]
    await later(house)
    house.slack.deleted = {last_ts(house.slack, RunCard)}
    await house.store.write(lambda tx: tx.outbox.announce(RunEnded(RUN)))
    await later(house)
    assert len(house.slack.of(RunCard)) == 2
    assert house.slack.of(RunEnded)[-1].place.thread == last_ts(house.slack, RunCard)


async def test_the_originals_of_pictures_go_under_their_new_card_too(house: House) -> None:
    await drawn(house)
    house.slack.deleted = {last_ts(house.slack, GenerationCard)}
    await house.store.write(lambda tx: tx.outbox.announce(Originals(PICTURES)))
    await later(house)
    assert len(house.slack.of(GenerationCard)) == 2
    assert house.slack.of(Originals)[-1].place.thread == last_ts(house.slack, GenerationCard)


async def test_a_card_that_stands_and_takes_no_replies_is_not_posted_again(house: House) -> None:
    await house.trains()
    await later(house)
    house.slack.faults = [Unpostable("Not here.", code="cannot_reply_to_message")] * 99
    await house.store.write(lambda tx: tx.outbox.announce(RunEnded(RUN)))
    await later(house)
    assert len(house.slack.of(RunCard)) == 1
    assert await house.store.read(lambda tx: tx.alarms.standing()) == []
    await later(house, minutes=61)
    assert len(await house.store.read(lambda tx: tx.alarms.standing())) == 1

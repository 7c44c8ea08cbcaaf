"""Alarms: told once, over once, and what they hold back, for any store."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.alarm import HOLDS, Alarm, Concern
from bot.domain.errors import Refused
from bot.domain.ids import WorkspaceId
from bot.domain.message import Message, Notice
from bot.ports import Store, Transaction
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import ACME, MINUTE

OTHER, EVERYWHERE = WorkspaceId("T2"), WorkspaceId("")
KEY, BALANCE, RESTORED, PARKED = Concern.KEY, Concern.BALANCE, Concern.RESTORED, Concern.PARKED
EVERY = 5 * MINUTE
SENTENCE = "Runware refuses our key. Set another one."


async def sound(store: Store, concern: Concern = KEY, *, about: str = "", where: WorkspaceId = ACME) -> bool:
    return await store.write(lambda tx: tx.alarms.sound(where, concern, SENTENCE, about=about))


async def settle(store: Store, concern: Concern, *, about: str | None = None, quietly: bool = False) -> bool:
    return await store.write(lambda tx: tx.alarms.settle(ACME, concern, about=about, quietly=quietly))


async def hold(store: Store, where: WorkspaceId = ACME, *, about: str = "training") -> Concern | None:
    alarm = await store.write(lambda tx: tx.alarms.hold(where, about=about, try_every=EVERY))
    return alarm.concern if alarm else None


async def told(store: Store) -> Sequence[Message]:
    """Say all that is announced, in its order."""

    def work(tx: Transaction) -> list[Message]:
        found = []
        while taken := tx.outbox.take(limit=99, lease=MINUTE):
            for pending in taken:
                found.append(pending.message)
                tx.outbox.done(pending)
        return found

    return await store.write(work)


async def test_an_alarm_is_told_once_while_it_stands(any_store: Store, clock: FakeClock) -> None:
    assert await sound(any_store)
    clock.pass_time(days=1)
    assert not await sound(any_store)
    assert await told(any_store) == [Notice(ACME, KEY)]
    [stands] = await any_store.read(lambda tx: tx.alarms.standing())
    assert stands == Alarm(ACME, KEY, "", SENTENCE, since=NOON)


async def test_that_it_is_over_is_told_once(any_store: Store, clock: FakeClock) -> None:
    await sound(any_store)
    clock.pass_time(minutes=1)
    assert await settle(any_store, KEY)
    assert not await settle(any_store, KEY)
    assert await told(any_store) == [Notice(ACME, KEY), Notice(ACME, KEY, is_over=True)]
    settled = await any_store.read(lambda tx: tx.alarms.get(ACME, KEY))
    assert settled.settled_at == NOON + MINUTE
    assert not await any_store.read(lambda tx: tx.alarms.standing())


async def come_back(store: Store, clock: FakeClock, *, minutes: int) -> None:
    """Let an alarm that was told, and told to be over, stand again so long after."""
    await sound(store)
    await settle(store, KEY)
    await told(store)
    clock.pass_time(minutes=minutes)
    assert not await sound(store)


async def test_an_alarm_that_comes_back_within_the_hour_stands_without_a_word(
    any_store: Store, clock: FakeClock
) -> None:
    await come_back(any_store, clock, minutes=59)
    assert not await told(any_store)
    assert await hold(any_store) is KEY
    [stands] = await any_store.read(lambda tx: tx.alarms.standing())
    assert stands.since == clock.now


async def test_an_alarm_that_came_back_without_a_word_is_told_once_if_it_stands_after_the_hour(
    any_store: Store, clock: FakeClock
) -> None:
    await come_back(any_store, clock, minutes=20)
    clock.pass_time(minutes=39)
    assert not await sound(any_store)
    clock.pass_time(minutes=1)
    assert [await sound(any_store) for _ in range(3)] == [True, False, False]
    assert await told(any_store) == [Notice(ACME, KEY)]
    clock.pass_time(days=9)
    assert not await sound(any_store)
    await settle(any_store, KEY)
    assert await told(any_store) == [Notice(ACME, KEY, is_over=True)]


async def test_of_an_alarm_that_came_and_went_without_a_word_nothing_is_told(
    any_store: Store, clock: FakeClock
) -> None:
    await come_back(any_store, clock, minutes=20)
    assert await settle(any_store, KEY)
    assert not await told(any_store)
    assert not await any_store.read(lambda tx: tx.alarms.standing())


async def test_the_hour_without_a_word_begins_anew_each_time_it_is_settled(
    any_store: Store, clock: FakeClock
) -> None:
    await come_back(any_store, clock, minutes=40)
    await settle(any_store, KEY)
    clock.pass_time(minutes=40)
    assert not await sound(any_store)
    clock.pass_time(minutes=20)
    assert await sound(any_store)


async def test_an_alarm_that_comes_back_before_its_end_was_said_is_told_anew(
    any_store: Store, clock: FakeClock
) -> None:
    """Whoever says what is announced leaves out what is not so just then: perhaps nobody heard a word."""
    await sound(any_store)
    await settle(any_store, KEY)
    clock.pass_time(minutes=1)
    assert await sound(any_store)
    assert await told(any_store) == [Notice(ACME, KEY), Notice(ACME, KEY, is_over=True), Notice(ACME, KEY)]
    await settle(any_store, KEY)
    assert await told(any_store) == [Notice(ACME, KEY, is_over=True)]


@pytest.mark.parametrize("concern", sorted({*Concern} - HOLDS))
async def test_what_holds_nothing_back_is_told_each_time(any_store: Store, concern: Concern) -> None:
    for _ in range(2):
        assert await sound(any_store, concern, about="C1")
        assert await settle(any_store, concern)
    over = Notice(ACME, concern, "C1", is_over=True)
    assert await told(any_store) == [Notice(ACME, concern, "C1"), over] * 2


async def test_a_clock_that_is_set_back_keeps_no_alarm_quiet(any_store: Store, clock: FakeClock) -> None:
    await sound(any_store)
    await settle(any_store, KEY)
    clock.now -= timedelta(days=300)
    assert await sound(any_store)
    clock.now += timedelta(days=300)
    await sound(any_store, BALANCE)
    await settle(any_store, BALANCE)
    await told(any_store)
    assert not await sound(any_store, BALANCE)
    clock.now -= timedelta(days=300)
    assert await sound(any_store, BALANCE)


async def test_an_alarm_that_comes_back_later_is_told_again(any_store: Store, clock: FakeClock) -> None:
    await sound(any_store)
    await settle(any_store, KEY)
    await told(any_store)
    clock.pass_time(minutes=60)
    assert await sound(any_store)
    assert await told(any_store) == [Notice(ACME, KEY)]


async def test_alarms_of_other_workspaces_concerns_and_matters_are_others(any_store: Store) -> None:
    assert await sound(any_store)
    assert await sound(any_store, where=OTHER)
    assert await sound(any_store, PARKED, about="C1")
    assert await sound(any_store, PARKED, about="C2")
    assert await settle(any_store, PARKED)
    stands = await any_store.read(lambda tx: tx.alarms.standing())
    assert [(alarm.workspace, alarm.concern) for alarm in stands] == [(ACME, KEY), (OTHER, KEY)]
    over = [Notice(ACME, PARKED, "C1", is_over=True)]
    assert [one for one in await told(any_store) if isinstance(one, Notice) and one.is_over] == over


async def test_that_a_concern_is_over_is_told_once_of_what_stood_longest(
    any_store: Store, clock: FakeClock
) -> None:
    for about in ("C2", "C1"):
        await sound(any_store, PARKED, about=about)
        clock.pass_time(minutes=1)
    await sound(any_store, KEY)
    await told(any_store)
    assert await settle(any_store, PARKED)
    assert await settle(any_store, KEY)
    over = [Notice(ACME, KEY, is_over=True), Notice(ACME, PARKED, "C2", is_over=True)]
    assert sorted(await told(any_store), key=str) == sorted(over, key=str)


async def test_only_what_was_told_to_stand_is_told_to_be_over(any_store: Store) -> None:
    await sound(any_store, BALANCE, about="pictures")
    await settle(any_store, BALANCE)
    await told(any_store)
    assert not await sound(any_store, BALANCE, about="pictures")
    assert await sound(any_store, BALANCE, about="training")
    await told(any_store)
    await settle(any_store, BALANCE)
    assert await told(any_store) == [Notice(ACME, BALANCE, "training", is_over=True)]


async def test_what_is_settled_about_one_matter_stands_about_others(any_store: Store) -> None:
    for about in ("", "pictures", "training"):
        await sound(any_store, BALANCE, about=about)
    await told(any_store)
    assert await settle(any_store, BALANCE, about="pictures")
    assert not await settle(any_store, BALANCE, about="pictures")
    assert [alarm.about for alarm in await any_store.read(lambda tx: tx.alarms.standing())] == [
        "",
        "training",
    ]
    assert await told(any_store) == [Notice(ACME, BALANCE, "pictures", is_over=True)]
    assert await settle(any_store, BALANCE, about="")
    assert [alarm.about for alarm in await any_store.read(lambda tx: tx.alarms.standing())] == ["training"]


async def test_what_is_settled_quietly_is_not_told(any_store: Store) -> None:
    await sound(any_store)
    await told(any_store)
    assert await settle(any_store, KEY, quietly=True)
    assert not await told(any_store)
    assert not await any_store.read(lambda tx: tx.alarms.standing())


async def test_the_oldest_alarm_stands_first(any_store: Store, clock: FakeClock) -> None:
    for concern in (PARKED, KEY, BALANCE):
        await sound(any_store, concern)
        clock.pass_time(seconds=1)
    stands = await any_store.read(lambda tx: tx.alarms.standing())
    assert [alarm.concern for alarm in stands] == [PARKED, KEY, BALANCE]


async def test_of_what_never_was_there_is_nothing_to_tell(any_store: Store) -> None:
    await sound(any_store, about="C1")
    for where, about in ((ACME, ""), (OTHER, "C1")):
        with pytest.raises(Refused, match="never was"):
            await any_store.read(lambda tx: tx.alarms.get(where, KEY, about))  # noqa: B023 - read at once


async def test_nothing_is_held_back_where_nothing_stands_that_holds(any_store: Store) -> None:
    await sound(any_store, PARKED)
    await sound(any_store, Concern.USAGE)
    await sound(any_store, where=OTHER)
    assert await hold(any_store) is None
    assert await hold(any_store, OTHER) is KEY


async def test_one_try_is_let_through_now_and_then(any_store: Store, clock: FakeClock) -> None:
    await sound(any_store)
    seen = []
    for _ in range(11):
        seen.append([await hold(any_store), await hold(any_store)])
        clock.pass_time(minutes=1)
    tries = [minute for minute, both in enumerate(seen) if both == [None, KEY]]
    assert tries == [5, 10]
    assert [both for both in seen if None not in both] == [[KEY, KEY]] * 9


async def test_an_alarm_about_one_matter_holds_nothing_else_back(any_store: Store, clock: FakeClock) -> None:
    await sound(any_store, BALANCE, about="training")
    assert [await hold(any_store, about=about) for about in ("pictures", "training")] == [None, BALANCE]
    clock.pass_time(minutes=5)
    assert await hold(any_store, about="pictures") is None
    assert [await hold(any_store), await hold(any_store)] == [None, BALANCE]


async def test_an_alarm_about_nothing_in_particular_holds_everything_back(any_store: Store) -> None:
    await sound(any_store)
    assert [await hold(any_store, about=about) for about in ("pictures", "training")] == [KEY, KEY]


async def test_after_it_is_settled_everything_goes_through(any_store: Store) -> None:
    await sound(any_store)
    await settle(any_store, KEY)
    assert [await hold(any_store) for _ in range(3)] == [None] * 3


async def test_a_restored_database_is_never_tried(any_store: Store, clock: FakeClock) -> None:
    await sound(any_store)
    clock.pass_time(minutes=1)
    await sound(any_store, RESTORED, about=NOON.isoformat())
    clock.pass_time(days=3)
    assert [await hold(any_store, about=about) for about in ("pictures", "training")] == [RESTORED] * 2


async def test_an_alarm_of_no_workspace_holds_back_every_one_and_one_tries_for_all(
    any_store: Store, clock: FakeClock
) -> None:
    await sound(any_store, where=EVERYWHERE)
    assert await hold(any_store) is KEY
    clock.pass_time(minutes=5)
    assert await hold(any_store, OTHER) is None
    assert await hold(any_store) is KEY


async def test_a_clock_that_is_set_back_holds_no_try_for_hours(any_store: Store, clock: FakeClock) -> None:
    await sound(any_store)
    clock.now -= timedelta(hours=3)
    assert await hold(any_store) is None
    assert await hold(any_store) is KEY


async def test_that_it_is_over_is_told_after_that_it_stood(any_store: Store, clock: FakeClock) -> None:
    await sound(any_store)
    [first] = await any_store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE))
    await settle(any_store, KEY)
    assert not await any_store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE))
    await any_store.write(lambda tx: tx.outbox.done(first))
    assert await told(any_store) == [Notice(ACME, KEY, is_over=True)]


async def test_an_alarm_is_taken_back_with_the_work_that_sounded_it(any_store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.alarms.sound(ACME, KEY, SENTENCE)
        raise Refused("No.")

    with pytest.raises(Refused):
        await any_store.write(work)
    assert not await told(any_store)
    assert not await any_store.read(lambda tx: tx.alarms.standing())

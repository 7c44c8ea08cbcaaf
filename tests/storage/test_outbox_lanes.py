"""The outbox: order within a lane, redraws that fall into one, and the fence, for any store."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.domain.alarm import Concern
from bot.domain.errors import Conflict
from bot.domain.ids import BlobId, FileId, RunId, UserId, WorkspaceId
from bot.domain.message import (
    ContactSheet,
    Findings,
    GenerationCard,
    Home,
    Message,
    Notice,
    Originals,
    PairSheet,
    PaletteSheet,
    RunCard,
    RunEnded,
)
from bot.ports import MAY_STAND, Card, Pending, Store, Transaction
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import ACME, ANN, CHANNEL, MINUTE, STANDING, a_generation, a_run

RUN = a_run().id
CARD = RunCard(RUN)
SHEET = ContactSheet(RUN, BlobId("b" * 64))
ENDED = RunEnded(RUN)


async def announce(store: Store, *messages: Message) -> None:
    def work(tx: Transaction) -> None:
        for message in messages:
            tx.outbox.announce(message)

    await store.write(work)


async def taken(store: Store) -> list[Pending]:
    return list(await store.write(lambda tx: tx.outbox.take(limit=20, lease=MINUTE)))


async def post_card(store: Store) -> None:
    await store.write(lambda tx: tx.outbox.keep_card(RUN, STANDING))


def said(pending: Sequence[Pending]) -> list[Message]:
    return [one.message for one in pending]


async def test_every_kind_of_message_comes_out_as_it_went_in(any_store: Store, clock: FakeClock) -> None:
    generation = a_generation().id
    messages: list[Message] = [
        CARD,
        GenerationCard(generation),
        Home(ACME, ANN),
        SHEET,
        Originals(generation),
    ]
    for message in messages:
        await announce(any_store, message)
        clock.pass_time(seconds=1)
    await post_card(any_store)
    await any_store.write(lambda tx: tx.outbox.keep_card(generation, STANDING))
    assert said(await taken(any_store)) == messages


async def test_a_thread_is_said_in_order_one_at_a_time(any_store: Store) -> None:
    await post_card(any_store)
    await announce(any_store, SHEET, ENDED)
    [first] = await taken(any_store)
    assert first.message == SHEET
    assert not await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.done(first))
    assert said(await taken(any_store)) == [ENDED]


async def test_sheets_and_findings_are_said_in_the_runs_thread_in_order(any_store: Store) -> None:
    sheet, palette, pairs = (BlobId(letter * 64) for letter in "bcd")
    messages: list[Message] = [
        ContactSheet(RUN, sheet),
        PaletteSheet(RUN, palette),
        PairSheet(RUN, pairs),
        Findings(RUN),
        ENDED,
    ]
    await announce(any_store, *messages)
    assert not await taken(any_store)
    await post_card(any_store)
    told: list[Message] = []
    while items := await taken(any_store):
        told += said(items)
        await any_store.write(partial(take_off, items))
    assert told == messages


def take_off(items: Sequence[Pending], tx: Transaction) -> None:
    for item in items:
        tx.outbox.done(item)


async def test_a_thread_waits_until_its_card_stands(any_store: Store) -> None:
    await announce(any_store, CARD, ENDED)
    [card] = await taken(any_store)
    assert card.message == CARD
    await any_store.write(lambda tx: tx.outbox.done(card))
    assert not await taken(any_store)
    await post_card(any_store)
    assert said(await taken(any_store)) == [ENDED]


async def test_a_thread_whose_card_was_deleted_waits_for_the_next(any_store: Store) -> None:
    await post_card(any_store)
    await any_store.write(lambda tx: tx.outbox.forget_card(RUN))
    await announce(any_store, ENDED)
    assert not await taken(any_store)
    assert await any_store.read(lambda tx: tx.outbox.card(RUN)) is None


async def test_redraws_that_nobody_has_begun_fall_into_one(any_store: Store) -> None:
    await announce(any_store, CARD, CARD, Home(ACME, ANN), CARD, Home(ACME, ANN), Home(ACME, UserId("U2")))
    assert sorted(map(repr, said(await taken(any_store)))) == sorted(
        map(repr, [CARD, Home(ACME, ANN), Home(ACME, UserId("U2"))])
    )


async def test_a_redraw_announced_while_one_is_being_sent_follows_it(any_store: Store) -> None:
    await announce(any_store, CARD)
    [first] = await taken(any_store)
    await announce(any_store, CARD)
    await announce(any_store, CARD)
    assert not await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.done(first))
    [second] = await taken(any_store)
    assert second.id != first.id
    await any_store.write(lambda tx: tx.outbox.done(second))
    assert not await taken(any_store)


async def test_a_redraw_follows_one_whose_sender_may_still_live(any_store: Store, clock: FakeClock) -> None:
    await announce(any_store, CARD)
    [first] = await taken(any_store)
    clock.pass_time(minutes=1)
    await announce(any_store, CARD)
    await any_store.write(lambda tx: tx.outbox.done(first))
    assert said(await taken(any_store)) == [CARD]


async def test_news_pulls_a_redraw_forward_that_was_put_off(any_store: Store) -> None:
    await announce(any_store, CARD)
    [first] = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.postpone(first, due=MINUTE))
    assert not await taken(any_store)
    await announce(any_store, CARD)
    [again] = await taken(any_store)
    assert again.id == first.id


async def test_news_does_not_hurry_a_message_that_may_already_stand(
    any_store: Store, clock: FakeClock
) -> None:
    await announce(any_store, CARD)
    [first] = await taken(any_store)
    tried = await any_store.write(lambda tx: tx.outbox.attempt(first))
    await any_store.write(lambda tx: tx.outbox.postpone(tried, due=MINUTE))
    await announce(any_store, CARD)
    assert not await taken(any_store)
    clock.pass_time(minutes=1)
    assert [one.id for one in await taken(any_store)] == [first.id]


async def test_what_is_said_once_is_never_folded(any_store: Store) -> None:
    await post_card(any_store)
    await announce(any_store, ENDED, ENDED)
    [first] = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.done(first))
    assert said(await taken(any_store)) == [ENDED]


async def test_attempts_and_the_file_are_remembered_over_a_retry(any_store: Store, clock: FakeClock) -> None:
    await post_card(any_store)
    await announce(any_store, SHEET)
    [fresh] = await taken(any_store)
    assert (fresh.attempts, fresh.last_attempt_at, fresh.file) == (0, None, None)
    kept = await any_store.write(lambda tx: tx.outbox.keep_file(fresh, FileId("F1")))
    tried = await any_store.write(lambda tx: tx.outbox.attempt(kept))
    assert (tried.attempts, tried.last_attempt_at, tried.file) == (1, clock.now, FileId("F1"))
    at = clock.now
    clock.pass_time(minutes=1)
    [again] = await taken(any_store)
    assert (again.id, again.attempts, again.last_attempt_at, again.file) == (fresh.id, 1, at, FileId("F1"))


async def test_an_attempt_and_a_file_leave_the_fence_where_it_was(any_store: Store) -> None:
    await announce(any_store, CARD)
    [pending] = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.attempt(pending))
    await any_store.write(lambda tx: tx.outbox.keep_file(pending, FileId("F1")))
    await any_store.write(lambda tx: tx.outbox.done(pending))
    assert not await taken(any_store)


async def test_who_lost_the_lease_can_do_nothing_to_the_message(any_store: Store, clock: FakeClock) -> None:
    await announce(any_store, CARD)
    [slow] = await taken(any_store)
    clock.pass_time(minutes=1)
    [quick] = await taken(any_store)
    moves: tuple[Callable[[Transaction], object], ...] = (
        lambda tx: tx.outbox.attempt(slow),
        lambda tx: tx.outbox.keep_file(slow, FileId("F1")),
        lambda tx: tx.outbox.done(slow),
        lambda tx: tx.outbox.postpone(slow, due=MINUTE),
        lambda tx: tx.outbox.park(slow, "channel_not_found"),
    )
    for move in moves:
        with pytest.raises(Conflict):
            await any_store.write(move)
    await any_store.write(lambda tx: tx.outbox.done(quick))


async def test_a_message_set_aside_frees_its_lane_and_never_returns(
    any_store: Store, clock: FakeClock
) -> None:
    await post_card(any_store)
    await announce(any_store, SHEET, ENDED)
    [sheet] = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.park(sheet, "invalid_blocks"))
    assert said(await taken(any_store)) == [ENDED]
    clock.pass_time(days=30)
    assert said(await taken(any_store)) == [ENDED]


SECOND_RUN, THIRD_RUN = RunId("run0000002"), RunId("run0000003")


async def stand(store: Store, *runs: RunId) -> None:
    def work(tx: Transaction) -> None:
        for run in runs:
            tx.outbox.keep_card(run, STANDING)

    await store.write(work)


async def drawn(store: Store, redraws: int, *, limit: int = 20) -> list[Message]:
    taken = await store.write(lambda tx: tx.outbox.take(limit=limit, lease=MINUTE, redraws=redraws))
    return said(taken)


async def test_of_cards_that_stand_so_many_are_drawn_as_slack_allows_and_the_longest_waiting_first(
    any_store: Store, clock: FakeClock
) -> None:
    runs = [THIRD_RUN, RUN, SECOND_RUN]
    await stand(any_store, *runs)
    for run in runs:
        await announce(any_store, RunCard(run))
        clock.pass_time(seconds=1)
    await announce(any_store, RunCard(THIRD_RUN))  # its newest state, at its old place
    assert await drawn(any_store, 0) == []
    assert await drawn(any_store, 2) == [RunCard(THIRD_RUN), CARD]
    assert await drawn(any_store, 2) == [RunCard(SECOND_RUN)]


async def test_nothing_else_waits_behind_redraws(any_store: Store, clock: FakeClock) -> None:
    generation = a_generation().id
    await stand(any_store, RUN, SECOND_RUN)
    await announce(any_store, CARD, RunCard(SECOND_RUN))
    clock.pass_time(seconds=9)
    fresh: list[Message] = [
        RunCard(THIRD_RUN),
        GenerationCard(generation),
        Home(ACME, ANN),
        ENDED,
        Notice(ACME, Concern.KEY),
    ]
    await announce(any_store, *fresh)
    assert sorted(map(repr, await drawn(any_store, 0))) == sorted(map(repr, fresh))
    await announce(any_store, Home(ACME, UserId("U2")))
    assert await drawn(any_store, 9, limit=2) == [Home(ACME, UserId("U2")), CARD]
    assert await drawn(any_store, 9) == [RunCard(SECOND_RUN)]


async def test_a_card_whose_message_was_deleted_is_a_post_again(any_store: Store) -> None:
    await stand(any_store, RUN)
    await announce(any_store, CARD)
    await any_store.write(lambda tx: tx.outbox.forget_card(RUN))
    assert await drawn(any_store, 0) == [CARD]


async def test_notices_of_one_alarm_to_one_person_are_said_in_order(any_store: Store) -> None:
    told = Notice(ACME, Concern.PARKED, "C1", ANN)
    over = replace(told, is_over=True)
    others = [replace(told, user=UserId("U2")), replace(told, about="C2"), replace(told, user=None)]
    await announce(any_store, told, over, told, *others)
    [first, *rest] = sorted(await taken(any_store), key=lambda pending: pending.message != told)
    assert sorted(map(repr, said(rest))) == sorted(map(repr, others))
    await any_store.write(lambda tx: tx.outbox.done(first))
    [second] = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.done(second))
    assert [second.message, *said(await taken(any_store))] == [over, told]


async def park(store: Store, pending: Pending) -> None:
    await store.write(lambda tx: tx.outbox.park(pending, "account_inactive"))


async def unpark(store: Store, workspace: WorkspaceId = ACME) -> int:
    return await store.write(lambda tx: tx.outbox.unpark(workspace))


async def test_what_was_set_aside_is_put_back_by_its_workspace(any_store: Store) -> None:
    elsewhere, other = WorkspaceId("T2"), a_run("elsewhere", workspace=WorkspaceId("T2"))
    messages: list[Message] = [CARD, GenerationCard(a_generation().id), Home(ACME, ANN)]
    messages += [ENDED, Notice(ACME, Concern.KEY)]
    foreign: list[Message] = [RunCard(other.id), Home(elsewhere, ANN), Notice(elsewhere, Concern.KEY)]

    def put(tx: Transaction) -> None:
        tx.runs.add(a_run())
        tx.runs.add(other)
        tx.generations.add(a_generation())

    await any_store.write(put)
    await stand(any_store, RUN)
    await announce(any_store, *messages, *foreign)
    for pending in await taken(any_store):
        await park(any_store, pending)
    assert await unpark(any_store) == 5
    assert sorted(map(repr, said(await taken(any_store)))) == sorted(map(repr, messages))
    assert await unpark(any_store) == 0
    assert await unpark(any_store, elsewhere) == 3


async def test_what_is_put_back_is_said_before_what_waits_behind_it(any_store: Store) -> None:
    await any_store.write(lambda tx: tx.runs.add(a_run()))
    await post_card(any_store)
    await announce(any_store, Findings(RUN), ENDED)
    [findings] = await taken(any_store)
    await park(any_store, findings)
    assert await unpark(any_store) == 1
    [again] = await taken(any_store)
    assert (again.id, again.message) == (findings.id, Findings(RUN))
    with pytest.raises(Conflict):
        await any_store.write(lambda tx: tx.outbox.done(findings))
    await any_store.write(lambda tx: tx.outbox.done(again))
    assert said(await taken(any_store)) == [ENDED]


async def test_what_is_put_back_lets_what_is_under_way_in_its_lane_finish(
    any_store: Store, clock: FakeClock
) -> None:
    await any_store.write(lambda tx: tx.runs.add(a_run()))
    await post_card(any_store)
    await announce(any_store, Findings(RUN), ENDED)
    [findings] = await taken(any_store)
    await park(any_store, findings)
    [ended] = await taken(any_store)
    await unpark(any_store)
    assert not await taken(any_store)
    clock.pass_time(minutes=1)  # its sender died: the order is the old one again
    assert said(await taken(any_store)) == [Findings(RUN)]
    assert ended.message == ENDED


async def test_a_card_that_was_set_aside_is_never_posted_beside_a_later_one(any_store: Store) -> None:
    await any_store.write(lambda tx: tx.runs.add(a_run()))
    await announce(any_store, CARD)
    [first] = await taken(any_store)
    await park(any_store, first)
    await announce(any_store, CARD)
    [second] = await taken(any_store)
    assert await unpark(any_store) == 0
    await any_store.write(lambda tx: tx.outbox.postpone(second, due=timedelta()))
    assert [one.id for one in await taken(any_store)] == [second.id]


async def test_of_redraws_that_were_all_set_aside_one_comes_back(any_store: Store) -> None:
    await any_store.write(lambda tx: tx.runs.add(a_run()))
    for _ in range(3):
        await announce(any_store, CARD)
        [pending] = await taken(any_store)
        await park(any_store, pending)
    assert await unpark(any_store) == 1
    assert said(await taken(any_store)) == [CARD]


async def test_a_picture_that_is_no_longer_kept_stays_aside(any_store: Store) -> None:
    def work(tx: Transaction) -> None:
        tx.runs.add(a_run())
        tx.outbox.keep_card(RUN, STANDING)
        tx.outbox.announce(ContactSheet(RUN, tx.keep_blob(b"sheet")))
        tx.outbox.announce(PairSheet(RUN, BlobId("gone")))

    await any_store.write(work)
    for _ in range(2):
        [pending] = await taken(any_store)
        await park(any_store, pending)
    assert await unpark(any_store) == 1
    [sheet] = await taken(any_store)
    assert isinstance(sheet.message, ContactSheet)


async def test_a_card_is_remembered_as_it_was_last_drawn(any_store: Store) -> None:
    assert await any_store.read(lambda tx: tx.outbox.card(RUN)) is None
    await post_card(any_store)
    redrawn = Card(CHANNEL, "1700000000.000100", "ready", NOON + MINUTE)
    await any_store.write(lambda tx: tx.outbox.keep_card(RUN, redrawn))
    assert await any_store.read(lambda tx: tx.outbox.card(RUN)) == redrawn


async def test_a_card_that_may_stand_comes_back_before_a_later_one(any_store: Store) -> None:
    await any_store.write(lambda tx: tx.runs.add(a_run()))
    await announce(any_store, CARD)
    [first] = await taken(any_store)
    await any_store.write(lambda tx: tx.outbox.park(first, f"{MAY_STAND} C1"))
    await announce(any_store, CARD)
    assert await unpark(any_store) == 1
    [again] = await taken(any_store)
    assert again.id == first.id

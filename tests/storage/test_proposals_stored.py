"""Proposals on their shelf, pictures that must be approved first, and finding what an id stands for."""

from datetime import timedelta

import pytest

from bot.domain.ballot import Expired, Reminded, Vote, Voted
from bot.domain.errors import Conflict, Refused
from bot.domain.facts import Approved
from bot.domain.generation import Generation
from bot.domain.ids import ProposalId, RunId, UserId, WorkspaceId
from bot.domain.message import ProposalCard
from bot.domain.proposal import Event, Stage
from bot.domain.task import Cancelled
from bot.ports import Store, Transaction
from storage.sqlite import SQLiteStore
from tests.fakes import NOON, FakeClock
from tests.storage.store_world import (
    ACME,
    ANN,
    MINUTE,
    STANDING,
    a_generation,
    a_proposal,
    a_run,
    an_asked_generation,
    live,
)

BEN = UserId("U2")
HOUR = timedelta(hours=1)
VOTED = Voted(Vote(BEN, 0, NOON, BEN, "It is fine."))


async def put(store: Store, *keys: str) -> None:
    def work(tx: Transaction) -> None:
        for key in keys:
            tx.proposals.add(a_proposal(key))

    await store.write(work)


async def test_a_proposal_comes_out_as_it_went_in(any_store: Store) -> None:
    await put(any_store, "pro-1")
    assert await any_store.read(lambda tx: tx.proposals.get(ProposalId("pro-1"))) == a_proposal("pro-1")


async def test_a_proposal_falls_due_for_its_first_reminder_and_not_before(
    any_store: Store, clock: FakeClock
) -> None:
    await put(any_store, "pro-1")
    clock.pass_time(minutes=119)
    assert not await any_store.write(lambda tx: tx.proposals.take(limit=9, lease=MINUTE))
    clock.pass_time(minutes=1)
    [one] = await any_store.write(lambda tx: tx.proposals.take(limit=9, lease=MINUTE))
    reminded = await any_store.write(lambda tx: tx.proposals.record(one, Reminded(), due=4 * HOUR))
    assert reminded.ballot.reminded == 1


async def test_a_proposal_whose_ballot_is_overdue_is_due_at_once(any_store: Store, clock: FakeClock) -> None:
    clock.pass_time(days=2)
    await put(any_store, "pro-1")
    assert await any_store.write(lambda tx: tx.proposals.take(limit=9, lease=MINUTE))


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ((VOTED,), Stage.AWAITING),
        ((VOTED, Approved(BEN, NOON)), Stage.GRANTED),
        ((Expired(),), Stage.EXPIRED),
        ((Cancelled(ANN),), Stage.CANCELLED),
    ],
)
async def test_only_what_is_not_over_is_live(
    any_store: Store, events: tuple[Event, ...], stage: Stage
) -> None:
    def work(tx: Transaction) -> None:
        one = a_proposal("pro-1")
        tx.proposals.add(one)
        for event in events:
            one = tx.proposals.record(one, event, due=None)

    await any_store.write(work)
    await put(any_store, "pro-2")
    found = {one.id: one for one in await any_store.read(lambda tx: tx.proposals.live())}
    assert set(found) == ({"pro-1", "pro-2"} if stage is Stage.AWAITING else {"pro-2"})
    one = await any_store.read(lambda tx: tx.proposals.get(ProposalId("pro-1")))
    assert (one.stage, [vote.comment for vote in one.ballot.votes]) == (
        stage,
        ["It is fine."] * (VOTED in events),
    )


async def test_of_two_that_decide_on_what_they_read_the_second_must_read_again(any_store: Store) -> None:
    await put(any_store, "pro-1")
    seen = a_proposal("pro-1")
    await any_store.write(lambda tx: tx.proposals.record(seen, VOTED, due=HOUR))
    with pytest.raises(Conflict):
        await any_store.write(lambda tx: tx.proposals.record(seen, VOTED, due=HOUR))


async def test_nobody_hastens_what_a_person_decides(any_store: Store, clock: FakeClock) -> None:
    await put(any_store, "pro-1")
    await any_store.write(lambda tx: tx.proposals.hasten(ProposalId("pro-1"), every=MINUTE))
    clock.pass_time(minutes=1)
    assert not await any_store.write(lambda tx: tx.proposals.take(limit=9, lease=MINUTE))


async def test_what_a_dead_process_had_taken_is_due_again(store: SQLiteStore, clock: FakeClock) -> None:
    await put(store, "pro-1")
    clock.pass_time(hours=2)
    [held] = await store.write(lambda tx: tx.proposals.take(limit=9, lease=HOUR))
    await store._end([])  # noqa: SLF001 - nobody died: nothing comes free
    assert not await store.write(lambda tx: tx.proposals.take(limit=9, lease=HOUR))
    owner = store._owner.id  # noqa: SLF001 - as if this one had died
    await store._writer.do(lambda tx: tx.release([owner]))  # noqa: SLF001
    [again] = await store.write(lambda tx: tx.proposals.take(limit=9, lease=HOUR))
    assert (again.id, again.version > held.version) == (held.id, True)


async def test_a_clock_that_was_set_back_keeps_no_proposal_waiting(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await put(store, "pro-1")
    await store.clean_up()
    clock.pass_time(days=-30)
    await store.clean_up()
    clock.pass_time(hours=2)
    assert await store.write(lambda tx: tx.proposals.take(limit=9, lease=MINUTE))
    assert (await store.figures()).late == timedelta()
    clock.pass_time(hours=1)
    assert (await store.figures()).late > timedelta()


async def test_pictures_that_must_be_approved_wait_for_their_ballot(
    any_store: Store, clock: FakeClock
) -> None:
    def work(tx: Transaction) -> None:
        tx.generations.add(an_asked_generation("gen-1"))
        tx.generations.add(a_generation("gen-2"))

    def take(tx: Transaction) -> list[Generation]:
        return list(tx.generations.take(limit=9, lease=99 * HOUR))

    await any_store.write(work)
    assert [one.id for one in await any_store.write(take)] == ["gen-2"]
    clock.pass_time(hours=2)
    assert [one.id for one in await any_store.write(take)] == ["gen-1"]


async def test_pictures_that_were_approved_before_they_were_put_down_are_due_at_once(
    any_store: Store,
) -> None:
    approved = an_asked_generation().after(Approved(BEN, NOON), at=NOON)
    await any_store.write(lambda tx: tx.generations.add(approved))
    assert await any_store.write(lambda tx: tx.generations.take(limit=9, lease=MINUTE))


async def test_what_was_asked_is_found_by_its_id_whichever_it_is(any_store: Store) -> None:
    await live(any_store, a_run("one"))
    await any_store.write(lambda tx: tx.generations.add(a_generation("two")))
    await put(any_store, "three")
    found = [await any_store.read(lambda tx: tx.asked(RunId(key))) for key in ("one", "two", "three")]  # noqa: B023 - read at once
    assert found == [a_run("one"), a_generation("two"), a_proposal("three")]


async def test_an_id_of_nothing_is_refused_with_the_next_step(any_store: Store) -> None:
    with pytest.raises(Refused, match=r"nothing named `forged`.*`/style runs`"):
        await any_store.read(lambda tx: tx.asked(RunId("forged")))
    with pytest.raises(Refused, match=r"no proposal `forged`.*`/style runs`"):
        await any_store.read(lambda tx: tx.proposals.get(ProposalId("forged")))


async def test_a_card_of_a_proposal_that_was_set_aside_comes_back_with_its_workspace(
    any_store: Store,
) -> None:
    await any_store.write(lambda tx: tx.proposals.add(a_proposal("pro-1", workspace=WorkspaceId("T2"))))
    await put(any_store, "pro-2")

    def park(tx: Transaction) -> None:
        for key in ("pro-1", "pro-2"):
            tx.outbox.announce(ProposalCard(ProposalId(key)))
        for pending in tx.outbox.take(limit=9, lease=MINUTE):
            tx.outbox.park(pending, "account_inactive")

    await any_store.write(park)
    await any_store.write(lambda tx: tx.outbox.announce(ProposalCard(ProposalId("pro-2"))))
    assert await any_store.write(lambda tx: tx.outbox.unpark(ACME)) == 0  # the newer redraw stands for it
    assert await any_store.write(lambda tx: tx.outbox.unpark(WorkspaceId("T2"))) == 1
    taken = await any_store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE))
    assert {pending.message for pending in taken} == {
        ProposalCard(ProposalId("pro-1")),
        ProposalCard(ProposalId("pro-2")),
    }


async def test_a_redraw_of_a_proposals_card_counts_among_the_redraws(any_store: Store) -> None:
    await put(any_store, "pro-1")
    await any_store.write(lambda tx: tx.outbox.announce(ProposalCard(ProposalId("pro-1"))))
    await any_store.write(lambda tx: tx.outbox.keep_card(ProposalId("pro-1"), STANDING))
    assert not await any_store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE, redraws=0))
    assert await any_store.write(lambda tx: tx.outbox.take(limit=9, lease=MINUTE, redraws=1))

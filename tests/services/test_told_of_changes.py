"""Who is told directly that their vote is void, how it ended, and what other rules make of it."""

from dataclasses import replace
from pathlib import Path

from bot.asked import Click
from bot.auditing import erase
from bot.domain.facts import TrainedBefore
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import RunId
from bot.domain.message import Memo, Topic
from bot.domain.people import Party, Person
from bot.domain.policy import Action, Grant, Level, Prices, Role
from bot.domain.run import Stage
from bot.slack.pictures import generation_card
from storage.sqlite import SQLiteStore
from tests.fakes import TRAINED, FakeClock
from tests.house import ANN, BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, T1, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    EVA,
    FAY,
    PICTURE,
    asked,
    checked,
    cost,
    digits,
    memos,
    sent,
    team,
    trained,
    voters,
)
from tests.services.test_decided_anew import held_pictures, thawed
from tests.services.test_who_is_told import TWO, all_told, awake, wait

NOVA = RunId("RUN0000002")

# ── void ─────────────────────────────────────────────────────────────────────────────────────────────


async def test_whose_vote_is_void_for_a_price_that_rose_is_told_once(house: House) -> None:
    team(house).policy = awake(TWO)
    await asked(house)
    await house.approve(BEN)
    await cost(house, 40.0)
    await house.approvals.approve(RUN, house.by(CAT))
    await house.work(steps=4)
    assert all_told(house) == [(BEN, Topic.VOID)]
    [memo] = house.slack.of(Memo)
    assert memo.states[-1] == await house.run()


async def test_whose_vote_is_void_for_a_dataset_that_is_another_by_now_is_told(house: House) -> None:
    team(house).policy = awake(TWO)
    await asked(house)
    await house.approve(BEN)
    house.inspector.fingerprints = ["cd" * 32]
    await house.approve(CAT)
    house.clock.pass_time(seconds=30)
    await house.work(steps=4)
    assert (await house.run()).stage is Stage.AWAITING
    assert sorted(all_told(house)) == [(BEN, Topic.VOID), (CAT, Topic.VOID)]


async def test_the_card_of_pictures_that_are_asked_anew_says_that_approvals_are_void(house: House) -> None:
    await held_pictures(house)
    await cost(house, 3.0, key=PICTURE)
    await thawed(house)
    pictures = await house.pictures()
    assert pictures.stage is Drawing.AWAITING
    card = generation_card(pictures)
    assert "price: $0.20 → $12.00. Earlier approvals are void." in str(card.blocks)


async def trained_meanwhile(house: House) -> str:
    """Have Nova ask for what Stellar is trained on, and Stellar handed over once Ben approved Nova.

    Return what Cat's card of Nova shows.
    """
    team(house).policy = replace(awake(TWO), prices=Prices(training=100.0))
    await asked(house)
    await house.ask(name="Nova")
    await house.work()
    shown = digits(await house.run(NOVA))
    await house.approve(BEN, NOVA)
    await house.approve(BEN)
    await house.approve(CAT)
    assert (await sent(house)).stage is Stage.TRAINING
    return shown


async def test_when_the_same_pictures_turn_out_to_have_been_trained_all_earlier_votes_are_void(
    house: House,
) -> None:
    shown = await trained_meanwhile(house)
    told = await house.approvals.approve(NOVA, house.by(CAT, seen=shown))
    assert "the same pictures went into: none → Stellar@1. Look at its card again" in told
    await house.work(steps=4)
    nova = await house.run(NOVA)
    assert (nova.stage, voters(nova)) == (Stage.AWAITING, set())
    assert nova.before == TrainedBefore("Stellar@1", RUN, is_ready=False)
    assert all_told(house) == [(BEN, Topic.VOID)]
    await house.approve(CAT, NOVA)
    assert (await house.run(NOVA)).stage is Stage.AWAITING
    await house.approve(BEN, NOVA)
    assert (await house.run(NOVA)).stage is Stage.APPROVED


async def test_not_even_by_breaking_the_glass_are_the_same_pictures_paid_for_twice_unseen(
    house: House,
) -> None:
    shown = await trained_meanwhile(house)
    admin = Click(Person(ADA, is_admin=True), T1, house.delivery(), shown)
    told = await house.approvals.break_glass(NOVA, "the fair is near", admin)
    assert "the same pictures went into: none → Stellar@1" in told
    nova = await house.run(NOVA)
    assert (nova.stage, voters(nova)) == (Stage.AWAITING, set())


async def test_that_the_same_pictures_have_trained_by_now_what_they_were_training_voids_nothing(
    house: House,
) -> None:
    await trained_meanwhile(house)
    await house.approve(CAT, NOVA)
    await house.approve(CAT, NOVA)
    house.trainer.looks = [TRAINED]
    await house.work(steps=4)
    house.clock.pass_time(hours=2)
    await house.work(steps=4)
    assert (await house.run()).stage is Stage.READY
    await house.approve(BEN, NOVA)
    assert (await house.run(NOVA)).stage is Stage.APPROVED


async def test_who_has_voted_anew_meanwhile_is_not_told_that_it_is_void(house: House) -> None:
    team(house).policy = awake(TWO)
    await asked(house)
    await house.approve(BEN)
    await cost(house, 40.0)
    await house.approvals.approve(RUN, house.by(CAT))
    await house.approve(BEN)
    await house.work(steps=4)
    assert all_told(house) == []


# ── the end ──────────────────────────────────────────────────────────────────────────────────────────


async def test_who_asked_for_pictures_is_told_that_they_were_rejected(house: House) -> None:
    team(house).policy = awake(BY_BRAND, action=Action.GENERATE)
    await trained(house)
    await house.generate()
    await house.work()
    await house.approvals.reject(PICTURES, "no foxes", house.by(BEN))
    await house.work(steps=4)
    assert all_told(house) == [(CAT, Topic.ENDED)]


async def test_who_asked_for_pictures_is_told_that_nobody_decided_in_time(house: House) -> None:
    team(house).policy = awake(BY_BRAND, action=Action.GENERATE, hours=1)
    await trained(house)
    await house.generate()
    await wait(house, hours=2)
    assert all_told(house) == [(CAT, Topic.ENDED)]


async def test_who_proposed_is_told_of_a_rejection_and_of_a_grant_and_not_of_their_own_taking_it_back(
    house: House,
) -> None:
    team(house).policy = awake(BY_BRAND, action=Action.PROMOTE)
    await trained(house)
    for _ in range(3):
        await house.proposals.use("stellar", house.by(EVA), channel=BRAND)
        [waiting] = await house.store.read(lambda tx: tx.proposals.live())
        match waiting.id:
            case "PRO0000001":
                await house.approvals.reject(waiting.id, "not yet", house.by(BEN))
            case "PRO0000002":
                await house.stopping.cancel(waiting.id, house.by(EVA))
            case _:
                await house.approve(BEN, waiting.id)
        await house.work(steps=3)
    assert all_told(house) == [(EVA, Topic.ENDED)] * 2
    told = [said.message.subject for said in house.slack.of(Memo) if isinstance(said.message, Memo)]
    assert told == [PROPOSAL, "PRO0000003"]


async def test_a_runs_end_is_told_in_its_thread_alone(house: House) -> None:
    team(house).policy = awake(BY_BRAND)
    await asked(house)
    await house.approvals.reject(RUN, "not yet", house.by(BEN))
    await house.work(steps=4)
    assert all_told(house) == []


# ── other rules since ────────────────────────────────────────────────────────────────────────────────


async def test_reminders_follow_the_rules_of_now_though_nobody_clicks(house: House) -> None:
    team(house).policy = awake(TWO)
    await asked(house)
    await house.approve(CAT)
    house.policy = awake(BY_BUDGET)
    await wait(house, hours=2)
    ballot = (await house.run()).ballot
    assert ballot
    assert ballot.changed == ("The rules about who decides have changed.",)
    assert all_told(house) == [(CAT, Topic.VOID)]
    await wait(house, hours=2)
    assert memos(house) == [EVA, FAY]


async def test_that_nobody_can_approve_it_any_more_is_told_to_who_asked_and_the_admins(house: House) -> None:
    team(house).policy = awake(BY_BRAND)
    await asked(house)
    house.policy = replace(house.policy, grants=(Grant(Role.APPROVE, (Party(ANN),)),))
    await wait(house, hours=6)
    assert all_told(house) == [(ADA, Topic.STUCK), (ANN, Topic.STUCK)]


async def test_nobody_is_reminded_of_what_is_forbidden_by_now(house: House) -> None:
    team(house).policy = awake(BY_BUDGET)
    await asked(house)
    house.policy = replace(house.policy, checks=checked(Level.HARD).checks)
    await wait(house, hours=5)
    assert all_told(house) == []
    house.policy = awake(BY_BUDGET)
    await wait(house, hours=1.5)
    assert set(memos(house)) == {EVA, FAY}
    house.policy = replace(house.policy, checks=checked(Level.HARD).checks)
    await wait(house, hours=20)
    assert (await house.run()).stage is Stage.EXPIRED


async def test_who_asked_to_be_forgotten_is_told_nothing(tmp_path: Path) -> None:
    database = tmp_path / "housestyle.db"
    async with SQLiteStore(database, clock=(clock := FakeClock())) as store:
        house = House(store, clock)
        team(house).policy = awake(TWO)
        await asked(house)
        await house.approve(BEN)
        erase(database, BEN, [T1])
        await cost(house, 40.0)
        await house.approvals.approve(RUN, house.by(CAT))
        await house.work(steps=3)
        ballot = (await house.run()).ballot
        assert ballot
        assert ballot.changed
        assert all_told(house) == []

"""Somebody is forgotten while things wait: nobody decides on their own request, or twice, thereby."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import auditing
from bot.auditing import Verdict, export, named_in
from bot.domain.alarm import Concern
from bot.domain.audit import Did
from bot.domain.errors import IllegalMove, Refused
from bot.domain.facts import Changed
from bot.domain.generation import Stage as PictureStage
from bot.domain.ids import UserId
from bot.domain.message import GenerationCard, ProposalCard, RunCard
from bot.domain.people import ERASED, Party
from bot.domain.policy import BUILT_IN, Action, Prices
from bot.domain.proposal import Stage as ProposalStage
from bot.domain.run import Stage
from storage import epoch
from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.house import ANN, BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, T1, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    DAN,
    EVA,
    FAY,
    asked,
    digits,
    done,
    money,
    ruled,
    team,
    trained,
    voters,
)

TWO = ruled(replace(BY_BRAND, count=2))


def erase(house: House, database: Path, who: UserId) -> list[Verdict]:
    return auditing.erase(database, who, [T1], now=house.clock)


async def away(house: House, who: UserId, stands_in: UserId) -> None:
    until = (house.clock.now + timedelta(days=5)).date()
    await house.switches.away(until, stands_in, house.by(who))


def drawings(house: House, kind: type[RunCard | GenerationCard | ProposalCard]) -> int:
    """Return how often the newest card of a kind was drawn."""
    return len(house.slack.of(kind)[-1].states)


async def test_a_training_that_waits_ends_and_they_cannot_approve_it_themselves(
    home: House, database: Path
) -> None:
    await asked(home)
    erase(home, database, ANN)
    with pytest.raises(Refused, match="nothing more can be decided"):
        await home.approve(ANN)
    run = await home.run()
    assert (run.stage, run.request.requester, run.decided_by) == (Stage.CANCELLED, ERASED, ERASED)
    before = drawings(home, RunCard)
    await home.work(steps=2)
    assert drawings(home, RunCard) == before + 1
    assert (await done(home))[-1] is Did.CANCELLED


async def test_one_that_is_still_looked_at_ends_too(home: House, database: Path) -> None:
    await home.ask()
    erase(home, database, ANN)
    await home.work(steps=2)
    assert (await home.run()).stage is Stage.CANCELLED


async def test_one_that_was_approved_and_not_sent_ends_and_its_money_is_free(
    home: House, database: Path
) -> None:
    home.policy = replace(BUILT_IN, prices=Prices(training=12.0))
    await asked(home)
    await home.approve()
    assert await money(home) == (0, 12.0)
    erase(home, database, ANN)
    assert await money(home) == (0, 0)
    run = await home.run()
    assert run.stage is Stage.CANCELLED
    with pytest.raises(IllegalMove):  # neither an undo nor another dataset asks about it anew
        await home.store.write(lambda tx: tx.runs.record(run, Changed("other pictures"), due=None))
    assert (await done(home))[-2:] == [Did.RELEASED, Did.CANCELLED]


async def test_pictures_and_proposals_that_wait_end_as_well(home: House, database: Path) -> None:
    await trained(home)
    home.policy = replace(
        BUILT_IN,
        rules=(*ruled(BY_BRAND, action=Action.GENERATE).rules, *ruled(BY_BRAND, action=Action.PROMOTE).rules),
    )
    await home.generate("the secret mascot")
    await home.proposals.use("stellar", home.by(CAT), channel=BRAND)
    await home.work(steps=2)
    before = drawings(home, GenerationCard), drawings(home, ProposalCard)
    erase(home, database, CAT)
    await home.work(steps=2)
    assert (drawings(home, GenerationCard), drawings(home, ProposalCard)) == (before[0] + 1, before[1] + 1)
    pictures, proposal = await home.pictures(), await home.proposal()
    assert (pictures.stage, proposal.stage) == (PictureStage.FAILED, ProposalStage.CANCELLED)
    assert (pictures.request.prompt, pictures.decided_by, proposal.decided_by) == ("(erased)", ERASED, ERASED)
    for subject in (PICTURES, PROPOSAL):
        with pytest.raises(Refused):
            await home.approvals.approve(subject, home.by(CAT))


async def test_nobody_approves_twice_by_being_forgotten_in_between(home: House, database: Path) -> None:
    home.policy = TWO
    await asked(home)
    await home.approve(DAN)
    erase(home, database, DAN)
    assert voters(await home.run()) == set()
    await home.approve(DAN)
    assert (await home.run()).stage is Stage.AWAITING
    await home.approve(BEN)
    assert (await home.run()).stage is Stage.APPROVED


async def test_no_place_is_taken_twice_by_its_owner_being_forgotten(home: House, database: Path) -> None:
    home.policy = TWO
    await away(home, BEN, EVA)
    await asked(home)
    await home.approve(EVA)
    assert voters(await home.run()) == {EVA}
    erase(home, database, BEN)
    assert voters(await home.run()) == set()
    rows = await home.store.read(lambda tx: tx.audit.recent(T1, limit=50, about=RUN))
    assert [(row.who, row.did) for row in rows][:1] == [(EVA, Did.LOST_VOTE)]  # eva took nothing back


async def test_cards_of_what_still_waits_are_drawn_anew_so_that_their_buttons_count(
    home: House, database: Path
) -> None:
    home.policy = ruled(replace(BY_BRAND, silent=(Party(DAN),)))
    await asked(home)
    old = digits(await home.run())
    await home.work()
    before = drawings(home, RunCard)
    erase(home, database, DAN)
    home.clock.pass_time(seconds=15)
    await home.work(steps=2)
    assert drawings(home, RunCard) == before + 1
    assert digits(await home.run()) != old
    for _ in range(2):  # the first asks anew, for the rules still name dan
        await home.approvals.approve(RUN, home.by(BEN, seen=digits(await home.run())))
    assert (await home.run()).stage is Stage.APPROVED


async def test_the_card_of_what_is_over_is_left_as_it_stands(home: House, database: Path) -> None:
    await trained(home)
    before = drawings(home, RunCard)
    erase(home, database, ANN)
    await home.work(steps=2)
    assert drawings(home, RunCard) == before


async def test_what_others_wrote_of_them_is_forgotten_and_the_chain_says_so(
    home: House, database: Path
) -> None:
    await away(home, BEN, DAN)
    await asked(home)
    await home.approvals.reject(RUN, "ask @UDANIEL or <@UDAN|dan>", home.by(CAT))
    await home.switches.freeze("train", "ask @UDANIEL", home.by(ADA))
    assert named_in(database, DAN) == {T1: 6}  # though dan never did anything
    verdicts = erase(home, database, DAN)
    assert [verdict.faults for verdict in verdicts] == [()]
    assert [line for line in export(database, names=True) if '"UDAN"' in line or "@UDAN " in line] == []
    assert "ask @UDANIEL" in "".join(export(database, names=True))
    rows = await home.store.read(lambda tx: tx.audit.rows(T1))
    gone = [row.about for row in rows if row.did == Did.ERASED]
    assert gone == [f"words of row {row.seq}" for row in rows if row.did in {Did.WENT_AWAY, Did.REJECTED}]


async def test_somebody_whom_nothing_names_is_refused(home: House, database: Path) -> None:
    await asked(home)
    with pytest.raises(Refused, match="Nothing that is kept names UZOE"):
        named_in(database, UserId("UZOE"))


async def test_what_others_asked_for_waits_on(home: House, database: Path) -> None:
    await asked(home)
    before = await home.run()
    erase(home, database, FAY)
    assert await home.run() == before


async def test_to_forget_is_not_taken_for_a_restored_backup_and_hides_none(database: Path) -> None:
    async with SQLiteStore(database, clock=(clock := FakeClock())) as store:
        house = team(House(store, clock))
        await asked(house)
        erase(house, database, ANN)
        counted = epoch.read(database)
    async with SQLiteStore(database, clock=clock) as store:
        assert not await store.read(lambda tx: tx.alarms.standing())
    epoch.write(database, counted + 1)  # as if the database were of yesterday
    erase(house, database, BEN)
    async with SQLiteStore(database, clock=clock) as store:
        [alarm] = await store.read(lambda tx: tx.alarms.standing())
        assert alarm.concern is Concern.RESTORED

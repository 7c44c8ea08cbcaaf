"""Somebody asks to be forgotten: what they asked for goes on as nobody's (abuse case D1)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.auditing import erase, verify
from bot.domain.errors import Unavailable
from bot.domain.facts import Trained
from bot.domain.ids import Air
from bot.domain.people import ERASED
from bot.domain.run import Stage
from bot.domain.task import Failed, Failure
from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.house import ANN, BEN, CAT, RUN, T1, House


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "housestyle.db"


def kept(database: Path) -> str:
    """Return all that the database holds, as SQL."""
    with closing(sqlite3.connect(database)) as connection:
        return "\n".join(connection.iterdump())


async def training(house: House) -> None:
    await house.ask(note="for my fair in Lyon")
    await house.work()
    await house.approvals.approve(RUN, house.by(BEN), comment="lovely")
    house.clock.pass_time(seconds=31)
    await house.work(steps=3)
    assert (await house.run()).stage is Stage.TRAINING


async def test_a_training_of_somebody_forgotten_ends_well_and_names_nobody(database: Path) -> None:
    async with SQLiteStore(database, clock=(clock := FakeClock())) as store:
        house = House(store, clock)
        await training(house)
        assert not any(verdict.faults for verdict in erase(database, ANN, [T1]))
        house.trainer.looks = [Trained(Air("acme:stellar@1"), 12.0)]
        clock.pass_time(hours=2)
        await house.work(steps=3)
        run = await house.run()
        assert (run.stage, run.request.requester, run.decided_by) == (Stage.READY, ERASED, BEN)
        assert (run.dataset, run.cost) != (None, None)
    assert ANN not in kept(database)


async def test_what_they_wrote_is_gone_too(database: Path) -> None:
    async with SQLiteStore(database, clock=(clock := FakeClock())) as store:
        house = House(store, clock)
        await training(house)
        house.trainer.looks = [Trained(Air("acme:stellar@1"), 12.0)]
        clock.pass_time(hours=2)
        await house.work(steps=3)
        await house.generate("the secret mascot")
        await house.work()
        with pytest.raises(Unavailable, match="under way"):
            erase(database, CAT, [T1])
        house.images.looks = [Failed(Failure("no", "No."))]
        clock.pass_time(minutes=1)
        await house.work(steps=2)
        assert "the secret mascot" in kept(database)
        for who in (ANN, BEN, CAT):
            erase(database, who, [T1])
    left = kept(database)
    words = ("the secret mascot", "lovely", "Lyon", ANN, BEN, CAT)
    assert [word for word in words if word in left] == []
    assert [fault for verdict in verify(database) for fault in verdict.faults] == []


async def test_a_step_under_way_does_not_bring_the_name_back(database: Path) -> None:
    async with SQLiteStore(database, clock=(clock := FakeClock())) as store:
        house = House(store, clock)
        await training(house)
        taken = await house.run()
        erase(database, ANN, [T1])
        assert (await house.run()).version > taken.version


async def test_the_journal_cannot_be_changed_afterwards_either(database: Path) -> None:
    async with SQLiteStore(database, clock=(clock := FakeClock())) as store:
        await training(House(store, clock))
    erase(database, ANN, [T1])
    with closing(sqlite3.connect(database)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE events SET body = '{}'")

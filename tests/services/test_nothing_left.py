"""Somebody is forgotten: neither their id nor their words are in any table, however they came there."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot import auditing
from bot.asked import Click
from bot.auditing import named_in
from bot.domain.curation import Choice
from bot.domain.errors import Refused, Unavailable, Unpostable
from bot.domain.facts import TrainingRequest
from bot.domain.ids import ChannelId, GenerationId, RunId, UserId
from bot.domain.message import Memo, Topic
from bot.domain.policy import Prices
from bot.domain.run import Run, Stage
from bot.ports import Inspection
from handlers import deliveries
from tests.house import ANN, BEN, CAT, RUN, T1, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    DAN,
    EVA,
    asked,
    digits,
    drawn,
    ruled,
    sent,
    trained,
    voters,
)
from tests.services.test_intake import KEPT, hosting

SECRET = "dan's secret comment"
TWO = ruled(replace(BY_BRAND, count=2))
SECOND = RunId("RUN0000002")


def left(database: Path, *words: str) -> list[str]:
    """Return each row of any table in which one of the words is still to be found."""
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        rows = [(table, row) for (table,) in tables for row in connection.execute(f"SELECT * FROM {table}")]
    return [f"{table}: {row}" for table, row in rows if any(word in str(row) for word in words)]


def erase(house: House, database: Path, *who: UserId) -> None:
    for one in who:
        assert left(database, one)
        auditing.erase(database, one, [T1], now=house.clock)


def by(house: House, who: UserId, word: str, about: str = RUN) -> Click:
    """Return a click on a button of Slack's, with the key that its payload gives it."""
    action = {"action_id": word, "value": about, "action_ts": str(house.clock.now.timestamp())}
    _, delivery = deliveries.of_action({"team": {"id": T1}, "user": {"id": who}, "actions": [action]})
    return replace(house.by(who), delivery=delivery)


async def commented(house: House) -> None:
    """Have dan approve ann's training, with a comment."""
    await asked(house)
    click = replace(by(house, DAN, "approve"), seen=digits(await house.run()))
    await house.approvals.approve(RUN, click, comment=SECRET)
    assert voters(await house.run()) == {DAN}


async def took_it_back(house: House) -> None:
    house.policy = TWO
    await commented(house)
    await house.approvals.retract(RUN, by(house, DAN, "retract"))


async def was_undone(house: House) -> None:
    await commented(house)
    await house.approvals.undo(RUN, by(house, EVA, "undo"))


async def became_void(house: House) -> None:
    house.policy = replace(TWO, prices=Prices(training=10.0))
    await commented(house)
    house.policy = replace(house.policy, prices=Prices(training=20.0))
    await house.approve(BEN)


@pytest.mark.parametrize("become", [took_it_back, was_undone, became_void])
async def test_whoever_approved_with_a_comment_that_does_not_count_any_more_is_found_nowhere(
    home: House, database: Path, become: Callable[[House], Awaitable[None]]
) -> None:
    await become(home)
    assert voters(await home.run()) == set()
    erase(home, database, DAN)
    assert left(database, DAN, SECRET) == []
    erase(home, database, ANN)
    assert left(database, ANN) == []


async def test_who_took_an_approval_of_others_back_is_found_nowhere(home: House, database: Path) -> None:
    await was_undone(home)
    await home.approve(BEN)
    erase(home, database, EVA)
    assert left(database, EVA) == []
    assert left(database, DAN)


def _chosen(choice: Choice, _: Run) -> Choice:
    return choice


async def test_who_chose_pictures_before_others_did_is_found_nowhere(home: House, database: Path) -> None:
    hosting(home)
    await asked(home)
    for who, name, sha256 in ((DAN, "fox-1.png", KEPT.sha256), (BEN, "fox-2.png", "cd" * 32)):
        home.inspector.answers = [Inspection(replace(KEPT, sha256="cd" * 32), b"sheet")]
        key = by(home, who, "choose").delivery
        chosen = partial(_chosen, Choice((name,), sha256))
        await home.training.curate(RUN, chosen, who=who, workspace=T1, delivery=key)
        await home.work()
    assert (await home.run()).left_out_by == BEN
    erase(home, database, DAN)
    assert left(database, DAN) == []


async def test_neither_id_nor_words_are_in_any_table(home: House, database: Path) -> None:
    until = (home.clock.now + timedelta(days=5)).date()
    await home.switches.away(until, DAN, by(home, BEN, "away"))
    await asked(home, note="as <@UDAN> wanted")
    await home.approvals.reject(RUN, "first\nUDAN has to see it", by(home, CAT, "reject"))
    await home.training.retry(RUN, who=CAT, workspace=T1, delivery=by(home, CAT, "retry").delivery)
    await home.work()
    await home.approvals.reject(SECOND, "dan's secret reason", by(home, DAN, "reject", SECOND))
    await home.switches.freeze("train", "dan's secret move", by(home, DAN, "freeze"))
    await home.switches.freeze("all", "ask @UDAN", by(home, ADA, "freeze"))
    assert len(left(database, DAN)) > 9
    erase(home, database, DAN)
    assert left(database, DAN, "secret") == []
    freezes = await home.store.read(lambda tx: tx.freezes.standing(T1))
    assert {(one.what, one.reason, one.by) for one in freezes} == {
        ("train", "(erased)", "erased"),
        ("all", "(erased)", ADA),
    }


async def test_who_asks_again_for_somebodys_training_does_not_repeat_their_words(
    home: House, database: Path
) -> None:
    await asked(home, note="ann's secret fair")
    await home.approvals.reject(RUN, "no", by(home, BEN, "reject"))
    for who in (ANN, BEN):
        home.clock.pass_time(minutes=1)
        await home.training.retry(RUN, who=who, workspace=T1, delivery=by(home, who, "retry").delivery)
    assert (await home.run(SECOND)).request.note == "ann's secret fair"
    erase(home, database, ANN)
    assert left(database, ANN, "secret fair") == []


async def test_what_was_done_by_somebody_forgotten_is_not_done_again_by_a_repeat(
    home: House, database: Path
) -> None:
    await home.switches.freeze("train", "we move", freeze := by(home, ADA, "freeze"))
    await home.switches.unfreeze("train", home.by(BEN))
    erase(home, database, ADA)
    assert left(database, ADA) == []
    await home.switches.freeze("train", "we move", freeze)
    assert await home.store.read(lambda tx: tx.freezes.standing(T1)) == []


async def test_what_was_asked_for_on_the_home_is_nobodys_either(home: House, database: Path) -> None:
    await trained(home)
    wanted = replace((await home.run()).request, channel=ChannelId(CAT), requester=CAT, name="Comet")
    home.policy = replace(ruled(BY_BRAND), prices=Prices(training=10.0))
    await home.training.request(wanted, delivery=home.delivery())
    await home.proposals.use("stellar", home.by(CAT), channel=ChannelId(CAT))
    await home.work()
    await home.approve(subject=SECOND)
    await home.store.write(lambda tx: tx.outbox.announce(Memo(T1, SECOND, CAT, Topic.TURN)))
    erase(home, database, CAT)
    assert left(database, CAT) == [row for row in left(database, CAT) if row.startswith("cards: ")]
    assert (await home.run(SECOND)).stage is Stage.CANCELLED


async def test_a_card_that_they_alone_saw_is_put_up_nowhere_once_they_are_forgotten(
    home: House, database: Path
) -> None:
    home.policy = ruled(BY_BRAND)
    wanted = TrainingRequest(T1, ChannelId(CAT), CAT, "https://acme.com/a.zip", "Comet")
    await home.training.request(wanted, delivery=home.delivery())
    await home.work()
    await home.approve()
    await sent(home)
    erase(home, database, CAT)
    await home.store.write(lambda tx: tx.outbox.forget_card(RUN))
    before = len(home.slack.said)
    await home.work(steps=3)
    assert (len(home.slack.said), (await home.run()).stage) == (before, Stage.TRAINING)


async def test_a_prompt_of_others_that_names_them_is_needed_until_the_pictures_are_there(
    home: House, database: Path
) -> None:
    await drawn(home)
    assert (await home.pictures()).is_over
    await home.generate("a portrait of @UDAN")
    with pytest.raises(Unavailable, match="GEN0000002 is under way and needs words"):
        auditing.erase(database, DAN, [T1], now=home.clock)
    await home.stopping.cancel(GenerationId("GEN0000002"), home.by(CAT))
    erase(home, database, DAN)
    assert left(database, DAN) == []


async def test_an_approver_who_never_did_anything_and_whose_memo_was_set_aside_can_be_erased(
    home: House, database: Path
) -> None:
    home.policy = ruled(BY_BRAND, BY_BUDGET)
    await asked(home)
    await home.work(steps=4)
    home.slack.faults = [Unpostable("They may not be written to.", code="cannot_dm_bot")]
    await home.approve(DAN)
    await home.work(steps=2)
    [aside] = left(database, EVA)
    assert "memo:T1:UEVA" in aside
    assert named_in(database, EVA) == {T1: 1}
    erase(home, database, EVA)
    assert left(database, EVA) == []
    with pytest.raises(Refused, match="Nothing that is kept names UEVA"):
        named_in(database, EVA)


@pytest.mark.parametrize("who", ["", "train", "erased", "UDA'N"])
async def test_only_a_member_id_is_looked_for(home: House, database: Path, who: str) -> None:
    await asked(home)
    with pytest.raises(Refused, match="is no Slack member id"):
        named_in(database, who)

"""Whose turn it is: they are told directly, without looking at a card, and of reminders the newest alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import Unavailable
from bot.domain.ids import UserId
from bot.domain.message import Memo, Topic
from bot.domain.people import Party, Person
from bot.domain.policy import Action, Level, Policy, Step
from bot.domain.run import Stage
from tests.house import ANN, BEN, CAT, RUN, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    DAN,
    DESIGNERS,
    EVA,
    FAY,
    asked,
    checked,
    join,
    memos,
    ruled,
    team,
)

TWO = replace(BY_BRAND, count=2)
NIGHT_AT = timedelta(hours=8)
"""So far ahead, it is night from 12:00 UTC, when these tests begin, until 00:00."""


def awake(*steps: Step, action: Action = Action.TRAIN, hours: int = 24) -> Policy:
    """Return rules by which it is never night."""
    return replace(ruled(*steps, action=action, hours=hours), quiet=(0, 0))


async def wait(house: House, *, hours: float) -> None:
    """Let so much time pass, with a tick in every half an hour."""
    for _ in range(int(hours * 2)):
        house.clock.pass_time(minutes=30)
        await house.work(steps=2)


def all_told(house: House) -> Sequence[tuple[UserId, Topic]]:
    """Return who was told what directly, in the order of their being told."""
    said = [one.message for one in house.slack.of(Memo)]
    return [(memo.user, memo.topic) for memo in said if isinstance(memo, Memo)]


# ── whose turn it is ─────────────────────────────────────────────────────────────────────────────────


async def test_who_decides_next_is_told_as_soon_as_the_step_before_is_passed(house: House) -> None:
    team(house).policy = awake(BY_BRAND, BY_BUDGET)
    await asked(house)
    await wait(house, hours=6.5)
    before = len(all_told(house))
    await house.approve(BEN)
    await house.work(steps=2)
    assert all_told(house)[before:] == [(EVA, Topic.TURN), (FAY, Topic.TURN)]
    await wait(house, hours=7)
    assert len(all_told(house)) == before + 2
    await wait(house, hours=0.5)
    assert all_told(house)[before + 2 :] == [(EVA, Topic.REMINDER), (FAY, Topic.REMINDER)]


async def test_a_vote_that_leaves_its_step_open_is_nobodys_turn(house: House) -> None:
    team(house).policy = awake(TWO, BY_BUDGET)
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=4)
    assert all_told(house) == []
    await house.approve(CAT)
    await house.work(steps=4)
    assert memos(house, Topic.TURN) == [EVA, FAY]


async def test_the_silent_and_who_is_away_are_not_told_but_who_stands_in_is(house: House) -> None:
    team(house).policy = awake(BY_BRAND, replace(BY_BUDGET, silent=(Party(FAY),)))
    await house.switches.away((house.clock.now + timedelta(days=9)).date(), ADA, house.by(EVA))
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=3)
    assert memos(house, Topic.TURN) == [ADA]


async def test_it_is_not_told_at_night_nor_in_the_morning_once_that_step_is_passed(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET, Step("leads", (Party(ADA),)))
    house.people.people[FAY] = Person(FAY, utc_offset=NIGHT_AT)
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=2)
    assert memos(house, Topic.TURN) == [EVA]
    await house.approve(EVA)
    await wait(house, hours=13)
    assert memos(house, Topic.TURN) == [EVA, ADA]


async def test_a_reminder_kept_over_the_night_is_not_said_to_who_has_passed_it_on(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET)
    for who in (BEN, CAT, DAN):
        house.people.people[who] = Person(who, utc_offset=NIGHT_AT)
    await asked(house)
    await wait(house, hours=3)
    assert all_told(house) == []
    await house.approve(BEN)
    await wait(house, hours=11)
    assert set(memos(house)) <= {EVA, FAY}
    assert memos(house, Topic.TURN) == [EVA, FAY]


async def test_who_takes_an_approval_back_and_gives_it_again_hands_the_turn_on_again(house: House) -> None:
    team(house).policy = awake(BY_BRAND, BY_BUDGET)
    house.people.people[FAY] = Person(FAY, utc_offset=NIGHT_AT)
    house.policy = replace(house.policy, quiet=(20, 8))
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=2)
    await house.approvals.retract(RUN, house.by(BEN))
    await house.work(steps=2)
    assert memos(house, Topic.TURN) == [EVA]
    await house.approve(CAT)
    await wait(house, hours=12.5)
    assert sorted(memos(house, Topic.TURN)) == [EVA, EVA, FAY]


async def test_where_who_approved_leaves_the_turn_goes_back_and_the_others_are_told(house: House) -> None:
    team(house).policy = awake(BY_BRAND, BY_BUDGET)
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=2)
    join(house.people, DESIGNERS, ANN, CAT, DAN)
    await wait(house, hours=2)
    assert memos(house, Topic.TURN) == [EVA, FAY, CAT, DAN]
    assert memos(house) == []
    await wait(house, hours=4)
    assert memos(house) == [CAT, DAN]


async def test_a_slack_that_says_nothing_delays_it_and_nothing_is_lost(house: House) -> None:
    team(house).policy = awake(BY_BRAND, BY_BUDGET)
    await asked(house)
    await house.approve(BEN)
    house.people.silent = Unavailable("Slack does not answer.")
    await wait(house, hours=1)
    assert all_told(house) == []
    house.people.silent = None
    await wait(house, hours=0.5)
    assert memos(house, Topic.TURN) == [EVA, FAY]


async def test_an_undone_approval_begins_with_the_first_step_again(house: House) -> None:
    team(house).policy = awake(BY_BRAND, BY_BUDGET)
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=2)
    await house.approve(EVA)
    assert (await house.run()).stage is Stage.APPROVED
    await house.approvals.undo(RUN, house.by(EVA))
    await house.work(steps=3)
    assert memos(house, Topic.TURN) == [EVA, FAY]
    await house.approve(CAT)
    await house.work(steps=3)
    assert memos(house, Topic.TURN) == [EVA, FAY, EVA, FAY]


async def test_once_only_an_override_is_left_no_approver_is_told_that_it_waits_for_them(
    house: House,
) -> None:
    rules = checked(Level.SOFT)
    team(house).policy = replace(rules, rules=awake(BY_BRAND).rules)
    for who in (CAT, DAN):
        house.people.people[who] = Person(who, utc_offset=NIGHT_AT)
    await asked(house)
    await wait(house, hours=2)
    assert memos(house) == [BEN]
    await house.approve(BEN)
    await wait(house, hours=14)
    assert memos(house) == [BEN, ADA]
    assert memos(house, Topic.TURN) == [ADA]


# ── how often ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_bot_that_slept_past_three_reminders_says_the_newest_alone(house: House) -> None:
    team(house).policy = awake(BY_BUDGET)
    await asked(house)
    house.clock.pass_time(hours=15)
    await house.work(steps=9)
    assert memos(house) == [EVA, FAY]
    ballot = (await house.run()).ballot
    assert ballot
    assert ballot.reminded == 3
    assert ballot.terms.reminder_after(ballot.reminded + 1) == timedelta(hours=30)


async def test_whose_place_somebody_took_is_not_reminded(house: House) -> None:
    team(house).policy = awake(TWO)
    await asked(house)
    await house.switches.away((house.clock.now + timedelta(days=1)).date(), FAY, house.by(BEN))
    await house.approve(FAY)
    await house.switches.back(house.by(BEN))
    await wait(house, hours=2)
    assert set(memos(house)) == {CAT, DAN}

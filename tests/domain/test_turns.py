"""Whose turn it is, as a ballot remembers it: what moves it, and how many reminders' times have come."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ballot import Opened, Reminded, Retracted, Turned, Vote, Voted, ballot_after
from bot.domain.ids import ChannelId, is_direct
from bot.domain.terms import UNTOLD, Terms
from tests.domain.ballot_samples import BEN, BY_BRAND, BY_BUDGET, EVA, NOON, approved, ask, each_of

ASKED = ask(Terms(each_of(BY_BRAND, BY_BUDGET)))
HOUR = timedelta(hours=1)


def test_after_a_vote_it_is_to_be_seen_at_once_whose_turn_it_is() -> None:
    voted = ballot_after(ASKED, Voted(Vote(BEN.id, 0, NOON, BEN.id)))
    assert voted
    assert voted.has_news
    assert voted.due(at=NOON) == timedelta()
    seen = ballot_after(voted, Turned(1))
    assert seen
    assert (seen.turn, seen.has_news, seen.due(at=NOON)) == (1, False, 2 * HOUR)


def test_who_takes_an_approval_back_takes_the_turn_back_to_it() -> None:
    there = replace(approved(ASKED, BEN), turn=1)
    back = ballot_after(there, Retracted(BEN.id))
    assert back
    assert (back.turn, back.has_news) == (0, False)


def test_an_approval_of_a_later_step_leaves_the_turn_where_it_is_when_taken_back() -> None:
    there = replace(approved(ASKED, BEN, EVA), turn=1)
    assert ballot_after(there, Retracted(EVA.id)) == replace(approved(ASKED, BEN), turn=1)


def test_a_vote_that_counts_no_more_is_news_and_the_turn_goes_back_once_that_is_seen() -> None:
    there = replace(approved(ASKED, BEN), turn=1)
    assert ballot_after(there, Retracted(BEN.id, has_left=True)) == replace(ASKED, turn=1, has_news=True)


def test_what_is_asked_anew_begins_with_the_first_step() -> None:
    anew = ballot_after(replace(approved(ASKED, BEN), turn=1, has_news=True), Opened(ask(payload=())))
    assert anew
    assert (anew.turn, anew.has_news) == (0, False)


def test_whose_turn_it_is_binds_no_vote() -> None:
    assert replace(ASKED, turn=1, has_news=True).digest == ASKED.digest


@pytest.mark.parametrize(("hours", "number"), [(0, 0), (1.9, 0), (2, 1), (5.9, 1), (6, 2), (15, 3), (30, 4)])
def test_of_the_reminders_whose_time_has_come_the_newest_is_counted(hours: float, number: int) -> None:
    assert ASKED.terms.reminders_within(timedelta(hours=hours)) == number


@given(st.timedeltas(timedelta(seconds=1), 40 * HOUR), st.timedeltas(timedelta(), 1000 * HOUR))
def test_after_a_reminder_the_next_is_always_still_to_come(wait: timedelta, waited: timedelta) -> None:
    ballot = ask(Terms((), remind_after=wait))
    reminded = ballot_after(ballot, Reminded(ballot.terms.reminders_within(waited)))
    assert reminded
    assert ballot.terms.reminder_after(reminded.reminded + 1) > waited


def test_a_clock_that_was_set_back_takes_no_reminder_back() -> None:
    assert ballot_after(replace(ASKED, reminded=3), Reminded(1)) == replace(ASKED, reminded=4)


def test_whom_no_card_tells_are_told_at_once_and_then_it_is_their_turn() -> None:
    untold = ballot_after(ASKED, Turned(UNTOLD))
    assert untold
    assert (untold.turn, untold.has_news, untold.due(at=NOON)) == (UNTOLD, True, timedelta())
    assert ballot_after(untold, Turned(0)) == ASKED


@pytest.mark.parametrize(
    ("channel", "is_alone"), [("C1", False), ("G1", False), ("D1", True), ("U1", True), ("W1", True)]
)
def test_in_direct_messages_one_person_reads_alone(channel: str, is_alone: bool) -> None:  # noqa: FBT001 - a table
    assert is_direct(ChannelId(channel)) is is_alone


def test_that_nobody_can_approve_it_is_remembered_until_somebody_can() -> None:
    stuck = ballot_after(ASKED, Turned(0, is_stuck=True))
    assert stuck == replace(ASKED, is_stuck=True)
    assert ballot_after(stuck, Turned(0)) == ASKED

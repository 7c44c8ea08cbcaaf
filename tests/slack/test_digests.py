from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings

from bot.domain.ids import ChannelId, WorkspaceId
from bot.domain.message import Digest
from bot.domain.money import Statement, micros
from bot.slack.blocks import Block
from bot.slack.digests import digest
from tests.slack.slack_limits import judge_message
from tests.slack.slack_money import EMPTY, MONTH, STATEMENTS, line

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
NOW = MONDAY + timedelta(hours=9)


def message(until: datetime = MONDAY) -> Digest:
    return Digest(WorkspaceId("T0ACME00001"), until - timedelta(days=7), until, ChannelId("C0BRAND0001"))


def told(statement: Statement) -> str:
    return digest(message(), statement, now=NOW).text


def shown(blocks: list[Block]) -> str:
    return "\n".join(block["text"]["text"] for block in blocks if "text" in block)


@given(STATEMENTS)
@settings(max_examples=30, deadline=None)
def test_slack_takes_every_digest_whatever_it_holds(statement: Statement) -> None:
    made = digest(message(), statement, now=NOW)
    judge_message(made.text, made.blocks)


def test_a_digest_tells_what_was_spent_on_what_and_what_is_left() -> None:
    made = digest(message(), MONTH, now=NOW)
    for said in (made.text, shown(made.blocks)):
        assert "Housestyle's week of 16 to 22 November 2026" in said
        assert "*$132.40 spent, $24.00 reserved*" in said
        assert "• *trainings* · $120.00 spent, $24.00 reserved" in said
        assert "• *stellar* · $100.40 spent, $12.00 reserved" in said
        assert "4 pictures were approved for use: $33.10 each, trainings included." in said
        assert "*Budgets of November 2026*\n• *brand* ▓▓▓▓▓▓▒░░░ $120.00 of $200.00 spent" in said


def test_a_digest_goes_to_a_channel_and_so_names_nobody() -> None:
    made = digest(message(), MONTH, now=NOW)
    assert "<@" not in made.text + str(made.blocks)


def test_where_nothing_was_approved_for_use_it_is_said_how_that_is_done() -> None:
    assert "press Approve for use on its card" in told(replace(MONTH, approved=0))
    assert "press Approve for use" not in told(MONTH)


@pytest.mark.parametrize("statement", [EMPTY, replace(EMPTY, budgets=MONTH.budgets)])
def test_a_week_without_a_cost_is_told_in_a_line(statement: Statement) -> None:
    made = digest(message(), statement, now=NOW)
    assert made.text == ("Nothing was spent on trainings or pictures in the week of 16 to 22 November 2026.")
    assert len(made.blocks) == 1


def test_a_week_of_which_nobody_knows_the_price_is_not_a_quiet_one() -> None:
    said = told(replace(EMPTY, total=line("", unpriced=3)))
    assert "*Price not stated for 3*" in said
    assert "$0" not in said
    assert "Nothing was spent" not in said


def test_what_was_assumed_is_said_in_small_print() -> None:
    *_, small = digest(message(), replace(MONTH, assumed=micros(12)), now=NOW).blocks
    assert small["type"] == "context"
    assert small["elements"][0]["text"].startswith("$12.00 of it was booked at its estimate")


@pytest.mark.parametrize(
    ("until", "week"),
    [
        (datetime(2026, 11, 2, tzinfo=UTC), "26 October to 1 November 2026"),
        (datetime(2027, 1, 4, tzinfo=UTC), "28 December 2026 to 3 January 2027"),
    ],
)
def test_a_week_is_named_by_both_its_ends(until: datetime, week: str) -> None:
    assert f"week of {week}." in digest(message(until), EMPTY, now=until).text

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from bot.domain.ids import FileId
from bot.domain.money import Line, Statement, micros
from bot.slack.budgets import budget_blocks, budget_words, chart_words, gauge, limited, spending, usd
from tests.slack.slack_limits import judge_message
from tests.slack.slack_money import EMPTY, MONTH, STATEMENTS, line
from tests.slack.slack_states import ANN, HOSTILE, NOW

CHART = FileId("F0CHART0001")


@given(STATEMENTS)
@settings(max_examples=30, deadline=None)
def test_slack_takes_every_month_whatever_it_holds(statement: Statement) -> None:
    blocks = budget_blocks(statement, CHART, now=NOW)
    judge_message(budget_words(statement, now=NOW), blocks)
    assert sum(len(block["text"]["text"]) for block in blocks if block["type"] == "section") < 12_000


def test_a_budget_is_told_by_a_bar_and_in_words() -> None:
    told = budget_words(MONTH, now=NOW)
    assert "• *brand* ▓▓▓▓▓▓▒░░░ $120.00 of $200.00 spent, $24.00 reserved, $56.00 left" in told
    assert "• *trainings* · $120.00 spent, $24.00 reserved\n• *pictures* · $12.40 spent" in told
    assert "• *campaign* ▓▓░░░░░░░░ $12.40 of $50.00 spent, $37.60 left" in told


def test_a_budget_of_each_channel_or_person_says_whose_it_is() -> None:
    whose = (
        line("brand C0BRAND0001", 1, 0, 9),
        line(f"own {ANN}", 1, 0, 9),
        line("Spring CAMPAIGNS", 1, 0, 9),
    )
    told = budget_words(replace(MONTH, budgets=whose), now=NOW)
    assert "• *brand* in <#C0BRAND0001> ▓" in told
    assert f"• *own* of <@{ANN}> ▓" in told
    assert "• *Spring CAMPAIGNS* ▓" in told
    assert "own, yours: $1.00 of $9.00 spent" in chart_words(replace(MONTH, budgets=whose))


def test_the_month_comes_first_then_styles_and_people() -> None:
    first, _, *rest = budget_words(MONTH, now=NOW).split("\n")
    assert first == "*November 2026* · $132.40 spent, $24.00 reserved · 9 days to go"
    assert "• *stellar* · $100.40 spent, $12.00 reserved" in rest
    assert "• <@U0ANN00001> · $100.00 spent, $24.00 reserved" in rest


def test_the_last_day_of_a_month_is_said_and_a_month_that_is_over_has_no_days_to_go() -> None:
    assert "· the last day\n" in budget_words(MONTH, now=NOW + timedelta(days=9))
    assert "to go" not in budget_words(MONTH, now=NOW + timedelta(days=10))


def test_of_many_the_first_eight_are_told_and_the_rest_counted() -> None:
    many = tuple(line(f"style-{n}", 20 - n) for n in range(11))
    told = budget_words(replace(MONTH, styles=many), now=NOW)
    assert "style-7*" in told
    assert "style-8*" not in told
    assert "and 3 more" in told


def test_of_many_budgets_those_that_are_nearly_used_up_are_told() -> None:
    many = tuple(line(f"b{n}", n, 0, 100) for n in range(20))
    told = budget_words(replace(MONTH, budgets=many), now=NOW)
    assert told.index("*b19*") < told.index("*b12*")
    assert "*b11*" not in told
    assert "and 12 more" in told


def test_before_anything_is_spent_it_says_what_will_be_here_and_how_a_budget_is_set() -> None:
    told = budget_words(EMPTY, now=NOW)
    assert told.startswith("*November 2026* · nothing spent")
    assert "An admin can set one in the policy file" in told
    assert "counted here from the moment they are approved" in told
    assert "approved for use" not in told


def test_a_budget_is_shown_before_anything_is_spent_of_it() -> None:
    told = budget_words(replace(EMPTY, budgets=(line("brand", 0, 0, 200),)), now=NOW)
    assert "*brand* ░░░░░░░░░░ $0.00 of $200.00 spent, $200.00 left" in told


def test_what_was_assumed_is_said() -> None:
    told = budget_words(replace(MONTH, assumed=micros(12)), now=NOW)
    assert "$12.00 of it was booked at its estimate, for Runware stated no price." in told
    assert "4 pictures were approved for use: about $33.10 each" in told


def test_what_nobody_knows_the_price_of_is_never_called_free() -> None:
    assert spending(line("dusk", unpriced=2)) == "price not stated for 2"
    assert (
        spending(line("dusk", 3, 1, unpriced=2)) == "$3.00 spent, $1.00 reserved, price not stated for 2 more"
    )
    assert limited(line("brand", 0, 0, 9, unpriced=2)) == (
        "nothing known of $9.00 spent, $9.00 left, price not stated for 2"
    )
    told = budget_words(replace(EMPTY, total=line("", unpriced=2), approved=1), now=NOW)
    assert "$0" not in told
    assert "Of 2 requests the price was not stated: no sum here holds them." in told
    assert "1 picture was approved for use, price not stated." in told


def test_an_approved_picture_is_told_with_what_it_cost() -> None:
    assert "4 pictures were approved for use: $33.10 each, trainings included." in budget_words(
        MONTH, now=NOW
    )
    unsure = replace(MONTH, total=line("", 132.4, unpriced=1))
    assert "at least $33.10 each" in budget_words(unsure, now=NOW)
    assert "paid for before" in budget_words(replace(EMPTY, approved=2), now=NOW)
    assert "No picture was approved for use yet" in budget_words(replace(MONTH, approved=0), now=NOW)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "$0.00"),
        (40, "below $0.0001"),
        (2600, "$0.0026"),
        (10_400, "$0.0104"),
        (500_000, "$0.50"),
        (999_999, "$0.9999"),
        (1_234_504_999, "$1,234.50"),
        (1_995_000, "$2.00"),
    ],
)
def test_dollars_read_as_people_write_them(amount: int, shown: str) -> None:
    assert usd(amount) == shown


@pytest.mark.parametrize(
    ("budget", "cells"),
    [
        (line("", 0, 0, 100), "░░░░░░░░░░"),
        (line("", 0.01, 0, 100), "▓░░░░░░░░░"),
        (line("", 0, 0.01, 100), "▒░░░░░░░░░"),
        (line("", 99.99, 0, 100), "▓▓▓▓▓▓▓▓▓░"),
        (line("", 50, 50, 100), "▓▓▓▓▓▒▒▒▒▒"),
        (line("", 210, 0, 200), "▓▓▓▓▓▓▓▓▓▓"),
        (line("", 0, 0, 0), "▓▓▓▓▓▓▓▓▓▓"),
    ],
)
def test_only_a_budget_of_which_nothing_is_left_fills_its_bar(budget: Line, cells: str) -> None:
    assert gauge(budget) == cells


def test_what_was_spent_beyond_a_budget_is_said() -> None:
    over = limited(line("labs", 210, 5, 200))
    assert over == "$210.00 of $200.00 spent, $5.00 reserved, $15.00 over it"
    assert limited(line("labs", 200, 0, 200)).endswith("nothing left")


def test_the_chart_says_its_figures_in_words() -> None:
    (picture,) = (block for block in budget_blocks(MONTH, CHART, now=NOW) if block["type"] == "image")
    assert picture["slack_file"] == {"id": CHART}
    assert picture["alt_text"] == (
        "Chart of November 2026: $132.40 spent, $24.00 reserved; "
        "brand: $120.00 of $200.00 spent, $24.00 reserved, $56.00 left; "
        "campaign: $12.40 of $50.00 spent, $37.60 left; most was spent on day 3, $40.00."
    )
    assert chart_words(EMPTY) == "Chart of November 2026: nothing spent."


def test_without_a_chart_the_words_are_all_there() -> None:
    drawn = budget_blocks(MONTH, None, now=NOW)
    assert "image" not in {block["type"] for block in drawn}
    assert "$56.00 left" in str(drawn)


def test_a_name_can_neither_mention_nor_link() -> None:
    names = replace(MONTH, styles=(line(HOSTILE, 1),), budgets=(line(HOSTILE, 1, 0, 2),))
    assert "<!channel>" not in budget_words(names, now=NOW)

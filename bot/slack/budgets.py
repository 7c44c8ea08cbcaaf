"""What `/style budget` shows: a month's money in words, and the same around a chart.

Pure; only the asking person reads it. Whatever the statement holds, the words fit into one message. What
nobody knows the price of is counted, never called free; what was assumed is said to be.
"""

import calendar
import re
from collections.abc import Sequence
from datetime import date, datetime

from bot.domain.ids import FileId
from bot.domain.money import Line, Statement, month_of
from bot.slack.blocks import (
    FALLBACK_MOST,
    Block,
    channel_mark,
    clamp,
    context,
    esc,
    header,
    image,
    mention,
    numbered,
    section,
)
from bot.slack.phrases import counted

MOST_LINES, LONGEST_NAME = 8, 40
CELLS = 10
NO_BUDGET = (
    "No budget is set, so nothing limits what is spent. An admin can set one in the policy file; "
    "`/style policy` shows the rules."
)
NOTHING_YET = "Trainings and pictures are counted here from the moment they are approved."
CLOSING = "Reserved is what was approved and is not charged yet. Months are those of UTC."
_LEAST_SHOWN, _CENT, _DOLLAR = 100, 10_000, 1_000_000
"""Micro-dollars: the hundredth of a cent is the least that is shown."""
_NOTHING = "nothing spent"
_WHOSE = re.compile(r"(?P<name>.+) (?P<whose>[CDGUW](?=[A-Z]*\d)[A-Z0-9]{7,11})")


def budget_words(statement: Statement, *, now: datetime) -> str:
    """Tell the month as mrkdwn: each budget, then by kind, style and person, then what is not certain."""
    told = [f"*{month_name(statement.month)}* · {_summary(statement, now)}"]
    told += [f"*{title}*\n{lines}" for title, lines in _parts(statement)]
    told += ["\n".join(_notes(statement))]
    return clamp("\n\n".join(told), FALLBACK_MOST)


def budget_blocks(statement: Statement, file: FileId | None, *, now: datetime) -> list[Block]:
    """Return the same as blocks, with the chart that was uploaded as `file`; without one, without it."""
    title = f"Budget of {month_name(statement.month)}"
    drawn = [
        header(title),
        section(_summary(statement, now)),
        *([image(file, alt=chart_words(statement), title=title)] if file else []),
        *(section(f"*{name}*\n{lines}") for name, lines in _parts(statement)),
        context(*_notes(statement)),
    ]
    return numbered(drawn, f"budget.{statement.month}")


def chart_words(statement: Statement) -> str:
    """Return in plain text all that the chart shows, for those who cannot see it."""
    told = [
        f"Chart of {month_name(statement.month)}: {spending(statement.total)}",
        *(f"{_read_out(line)}: {limited(line)}" for line in foremost(statement.budgets)),
        _fullest(statement),
    ]
    return "; ".join(part for part in told if part) + "."


# ── the words of one line, for here and for the digest ───────────────────────────────────────────────


def usd(amount: int) -> str:
    """Return micro-dollars as `$1,234.50`, below a dollar as `$0.0104`; what is little is never nothing."""
    if amount >= _DOLLAR or not amount:
        cents = (amount + _CENT // 2) // _CENT
        return f"${cents // 100:,}.{cents % 100:02}"
    if amount < _LEAST_SHOWN:
        return f"below ${_LEAST_SHOWN / _DOLLAR}"
    return f"$0.{f'{amount // _LEAST_SHOWN:04}'.rstrip('0'):0<2}"


def spending(line: Line) -> str:
    """Return `$12.00 spent, $3.00 reserved`; what nobody knows the price of is said, not called free."""
    told = [
        "" if line.unpriced and not line.spent else f"{usd(line.spent)} spent" if line.spent else _NOTHING,
        f"{usd(line.reserved)} reserved" if line.reserved else "",
        _unpriced(line),
    ]
    return ", ".join(part for part in told if part)


def limited(line: Line) -> str:
    """Return `$120.00 of $200.00 spent, $24.00 reserved, $56.00 left`, as it is with a budget."""
    if line.limit is None:
        return spending(line)
    over = line.spent + line.reserved - line.limit
    spent = "nothing known" if line.unpriced and not line.spent else usd(line.spent)
    told = [
        f"{spent} of {usd(line.limit)} spent",
        f"{usd(line.reserved)} reserved" if line.reserved else "",
        f"{usd(line.left)} left" if line.left else f"{usd(over)} over it" if over else "nothing left",
        _unpriced(line),
    ]
    return ", ".join(part for part in told if part)


def gauge(line: Line) -> str:
    """Return ten cells: spent ▓, reserved ▒ and left ░; the last is taken only where nothing is left."""
    taken = line.spent + line.reserved
    scale = max(taken, line.limit or 0, 1)
    used = min(max(round(CELLS * taken / scale), bool(taken)), CELLS - 1) if line.left else CELLS
    held = min(round(CELLS * line.reserved / scale), used) if line.spent else used * bool(taken)
    return f"{'▓' * (used - held)}{'▒' * held}{'░' * (CELLS - used)}"


def budget_lines(budgets: Sequence[Line]) -> list[str]:
    """Return a mrkdwn line with a gauge for each budget; of many, for those that are nearest to their end."""
    lines = [f"• {named(line)} {gauge(line)} {limited(line)}" for line in foremost(budgets)]
    return [*lines, *_more(budgets)]


def spent_lines(lines: Sequence[Line]) -> list[str]:
    """Return a mrkdwn line for each of the first styles or kinds, and how many more there are."""
    return [*(f"• {named(line)} · {spending(line)}" for line in lines[:MOST_LINES]), *_more(lines)]


def foremost(budgets: Sequence[Line]) -> Sequence[Line]:
    """Return the budgets in their order; where they are too many, those with the least share left."""
    if len(budgets) <= MOST_LINES:
        return budgets
    return sorted(budgets, key=lambda line: (line.left or 0) / line.limit if line.limit else 0)[:MOST_LINES]


def uncertain(statement: Statement) -> list[str]:
    """Return in sentences what of the sums was assumed, and what is missing in them."""
    told = []
    if statement.assumed:
        told.append(
            f"{usd(statement.assumed)} of it was booked at its estimate, for Runware stated no price."
        )
    if count := statement.total.unpriced:
        told.append(f"Of {counted(count, 'request')} the price was not stated: no sum here holds them.")
    return told


def each_approved(statement: Statement) -> str:
    """Return what a picture that was approved for use cost, trainings included; empty where none was."""
    if statement.each is None:
        return ""
    were = "was" if statement.approved == 1 else "were"
    told = f"{counted(statement.approved, 'picture')} {were} approved for use"
    if not statement.each:
        why = "price not stated" if statement.total.unpriced else "paid for before"
        return f"{told}, {why}."
    sure = "at least " if statement.total.unpriced else "about " if statement.assumed else ""
    return f"{told}: {sure}{usd(statement.each)} each, trainings included."


def month_name(month: str) -> str:
    """Return `November 2026` of `2026-11`."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def named(line: Line) -> str:
    """Return the name of a style or budget in mrkdwn; with whose it is, where each has one of their own.

    The ledger names such a budget `brand C0BRAND0001`.
    """
    found = _WHOSE.fullmatch(line.name)
    name = clamp(esc(found["name"] if found else line.name), LONGEST_NAME) or "without a name"
    if not found:
        return f"*{name}*"
    whose = found["whose"]
    return f"*{name}* {f'of {mention(whose)}' if whose[0] in 'UW' else f'in {channel_mark(whose)}'}"


def _read_out(line: Line) -> str:
    """Return the name of a budget in plain text; of one that each person has there is only the reader's."""
    found = _WHOSE.fullmatch(line.name)
    if not found:
        return line.name
    return f"{found['name']}, {'yours' if found['whose'][0] in 'UW' else 'of a channel'}"


def _unpriced(line: Line) -> str:
    return f"price not stated for {line.unpriced}{' more' if line.spent else ''}" if line.unpriced else ""


def _more(lines: Sequence[Line]) -> list[str]:
    return [f"and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []


# ── the parts ────────────────────────────────────────────────────────────────────────────────────────


def _summary(statement: Statement, now: datetime) -> str:
    told = spending(statement.total)
    if statement.month != month_of(now):
        return told
    left = calendar.monthrange(now.year, now.month)[1] - now.day
    return f"{told} · {counted(left, 'day')} to go" if left else f"{told} · the last day"


def _parts(statement: Statement) -> list[tuple[str, str]]:
    """Return each part that has something to tell: its title and its lines."""
    people = [f"• {_who(line)} · {spending(line)}" for line in statement.people[:MOST_LINES]]
    parts = [
        ("Budgets", budget_lines(statement.budgets) or [NO_BUDGET]),
        ("By kind", spent_lines(statement.kinds)),
        ("By style", spent_lines(statement.styles)),
        ("By person", [*people, *_more(statement.people)]),
    ]
    return [(title, "\n".join(lines)) for title, lines in parts if lines]


def _who(line: Line) -> str:
    return clamp(mention(line.name), LONGEST_NAME) or "somebody"


def _notes(statement: Statement) -> list[str]:
    nothing = not (statement.total.spent or statement.total.reserved or statement.total.unpriced)
    told = [NOTHING_YET if nothing else "", *uncertain(statement), each_approved(statement)]
    if not nothing and not statement.approved:
        told.append("No picture was approved for use yet, so there is no cost for each.")
    return [*(note for note in told if note), CLOSING]


def _fullest(statement: Statement) -> str:
    """Return on which day most was spent; empty where nothing was."""
    if not any(statement.days):
        return ""
    most = max(statement.days)
    return f"most was spent on day {statement.days.index(most) + 1}, {usd(most)}"

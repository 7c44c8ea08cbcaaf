"""The weekly digest: what a week's trainings and pictures cost, and what came of it that may be used.

Pure. It goes to a channel, so it names styles and no people: whoever wants to know who, asks `/style budget`.
A week without a cost is told in a line.
"""

from datetime import datetime, timedelta

from bot.domain.message import Digest
from bot.domain.money import Statement
from bot.slack.blocks import FALLBACK_MOST, Block, Drawn, clamp, context, header, moment, numbered, section
from bot.slack.budgets import (
    budget_lines,
    each_approved,
    month_name,
    spending,
    spent_lines,
    uncertain,
)

HINT = (
    "No picture was approved for use this week. Where one is good enough, press Approve for use on its card: "
    "then the digest tells what each cost."
)
QUIET = "Nothing was spent on trainings or pictures in the week of {week}."
CLOSING = (
    "As of {now}. Weeks are those of UTC, Monday to Sunday. `/style budget` shows the month, by person too."
)


def digest(message: Digest, statement: Statement, *, now: datetime) -> Drawn:
    """Draw the digest from the week's `statement`, whose budgets are those of the month that it ended in."""
    week = _week(message)
    prefix = f"digest.{message.since:%Y-%m-%d}"
    total = statement.total
    if not (total.spent or total.reserved or total.unpriced or statement.approved):
        said = QUIET.format(week=week)
        return Drawn(said, numbered([section(said)], prefix))
    title = f"Housestyle's week of {week}"
    told = [_summary(statement), *_parts(statement), each_approved(statement) or HINT]
    notes = [*uncertain(statement), CLOSING.format(now=moment(now))]
    drawn: list[Block] = [header(title), *(section(part) for part in told), context(*notes)]
    text = "\n\n".join([f"*{title}*", *told, "\n".join(notes)])
    return Drawn(clamp(text, FALLBACK_MOST), numbered(drawn, prefix))


def _week(message: Digest) -> str:
    """Return `16 to 22 November 2026`, with its month and year at both ends where they differ."""
    first, last = message.since, message.until - timedelta(microseconds=1)
    begun = f"{first.day}"
    if first.month != last.month:
        begun += f"{first: %B}"
    if first.year != last.year:
        begun += f"{first: %Y}"
    return f"{begun} to {last.day} {last:%B %Y}"


def _summary(statement: Statement) -> str:
    return f"*{spending(statement.total).capitalize()}*"


def _parts(statement: Statement) -> list[str]:
    """Return trainings and pictures, the styles, and what is left of each budget."""
    parts = [
        ("By kind", spent_lines(statement.kinds)),
        ("By style", spent_lines(statement.styles)),
        (f"Budgets of {month_name(statement.month)}", budget_lines(statement.budgets)),
    ]
    return ["\n".join([f"*{title}*", *lines]) for title, lines in parts if lines]

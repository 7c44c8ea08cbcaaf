"""What is reserved and spent, in its table: an entry for each subject, in whole micro-dollars.

Whoever reserves holds the database's one write lock from the start of their transaction, so nothing comes
between the look at a budget and the entry: however many ask at once, no budget is exceeded by a reservation.
What was settled may exceed one, for what was charged is booked as it was charged.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from bot.domain.errors import BudgetExceeded
from bot.domain.ids import SubjectId, UserId, WorkspaceId
from bot.domain.money import (
    LEARNED_FROM,
    MOST,
    Booked,
    Entry,
    Line,
    Micros,
    PriceKey,
    Statement,
    any_size,
    dollars,
    micros,
    month_around,
    month_of,
)
from bot.domain.policy import Budget, Per
from storage import library, sums
from storage.rows import text_of
from storage.sums import Sum

INSTANT = timedelta(microseconds=1)
STATE = "SELECT state FROM ledger WHERE subject = ?"
PUT = """
INSERT INTO ledger (subject, workspace, channel, who, style, price_key, count, at, state, reserved)
VALUES (:subject, :workspace, :channel, :who, :style, :price_key, :count, :at, 'reserved', :reserved)
ON CONFLICT (subject) DO UPDATE SET workspace = excluded.workspace, channel = excluded.channel,
    who = excluded.who, style = excluded.style, price_key = excluded.price_key, count = excluded.count,
    at = excluded.at, state = excluded.state, reserved = excluded.reserved, closed_at = NULL
"""
HELD = "SELECT reserved FROM ledger WHERE subject = ? AND state = 'reserved'"
SETTLE = """
UPDATE ledger SET state = 'settled', reserved = 0, spent = :spent, is_assumed = :is_assumed, closed_at = :now,
    count = COALESCE(:count, count)
WHERE subject = :subject
"""
RELEASE = "UPDATE ledger SET state = 'released', reserved = 0, closed_at = :now WHERE subject = :subject"
COSTS = """
SELECT spent, count FROM ledger
WHERE workspace = ? AND price_key = ? AND state = 'settled' AND NOT is_assumed
ORDER BY closed_at DESC, subject LIMIT ?
"""
DEAREST = """
SELECT MAX(each) FROM (
    SELECT spent * 1.0 / count AS each,
        ROW_NUMBER() OVER (PARTITION BY price_key ORDER BY closed_at DESC, subject) AS nth
    FROM ledger
    WHERE workspace = ? AND price_key LIKE ? AND state = 'settled' AND NOT is_assumed
) AS stated WHERE nth <= ?
"""
# What was released holds and spent nothing. PostgreSQL: json_array_elements_text for json_each.
USED = """
SELECT COALESCE(SUM(spent), 0), COALESCE(SUM(reserved), 0) FROM ledger
WHERE workspace = :workspace AND at >= :since AND at < :until AND subject <> :besides
    AND channel = COALESCE(:channel, channel) AND who = COALESCE(:who, who)
    AND (:of IS NULL OR channel IN (SELECT value FROM json_each(:of))
        OR who IN (SELECT value FROM json_each(:of)))
"""
SUMS = """
SELECT channel, who, style, CASE price_key WHEN 'training' THEN 'trainings' ELSE 'pictures' END AS kind,
    substr(at, 1, 10) AS day, SUM(spent), SUM(reserved),
    SUM(CASE WHEN is_assumed THEN spent ELSE 0 END),
    SUM(CASE WHEN state = 'settled' AND spent = 0 THEN 1 ELSE 0 END)
FROM ledger
WHERE workspace = :workspace AND at >= :since AND at < :until AND state <> 'released'
GROUP BY channel, who, style, kind, day
"""


class SQLLedger:
    """The port `Ledger`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def reserve(self, entry: Entry, budgets: Sequence[Budget]) -> None:
        """Put an entry down; what the same subject held before counts as free."""
        if self._is_settled(entry):
            return
        self.check(entry, budgets)
        row = {
            "subject": entry.subject,
            "workspace": entry.workspace,
            "channel": entry.channel,
            "who": entry.user,
            "style": entry.style,
            "price_key": entry.price_key,
            "count": entry.count,
            "at": text_of(self._now),
            "reserved": entry.reserved,
        }
        self._connection.execute(PUT, row)

    def check(self, entry: Entry, budgets: Sequence[Budget]) -> None:
        """Raise BudgetExceeded where a budget has no room for it; what its subject holds counts as free."""
        for budget in budgets:
            if sums.covers(budget, entry.channel, entry.user) and not self._is_settled(entry):
                self._check(entry, budget)

    def _is_settled(self, entry: Entry) -> bool:
        found: tuple[str] | None = self._connection.execute(STATE, (entry.subject,)).fetchone()
        return found == ("settled",)

    def _check(self, entry: Entry, budget: Budget) -> None:
        """Raise BudgetExceeded unless a budget that the entry falls under has room for it."""
        if not entry.reserved:
            raise BudgetExceeded(sums.unknown_price(budget), code="unknownPrice")
        since, until = map(text_of, month_around(self._now))
        asked = {"workspace": entry.workspace, "since": since, "until": until, "besides": entry.subject}
        whose = {
            "channel": entry.channel if budget.per is Per.CHANNEL else None,
            "who": entry.user if budget.per is Per.USER else None,
            "of": json.dumps(budget.of) if budget.of else None,
        }
        spent, reserved = self._connection.execute(USED, asked | whose).fetchone()
        line = Line(budget.name, spent, reserved, micros(budget.limit))
        if line.left is None or entry.reserved > line.left:
            raise BudgetExceeded(sums.exceeded(budget, line, entry.reserved, entry.user), code="budget")

    def settle(
        self, subject: SubjectId, cost: float | None, *, count: int | None = None, is_whole: bool = True
    ) -> Booked | None:
        """Book what it cost; a cost that is no positive number, or that no account holds, was not stated."""
        held = self._held(subject)
        if held is None:
            return None
        stated = micros(cost) if cost and 0 < cost < MOST else Micros(0)
        is_known = bool(stated) and is_whole
        spent = stated if is_known else max(stated, held)
        now = text_of(self._now)
        row = {"subject": subject, "spent": spent, "is_assumed": not is_known, "count": count, "now": now}
        self._connection.execute(SETTLE, row)
        return Booked(spent, is_assumed=not is_known)

    def release(self, subject: SubjectId) -> Micros | None:
        """Let go of what is reserved; return it."""
        held = self._held(subject)
        if held is not None:
            self._connection.execute(RELEASE, {"subject": subject, "now": text_of(self._now)})
        return held

    def _held(self, subject: SubjectId) -> Micros | None:
        """Return what is reserved; None where there is no entry, or it is settled or released."""
        row = self._connection.execute(HELD, (subject,)).fetchone()
        return Micros(row[0]) if row else None

    def costs(self, workspace: WorkspaceId, key: PriceKey) -> list[float]:
        """Return what one of the newest of these cost by what was stated, the one settled last first."""
        rows = self._connection.execute(COSTS, (workspace, key, LEARNED_FROM))
        return [dollars(spent) / count for spent, count in rows]

    def dearest_like(self, workspace: WorkspaceId, key: PriceKey) -> float | None:
        """Return the most that a picture of that quality cost by what was stated, whatever its size."""
        found = self._connection.execute(DEAREST, (workspace, any_size(key), LEARNED_FROM))
        (most,) = found.fetchone()
        return None if most is None else dollars(most)

    def statement(
        self,
        workspace: WorkspaceId,
        since: datetime,
        until: datetime,
        budgets: Sequence[Budget] = (),
        *,
        viewer: UserId | None = None,
    ) -> Statement:
        """Add up what was put down from `since` on and before `until`; until now: this moment too.

        Budgets are told as they stand in the month that it ends in. What was released is in none of it.
        """
        until = until if until < self._now else self._now + INSTANT
        last = max(since, until - INSTANT)
        span = self._sums(workspace, since, until)
        month = self._sums(workspace, *month_around(last)) if budgets else []
        asked = {"workspace": workspace, "since": text_of(since), "until": text_of(until)}
        (approved,) = self._connection.execute(library.COUNT, asked).fetchone()
        by_day = {line.name: line.spent for line in sums.lines_by(span, lambda one: one.day)}
        return Statement(
            month_of(last.astimezone(UTC)),
            sums.line_of("", span),
            kinds=sums.lines_by(span, lambda one: one.kind),
            styles=sums.lines_by(span, lambda one: one.style),
            people=sums.lines_by(span, lambda one: one.who),
            budgets=tuple(line for one in budgets for line in sums.budget_lines(one, month, viewer)),
            assumed=Micros(sum(one.assumed for one in span)),
            approved=approved,
            days=tuple(by_day.get(f"{day}", Micros(0)) for day in _days(since, last)),
        )

    def _sums(self, workspace: WorkspaceId, since: datetime, until: datetime) -> list[Sum]:
        asked = {"workspace": workspace, "since": text_of(since), "until": text_of(until)}
        return [Sum(*row) for row in self._connection.execute(SUMS, asked)]


def _days(since: datetime, last: datetime) -> Iterator[date]:
    """Yield the days, UTC, from that of `since` to that of `last`."""
    day, end = since.astimezone(UTC).date(), last.astimezone(UTC).date()
    while day <= end:
        yield day
        day += timedelta(days=1)

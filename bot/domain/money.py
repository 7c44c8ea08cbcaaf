"""What things cost: estimates learned from what was charged, and what is reserved and spent of a month.

Runware states no price beforehand (facts/runware.md §7), so it is learned. Amounts in the ledger are whole
micro-dollars, so that sums are exact. A cost that is missing or zero is never booked as free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NewType

from bot.domain.ids import ChannelId, SubjectId, UserId, WorkspaceId

Micros = NewType("Micros", int)
"""Millionths of a US dollar."""
PriceKey = NewType("PriceKey", str)
"""What has one price: `training`, or `picture:1024x1024:low`."""
TRAINING = PriceKey("training")
MOST = 1e9
"""US dollars: no account holds that, so it is no cost."""
LEARNED_FROM = 20
"""So many of the newest costs make an estimate."""


def picture_key(size: str, quality: str) -> PriceKey:
    """Return what pictures of that size (`1024x1024`) and quality are priced by."""
    return PriceKey(f"picture:{size}:{quality}")


def any_size(key: PriceKey) -> str:
    """Return the pattern, with % as in SQL, of all keys that differ in the size alone."""
    kind, *rest = key.split(":")
    return ":".join([kind, "%", *rest[1:]]) if rest else kind


def micros(dollars: float) -> Micros:
    """Return US dollars as whole micro-dollars, rounded up: a reservation is never too small.

    More than `MOST` either way is `MOST`: no account holds that.
    """
    exact = round(max(-MOST, min(dollars, MOST)) * 1_000_000, 3)
    return Micros(int(exact) + (exact > int(exact)))


def dollars(amount: int) -> float:
    """Return micro-dollars as US dollars."""
    return amount / 1_000_000


@dataclass(frozen=True)
class Estimate:
    """What something will cost, in US dollars: from `low` to `high`, as `runs` past ones did.

    With no `runs` it is what an admin says, nothing was measured; or with `is_of_others` what other sizes
    cost, for that is more. With `holds` the admin says so whatever was measured.
    """

    low: float
    high: float
    runs: int = 0
    is_of_others: bool = False
    holds: bool = False

    @property
    def is_measured(self) -> bool:
        """It was learned from what was charged."""
        return self.runs > 0


def estimated(
    costs: Sequence[float],
    setting: float | None,
    *,
    count: int = 1,
    others: float | None = None,
    holds: bool = False,
) -> Estimate | None:
    """Return what `count` things will cost by the newest `costs` of one, else by an admin's setting.

    A setting that `holds` comes first, and one that does not is never less than what `others` like it cost.
    None where neither costs nor setting are known.
    """
    known = [cost for cost in costs[:LEARNED_FROM] if cost > 0]
    if holds and setting is not None:
        return Estimate(setting * count, setting * count, holds=True)
    if known:
        return Estimate(min(known) * count, max(known) * count, len(known))
    if setting is None:
        return None
    each = max(setting, others or 0)
    return Estimate(each * count, each * count, is_of_others=each > setting)


def steady(shown: Estimate | None, estimate: Estimate | None) -> Estimate | None:
    """Return the estimate that was shown, unless it has become dearer, or known, or an admin says it holds.

    Only that is news.
    """
    if estimate and estimate.holds:
        return estimate
    if shown and (estimate is None or estimate.high <= shown.high):
        return shown
    return estimate


def priced(estimate: Estimate | None) -> str:
    """Return a price in words, as a ballot is bound to it."""
    if estimate is None:
        return "not known yet"
    if estimate.low == estimate.high:
        return f"${estimate.high:,.2f}"
    return f"${estimate.low:,.2f} to ${estimate.high:,.2f}"


@dataclass(frozen=True)
class Entry:
    """What is put into the ledger: who spends how much on what. `style` is a slug; `reserved` may be 0."""

    subject: SubjectId
    workspace: WorkspaceId
    channel: ChannelId
    user: UserId
    style: str
    price_key: PriceKey
    count: int
    reserved: Micros


@dataclass(frozen=True)
class Booked:
    """What was booked; `is_assumed`: no cost was stated, or not all of it, so it is what was reserved."""

    amount: Micros
    is_assumed: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a statement: what was spent and is reserved, of a limit where there is one.

    `unpriced`: how many have ended of which nobody knows the cost, and for which nothing was reserved.
    """

    name: str
    spent: Micros
    reserved: Micros
    limit: Micros | None = None
    unpriced: int = 0

    @property
    def left(self) -> Micros | None:
        """What may still be reserved; None where nothing limits it."""
        return None if self.limit is None else Micros(max(0, self.limit - self.spent - self.reserved))


@dataclass(frozen=True)
class Statement:
    """A month (`2026-11`, UTC): in all, by kind, by style, by person, and each budget that there is.

    `assumed` is what of the spent was booked at its estimate, for no cost was stated. `approved` counts the
    pictures that were approved for use.
    """

    month: str
    total: Line
    kinds: tuple[Line, ...] = ()
    """Of `trainings` and of `pictures`."""
    styles: tuple[Line, ...] = ()
    people: tuple[Line, ...] = ()
    budgets: tuple[Line, ...] = ()
    assumed: Micros = Micros(0)
    approved: int = 0
    days: tuple[Micros, ...] = ()
    """What was spent on each day of the month so far."""

    @property
    def each(self) -> Micros | None:
        """What an approved picture cost in the month, trainings included; None where there is none."""
        return Micros(self.total.spent // self.approved) if self.approved else None


def month_around(at: datetime) -> tuple[datetime, datetime]:
    """Return the bounds of the month of a moment, UTC: the second is the first of the next."""
    first = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + timedelta(days=31)).replace(day=1)


def month_of(at: datetime) -> str:
    """Return the month of a UTC moment, as `2026-11`."""
    return f"{at:%Y-%m}"

"""What entries of the ledger come to: the lines of a statement, and what is left of a budget.

It knows no table.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.domain.ids import UserId
from bot.domain.money import Line, Micros, micros
from bot.domain.policy import Budget, Per

ONE, CENT = 1_000_000, 10_000
"""A dollar and a cent, in micro-dollars."""
_WHOSE = {Per.WORKSPACE: "", Per.CHANNEL: " in this channel"}


@dataclass(frozen=True)
class Sum:
    """What one person spent on one style in one channel on one day (`2026-11-21`, UTC), in micro-dollars.

    `kind` is `trainings` or `pictures`; `assumed` is what of the spent was booked at its estimate; `unpriced`
    counts what ended at no price.
    """

    channel: str
    who: str
    style: str
    kind: str
    day: str
    spent: int
    reserved: int
    assumed: int
    unpriced: int


def line_of(name: str, sums: Iterable[Sum], limit: float | None = None) -> Line:
    """Add up; `limit` is in US dollars."""
    added = list(sums)
    return Line(
        name,
        spent=Micros(sum(one.spent for one in added)),
        reserved=Micros(sum(one.reserved for one in added)),
        limit=None if limit is None else micros(limit),
        unpriced=sum(one.unpriced for one in added),
    )


def lines_by(sums: Iterable[Sum], name: Callable[[Sum], str], limit: float | None = None) -> tuple[Line, ...]:
    """Add up what has the same `name`, largest first."""
    groups: dict[str, list[Sum]] = {}
    for one in sums:
        groups.setdefault(name(one), []).append(one)
    lines = [line_of(key, group, limit) for key, group in groups.items()]
    return tuple(sorted(lines, key=lambda line: (-line.spent - line.reserved, line.name)))


def budget_lines(budget: Budget, sums: Iterable[Sum], viewer: UserId | None) -> tuple[Line, ...]:
    """Return the lines of a budget in a month; of one for each person only that of `viewer`.

    A line is named as its budget, with the channel or person where each has their own.
    """
    covered = [one for one in sums if covers(budget, one.channel, one.who)]
    match budget.per:
        case Per.WORKSPACE:
            return (line_of(budget.name, covered, budget.limit),)
        case Per.CHANNEL:
            spent = lines_by(covered, lambda one: f"{budget.name} {one.channel}", budget.limit)
            told = {line.name for line in spent}
            named = [f"{budget.name} {channel}" for channel in budget.of if channel.startswith("C")]
            untouched = sorted({*named} - told)
            return (*spent, *(line_of(name, (), budget.limit) for name in untouched))
    theirs = [one for one in covered if one.who == viewer]
    if viewer is None or not (theirs or covers(budget, "", viewer)):
        return ()
    return (line_of(f"{budget.name} {viewer}", theirs, budget.limit),)


def covers(budget: Budget, channel: str, who: str) -> bool:
    """Say whether it limits what that person spends in that channel."""
    return not budget.of or channel in budget.of or who in budget.of


def exceeded(budget: Budget, line: Line, needed: Micros, who: UserId) -> str:
    """Return the sentences for who would need more than is left, and what helps: to wait does not always."""
    limit, left = micros(budget.limit), line.left or 0
    say = in_cents if in_cents(needed) != in_cents(left) and in_cents(needed) != in_cents(limit) else usd
    whose = _WHOSE.get(budget.per, f" by @{who}")
    told = (
        f"The budget “{budget.name}” allows {say(limit)} a month{whose}:"
        f" {say(line.spent)} is spent and {say(line.reserved)} reserved, so {say(left)} is left."
        f" This needs {say(needed)}."
    )
    if needed > limit:
        return f"{told} It is more than a whole month's budget: ask an admin to raise it."
    return f"{told} Ask an admin to raise the budget, or wait until the 1st."


def unknown_price(budget: Budget) -> str:
    """Return the sentences for who would need nobody knows how much."""
    return (
        f"Nobody knows yet what this costs, and the budget “{budget.name}” must not be exceeded. Ask an admin"
        " to set a price for it in the policy; once one was charged, the bot knows it by itself."
    )


def usd(amount: int) -> str:
    """Return micro-dollars exactly, with two decimals or as many as it takes: `$1,234.50`, `$0.0385`."""
    whole, _, rest = f"{amount // 1_000_000:,}.{amount % 1_000_000:06}".partition(".")
    return f"${whole}.{rest.rstrip('0'):0<2}"


def in_cents(amount: int) -> str:
    """Return micro-dollars rounded to the cent, and below a dollar exactly: `$77.78`, `$0.0385`."""
    return usd(amount if amount < ONE else (amount + CENT // 2) // CENT * CENT)

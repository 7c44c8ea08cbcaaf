"""Months as the ledger states them, plain and strange, for the tests of how money is told."""

from hypothesis import strategies as st

from bot.domain.money import Line, Micros, Statement, micros
from tests.slack.slack_states import ANN, BEN, HOSTILE

NAMES = st.one_of(st.text(max_size=40), st.sampled_from([HOSTILE, "&" * 900, "", ANN]))
AMOUNTS = st.one_of(st.just(0), st.integers(1, 20_000), st.integers(0, 10**13)).map(Micros)
LINES = st.builds(Line, NAMES, AMOUNTS, AMOUNTS, st.none(), st.integers(0, 5000))
BUDGETS = st.builds(Line, NAMES, AMOUNTS, AMOUNTS, st.one_of(st.none(), AMOUNTS), st.integers(0, 5000))
STATEMENTS = st.builds(
    Statement,
    st.sampled_from(["2026-11", "2028-02", "2026-01"]),
    LINES,
    st.lists(LINES, max_size=2).map(tuple),
    st.lists(LINES, max_size=20).map(tuple),
    st.lists(LINES, max_size=20).map(tuple),
    st.lists(BUDGETS, max_size=20).map(tuple),
    AMOUNTS,
    st.integers(0, 9999),
    st.lists(AMOUNTS, max_size=31).map(tuple),
)


def line(
    name: str, spent: float = 0, reserved: float = 0, limit: float | None = None, *, unpriced: int = 0
) -> Line:
    """Return a line of a statement, by US dollars."""
    return Line(
        name, micros(spent), micros(reserved), None if limit is None else micros(limit), unpriced=unpriced
    )


EMPTY = Statement("2026-11", line(""))
MONTH = Statement(
    "2026-11",
    line("", 132.4, 24),
    kinds=(line("trainings", 120, 24), line("pictures", 12.4)),
    styles=(line("stellar", 100.4, 12), line("meadow", 32, 12)),
    people=(line(ANN, 100, 24), line(BEN, 32.4)),
    budgets=(line("brand", 120, 24, 200), line("campaign", 12.4, 0, 50)),
    approved=4,
    days=(micros(12), micros(0), micros(40)),
)

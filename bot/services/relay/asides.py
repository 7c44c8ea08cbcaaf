"""What a card tells besides what it is about, looked up in the same moment."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from bot.domain.aside import Aside
from bot.domain.deciding import open_ballot
from bot.domain.errors import BudgetExceeded
from bot.domain.generation import Generation
from bot.domain.policy import Budget
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.journal import expected
from bot.ports import Transaction

Item = TypeVar("Item", Run, Generation)
Asked = TypeVar("Asked", bound=Run | Generation | Proposal)


def with_limits(tx: Transaction, item: Asked, budgets: Sequence[Budget]) -> Asked:
    """Return what is told of it where it waits, and is no card: only what keeps it from being approved."""
    if isinstance(item, Proposal):
        return item
    over_budget = _over_budget(tx, item, budgets)
    return replace(item, aside=Aside(over_budget, tx.now if over_budget else None))


def with_aside(tx: Transaction, item: Item, budgets: Sequence[Budget]) -> Item:
    """Return what its card is drawn from."""
    default = tx.styles.default_of(item.request.channel) if isinstance(item, Run) else None
    over_budget = _over_budget(tx, item, budgets)
    aside = Aside(
        over_budget,
        tx.now if over_budget else None,
        is_default=default is not None and default.run == item.id,
        cleared=tx.library.cleared(item.id) if isinstance(item, Generation) else frozenset(),
    )
    return replace(item, aside=aside)


def _over_budget(tx: Transaction, item: Run | Generation, budgets: Sequence[Budget]) -> str:
    """Return why it could not be paid for if it were approved now, as whoever approves it is told."""
    if open_ballot(item):
        try:
            tx.ledger.check(expected(item), budgets)
        except BudgetExceeded as no:
            return str(no)
    return ""

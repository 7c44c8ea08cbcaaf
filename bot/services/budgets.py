"""What `/style budget` asks: how the month stands, as the one who asks may know it."""

from collections.abc import Callable

from bot.domain.ids import UserId, WorkspaceId
from bot.domain.money import Statement, month_around
from bot.domain.policy import Policy
from bot.ports import Store, Transaction


class Budgets:
    """Adds up what was spent and reserved, and what the budgets of the policy have left."""

    def __init__(self, store: Store, *, policy: Callable[[], Policy]) -> None:
        self._store = store
        self._policy = policy

    async def statement(self, workspace: WorkspaceId, *, who: UserId) -> Statement:
        """Return this calendar month (UTC); of budgets that each person has, only that of `who`."""
        budgets = self._policy().budgets

        def work(tx: Transaction) -> Statement:
            return tx.ledger.statement(workspace, *month_around(tx.now), budgets, viewer=who)

        return await self._store.read(work)

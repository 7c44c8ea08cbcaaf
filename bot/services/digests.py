"""The weekly digest: on Mondays it is put down to be told what the week before cost, once."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from bot.domain.ids import DeliveryKey, WorkspaceId
from bot.domain.message import Digest
from bot.domain.policy import Policy
from bot.ports import Store, Transaction

WEEK = timedelta(days=7)
FROM, UNTIL = timedelta(hours=9), timedelta(days=2)
"""When a digest is told, from the end of its week on (Monday, midnight UTC).

`UNTIL` is no longer than the store keeps what was answered once: by that it is known to have been told.
"""


class Digests:
    """Has each workspace that spent anything told of it."""

    def __init__(self, store: Store, *, policy: Callable[[], Policy]) -> None:
        self._store = store
        self._policy = policy

    async def tell(self) -> None:
        """Put the digest of last week down where that was not done yet; to be called hourly.

        To the policy's channel; where it names none, it is found out when it is said who the admins are.
        """
        await self._store.write(self._tell)

    def _tell(self, tx: Transaction) -> None:
        until = _monday(tx.now)
        if FROM <= tx.now - until < UNTIL:
            for workspace in tx.books.workspaces():
                self._tell_one(tx, Digest(workspace, until - WEEK, until, self._policy().digest))

    def _tell_one(self, tx: Transaction, digest: Digest) -> None:
        def work() -> str:
            if _cost_anything(tx, digest):
                tx.outbox.announce(digest)
            return ""

        tx.once(_key(digest.workspace, digest.since), work)


def _cost_anything(tx: Transaction, digest: Digest) -> bool:
    total = tx.ledger.statement(digest.workspace, digest.since, digest.until).total
    return bool(total.spent or total.reserved or total.unpriced)


def _key(workspace: WorkspaceId, week: datetime) -> DeliveryKey:
    return DeliveryKey(f"digest:{workspace}:{week:%G-W%V}")


def _monday(at: datetime) -> datetime:
    """Return the moment at which the week of `at` began."""
    return datetime.combine(at - timedelta(days=at.weekday()), time(), at.tzinfo)

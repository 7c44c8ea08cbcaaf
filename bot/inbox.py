"""Deliveries from Slack, each answered once: Slack delivers twice, and so do people."""

from collections.abc import Callable

from bot.domain.ids import DeliveryKey
from bot.ports import Store, Transaction


class Inbox:
    """Does what a delivery asks for in one transaction, then has what became due looked at."""

    def __init__(self, store: Store, nudge: Callable[[], None]) -> None:
        self._store = store
        self._nudge = nudge

    async def answer(self, delivery: DeliveryKey, work: Callable[[Transaction], str]) -> str:
        """Do `work` and return its answer; the same delivery again gets the same answer, and no work.

        Raises what `work` raises: then nothing is kept, and the delivery may come again.
        """
        answer = await self._store.write(lambda tx: tx.once(delivery, lambda: work(tx)))
        self._nudge()
        return answer

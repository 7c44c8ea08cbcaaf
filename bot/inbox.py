"""Deliveries from Slack, each answered once: Slack delivers twice, and so do people."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from bot.domain.generation import Generation
from bot.domain.ids import DeliveryKey, SubjectId
from bot.domain.run import Run
from bot.ports import Store, Transaction

DOUBLE_CLICK = timedelta(seconds=5)
LOOKED_AT_EVERY = timedelta(seconds=5)
"""However often people and webhooks ask, Runware is asked about one thing no more often for them."""


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


def was_just_asked(
    tx: Transaction, wanted: object, newest: Iterable[Run | Generation], *, besides: SubjectId
) -> bool:
    """Say whether this is the second click of two: Slack tells them apart, people mean one request."""
    return any(
        one.request == wanted and one.id != besides and tx.now - one.requested_at < DOUBLE_CLICK
        for one in newest
    )

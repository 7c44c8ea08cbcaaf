"""A webhook came in: whoever sent it, all it does is have the truth looked at soon."""

from collections.abc import Callable

from bot.domain.ids import GenerationId, RunId
from bot.inbox import LOOKED_AT_EVERY
from bot.ports import Store, Transaction


class Hints:
    """Hastens what a hint is about."""

    def __init__(self, store: Store, *, nudge: Callable[[], None]) -> None:
        self._store = store
        self._nudge = nudge

    async def heard(self, subject: str) -> None:
        """Have the run or generation of that id looked at; for an id that is neither nothing happens."""

        def work(tx: Transaction) -> None:
            tx.runs.hasten(RunId(subject), every=LOOKED_AT_EVERY)
            tx.generations.hasten(GenerationId(subject), every=LOOKED_AT_EVERY)

        await self._store.write(work)
        self._nudge()

"""A person opened their App Home: have it drawn."""

from collections.abc import Callable

from bot.domain.ids import DeliveryKey, UserId, WorkspaceId
from bot.domain.message import Home
from bot.domain.people import Person
from bot.inbox import Inbox
from bot.ports import Store, Transaction


class Homes:
    """Writes down that a Home is wanted; the relay draws it."""

    def __init__(self, store: Store, *, nudge: Callable[[], None]) -> None:
        self._inbox = Inbox(store, nudge)

    async def opened(
        self,
        user: UserId,
        *,
        workspace: WorkspaceId,
        delivery: DeliveryKey,
        closed: str = "",
        person: Person | None = None,
    ) -> None:
        """Have somebody's Home drawn; `closed` is why it shows them nothing, `person` who they are."""

        def work(tx: Transaction) -> str:
            tx.outbox.announce(Home(workspace, user, closed, person))
            return ""

        await self._inbox.answer(delivery, work)

"""What a person does about an alarm: try again what Slack refused, let requests be handed over again."""

from collections.abc import Callable

from bot.domain.alarm import JUDGED, Concern
from bot.domain.audit import Deed, Did
from bot.domain.errors import Refused
from bot.domain.ids import DeliveryKey, UserId, WorkspaceId
from bot.inbox import Inbox
from bot.ports import Store, Transaction


class Alarms:
    """Records that somebody has mended what was wrong, or answers for it."""

    def __init__(self, store: Store, *, nudge: Callable[[], None]) -> None:
        self._inbox = Inbox(store, nudge)

    async def unpark(self, workspace: WorkspaceId, *, by: UserId, delivery: DeliveryKey) -> str:
        """Say what Slack refused once more; what it refuses again sounds the alarm anew."""

        def work(tx: Transaction) -> str:
            count = tx.outbox.unpark(workspace)
            tx.alarms.settle(workspace, Concern.PARKED, quietly=True)
            if not count:
                return "There is nothing left to try."
            tx.audit.add(Deed(workspace, by, Did.TRIED_AGAIN, "messages"))
            return f"Trying {count} {'message' if count == 1 else 'messages'} once more."

        return await self._inbox.answer(delivery, work)

    async def release(self, workspace: WorkspaceId, *, by: UserId, delivery: DeliveryKey) -> str:
        """Hand requests over again after a restore: `by` has looked at what could not be explained.

        Raises Refused while Housestyle itself still looks at its cards.
        """

        def work(tx: Transaction) -> str:
            here = [
                alarm
                for alarm in tx.alarms.standing()
                if alarm.concern is Concern.RESTORED and alarm.workspace in (workspace, "")
            ]
            if not here:
                return "Nothing is held back any more."
            if not any(alarm.about.startswith(JUDGED) for alarm in here):
                raise Refused("Housestyle still looks at its cards in Slack; it tells you what it finds.")
            for place in {alarm.workspace for alarm in here}:
                tx.alarms.settle(place, Concern.RESTORED)
            tx.audit.add(Deed(workspace, by, Did.RESUMED, "requests"))
            return "Requests are handed over again."

        return await self._inbox.answer(delivery, work)

"""Wanting no more of something: before it is paid for it ends, afterwards it is only followed no longer."""

from collections.abc import Callable

from bot.asked import Click, Item, find
from bot.domain.approval import check_may_stop
from bot.domain.errors import Refused
from bot.domain.generation import Generation
from bot.domain.generation import Stage as PictureStage
from bot.domain.ids import SubjectId
from bot.domain.policy import Policy
from bot.domain.proposal import Proposal
from bot.domain.run import Run, Stage
from bot.domain.task import Cancelled
from bot.inbox import Inbox
from bot.journal import record
from bot.ports import Store, Transaction

NO_DOUBT = "These pictures are under way: they come, or fail, by themselves. Look at their card."


class Stopping:
    """Records that who asked, who approved, or an admin wants no more of it."""

    def __init__(self, store: Store, *, policy: Callable[[], Policy], nudge: Callable[[], None]) -> None:
        self._policy = policy
        self._inbox = Inbox(store, nudge)

    async def cancel(self, subject: SubjectId, click: Click) -> str:
        """End it, or stop following it once it was handed over: Runware offers no way to stop anything.

        Raises NotAllowed for others, IllegalMove where it is over, and Refused for pictures under way.
        """

        def work(tx: Transaction) -> str:
            item = find(tx, subject, click)
            check_may_stop(item, click.by, self._policy())
            if isinstance(item, Generation) and item.stage in _UNDER_WAY:
                raise Refused(NO_DOUBT)
            record(tx, item, Cancelled(click.by.id), None)
            return _told(item)

        return await self._inbox.answer(click.delivery, work)


_UNDER_WAY = frozenset({PictureStage.RENDERING, PictureStage.COLLECTING})


def _told(item: Item) -> str:
    """Return what is told of ending `item`, as it was before."""
    match item:
        case Proposal():
            return f"{item.label}: that is no longer proposed."
        case Generation(stage=PictureStage.UNCONFIRMED):
            return "Housestyle waits for these pictures no longer. Runware may still charge for them."
        case Generation():
            return "These pictures are cancelled; nothing was charged."
        case Run(may_be_charged=False):
            return f"{item.request.name} is cancelled; nothing was charged."
        case Run(stage=Stage.UNCONFIRMED):
            name = item.request.name
            return f"Gave up {name}. If Runware took it, it may be trained, and charged, all the same."
    return f"Stopped following {item.request.name}. Runware cannot stop a training: it is still charged."

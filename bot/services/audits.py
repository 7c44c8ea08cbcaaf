"""Reading the audit, and noting in it what was refused or looked at."""

from collections.abc import Sequence

from bot.domain.audit import Deed, Did, Told
from bot.domain.ids import DeliveryKey, UserId, WorkspaceId
from bot.ports import Store, Transaction

MOST = 25


class Audits:
    """Tells what was done; notes what left no other trace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def recent(self, workspace: WorkspaceId, *, about: str = "") -> Sequence[Told]:
        """Return the newest rows: all, or those about an id, an AIR or a picture, refusals among them."""
        return await self._store.read(lambda tx: tx.audit.recent(workspace, limit=MOST, about=about))

    async def refused(
        self, workspace: WorkspaceId, who: UserId, about: str, why: str, *, delivery: DeliveryKey
    ) -> None:
        """Note that somebody may not do something, and what they were told; a repeat notes nothing."""
        deed = Deed(workspace, who, Did.WAS_REFUSED, about, words=why)
        await self._note(f"refused:{delivery}", deed)

    async def saw(
        self, workspace: WorkspaceId, who: UserId, about: str, digest: str, *, delivery: DeliveryKey
    ) -> None:
        """Note that somebody looked closely at what they are asked to decide; a repeat notes nothing."""
        deed = Deed(workspace, who, Did.SAW, about, digest)
        await self._note(f"saw:{about}:{delivery}", deed)

    async def _note(self, key: str, deed: Deed) -> None:
        """Add the row once, however often this is called under one key."""

        def work(tx: Transaction) -> str:
            tx.audit.add(deed)
            return ""

        await self._store.write(lambda tx: tx.once(DeliveryKey(key), lambda: work(tx)))

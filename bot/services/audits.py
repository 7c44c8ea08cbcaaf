"""Reading the audit, and noting in it what was refused or looked at."""

from collections.abc import Sequence

from bot.domain.audit import Deed, Did, Told
from bot.domain.ids import UserId, WorkspaceId
from bot.ports import Store

MOST = 25


class Audits:
    """Tells what was done; notes what left no other trace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def recent(self, workspace: WorkspaceId, *, about: str = "") -> Sequence[Told]:
        """Return the newest rows, about one id or all."""
        return await self._store.read(lambda tx: tx.audit.recent(workspace, limit=MOST, about=about))

    async def refused(self, workspace: WorkspaceId, who: UserId, about: str, why: str) -> None:
        """Note that somebody was not allowed to do something, and what they were told."""
        deed = Deed(workspace, who, Did.WAS_REFUSED, about, words=why)
        await self._store.write(lambda tx: tx.audit.add(deed))

    async def saw(self, workspace: WorkspaceId, who: UserId, about: str, digest: str) -> None:
        """Note that somebody looked closely at what they are asked to decide."""
        deed = Deed(workspace, who, Did.SAW, about, digest)
        await self._store.write(lambda tx: tx.audit.add(deed))

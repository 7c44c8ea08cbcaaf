"""Letting go of what was kept for a run once it is over: pictures belong to the team, not to us."""

from datetime import timedelta

from bot.ports import Archives, Store

KEPT = timedelta(hours=24)
"""An archive goes when it is older than this and no run may need it any more."""


class Retention:
    """Forgets archives."""

    def __init__(self, store: Store, archives: Archives) -> None:
        self._store = store
        self._archives = archives

    async def forget(self) -> None:
        """Let go of every archive that is old enough and not needed."""
        needed = await self._store.read(lambda tx: tx.runs.archives())
        await self._archives.forget(needed=needed, older_than=KEPT)

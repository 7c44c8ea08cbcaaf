"""The styles a workspace has, what each channel draws in, and the runs that made them."""

from collections.abc import Callable, Sequence

from bot.domain.approval import check_same_workspace
from bot.domain.errors import Refused
from bot.domain.ids import ChannelId, DeliveryKey, RunId, WorkspaceId
from bot.domain.run import Run
from bot.domain.style import Version, choice_of, chosen
from bot.ports import Store, Transaction

RECENT_RUNS = 10


class Styles:
    """Answers what there is, and sets what a channel draws in."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(
        self, workspace: WorkspaceId, channel: ChannelId
    ) -> tuple[Sequence[Version], Version | None]:
        """Return every version that can draw, and the channel's default."""
        return await self._store.read(lambda tx: (tx.styles.ready(workspace), tx.styles.default_of(channel)))

    async def show(
        self, name: str, *, workspace: WorkspaceId, channel: ChannelId
    ) -> tuple[Sequence[Version], Version | None]:
        """Return one style's versions and the channel's default. Raises Refused where there is none."""
        choice = choice_of(name)

        def work(tx: Transaction) -> tuple[Sequence[Version], Version | None]:
            ready = tx.styles.ready(workspace)
            slug = chosen(ready, choice, None).slug
            return [version for version in ready if version.slug == slug], tx.styles.default_of(channel)

        return await self._store.read(work)

    async def use(
        self, name: str, *, workspace: WorkspaceId, channel: ChannelId, delivery: DeliveryKey
    ) -> str:
        """Let the channel draw in `name[@n]` by default; without @n in its newest version of today."""
        choice = choice_of(name)
        return await self._use(lambda tx: chosen(tx.styles.ready(workspace), choice, None), channel, delivery)

    async def use_run(
        self, run_id: RunId, *, workspace: WorkspaceId, channel: ChannelId, delivery: DeliveryKey
    ) -> str:
        """Let the channel draw in the version that this run made."""

        def find(tx: Transaction) -> Version:
            run = tx.runs.get(run_id)
            check_same_workspace(run, workspace)
            for version in tx.styles.ready(workspace):
                if version.run == run_id:
                    return version
            raise Refused(f"{run.request.name} is {run.stage}: there is no version to draw in.")

        return await self._use(find, channel, delivery)

    async def runs(self, workspace: WorkspaceId) -> Sequence[Run]:
        """Return the newest runs."""
        return await self._store.read(lambda tx: tx.runs.recent(workspace, limit=RECENT_RUNS))

    async def run(self, run_id: RunId, *, workspace: WorkspaceId) -> Run:
        """Return one run. Raises Refused where this workspace has none of that id."""
        run = await self._store.read(lambda tx: tx.runs.get(run_id))
        check_same_workspace(run, workspace)
        return run

    async def _use(
        self, find: Callable[[Transaction], Version], channel: ChannelId, delivery: DeliveryKey
    ) -> str:
        def work(tx: Transaction) -> str:
            version = find(tx)
            tx.styles.make_default(channel, version)
            return f"This channel now draws in {version.label}."

        return await self._store.write(lambda tx: tx.once(delivery, lambda: work(tx)))

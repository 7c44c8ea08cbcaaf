"""Asking for pictures in a trained style, and asking for them again."""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.generation import Generation, GenerationRequest, Quality
from bot.domain.ids import ChannelId, DeliveryKey, GenerationId, UserId, WorkspaceId
from bot.domain.message import GenerationCard
from bot.domain.style import Version, choice_of, chosen
from bot.ports import Store, Transaction


class Generations:
    """Writes down what pictures are wanted; the reconciler has them drawn."""

    def __init__(
        self, store: Store, *, new_id: Callable[[], GenerationId], nudge: Callable[[], None]
    ) -> None:
        self._store = store
        self._new_id = new_id
        self._nudge = nudge

    async def request(self, wanted: GenerationRequest, *, delivery: DeliveryKey) -> str:
        """Record what is wanted and return the answer; the same delivery again records nothing.

        Raises Refused where it is unclear, or not yet possible, to draw in that style.
        """
        new_id = self._new_id()

        def work(tx: Transaction) -> str:
            version = _version_for(tx, wanted)
            tx.generations.add(
                Generation(new_id, wanted, version.air, version.label, tx.now, stage_since=tx.now)
            )
            tx.outbox.announce(GenerationCard(new_id))
            return _answer(wanted, version)

        answer = await self._store.write(lambda tx: tx.once(delivery, lambda: work(tx)))
        self._nudge()
        return answer

    async def again(
        self,
        generation_id: GenerationId,
        *,
        who: UserId,
        workspace: WorkspaceId,
        quality: Quality | None,
        delivery: DeliveryKey,
    ) -> str:
        """Ask for the same pictures once more, in `quality` where it is given."""
        earlier = await self.get(generation_id, workspace=workspace)
        wanted = replace(
            earlier.request,
            requester=who,
            style=earlier.label,
            quality=quality or earlier.request.quality,
        )
        return await self.request(wanted, delivery=delivery)

    async def get(self, generation_id: GenerationId, *, workspace: WorkspaceId) -> Generation:
        """Return one. Raises Refused where this workspace has none of that id."""
        found = await self._store.read(lambda tx: tx.generations.get(generation_id))
        if found.request.workspace != workspace:
            raise Refused("There are no pictures of that number here.")
        return found

    async def styles(self, workspace: WorkspaceId) -> list[Version]:
        """Return the versions that can draw."""
        return await self._store.read(lambda tx: list(tx.styles.ready(workspace)))


def _version_for(tx: Transaction, wanted: GenerationRequest) -> Version:
    choice = choice_of(wanted.style) if wanted.style else None
    default = tx.styles.default_of(ChannelId(wanted.channel))
    return chosen(tx.styles.ready(wanted.workspace), choice, default)


def _answer(wanted: GenerationRequest, version: Version) -> str:
    pictures = "a picture" if wanted.count == 1 else f"{wanted.count} pictures"
    where = ", and sending them to you in our direct messages" if wanted.private else ""
    return f"Drawing {pictures} in {version.label}{where}."

"""Asking for pictures in a trained style, and asking for them again."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from bot.clerk import Clerk
from bot.domain.aside import Aside
from bot.domain.ballot import Ballot
from bot.domain.errors import Conflict, Refused
from bot.domain.generation import Generation, GenerationRequest, Quality, Stage, checked_prompt
from bot.domain.ids import ChannelId, DeliveryKey, GenerationId, UserId, WorkspaceId
from bot.domain.policy import Action
from bot.domain.style import Version, choice_of, chosen
from bot.freezes import check_not_frozen
from bot.inbox import LOOKED_AT_EVERY, Inbox, was_just_asked
from bot.journal import begin, reserve
from bot.ports import Store, Transaction

NOT_HERE = "There are no pictures of that number here."
NO_DOUBT = "There is no doubt about these pictures: look at their card."


class Generations:
    """Writes down what pictures are wanted; the reconciler has them drawn."""

    def __init__(
        self,
        store: Store,
        clerk: Clerk,
        *,
        new_id: Callable[[], GenerationId],
        nudge: Callable[[], None],
    ) -> None:
        self._store = store
        self._clerk = clerk
        self._new_id = new_id
        self._inbox = Inbox(store, nudge)

    async def request(self, wanted: GenerationRequest, *, delivery: DeliveryKey) -> str:
        """Record what is wanted and return the answer; the same delivery again records nothing.

        Of the prompt all is kept that can be seen. Raises NotUnderstood where it could not be shown whole;
        Refused where it is unclear, or not yet possible, to draw in that style, or the rules forbid it;
        BudgetExceeded; and Frozen.
        """
        return await self._request(wanted, delivery)

    async def _request(
        self, wanted: GenerationRequest, delivery: DeliveryKey, *, again: Generation | None = None
    ) -> str:
        new_id, wanted = self._new_id(), replace(wanted, prompt=checked_prompt(wanted.prompt))
        was_asked = await self._check_rules(wanted)

        def work(tx: Transaction) -> str:
            version = _version_for(tx, wanted)
            if again and _was_just_asked(tx, wanted, besides=again):
                return f"The same was asked for a moment ago, in {version.label}."
            check_not_frozen(tx, wanted.workspace, Action.GENERATE)
            ballot = self._clerk.picture_ballot(tx, wanted, version)
            if ballot.terms.ask_somebody and not was_asked:
                raise Conflict("The rules or prices have changed this moment: ask once more.")
            stage = Stage.AWAITING if ballot.terms.ask_somebody else Stage.REQUESTED
            generation = Generation(
                new_id, wanted, version.air, version.label, tx.now, stage, ballot, stage_since=tx.now
            )
            begin(tx, generation)
            if stage is Stage.AWAITING:
                return (
                    f"{_counted(wanted)} in {version.label}: this has to be approved first, as its card says."
                )
            reserve(tx, generation, self._clerk.policy().budgets)
            return _answer(wanted, version)

        return await self._inbox.answer(delivery, work)

    async def _check_rules(self, wanted: GenerationRequest) -> bool:
        """Return whether somebody is asked first.

        Raises Refused where it is forbidden, cannot be paid, or nobody could ever approve it.
        """

        def asked(tx: Transaction) -> Ballot:
            return self._clerk.picture_ballot(tx, wanted, _version_for(tx, wanted))

        ballot = await self._store.read(asked)
        if not ballot.terms.ask_somebody:
            return False
        if wanted.private:
            raise Refused("Others have to approve these pictures, and so see them: leave `--private` out.")
        await self._clerk.check_at_once(ballot, wanted.workspace)
        if await self._clerk.lacks_funds(ballot.estimate):
            raise Refused(
                "The Runware account holds less than this costs: who runs it has to top it up first."
            )
        return True

    async def channel_of(self, generation_id: GenerationId, *, workspace: WorkspaceId) -> ChannelId:
        """Return where pictures were asked for: who acts on them from elsewhere needs their role there."""
        found = await self._store.read(lambda tx: tx.generations.get(generation_id))
        return _here(found, workspace).request.channel

    async def check(
        self, generation_id: GenerationId, *, workspace: WorkspaceId, delivery: DeliveryKey
    ) -> str:
        """Have Runware asked once more about pictures in doubt; nothing is sent again by it."""

        def work(tx: Transaction) -> str:
            generation = _here(tx.generations.get(generation_id), workspace)
            if generation.stage is not Stage.UNCONFIRMED:
                return NO_DOUBT
            tx.generations.hasten(generation.id, every=LOOKED_AT_EVERY)
            return "Asking Runware once more; the card shows what it says."

        return await self._inbox.answer(delivery, work)

    async def again(
        self,
        generation_id: GenerationId,
        *,
        who: UserId,
        workspace: WorkspaceId,
        quality: Quality | None,
        delivery: DeliveryKey,
    ) -> str:
        """Ask for the same pictures once more, in `quality` where it is given; a double click asks once."""
        earlier = await self.get(generation_id, who=who, workspace=workspace)
        wanted = replace(
            earlier.request,
            requester=who,
            style=earlier.label,
            quality=quality or earlier.request.quality,
        )
        return await self._request(wanted, delivery, again=earlier)

    async def get(self, generation_id: GenerationId, *, who: UserId, workspace: WorkspaceId) -> Generation:
        """Return one that `who` may know of: private ones are their owner's; with what of it may be used.

        Raises Refused for others.
        """
        found, cleared = await self._store.read(
            lambda tx: (tx.generations.get(generation_id), tx.library.cleared(generation_id))
        )
        if _here(found, workspace).request.private and who != found.request.requester:
            raise Refused(NOT_HERE)
        return replace(found, aside=Aside(cleared=cleared))

    async def find(
        self, generation_id: GenerationId, *, who: UserId, workspace: WorkspaceId
    ) -> Generation | None:
        """Return one that `who` may know of, None where there is none: private ones are their owner's."""
        with suppress(Refused):
            return await self.get(generation_id, who=who, workspace=workspace)
        return None

    async def styles(self, workspace: WorkspaceId) -> list[Version]:
        """Return the versions that can draw."""
        return await self._store.read(lambda tx: list(tx.styles.ready(workspace)))


def _here(generation: Generation, workspace: WorkspaceId) -> Generation:
    if generation.request.workspace != workspace:
        raise Refused(NOT_HERE)
    return generation


def _was_just_asked(tx: Transaction, wanted: GenerationRequest, *, besides: Generation) -> bool:
    newest = tx.generations.drawn_in(wanted.workspace, besides.air, who=wanted.requester, limit=10)
    return was_just_asked(tx, wanted, newest, besides=besides.id)


def _version_for(tx: Transaction, wanted: GenerationRequest) -> Version:
    choice = choice_of(wanted.style) if wanted.style else None
    default = tx.styles.default_of(ChannelId(wanted.channel))
    return chosen(tx.styles.ready(wanted.workspace), choice, default)


def _counted(wanted: GenerationRequest) -> str:
    return f"{wanted.count} picture{'s' * (wanted.count != 1)}"


def _answer(wanted: GenerationRequest, version: Version) -> str:
    where = ", and sending them to you in our direct messages" if wanted.private else ""
    return f"Drawing {_counted(wanted)} in {version.label}{where}."

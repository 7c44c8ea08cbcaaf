"""Proposing a version for a channel, and pictures for use; done at once where no rule wants it approved."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.asked import Click, find
from bot.clerk import Clerk
from bot.domain.approval import check_same_workspace
from bot.domain.ballot import Roster, Voted
from bot.domain.collecting import Upload
from bot.domain.errors import Conflict, NotAllowed, NotUnderstood, Refused
from bot.domain.facts import Approved
from bot.domain.generation import Generation, Stage
from bot.domain.ids import ChannelId, GenerationId, ProposalId, RunId, UserId, WorkspaceId
from bot.domain.policy import Action, Role, authorize
from bot.domain.proposal import Proposal, ProposalRequest
from bot.domain.stages import called
from bot.domain.style import Version, choice_of, chosen
from bot.freezes import check_not_frozen
from bot.granting import carry_out, grant
from bot.inbox import Inbox
from bot.journal import NOW, begin, record
from bot.ports import Store, Transaction


class Proposals:
    """Writes a proposal down, and has it done where its ballot is granted already."""

    def __init__(
        self, store: Store, clerk: Clerk, *, new_id: Callable[[], ProposalId], nudge: Callable[[], None]
    ) -> None:
        self._store = store
        self._clerk = clerk
        self._new_id = new_id
        self._inbox = Inbox(store, nudge)

    async def find(self, proposal_id: ProposalId, *, workspace: WorkspaceId) -> Proposal | None:
        """Return one of this workspace, None where there is none of that id."""
        with suppress(Refused):
            proposal = await self._store.read(lambda tx: tx.proposals.get(proposal_id))
            check_same_workspace(proposal, workspace)
            return proposal
        return None

    async def use(self, name: str, click: Click, *, channel: ChannelId) -> str:
        """Let the channel draw in `name[@n]` by default; without @n in its newest version of today."""
        choice = choice_of(name)
        return await self._promote(
            lambda tx: chosen(tx.styles.ready(click.workspace), choice, None), click, channel
        )

    async def use_run(self, run_id: RunId, click: Click, *, channel: ChannelId) -> str:
        """Let the channel draw in the version that this run made."""

        def made(tx: Transaction) -> Version:
            run = tx.runs.get(run_id)
            check_same_workspace(run, click.workspace)
            for version in tx.styles.ready(click.workspace):
                if version.run == run_id:
                    return version
            raise Refused(f"{run.request.name} is {called(run.stage)}: there is no version to draw in.")

        return await self._promote(made, click, channel)

    async def clear(self, generation_id: GenerationId, places: Sequence[int], click: Click) -> str:
        """Approve pictures for use, by their places on the card from 1; no places: all of them.

        Where who asked for the pictures proposes it, a colleague approves; a colleague's own click is an
        approval where they may decide, and else a proposal in their own name. Raises Refused where the
        pictures are not there or private, and NotAllowed for whom the rules there do not let review.
        """
        generation = await self._store.read(lambda tx: find(tx, generation_id, click))
        if not isinstance(generation, Generation):
            raise Refused(f"`{generation_id}` is no request for pictures.")
        request = generation.request
        authorize(click.by, Role.REVIEW, policy=self._clerk.policy(), channel=request.channel)
        if request.private:
            raise Refused("These pictures are private, so nobody else can look at them to approve them.")
        chosen = _chosen(generation, places)
        wanted = ProposalRequest(
            request.workspace,
            request.channel,
            request.requester,
            Action.USE,
            _label(generation, chosen),
            generation=generation.id,
            air=generation.air,
            pictures=tuple(upload.result for upload in chosen),
            files=tuple(upload.shown for upload in chosen),
            proposed_by=None if click.by.id == request.requester else click.by.id,
        )

        def still_wanted(tx: Transaction) -> None:
            if tx.library.cleared(generation.id) >= set(wanted.pictures):
                raise Refused(f"{wanted.label} may be used already.")

        return await self._propose(lambda _: wanted, click, check=still_wanted)

    async def _promote(
        self, choose: Callable[[Transaction], Version], click: Click, channel: ChannelId
    ) -> str:
        authorize(click.by, Role.PROMOTE, policy=self._clerk.policy(), channel=channel)

        def wanted(tx: Transaction) -> ProposalRequest:
            version = choose(tx)
            return ProposalRequest(
                click.workspace, channel, click.by.id, Action.PROMOTE, version.label, version.air
            )

        return await self._propose(wanted, click, check=lambda _: None)

    async def _propose(
        self,
        wanted: Callable[[Transaction], ProposalRequest],
        click: Click,
        *,
        check: Callable[[Transaction], None],
    ) -> str:
        new_id = self._new_id()
        shown = await self._store.read(lambda tx: self._clerk.proposal_ballot(tx, wanted(tx)))
        await self._clerk.check_at_once(shown, click.workspace)
        roster = await self._clerk.roster(shown, click.workspace)

        def work(tx: Transaction) -> str:
            check(tx)
            request = wanted(tx)
            check_not_frozen(tx, click.workspace, request.action)
            ballot = self._clerk.proposal_ballot(tx, request)
            if ballot.digest != shown.digest:
                raise Conflict("The rules, or what is asked, have changed this moment: ask once more.")
            if not ballot.terms.ask_somebody:
                return carry_out(tx, request, click.by.id, ballot.digest)
            proposal = Proposal(new_id, request, tx.now, ballot)
            if open_one := _open(tx, proposal):
                raise Refused(
                    f"{request.label}: that is proposed already. Look at its card, `{open_one.id}`."
                )
            begin(tx, proposal)
            return self._with_own_vote(tx, proposal, roster, click)

        return await self._inbox.answer(click.delivery, work)

    def _with_own_vote(self, tx: Transaction, proposal: Proposal, roster: Roster, click: Click) -> str:
        """Count the click as an approval where it is a colleague's who may decide."""
        label = proposal.label
        if click.by.id != proposal.request.requester:
            with suppress(NotAllowed):
                vote = proposal.ballot.vote_of(click.by, roster, at=tx.now)
                proposal = record(tx, proposal, Voted(vote), None)
        if not proposal.ballot.is_granted(roster):
            return f"Proposed: {label}. Its card says who decides."
        granted = Approved(click.by.id, tx.now)
        return grant(tx, proposal, granted, budgets=self._clerk.policy().budgets, undo=NOW)


def _open(tx: Transaction, proposal: Proposal) -> Proposal | None:
    """Return one that proposes the very same and still waits, whoever asks for it."""

    def asked(one: Proposal) -> ProposalRequest:
        return replace(one.request, requester=UserId(""), proposed_by=None, note="")

    return next((one for one in tx.proposals.live() if asked(one) == asked(proposal)), None)


def _chosen(generation: Generation, places: Sequence[int]) -> Sequence[Upload]:
    if generation.stage is not Stage.DONE:
        raise Refused(
            f"These pictures are {called(generation.stage)}: there is nothing to approve for use yet."
        )
    there = generation.uploads
    if wrong := [place for place in places if not 1 <= place <= len(there)]:
        raise NotUnderstood(f"There is no picture {wrong[0]}: the card has 1 to {len(there)}.")
    return [there[place - 1] for place in dict.fromkeys(places)] or there


def _label(generation: Generation, chosen: Sequence[Upload]) -> str:
    places = ", ".join(str(generation.uploads.index(upload) + 1) for upload in chosen)
    return f"Picture{'s' if len(chosen) > 1 else ''} {places} in {generation.label}"

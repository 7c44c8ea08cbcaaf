"""Asking for a training run, choosing its pictures, and asking again."""

from collections.abc import Callable
from dataclasses import replace

from bot.asked import Click
from bot.clerk import Clerk
from bot.domain.approval import check_may_stop, check_same_workspace
from bot.domain.ballot import Ballot
from bot.domain.curation import Choice, curated
from bot.domain.errors import NotAllowed, Refused
from bot.domain.facts import Reused, TrainingRequest
from bot.domain.ids import ChannelId, DeliveryKey, RunId, UserId, WorkspaceId
from bot.domain.policy import Action
from bot.domain.proposal import ProposalRequest
from bot.domain.run import Run, Stage
from bot.domain.stages import called
from bot.freezes import check_not_frozen
from bot.granting import carry_out
from bot.inbox import LOOKED_AT_EVERY, Inbox, was_just_asked
from bot.journal import NOW, begin, record
from bot.ports import Store, Transaction


class Training:
    """Writes down what people want of runs; the reconciler takes it from there.

    `host_is_ready`: the provider can fetch archives from us, so that pictures can be put together here.
    """

    def __init__(
        self,
        store: Store,
        clerk: Clerk,
        *,
        new_id: Callable[[], RunId],
        nudge: Callable[[], None],
        host_is_ready: bool = False,
    ) -> None:
        self.host_is_ready = host_is_ready
        self._store = store
        self._clerk = clerk
        self._new_id = new_id
        self._inbox = Inbox(store, nudge)

    async def channel_of(self, run_id: RunId, *, workspace: WorkspaceId) -> ChannelId:
        """Return where a run was asked for: who acts on it from elsewhere needs their role there."""
        run = await self._store.read(lambda tx: tx.runs.get(run_id))
        check_same_workspace(run, workspace)
        return run.request.channel

    async def request(self, wanted: TrainingRequest, *, delivery: DeliveryKey) -> str:
        """Record what is wanted and return the answer; the same delivery again records nothing.

        Raises Refused where the rules forbid it, or nobody could ever approve it, and Frozen.
        """
        run_id = self._new_id()
        await self._check_rules(wanted)

        return await self._inbox.answer(delivery, lambda tx: _begin(tx, run_id, wanted))

    async def retry(
        self, run_id: RunId, *, who: UserId, workspace: WorkspaceId, delivery: DeliveryKey
    ) -> str:
        """Ask for the same training as an earlier run, which is over; it is a new run, approved anew."""
        new_id = self._new_id()
        earlier = await self._store.read(lambda tx: tx.runs.get(run_id))
        check_same_workspace(earlier, workspace)
        await self._check_rules(_asked_again(earlier, who))

        def work(tx: Transaction) -> str:
            run = tx.runs.get(run_id)
            if not run.is_over:
                raise Refused(
                    f"{run.request.name} is {called(run.stage)}: it can be asked for again once it is over."
                )
            wanted = _asked_again(run, who)
            if was_just_asked(tx, wanted, tx.runs.recent(run.request.workspace, limit=5), besides=run.id):
                return f"{wanted.name} was asked for again a moment ago."
            return _begin(tx, new_id, wanted, left_out=run.left_out)

        return await self._inbox.answer(delivery, work)

    async def curate(
        self,
        run_id: RunId,
        choose: Callable[[Run], Choice],
        *,
        who: UserId,
        workspace: WorkspaceId,
        delivery: DeliveryKey,
    ) -> str:
        """Have the dataset made anew as `choose` says, and looked at; anyone may: it is approved anew.

        Raises what `choose` raises, and Conflict and Refused as `bot.domain.curation.curated` does.
        """

        def work(tx: Transaction) -> str:
            run = tx.runs.get(run_id)
            check_same_workspace(run, workspace)
            choice = choose(run)
            run = record(tx, run, curated(run, choice, by=who), NOW)
            count = len(choice.left_out)
            which = f"without {count} of its pictures" if count else "with all its pictures"
            return f"Looking again at {run.request.name}, {which}."

        return await self._inbox.answer(delivery, work)

    async def reuse(self, run_id: RunId, click: Click, *, channel: ChannelId) -> str:
        """Take the version that the same pictures trained before: the request ends, nothing is charged.

        It ends only together with that, and by who may stop it. Raises NotAllowed for others, and Frozen and
        Refused where a freeze or a hard check is in the way.
        """

        def work(tx: Transaction) -> str:
            run = tx.runs.get(run_id)
            check_same_workspace(run, click.workspace)
            version = tx.styles.of_run(run.before.run) if run.before else None
            if version is None or version.ready_at is None:
                raise Refused(f"No version was trained on the pictures of {run.request.name} before.")
            instead = f"`/style use {version.slug}@{version.number}`"
            try:
                check_may_stop(run, click.by, self._clerk.policy())
            except NotAllowed as no:
                raise NotAllowed(f"{no} To draw in {version.label} here, type {instead}.") from None
            who, label = click.by.id, version.label
            wanted = ProposalRequest(click.workspace, channel, who, Action.PROMOTE, label, version.air)
            check_not_frozen(tx, wanted.workspace, wanted.action)
            ballot = self._clerk.proposal_ballot(tx, wanted)
            if ballot.terms.ask_somebody:
                return (
                    f"{run.request.name} still waits: {label} cannot be this channel's default at once. "
                    f"To draw in it here, propose it: {instead}; the request can then be cancelled."
                )
            record(tx, run, Reused(who), None)
            carry_out(tx, wanted, who, ballot.digest)
            return f"This channel now draws in {label}; nothing was charged."

        return await self._inbox.answer(click.delivery, work)

    async def check(self, run_id: RunId, *, workspace: WorkspaceId, delivery: DeliveryKey) -> str:
        """Have Runware asked once more about a run in doubt; nothing is sent again by it."""

        def work(tx: Transaction) -> str:
            run = tx.runs.get(run_id)
            check_same_workspace(run, workspace)
            if run.stage is not Stage.UNCONFIRMED:
                return f"{run.request.name} is {called(run.stage)}: there is no doubt about it."
            tx.runs.hasten(run.id, every=LOOKED_AT_EVERY)
            return f"Asking Runware once more about {run.request.name}; its card shows what it says."

        return await self._inbox.answer(delivery, work)

    async def _check_rules(self, wanted: TrainingRequest) -> None:
        """Raise Refused where it is forbidden, or nobody could ever approve it: before any card is posted."""

        def asked(tx: Transaction) -> Ballot:
            return self._clerk.run_ballot(tx, Run.requested(RunId(""), wanted, at=tx.now))

        await self._clerk.check_at_once(await self._store.read(asked), wanted.workspace)


def _begin(tx: Transaction, run_id: RunId, wanted: TrainingRequest, *, left_out: tuple[str, ...] = ()) -> str:
    check_not_frozen(tx, wanted.workspace, Action.TRAIN)
    begin(tx, replace(Run.requested(run_id, wanted, at=tx.now), left_out=left_out))
    return f"Looking at the dataset for {wanted.name}. Nothing is charged before it is approved."


def _asked_again(run: Run, who: UserId) -> TrainingRequest:
    """Return the same request from `who`, who has not said what another person said, of rights or else."""
    asked = run.request if who == run.request.requester else replace(run.request, note="", has_rights=False)
    return replace(asked, requester=who, air=None, strip=run.strip)

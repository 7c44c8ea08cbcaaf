"""Deciding on a run that waits: approve, reject, and take an approval back within the undo window."""

from collections.abc import Callable
from datetime import timedelta

from bot.domain.approval import check_may_decide, check_same_workspace
from bot.domain.errors import Conflict, NotUnderstood
from bot.domain.facts import Approved, Recognised, Rejected, Undone
from bot.domain.ids import DeliveryKey, RunId, UserId, WorkspaceId
from bot.domain.message import RunCard, RunEnded
from bot.domain.run import Run, Stage, recognised
from bot.ports import Store, Transaction


class Approvals:
    """Records who decided what; the first decision moves the run, later ones are told that it has moved."""

    def __init__(self, store: Store, *, undo: timedelta, nudge: Callable[[], None]) -> None:
        self._store = store
        self._undo = undo
        self._nudge = nudge

    async def approve(
        self,
        run_id: RunId,
        *,
        who: UserId,
        workspace: WorkspaceId,
        delivery: DeliveryKey,
        seen: int | None = None,
    ) -> str:
        """Approve: the paid call follows when the undo window has passed.

        `seen` is the version of the run that the card showed, None where there was no card: what changed
        since then was not approved. Raises Conflict then.
        """

        def decide(tx: Transaction, run: Run) -> str:
            check_may_decide(run, who)
            if seen not in (None, run.version) and run.stage is Stage.AWAITING:
                raise Conflict(f"{run.request.name} has changed since: look at its card again, then decide.")
            if told := _trained_meanwhile(tx, run):
                return told
            tx.runs.record(run, Approved(who, tx.now + self._undo), due=self._undo)
            tx.vote(run.id, who, approves=True, reason="")
            return f"You approved {run.request.name}; it starts in {self._undo.total_seconds():.0f} s."

        return await self._move(run_id, workspace, delivery, decide)

    async def reject(
        self, run_id: RunId, reason: str, *, who: UserId, workspace: WorkspaceId, delivery: DeliveryKey
    ) -> str:
        """Reject, with a reason that the requester is told. Raises NotUnderstood without one."""
        if not reason.strip():
            raise NotUnderstood("A rejection needs a reason, for example: two pictures are in another style.")

        def decide(tx: Transaction, run: Run) -> str:
            check_may_decide(run, who)
            tx.runs.record(run, Rejected(who, reason.strip()), due=None)
            tx.vote(run.id, who, approves=False, reason=reason.strip())
            tx.outbox.announce(RunEnded(run.id))
            return f"You rejected {run.request.name}."

        return await self._move(run_id, workspace, delivery, decide)

    async def undo(self, run_id: RunId, *, who: UserId, workspace: WorkspaceId, delivery: DeliveryKey) -> str:
        """Take the approval back before the paid call; anyone may, for it only ever saves money."""

        def decide(tx: Transaction, run: Run) -> str:
            tx.runs.record(run, Undone(who), due=None)
            return f"The approval of {run.request.name} is taken back; nothing was sent."

        return await self._move(run_id, workspace, delivery, decide)

    async def _move(
        self,
        run_id: RunId,
        workspace: WorkspaceId,
        delivery: DeliveryKey,
        decide: Callable[[Transaction, Run], str],
    ) -> str:
        def work(tx: Transaction) -> str:
            run = tx.runs.get(run_id)
            check_same_workspace(run, workspace)
            answer = decide(tx, run)
            tx.outbox.announce(RunCard(run.id))
            return answer

        answer = await self._store.write(lambda tx: tx.once(delivery, lambda: work(tx)))
        self._nudge()
        return answer


def _trained_meanwhile(tx: Transaction, run: Run) -> str:
    """Show on the card, before any money, that the same pictures have been handed over meanwhile."""
    if run.dataset is None or run.stage is not Stage.AWAITING:
        return ""
    earlier = tx.runs.trained_on(run.request.workspace, run.dataset.content)
    before = recognised(earlier)
    if before is None or before == run.before:
        return ""
    tx.runs.record(run, Recognised(before), due=None)
    return f"The same pictures have gone into {before.label} meanwhile: look at the card, then decide again."

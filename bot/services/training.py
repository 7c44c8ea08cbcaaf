"""Asking for a training run, asking again, and wanting no more of it."""

from collections.abc import Callable
from dataclasses import replace

from bot.domain.approval import check_may_stop, check_same_workspace
from bot.domain.errors import Refused
from bot.domain.ids import DeliveryKey, RunId, UserId, WorkspaceId
from bot.domain.message import RunCard, RunEnded
from bot.domain.run import Run, TrainingRequest
from bot.domain.task import Cancelled
from bot.ports import Store, Transaction


class Training:
    """Writes down what people want of runs; the reconciler takes it from there."""

    def __init__(self, store: Store, *, new_id: Callable[[], RunId], nudge: Callable[[], None]) -> None:
        self._store = store
        self._new_id = new_id
        self._nudge = nudge

    async def request(self, wanted: TrainingRequest, *, delivery: DeliveryKey) -> str:
        """Record what is wanted and return the answer; the same delivery again records nothing."""
        run_id = self._new_id()

        return await self._once(delivery, lambda tx: _begin(tx, run_id, wanted))

    async def retry(
        self, run_id: RunId, *, who: UserId, workspace: WorkspaceId, delivery: DeliveryKey
    ) -> str:
        """Ask for the same training as an earlier run, which is over; it is a new run, approved anew."""
        new_id = self._new_id()

        def work(tx: Transaction) -> str:
            run = tx.runs.get(run_id)
            check_same_workspace(run, workspace)
            if not run.is_over:
                raise Refused(
                    f"{run.request.name} is {run.stage}: it can be asked for again once it is over."
                )
            return _begin(tx, new_id, replace(run.request, requester=who, air=None))

        return await self._once(delivery, work)

    async def cancel(
        self, run_id: RunId, *, who: UserId, workspace: WorkspaceId, delivery: DeliveryKey
    ) -> str:
        """Stop a run, or stop following it once it was handed over: Runware offers no way to stop it."""

        def work(tx: Transaction) -> str:
            run = tx.runs.get(run_id)
            check_same_workspace(run, workspace)
            check_may_stop(run, who)
            run = tx.runs.record(run, Cancelled(who), due=None)
            tx.outbox.announce(RunCard(run.id))
            tx.outbox.announce(RunEnded(run.id))
            return _cancelled(run)

        return await self._once(delivery, work)

    async def _once(self, delivery: DeliveryKey, work: Callable[[Transaction], str]) -> str:
        answer = await self._store.write(lambda tx: tx.once(delivery, lambda: work(tx)))
        self._nudge()
        return answer


def _begin(tx: Transaction, run_id: RunId, wanted: TrainingRequest) -> str:
    tx.runs.add(Run.requested(run_id, wanted, at=tx.now))
    tx.outbox.announce(RunCard(run_id))
    return f"Looking at the dataset for {wanted.name}. Nothing is charged before a colleague approves."


def _cancelled(run: Run) -> str:
    if run.task is None:
        return f"{run.request.name} is cancelled; nothing was charged."
    return f"Stopped following {run.request.name}. Runware cannot stop a training: it is still charged."

"""Takes what is due and lets each item take its next step; a step that fails for want of an answer waits.

It holds nothing that a restart would miss: what is due stands in the store, and whoever takes an item holds
it for a lease that is renewed while the step runs.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from bot.domain.errors import Conflict
from bot.domain.generation import Generation
from bot.domain.proposal import Proposal
from bot.domain.run import Run, Stage
from bot.errands import Errands
from bot.journal import renew
from bot.ports import Store
from bot.services.reconciler.attendance import ProposalSteps, Steps
from bot.services.reconciler.pace import Pace
from bot.services.reconciler.rendering import GenerationSteps
from bot.services.reconciler.training import RunSteps

Item = TypeVar("Item", Run, Generation, Proposal)
_NEW = frozenset({Stage.REQUESTED})
"""Whose dataset comes from somebody's server, which may be slow for minutes."""
_LOOKED_AT = frozenset(Stage) - _NEW


class Reconciler:
    """One step at a time for each due item, several items side by side."""

    def __init__(
        self,
        store: Store,
        runs: RunSteps,
        generations: GenerationSteps,
        proposals: ProposalSteps,
        *,
        pace: Pace,
        nudge: Callable[[], None],
    ) -> None:
        self._store = store
        self._runs = runs
        self._generations = generations
        self._proposals = proposals
        self._pace = pace
        self._nudge = nudge
        self._errands = Errands(most=64)  # the adapters bound what really runs; the rest only waits
        self._datasets = Errands(most=8)  # places of their own, or slow ones would take all

    async def advance_due(self) -> None:
        """Take what is due and start the step of each; their ends are not waited for."""
        if (limit := self._errands.free) <= 0:
            return
        lease = self._pace.lease
        new, runs, generations, proposals = await self._store.write(
            lambda tx: (
                tx.runs.take(limit=self._datasets.free, lease=lease, stages=_NEW),
                tx.runs.take(limit=limit, lease=lease, stages=_LOOKED_AT),
                tx.generations.take(limit=limit, lease=lease),
                tx.proposals.take(limit=limit, lease=lease),
            )
        )
        for run in new:
            self._datasets.start(self._step(self._runs, run))
        for run in runs:
            self._errands.start(self._step(self._runs, run))
        for generation in generations:
            self._errands.start(self._step(self._generations, generation))
        for proposal in proposals:
            self._errands.start(self._step(self._proposals, proposal))

    async def finish(self, *, within: float | None = None) -> None:
        """Wait for the steps under way, at most `within` seconds."""
        await asyncio.gather(*(one.finish(within=within) for one in (self._errands, self._datasets)))

    async def _step(self, steps: Steps[Item], item: Item) -> None:
        step = asyncio.create_task(steps.advance(item))
        try:
            await self._keep(item, step)
            await step
        except Conflict:
            """Someone else moved it, a person most likely: what this step found out no longer matters."""
        finally:
            step.cancel()
            await asyncio.gather(step, return_exceptions=True)
            self._nudge()

    async def _keep(self, item: Item, step: asyncio.Task[None]) -> None:
        """Renew the lease until the step ends, or has itself written the item down anew."""
        with suppress(Conflict):
            while not (await asyncio.wait({step}, timeout=self._pace.lease.total_seconds() / 3))[0]:
                await self._store.write(lambda tx: renew(tx, item, self._pace.lease))

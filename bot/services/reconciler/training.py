"""The steps of a training run: each stage asks one port one question, and the answer is one fact."""

from datetime import timedelta

from bot.domain.errors import DatasetUnfit, Refused, Unavailable
from bot.domain.message import ContactSheet, RunCard, RunEnded
from bot.domain.run import Event, Inspected, Progressed, Run, Stage, Trained, Unfit
from bot.domain.style import air_of, slug_of
from bot.domain.task import Delayed, Failed, Task
from bot.ports import DatasetInspector, Inspection, Store, Trainer, Transaction
from bot.services.reconciler.handover import Handover
from bot.services.reconciler.pace import Pace


class RunSteps(Handover[Run]):
    """Looks at the dataset, hands the approved run over, and follows it to its end."""

    def __init__(self, store: Store, inspector: DatasetInspector, trainer: Trainer, pace: Pace) -> None:
        super().__init__(store, trainer, pace)
        self._inspector = inspector
        self._trainer = trainer

    async def advance(self, item: Run) -> None:
        """Take the step that the run's stage asks for."""
        match item:
            case Run(stage=Stage.REQUESTED):
                await self._inspect(item)
            case Run(stage=Stage.APPROVED):
                await self.prepare(item)
            case Run(stage=Stage.SUBMITTING, task=Task() as task):
                await self.go_on(item, task)
            case Run(stage=Stage.UNCONFIRMED, task=Task() as task):
                await self.look_for_trace(item, task)
            case Run(stage=Stage.TRAINING, task=Task() as task):
                await self._look(item, task)

    def renew(self, tx: Transaction, item: Run) -> None:
        """Keep a taken run for another lease."""
        tx.runs.renew(item, lease=self._pace.lease)

    def postpone(self, tx: Transaction, item: Run, due: timedelta) -> None:
        """Give a taken run back unchanged."""
        tx.runs.postpone(item, due=due)

    def record(self, tx: Transaction, item: Run, fact: Event, due: timedelta | None) -> Run:
        """Write a fact down, have the card drawn anew, and tell the requester where it is the end."""
        run = tx.runs.record(item, fact, due=due)
        tx.outbox.announce(RunCard(run.id))
        if run.is_over:
            tx.outbox.announce(RunEnded(run.id))
        return run

    async def is_known(self, item: Run, task: Task) -> bool:  # noqa: ARG002 - generations need it
        """Say whether Runware gives any sign of the training. Raises Unavailable."""
        return await self._trainer.look(task.id) is not None

    async def _inspect(self, run: Run) -> None:
        try:
            namespace = "" if run.request.air else await self._trainer.namespace()
        except Unavailable as silence:
            wait = self._pace.retry(since=self._pace.longest_retry, asked=silence.retry_after)
            await self.note(run, Delayed(str(silence)), wait)
            return
        except Refused as no:
            await self._refuse(run, (str(no),))
            return
        try:
            inspection = await self._inspector.inspect(run.request.link)
        except DatasetUnfit as unfit:
            await self._refuse(run, unfit.problems)
        except Refused as no:
            await self._refuse(run, (str(no),))
        except Unavailable as silence:
            await self._wait_for_dataset(run, silence)
        else:
            await self._accept(run, inspection, namespace)

    async def _accept(self, run: Run, inspection: Inspection, namespace: str) -> None:
        slug = slug_of(run.request.name)

        def work(tx: Transaction) -> None:
            version = tx.styles.reserve(
                run, lambda number: run.request.air or air_of(namespace, slug, number)
            )
            fact = Inspected(inspection.dataset, version.air, version.number)
            self.record(tx, run, fact, None)
            tx.outbox.announce(ContactSheet(run.id, tx.keep_blob(inspection.sheet)))

        try:
            await self._store.write(work)
        except Refused as no:
            await self._refuse(run, (str(no),))

    async def _refuse(self, run: Run, problems: tuple[str, ...]) -> None:
        await self._store.write(lambda tx: self.record(tx, run, Unfit(problems), None))

    async def _wait_for_dataset(self, run: Run, silence: Unavailable) -> None:
        def work(tx: Transaction) -> None:
            since = tx.now - run.requested_at
            if run.trouble and since > self._pace.patience:
                self.record(tx, run, Unfit((str(silence), "Make sure the link works, then ask again.")), None)
            else:
                self.record(
                    tx, run, Delayed(str(silence)), self._pace.retry(since=since, asked=silence.retry_after)
                )

        await self._store.write(work)

    async def _look(self, run: Run, task: Task) -> None:
        try:
            news = await self._trainer.look(task.id)
        except Unavailable as silence:
            wait = max(self._pace.poll, timedelta(seconds=silence.retry_after or 0))
            await self.note(run, Delayed(str(silence)), wait)
            return
        match news:
            case Trained() | Failed():
                await self._store.write(lambda tx: self._end(tx, run, news))
            case Progressed(percent) if percent not in (None, run.percent) or run.trouble:
                await self._store.write(lambda tx: self.record(tx, run, news, self._pace.poll))
            case _:
                await self._store.write(lambda tx: self.postpone(tx, run, self._pace.poll))

    def _end(self, tx: Transaction, run: Run, news: Trained | Failed) -> None:
        if isinstance(news, Trained) and run.air:
            tx.styles.mark_ready(run.air)
        self.record(tx, run, news, None)

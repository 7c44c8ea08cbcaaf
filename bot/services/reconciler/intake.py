"""What happens to a run's dataset: it is looked at before any money, and proven unchanged when money is due.

Where archives can be hosted, the very bytes that were inspected go to the provider; where not, the link goes,
after what it leads to was hashed once more.
"""

from datetime import timedelta

from bot.domain.dataset import Source, compared
from bot.domain.errors import DatasetUnfit, Refused, Unavailable
from bot.domain.facts import Changed, Event, Inspected, TrainedBefore, Unfit
from bot.domain.message import ContactSheet, Findings, PairSheet, PaletteSheet
from bot.domain.run import Run
from bot.domain.style import air_of, slug_of
from bot.domain.task import Delayed
from bot.ports import Archives, DatasetInspector, Inspection, SharedFiles, Store, Trainer, Transaction
from bot.services.reconciler.journal import record
from bot.services.reconciler.pace import Pace

NOW = timedelta()
HOSTED_FOR = timedelta(days=3)
"""For how long a link to an archive is good: a day of doubt about the request, and the provider's queue."""
NO_LONGER = "Make sure the link works, then ask again."


class Intake:
    """The steps of a run that are about its dataset."""

    def __init__(
        self,
        store: Store,
        inspector: DatasetInspector,
        shared: SharedFiles,
        archives: Archives,
        trainer: Trainer,
        pace: Pace,
    ) -> None:
        self._store = store
        self._inspector = inspector
        self._shared = shared
        self._archives = archives
        self._trainer = trainer
        self._pace = pace

    async def inspect(self, run: Run) -> None:
        """Look at the dataset, and have its approval asked for, or refuse it."""
        try:
            namespace = "" if run.request.air else await self._trainer.namespace()
        except Unavailable as silence:
            wait = self._pace.retry(since=self._pace.longest_retry, asked=silence.retry_after)
            await self._note(run, Delayed(str(silence)), wait)
            return
        except Refused as no:
            await self._note(run, Unfit((str(no),)), None)
            return
        try:
            inspection = await self._inspector.inspect(await self._source(run))
        except DatasetUnfit as unfit:
            await self._note(run, Unfit(unfit.problems), None)
        except Refused as no:
            await self._note(run, Unfit((str(no),)), None)
        except Unavailable as silence:
            await self._wait(run, silence)
        else:
            await self._accept(run, inspection, namespace)

    async def link_of(self, run: Run) -> str | None:
        """Return the link that the provider shall fetch what was approved from.

        None where the dataset is no longer what was approved, or cannot be compared just now; then the run
        has been moved already.
        """
        if run.dataset is None:
            return None
        if run.dataset.kept:
            return await self._hosted(run, run.dataset.sha256)
        try:
            found = await self._inspector.fingerprint(run.request.link)
        except Unavailable as silence:
            await self._wait_to_compare(run, silence)
            return None
        except Refused:  # looked at anew, it is refused with the reason
            found = ""
        if found != run.dataset.sha256:
            await self._note(run, Changed(), NOW)
            return None
        return run.request.link

    async def _hosted(self, run: Run, sha256: str) -> str | None:
        if await self._archives.find(sha256) is None:
            await self._note(run, Changed(), NOW)
            return None
        now = await self._store.read(lambda tx: tx.now)
        return self._archives.link(sha256, until=now + HOSTED_FOR)

    async def _source(self, run: Run) -> Source:
        """Return what to look at: the archive of an earlier look if it is kept, else what was asked with."""
        request, earlier = run.request, run.dataset
        if earlier and not run.notice and await self._archives.find(earlier.origin):
            return Source(kept=earlier.origin, left_out=run.left_out, strip=run.strip)
        files = await self._shared.files(request.files)
        if request.thread:
            known = {file.id for file in files}
            more = await self._shared.in_thread(request.channel, request.thread)
            files += tuple(file for file in more if file.id not in known)
        return Source(request.links, files, left_out=run.left_out, strip=run.strip)

    async def _accept(self, run: Run, inspection: Inspection, namespace: str) -> None:
        slug, dataset = slug_of(run.request.name), inspection.dataset

        def work(tx: Transaction) -> None:
            version = tx.styles.reserve(
                run, lambda number: run.request.air or air_of(namespace, slug, number)
            )
            earlier = tx.runs.earlier(run)
            before = tx.runs.trained_on(run.request.workspace, dataset.content)
            fact = Inspected(
                dataset,
                version.air,
                version.number,
                compared(dataset, earlier.label, earlier.dataset) if earlier and earlier.dataset else None,
                TrainedBefore(before.label, before.id) if before else None,
            )
            record(tx, run, fact, None)
            _announce(tx, run, inspection)

        try:
            await self._store.write(work)
        except Refused as no:
            problem = str(no)
            await self._note(run, Unfit((problem,)), None)

    async def _wait(self, run: Run, silence: Unavailable) -> None:
        def work(tx: Transaction) -> None:
            since = tx.now - (run.stage_since or tx.now)
            if run.trouble and since > self._pace.patience:
                record(tx, run, Unfit((str(silence), NO_LONGER)), None)
            else:
                wait = self._pace.retry(since=since, asked=silence.retry_after)
                record(tx, run, Delayed(str(silence)), wait)

        await self._store.write(work)

    async def _wait_to_compare(self, run: Run, silence: Unavailable) -> None:
        def work(tx: Transaction) -> None:
            since = tx.now - (run.starts_at or tx.now)
            if since > self._pace.patience:
                record(tx, run, Changed(), NOW)
            else:
                wait = self._pace.retry(since=since, asked=silence.retry_after)
                record(tx, run, Delayed(str(silence)), wait)

        await self._store.write(work)

    async def _note(self, run: Run, fact: Event, due: timedelta | None) -> None:
        await self._store.write(lambda tx: record(tx, run, fact, due))


def _announce(tx: Transaction, run: Run, inspection: Inspection) -> None:
    """Have the run's thread tell what was found, the pictures first."""
    tx.outbox.announce(ContactSheet(run.id, tx.keep_blob(inspection.sheet)))
    tx.outbox.announce(Findings(run.id))
    if inspection.palette:
        tx.outbox.announce(PaletteSheet(run.id, tx.keep_blob(inspection.palette)))
    if inspection.pairs:
        tx.outbox.announce(PairSheet(run.id, tx.keep_blob(inspection.pairs)))

"""What happens to a run's dataset: it is looked at before any money, and proven unchanged when money is due.

Where archives can be hosted, the very bytes that were inspected go to the provider; where not, the link goes,
after what it leads to was hashed once more.
"""

from datetime import timedelta

from bot.clerk import Clerk
from bot.domain.alarm import HELD, Concern
from bot.domain.ballot import Ballot, Opened
from bot.domain.dataset import Source, compared
from bot.domain.errors import AccessDenied, DatasetUnfit, Refused, Unavailable
from bot.domain.facts import Changed, Event, Inspected, Unchanged, Unfit
from bot.domain.message import ContactSheet, Findings, PairSheet, PaletteSheet
from bot.domain.run import Run, recognised
from bot.domain.style import air_of, slug_of
from bot.domain.task import Delayed
from bot.domain.trouble import Cause, lasted
from bot.journal import NOW, record
from bot.ports import Archives, DatasetInspector, Inspection, SharedFiles, Store, Trainer, Transaction
from bot.services.reconciler.alarming import held, is_restored, sound
from bot.services.reconciler.handover import put_off
from bot.services.reconciler.pace import Pace

HOSTED_FOR = timedelta(days=30)
"""For how long a link to an archive is good. What really ends it: the archive goes once its run is over."""
CHANGED = "The dataset is not what was approved any more, so it is looked at and decided on anew."
NOT_KEPT = "The approved pictures are no longer kept here, so they are looked at and decided on anew."
OUT_OF_REACH = "What the link leads to could not be compared with what was approved: it is decided on anew."
NO_LONGER = "Make sure the link works, then ask again."


class Intake:
    """The steps of a run that are about its dataset."""

    def __init__(  # noqa: PLR0913, PLR0917 - one argument for each port
        self,
        store: Store,
        clerk: Clerk,
        inspector: DatasetInspector,
        shared: SharedFiles,
        archives: Archives,
        trainer: Trainer,
        pace: Pace,
    ) -> None:
        self._store = store
        self._clerk = clerk
        self._inspector = inspector
        self._shared = shared
        self._archives = archives
        self._trainer = trainer
        self._pace = pace

    async def inspect(self, run: Run) -> None:
        """Look at the dataset, and have its approval asked for, or refuse it."""
        if not await self._is_possible(run):
            return
        try:
            namespace = "" if run.request.air else await self._trainer.namespace()
        except Unavailable as silence:
            await self._wait_for_answer(run, silence, Cause.RUNWARE)
        except Refused as no:
            await self._note(run, Unfit((str(no),)), None)
        else:
            await self._look_at(run, namespace)

    async def _look_at(self, run: Run, namespace: str) -> None:
        try:
            source = await self._source(run)
        except Refused as no:
            await self._note(run, _verdict(run, (str(no),)), None)
            return
        except Unavailable as silence:
            await self._wait_for_answer(run, silence, Cause.SLACK)
            return
        try:
            inspection = await self._inspector.inspect(source)
        except DatasetUnfit as unfit:
            await self._note(run, _verdict(run, unfit.problems), None)
        except Refused as no:
            await self._note(run, _verdict(run, (str(no),)), None)
        except Unavailable as silence:
            await self._wait(run, silence)
        else:
            await self._accept(run, inspection, namespace)

    async def _is_possible(self, run: Run) -> bool:
        """Say whether it is allowed, decidable and affordable; if not, or not now, the run was moved already.

        That is asked before the dataset is fetched: while Slack is silent, nothing is fetched in vain. After
        a restore no name is given out, which may be another run's, until it was found out what was forgotten.
        """
        try:
            asked, has_to_wait = await self._store.read(
                lambda tx: (
                    self._clerk.run_ballot(tx, run),
                    not run.air and is_restored(tx, run.request.workspace),
                )
            )
            if has_to_wait:
                why, due = held(Concern.RESTORED), self._pace.longest_retry
                await self._store.write(lambda tx: put_off(tx, run, why, due))
                return False
            await self._clerk.check_decidable(asked, run.request.workspace)
        except Refused as no:
            await self._note(run, _verdict(run, (str(no),)), None)
            return False
        except Unavailable as silence:
            await self._wait_for_answer(run, silence, Cause.SLACK)
            return False
        return await self._is_affordable(run, asked)

    async def _is_affordable(self, run: Run, asked: Ballot) -> bool:
        """Say whether the account holds what the training will cost, as far as both are known."""
        told = HELD[Concern.BALANCE]
        if await self._clerk.lacks_funds(asked.estimate):
            await self._wait_for_answer(run, AccessDenied(told, is_balance=True), Cause.BALANCE)
            return False
        if run.trouble == told:
            workspace = run.request.workspace
            await self._store.write(
                lambda tx: tx.alarms.settle(workspace, Concern.BALANCE, about="trainings")
            )
        return True

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
            await self._wait_or(run, silence, Changed(OUT_OF_REACH), NOW)
            return None
        except Refused:  # looked at anew, it is refused with the reason
            found = ""
        if found != run.dataset.sha256:
            await self._note(run, Changed(CHANGED), NOW)
            return None
        return run.request.link

    async def _hosted(self, run: Run, sha256: str) -> str | None:
        if not self._archives.are_public or await self._archives.find(sha256) is None:
            await self._note(run, Changed(NOT_KEPT), NOW)
            return None
        since = run.starts_at or run.requested_at  # not now: to ask twice gives the same link
        return self._archives.link(sha256, until=since + HOSTED_FOR)

    async def _source(self, run: Run) -> Source:
        """Return what to look at: the archive of an earlier look if it is kept, else what was asked with."""
        request, earlier, wanted = run.request, run.dataset, run.pending or run
        is_kept = earlier and earlier.kept and not run.is_stale and self._archives.are_public
        if is_kept and earlier and await self._archives.find(earlier.origin):
            return Source(kept=earlier.origin, left_out=wanted.left_out, strip=wanted.strip)
        files = await self._shared.files(request.files)
        if request.thread:
            known = {file.id for file in files}
            more = await self._shared.in_thread(request.channel, request.thread)
            files += tuple(file for file in more if file.id not in known)
        return Source(request.links, files, left_out=wanted.left_out, strip=wanted.strip)

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
                recognised(before),
            )
            looked_at = record(tx, run, fact, None)
            record(tx, looked_at, Opened(self._clerk.run_ballot(tx, looked_at)), None)
            _announce(tx, run, inspection)

        try:
            await self._store.write(work)
        except Refused as no:
            problem = str(no)
            await self._note(run, Unfit((problem,)), None)

    async def _wait(self, run: Run, silence: Unavailable) -> None:
        hint = (NO_LONGER,) if run.request.link else ()
        await self._wait_or(run, silence, _verdict(run, (str(silence), *hint)), None)

    async def _wait_or(self, run: Run, silence: Unavailable, end: Event, due: timedelta | None) -> None:
        """Ask the dataset's server again, ever more slowly; or end it so, once it was away for too long."""

        def work(tx: Transaction) -> None:
            since = lasted(run, Cause.HOST, at=tx.now)
            if since > self._pace.patience:
                record(tx, run, end, due)
            else:
                wait = self._pace.retry(since=since, asked=silence.retry_after)
                record(tx, run, Delayed(str(silence), Cause.HOST), wait)

        await self._store.write(work)

    async def _wait_for_answer(self, run: Run, silence: Unavailable, cause: Cause) -> None:
        wait = self._pace.retry(since=2 * self._pace.longest_retry, asked=silence.retry_after)

        def work(tx: Transaction) -> None:
            why = Delayed(str(silence), cause)
            if isinstance(silence, AccessDenied):
                why = sound(tx, run.request.workspace, silence, about="trainings")
            record(tx, run, why, wait)

        await self._store.write(work)

    async def _note(self, run: Run, fact: Event, due: timedelta | None) -> None:
        await self._store.write(lambda tx: record(tx, run, fact, due))


def _verdict(run: Run, problems: tuple[str, ...]) -> Unfit | Unchanged:
    """Return the end of a dataset that cannot be trained on; a fit one that was to be cut stays as it was."""
    return Unchanged(problems) if run.pending else Unfit(problems)


def _announce(tx: Transaction, run: Run, inspection: Inspection) -> None:
    """Have the run's thread tell what was found, the pictures first."""
    of = inspection.dataset.sha256
    tx.outbox.announce(ContactSheet(run.id, tx.keep_blob(inspection.sheet), of))
    tx.outbox.announce(Findings(run.id, of))
    if inspection.palette:
        tx.outbox.announce(PaletteSheet(run.id, tx.keep_blob(inspection.palette), of))
    if inspection.pairs:
        tx.outbox.announce(PairSheet(run.id, tx.keep_blob(inspection.pairs), of))

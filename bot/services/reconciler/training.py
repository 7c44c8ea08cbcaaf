"""The steps of a training run: each stage asks one port one question, and the answer is one fact."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from bot.domain.alarm import Concern
from bot.domain.errors import Unavailable
from bot.domain.facts import Progressed, Trained
from bot.domain.policy import Action
from bot.domain.run import TYPICAL_TRAINING, Run, Stage
from bot.domain.task import Delayed, Doubted, Failed, Task
from bot.domain.trouble import Cause
from bot.journal import postpone, record
from bot.ports import Store, Trainer, Transaction
from bot.services.reconciler.attendance import Attendance
from bot.services.reconciler.following import Following, in_order, still_slow
from bot.services.reconciler.intake import Intake
from bot.services.reconciler.naming import named
from bot.services.reconciler.pace import Pace

SURE_FOR = timedelta(minutes=2)
"""So long after it was compared, a dataset is taken for what it was."""
UNHEARD = Delayed(
    "Runware tells nothing of this training just now. Housestyle goes on looking.", Cause.UNHEARD
)


class RunSteps(Following[Run]):
    """Looks at the dataset, hands the approved run over, and follows it to its end."""

    paid_for, action = "trainings", Action.TRAIN
    lost_sight = "Runware took this training, and for a day it has told nothing of it."
    stuck = "Runware took this training, and for a day it has told nothing new of it."

    def __init__(
        self, store: Store, intake: Intake, attendance: Attendance, trainer: Trainer, pace: Pace
    ) -> None:
        super().__init__(store, trainer, pace)
        self._attendance = attendance
        self._intake = intake
        self._trainer = trainer

    async def advance(self, item: Run) -> None:
        """Take the step that the run's stage asks for."""
        match item:
            case Run(stage=Stage.REQUESTED):
                await self._intake.inspect(item)
            case Run(stage=Stage.AWAITING):
                await self._attendance.attend(item)
            case Run(stage=Stage.APPROVED):
                if left := await self._store.read(lambda tx: _undo_window(tx, item)):
                    await self._store.write(lambda tx: postpone(tx, item, left))
                else:
                    await self._hand_over(item)
            case Run(stage=Stage.SUBMITTING, task=Task() as task):
                await self.go_on(item, task)
            case Run(stage=Stage.UNCONFIRMED, task=Task() as task):
                await self.look_for_trace(item, task)
            case Run(stage=Stage.TRAINING, task=Task() as task):
                await self._look(item, task)

    async def is_as_approved(self, item: Run, task: Task) -> bool:
        """Make sure of the decision and the dataset where nothing was sent for a while: it was frozen."""
        if task.attempts:
            return True
        if not await self._attendance.is_still_agreed(item):
            return False
        waited = await self._store.read(lambda tx: tx.now - (item.stage_since or tx.now))
        return waited < SURE_FOR or await self._intake.link_of(item) is not None

    async def is_told(self, item: Run, task: Task) -> bool:
        """Say whether Runware tells how far the training is, or how it ended; where slow, anything new."""
        try:
            news = await self._news(task, is_late=True)
        except Unavailable:
            return False
        if isinstance(news, Progressed) and item.cause is Cause.SLOW:
            return _is_new(news, item)
        return news is not None

    async def _hand_over(self, run: Run) -> None:
        if link := await self._intake.link_of(run):
            await self.prepare(run, lambda task: self._trainer.order(run, task, dataset=link))

    async def _look(self, run: Run, task: Task) -> None:
        elapsed = await self._store.read(lambda tx: tx.now - (run.stage_since or tx.now))
        wait = self._next_look(elapsed, run.percent)
        is_late = elapsed > 2 * TYPICAL_TRAINING
        try:
            news = await self._news(task, is_late=is_late)
        except Unavailable as silence:
            await self.unanswered(run, silence, max(wait, timedelta(seconds=silence.retry_after or 0)))
            return
        if run.trouble:
            await self._store.write(lambda tx: tx.alarms.settle(run.request.workspace, Concern.KEY))
        match news:
            case Trained() | Failed():
                await self._store.write(lambda tx: self._end(tx, run, news))
            case Progressed(percent) if _is_new(news, run) or (run.trouble and not is_late):
                soon = self._next_look(elapsed, percent or run.percent)
                await self._store.write(lambda tx: record(tx, run, news, soon))
            case Progressed() if is_late:
                await self.bear_with_slowness(run, task, wait)
            case None if is_late:
                await self._miss(run, task, wait)
            case _:
                await self._store.write(lambda tx: postpone(tx, run, wait))

    async def _news(self, task: Task, *, is_late: bool) -> Progressed | Trained | Failed | None:
        """Return what a look tells; where that is late, or nothing, how it ended by the archive.

        A failure in the archive counts only where a look tells nothing: that is the truth about a task.
        """
        seen = await self._trainer.look(task.id)
        if isinstance(seen, Trained | Failed):
            return seen
        if seen is None:
            is_late |= await self._store.read(lambda tx: _since_sent(tx, task)) > TYPICAL_TRAINING
            return in_order(await self._trainer.recall(task.id), task) if is_late else None
        recalled = None
        if is_late:
            with suppress(Unavailable):  # the look was answered
                recalled = await self._trainer.recall(task.id)
        return recalled if isinstance(recalled, Trained) else seen

    def _next_look(self, elapsed: timedelta, percent: int | None) -> timedelta:
        left = elapsed * 100 / percent - elapsed if percent else TYPICAL_TRAINING - elapsed
        return self._pace.look(elapsed=elapsed, left=left, percent=percent or 0)

    async def _miss(self, run: Run, task: Task, wait: timedelta) -> None:
        """Bear with a training of which nothing is heard; after a day of that, a person decides."""
        if await self.is_lost_sight_of(run):
            testimony = await self.evidence(run, task)
            await self.note(run, Doubted(self.lost_sight, testimony.said), wait)
        else:
            await self.delay(run, replace(UNHEARD, besides=still_slow(run)), wait)

    def _end(self, tx: Transaction, run: Run, news: Trained | Failed) -> None:
        if isinstance(news, Trained):
            news = named(tx, run, news)
        record(tx, run, news, None)


def _is_new(news: Progressed, run: Run) -> bool:
    return news.percent not in (None, run.percent)


def _undo_window(tx: Transaction, run: Run) -> timedelta | None:
    """Return what is left of the time in which the approval can be taken back; None: nothing."""
    if run.starts_at is None or run.approval is None or run.starts_at <= tx.now:
        return None
    return min(run.starts_at - tx.now, run.starts_at - run.approval.at)  # the clock may have been set back


def _since_sent(tx: Transaction, task: Task) -> timedelta:
    return tx.now - (task.first_attempt_at or tx.now)

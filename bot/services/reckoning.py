"""Once a day, what Runware's account states is compared with what we know that we spent.

What does not is told to those who can look into it; nothing is corrected by itself.
"""

from datetime import datetime, timedelta

from bot.domain.alarm import Concern
from bot.domain.errors import Unavailable
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import WorkspaceId
from bot.domain.run import Stage
from bot.domain.task import Task, Testimony
from bot.ports import Accountant, Reading, Store, Trainer, Transaction

DAY, LONGEST_WAIT = timedelta(days=1), timedelta(days=3)
ROUNDING = 0.01
"""US dollars that sums of prices may be off by."""
PAID_FOR = {Stage.SUBMITTING, Stage.UNCONFIRMED, Stage.TRAINING}
DRAWN_FOR = {GenerationStage.SUBMITTING, GenerationStage.UNCONFIRMED, GenerationStage.RENDERING}


class Reckoning:
    """Compares the account with our journal, and each request of the day with Runware's archive."""

    def __init__(self, store: Store, accountant: Accountant, trainer: Trainer) -> None:
        self._store = store
        self._accountant = accountant
        self._trainer = trainer

    async def reckon(self) -> None:
        """Do so if a day has passed since the last time, and nothing is under way that is being charged.

        Something always may be: after three days it is done all the same. Silence of Runware's is waited out.
        """
        last, now, is_busy = await self._store.read(_situation)
        if last and now - last.at < (LONGEST_WAIT if is_busy else DAY):
            return
        try:
            usage = await self._accountant.usage()
            if last:
                await self._compare_requests(last.at)
        except Unavailable:
            return
        if usage.spent is None:
            return
        reading = Reading(now, usage.spent, usage.requests or 0)
        await self._store.write(lambda tx: _book(tx, last, reading))

    async def _compare_requests(self, since: datetime) -> None:
        """Make sure that Runware did what we asked for, to the byte."""
        for workspace, task in await self._store.read(lambda tx: tx.books.handed_over(since)):
            testimony = await self._trainer.testify(task)
            if testimony.is_foreign:
                await self._store.write(lambda tx: _tell_foreign(tx, workspace, task, testimony))  # noqa: B023 - done before the next


def _situation(tx: Transaction) -> tuple[Reading | None, datetime, bool]:
    is_busy = any(run.stage in PAID_FOR for run in tx.runs.live()) or any(
        generation.stage in DRAWN_FOR for generation in tx.generations.live()
    )
    return tx.books.last(), tx.now, is_busy


def _book(tx: Transaction, last: Reading | None, reading: Reading) -> None:
    tx.books.add(reading)
    if last is None:
        return
    ours = tx.books.spending(last.at, reading.at)
    over = reading.spent - last.spent - ours.known
    if over <= ROUNDING:
        return
    unpriced = f" {ours.unpriced} of them stated no price." if ours.unpriced else ""
    sentence = (
        f"Runware's account shows ${over:.2f} more than Housestyle's runs and pictures cost since "
        f"{last.at:%d %B, %H:%M} UTC.{unpriced} If others use the account it may be theirs; if not, compare"
        " the tasks in the Runware dashboard with `/style runs`."
    )
    for workspace in tx.books.workspaces():
        tx.alarms.sound(workspace, Concern.USAGE, sentence, about=f"{reading.at:%Y-%m-%d}")


def _tell_foreign(tx: Transaction, workspace: WorkspaceId, task: Task, testimony: Testimony) -> None:
    tx.alarms.sound(
        workspace,
        Concern.FOREIGN,
        f"Task {task.id} at Runware is not what Housestyle asked for. {' '.join(testimony.said)}",
        about=task.id,
    )

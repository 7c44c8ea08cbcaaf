"""Once a day, what Runware's account states is compared with what we know that we spent.

What does not is told to those who can look into it; nothing is corrected by itself.
"""

from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain.alarm import Concern
from bot.domain.errors import Unavailable
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import WorkspaceId
from bot.domain.run import Stage
from bot.domain.task import Task, Testimony
from bot.ports import Accountant, Reading, Store, Trainer, Transaction, Usage

_log = structlog.get_logger()

DAY, LONGEST_WAIT = timedelta(days=1), timedelta(days=3)
UNPRICED = (
    "For {} requests in that time no price was stated: they were stopped, given up, failed or are not over. "
)
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
            if last:
                await self._compare_requests(last.at)
            usage = await self._accountant.usage()
        except Unavailable as silence:
            _log.warning("the account cannot be compared yet", reason=str(silence))
            return
        await self._store.write(lambda tx: _book(tx, last, usage))

    async def _compare_requests(self, since: datetime) -> None:
        """Make sure that Runware did what we asked for, to the byte."""
        for workspace, task in await self._store.read(lambda tx: tx.books.handed_over(since)):
            testimony = await self._trainer.testify(task)
            await self._store.write(partial(_tell_foreign, workspace, task, testimony))


def _situation(tx: Transaction) -> tuple[Reading | None, datetime, bool]:
    is_busy = any(run.stage in PAID_FOR for run in tx.runs.live()) or any(
        generation.stage in DRAWN_FOR for generation in tx.generations.live()
    )
    return tx.books.last(), tx.now, is_busy


def _book(tx: Transaction, last: Reading | None, usage: Usage) -> None:
    if usage.spent is None:
        return
    reading = Reading(tx.now, usage.spent, usage.requests or 0)
    tx.books.add(reading)
    if last is None:
        return
    ours = tx.books.spending(last.at, reading.at)
    over = reading.spent - last.spent - ours.known
    if over <= ROUNDING:
        for workspace in tx.books.workspaces():
            tx.alarms.settle(workspace, Concern.USAGE)
        return
    unpriced = max(len(tx.books.handed_over(last.at)) - ours.priced, 0)
    sentence = (
        f"Runware's account shows ${over:.2f} more than Housestyle's runs and pictures cost since "
        f"{last.at:%d %B, %H:%M} UTC. {UNPRICED.format(unpriced) if unpriced else ''}If others use the "
        "account it may be theirs; if not, compare the tasks in the Runware dashboard with `/style runs`."
    )
    for workspace in tx.books.workspaces():
        tx.alarms.sound(workspace, Concern.USAGE, sentence, about=f"{reading.at:%Y-%m-%d}")


def _tell_foreign(workspace: WorkspaceId, task: Task, testimony: Testimony, tx: Transaction) -> None:
    if not testimony.is_foreign:
        tx.alarms.settle(workspace, Concern.FOREIGN, about=task.id)
        return
    sentence = f"Task {task.id} at Runware is not what Housestyle asked for. {' '.join(testimony.said)}"
    tx.alarms.sound(workspace, Concern.FOREIGN, sentence, about=task.id)

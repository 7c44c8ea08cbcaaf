"""Once a day, what Runware's account states is compared with what we know that we spent.

So is each request with what Runware's archive holds of it. What differs is told to those who can look into
it; nothing is corrected by itself. Hourly the account is asked, where nobody else would find out, whether our
key and its balance are in order again.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.domain.alarm import Alarm, Concern
from bot.domain.errors import Unavailable
from bot.domain.generation import Generation
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import WorkspaceId
from bot.domain.run import Run, Stage
from bot.domain.task import Task, Testimony
from bot.domain.trouble import Cause
from bot.ports import Accountant, Reading, Store, Transaction, Usage

_log = structlog.get_logger()

DAY, LONGEST_WAIT = timedelta(days=1), timedelta(days=3)
COMPARED_FOR = timedelta(days=3)
"""So long after it was handed over, a request is compared every day.

More than once, so that neither a restart nor a day of silence lets one slip, and so that what is mended at
Runware is told to be over.
"""
MORE = (
    "Runware's account shows ${:.2f} more than Housestyle's runs and pictures cost since {:%d %B, %H:%M} UTC."
    " {}If others use the account it may be theirs; if not, compare the tasks in the Runware dashboard with "
    "`/style runs`."
)
LESS = (
    "Runware's account shows ${:.2f} less than Housestyle booked for what was over by {:%d %B, %H:%M} UTC. It"
    " may be a refund; if you know of none, compare the tasks in the Runware dashboard with `/style runs`. "
    "Budgets go on counting what was booked."
)
ROUNDING = 0.01
"""US dollars that sums of prices may be off by."""
PAID_FOR = {Stage.SUBMITTING, Stage.TRAINING, GenerationStage.SUBMITTING, GenerationStage.RENDERING}
"""Where a charge may come any moment. What is in doubt is not: nobody knows how long nobody decides."""


class Witness(Protocol):
    """Who can say what became of a request."""

    async def testify(self, task: Task) -> Testimony:
        """Ask every witness, as `bot.ports.Trainer.testify` does."""
        ...


class Reckoning:
    """Compares the account with our journal, and each request with Runware's archive."""

    def __init__(
        self, store: Store, accountant: Accountant, *, trainings: Witness, pictures: Witness
    ) -> None:
        self._store = store
        self._accountant = accountant
        self._trainings = trainings
        self._pictures = pictures
        self._compared_at: datetime | None = None

    async def reckon(self) -> None:
        """Do what was not done for a day; to be called hourly.

        The money waits until nothing is under way that is being charged. Something always may be: after three
        days it is compared all the same. The requests wait for nothing, and never hold up the money.
        """
        await self._ask_what_is_mended()
        last, now, is_busy = await self._store.read(_situation)
        if self._compared_at is None or now - self._compared_at >= DAY:
            self._compared_at = now
            await self._compare_requests(now - COMPARED_FOR)
        if last is None or now - last.at >= (LONGEST_WAIT if is_busy else DAY):
            await self._compare_money(last)

    async def _ask_what_is_mended(self) -> None:
        """End an alarm about the key or the balance that holds nobody back, by what the account states.

        Who is held back finds out by a request, and that alone proves that the balance does for it.
        """
        if not await self._store.read(_unproven):
            return
        try:
            usage = await self._accountant.usage()
        except Unavailable as silence:
            _log.info("the account does not state that it is mended", reason=str(silence))
            return
        await self._store.write(lambda tx: _settle_mended(tx, usage))

    async def _compare_requests(self, since: datetime) -> None:
        """Make sure that Runware did what we asked for, to the byte; where it does not say, go on."""
        for sent in await self._store.read(lambda tx: tx.books.handed_over(since)):
            witness = self._trainings if sent.is_training else self._pictures
            try:
                testimony = await witness.testify(sent.task)
            except Unavailable as silence:
                _log.warning("a request cannot be compared today", task=sent.task.id, reason=str(silence))
            else:
                await self._store.write(partial(_tell_foreign, sent.workspace, sent.task, testimony))

    async def _compare_money(self, last: Reading | None) -> None:
        try:
            usage = await self._accountant.usage()
        except Unavailable as silence:
            _log.warning("the account cannot be compared yet", reason=str(silence))
            return
        if usage.spent is None:
            _log.warning("the account does not state what was spent")
            return
        spent, requests = usage.spent, usage.requests or 0
        await self._store.write(lambda tx: _book(tx, last, Reading(tx.now, spent, requests)))


def _unproven(tx: Transaction) -> list[Alarm]:
    """Return the alarms about the key and the balance that no request which waits for it will end."""
    live: list[Run | Generation] = [*tx.runs.live(), *tx.generations.live()]
    alarms = [one for one in tx.alarms.standing() if one.concern in (Concern.KEY, Concern.BALANCE)]
    return [alarm for alarm in alarms if not any(_is_held(item, alarm) for item in live)]


def _is_held(item: Run | Generation, alarm: Alarm) -> bool:
    about = "trainings" if isinstance(item, Run) else "pictures"
    is_its = alarm.workspace in (item.request.workspace, "") and alarm.about in (about, "")
    return is_its and item.cause is Cause(alarm.concern)


def _settle_mended(tx: Transaction, usage: Usage) -> None:
    """End what the account's answer shows to be mended; of a balance that it does not state, without a word.

    Nobody waits for that, nobody can say whether it does, and the next request finds out.
    """
    is_empty = usage.balance is not None and usage.balance <= 0
    for alarm in _unproven(tx):
        if alarm.concern is Concern.KEY or not is_empty:
            quietly = alarm.concern is Concern.BALANCE and usage.balance is None
            tx.alarms.settle(alarm.workspace, alarm.concern, about=alarm.about, quietly=quietly)


def _situation(tx: Transaction) -> tuple[Reading | None, datetime, bool]:
    live: list[Run | Generation] = [*tx.runs.live(), *tx.generations.live()]
    is_busy = any(_is_under_way(item) for item in live)
    return tx.books.last(), tx.now, is_busy


def _is_under_way(item: Run | Generation) -> bool:
    """Say whether Runware may be about to charge for it: what was never sent may wait for people for days."""
    return item.stage in PAID_FOR and item.task is not None and item.task.attempts > 0


def _book(tx: Transaction, last: Reading | None, reading: Reading) -> None:
    """Put a reading down, and have it told where the account rose by more or, in the end, less than booked.

    It may show a day late what something cost: what it lacks is waited for until the next reading.
    """
    if last is None:
        tx.books.add(reading)
        return
    ours = tx.books.spending(last.at, reading.at)
    rise = reading.spent - last.spent
    over = rise - ours.known - last.behind
    missing = last.behind - min(max(rise, 0.0), last.behind)
    tx.books.add(replace(reading, behind=max(-over - missing, 0.0)))
    if over > ROUNDING:
        unpriced = max(len(tx.books.handed_over(last.at)) - ours.priced, 0)
        _tell_difference(tx, reading, MORE.format(over, last.at, _unpriced(unpriced)))
    elif missing > ROUNDING:
        _tell_difference(tx, reading, LESS.format(missing, last.at))
    else:
        for workspace in tx.books.workspaces():
            tx.alarms.settle(workspace, Concern.USAGE)


def _tell_difference(tx: Transaction, reading: Reading, sentence: str) -> None:
    for workspace in tx.books.workspaces():
        tx.alarms.sound(workspace, Concern.USAGE, sentence, about=f"{reading.at:%Y-%m-%d}")


def _unpriced(count: int) -> str:
    if not count:
        return ""
    of = "1 request" if count == 1 else f"{count} requests"
    it = (
        "it was stopped, given up, failed or is"
        if count == 1
        else "they were stopped, given up, failed or are"
    )
    return f"For {of} in that time no price was stated: {it} not over. "


def _tell_foreign(workspace: WorkspaceId, task: Task, testimony: Testimony, tx: Transaction) -> None:
    """Have it told that the archive holds another request, or no longer does; its silence says neither."""
    if testimony.is_foreign:
        sentence = f"Task {task.id} at Runware is not what Housestyle asked for. {' '.join(testimony.said)}"
        tx.alarms.sound(workspace, Concern.FOREIGN, sentence, about=task.id)
    elif testimony.is_ours:
        tx.alarms.settle(workspace, Concern.FOREIGN, about=task.id)

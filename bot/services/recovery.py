"""After the database was restored from a backup: what it has forgotten is found out before money is spent.

Our cards in Slack say which task they were handed over under, and Runware's archive still has the request.
While the alarm stands nothing is handed over; it ends by itself only where every card could be explained.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.alarm import LOOKED_INTO, Alarm, Concern
from bot.domain.errors import Refused, Unavailable, Unpostable
from bot.domain.facts import Changed
from bot.domain.generation import Generation
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import RunId, TaskId
from bot.domain.run import Run, Stage
from bot.domain.task import Adopted, Failed, Failure, Task
from bot.journal import record
from bot.ports import Card, CardTag, Messenger, Posted, Store, Transaction

_log = structlog.get_logger()

NOW = timedelta()
FURTHEST_BACK = timedelta(days=30)
"""So far back cards are read where it is not known how old the backup is."""
MOST_TOLD = 20
LONG = timedelta(hours=1)
"""After so long without being able to read everything, a person is told what could not be read."""
DECIDE_ANEW = "The database was restored from a backup since this was approved, so it is decided on anew."
ASK_ANEW = (
    "The database was restored from a backup, so nobody can say whether these were asked for. Ask again if"
    " they are missing."
)


class Archive(Protocol):
    """Who knows what was sent under a task."""

    async def archived(self, task: TaskId) -> str | None:
        """Return the body that was sent, as `bot.ports.Trainer.archived` does."""
        ...


class Recovery:
    """Looks at every card once after a restore."""

    def __init__(
        self, store: Store, messenger: Messenger, archive: Archive, *, nudge: Callable[[], None]
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._archive = archive
        self._nudge = nudge

    async def look(self) -> None:
        """Find out what was forgotten, if the database was restored; what fails now is tried again later."""
        alarms, now = await self._store.read(lambda tx: ([*_of_a_restore(tx.alarms.standing())], tx.now))
        if not alarms or any(alarm.about == LOOKED_INTO for alarm in alarms):
            return
        since = min(_moment(alarm) for alarm in alarms)
        is_late = now - min(alarm.since for alarm in alarms) > LONG
        try:
            unexplained = await self._explain(since, is_late=is_late)
        except Unavailable as silence:
            _log.warning("the cards cannot be compared yet", reason=str(silence))
            return
        await self._store.write(lambda tx: _conclude(tx, alarms, unexplained))
        self._nudge()

    async def _explain(self, since: datetime, *, is_late: bool) -> Sequence[str]:
        """Look for all that may have been handed over since; return a sentence for each thing unexplained."""
        tags: dict[str, list[CardTag]] = {}
        unexplained: list[str] = []
        items, cards = await self._store.read(_live)
        with self._told(unexplained, "Not all channels", is_late=is_late):
            for tag in await self._messenger.tags_since(since):
                tags.setdefault(tag.subject, []).append(tag)
        for item in items:
            card = cards.get(item.id)
            if card and item.task is None:
                with self._told(unexplained, f"The card of {item.id}", is_late=is_late):
                    if read := await self._messenger.tag(Posted(card.channel, card.ts)):
                        tags.setdefault(item.id, []).append(read)
        for item in items:
            unexplained += await self._follow(item, tags.pop(item.id, []), since, is_late=is_late)
        known = await self._store.read(lambda tx: {subject for subject in tags if _is_known(tx, subject)})
        return [*unexplained, *(_stranger(tags[subject]) for subject in tags if subject not in known)]

    @contextmanager
    def _told(self, unexplained: list[str], what: str, *, is_late: bool) -> Iterator[None]:
        """Tell `what` could not be read where Slack refuses it, or has not answered for long."""
        try:
            yield
        except Unpostable as no:
            unexplained.append(f"{what} could not be read in Slack ({no.code}).")
        except Unavailable:
            if not is_late:
                raise
            unexplained.append(f"{what} could not be read: Slack did not answer.")

    async def _follow(
        self, item: Run | Generation, tags: Sequence[CardTag], since: datetime, *, is_late: bool
    ) -> Sequence[str]:
        """Bring one item up to what its cards say; return what is unexplained of it."""
        tasks = dict.fromkeys(tag.task for tag in tags if tag.task)
        task = item.task or next((Task(found, "") for found in tasks), None)
        if task and not task.body:
            try:
                task = replace(task, body=await self._archive.archived(task.id) or "")
            except Unavailable:
                if not is_late:
                    raise
        sent = task and replace(
            task,
            attempts=max(task.attempts, 1),
            first_attempt_at=task.first_attempt_at or since,
            last_attempt_at=task.last_attempt_at or since,
        )
        await self._store.write(lambda tx: _settle(tx, item, tags, sent))
        others = [found for found in tasks if sent and found != sent.id]
        return [f"The card of {item.id} names another task, {found}." for found in others]


def _of_a_restore(alarms: Iterable[Alarm]) -> Iterable[Alarm]:
    return (alarm for alarm in alarms if alarm.concern is Concern.RESTORED)


def _moment(alarm: Alarm) -> datetime:
    """Return when the backup was made: an alarm that a restore sounds is about that moment."""
    try:
        return datetime.fromisoformat(alarm.about).astimezone(UTC)
    except ValueError:
        return alarm.since - FURTHEST_BACK


def _live(tx: Transaction) -> tuple[Sequence[Run | Generation], dict[str, Card]]:
    items: list[Run | Generation] = [*tx.runs.live(), *tx.generations.live()]
    cards = {str(item.id): tx.outbox.card(item.id) for item in items}
    return items, {subject: card for subject, card in cards.items() if card}


def _settle(tx: Transaction, item: Run | Generation, tags: Sequence[CardTag], task: Task | None) -> None:
    """Look for what was, or may have been, handed over; have decided anew what nobody can vouch for."""
    if tags and tx.outbox.card(item.id) is None:
        newest = max(tags, key=lambda tag: float(tag.ts))
        tx.outbox.keep_card(item.id, Card(newest.channel, newest.ts, "", tx.now))
    newest_state = _again(tx, item)
    match newest_state:
        case Run(stage=Stage.REQUESTED | Stage.AWAITING | Stage.APPROVED | Stage.SUBMITTING) if task:
            record(tx, newest_state, Adopted(task), NOW)
        case Run(stage=Stage.APPROVED):
            record(tx, newest_state, Changed(DECIDE_ANEW), NOW)
        case Generation(
            stage=GenerationStage.AWAITING | GenerationStage.REQUESTED | GenerationStage.SUBMITTING
        ) if task:
            record(tx, newest_state, Adopted(task), NOW)
        case Generation(stage=GenerationStage.REQUESTED):
            record(tx, newest_state, Failed(Failure("restored", ASK_ANEW)), None)


def _again(tx: Transaction, item: Run | Generation) -> Run | Generation:
    return tx.runs.get(item.id) if isinstance(item, Run) else tx.generations.get(item.id)


def _is_known(tx: Transaction, subject: str) -> bool:
    with suppress(Refused):
        tx.asked(RunId(subject))
        return True
    return False


def _stranger(tags: Sequence[CardTag]) -> str:
    tasks = list(dict.fromkeys(tag.task for tag in tags if tag.task))
    sent = f"handed over as task {', '.join(tasks)}" if tasks else "not handed over as far as its card tells"
    return f"{tags[0].subject} is not in the backup, {sent}."


def _conclude(tx: Transaction, alarms: Sequence[Alarm], unexplained: Sequence[str]) -> None:
    for workspace in {alarm.workspace for alarm in alarms}:
        if unexplained:
            told = " ".join(unexplained[:MOST_TOLD])
            more = f" And {len(unexplained) - MOST_TOLD} more." if len(unexplained) > MOST_TOLD else ""
            tx.alarms.sound(
                workspace,
                Concern.RESTORED,
                f"After the restore, this could not be explained: {told}{more} Look for the tasks in the "
                "Runware dashboard; then let requests be handed over again.",
                about=LOOKED_INTO,
            )
            for first in {alarm.about for alarm in alarms if alarm.workspace == workspace}:
                tx.alarms.settle(workspace, Concern.RESTORED, about=first, quietly=True)
        else:
            tx.alarms.settle(workspace, Concern.RESTORED)

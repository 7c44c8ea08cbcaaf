"""After the database was restored from a backup: what it has forgotten is found out before money is spent.

Our cards in Slack say which task they were handed over under, and Runware's archive still has the request.
While the alarm stands nothing is handed over; it ends by itself only where every card could be explained.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.domain.alarm import LOOKED_INTO, Alarm, Concern
from bot.domain.errors import Refused, Unavailable, Unpostable
from bot.domain.facts import Changed
from bot.domain.generation import Generation
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import TaskId
from bot.domain.message import GenerationCard, RunCard
from bot.domain.run import Run, Stage
from bot.domain.task import Adopted, Failed, Failure, Task
from bot.ports import Card, CardTag, Messenger, Posted, Store, Transaction

NOW = timedelta()
FURTHEST_BACK = timedelta(days=30)
"""So far back cards are read where it is not known how old the backup is."""
BEFORE_HANDOVER = {Stage.REQUESTED, Stage.AWAITING, Stage.APPROVED}
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
        alarms = await self._store.read(lambda tx: [*_of_a_restore(tx.alarms.standing())])
        if not alarms or any(alarm.about == LOOKED_INTO for alarm in alarms):
            return
        try:
            open_questions = await self._explain(min(_moment(alarm) for alarm in alarms))
        except Unavailable:
            return
        except Unpostable as no:
            open_questions = [f"Slack does not let Housestyle read its own cards ({no.code})."]
        await self._store.write(lambda tx: _conclude(tx, alarms, open_questions))
        self._nudge()

    async def _explain(self, since: datetime) -> Sequence[str]:
        """Adopt what was handed over since the backup; return a sentence for each thing unexplained."""
        tags = {tag.subject: tag for tag in await self._messenger.tags_since(since)}
        items, cards = await self._store.read(_live)
        for subject, card in cards.items():
            if subject not in tags and (tag := await self._messenger.tag(Posted(card.channel, card.ts))):
                tags[subject] = tag
        unexplained = []
        for item in items:
            body = await self._body(item, tags.get(item.id))
            if told := await self._store.write(lambda tx: _settle(tx, item, tags.get(item.id), body)):  # noqa: B023 - done before the next
                unexplained.append(told)
        known = await self._store.read(lambda tx: {subject for subject in tags if _is_known(tx, subject)})
        return [*unexplained, *(_stranger(tag) for subject, tag in tags.items() if subject not in known)]

    async def _body(self, item: Run | Generation, tag: CardTag | None) -> str:
        if tag is None or tag.task is None or item.task:
            return ""
        return await self._archive.archived(tag.task) or ""


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


def _settle(tx: Transaction, item: Run | Generation, tag: CardTag | None, body: str) -> str:
    """Bring one item up to what its card says; return what is unexplained of it, in a sentence."""
    if tag and tx.outbox.card(item.id) is None:
        tx.outbox.keep_card(item.id, Card(tag.channel, tag.ts, "", tx.now))
    handed_over = tag.task if tag else None
    if item.task:
        is_other = handed_over not in (None, item.task.id)
        return f"The card of {item.id} names another task, {handed_over}." if is_other else ""
    if handed_over and item.air:
        _adopt(tx, item, Task(handed_over, body, 1, tx.now, tx.now))
        return ""
    if handed_over:
        return f"{item.id} was handed over as task {handed_over}; it cannot be followed from here."
    match item:
        case Run(stage=Stage.APPROVED):
            tx.runs.record(item, Changed(DECIDE_ANEW), due=NOW)
            tx.outbox.announce(RunCard(item.id))
        case Generation(stage=GenerationStage.REQUESTED):
            tx.generations.record(item, Failed(Failure("restored", ASK_ANEW)), due=None)
            tx.outbox.announce(GenerationCard(item.id))
    return ""


def _adopt(tx: Transaction, item: Run | Generation, task: Task) -> None:
    if isinstance(item, Run):
        tx.runs.record(item, Adopted(task), due=NOW)
        tx.outbox.announce(RunCard(item.id))
    else:
        tx.generations.record(item, Adopted(task), due=NOW)
        tx.outbox.announce(GenerationCard(item.id))


def _is_known(tx: Transaction, subject: str) -> bool:
    for shelf in (tx.runs, tx.generations):
        try:
            shelf.get(subject)  # type: ignore[arg-type]  # it is an id of one of the two, or of neither
        except Refused:
            continue
        return True
    return False


def _stranger(tag: CardTag) -> str:
    task = f", handed over as task {tag.task}" if tag.task else ", not handed over as far as it tells"
    return f"{tag.subject} is not in the backup{task}."


def _conclude(tx: Transaction, alarms: Sequence[Alarm], open_questions: Sequence[str]) -> None:
    for alarm in alarms:
        if open_questions:
            told = " ".join(open_questions[:20])
            tx.alarms.sound(
                alarm.workspace,
                Concern.RESTORED,
                f"After the restore, this could not be explained: {told} Look for the tasks in the Runware "
                "dashboard; then let requests be handed over again.",
                about=LOOKED_INTO,
            )
        else:
            tx.alarms.settle(alarm.workspace, Concern.RESTORED)

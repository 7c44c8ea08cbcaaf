"""After the database was restored from a backup: what it has forgotten is found out before money is spent.

Our cards in Slack say which task they were handed over under, and Runware's archive still has the request.
While the alarm stands nothing is handed over; it ends by itself only where every card could be read and
explained. Channels that Slack does not let us read, as public ones that we were never invited to, are told;
they are tried again until somebody has invited us, or lets requests go on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.errors import Refused, Unavailable, Unpostable, Unreadable
from bot.domain.facts import Changed
from bot.domain.generation import Generation
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import ChannelId, RunId, TaskId
from bot.domain.run import Run, Stage
from bot.domain.style import Ordered
from bot.domain.task import Adopted, Failed, Failure, Task
from bot.journal import NOW, record
from bot.ports import Card, CardTag, Messenger, Posted, Store, Transaction
from bot.services.recovery.verdict import Found, Look, conclude, next_look, of_a_restore

_log = structlog.get_logger()

LOOK_AGAIN = timedelta(minutes=5)
"""So often it is tried again what Slack did not let us read."""
DECIDE_ANEW = "The database was restored from a backup since this was approved, so it is decided on anew."
ASK_ANEW = (
    "The database was restored from a backup, so nobody can say whether these were asked for. Ask again if"
    " they are missing."
)

WITHHELD = " It trains `{}`: that name is given to no other training."
NAMELESS = " If it is a training, the name of its model is not known: give the next ones names with `--air`."
UNNAMED = "{} was handed over as task {}, and under which name is not known."


class Archive(Protocol):
    """Who knows what was sent under a task."""

    async def archived(self, task: TaskId) -> str | None:
        """Return the body that was sent, as `bot.ports.Trainer.archived` does."""
        ...

    def ordered(self, body: str) -> Ordered | None:
        """Return the version that it has trained, as `bot.ports.Trainer.ordered` does."""
        ...


class Recovery:
    """Looks at every card once after a restore, and again at those that it could not read."""

    def __init__(
        self, store: Store, messenger: Messenger, archive: Archive, *, nudge: Callable[[], None]
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._archive = archive
        self._nudge = nudge
        self._last: datetime | None = None

    async def look(self) -> None:
        """Find out what was forgotten, if the database was restored; what fails now is tried again later."""
        alarms, now = await self._store.read(lambda tx: ([*of_a_restore(tx.alarms.standing())], tx.now))
        look = next_look(alarms, now)
        if look is None or (look.again and self._last and self._last <= now < self._last + LOOK_AGAIN):
            return
        try:
            found = await self._explain(look)
        except Unavailable as silence:
            _log.warning("the cards cannot be compared yet", reason=str(silence))
            return
        self._last = now
        await self._store.write(lambda tx: conclude(tx, look, found))
        self._nudge()

    async def _explain(self, look: Look) -> Found:
        """Look for all that may have been handed over since; return what could not be explained, or read."""
        unexplained: list[str] = []
        items, cards = await self._store.read(_live)
        channels = look.again or await self._channels(items, cards, unexplained, look)
        # A card whose place the backup does not know may be older than the last thing that it knows.
        since = min([look.since, *(item.requested_at for item in items if item.id not in cards)])
        tags, unread = await self._tags(channels, unexplained, replace(look, since=since))
        for item in items:
            card = cards.get(item.id)
            if card and item.task is None and card.channel in channels and card.channel not in unread:
                with self._told(unexplained, f"The card of {item.id}", is_late=look.is_late):
                    if read := await self._messenger.tag(Posted(card.channel, card.ts)):
                        tags.setdefault(item.id, []).append(read)
        for item in items:
            unexplained += await self._follow(item, tags.pop(item.id, []), look)
        known = await self._store.read(lambda tx: {subject for subject in tags if _is_known(tx, subject)})
        strangers = [await self._stranger(tags[subject], look) for subject in tags if subject not in known]
        return Found([*unexplained, *strangers], unread)

    async def _channels(
        self,
        items: Sequence[Run | Generation],
        cards: Mapping[str, Card],
        unexplained: list[str],
        look: Look,
    ) -> Sequence[ChannelId]:
        """Return where a card may stand: where we are, where one stood, and where one was to be posted."""
        found = [*await self._store.read(lambda tx: tx.outbox.channels())]
        found += [item.request.channel for item in items if item.id not in cards and not _is_direct(item)]
        with self._told(unexplained, "Where Housestyle is", is_late=look.is_late):
            found += await self._messenger.channels()
        return [*dict.fromkeys(found)]

    async def _tags(
        self, channels: Sequence[ChannelId], unexplained: list[str], look: Look
    ) -> tuple[dict[str, list[CardTag]], Sequence[ChannelId]]:
        """Return what our cards say, by subject, and the channels that Slack does not let us read."""
        tags: dict[str, list[CardTag]] = {}
        unread: list[ChannelId] = []
        for channel in channels:
            with self._told(unexplained, f"The channel #{channel}", is_late=look.is_late):
                try:
                    read = await self._messenger.tags_since(look.since, channel=channel)
                except Unreadable:
                    unread.append(channel)
                    continue
                for tag in read:
                    tags.setdefault(tag.subject, []).append(tag)
        return tags, unread

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

    async def _follow(self, item: Run | Generation, tags: Sequence[CardTag], look: Look) -> Sequence[str]:
        """Bring one item up to what its cards say; return what is unexplained of it.

        What nobody can vouch for is decided anew after the first look, and only then: what was approved since
        the restore is vouched for.
        """
        tasks = dict.fromkeys(tag.task for tag in tags if tag.task)
        task = item.task or next((Task(found, "") for found in tasks), None)
        if task and not task.body:
            task = replace(task, body=await self._body(task.id, look))
        sent = task and replace(
            task,
            attempts=max(task.attempts, 1),
            first_attempt_at=task.first_attempt_at or look.since,
            last_attempt_at=task.last_attempt_at or look.since,
        )
        unexplained: list[str] = []
        if tags or not look.again:
            ordered = self._archive.ordered(sent.body) if sent else None
            unexplained += await self._store.write(
                lambda tx: _settle(tx, item, tags, sent, ordered, is_first=not look.again)
            )
        others = [found for found in tasks if sent and found != sent.id]
        return [*unexplained, *(f"The card of {item.id} names another task, {found}." for found in others)]

    async def _stranger(self, tags: Sequence[CardTag], look: Look) -> str:
        """Withhold the names under which something that is not here is trained; return what to tell of it."""
        tasks = list(dict.fromkeys(tag.task for tag in tags if tag.task))
        if not tasks:
            return f"{tags[0].subject} is not in the backup, not handed over as far as its card tells."
        told = f"{tags[0].subject} is not in the backup, handed over as task {', '.join(tasks)}."
        bodies = [await self._body(task, look) for task in tasks]
        names = [named for body in bodies if (named := self._archive.ordered(body))]
        await self._store.write(lambda tx: tx.styles.withhold(names))
        told += "".join(WITHHELD.format(named.air) for named in names)
        return told if all(bodies) else told + NAMELESS

    async def _body(self, task: TaskId, look: Look) -> str:
        """Return what was sent under that task; empty where Runware does not tell."""
        try:
            return await self._archive.archived(task) or ""
        except Unavailable:
            if not look.is_late:
                raise
            return ""


def _is_direct(item: Run | Generation) -> bool:
    return item.request.channel.startswith(("U", "W"))  # a person: asked for on the Home


def _live(tx: Transaction) -> tuple[Sequence[Run | Generation], dict[str, Card]]:
    items: list[Run | Generation] = [*tx.runs.live(), *tx.generations.live()]
    cards = {str(item.id): tx.outbox.card(item.id) for item in items}
    return items, {subject: card for subject, card in cards.items() if card}


def _settle(
    tx: Transaction,
    item: Run | Generation,
    tags: Sequence[CardTag],
    task: Task | None,
    ordered: Ordered | None,
    *,
    is_first: bool,
) -> Sequence[str]:
    """Look for what was, or may have been, handed over; return what is unexplained of it.

    At first, what nobody vouches for is decided anew.
    """
    if tags and tx.outbox.card(item.id) is None:
        newest = max(tags, key=lambda tag: float(tag.ts))
        tx.outbox.keep_card(item.id, Card(newest.channel, newest.ts, "", tx.now))
    newest_state = _again(tx, item)
    match newest_state:
        case Run(stage=Stage.REQUESTED | Stage.AWAITING | Stage.APPROVED | Stage.SUBMITTING) if task:
            adopted = record(tx, newest_state, _adopted(tx, newest_state, task, ordered), NOW)
            return [] if adopted.air else [UNNAMED.format(item.id, task.id)]
        case Run(stage=Stage.APPROVED) if is_first:
            record(tx, newest_state, Changed(DECIDE_ANEW), NOW)
        case Generation(
            stage=GenerationStage.AWAITING | GenerationStage.REQUESTED | GenerationStage.SUBMITTING
        ) if task:
            record(tx, newest_state, Adopted(task), NOW)
        case Generation(stage=GenerationStage.REQUESTED) if is_first:
            record(tx, newest_state, Failed(Failure("restored", ASK_ANEW)), None)
    return []


def _adopted(tx: Transaction, run: Run, task: Task, ordered: Ordered | None) -> Adopted:
    """Return that the run was handed over; where it had no version yet, with the one that it trains."""
    with suppress(Refused):
        if ordered and run.air is None:
            version = tx.styles.reserve(run, lambda _: ordered.air, number=ordered.number)
            return Adopted(task, version.air, version.number)
    return Adopted(task)


def _again(tx: Transaction, item: Run | Generation) -> Run | Generation:
    return tx.runs.get(item.id) if isinstance(item, Run) else tx.generations.get(item.id)


def _is_known(tx: Transaction, subject: str) -> bool:
    with suppress(Refused):
        tx.asked(RunId(subject))
        return True
    return False

"""Carries the outbox to Slack: each message once, a card always in its newest state.

What is posted carries its key, an attempt is counted before it is made, and a post whose fate is unknown is
looked up before it is made again. A card's redraw needs none of that: to draw it twice is to draw it once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import Conflict, Unavailable, Unpostable
from bot.domain.generation import Generation
from bot.domain.ids import GenerationId, RunId
from bot.domain.message import (
    ContactSheet,
    Findings,
    GenerationCard,
    Home,
    HomeState,
    Message,
    Originals,
    PairSheet,
    PaletteSheet,
    Place,
    RunCard,
    RunEnded,
    Sheet,
    State,
)
from bot.domain.run import Run
from bot.domain.run import Stage as RunStage
from bot.errands import Errands
from bot.ports import Card, Messenger, Pending, Posted, Store, Transaction

_log = structlog.get_logger()

NOT_WELCOME = ("channel_not_found", "not_in_channel", "is_archived", "restricted_action")
"""How Slack's words for a channel in which we may not post begin: the card goes to the requester directly."""
LOST = {"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"}
"""Slack's words for a card that cannot be drawn anew: a new one is posted."""
FILE_NAMES = {ContactSheet: "contact-sheet.jpg", PaletteSheet: "palette.jpg", PairSheet: "pairs.jpg"}


class NotPosted(Unavailable):
    """Slack put the post itself off: it certainly does not stand, and need not be looked for."""


@dataclass(frozen=True)
class RelayPace:
    """How often a card is redrawn within one stage, and the waits of the post protocol."""

    redraw: timedelta = timedelta(seconds=15)
    lease: timedelta = timedelta(minutes=3)
    """Longer than an upload, a look-up and a post together can take."""
    settle: timedelta = timedelta(seconds=30)


class Relay:
    """Takes what is next in each line of the outbox and says it."""

    def __init__(
        self, store: Store, messenger: Messenger, *, pace: RelayPace, nudge: Callable[[], None]
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._pace = pace
        self._nudge = nudge
        self._errands = Errands(most=8)

    async def carry_due(self) -> None:
        """Take what is due and start saying it; the ends are not waited for."""
        if (limit := self._errands.free) <= 0:
            return
        taken = await self._store.write(lambda tx: tx.outbox.take(limit=limit, lease=self._pace.lease))
        for pending in taken:
            self._errands.start(self._carry(pending))

    async def finish(self, *, within: float | None = None) -> None:
        """Wait for the messages under way, at most `within` seconds."""
        await self._errands.finish(within=within)

    async def _carry(self, pending: Pending) -> None:
        try:
            await self._try_to_say(pending)
        except Conflict:
            """Another process says it: we took too long."""
        finally:
            self._nudge()

    async def _try_to_say(self, pending: Pending) -> None:
        try:
            await self._say(pending)
        except Unavailable as silence:
            wait = self._pace.settle
            if silence.retry_after is not None:  # Slack, or we, said when: ever more slowly, no storm
                wait = timedelta(seconds=max(silence.retry_after, min(pending.attempts, 60)))
            may_stand = not isinstance(silence, NotPosted)
            await self._store.write(
                lambda tx: tx.outbox.postpone(_counted(tx, pending), due=wait, may_stand=may_stand)
            )
        except Unpostable as no:
            why = no.code
            _log.warning("message parked", message=type(pending.message).__name__, error=why)
            await self._store.write(lambda tx: tx.outbox.park(pending, why))

    async def _say(self, pending: Pending) -> None:
        match pending.message:
            case Home() as home:
                await self._messenger.publish_home(await self._store.read(lambda tx: _home(tx, home)))
                await self._store.write(lambda tx: tx.outbox.done(pending))
            case RunCard(run=subject) | GenerationCard(generation=subject):
                await self._draw(pending, subject)
            case ContactSheet() | PaletteSheet() | PairSheet() | Findings() | RunEnded():
                await self._reply(pending, pending.message.run)
            case Originals(generation=subject):
                await self._reply(pending, subject)

    async def _draw(self, pending: Pending, subject: RunId | GenerationId) -> None:
        state, card = await self._store.read(
            lambda tx: (_state(tx, pending.message), tx.outbox.card(subject))
        )
        if card is None:
            await self._post(pending, await self._place(state), state)
            return
        if wait := await self._store.read(lambda tx: self._too_soon(tx, card, state)):
            await self._store.write(lambda tx: tx.outbox.postpone(pending, due=wait))
            return
        try:
            await self._messenger.redraw(Posted(card.channel, card.ts), pending.message, state)
        except Unpostable as no:
            if no.code not in LOST and not no.code.startswith(NOT_WELCOME):
                raise
            await self._store.write(lambda tx: tx.outbox.forget_card(subject))
            await self._post(pending, Place(card.channel), state)
        else:
            await self._posted(pending, Posted(card.channel, card.ts), state)

    def _too_soon(self, tx: Transaction, card: Card, state: State) -> timedelta | None:
        left = card.drawn_at + self._pace.redraw - tx.now
        return left if card.stage == _stage(state) and left > timedelta() else None

    async def _reply(self, pending: Pending, subject: RunId | GenerationId) -> None:
        state, card = await self._store.read(
            lambda tx: (_state(tx, pending.message), tx.outbox.card(subject))
        )
        if card is None:
            raise Unavailable("The card that this belongs to is not posted yet.")
        if _is_outdated(pending.message, state):
            await self._store.write(lambda tx: _drop(tx, pending))
            return
        if isinstance(pending.message, Sheet) and pending.file is None:
            pending = await self._upload(pending, pending.message)
        await self._post(pending, Place(card.channel, card.ts), state)

    async def _upload(self, pending: Pending, message: Sheet) -> Pending:
        sheet = await self._store.read(lambda tx: tx.blob(message.blob))
        file = await self._messenger.upload(FILE_NAMES[type(message)], sheet)
        return await self._store.write(lambda tx: tx.outbox.keep_file(pending, file))

    async def _post(self, pending: Pending, place: Place, state: State) -> None:
        """Post it, unless an earlier attempt turns out to have posted it already."""
        posted = None
        if pending.attempts and pending.last_attempt_at:
            await self._let_settle(pending.last_attempt_at)
            posted = await self._messenger.find(place, key=pending.id, since=pending.last_attempt_at)
            if posted and isinstance(pending.message, RunCard | GenerationCard):
                await self._messenger.redraw(posted, pending.message, state)  # drawn from an older one
        if posted is None:
            pending = await self._store.write(lambda tx: tx.outbox.attempt(pending))
            posted = await self._post_somewhere(pending, place, state)
        await self._posted(pending, posted, state)

    async def _let_settle(self, attempted_at: datetime) -> None:
        """Raise Unavailable while a post made at `attempted_at` may still be on its way."""
        now = await self._store.read(lambda tx: tx.now)
        if (left := attempted_at + self._pace.settle - now) > timedelta():
            raise Unavailable("An earlier post may be on its way.", retry_after=left.total_seconds())

    async def _post_somewhere(self, pending: Pending, place: Place, state: State) -> Posted:
        try:
            return await self._put(pending, place, state)
        except Unpostable as no:
            if isinstance(state, HomeState) or not no.code.startswith(NOT_WELCOME):
                raise
            return await self._post_directly(pending, state)

    async def _post_directly(self, pending: Pending, state: Run | Generation) -> Posted:
        direct = Place(await self._messenger.direct(state.request.requester))
        if pending.attempts > 1 and pending.last_attempt_at:
            since = pending.last_attempt_at - self._pace.lease
            if earlier := await self._messenger.find(direct, key=pending.id, since=since):
                return earlier
        return await self._put(pending, direct, state)

    async def _put(self, pending: Pending, place: Place, state: State) -> Posted:
        message, key, file = pending.message, pending.id, pending.file
        try:
            return await self._messenger.post(place, message, state, key=key, file=file)
        except Unavailable as silence:
            if silence.retry_after is None:
                raise
            raise NotPosted(str(silence), retry_after=silence.retry_after) from None

    async def _posted(self, pending: Pending, posted: Posted, state: State) -> None:
        def work(tx: Transaction) -> None:
            match pending.message:
                case RunCard(run=subject) | GenerationCard(generation=subject):
                    tx.outbox.keep_card(subject, Card(posted.channel, posted.ts, _stage(state), tx.now))
                case ContactSheet(blob=blob) | PaletteSheet(blob=blob) | PairSheet(blob=blob):
                    tx.drop_blob(blob)
            tx.outbox.done(pending)

        await self._store.write(work)

    async def _place(self, state: State) -> Place:
        """Return where a card belongs: its channel, or the requester's direct messages."""
        if isinstance(state, HomeState):
            return Place(await self._messenger.direct(state.user))
        channel = state.request.channel
        if (isinstance(state, Generation) and state.request.private) or channel.startswith(("U", "W")):
            return Place(await self._messenger.direct(state.request.requester))
        return Place(channel)


def _is_outdated(message: Message, state: State) -> bool:
    """Say whether it is about a dataset that its run no longer has: with the new one's words it would lie."""
    if not isinstance(message, Sheet | Findings) or not message.dataset:
        return False
    return isinstance(state, Run) and state.dataset is not None and state.dataset.sha256 != message.dataset


def _drop(tx: Transaction, pending: Pending) -> None:
    if isinstance(pending.message, Sheet):
        tx.drop_blob(pending.message.blob)
    tx.outbox.done(pending)


def _counted(tx: Transaction, pending: Pending) -> Pending:
    """Return it with an attempt on its count, so that no announcement pulls it forward from its wait.

    One that was counted keeps its moment: it is from there on that a post of it has to be looked for.
    """
    return pending if pending.attempts else tx.outbox.attempt(pending)


def _state(tx: Transaction, message: Message) -> State:
    match message:
        case RunCard() | ContactSheet() | PaletteSheet() | PairSheet() | Findings() | RunEnded():
            return tx.runs.get(message.run)
        case GenerationCard(generation=generation) | Originals(generation=generation):
            return tx.generations.get(generation)
        case Home():
            return _home(tx, message)


def _home(tx: Transaction, home: Home) -> HomeState:
    runs = tx.runs.recent(home.workspace, limit=50)
    mine = tuple(run for run in runs if run.request.requester == home.user)
    waiting = tuple(run for run in runs if run.stage is RunStage.AWAITING and run not in mine)
    return HomeState(home.user, mine[:10], waiting[:10], tuple(tx.styles.ready(home.workspace)))


def _stage(state: State) -> str:
    return "" if isinstance(state, HomeState) else state.stage.value

"""Carries the outbox to Slack: each message once, a card always in its newest state.

What is posted carries its key, an attempt is counted before it is made, and a post whose fate is unknown is
looked up before it is made again. A card's redraw is made again at once, for to draw it twice is to draw it
once; but where an older one may be under way, it is made again when that has landed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.errors import Conflict, Refused, Unavailable, Unpostable
from bot.domain.ids import FileId, GenerationId, SubjectId, UserId
from bot.domain.message import (
    Answered,
    ContactSheet,
    DefaultMade,
    Digest,
    Findings,
    GenerationCard,
    Home,
    Memo,
    Message,
    Notice,
    Originals,
    PairSheet,
    PaletteSheet,
    Place,
    ProposalCard,
    RunCard,
    RunEnded,
    Sheet,
    State,
)
from bot.domain.run import Run
from bot.errands import Errands
from bot.ports import Card, Messenger, Pending, Posted, Store, Transaction
from bot.services.relay.posting import NOT_WELCOME, NotPosted, Posting, RelayPace
from bot.services.relay.refusals import park, put_off
from bot.services.relay.remedies import LEFT, REMEDIES, SHUT_OUT, what_to_mend
from bot.services.relay.saying import Saying, drop
from bot.services.relay.states import Budgets, alarm_of, home_of, is_outdated, stage_of, state_of

_log = structlog.get_logger()

LOST = {"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"}
"""Slack's words for a card that cannot be drawn anew: a new one is posted."""
ORPHANED = {"cannot_reply_to_message", "thread_not_found", "message_not_found"}
"""Its words for a reply to a card that somebody deleted: it waits until that is found out by a redraw."""
SHUT_OUT_FOR = timedelta(minutes=5)
FILE_NAMES = {ContactSheet: "contact-sheet.jpg", PaletteSheet: "palette.jpg", PairSheet: "pairs.jpg"}

Nudge = Callable[[], None]


class Relay:
    """Takes what is next in each line of the outbox and says it."""

    def __init__(
        self, store: Store, messenger: Messenger, *, pace: RelayPace, nudge: Nudge, budgets: Budgets = tuple
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._posting = Posting(store, messenger, pace)
        self._saying = Saying(store, messenger, self._posting, pace)
        self._pace = pace
        self._nudge = nudge
        self._budgets = budgets
        self._errands = Errands(most=8)

    async def carry_due(self) -> None:
        """Take what is due and start saying it; the ends are not waited for."""
        if (limit := self._errands.free) <= 0:
            return
        lease, redraws = self._pace.lease, self._messenger.redraws()
        taken = await self._store.write(lambda tx: tx.outbox.take(limit=limit, lease=lease, redraws=redraws))
        for pending in taken:
            self._errands.start(self._carry(pending))

    async def finish(self, *, within: float | None = None) -> None:
        """Wait for the messages under way, at most `within` seconds."""
        await self._errands.finish(within=within)

    async def _carry(self, pending: Pending) -> None:
        try:
            await self._try_to_say(pending)
        except Conflict:  # another process says it, for we took too long: what we drew may be old by now
            if isinstance(pending.message, RunCard | GenerationCard | ProposalCard):
                await self._store.write(lambda tx: tx.outbox.announce(pending.message))
        finally:
            self._nudge()

    async def _try_to_say(self, pending: Pending) -> None:
        try:
            await self._say(pending)
        except Unavailable as silence:
            wait = self._pace.settle
            if silence.retry_after is not None:  # Slack, or we, said when: ever more slowly, no storm
                wait = timedelta(seconds=max(silence.retry_after, min(pending.attempts, 60)))
            may_stand, word = not isinstance(silence, NotPosted), silence.code
            await self._store.write(lambda tx: put_off(tx, pending, wait, word, may_stand=may_stand))
        except Unpostable as no:
            why = no.code
            if why in SHUT_OUT:  # nobody would hear of what is parked: it is waited for
                _log.error("Slack shuts Housestyle out", error=why, remedy=REMEDIES[why])
                may_stand = pending.last_attempt_at is not None  # as it did before this try
                await self._store.write(
                    lambda tx: tx.outbox.postpone(pending, due=SHUT_OUT_FOR, may_stand=may_stand)
                )
                return
            if why in LEFT and isinstance(pending.message, Memo | Notice | Digest):  # others are told too
                _log.info("message dropped", message=type(pending.message).__name__, reason=why)
                await self._store.write(lambda tx: tx.outbox.done(pending))
                return
            _log.warning("message parked", message=type(pending.message).__name__, error=why)
            sentence = what_to_mend(no, pending.message)
            await self._store.write(lambda tx: park(tx, pending, why, sentence))
        except Refused as gone:  # what it would have shown is no longer kept
            _log.warning("message dropped", message=type(pending.message).__name__, reason=str(gone))
            await self._store.write(lambda tx: tx.outbox.done(pending))

    async def _say(self, pending: Pending) -> None:
        match pending.message:
            case Home() as home:
                state = await self._store.read(lambda tx: home_of(tx, home, self._budgets()))
                await self._messenger.publish_home(state)
                await self._store.write(lambda tx: tx.outbox.done(pending))
            case RunCard(run=subject) | GenerationCard(generation=subject) | ProposalCard(proposal=subject):
                await self._draw(pending, subject)
            case Memo() as memo:
                await self._tell(pending, memo)
            case Answered() as answered:
                await self._draw_answered(pending, answered)
            case Digest() as digest:
                await self._sum_up(pending, digest)
            case Notice() as notice:
                await self._notify(pending, notice)
            case Sheet() | Findings() | RunEnded() | DefaultMade():
                await self._reply(pending, pending.message.run)
            case Originals(generation=subject):
                await self._reply(pending, subject)

    async def _notify(self, pending: Pending, notice: Notice) -> None:
        """Tell an alarm to each who can mend it; what is over by now, or stands again, is no news."""
        alarm = await self._store.read(lambda tx: alarm_of(tx, notice))
        if bool(alarm.settled_at) is not notice.is_over:
            await self._store.write(lambda tx: tx.outbox.done(pending))
        elif notice.user:
            await self._saying.post(pending, await self._direct(notice.user), alarm)
        else:
            users = await self._messenger.stewards()
            to = [replace(notice, user=user) for user in users]
            await self._store.write(lambda tx: _hand_out(tx, pending, to))
            if not users:
                _log.error("nobody to tell", concern=alarm.concern, sentence=alarm.sentence)

    async def _tell(self, pending: Pending, memo: Memo) -> None:
        """Tell somebody directly what waits for them, or was done past them; unless it is decided by now."""
        state = await self._store.read(lambda tx: state_of(tx, memo, self._budgets()))
        if not is_outdated(memo, state):
            await self._saying.post(pending, await self._direct(memo.user), state)
        elif posted := await self._standing(pending, memo):
            await self._saying.note(pending, posted, state)
        else:
            await self._store.write(lambda tx: tx.outbox.done(pending))

    async def _standing(self, pending: Pending, memo: Memo) -> Posted | None:
        """Return where it stands by now: Slack is not asked about what was never tried."""
        if pending.last_attempt_at is None:
            return None
        return await self._posting.standing(pending, await self._direct(memo.user))

    async def _direct(self, user: UserId) -> Place:
        return Place(await self._messenger.direct(user))

    async def _sum_up(self, pending: Pending, digest: Digest) -> None:
        """Post the digest to its channel, or to each who administers the workspace."""
        if not (digest.channel or digest.user):
            to = [replace(digest, user=user) for user in await self._messenger.stewards()]
            await self._store.write(lambda tx: _hand_out(tx, pending, to))
            return
        state = await self._store.read(lambda tx: state_of(tx, digest))
        channel = digest.channel or await self._messenger.direct(UserId(digest.user or ""))
        await self._saying.post(pending, Place(channel), state)

    async def _draw(self, pending: Pending, subject: SubjectId) -> None:
        state, card, wait = await self._store.read(lambda tx: self._looked_up(tx, pending, subject))
        if card is None:
            await self._saying.post(pending, await self._posting.place_of(state), state)
            return
        if wait:
            await self._store.write(lambda tx: tx.outbox.postpone(pending, due=wait))
            return
        try:
            await self._saying.redraw(pending, Posted(card.channel, card.ts), state)
        except Unpostable as no:
            if no.code not in LOST and not no.code.startswith(NOT_WELCOME):
                raise
            await self._store.write(lambda tx: tx.outbox.forget_card(subject))
            unposted = replace(pending, last_attempt_at=None)  # what may be under way is a redraw
            await self._saying.post(unposted, Place(card.channel), state)

    async def _draw_answered(self, pending: Pending, answered: Answered) -> None:
        """Draw a direct message anew; where it cannot be any more, nobody sees its buttons."""
        state = await self._store.read(lambda tx: state_of(tx, answered, self._budgets()))
        try:
            await self._saying.redraw(pending, Posted(answered.channel, answered.ts), state)
        except Unpostable as no:
            if no.code not in LOST and not no.code.startswith(NOT_WELCOME):
                raise
            await self._store.write(lambda tx: tx.outbox.done(pending))

    def _looked_up(
        self, tx: Transaction, pending: Pending, subject: SubjectId
    ) -> tuple[State, Card | None, timedelta | None]:
        """Return what a card shows, where it stands, and how long to wait before it is drawn anew."""
        state, card = state_of(tx, pending.message, self._budgets()), tx.outbox.card(subject)
        return state, card, self._too_soon(tx, card, state) if card else None

    def _too_soon(self, tx: Transaction, card: Card, state: State) -> timedelta | None:
        left = card.drawn_at + self._pace.redraw - tx.now
        is_lately = timedelta() < left <= self._pace.redraw  # else it lies ahead: the clock was set back
        return left if is_lately and card.stage == stage_of(state) else None

    async def _reply(self, pending: Pending, subject: SubjectId) -> None:
        state, card = await self._store.read(
            lambda tx: (state_of(tx, pending.message), tx.outbox.card(subject))
        )
        if card is None:
            raise Unavailable("The card that this belongs to is not posted yet.")
        if is_outdated(pending.message, state):
            await self._store.write(lambda tx: drop(tx, pending))
            return
        if isinstance(pending.message, Sheet) and pending.file is None:
            pending = await self._upload(pending, pending.message)
        try:
            await self._saying.post(pending, Place(card.channel, card.ts), state)
        except Unpostable as no:
            if no.code not in ORPHANED:
                raise
            await self._store.write(lambda tx: tx.outbox.announce(_card_of(subject, state)))
            wait = self._pace.redraw.total_seconds()
            raise NotPosted("Its card was deleted.", retry_after=wait, code=no.code) from no

    async def _upload(self, pending: Pending, message: Sheet) -> Pending:
        sheet, earlier = await self._store.read(
            lambda tx: (tx.blob(message.blob), tx.begun_upload(pending.id))
        )

        async def begun(file: FileId) -> None:
            await self._store.write(lambda tx: tx.begin_upload(pending.id, file))

        name = FILE_NAMES[type(message)]
        file = await self._messenger.upload(name, sheet, begun=begun, earlier=earlier)
        return await self._store.write(lambda tx: tx.outbox.keep_file(pending, file))


def _hand_out(tx: Transaction, pending: Pending, to: Sequence[Message]) -> None:
    for message in to:
        tx.outbox.announce(message)
    tx.outbox.done(pending)


def _card_of(subject: SubjectId, state: State) -> RunCard | GenerationCard:
    """Return the card in whose thread it belongs."""
    return RunCard(state.id) if isinstance(state, Run) else GenerationCard(GenerationId(subject))

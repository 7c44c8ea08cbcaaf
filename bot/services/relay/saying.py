"""Says a pending message, and remembers in one moment that it was said, and where it stands."""

from bot.domain.deciding import FOR_GOOD, is_asked
from bot.domain.errors import Conflict, Unavailable
from bot.domain.message import (
    Answered,
    GenerationCard,
    Memo,
    Message,
    Place,
    ProposalCard,
    RunCard,
    Sheet,
    State,
)
from bot.ports import Card, Messenger, Pending, Posted, Store, Transaction
from bot.services.relay.posting import NotPosted, Posting, RelayPace
from bot.services.relay.refusals import gone_through
from bot.services.relay.states import stage_of


class Saying:
    """Posts what is said once, and draws anew what stands."""

    def __init__(self, store: Store, messenger: Messenger, posting: Posting, pace: RelayPace) -> None:
        self._store = store
        self._messenger = messenger
        self._posting = posting
        self._pace = pace

    async def post(self, pending: Pending, place: Place, state: State) -> None:
        """Post it, or find it posted. Raises what `Posting.post` does, and Conflict."""
        posted = await self._posting.post(pending, place, state)
        try:
            await self.note(pending, posted, state)
        except Conflict:  # another process has done with it: what it asks may be decided
            if isinstance(pending.message, Memo):
                await self._store.write(lambda tx: _keep_place(tx, pending.message, posted, state))
            raise

    async def redraw(self, pending: Pending, posted: Posted, state: State) -> None:
        """Draw what stands anew; where an earlier redraw may be on its way, once more after it has landed."""
        try:
            await self._messenger.redraw(posted, pending.message, state)
        except Unavailable as silence:
            # A post is counted before it is made, for its key; a redraw has none, so afterwards will do.
            await self._store.write(lambda tx: tx.outbox.attempt(pending))
            if silence.retry_after is None or pending.last_attempt_at:  # an earlier one may yet land
                raise
            raise NotPosted(str(silence), retry_after=silence.retry_after, code=silence.code) from None
        if pending.last_attempt_at is None:
            await self.note(pending, posted, state)
            return

        def work(tx: Transaction) -> None:
            _keep_place(tx, pending.message, posted, state)
            tx.outbox.postpone(pending, due=self._pace.settle, may_stand=False)

        await self._store.write(work)

    async def note(self, pending: Pending, posted: Posted, state: State) -> None:
        """Take it off, for it stands there, and keep what has to be known of that."""

        def work(tx: Transaction) -> None:
            _keep_place(tx, pending.message, posted, state)
            gone_through(tx, pending, state)
            drop(tx, pending)

        await self._store.write(work)


def drop(tx: Transaction, pending: Pending) -> None:
    """Take a message off, and let go of the bytes that only it needed."""
    tx.outbox.done(pending)
    if isinstance(pending.message, Sheet):
        tx.drop_blob(pending.message.blob)


def _keep_place(tx: Transaction, message: Message, posted: Posted, state: State) -> None:
    """Remember where a card stands, and what it shows, and what asks somebody directly for a decision."""
    match message:
        case Memo(subject=subject, topic=topic) if topic not in FOR_GOOD:
            tx.outbox.keep_question(question := Answered(message, posted.channel, posted.ts))
            if not is_asked(message, tx.asked(subject)):  # it was decided since it was drawn
                tx.outbox.announce(question)
        case RunCard(run=subject) | GenerationCard(generation=subject) | ProposalCard(proposal=subject):
            stage = "" if posted.may_be_old else stage_of(state)  # it is then drawn anew at once
            tx.outbox.keep_card(subject, Card(posted.channel, posted.ts, stage, tx.now))
            if posted.may_be_old:
                tx.outbox.announce(message)

"""The post protocol: a message stands in Slack once, whatever is lost on the way there.

An attempt is counted before it is made, what is posted carries its key, and a post whose fate is unknown is
looked up, once it has settled, before it is made again: from its announcement on, for it cannot be older.
Where Slack does not let us look, as in a public channel that we were never invited to, it is made once more
under the same key; then, or where that channel is closed to us by now, a person has to look.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.alarm import Alarm
from bot.domain.ballot import Turned
from bot.domain.deciding import open_ballot
from bot.domain.errors import Refused, Unavailable, Unpostable, Unreadable
from bot.domain.generation import Generation
from bot.domain.ids import SubjectId
from bot.domain.message import GenerationCard, HomeState, Memo, Place, ProposalCard, RunCard, State
from bot.domain.money import Statement
from bot.domain.people import ERASED
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.terms import UNTOLD
from bot.journal import record
from bot.ports import MAY_STAND, Messenger, Pending, Posted, Store, Transaction

CARDS = RunCard | GenerationCard | ProposalCard
NOT_WELCOME = ("channel_not_found", "not_in_channel", "is_archived", "restricted_action")
"""How Slack's words for a channel in which we may not post begin: the card goes to the requester directly."""
IN_DOUBT = (
    "Slack did not say whether it took a message of Housestyle in #{}, and does not let Housestyle look "
    "there: it may stand there already. Invite Housestyle there with `/invite`, so that it can look, "
    "and try again. Where it is not invited, a message that stands may be said once more."
)


class NotPosted(Unavailable):
    """Slack put the post itself off: it certainly does not stand, and need not be looked for."""


@dataclass(frozen=True)
class RelayPace:
    """How often a card is redrawn within one stage, and the waits of the post protocol."""

    redraw: timedelta = timedelta(seconds=15)
    lease: timedelta = timedelta(minutes=3)
    """Longer than an upload, a look-up and a post together can take."""
    settle: timedelta = timedelta(seconds=30)


class Posting:
    """Posts in a place, or to the requester directly where we are not welcome there."""

    def __init__(self, store: Store, messenger: Messenger, pace: RelayPace) -> None:
        self._store = store
        self._messenger = messenger
        self._pace = pace

    async def post(self, pending: Pending, place: Place, state: State) -> Posted:
        """Post it, unless an earlier attempt turns out to have posted it already; return where it stands.

        Raises Unpostable and Unavailable; NotPosted where it certainly does not stand.
        """
        if pending.last_attempt_at:
            await self._let_settle(pending.last_attempt_at)
        is_blind = False
        try:
            found, is_blind = await self._find(place, pending)
            return found or await self._make(place, pending, state, is_blind=is_blind)
        except Unpostable as no:
            if isinstance(state, HomeState | Alarm | Statement) or not no.code.startswith(NOT_WELCOME):
                raise
            if isinstance(pending.message, Memo):  # it is somebody else's
                raise
            refusal = no
        direct = Place(await self._messenger.direct(state.request.requester))
        found, is_unseen = await self._find(direct, pending)
        if not found and is_blind and pending.attempts == 1:  # that one was made in the channel
            raise _in_doubt(place) from refusal
        posted = found or await self._make(direct, pending, state, is_blind=is_unseen)
        if isinstance(pending.message, CARDS):
            await self._store.write(lambda tx: _have_told(tx, state.id))
        return posted

    async def standing(self, pending: Pending, place: Place) -> Posted | None:
        """Return where an earlier attempt has posted it, as far as can be known. Raises Unavailable."""
        if pending.last_attempt_at:
            await self._let_settle(pending.last_attempt_at)
        return (await self._find(place, pending))[0]

    async def _let_settle(self, attempted_at: datetime) -> None:
        """Raise Unavailable while a post made at `attempted_at` may still be on its way."""
        now = await self._store.read(lambda tx: tx.now)
        if (left := attempted_at + self._pace.settle - now) > timedelta():
            wait = min(left, self._pace.settle)  # the clock may have been set back
            raise Unavailable("An earlier post may be on its way.", retry_after=wait.total_seconds())

    async def _find(self, place: Place, pending: Pending) -> tuple[Posted | None, bool]:
        """Return where an earlier attempt posted it in this place, and whether we may not look there."""
        if pending.last_attempt_at is None:
            return None, False
        since = min(pending.last_attempt_at, pending.announced_at or pending.last_attempt_at)
        try:
            posted = await self._messenger.find(place, key=pending.id, since=since)
        except Unreadable:
            return None, True
        return replace(posted, may_be_old=True) if posted else None, False

    async def _make(self, place: Place, pending: Pending, state: State, *, is_blind: bool = False) -> Posted:
        """Post it in this place, where we may not look whether it stands already if `is_blind`."""
        pending = await self._store.write(lambda tx: tx.outbox.attempt(pending))
        posted = await self._put(pending, place, state, is_blind=is_blind)
        return replace(posted, may_be_old=is_blind)  # Slack may have had it under that key

    async def _put(self, pending: Pending, place: Place, state: State, *, is_blind: bool) -> Posted:
        """Post it; of one that may stand already, where we cannot look, that is its last try."""
        message, key, file = pending.message, pending.id, pending.file
        try:
            return await self._messenger.post(place, message, state, key=key, file=file)
        except Unavailable as silence:
            if silence.retry_after is not None and not is_blind:
                raise NotPosted(str(silence), retry_after=silence.retry_after, code=silence.code) from None
            if silence.retry_after is not None or not is_blind:
                raise
            raise _in_doubt(place) from silence

    async def place_of(self, state: State) -> Place:
        """Return where a card belongs: its channel, or the requester's direct messages."""
        if isinstance(state, HomeState | Alarm | Statement):  # they are no cards
            raise TypeError(f"There is no card of {type(state).__name__}.")
        channel = state.request.channel
        if not (_is_private(state) or channel.startswith(("U", "W", ERASED))):
            return Place(channel)
        if state.request.requester == ERASED:
            raise Refused("Who asked for it asked to be forgotten.")
        return Place(await self._messenger.direct(state.request.requester))


def _have_told(tx: Transaction, subject: SubjectId) -> None:
    """Have those who decide told directly: its card stands where they do not see it."""
    item = tx.asked(subject)
    if (ballot := open_ballot(item)) and ballot.turn == 0:
        record(tx, item, Turned(UNTOLD), timedelta())


def _in_doubt(place: Place) -> Unpostable:
    return Unpostable(IN_DOUBT.format(place.channel), code=f"{MAY_STAND} {place.channel}")


def _is_private(state: Run | Generation | Proposal) -> bool:
    return isinstance(state, Generation) and state.request.private

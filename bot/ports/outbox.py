"""What we ask of the store for messages that are still to be said, and for the cards that stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.ids import ChannelId, FileId, SubjectId, WorkspaceId
from bot.domain.message import Answered, Message

MAY_STAND = "may_stand"
"""So begins, before its channel, why a message is set aside of which nobody can say whether it stands."""


@dataclass(frozen=True)
class Card:
    """Where a subject's card stands in Slack, and the stage that it showed when it was last drawn."""

    channel: ChannelId
    ts: str
    stage: str
    drawn_at: datetime


@dataclass(frozen=True)
class Pending:
    """A message taken from the outbox. `id` is its key at Slack too; `file` was uploaded for it before.

    Where `last_attempt_at` is set a post of it may stand: that is the newest try, which needs time to settle.
    None is older than `announced_at`, the moment from which on it was due, so it is looked for from there;
    what an old program set aside has no such moment.
    """

    id: str
    message: Message
    attempts: int
    last_attempt_at: datetime | None
    version: int
    file: FileId | None = None
    announced_at: datetime | None = None


class Outbox(Protocol):
    """What is still to be said: first in, first out for each subject; a card's redraws fall into one.

    Taking a message and giving it back raise its version, the fence; an attempt and a file do not.
    """

    def announce(self, message: Message, *, after: timedelta = timedelta()) -> None:
        """Put `message` down to be said, not before `after` has passed."""
        ...

    def take(self, *, limit: int, lease: timedelta, redraws: int | None = None) -> Sequence[Pending]:
        """Take what is due and next in its line, as `Shelf.take` does.

        Of cards that stand already, to be drawn anew, at most `redraws`, those that wait longest; None:
        any number. So many cards that move share what Slack allows fairly, each in its newest state.
        """
        ...

    def attempt(self, pending: Pending) -> Pending:
        """Count one more attempt before it is made; return what is pending then. Raises Conflict.

        That of a redraw is counted when its answer does not come: to draw it twice does no harm.
        """
        ...

    def keep_file(self, pending: Pending, file: FileId) -> Pending:
        """Remember the file uploaded for it; return what is pending then. Raises Conflict."""
        ...

    def done(self, pending: Pending) -> None:
        """Take it off: it was said. Raises Conflict."""
        ...

    def postpone(self, pending: Pending, *, due: timedelta, may_stand: bool | None = None) -> None:
        """Put it back, to fall due after `due`. Raises Conflict.

        After a try, `may_stand` says whether an attempt that was counted may; it then counts as tried, and no
        announcement pulls it forward.
        """
        ...

    def park(self, pending: Pending, why: str) -> None:
        """Set it aside for good: Slack will not take it. Raises Conflict.

        A card that `MAY_STAND` holds up its redraws: under a key of its own, one would be a second card.
        """
        ...

    def unpark(self, workspace: WorkspaceId) -> int:
        """Put what was set aside back into its line, due now; return how many."""
        ...

    def card(self, subject: SubjectId) -> Card | None:
        """Return where the subject's card stands, None before it was posted."""
        ...

    def keep_card(self, subject: SubjectId, card: Card) -> None:
        """Remember where the subject's card stands and what it shows."""
        ...

    def keep_question(self, question: Answered) -> None:
        """Remember where somebody was asked directly for a decision."""
        ...

    def questions(self, subject: SubjectId) -> Sequence[Answered]:
        """Return where people were asked directly about `subject`, in the order of the asking."""
        ...

    def channels(self) -> Sequence[ChannelId]:
        """Return every channel in which a card stands."""
        ...

    def forget_card(self, subject: SubjectId) -> None:
        """Forget a card that somebody deleted; the next one is posted anew."""
        ...

"""What we ask of Slack: things said once, drawn anew, and found again.

Every adapter raises only the family of `bot.domain.errors`: `Refused` is an answer, `Unavailable` is the
lack of one.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ids import ChannelId, FileId, TaskId, UserId
from bot.domain.message import Message, Place, State


@dataclass(frozen=True)
class Posted:
    """Where a message was put."""

    channel: ChannelId
    ts: str
    may_be_old: bool = False
    """Whether an earlier attempt may have put it there, and it shows what was so then."""


@dataclass(frozen=True)
class CardTag:
    """What a card carries beside what people see: which run or generation it is about, and its task.

    It outlives our database: after a restore it tells what was handed over since the backup.
    """

    subject: str
    task: TaskId | None
    channel: ChannelId
    ts: str


class Messenger(Protocol):
    """Says things in Slack."""

    async def post(
        self, place: Place, message: Message, state: State, *, key: str, file: FileId | None
    ) -> Posted:
        """Post a message once; `key` is its name at Slack, so that `find` can tell it was posted.

        Raises Unpostable if Slack refuses it for good, and Unavailable where it may or may not stand now
        (or, with `retry_after`, certainly does not yet).
        """
        ...

    async def redraw(self, posted: Posted, message: Message, state: State) -> None:
        """Draw a posted message anew, whole. Raises Unpostable (say: it was deleted) and Unavailable."""
        ...

    async def find(self, place: Place, *, key: str, since: datetime) -> Posted | None:
        """Look a message up that may have been posted under `key` after `since`; None: it does not stand.

        Raises Unreadable where Slack does not let us look, and Unavailable.
        """
        ...

    def redraws(self) -> int:
        """Return how many posted messages Slack lets us draw anew right now."""
        ...

    async def upload(
        self,
        name: str,
        body: bytes,
        *,
        begun: Callable[[FileId], Awaitable[None]],
        earlier: FileId | None = None,
    ) -> FileId:
        """Put a file into Slack, seen by nobody yet; returns when Slack can show it.

        `begun` is told the file's id, and waited for, before any byte is sent. `earlier` is the id that an
        upload which was broken off was given: where Slack turns out to have that one, nothing is sent again.
        Raises Unpostable (our token is refused, say) and Unavailable, and what `begun` raises.
        """
        ...

    async def stewards(self) -> Sequence[UserId]:
        """Return who can mend what is wrong with the app here. Raises Unpostable and Unavailable."""
        ...

    async def tag(self, posted: Posted) -> CardTag | None:
        """Return what our card says of itself; None where it is gone, not ours, or says nothing.

        Raises Unpostable (we may not read there) and Unavailable.
        """
        ...

    async def channels(self) -> Sequence[ChannelId]:
        """Return every channel that we are in. Raises Unpostable where not all are told, and Unavailable."""
        ...

    async def tags_since(self, moment: datetime, *, channel: ChannelId) -> Sequence[CardTag]:
        """Return what our cards posted there since then say of themselves; this may take minutes.

        Raises Unreadable where Slack does not let us look, Unpostable and Unavailable.
        """
        ...

    async def direct(self, user: UserId) -> ChannelId:
        """Return our direct conversation with `user`. Raises Unavailable."""
        ...

    async def publish_home(self, state: State) -> None:
        """Draw a person's App Home. Raises Unpostable and Unavailable."""
        ...

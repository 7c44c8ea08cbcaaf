"""What we ask of the world: a dataset looked at, a model trained, pictures drawn and fetched, Slack told.

Every adapter raises only the family of `bot.domain.errors`: `Refused` is an answer, `Unavailable` is the
lack of one.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.domain.dataset import Dataset, SharedFile, Source
from bot.domain.facts import Progressed, Trained
from bot.domain.generation import Generation
from bot.domain.ids import ChannelId, FileId, TaskId, UserId
from bot.domain.message import Message, Place, State
from bot.domain.results import Rendered, Underway
from bot.domain.run import Run
from bot.domain.style import Ordered
from bot.domain.task import Failed, Task, Testimony

FOREIGN_HOST, NOT_THERE = "foreignHost", "notThere"
"""Why a finished picture was refused: its host is not allowed, or has none at its link (yet, or any more)."""


class Trainer(Protocol):
    """Turns a dataset into a model, somewhere else and slowly."""

    async def namespace(self) -> str:
        """Return the provider part of our AIRs. Raises Unavailable."""
        ...

    def order(self, run: Run, task: TaskId, *, dataset: str) -> str:
        """Return the exact request body that trains `run` on what the link `dataset` leads to.

        It asks for a webhook where we can be reached. Nothing is sent.
        """
        ...

    async def submit(self, task: Task) -> bool:
        """Send `task.body`; to send one task twice starts it once. Returns when it has been accepted.

        True where it had been accepted before. Raises Refused if the answer is a certain no, AccessDenied if
        our key or balance is refused, NotSent if nothing has left the house, and Unavailable if nobody can
        say: it may or may not have been accepted.
        """
        ...

    async def look(self, task: TaskId) -> Progressed | Trained | Failed | None:
        """Say how far a training is; None: no news, which proves nothing. Raises Unavailable."""
        ...

    async def recall(self, task: TaskId) -> Trained | Failed | None:
        """Say how a training ended by Runware's archive, where a look tells nothing any more; else None.

        Raises Unavailable.
        """
        ...

    async def testify(self, task: Task) -> Testimony:
        """Ask every witness whether Runware has the task. Raises Unavailable where nobody answers."""
        ...

    async def archived(self, task: TaskId) -> str | None:
        """Return the request body that Runware's archive holds under that id, as we word bodies; else None.

        Raises Unavailable.
        """
        ...

    def ordered(self, body: str) -> Ordered | None:
        """Return the version that such a body has trained; None where it tells none."""
        ...


class ImageGenerator(Protocol):
    """Draws pictures with a trained model, somewhere else."""

    def order(self, generation: Generation, task: TaskId) -> str:
        """Return the exact request body that asks for the pictures; nothing is sent."""
        ...

    async def submit(self, task: Task) -> bool:
        """Send `task.body`, as `Trainer.submit` does."""
        ...

    async def look(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
        """Say whether all `expected` pictures are drawn, else which; None: no news. Raises Unavailable."""
        ...

    async def recall(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
        """Say how it ended by Runware's archive, as `Trainer.recall` does, or else which are drawn."""
        ...

    async def testify(self, task: Task) -> Testimony:
        """Ask every witness whether Runware has the task, as `Trainer.testify` does."""
        ...

    async def archived(self, task: TaskId) -> str | None:
        """Return the request body in Runware's archive, as `Trainer.archived` does."""
        ...


@dataclass(frozen=True)
class Usage:
    """What an account states: US dollars spent and requests made since ever; None where it does not say."""

    spent: float | None
    requests: int | None
    balance: float | None = None


class Accountant(Protocol):
    """Reads the account that pays."""

    async def usage(self) -> Usage:
        """Return what the account states now. Raises Unavailable."""
        ...


@dataclass(frozen=True)
class Inspection:
    """A fit dataset, and its sheets as JPEGs: all pictures by name, the palette, the twins (b"": none)."""

    dataset: Dataset
    sheet: bytes
    palette: bytes = b""
    pairs: bytes = b""


class DatasetInspector(Protocol):
    """Looks at a dataset before any money is spent."""

    async def inspect(self, source: Source) -> Inspection:
        """Fetch and look at the pictures; put them together anew where `source` is not simply one ZIP.

        Raises DatasetUnfit, a sentence per problem, and Unavailable.
        """
        ...

    async def fingerprint(self, link: str) -> str:
        """Return the SHA-256 of what the link leads to now. Raises Refused and Unavailable."""
        ...


class SharedFiles(Protocol):
    """Finds what people posted in Slack."""

    async def files(self, ids: Collection[FileId]) -> tuple[SharedFile, ...]:
        """Return these files, in order. Raises Refused where one cannot be seen, and Unavailable."""
        ...

    async def in_thread(self, channel: ChannelId, thread: str) -> tuple[SharedFile, ...]:
        """Return every picture and ZIP posted in the thread, oldest first. Raises Refused and Unavailable."""
        ...


class Archives(Protocol):
    """Keeps inspected archives, named by their SHA-256, so that the provider gets exactly those bytes."""

    @property
    def are_public(self) -> bool:
        """Whether the provider can reach them; where not, nothing is kept."""
        ...

    async def keep(self, archive: Path, sha256: str) -> None:
        """Take the file over, which is gone from its place then; kept twice, it is kept once."""
        ...

    async def find(self, sha256: str) -> Path | None:
        """Return where a kept archive is, to be read only; None where it is no longer kept."""
        ...

    def link(self, sha256: str, *, until: datetime) -> str:
        """Return a link, unguessable and good until then, to a kept archive."""
        ...

    async def forget(self, *, needed: Collection[str], older_than: timedelta) -> None:
        """Let go of every archive that is older than that and not `needed` (SHA-256s)."""
        ...


@dataclass(frozen=True)
class FinishedPicture:
    """A picture that was fetched and decoded. `shown` is JPEG or PNG, which Slack can show.

    `original` is the file as it came where that is something else (WebP), else None. `suffix` and
    `original_suffix` are file name endings without the dot.
    """

    shown: bytes
    suffix: str
    original: bytes | None = None
    original_suffix: str = ""


class PictureFetcher(Protocol):
    """Fetches finished pictures, from the allowed hosts only."""

    async def fetch(self, url: str) -> FinishedPicture:
        """Fetch one. Raises Unavailable, and Refused: `FOREIGN_HOST`, `NOT_THERE`, too large, no picture."""
        ...


@dataclass(frozen=True)
class Posted:
    """Where a message was put."""

    channel: ChannelId
    ts: str


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

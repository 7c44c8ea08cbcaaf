"""What we ask of the world, as Protocols in domain words; the adapters answer, the services ask.

Every adapter raises only the family of `bot.domain.errors`: `Refused` is an answer, `Unavailable` is the
lack of one. Work on the store is a plain function of a `Transaction`: it cannot await, so no transaction
is ever open across a call to anyone else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.domain.dataset import Dataset
from bot.domain.generation import Event as GenerationEvent
from bot.domain.generation import Generation, Rendered
from bot.domain.ids import (
    Air,
    BlobId,
    ChannelId,
    DeliveryKey,
    FileId,
    GenerationId,
    RunId,
    TaskId,
    UserId,
    WorkspaceId,
)
from bot.domain.message import Message, Place, State
from bot.domain.run import Event as RunEvent
from bot.domain.run import Progressed, Run, Trained
from bot.domain.style import Version
from bot.domain.task import Failed, Task

T = TypeVar("T")
Id_contra = TypeVar("Id_contra", contravariant=True)
Item = TypeVar("Item")
Event_contra = TypeVar("Event_contra", contravariant=True)


# ── the store ────────────────────────────────────────────────────────────────────────────────────────


class Shelf(Protocol[Id_contra, Item, Event_contra]):
    """Runs, or generations: values that live through events and fall due."""

    def get(self, item_id: Id_contra) -> Item:
        """Return the item. Raises Refused where there is none of that id."""
        ...

    def add(self, item: Item) -> None:
        """Put a new item down, due now."""
        ...

    def record(self, item: Item, event: Event_contra, *, due: timedelta | None) -> Item:
        """Write `event` to the journal and the item as it leaves it; return that.

        It falls due after `due`; None: when a person acts, or never. Raises IllegalMove where the event
        may not follow, and Conflict where `item` is no longer the newest state: then nothing is written.
        """
        ...

    def postpone(self, item: Item, *, due: timedelta) -> None:
        """Give a taken item back unchanged, to fall due after `due`. Raises Conflict as `record` does."""
        ...

    def renew(self, item: Item, *, lease: timedelta) -> None:
        """Keep a taken item for another `lease`. Raises Conflict where it is no longer ours."""
        ...

    def take(self, *, limit: int, lease: timedelta) -> Sequence[Item]:
        """Take what is due, oldest first; unless recorded or postponed, it falls due again after `lease`."""
        ...


class Runs(Shelf[RunId, Run, RunEvent], Protocol):
    """The runs."""

    def recent(self, workspace: WorkspaceId, *, limit: int) -> Sequence[Run]:
        """Return the newest runs of a workspace, newest first."""
        ...


class Generations(Shelf[GenerationId, Generation, GenerationEvent], Protocol):
    """The generations."""


class Styles(Protocol):
    """The versions of each style, and what each channel draws in by default."""

    def reserve(self, run: Run, air_of: Callable[[int], Air]) -> Version:
        """Reserve the style's next number for `run`; its AIR is `air_of(number)`.

        Raises Refused where that AIR was reserved before.
        """
        ...

    def mark_ready(self, air: Air) -> None:
        """Say that the version can draw, from now on."""
        ...

    def ready(self, workspace: WorkspaceId) -> Sequence[Version]:
        """Return every version that can draw, by style, newest version first."""
        ...

    def default_of(self, channel: ChannelId) -> Version | None:
        """Return what the channel draws in by default."""
        ...

    def make_default(self, channel: ChannelId, version: Version) -> None:
        """Let the channel draw in `version` by default."""
        ...


@dataclass(frozen=True)
class Card:
    """Where a subject's card stands in Slack, and the stage that it showed when it was last drawn."""

    channel: ChannelId
    ts: str
    stage: str
    drawn_at: datetime


@dataclass(frozen=True)
class Pending:
    """A message taken from the outbox. `id` is its key at Slack too; `file` was uploaded for it before."""

    id: str
    message: Message
    attempts: int
    last_attempt_at: datetime | None
    version: int
    file: FileId | None = None


class Outbox(Protocol):
    """What is still to be said: first in, first out for each subject; a card's redraws fall into one.

    Taking a message and giving it back raise its version, the fence; an attempt and a file do not.
    """

    def announce(self, message: Message) -> None:
        """Put `message` down to be said."""
        ...

    def take(self, *, limit: int, lease: timedelta) -> Sequence[Pending]:
        """Take what is due and next in its line, as `Shelf.take` does."""
        ...

    def attempt(self, pending: Pending) -> Pending:
        """Count one more attempt before it is made; return what is pending then. Raises Conflict."""
        ...

    def keep_file(self, pending: Pending, file: FileId) -> Pending:
        """Remember the file uploaded for it; return what is pending then. Raises Conflict."""
        ...

    def done(self, pending: Pending) -> None:
        """Take it off: it was said. Raises Conflict."""
        ...

    def postpone(self, pending: Pending, *, due: timedelta) -> None:
        """Put it back, to fall due after `due`. Raises Conflict."""
        ...

    def park(self, pending: Pending, why: str) -> None:
        """Set it aside for good: Slack will not take it. Raises Conflict."""
        ...

    def card(self, subject: RunId | GenerationId) -> Card | None:
        """Return where the subject's card stands, None before it was posted."""
        ...

    def keep_card(self, subject: RunId | GenerationId, card: Card) -> None:
        """Remember where the subject's card stands and what it shows."""
        ...

    def forget_card(self, subject: RunId | GenerationId) -> None:
        """Forget a card that somebody deleted; the next one is posted anew."""
        ...


class Transaction(Protocol):
    """One unit of work: all of it is written, durably, or none."""

    runs: Runs
    generations: Generations
    styles: Styles
    outbox: Outbox

    @property
    def now(self) -> datetime:
        """The moment of this transaction, UTC."""
        ...

    def once(self, delivery: DeliveryKey, work: Callable[[], str]) -> str:
        """Do `work` and keep its answer; a delivery that was answered before gets that, and no work."""
        ...

    def vote(self, run: RunId, who: UserId, *, approves: bool, reason: str) -> None:
        """Note who decided what."""
        ...

    def keep_blob(self, body: bytes) -> BlobId:
        """Keep bytes until they are posted; the same bytes twice are one blob."""
        ...

    def blob(self, blob: BlobId) -> bytes:
        """Return kept bytes. Raises Refused where they are gone."""
        ...

    def drop_blob(self, blob: BlobId) -> None:
        """Let go of kept bytes."""
        ...


class Store(Protocol):
    """Where everything that must survive is written down."""

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` in one transaction; what it returns is durable when this returns."""
        ...

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Do `work` on a consistent view; it must not write."""
        ...

    async def clean_up(self) -> None:
        """Give back what dead processes had taken; forget deliveries that cannot come again."""
        ...


# ── the world ────────────────────────────────────────────────────────────────────────────────────────


class Trainer(Protocol):
    """Turns a dataset into a model, somewhere else and slowly."""

    async def namespace(self) -> str:
        """Return the provider part of our AIRs. Raises Unavailable."""
        ...

    def order(self, run: Run, task: TaskId) -> str:
        """Return the exact request body that asks for `run` to be trained; nothing is sent."""
        ...

    async def submit(self, task: Task) -> None:
        """Send `task.body`; to send one task twice starts it once. Returns when it has been accepted.

        Raises Refused if the answer is a certain no, AccessDenied if our key or balance is refused, and
        Unavailable if nobody can say: it may or may not have been accepted.
        """
        ...

    async def look(self, task: TaskId) -> Progressed | Trained | Failed | None:
        """Say how far a training is; None: no news, which proves nothing. Raises Unavailable."""
        ...


class ImageGenerator(Protocol):
    """Draws pictures with a trained model, somewhere else."""

    def order(self, generation: Generation, task: TaskId) -> str:
        """Return the exact request body that asks for the pictures; nothing is sent."""
        ...

    async def submit(self, task: Task) -> None:
        """Send `task.body`, as `Trainer.submit` does."""
        ...

    async def look(self, task: TaskId, *, expected: int) -> Rendered | Failed | None:
        """Say whether all `expected` pictures are drawn; None: not yet, or no news. Raises Unavailable."""
        ...


@dataclass(frozen=True)
class Inspection:
    """A fit dataset, and its contact sheet as a JPEG with every picture's name."""

    dataset: Dataset
    sheet: bytes


class DatasetInspector(Protocol):
    """Looks at a dataset before any money is spent."""

    async def inspect(self, link: str) -> Inspection:
        """Fetch and look at the ZIP. Raises DatasetUnfit, a sentence per problem, and Unavailable."""
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
        """Fetch one. Raises Refused (foreign host, too many bytes, no picture) and Unavailable."""
        ...


@dataclass(frozen=True)
class Posted:
    """Where a message was put."""

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
        """Look a message up that may have been posted under `key` after `since`. Raises Unavailable."""
        ...

    async def upload(self, name: str, body: bytes) -> FileId:
        """Put a file into Slack, seen by nobody yet; returns when Slack can show it.

        Raises Unpostable (our token is refused, say) and Unavailable.
        """
        ...

    async def direct(self, user: UserId) -> ChannelId:
        """Return our direct conversation with `user`. Raises Unavailable."""
        ...

    async def publish_home(self, state: State) -> None:
        """Draw a person's App Home. Raises Unpostable and Unavailable."""
        ...

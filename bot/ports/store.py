"""What we ask of the store: runs and generations on shelves, the outbox, and one unit of work.

Work on the store is a plain function of a `Transaction`: it cannot await, so no transaction is ever open
across a call to anyone else.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.domain.facts import Event as RunEvent
from bot.domain.generation import Event as GenerationEvent
from bot.domain.generation import Generation
from bot.domain.ids import (
    Air,
    BlobId,
    ChannelId,
    DeliveryKey,
    FileId,
    GenerationId,
    ProposalId,
    RunId,
    SubjectId,
    UserId,
    WorkspaceId,
)
from bot.domain.proposal import Event as ProposalEvent
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.style import Ordered, Version
from bot.ports.alarms import Alarms, Books
from bot.ports.governance import Absences, Audit, Freezes, Ledger, Library
from bot.ports.outbox import Outbox

T = TypeVar("T")
Id_contra = TypeVar("Id_contra", contravariant=True)
Item = TypeVar("Item")
Event_contra = TypeVar("Event_contra", contravariant=True)


class Shelf(Protocol[Id_contra, Item, Event_contra]):
    """Runs, or generations: values that live through events and fall due."""

    def get(self, item_id: Id_contra) -> Item:
        """Return the item. Raises Refused where there is none of that id."""
        ...

    def add(self, item: Item) -> None:
        """Put a new item down, due now; one that waits for a decision, when its ballot is."""
        ...

    def record(self, item: Item, event: Event_contra, *, due: timedelta | None) -> Item:
        """Write `event` to the journal and the item as it leaves it; return that.

        It falls due after `due`; None: when a person acts, or never. What waits for a decision falls due
        when its ballot is. Raises IllegalMove where the event may not follow, and Conflict where `item` is no
        longer the newest state: then nothing is written.
        """
        ...

    def postpone(self, item: Item, *, due: timedelta) -> None:
        """Give a taken item back unchanged, to fall due after `due`. Raises Conflict as `record` does."""
        ...

    def renew(self, item: Item, *, lease: timedelta) -> None:
        """Keep a taken item for another `lease`. Raises Conflict where it is no longer ours."""
        ...

    def take(self, *, limit: int, lease: timedelta, stages: Collection[str] | None = None) -> Sequence[Item]:
        """Take what is due, oldest first; unless recorded or postponed, it falls due again after `lease`.

        With `stages`, only what is at one of them.
        """
        ...

    def hasten(self, item_id: Id_contra, *, every: timedelta) -> None:
        """Have an item looked at soon, at most once in `every`, however often this is called.

        That moment is never missed: of a taken item it is kept until somebody gives the item back. Items
        that wait for a person, are over, or do not exist are left alone.
        """
        ...


class Runs(Shelf[RunId, Run, RunEvent], Protocol):
    """The runs."""

    def live(self) -> Sequence[Run]:
        """Return every run that is not over, of all workspaces, oldest first."""
        ...

    def recent(self, workspace: WorkspaceId, *, limit: int) -> Sequence[Run]:
        """Return the newest runs of a workspace, newest first."""
        ...

    def earlier(self, run: Run) -> Run | None:
        """Return the last other run of the same style whose dataset was handed over, None where none was."""
        ...

    def trained_on(self, workspace: WorkspaceId, content: str) -> Run | None:
        """Return a run whose dataset has this content (`Dataset.content`), if one trained a version.

        The newest that is ready; where none is, the newest that is approved, or may be charged.
        """
        ...

    def by_dataset(self, workspace: WorkspaceId, prefix: str) -> Sequence[Run]:
        """Return the runs on the dataset whose archive's or origin's SHA-256 begins so, newest first.

        Raises NotUnderstood unless `prefix` is 8 to 64 hexadecimal digits.
        """
        ...

    def archives(self) -> set[str]:
        """Return the SHA-256 of every archive that a run which is not over may still need.

        One that nobody decides on for long needs them no more: then its dataset is looked at again.
        """
        ...


class Generations(Shelf[GenerationId, Generation, GenerationEvent], Protocol):
    """The generations."""

    def live(self) -> Sequence[Generation]:
        """Return every generation that is not over, of all workspaces, oldest first."""
        ...

    def drawn_in(self, workspace: WorkspaceId, air: Air, *, who: UserId, limit: int) -> Sequence[Generation]:
        """Return the newest generations in the workspace's version `air`, newest first.

        What others than `who` asked for privately is left out.
        """
        ...


class Proposals(Shelf[ProposalId, Proposal, ProposalEvent], Protocol):
    """The proposals. One that is added falls due after its ballot says so."""

    def live(self) -> Sequence[Proposal]:
        """Return every proposal that is not over, of all workspaces, oldest first."""
        ...


class Styles(Protocol):
    """The versions of each style, and what each channel draws in by default."""

    def reserve(self, run: Run, air_of: Callable[[int], Air], *, number: int | None = None) -> Version:
        """Reserve the style's next number, or that `number`, for `run`; its AIR is `air_of(number)`.

        Raises Refused where that AIR was reserved or withheld before, or that number reserved.
        """
        ...

    def withhold(self, names: Sequence[Ordered]) -> None:
        """Give these AIRs and their numbers out to nobody any more, in no workspace: no run here has them."""
        ...

    def rename(self, run: RunId, air: Air) -> None:
        """Let the run's version be of another AIR than was reserved, which is withheld from then on.

        Raises Refused where that one was reserved or withheld before.
        """
        ...

    def of_run(self, run: RunId) -> Version | None:
        """Return the version that was reserved for the run, None where none was."""
        ...

    def by_air(self, workspace: WorkspaceId, air: Air) -> Version | None:
        """Return the workspace's version of that AIR, ready or not, None where there is none."""
        ...

    def mark_ready(self, run: RunId) -> None:
        """Say that the version that was reserved for the run can draw, from now on.

        Raises ValueError where none was: that would be a fault of ours.
        """
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


class Transaction(Protocol):
    """One unit of work: all of it is written, durably, or none."""

    runs: Runs
    generations: Generations
    styles: Styles
    outbox: Outbox
    alarms: Alarms
    books: Books
    proposals: Proposals
    ledger: Ledger
    audit: Audit
    freezes: Freezes
    absences: Absences
    library: Library

    @property
    def now(self) -> datetime:
        """The moment of this transaction, UTC."""
        ...

    def once(self, delivery: DeliveryKey, work: Callable[[], str]) -> str:
        """Do `work` and keep its answer; a delivery that was answered before gets that, and no work."""
        ...

    def asked(self, subject: SubjectId) -> Run | Generation | Proposal:
        """Return what has that id, whichever it is. Raises Refused where nothing has."""
        ...

    def begin_upload(self, key: str, file: FileId) -> None:
        """Note that what is named `key` here is being uploaded as `file`; a later upload replaces it."""
        ...

    def begun_upload(self, key: str) -> FileId | None:
        """Return the file that what is named `key` was last being uploaded as, whole or broken off."""
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

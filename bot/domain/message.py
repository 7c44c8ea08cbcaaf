"""What the bot has to say, as values: which message about what, never how it looks.

A message holds only what cannot be read again from the run or generation it is about: it is drawn from the
newest state when it is sent. A card is drawn again and again in its one place; everything else is said once.
"""

from dataclasses import dataclass

from bot.domain.alarm import Alarm, Concern
from bot.domain.generation import Generation
from bot.domain.ids import BlobId, ChannelId, GenerationId, RunId, UserId, WorkspaceId
from bot.domain.run import Run
from bot.domain.style import Version


@dataclass(frozen=True)
class RunCard:
    """The one message of a run, in the channel where it was asked for."""

    run: RunId


@dataclass(frozen=True)
class ContactSheet:
    """In the run's thread: all pictures of its dataset with their names.

    `dataset` is the SHA-256 of what is shown, here and below: what shows another than the run's is not said.
    """

    run: RunId
    blob: BlobId
    dataset: str = ""


@dataclass(frozen=True)
class Findings:
    """In the run's thread: what the model would learn from the dataset, in words."""

    run: RunId
    dataset: str = ""


@dataclass(frozen=True)
class PaletteSheet:
    """In the run's thread: the colours of the dataset, drawn as swatches."""

    run: RunId
    blob: BlobId
    dataset: str = ""


@dataclass(frozen=True)
class PairSheet:
    """In the run's thread: pictures that are one picture, side by side."""

    run: RunId
    blob: BlobId
    dataset: str = ""


Sheet = ContactSheet | PaletteSheet | PairSheet
"""What is a picture of ours in a run's thread."""


@dataclass(frozen=True)
class RunEnded:
    """In the run's thread, once: the requester is told, by name."""

    run: RunId


@dataclass(frozen=True)
class GenerationCard:
    """The one message of a generation; in the end it holds the pictures."""

    generation: GenerationId


@dataclass(frozen=True)
class Originals:
    """In the generation's thread: the files that Slack cannot show as pictures."""

    generation: GenerationId


@dataclass(frozen=True)
class Home:
    """A person's App Home."""

    workspace: WorkspaceId
    user: UserId


@dataclass(frozen=True)
class Notice:
    """An alarm, told directly to `user`; without one it is still to be found out who can mend it.

    `is_over`: it is told that the alarm is over.
    """

    workspace: WorkspaceId
    concern: Concern
    about: str = ""
    user: UserId | None = None
    is_over: bool = False


Message = RunCard | Sheet | Findings | RunEnded | GenerationCard | Originals | Home | Notice


@dataclass(frozen=True)
class HomeState:
    """What a person's App Home shows: what is wrong, their runs, what waits for them, the styles."""

    user: UserId
    mine: tuple[Run, ...] = ()
    waiting: tuple[Run, ...] = ()
    styles: tuple[Version, ...] = ()
    alarms: tuple[Alarm, ...] = ()


State = Run | Generation | HomeState | Alarm
"""What a message is drawn from."""


@dataclass(frozen=True)
class Place:
    """Where a message stands or shall stand: a channel, and a thread in it where there is one."""

    channel: ChannelId
    thread: str | None = None

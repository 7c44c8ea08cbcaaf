"""What the bot has to say, as values: which message about what, never how it looks.

A message holds only what cannot be read again from the run or generation it is about: it is drawn from the
newest state when it is sent. A card is drawn again and again in its one place; everything else is said once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.alarm import Alarm, Concern
from bot.domain.generation import Generation
from bot.domain.ids import BlobId, ChannelId, GenerationId, ProposalId, RunId, SubjectId, UserId, WorkspaceId
from bot.domain.money import Statement
from bot.domain.people import Person
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.style import Version


@dataclass(frozen=True)
class RunCard:
    """The one message of a run, in the channel where it was asked for."""

    run: RunId


@dataclass(frozen=True)
class Sheet:
    """In the run's thread: a picture of ours about its dataset.

    `dataset` is the SHA-256 of what is shown, here and below: what shows another than the run's is not said.
    """

    run: RunId
    blob: BlobId
    dataset: str = ""


@dataclass(frozen=True)
class ContactSheet(Sheet):
    """All pictures with their names."""


@dataclass(frozen=True)
class PaletteSheet(Sheet):
    """The colours, drawn as swatches."""


@dataclass(frozen=True)
class PairSheet(Sheet):
    """Pictures that are one picture, side by side."""


@dataclass(frozen=True)
class Findings:
    """In the run's thread: what the model would learn from the dataset, in words."""

    run: RunId
    dataset: str = ""


@dataclass(frozen=True)
class RunEnded:
    """In the run's thread, once: the requester is told, by name."""

    run: RunId


@dataclass(frozen=True)
class DefaultMade:
    """In the run's thread: `by` made its version the default of the channel that its card stands in."""

    run: RunId
    by: UserId


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
    """A person's App Home. `closed` says why they are shown nothing else: they are no member, say.

    `person` is who they were when they opened it; without that, all that others may decide is listed, too.
    """

    workspace: WorkspaceId
    user: UserId
    closed: str = ""
    person: Person | None = None


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


@dataclass(frozen=True)
class ProposalCard:
    """The one message of a proposal, in the channel that it is about."""

    proposal: ProposalId


class Topic(StrEnum):
    """What somebody is told directly."""

    TURN = "turn"
    """The step before is passed: they decide now."""
    REMINDER = "reminder"
    ESCALATED = "escalated"
    OVERRIDDEN = "overridden"
    GLASS_BROKEN = "glass broken"
    VOID = "void"
    """They had approved what is not what it was."""
    UNDONE = "undone"
    """An approval was taken back that they had given, or asked for."""
    STUCK = "stuck"
    """By the rules as they are now, nobody can approve it."""
    ENDED = "ended"
    """What they asked for was rejected, or ended unsent; what they proposed, approved too."""
    DOUBT = "doubt"
    """Nobody can say what becomes of what was paid for: they decide what is done about it."""


@dataclass(frozen=True)
class Memo:
    """Told directly to `user`, who decides on `subject` or asked for it; not said where it no longer matters.

    `number` counts the reminders; `gate` is whose turn it was, None where that does not matter.
    """

    workspace: WorkspaceId
    subject: SubjectId
    user: UserId
    topic: Topic
    number: int = 0
    gate: int | None = None


@dataclass(frozen=True)
class Answered:
    """A memo that asked for a decision, drawn anew where it stands: that is made, or open again."""

    memo: Memo
    channel: ChannelId
    ts: str


@dataclass(frozen=True)
class Digest:
    """What was spent, and on what, from `since` until `until`: to a channel, or to `user` directly.

    With neither it is still to be found out who administers the workspace.
    """

    workspace: WorkspaceId
    since: datetime
    until: datetime
    channel: ChannelId | None = None
    user: UserId | None = None


Message = (
    RunCard
    | ContactSheet
    | PaletteSheet
    | PairSheet
    | Findings
    | RunEnded
    | DefaultMade
    | GenerationCard
    | Originals
    | ProposalCard
    | Memo
    | Answered
    | Digest
    | Home
    | Notice
)


@dataclass(frozen=True)
class HomeState:
    """What a person's App Home shows: what is wrong, their runs, what waits, the styles, the month.

    `asked` are the pictures and proposals that wait for a decision. `closed` is why nothing else is shown.
    """

    user: UserId
    mine: tuple[Run, ...] = ()
    waiting: tuple[Run, ...] = ()
    styles: tuple[Version, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    asked: tuple[Generation | Proposal, ...] = ()
    money: Statement | None = None
    closed: str = ""


State = Run | Generation | Proposal | Statement | HomeState | Alarm
"""What a message is drawn from."""


@dataclass(frozen=True)
class Place:
    """Where a message stands or shall stand: a channel, and a thread in it where there is one."""

    channel: ChannelId
    thread: str | None = None

"""What is asked for, and the facts that move a training run: values, and nothing that decides.

Which fact may follow which is said in `bot.domain.run`.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ballot import BallotEvent, Expired
from bot.domain.dataset import Comparison, Dataset
from bot.domain.ids import Air, ChannelId, FileId, RunId, UserId, WorkspaceId
from bot.domain.task import HandoverEvent


@dataclass(frozen=True)
class TrainingRequest:
    """What a person asked for: links, files in Slack, or the files of a whole thread.

    `thread` is the first message of that thread in `channel`. `has_rights`: the person said that they may
    train on the pictures; without it, who approves says so.
    """

    workspace: WorkspaceId
    channel: ChannelId
    requester: UserId
    link: str
    name: str
    air: Air | None = None
    private: bool = True
    note: str = ""
    more_links: tuple[str, ...] = ()
    files: tuple[FileId, ...] = ()
    thread: str = ""
    has_rights: bool = False
    strip: bool = False

    @property
    def links(self) -> tuple[str, ...]:
        """Every link, in the order given."""
        return (self.link, *self.more_links) if self.link else ()


@dataclass(frozen=True)
class Signed:
    """Who stands for something, and since when: for having the rights in the pictures, for an approval."""

    by: UserId
    at: datetime


@dataclass(frozen=True)
class TrainedBefore:
    """A version that the very same pictures trained; while not `is_ready`, one that is or may be paid for."""

    label: str
    run: RunId
    is_ready: bool = True


@dataclass(frozen=True)
class Inspected:
    """The dataset was looked at and is fit; the version it would become is reserved.

    `compared` is to the style's last dataset; `before` is what these very pictures already trained.
    """

    dataset: Dataset
    air: Air
    number: int
    compared: Comparison | None = None
    before: TrainedBefore | None = None


@dataclass(frozen=True)
class Unfit:
    """The dataset was looked at and cannot be trained on: a sentence per problem."""

    problems: tuple[str, ...]


@dataclass(frozen=True)
class Curated:
    """Someone chose which pictures to leave out: the dataset is made anew without them, and looked at."""

    by: UserId
    left_out: tuple[str, ...]
    strip: bool = False


@dataclass(frozen=True)
class Unchanged:
    """The dataset could not be made anew as chosen, for these `problems`: it stays as it was."""

    problems: tuple[str, ...]


@dataclass(frozen=True)
class Recognised:
    """It turned out, before a decision, that the same pictures have trained a version meanwhile."""

    before: TrainedBefore


@dataclass(frozen=True)
class Changed:
    """What was approved cannot be handed over, for the reason `why`: it is looked at and decided on anew."""

    why: str


@dataclass(frozen=True)
class Reused:
    """Someone took the version that the same pictures had trained, instead of paying for another."""

    by: UserId


@dataclass(frozen=True)
class Approved:
    """All who had to have agreed, `by` last; what is asked is done at `starts_at`, unless undone before."""

    by: UserId
    starts_at: datetime


@dataclass(frozen=True)
class Undone:
    """The approval was taken back within the undo window."""

    by: UserId


@dataclass(frozen=True)
class Rejected:
    """Someone else declined, with a reason."""

    by: UserId
    reason: str


@dataclass(frozen=True)
class Progressed:
    """Runware says how far it is, 0 to 100; None where it only says that it is working."""

    percent: int | None


@dataclass(frozen=True)
class Trained:
    """The model is live at `air`; `cost` in US dollars, None where Runware did not say (never: free)."""

    air: Air
    cost: float | None


Event = (
    HandoverEvent
    | BallotEvent
    | Expired
    | Inspected
    | Unfit
    | Curated
    | Unchanged
    | Recognised
    | Changed
    | Reused
    | Approved
    | Undone
    | Rejected
    | Progressed
    | Trained
)

"""Where each kind of message queues in the outbox. It knows no table."""

from dataclasses import dataclass

from bot.domain.ids import BlobId, SubjectId, WorkspaceId
from bot.domain.message import (
    Answered,
    ContactSheet,
    DefaultMade,
    Digest,
    Findings,
    GenerationCard,
    Home,
    Memo,
    Message,
    Notice,
    Originals,
    PairSheet,
    PaletteSheet,
    ProposalCard,
    RunCard,
    RunEnded,
)


@dataclass(frozen=True)
class Line:
    """Where a message queues: its lane, and whether a redraw that waits there stands for the next one.

    With `repeats`, just the same message that waits there does. It is about a run, generation or proposal,
    its `subject`, or about a workspace. `thread_of` is the subject whose card must stand first, `blob` the
    bytes it needs.
    """

    lane: str
    redraws: bool = False
    repeats: bool = False
    subject: SubjectId | None = None
    workspace: WorkspaceId | None = None
    thread_of: SubjectId | None = None
    blob: BlobId | None = None


def line_of(message: Message) -> Line:
    """Return where `message` queues."""
    match message:
        case RunCard(shown) | GenerationCard(shown) | ProposalCard(shown):
            return Line(f"card:{shown}", redraws=True, subject=shown)
        case Home(workspace, user, closed):  # an open one that waits does not stand for it
            return Line(f"home:{workspace}:{user}", redraws=not closed, workspace=workspace)
        case ContactSheet(run, blob) | PaletteSheet(run, blob) | PairSheet(run, blob):
            return _in_thread(run, blob)
        case Findings(run) | RunEnded(run) | DefaultMade(run):
            return _in_thread(run)
        case Originals(generation):
            return _in_thread(generation)
        case Notice(workspace, concern, about, user):
            return Line(f"notice:{workspace}:{concern}:{user or ''}:{about}", workspace=workspace)
        case Memo(workspace, about, user):
            lane = f"memo:{workspace}:{user}"
            return Line(lane, repeats=True, subject=about, workspace=workspace)
        case Answered(memo, channel, ts):
            lane = f"answered:{channel}:{ts}"
            return Line(lane, redraws=True, subject=memo.subject, workspace=memo.workspace)
        case Digest(workspace, channel=channel, user=user):
            lane = f"digest:{workspace}:{channel or user or ''}"
            return Line(lane, repeats=True, workspace=workspace)


def _in_thread(subject: SubjectId, blob: BlobId | None = None) -> Line:
    return Line(f"thread:{subject}", subject=subject, thread_of=subject, blob=blob)

"""What the bot says, drawn: a message and the newest state of what it is about become text and blocks.

Pure: the same state at the same moment is drawn the same. `bot.slack.cards`, `bot.slack.pictures`
and `bot.slack.proposals` hold the cards, `bot.slack.findings` what a thread tells of a dataset,
`bot.slack.memos`, `bot.slack.digests` and `bot.slack.notices` what is told directly; here is the rest of the
threads.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.alarm import Alarm
from bot.domain.generation import Generation
from bot.domain.ids import FileId, UserId
from bot.domain.message import (
    Answered,
    ContactSheet,
    DefaultMade,
    Digest,
    Findings,
    GenerationCard,
    Memo,
    Message,
    Notice,
    Originals,
    PairSheet,
    PaletteSheet,
    ProposalCard,
    RunCard,
    RunEnded,
    State,
)
from bot.domain.money import Statement
from bot.domain.proposal import Proposal
from bot.domain.run import Run, Stage
from bot.slack.blocks import FALLBACK_MOST, Drawn, clamp, code, esc, mention, numbered, section
from bot.slack.cards import expired, run_card
from bot.slack.digests import digest
from bot.slack.findings import contact_sheet, findings, pair_sheet, palette_sheet
from bot.slack.memos import memo
from bot.slack.notices import notice
from bot.slack.phrases import counted, ended, money
from bot.slack.pictures import generation_card
from bot.slack.proposals import proposal_card


def render(
    message: Message,
    state: State,
    *,
    now: datetime,
    file: FileId | None = None,
    links: Sequence[tuple[str, str]] = (),
) -> Drawn:
    """Draw `message` from `state`: `file` is its picture, `links` its files as (name, address).

    A message with a state that it cannot be about is a bug of ours: TypeError.
    """
    match message, state:
        case Memo(), Run() | Generation() | Proposal():
            return memo(message, state, now=now)
        case Answered(asked), Run() | Generation() | Proposal():
            return memo(asked, state, now=now)
        case ProposalCard(), Proposal():
            return proposal_card(state)
        case Digest(), Statement():
            return digest(message, state, now=now)
        case Notice(), Alarm():
            return notice(message, state)
        case GenerationCard(), Generation():
            return generation_card(state)
        case Originals(), Generation():
            return _originals(state, links)
        case _, Run() if drawn := _about_run(message, state, now=now, file=file):
            return drawn
    raise TypeError(f"{type(message).__name__} cannot be drawn from {type(state).__name__}.")


def _about_run(message: Message, run: Run, *, now: datetime, file: FileId | None) -> Drawn | None:
    match message:
        case RunCard():
            return run_card(run, now=now)
        case ContactSheet():
            return contact_sheet(run, file)
        case PaletteSheet():
            return palette_sheet(run, file)
        case PairSheet():
            return pair_sheet(run, file)
        case Findings():
            return findings(run)
        case RunEnded():
            return _run_ended(run)
        case DefaultMade(by=by):
            return _default_made(run, by)
    return None


def tag(message: Message, state: State) -> dict[str, str]:
    """Return what a card tells in its metadata, unseen: whose card it is, and once there is one its task."""
    if isinstance(message, ProposalCard) and isinstance(state, Proposal):
        return {"subject": state.id}
    if not isinstance(message, RunCard | GenerationCard) or not isinstance(state, Run | Generation):
        return {}
    return {"subject": state.id, **({"task": state.task.id} if state.task else {})}


def _run_ended(run: Run) -> Drawn:
    """Tell the requester once, by name, how it ended and what to do next."""
    said = clamp(f"{mention(run.request.requester)} {_ending(run)}", FALLBACK_MOST)
    return Drawn(said, numbered([section(said)], f"ended.{run.id}"))


def _default_made(run: Run, by: UserId) -> Drawn:
    """Tell the channel what it draws in from now on, and by whom."""
    label = f"*{clamp(esc(run.label), 300)}*"
    what_for = "`/generate` draws in it here where no style is named."
    said = f"{mention(by)} made {label} this channel's default: {what_for}"
    return Drawn(said, numbered([section(said)], f"default.{run.id}"))


def _ending(run: Run) -> str:
    name = f"*{esc(run.request.name)}*"
    match run.stage:
        case Stage.READY:
            air = code(run.air or "")
            return f"{name} is ready: {air}, {money(run.cost)}. Press Generate on its card to draw with it."
        case Stage.REFUSED:
            problems = " ".join(map(esc, run.problems))
            return f"{name} cannot be trained: {problems} Nothing was charged. Put that right and ask again."
        case Stage.REJECTED:
            who = mention(run.decided_by or "someone")
            return f"{who} rejected {name}: {ended(esc(run.reason))} Nothing was charged."
        case Stage.EXPIRED:
            return f"{name}: {expired(run)} Press Ask again on its card to make a new request."
        case Stage.CANCELLED:
            why = f" {esc(run.reason)}" if run.reason else ""
            charge = (
                " Runware may still finish and charge it." if run.may_be_charged else " Nothing was charged."
            )
            return f"{name} was cancelled by {mention(run.decided_by or 'someone')}.{why}{charge}"
        case Stage.FAILED:
            why = esc(run.failure.sentence) if run.failure else "Runware did not say why."
            return f"{name} failed: {why} Press Ask again on its card to make a new request."
    return f"{name} is {run.stage}."


def _originals(generation: Generation, links: Sequence[tuple[str, str]]) -> Drawn:
    """Link the originals in the text, without blocks.

    Slack shares a file that we own, and that nobody sees yet, by its permalink in the text of a message
    (its maintainers: python-slack-sdk#1500); sharing by files.completeUploadExternal gives no `ts` to
    remember and cannot be found again by our key (facts/slack.md §2, trap 4).
    """
    kind = generation.request.format.upper()
    intro = f"{counted(len(links), 'original')} as {kind}, which Slack cannot show as pictures:"
    lines = [f"<{esc(address)}|{esc(name)}>" for name, address in links]
    return Drawn(clamp("\n".join([intro, *lines]), FALLBACK_MOST))

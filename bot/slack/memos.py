"""What somebody is told directly: that it waits for them, what an admin did past the rules, how it ended.

Pure. The buttons are those of the card, and carry what was shown just as the card's do. Once it is decided
it is drawn anew, and says so.
"""

from datetime import datetime

from bot.domain.ballot import Ballot
from bot.domain.deciding import is_asked, is_waiting, open_ballot
from bot.domain.generation import Generation
from bot.domain.message import Memo, Topic
from bot.domain.proposal import Proposal
from bot.domain.proposal import Stage as Proposing
from bot.domain.run import Run, Stage
from bot.domain.task import Failure
from bot.slack import gates, pictures, proposals, voting, waiting
from bot.slack.blocks import (
    FALLBACK_MOST,
    Block,
    Drawn,
    button,
    channel_mark,
    clamp,
    context,
    esc,
    mention,
    moment,
    numbered,
    section,
)
from bot.slack.doubts import STILL_CHARGED, is_doubtful, is_given_up, numbers, unsettled
from bot.slack.phrases import price, roughly, scored
from bot.slack.voting import Asked

LONGEST_LABEL, LONGEST_PROMPT = 200, 500
STUCK = "nobody who is there can approve it. An admin can change the policy (`/style policy` shows it), or it"
ASK_AGAIN = "Ask for it again, and show its card to a colleague."
DOUBTFUL = "nobody can say what becomes of it, and it may be charged. Nothing is sent again: please decide."
DASHBOARD = "Look for it in the Runware dashboard first."
_BY_PEOPLE = frozenset({"rejected", "expired"})
"""How pictures end that nobody approves."""
_ABOUT_VOTES = frozenset({Topic.OVERRIDDEN, Topic.VOID, Topic.UNDONE})
"""What says what happened, and only then what that asks for."""


def memo(message: Memo, subject: Asked, *, now: datetime) -> Drawn:
    """Draw what `message` tells of `subject`; without buttons where nothing is to be decided any more."""
    told = _told(message, subject, now)
    drawn = [section(told)]
    name = f"memo.{subject.id}"
    ballot = open_ballot(subject) if is_asked(message, subject) and message.topic is not Topic.STUCK else None
    if ballot and _lacks_override(message, ballot):
        drawn += [*_objections(subject), context(voting.exactly(ballot)), *voting.rows([_override(subject)])]
        drawn.append(context(f"Or type `/style override {subject.id}` why."))
        name = voting.prefix(ballot, subject.version)
    elif ballot and message.user != ballot.asker:
        exact = voting.exactly(ballot)
        drawn += [
            section(voting.who_decides(ballot, voting.reviewed_of(subject))),
            *_objections(subject),
            context(exact),
        ]
        drawn += voting.rows(_verdicts(subject))
        drawn.append(context(f"Or type {voting.typed(subject, ballot)} or `/style reject {subject.id}` why."))
        name = voting.prefix(ballot, subject.version)
    elif message.topic in _ABOUT_VOTES and not is_waiting(subject):
        drawn.append(context(_decided(subject)))
    return Drawn(clamp(told, FALLBACK_MOST), numbered(drawn, name))


def _told(message: Memo, subject: Asked, now: datetime) -> str:
    what, asked = _what(subject), _asked(subject)
    match message.topic:
        case Topic.DOUBT if not isinstance(subject, Proposal):
            return f"{what}, {asked}: {_in_doubt(subject)}"
        case Topic.ENDED:
            return (
                f"{what}, which you asked for in {channel_mark(subject.request.channel)}: {_ended(subject)}"
            )
    if subject.ballot is None:
        return f"{what}, {asked}: look at its card."
    return _told_of_votes(message, subject, subject.ballot, now)


def _told_of_votes(message: Memo, subject: Asked, ballot: Ballot, now: datetime) -> str:
    what, asked = _what(subject), _asked(subject)
    match message.topic:
        case Topic.OVERRIDDEN:
            return f"{what}, {asked}: an admin overrode a rule.\n{_overridden(subject)}"
        case Topic.GLASS_BROKEN:
            return f"{what}, {asked}: an admin broke the glass, past all approvals.\n{_broken(subject)}"
        case Topic.VOID:
            return f"Your approval of {what}, {asked}, is void.\n{_void(subject, ballot)}"
        case Topic.UNDONE:
            return f"{what}, {asked}: {waiting.undone(subject) if isinstance(subject, Run) else ''}"
    if not is_waiting(subject):
        return f"{what}, {asked}: it waits for nobody any more. {_decided(subject)}"
    if not is_asked(message, subject):
        return f"{what}, {asked}: that step is decided, and it waits for others now."
    if message.topic is Topic.STUCK:
        end = "expires" if isinstance(subject, Proposal) and subject.is_review else "is cancelled"
        return f"{what}, {asked}: by the rules as they are now, {STUCK} {end}."
    told = _waiting(message, subject, ballot, now)
    over_budget = voting.over_budget(subject)
    is_for_approvers = message.user != ballot.asker or _lacks_override(message, ballot)
    lines = (
        [told, over_budget]
        if not is_for_approvers
        else [voting.changed(ballot), told, _known(subject), over_budget]
    )
    return "\n".join(line for line in lines if line)


def _in_doubt(subject: Run | Generation) -> str:
    """Return in mrkdwn what a person has to know, and to type, to decide; or how the doubt has ended."""
    if is_given_up(subject):
        by = mention(subject.decided_by or subject.request.requester)
        return f"{by} gave it up. {STILL_CHARGED}"
    if not is_doubtful(subject):
        return "Runware has it after all. Its card tells how it stands."
    return "\n".join([DOUBTFUL, *unsettled(subject), f"{DASHBOARD} {numbers(subject)}"])


def _decided(subject: Asked) -> str:
    """Return why it waits for nobody, in mrkdwn: how it was decided and by whom, most often."""
    match subject:
        case Proposal():
            return proposals.outcome(subject)
        case Generation(failure=Failure()):
            return pictures.failed_because(subject)
        case Run(stage=Stage.REQUESTED):
            return "It has changed and is looked at again; then it is asked anew."
        case Run(stage=Stage.EXPIRED):
            return "It was not decided in time."
        case Run(stage=Stage.REJECTED, decided_by=str(by)):
            return f"{mention(by)} rejected it: {voting.said(subject.reason)}"
        case Run(stage=Stage.CANCELLED, decided_by=str(by)):
            return f"{mention(by)} cancelled it."
    return f"{voting.completed_by(subject.ballot, subject.decided_by)} approved it."


def _waiting(message: Memo, subject: Asked, ballot: Ballot, now: datetime) -> str:
    """Return what is wanted of whom it waits for, in mrkdwn."""
    what, asked = _what(subject), _asked(subject)
    waits = roughly(now - ballot.opened_at)
    undecided = f"Nobody has decided on {what} for {waits}"
    if ballot.votes:
        undecided = f"{what} is not decided yet after {waits}"
    ends = f"it expires {moment(ballot.expires_at)}"
    if _lacks_override(message, ballot):
        return f"All it needs is an admin's override: {what}, {asked}; {ends}."
    if message.user == ballot.asker:
        typed = f"type {voting.typed(subject, ballot)}, which their Housestyle Home shows too; {ends}."
        if message.topic is Topic.TURN:
            return f"Nobody else sees the card of {what}: ask a colleague to {typed}"
        return f"{undecided}: ask a colleague to look at its card, or to {typed}"
    match message.topic:
        case Topic.TURN:
            return f"It is your turn to decide on {what}, {asked}; {ends}."
        case Topic.ESCALATED:
            return f"{undecided}, {asked}, so you are asked to decide; {ends}."
    return f"{what} has waited {waits} for you, {asked}; {ends}."


def _asked(subject: Asked) -> str:
    return f"asked by {voting.asker(subject)} in {channel_mark(subject.request.channel)}"


def _what(subject: Asked) -> str:
    return f"*{clamp(esc(voting.called(subject)), LONGEST_LABEL)}*"


def _known(subject: Asked) -> str:
    """Return what somebody needs to know who does not see the card, in mrkdwn."""
    ballot = subject.ballot
    estimate = ballot.estimate if ballot else None
    match subject:
        case Run():
            found = scored(subject.dataset)
            return " · ".join(part for part in (f"The price: {price(estimate, 'training')}", found) if part)
        case Generation():
            prompt = clamp(esc(subject.request.prompt), LONGEST_PROMPT)
            return f"“{prompt}” · the price: {price(estimate, 'picture')}"
    return proposals.sentence(subject) if subject.is_review else ""


def _void(subject: Asked, ballot: Ballot) -> str:
    """Return in mrkdwn what is not as it was, and what that asks of who had approved it."""
    why = esc(subject.notice) if isinstance(subject, Run) else ""
    what_next = "Look at what is asked now, and decide anew." if is_waiting(subject) else ""
    return "\n".join(part for part in (voting.changed(ballot), why, what_next) if part)


def _ended(subject: Asked) -> str:
    """Return in mrkdwn who approved or rejected it and why, that it was not decided in time, or why else."""
    if isinstance(subject, Generation) and subject.failure and subject.failure.code not in _BY_PEOPLE:
        return pictures.failed_because(subject)
    if isinstance(subject, Proposal) and subject.stage is Proposing.GRANTED:
        return proposals.outcome(subject)
    if subject.decided_by is None:
        told = gates.expired(subject.ballot, "in time") if subject.ballot else ()
        return " ".join(part for part in (*told, ASK_AGAIN) if part)
    is_review = isinstance(subject, Proposal) and subject.is_review
    verdict = "found that it was not right" if is_review else "rejected it"
    if isinstance(subject, Generation):
        why = subject.failure.sentence if subject.failure else ""
    else:
        why = subject.reason
    return f"{mention(subject.decided_by)} {verdict}: {voting.said(why)}"


def _overridden(subject: Asked) -> str:
    ballot = subject.ballot
    told = voting.deeds(ballot) if ballot else []
    return "\n".join(told) or "Why is on its card."


def _broken(subject: Asked) -> str:
    ballot = subject.ballot
    why = voting.broken(ballot.glass) if ballot and ballot.glass else "Why is on its card."
    where = channel_mark(subject.request.channel)
    return f"{why}\nIt is looked at afterwards: a card in {where} asks whether it was right."


def _objections(subject: Asked) -> list[Block]:
    ballot = subject.ballot
    says = [clamp(esc(check.says), 200) for check in ballot.open_objections[:10]] if ballot else []
    return [section(f"*In the way:* {' '.join(says)}\n{voting.IN_THE_WAY}")] if says else []


def _lacks_override(message: Memo, ballot: Ballot) -> bool:
    """Say whether it goes to who can override what alone is in the way: all gates are passed."""
    return message.gate is not None and message.gate >= len(ballot.terms.gates)


def _override(subject: Asked) -> Block:
    kind = {Run: "run", Generation: "generation"}.get(type(subject), "proposal")
    label = f"Override what is in the way of {voting.called(subject)}"
    return button("Override…", f"{kind}.override", subject.id, label=label, style="primary")


def _verdicts(subject: Asked) -> list[Block]:
    match subject:
        case Run():
            return waiting.verdicts(subject)
        case Generation():
            return pictures.verdicts(subject)
    return proposals.verdicts(subject)

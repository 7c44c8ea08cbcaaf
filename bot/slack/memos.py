"""What an approver is told directly: that something waits for them, or what an admin did past the rules.

Pure. The buttons are those of the card, and carry what was shown just as the card's do; by the time it is
read it may be decided, which the buttons' answer then says.
"""

from datetime import datetime

from bot.domain.deciding import is_waiting, open_ballot
from bot.domain.generation import Generation
from bot.domain.message import Memo, Topic
from bot.domain.policy import Action
from bot.domain.run import Run
from bot.slack import pictures, proposals, voting, waiting
from bot.slack.blocks import (
    FALLBACK_MOST,
    Block,
    Drawn,
    channel_mark,
    clamp,
    context,
    esc,
    mention,
    moment,
    numbered,
    section,
)
from bot.slack.phrases import price, roughly, scored
from bot.slack.voting import Asked

LONGEST_LABEL, LONGEST_PROMPT = 200, 500


def memo(message: Memo, subject: Asked, *, now: datetime) -> Drawn:
    """Draw what `message` tells of `subject`; without buttons where nothing is to be decided any more."""
    told = _told(message, subject, now)
    drawn = [section(told)]
    name = f"memo.{subject.id}"
    ballot = open_ballot(subject)
    if ballot and message.topic is not Topic.GLASS_BROKEN and message.user != ballot.asker:
        exact = voting.exactly(ballot)
        drawn += [section(voting.who_decides(ballot)), *_objections(subject), context(exact)]
        drawn += voting.rows(_verdicts(subject))
        drawn.append(context(f"Or type {voting.typed(subject, ballot)} or `/style reject {subject.id}` why."))
        name = voting.prefix(ballot, subject.version)
    return Drawn(clamp(told, FALLBACK_MOST), numbered(drawn, name))


def _told(message: Memo, subject: Asked, now: datetime) -> str:
    what, ballot = f"*{clamp(esc(voting.called(subject)), LONGEST_LABEL)}*", subject.ballot
    asked = f"asked by {mention(subject.request.requester)} in {channel_mark(subject.request.channel)}"
    if ballot is None:
        return f"{what}, {asked}: look at its card."
    match message.topic:
        case Topic.OVERRIDDEN:
            return f"{what}, {asked}: an admin overrode a rule.\n{_overridden(subject)}"
        case Topic.GLASS_BROKEN:
            return f"{what}, {asked}, was approved past all rules.\n{_broken(subject)}"
    if not is_waiting(subject):
        return f"{what}, {asked}, is decided: it waits for nobody any more."
    waits = roughly(now - ballot.opened_at)
    ends = f"it expires {moment(ballot.expires_at)}"
    if message.user == ballot.asker:
        return f"Nobody has decided on {what} for {waits}: ask a colleague to look at its card; {ends}."
    told = (
        f"Nobody has decided on {what} for {waits}, {asked}, so you are asked to decide; {ends}."
        if message.topic is Topic.ESCALATED
        else f"{what} has waited {waits} for you, {asked}; {ends}."
    )
    return "\n".join(line for line in (voting.changed(ballot), told, _known(subject)) if line)


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
    return proposals.sentence(subject) if subject.request.action is Action.REVIEW else ""


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


def _verdicts(subject: Asked) -> list[Block]:
    match subject:
        case Run():
            return waiting.verdicts(subject)
        case Generation():
            return pictures.verdicts(subject)
    return proposals.verdicts(subject)

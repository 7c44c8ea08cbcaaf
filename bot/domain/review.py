"""The look afterwards at what an admin did by breaking the glass: what is asked, and who may not answer."""

from dataclasses import replace

from bot.domain.approval import askers
from bot.domain.ballot import Deed, Roster
from bot.domain.errors import NotAllowed
from bot.domain.generation import Generation
from bot.domain.ids import RunId, UserId
from bot.domain.policy import Action
from bot.domain.proposal import Proposal, ProposalRequest
from bot.domain.run import Run


def review_of(subject: Run | Generation | Proposal, label: str, deed: Deed) -> ProposalRequest:
    """Return what is asked once the glass was broken for `subject`, which people call `label`."""
    return ProposalRequest(
        subject.request.workspace,
        subject.request.channel,
        deed.by,
        Action.REVIEW,
        label,
        air=subject.request.air if isinstance(subject, Proposal) else subject.air,
        run=RunId(subject.id) if isinstance(subject, Run) else None,
        generation=subject.id if isinstance(subject, Generation) else None,
        proposal=subject.id if isinstance(subject, Proposal) else None,
        note=deed.reason,
        askers=tuple(sorted(askers(subject))),
    )


def impartial(
    review: Proposal, subject: Run | Generation | Proposal | None, who: UserId, roster: Roster
) -> Roster:
    """Return who may review, without the places of who broke the glass and whose request `subject` was.

    Raises NotAllowed where `who` is one of them: nobody else decides for them either, by standing in.
    """
    if who == review.request.requester:
        raise NotAllowed("You broke the glass, so someone else has to look at it.")
    theirs = askers(subject) if subject else set()
    if who in theirs:
        raise NotAllowed("The glass was broken for what you asked for, so someone else has to look at it.")
    barred = theirs | {review.request.requester}
    stand_ins = {
        one: tuple(seat for seat in seats if seat not in barred) for one, seats in roster.stand_ins.items()
    }
    return replace(roster, stand_ins=stand_ins)

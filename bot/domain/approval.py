"""Whose a thing is: another workspace's does not exist here, who asked for it, and who may stop it."""

from bot.domain.errors import NotAllowed, Refused
from bot.domain.generation import Generation
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.people import Person
from bot.domain.policy import Policy, Role, check_member
from bot.domain.proposal import Proposal
from bot.domain.run import Run

UNKNOWN = "There is no run `{}`; `/style runs` lists them."
NOTHING = "There is nothing named `{}` here; `/style runs` lists the newest runs."
"""What is told of an id that nothing has, and of one that is none of theirs: nobody learns which it is."""


def check_same_workspace(item: Run | Generation | Proposal, workspace: WorkspaceId) -> None:
    """Raise Refused, as for an id that does not exist, where the item is another workspace's."""
    if item.request.workspace != workspace:
        raise Refused(UNKNOWN.format(item.id))


def asker(item: Run | Generation | Proposal) -> UserId:
    """Return who asks for it: of pictures for use, who proposes them."""
    return item.asked_by if isinstance(item, Proposal) else item.request.requester


def askers(item: Run | Generation | Proposal) -> set[UserId]:
    """Return whose request it is: of pictures for use, who made them and who proposes them."""
    return {item.request.requester, asker(item)}


def voters(item: Run | Generation | Proposal) -> set[UserId]:
    """Return who has approved it, by votes that are not void."""
    return {vote.by for vote in item.ballot.votes} if item.ballot else set()


def check_may_stop(item: Run | Generation | Proposal, who: Person, policy: Policy) -> None:
    """Raise NotAllowed unless `who` asked for it, approved it, or is an admin; a review nobody may stop."""
    check_member(who)
    if isinstance(item, Proposal) and item.is_review:
        raise NotAllowed("An after-review is not cancelled: somebody else says whether it was right, or not.")
    if who.id in askers(item) | {item.decided_by} | voters(item):
        return
    if who.is_among(policy.holders(Role.ADMIN, item.request.channel)):
        return
    raise NotAllowed("Only who asked for it, who approved it, or an admin can stop it.")

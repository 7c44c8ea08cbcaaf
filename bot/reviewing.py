"""The review of a decision that went past the rules: who may give it, and how it is asked for."""

from collections.abc import Callable

from bot.asked import Click, Item, name_of
from bot.clerk import Clerk
from bot.domain.approval import askers
from bot.domain.ballot import Deed, Roster
from bot.domain.ids import ProposalId, UserId, is_direct
from bot.domain.message import Topic
from bot.domain.proposal import Proposal
from bot.domain.review import impartial, review_of
from bot.journal import begin, tell
from bot.ports import Store, Transaction


class Reviews:
    """Asks others afterwards whether it was right to break the glass."""

    def __init__(self, store: Store, clerk: Clerk, new_id: Callable[[], ProposalId]) -> None:
        self._store = store
        self._clerk = clerk
        self._new_id = new_id

    async def reviewers(self, item: Item, click: Click) -> set[UserId]:
        """Return who is told directly that they review it, where no channel shows them the card."""
        if not is_direct(item.request.channel):
            return set()
        wanted = review_of(item, name_of(item), Deed(click.by.id, "", item.requested_at))
        ballot = await self._store.read(lambda tx: self._clerk.proposal_ballot(tx, wanted))
        nobody = frozenset({*askers(item), click.by.id})
        named = frozenset[UserId]()
        if ballot.terms.gates:
            named = await self._clerk.pinged(ballot, 0, click.workspace, barred=nobody)
        return {*(named or await self._clerk.admins(wanted.channel))} - nobody

    def ask(self, tx: Transaction, item: Item, deed: Deed, reviewers: set[UserId]) -> str:
        """Put its card up, tell `reviewers` directly, and say in a sentence who is asked."""
        wanted = review_of(item, name_of(item), deed)
        review = Proposal(self._new_id(), wanted, tx.now, self._clerk.proposal_ballot(tx, wanted))
        begin(tx, review)
        tell(tx, review, reviewers, Topic.TURN)
        if not is_direct(wanted.channel):
            return "A card in its channel asks somebody else whether it was right."
        if reviewers:
            return "It was asked for in no channel: who may say whether it was right is asked directly."
        return (
            "It was asked for in no channel, and nobody else could be asked directly: tell a colleague of it."
        )


def barred(tx: Transaction, item: Item) -> frozenset[UserId]:
    """Return who may not give a review: who broke the glass, and whose request it is about."""
    if not isinstance(item, Proposal) or not item.is_review:
        return frozenset()
    reviewed = item.request.reviewed
    return frozenset({item.request.requester, *(askers(tx.asked(reviewed)) if reviewed else ())})


def only_impartial(tx: Transaction, item: Item, click: Click, roster: Roster) -> Roster:
    """Return who may decide. Raises NotAllowed where somebody would review what was their own business."""
    if not isinstance(item, Proposal) or not item.is_review:
        return roster
    reviewed = item.request.reviewed
    return impartial(item, tx.asked(reviewed) if reviewed else None, click.by.id, roster)

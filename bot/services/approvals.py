"""Deciding on what waits: a training, pictures, a version for a channel, pictures for use, an after-review.

One engine for all of it: who may vote is asked of the ballot, what a granted ballot does is said in
`bot.granting`, who looks at it afterwards in `bot.reviewing`. Later clicks are told who decided.
"""

from collections.abc import Callable
from datetime import timedelta

from bot.asked import (
    Click,
    Item,
    action_of,
    ballot_of,
    changed_since,
    check_seen,
    decided,
    find,
    name_of,
    still_open,
)
from bot.clerk import Clerk
from bot.domain.ballot import Ballot, Deed, GlassBroken, Opened, Overridden, Retracted, Roster, Voted
from bot.domain.changes import changes
from bot.domain.deciding import is_waiting, open_ballot
from bot.domain.errors import NotAllowed, NotUnderstood, Refused
from bot.domain.facts import Approved, Recognised, Rejected, Undone
from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import ProposalId, SubjectId, UserId
from bot.domain.message import Topic
from bot.domain.policy import Role, authorize, check_member, role_of
from bot.domain.proposal import Proposal
from bot.domain.quorum import lapsed
from bot.domain.run import Run, recognised
from bot.domain.stages import called
from bot.freezes import check_not_frozen
from bot.granting import grant
from bot.inbox import Inbox
from bot.journal import record, tell_past_rules
from bot.ports import Store, Transaction
from bot.reviewing import Reviews, only_impartial


class Approvals:
    """Records who decided what; a vote that settles a ballot has what was asked done."""

    def __init__(
        self,
        store: Store,
        clerk: Clerk,
        *,
        undo: timedelta,
        new_id: Callable[[], ProposalId],
        nudge: Callable[[], None],
    ) -> None:
        self._store = store
        self._clerk = clerk
        self._undo = undo
        self._reviews = Reviews(store, clerk, new_id)
        self._inbox = Inbox(store, nudge)

    async def get(self, subject: SubjectId, click: Click) -> Item:
        """Return what has that id. Raises Refused where there is none for who clicks."""
        return await self._store.read(lambda tx: find(tx, subject, click))

    async def decidable(self, subject: SubjectId, click: Click, word: str) -> Item:
        """Return what waits, for who may do that with it.

        Raises NotAllowed; Refused when it is late; Conflict where something else was shown, unless the word
        is to reject: that costs nothing.
        """
        item = await self.get(subject, click)
        if not is_waiting(item):
            raise Refused(decided(item))
        is_past_rules = word in {"override", "break_glass"}
        self._check_role(click, item, Role.ADMIN if is_past_rules else None)
        if item.ballot and not is_past_rules:
            roster = await self._clerk.roster(item.ballot, click.workspace)
            roster = await self._store.read(lambda tx: only_impartial(tx, item, click, roster))
            item.ballot.check_may_reject(click.by, roster)
        if item.ballot and word != "reject" and not click.saw(item.ballot):
            raise changed_since(item)
        return item

    async def approve(self, subject: SubjectId, click: Click, *, comment: str = "") -> str:
        """Approve; where nobody else has to, what was asked is done, a training after the undo window.

        What has changed since it was shown is shown anew, and not approved. Raises NotAllowed, Refused,
        Conflict and BudgetExceeded: then nothing was changed.
        """

        def decide(tx: Transaction, item: Item, roster: Roster) -> str:
            if told := self._renewed(tx, item):
                return told
            ballot = ballot_of(item)
            roster = only_impartial(tx, item, click, roster)
            asks = ballot.terms.ask_somebody
            vote = ballot.vote_of(click.by, roster, at=tx.now, comment=comment.strip()) if asks else None
            check_seen(item, click)
            check_not_frozen(tx, item.request.workspace, action_of(item))
            if vote is None:  # the rules ask nobody any more
                return self._grant(tx, item, click.by.id)
            after = record(tx, item, Voted(vote), None)
            settled = self._settled(tx, after, roster, click.by.id)
            return settled or still_open(ballot_of(after), after, roster, done="approved")

        return await self._decide(subject, click, decide)

    async def reject(self, subject: SubjectId, reason: str, click: Click) -> str:
        """Reject, with a reason that the requester is told. Raises NotUnderstood without one."""
        if not reason.strip():
            raise NotUnderstood("A rejection needs a reason, for example: two pictures are in another style.")

        def decide(tx: Transaction, item: Item, roster: Roster) -> str:
            ballot_of(item).check_may_reject(click.by, only_impartial(tx, item, click, roster))
            record(tx, item, Rejected(click.by.id, reason.strip()), None)
            return f"You rejected {name_of(item)}."

        return await self._decide(subject, click, decide)

    async def retract(self, subject: SubjectId, click: Click) -> str:
        """Take one's own approval back, as long as nothing is settled."""

        def decide(tx: Transaction, item: Item, _: Roster) -> str:
            if not any(vote.by == click.by.id for vote in ballot_of(item).votes):
                raise Refused(f"You have not approved {name_of(item)}, so there is nothing to take back.")
            record(tx, item, Retracted(click.by.id), None)
            return f"Your approval of {name_of(item)} is taken back."

        return await self._decide(subject, click, decide)

    async def override(self, subject: SubjectId, reason: str, click: Click) -> str:
        """Override the soft checks that stand in the way; others are told the reason. For admins."""
        _check_reason(reason, "An override")
        admins = await self._clerk.admins((await self.get(subject, click)).request.channel)

        def decide(tx: Transaction, item: Item, roster: Roster) -> str:
            only_impartial(tx, item, click, roster)
            if told := self._renewed(tx, item):
                return told
            if not (objections := ballot_of(item).open_objections):
                raise Refused(f"Nothing stands in the way of {name_of(item)}.")
            _check_not_alone(ballot_of(item), click.by.id)
            check_seen(item, click)
            check_not_frozen(tx, item.request.workspace, action_of(item))
            after = item
            for check in objections:
                deed = Deed(click.by.id, reason.strip(), tx.now, check.name)
                after = record(tx, after, Overridden(deed), None)
            tell_past_rules(tx, after, Topic.OVERRIDDEN, click.by.id, roster, admins)
            settled = self._settled(tx, after, roster, click.by.id)
            return settled or still_open(ballot_of(after), after, roster, done="overrode the rules for")

        return await self._decide(subject, click, decide, Role.ADMIN)

    async def break_glass(self, subject: SubjectId, reason: str, click: Click) -> str:
        """Decide past all approvals, not past budgets and hard checks; others are told. For admins.

        A review of it is asked for at once, which neither who broke the glass nor who asked can do.
        """
        _check_reason(reason, "To break the glass")
        shown = await self.get(subject, click)
        admins = await self._clerk.admins(shown.request.channel)
        reviewers = await self._reviews.reviewers(shown, click)

        def decide(tx: Transaction, item: Item, roster: Roster) -> str:
            if isinstance(item, Proposal) and item.is_review:
                raise Refused("A review is what others say of it: the glass cannot be broken for it.")
            if told := self._renewed(tx, item):
                return told
            check_seen(item, click)
            check_not_frozen(tx, item.request.workspace, action_of(item))
            deed = Deed(click.by.id, reason.strip(), tx.now)
            after = record(tx, item, GlassBroken(deed), None)
            done = self._grant(tx, after, click.by.id)
            told = tell_past_rules(tx, after, Topic.GLASS_BROKEN, click.by.id, roster, admins)
            return f"{done} {told} {self._reviews.ask(tx, after, deed, reviewers)}"

        return await self._decide(subject, click, decide, Role.ADMIN)

    async def undo(self, subject: SubjectId, click: Click) -> str:
        """Take the approval back before the paid call; any colleague may, for it only ever saves money."""
        check_member(click.by)

        def work(tx: Transaction) -> str:
            run = find(tx, subject, click)
            if not isinstance(run, Run):
                raise Refused(_not_undone(run))
            record(tx, run, Undone(click.by.id), None)
            return f"The approval of {run.request.name} is taken back; nothing was sent."

        return await self._inbox.answer(click.delivery, work)

    def _renewed(self, tx: Transaction, item: Item) -> str:
        """Ask anew where what is asked, or how it is decided, is not what the card shows any more."""
        ballot, fresh = ballot_of(item), self._clerk.ballot_now(tx, item)
        if fresh.digest != ballot.digest:
            record(tx, item, Opened(fresh), None)
            told = "; ".join(changes(ballot, fresh))
            return f"{name_of(item)} is not what it was: {told}. Look at its card again, then decide."
        return ""

    def _settled(self, tx: Transaction, item: Item, roster: Roster, by: UserId) -> str:
        return self._grant(tx, item, by) if ballot_of(item).is_granted(roster) else ""

    def _grant(self, tx: Transaction, item: Item, by: UserId) -> str:
        undo = timedelta() if isinstance(item, Proposal) else self._undo
        done = grant(tx, item, Approved(by, tx.now + undo), budgets=self._clerk.policy().budgets, undo=undo)
        has_confirmed = isinstance(item, Run) and item.rights is None
        return f"{done} You confirmed that the team may train on these pictures." if has_confirmed else done

    def _check_role(self, click: Click, item: Item, role: Role | None = None) -> None:
        role = role or role_of(action_of(item))
        authorize(click.by, role, policy=self._clerk.policy(), channel=item.request.channel)

    async def _decide(
        self,
        subject: SubjectId,
        click: Click,
        decide: Callable[[Transaction, Item, Roster], str],
        role: Role | None = None,
    ) -> str:
        """Do so once, if it still waits; the people are asked for before, with no transaction open.

        It takes the role that decides on it, or `role`.
        """
        item = await self._store.read(lambda tx: find(tx, subject, click))
        ballot = item.ballot
        if ballot is None:
            ballot = await self._store.read(lambda tx: self._clerk.ballot_now(tx, item))
        roster = await self._clerk.roster(ballot, click.workspace)
        if lapsed(ballot, roster):  # whatever is decided now, or refused: the card says who has to
            await self._store.write(lambda tx: _drop_lapsed(tx, find(tx, subject, click), ballot, roster))

        def work(tx: Transaction) -> str:
            item = find(tx, subject, click)
            if not is_waiting(item):
                raise Refused(decided(item))
            self._check_role(click, item, role)
            if item.ballot is None:  # it was asked before there were ballots
                item = record(tx, item, Opened(self._clerk.ballot_now(tx, item)), None)
            now = ballot_of(item)
            if (now.digest, now.is_escalated) != (ballot.digest, ballot.is_escalated):
                raise changed_since(item)
            if tx.now >= now.expires_at:
                raise Refused(f"{name_of(item)} has expired: it was not decided in time. Ask for it again.")
            return decide(tx, _compared(tx, item), roster)

        return await self._inbox.answer(click.delivery, work)


def _drop_lapsed(tx: Transaction, item: Item, ballot: Ballot, roster: Roster) -> None:
    """Take off the votes that count no more, if all is still as `roster` was asked for."""
    if open_ballot(item) == ballot:
        for who in lapsed(ballot, roster):
            item = record(tx, item, Retracted(who, has_left=True), None)


def _not_undone(item: Generation | Proposal) -> str:
    """Return that an undo is for trainings, and what there is instead."""
    if is_waiting(item):
        return f"{name_of(item)} still waits: `/style retract {item.id}` takes your own approval back."
    is_before_it = item.stage in {Drawing.REQUESTED, Drawing.SUBMITTING}
    if isinstance(item, Generation) and is_before_it and not item.may_be_charged:
        who = "who asked, who approved or an admin can do that"
        return f"Pictures are stopped by `/style cancel {item.id}`: {who} until they are sent."
    return f"{name_of(item)}: that approval cannot be taken back any more ({called(item.stage)})."


def _check_reason(reason: str, what: str) -> None:
    if not reason.strip():
        raise NotUnderstood(f"{what} needs a reason: whoever is told of it reads it.")


def _check_not_alone(ballot: Ballot, who: UserId) -> None:
    """Raise NotAllowed where who asked would override it and nobody else had to look: four eyes."""
    if ballot.terms.four_eyes and not ballot.terms.gates and who == ballot.asker:
        raise NotAllowed("You asked for this and nobody else has to approve it: another admin overrides it.")


def _compared(tx: Transaction, item: Item) -> Item:
    """Return it with what the same pictures have been handed over for by now: it is asked with that."""
    if not isinstance(item, Run) or item.dataset is None:
        return item
    before = recognised(tx.runs.trained_on(item.request.workspace, item.dataset.content))
    return item if before in {None, item.before} else record(tx, item, Recognised(before), None)

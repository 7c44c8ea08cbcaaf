"""Writing down what happened, with all that follows from it: one place, so that nobody forgets a part.

A fact moves what it is about, has its card drawn anew, tells whom it concerns, settles or frees its money,
and goes into the audit, in the transaction that somebody else began.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

from bot.domain import audit
from bot.domain.approval import asker, voters
from bot.domain.audit import Did
from bot.domain.ballot import Escalated, Expired, GlassBroken, Opened, Overridden, Retracted, Roster, Voted
from bot.domain.collecting import Collected
from bot.domain.deciding import Decided, is_asked
from bot.domain.facts import (
    Approved,
    Changed,
    Curated,
    Event,
    Rejected,
    Reused,
    Trained,
    Undone,
)
from bot.domain.generation import Event as PictureEvent
from bot.domain.generation import Generation
from bot.domain.generation import Stage as PictureStage
from bot.domain.ids import UserId
from bot.domain.message import GenerationCard, Memo, ProposalCard, RunCard, RunEnded, Topic
from bot.domain.money import TRAINING, Entry, Micros, dollars, micros, picture_key
from bot.domain.people import ERASED
from bot.domain.policy import Budget
from bot.domain.proposal import Event as ProposalEvent
from bot.domain.proposal import Proposal
from bot.domain.results import Rendered
from bot.domain.run import Run, Stage
from bot.domain.style import choice_of, slug_of
from bot.domain.task import Adopted, Cancelled, Doubted, Failed, Searched
from bot.ports import Transaction

Item = TypeVar("Item", bound=Run | Generation | Proposal)
NOW = timedelta()
"""The wait of what is due at once."""
MOST_NAMED = 2
"""So many people a sentence names beside one more, or beside how many others there are."""
AnyEvent = Event | PictureEvent | ProposalEvent


def begin(tx: Transaction, item: Run | Generation | Proposal) -> None:
    """Put something new down that somebody asks for."""
    _shelf_of(tx, item).add(item)
    draw(tx, item)
    _note(tx, item, asker(item), Did.ASKED)


def record(tx: Transaction, item: Item, fact: AnyEvent, due: timedelta | None) -> Item:
    """Write a fact down, with what follows.

    Raises IllegalMove and Conflict, as `bot.ports.Shelf.record` does: then nothing is written.
    """
    after: Item = _shelf_of(tx, item).record(item, fact, due=due)
    if not isinstance(fact, Collected):
        draw(tx, after)
        _draw_questions(tx, item, after)
    _tell_of(tx, item, after, fact)
    _keep_books(tx, item, fact)
    _keep_audit(tx, after, fact)
    return after


def postpone(tx: Transaction, item: Run | Generation | Proposal, due: timedelta) -> None:
    """Give a taken item back unchanged, to fall due after `due`. Raises Conflict."""
    _shelf_of(tx, item).postpone(item, due=due)


def renew(tx: Transaction, item: Run | Generation | Proposal, lease: timedelta) -> None:
    """Keep a taken item for another `lease`. Raises Conflict."""
    _shelf_of(tx, item).renew(item, lease=lease)


def _shelf_of(tx: Transaction, item: Run | Generation | Proposal) -> Any:  # noqa: ANN401 - of its kind
    match item:
        case Run():
            return tx.runs
        case Generation():
            return tx.generations
    return tx.proposals


def reserve(tx: Transaction, item: Run | Generation, budgets: tuple[Budget, ...]) -> None:
    """Reserve what it will cost, at the most. Raises BudgetExceeded."""
    entry = expected(item)
    tx.ledger.reserve(entry, budgets)
    _note(tx, item, None, Did.RESERVED, amount=dollars(entry.reserved))


def expected(item: Run | Generation) -> Entry:
    """Return the ledger's entry for what it will cost, at the most; 0 where nobody knows that."""
    estimate = item.ballot.estimate if item.ballot else None
    return entry_of(item, micros(estimate.high) if estimate else Micros(0))


def entry_of(item: Run | Generation, reserved: Micros) -> Entry:
    """Return the ledger's entry for a run or a request for pictures."""
    if isinstance(item, Run):
        style, key, count = slug_of(item.request.name), TRAINING, 1
    else:
        asked = item.request
        key, count = picture_key(str(asked.size), asked.quality), asked.count
        style = choice_of(item.label).slug
    request = item.request
    who = request.requester
    return Entry(item.id, request.workspace, request.channel, who, style, key, count, reserved)


def draw(tx: Transaction, item: Run | Generation | Proposal) -> None:
    """Have its card drawn anew, and who asked told where it is over."""
    match item:
        case Run():
            tx.outbox.announce(RunCard(item.id))
            if item.is_over:
                tx.outbox.announce(RunEnded(item.id))
        case Generation():
            tx.outbox.announce(GenerationCard(item.id))
        case Proposal():
            tx.outbox.announce(ProposalCard(item.id))


def _draw_questions(tx: Transaction, before: Decided, after: Run | Generation | Proposal) -> None:
    """Have what asked people directly drawn anew where it no longer waits for them, or does again."""
    for question in tx.outbox.questions(after.id):
        if is_asked(question.memo, before) != is_asked(question.memo, after):
            tx.outbox.announce(question)


def tell(tx: Transaction, item: Run | Generation | Proposal, who: Iterable[UserId], topic: Topic) -> None:
    """Have these people told something of `item` directly; who asked to be forgotten is nobody."""
    for user in sorted({*who} - {ERASED}):
        tx.outbox.announce(Memo(item.request.workspace, item.id, user, topic))


def tell_past_rules(
    tx: Transaction,
    item: Run | Generation | Proposal,
    topic: Topic,
    by: UserId,
    roster: Roster,
    admins: set[UserId],
) -> str:
    """Have those told whom it concerns what an admin did past the rules; return in a sentence who they are.

    That is who decides, has voted, or asked. Where anybody decides, or nobody has to, the admins stand for
    them: not everybody is told.
    """
    steps = [among for gate in roster.gates for among in gate]
    named = {who for among in steps if among is not None for who in among}
    asked = {item.ballot.asker} if item.ballot else set()
    for_all = admins if None in steps or not steps else set()
    told = (named | for_all | asked | voters(item)) - {by, ERASED}
    tell(tx, item, told, topic)
    return _naming(sorted(told))


def _naming(people: list[UserId]) -> str:
    if not people:
        return "Nobody else could be told directly."
    *first, last = [f"@{one}" for one in people]
    if len(first) > MOST_NAMED:
        first, last = first[:MOST_NAMED], f"{len(people) - MOST_NAMED} others"
    return f"Told of it directly: {' and '.join([*([', '.join(first)] if first else []), last])}."


def _tell_of(
    tx: Transaction,
    before: Run | Generation | Proposal,
    after: Run | Generation | Proposal,
    fact: AnyEvent,
) -> None:
    """Have those told whose vote is void, who has to decide in doubt, and who asked what came of it.

    The end of a run is told in its thread, and what Runware makes of pictures on their card.
    """
    match fact:
        case Opened() | Changed():
            tell(tx, after, voters(before) - voters(after), Topic.VOID)
        case Undone(by):
            tell(tx, after, (voters(before) | {after.request.requester}) - {by}, Topic.UNDONE)
        case Approved(by) if isinstance(after, Proposal) and not after.ballot.glass:
            tell(tx, after, {after.asked_by} - {by}, Topic.ENDED)
        case Rejected() | Expired() if not isinstance(after, Run):
            tell(tx, after, {asker(after)}, Topic.ENDED)
        case Failed() if isinstance(after, Generation) and not after.may_be_charged:
            tell(tx, after, {asker(after)}, Topic.ENDED)
        case Doubted() | Searched() if _is_in_doubt_anew(before, fact):
            tell(tx, after, {asker(after)} | _approvers(after), Topic.DOUBT)


def _is_in_doubt_anew(before: Run | Generation | Proposal, fact: Doubted | Searched) -> bool:
    """Say whether a person has to decide from now on; after a restore it is looked for once before."""
    return isinstance(fact, Doubted) or (not isinstance(before, Proposal) and before.searched_at is None)


def _approvers(item: Run | Generation | Proposal) -> set[UserId]:
    return voters(item) | ({item.decided_by} if item.decided_by else set())


def _keep_books(tx: Transaction, before: Run | Generation | Proposal, fact: AnyEvent) -> None:
    """Book what it cost, or let go of what was reserved for it."""
    if isinstance(before, Proposal):
        return
    booked = freed = None
    match fact:
        case Trained(cost=cost):
            booked = tx.ledger.settle(before.id, cost)
        case Rendered(results):
            costs = [result.cost for result in results if result.cost and result.cost > 0]
            is_whole = len(costs) == len(results)
            booked = tx.ledger.settle(before.id, sum(costs), count=len(results), is_whole=is_whole)
        case Adopted() if _is_unreserved(before):  # it was handed over past what the database remembers
            reserve(tx, before, ())
        case Cancelled() if before.task and before.task.attempts:
            booked = tx.ledger.settle(before.id, None)
        case Cancelled() | Failed() | Rejected() | Expired() | Undone() | Changed() | Reused():
            freed = tx.ledger.release(before.id)
    if booked is not None:
        did = Did.ASSUMED if booked.is_assumed else Did.SPENT
        _note(tx, before, None, did, amount=dollars(booked.amount))
    if freed is not None:
        _note(tx, before, None, Did.RELEASED, amount=dollars(freed))


def _is_unreserved(item: Run | Generation) -> bool:
    if isinstance(item, Run):
        return item.stage in (Stage.REQUESTED, Stage.AWAITING)
    return item.stage is PictureStage.AWAITING


def _keep_audit(tx: Transaction, item: Run | Generation | Proposal, fact: AnyEvent) -> None:  # noqa: C901 - a table
    match fact:
        case Opened():
            _note(tx, item, None, Did.OPENED)
        case Voted(vote):
            place = f"for @{vote.seat}" if vote.seat != vote.by else ""  # words, for they can be erased
            _note(tx, item, vote.by, Did.APPROVED, words=_joined(place, vote.comment))
        case Overridden(deed):
            _note(tx, item, deed.by, Did.OVERRODE, words=_joined(deed.check, deed.reason))
        case GlassBroken(deed):
            _note(tx, item, deed.by, Did.BROKE_GLASS, words=deed.reason)
        case Rejected(by, reason):
            _note(tx, item, by, Did.REJECTED, words=reason)
        case Approved(by):
            _note(tx, item, by, Did.GRANTED)
        case Escalated():
            _note(tx, item, None, Did.ESCALATED)
        case Expired():
            _note(tx, item, None, Did.EXPIRED)
        case Retracted(by, has_left=True):
            _note(tx, item, by, Did.LOST_VOTE)
        case Retracted(by) | Undone(by) | Curated(by) | Reused(by):
            _note(tx, item, by, _BY_PEOPLE[type(fact)])
        case Cancelled(by):
            _note(tx, item, UserId(by), Did.CANCELLED)
        case Changed(why):
            _note(tx, item, None, Did.CHANGED, words=why)


def _joined(about: str, said: str) -> str:
    return ": ".join(part for part in (about, said) if part)


_BY_PEOPLE = {Retracted: Did.RETRACTED, Undone: Did.UNDID, Curated: Did.CHANGED, Reused: Did.CANCELLED}


def _note(
    tx: Transaction,
    item: Run | Generation | Proposal,
    who: UserId | None,
    did: Did,
    *,
    amount: float | None = None,
    words: str = "",
) -> None:
    digest = item.ballot.digest if item.ballot else ""
    tx.audit.add(audit.Deed(item.request.workspace, who, did, item.id, digest, amount, words))

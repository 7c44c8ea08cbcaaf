"""What is done once a ballot is granted: money is reserved and what was asked happens, in one transaction."""

from datetime import timedelta

from bot.domain import audit
from bot.domain.audit import Did
from bot.domain.errors import Refused
from bot.domain.facts import Approved
from bot.domain.generation import Generation
from bot.domain.ids import UserId
from bot.domain.policy import Action, Budget
from bot.domain.proposal import Proposal, ProposalRequest
from bot.domain.run import Run
from bot.journal import record, reserve
from bot.ports import Transaction

NOW = timedelta()


def grant(
    tx: Transaction,
    item: Run | Generation | Proposal,
    fact: Approved,
    *,
    budgets: tuple[Budget, ...],
    undo: timedelta,
) -> str:
    """Do what was asked, and return what was done, in a sentence. Raises BudgetExceeded and Refused."""
    match item:
        case Run():
            reserve(tx, item, budgets)
            record(tx, item, fact, undo)
            return f"You approved {item.request.name}; it starts in {undo.total_seconds():.0f} s."
        case Generation():
            reserve(tx, item, budgets)
            record(tx, item, fact, undo)
            soon = f"{undo.total_seconds():.0f} s"
            return f"You approved the pictures in {item.label}; they are asked for in {soon}."
    record(tx, item, fact, None)
    return carry_out(tx, item.request, fact.by)


def carry_out(tx: Transaction, request: ProposalRequest, by: UserId) -> str:
    """Do what is proposed, and return that in a sentence. Raises Refused where it cannot be done any more."""
    match request.action:
        case Action.PROMOTE if request.air:
            version = tx.styles.by_air(request.workspace, request.air)
            if version is None:
                raise Refused(f"{request.label} is no longer there to draw in.")
            tx.styles.make_default(request.channel, version)
            tx.audit.add(audit.Deed(request.workspace, by, Did.PROMOTED, request.air))
            return f"This channel now draws in {request.label}."
        case Action.USE if request.generation:
            for picture in request.pictures:
                tx.library.clear(request.workspace, request.generation, picture, by)
                tx.audit.add(audit.Deed(request.workspace, by, Did.CLEARED, picture))
            return f"Approved for use: {request.label}."
    return "Noted: it was right."

"""What is done once a ballot is granted: money is reserved and what was asked happens, in one transaction."""

from datetime import timedelta

from bot.domain import audit
from bot.domain.audit import Did
from bot.domain.errors import Refused
from bot.domain.facts import Approved
from bot.domain.generation import Generation
from bot.domain.ids import ChannelId, GenerationId, RunId, UserId
from bot.domain.message import DefaultMade, GenerationCard, RunCard
from bot.domain.policy import Action, Budget
from bot.domain.proposal import Proposal, ProposalRequest
from bot.domain.run import Run
from bot.domain.style import Version
from bot.journal import record, reserve
from bot.ports import Transaction


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
    done = carry_out(tx, item.request, fact.by, item.ballot.digest)
    if item.request.action is Action.PROMOTE:  # who decides may be elsewhere
        return f"{item.label} is the default of #{item.request.channel} now."
    return done


def carry_out(tx: Transaction, request: ProposalRequest, by: UserId, digest: str) -> str:
    """Do what is proposed, and return that in a sentence. Raises Refused where it cannot be done any more.

    `digest` is of what was asked, by which the audit binds what was done to it.
    """
    match request.action:
        case Action.PROMOTE if request.air:
            version = tx.styles.by_air(request.workspace, request.air)
            if version is None:
                raise Refused(f"{request.label} is no longer there to draw in.")
            before = tx.styles.default_of(request.channel)
            if before == version:
                return f"This channel draws in {request.label} already."
            tx.styles.make_default(request.channel, version)
            _show_default(tx, request.channel, version, before, by)
            where = f"in {request.channel}"
            tx.audit.add(audit.Deed(request.workspace, by, Did.PROMOTED, request.air, digest, words=where))
            return f"This channel now draws in {request.label}."
        case Action.USE if request.generation:
            places = [upload.result for upload in tx.generations.get(request.generation).uploads]
            for picture in request.pictures:
                tx.library.clear(request.workspace, request.generation, picture, by)
                about = f"{picture} of {request.generation}"  # what it ends with is what finds it
                which = f"picture {places.index(picture) + 1}" if picture in places else ""
                tx.audit.add(audit.Deed(request.workspace, by, Did.CLEARED, about, digest, words=which))
            _grant_others(tx, request.generation, by)
            if tx.outbox.card(request.generation):
                tx.outbox.announce(GenerationCard(request.generation))
            return f"Approved for use: {request.label}."
    return "Noted: it was right."


def _grant_others(tx: Transaction, generation: GenerationId, by: UserId) -> None:
    """Grant what else is proposed of these pictures, as far as all of it may be used now."""
    cleared = tx.library.cleared(generation)
    for proposal in tx.proposals.live():
        request = proposal.request
        is_of_these = request.action is Action.USE and request.generation == generation
        if is_of_these and cleared.issuperset(request.pictures):
            record(tx, proposal, Approved(by, tx.now), None)


def _show_default(
    tx: Transaction, channel: ChannelId, version: Version, before: Version | None, by: UserId
) -> None:
    """Have the cards in that channel of what is, and was, its default drawn anew, and the channel told."""
    shown = [one.run for one in (version, before) if one and _stands_in(tx, one.run, channel)]
    for run in shown:
        tx.outbox.announce(RunCard(run))
    if version.run in shown:
        tx.outbox.announce(DefaultMade(version.run, by))


def _stands_in(tx: Transaction, run: RunId, channel: ChannelId) -> bool:
    """Say whether a run's card stands in the channel where it was asked for, and that is this one."""
    return tx.outbox.card(run) is not None and tx.runs.get(run).request.channel == channel

"""What a message is drawn from: read again, newest, each time it is to be said."""

from collections.abc import Callable, Mapping, Sequence

from bot.domain.alarm import HOLDS, Alarm
from bot.domain.approval import askers, voters
from bot.domain.deciding import is_asked, is_turn_of, is_waiting, open_ballot
from bot.domain.generation import Generation
from bot.domain.ids import UserId
from bot.domain.message import (
    Answered,
    DefaultMade,
    Digest,
    Findings,
    GenerationCard,
    Home,
    HomeState,
    Memo,
    Message,
    Notice,
    Originals,
    ProposalCard,
    RunCard,
    RunEnded,
    Sheet,
    State,
    Topic,
)
from bot.domain.money import month_around
from bot.domain.people import Absence
from bot.domain.policy import Budget
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.ports import Transaction
from bot.services.relay.asides import with_aside, with_limits

Absences = Mapping[UserId, Absence]
Budgets = Callable[[], Sequence[Budget]]
_ASKING = frozenset({Topic.TURN, Topic.REMINDER, Topic.ESCALATED, Topic.STUCK})
"""What asks for something to be done, and would lie once it is."""


def state_of(tx: Transaction, message: Message, budgets: Sequence[Budget] = ()) -> State:
    """Return what `message` is about; what asks for a decision tells what `budgets` say.

    Raises Refused where it is gone.
    """
    match message:
        case RunCard(run=run):
            return with_aside(tx, tx.runs.get(run), budgets)
        case GenerationCard(generation=generation):
            return with_aside(tx, tx.generations.get(generation), budgets)
        case Sheet() | Findings() | RunEnded() | DefaultMade():
            return tx.runs.get(message.run)
        case Originals(generation=generation):
            return tx.generations.get(generation)
        case ProposalCard(proposal=proposal):
            return tx.proposals.get(proposal)
        case Memo(subject=subject) | Answered(Memo(subject=subject)):
            return with_limits(tx, tx.asked(subject), budgets)
        case Digest():
            return tx.ledger.statement(message.workspace, message.since, message.until)
        case Home():
            return home_of(tx, message)
        case Notice():
            return alarm_of(tx, message)


def alarm_of(tx: Transaction, notice: Notice) -> Alarm:
    """Return the alarm that `notice` tells of."""
    return tx.alarms.get(notice.workspace, notice.concern, notice.about)


def home_of(tx: Transaction, home: Home, budgets: Sequence[Budget] = ()) -> HomeState:
    """Return what a person's App Home shows; of `budgets` it tells what is left, and what they hold up."""
    if home.closed:
        return HomeState(home.user, closed=home.closed)
    runs, absences = tx.runs.recent(home.workspace, limit=50), tx.absences.now(home.workspace)
    mine = tuple(run for run in runs if run.request.requester == home.user)
    waiting = tuple(run for run in runs if _waits_for(run, home, absences))
    held = tuple(alarm for alarm in tx.alarms.standing() if alarm.concern in HOLDS)
    return HomeState(
        home.user,
        mine[:10],
        tuple(with_limits(tx, run, budgets) for run in waiting[:10]),
        tuple(tx.styles.ready(home.workspace)),
        held,
        asked=tuple(with_limits(tx, one, budgets) for one in _asked(tx, home, absences)[:10]),
        money=tx.ledger.statement(home.workspace, *month_around(tx.now), budgets, viewer=home.user),
    )


def _asked(tx: Transaction, home: Home, absences: Absences) -> tuple[Generation | Proposal, ...]:
    """Return the pictures and proposals of others that wait for their decision."""
    waiting: list[Generation | Proposal] = [one for one in tx.generations.live() if not one.request.private]
    waiting += tx.proposals.live()
    ours = [one for one in waiting if one.request.workspace == home.workspace]
    return tuple(one for one in ours if _waits_for(one, home, absences))


def _waits_for(item: Run | Generation | Proposal, home: Home, absences: Absences) -> bool:
    """Say whether it waits for a decision that others asked for, which they may make and have not made."""
    if not is_waiting(item) or home.user in askers(item) | voters(item):
        return False
    if item.ballot is None or home.person is None:
        return True
    stands_in = any(absence.delegate == home.user for absence in absences.values())
    return stands_in or is_turn_of(home.person, item.ballot)


def stage_of(state: State) -> str:
    """Return the word for where it stands; empty for what has no stages."""
    return state.stage.value if isinstance(state, Run | Generation | Proposal) else ""


def is_outdated(message: Message, state: State) -> bool:
    """Say whether it would lie by now.

    It is about a dataset that its run no longer has, or asks for a decision that was made or is another's by
    now, or calls a vote void that was cast anew, or undone what is approved again, or in doubt what is not;
    of reminders that waited for the morning, the last will do.
    """
    if isinstance(message, Memo) and isinstance(state, Run | Generation | Proposal):
        if message.topic is Topic.VOID:
            return message.user in voters(state)
        if message.topic is Topic.UNDONE:
            is_approved = not is_waiting(state) or (isinstance(state, Run) and state.undone is None)
            return is_approved or message.user in voters(state)
        if message.topic is Topic.DOUBT:
            return not is_asked(message, state)
        return message.topic in _ASKING and not _is_still_asked(message, state)
    if not isinstance(message, Sheet | Findings) or not message.dataset:
        return False
    return isinstance(state, Run) and state.dataset is not None and state.dataset.sha256 != message.dataset


def _is_still_asked(memo: Memo, item: Run | Generation | Proposal) -> bool:
    """Say whether what `memo` asks for is still to be decided by whom it goes to."""
    ballot = open_ballot(item)
    if ballot is None or not is_asked(memo, item):
        return False
    is_newest = memo.topic is not Topic.REMINDER or memo.number == ballot.reminded
    has_decided = memo.user in voters(item) and memo.gate != len(ballot.terms.gates)  # not on an override
    return is_newest and not has_decided

"""What a message is drawn from: read again, newest, each time it is to be said."""

from bot.domain.alarm import HOLDS, Alarm
from bot.domain.generation import Generation
from bot.domain.message import (
    ContactSheet,
    Findings,
    GenerationCard,
    Home,
    HomeState,
    Message,
    Notice,
    Originals,
    PairSheet,
    PaletteSheet,
    RunCard,
    RunEnded,
    Sheet,
    State,
)
from bot.domain.run import Run, Stage
from bot.ports import Transaction


def state_of(tx: Transaction, message: Message) -> State:
    """Return what `message` is about. Raises Refused where it is gone."""
    match message:
        case RunCard() | ContactSheet() | PaletteSheet() | PairSheet() | Findings() | RunEnded():
            return tx.runs.get(message.run)
        case GenerationCard(generation=generation) | Originals(generation=generation):
            return tx.generations.get(generation)
        case Home():
            return home_of(tx, message)
        case Notice():
            return alarm_of(tx, message)


def alarm_of(tx: Transaction, notice: Notice) -> Alarm:
    """Return the alarm that `notice` tells of."""
    return tx.alarms.get(notice.workspace, notice.concern, notice.about)


def home_of(tx: Transaction, home: Home) -> HomeState:
    """Return what a person's App Home shows."""
    runs = tx.runs.recent(home.workspace, limit=50)
    mine = tuple(run for run in runs if run.request.requester == home.user)
    waiting = tuple(run for run in runs if run.stage is Stage.AWAITING and run not in mine)
    held = tuple(alarm for alarm in tx.alarms.standing() if alarm.concern in HOLDS)
    return HomeState(home.user, mine[:10], waiting[:10], tuple(tx.styles.ready(home.workspace)), held)


def stage_of(state: State) -> str:
    """Return the word for where it stands; empty for what has no stages."""
    return state.stage.value if isinstance(state, Run | Generation) else ""


def is_outdated(message: Message, state: State) -> bool:
    """Say whether it is about a dataset that its run no longer has: with the new one's words it would lie."""
    if not isinstance(message, Sheet | Findings) or not message.dataset:
        return False
    return isinstance(state, Run) and state.dataset is not None and state.dataset.sha256 != message.dataset

"""Writing down what happened, with what is to be said of it: one place, so that no step forgets it."""

from datetime import timedelta

from bot.domain.alarm import Concern
from bot.domain.errors import AccessDenied
from bot.domain.facts import Event
from bot.domain.ids import WorkspaceId
from bot.domain.message import RunCard, RunEnded
from bot.domain.run import Run
from bot.ports import Transaction


def record(tx: Transaction, run: Run, fact: Event, due: timedelta | None) -> Run:
    """Write a fact down, have the card drawn anew, and tell the requester where it is the end."""
    run = tx.runs.record(run, fact, due=due)
    tx.outbox.announce(RunCard(run.id))
    if run.is_over:
        tx.outbox.announce(RunEnded(run.id))
    return run


TOP_UP = (
    "Runware wants its account topped up before it takes more {}: do that in its dashboard. One request in "
    "two minutes finds out; what waits goes on by itself within about three minutes."
)
NEW_KEY = (
    "Runware refuses the key: look in its dashboard whether it is still good. If it is not, set a new "
    "RUNWARE_API_KEY and restart Housestyle; what waits goes on by itself."
)


def sound(tx: Transaction, workspace: WorkspaceId, denied: AccessDenied, *, about: str) -> Concern:
    """Have those who can mend it told that Runware refuses our key, or wants its account topped up.

    `about` says for what: a balance that does for pictures may not do for trainings. Returns which it is.
    """
    if denied.is_balance:
        tx.alarms.sound(workspace, Concern.BALANCE, TOP_UP.format(about), about=about)
        return Concern.BALANCE
    tx.alarms.sound(workspace, Concern.KEY, NEW_KEY)
    return Concern.KEY

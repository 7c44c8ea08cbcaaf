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


def sound(tx: Transaction, workspace: WorkspaceId, denied: AccessDenied) -> None:
    """Have those who can mend it told that Runware refuses our key, or wants its account topped up."""
    tx.alarms.sound(workspace, Concern.BALANCE if denied.is_balance else Concern.KEY, str(denied))

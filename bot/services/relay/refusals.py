"""What Slack refuses, told to who can mend it: what is set aside for good, and what is tried on for too long.

A word of Slack's that we do not know may be over in a minute, so the message is tried on and nobody is told;
after an hour somebody is, and again once it has gone through.
"""

from datetime import timedelta

from bot.domain.alarm import Concern
from bot.domain.errors import Refused
from bot.domain.generation import Generation
from bot.domain.ids import WorkspaceId
from bot.domain.message import Digest, Message, State
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.ports import Pending, Transaction
from bot.services.relay.remedies import TRIED_ON
from bot.services.relay.states import state_of

LONG = timedelta(hours=1)
STILL_TRIED = "still_tried"
"""So begins, before Slack's word, what an alarm is about that ends by itself."""


def park(tx: Transaction, pending: Pending, why: str, sentence: str) -> None:
    """Set a message aside, and have who can mend it told, unless that is what cannot be told."""
    tx.outbox.park(pending, why)
    if workspace := _told_of(tx, pending):
        _is_over(tx, pending, workspace)
        about = f"digest {why}" if isinstance(pending.message, Digest) else why  # it has a remedy of its own
        tx.alarms.sound(workspace, Concern.PARKED, sentence, about=about)


def put_off(tx: Transaction, pending: Pending, wait: timedelta, word: str, *, may_stand: bool) -> None:
    """Put a message back, to be tried again; where Slack has long refused it in a `word`, that is told."""
    tx.outbox.postpone(pending, due=wait, may_stand=may_stand)
    if word and _is_late(tx, pending) and (workspace := _told_of(tx, pending)):
        sentence, about = TRIED_ON.format(word), f"{STILL_TRIED} {word}"
        tx.alarms.sound(workspace, Concern.PARKED, sentence, about=about)


def gone_through(tx: Transaction, pending: Pending, state: State) -> None:
    """Let the alarms be over that a message long refused may have sounded; another's sounds again."""
    if workspace := _workspace_of(pending.message, state):
        _is_over(tx, pending, workspace)


def _is_over(tx: Transaction, pending: Pending, workspace: WorkspaceId) -> None:
    if not _is_late(tx, pending):
        return
    for alarm in tx.alarms.standing():
        if alarm.workspace == workspace and alarm.about.startswith(STILL_TRIED):
            tx.alarms.settle(alarm.workspace, alarm.concern, about=alarm.about)


def _is_late(tx: Transaction, pending: Pending) -> bool:
    """Say whether it was tried before, and should have been said long ago."""
    since = pending.announced_at if pending.attempts else None
    return since is not None and tx.now - since >= LONG


def _told_of(tx: Transaction, pending: Pending) -> WorkspaceId | None:
    """Return in whose workspace somebody waits for it, and can be told."""
    try:
        return _workspace_of(pending.message, state_of(tx, pending.message))
    except Refused:  # what it is about is gone, and nobody waits for the message
        return None


def _workspace_of(message: Message, state: State) -> WorkspaceId | None:
    if isinstance(message, Digest):
        return message.workspace
    return state.request.workspace if isinstance(state, Run | Generation | Proposal) else None

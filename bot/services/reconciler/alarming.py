"""Having those who can mend it told that Runware will not take what is paid for."""

from bot.domain.alarm import HELD, Concern
from bot.domain.errors import AccessDenied
from bot.domain.ids import WorkspaceId
from bot.domain.task import Delayed
from bot.domain.trouble import Cause
from bot.ports import Transaction

TOP_UP = (
    "Runware wants its account topped up before it takes more {}: do that in its dashboard. One request in "
    "two minutes finds out; what waits goes on by itself within about three minutes."
)
NEW_KEY = (
    "Runware refuses the key: look in its dashboard whether it is still good. If it is not, set a new "
    "RUNWARE_API_KEY and restart Housestyle; what waits goes on by itself."
)


def sound(tx: Transaction, workspace: WorkspaceId, denied: AccessDenied, *, about: str) -> Delayed:
    """Have those who can mend it told that Runware refuses our key, or wants its account topped up.

    `about` says for what: a balance that does for pictures may not do for trainings. Returns what keeps back
    what waits for its end.
    """
    if denied.is_balance:
        tx.alarms.sound(workspace, Concern.BALANCE, TOP_UP.format(about), about=about)
        return held(Concern.BALANCE)
    tx.alarms.sound(workspace, Concern.KEY, NEW_KEY)
    return held(Concern.KEY)


def is_restored(tx: Transaction, workspace: WorkspaceId) -> bool:
    """Say whether the database was restored, so that a task, or a name, may be taken that it knows not."""
    return any(
        alarm.concern is Concern.RESTORED and alarm.workspace in (workspace, "")
        for alarm in tx.alarms.standing()
    )


def held(concern: Concern) -> Delayed:
    """Return what an alarm means for what waits for its end."""
    return Delayed(HELD[concern], Cause(concern))

"""What keeps a finished picture, which is paid, from being fetched: for how long, and who can mend it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.domain.alarm import Concern
from bot.domain.collecting import Collected, Lost, Renewed
from bot.domain.errors import Refused, Unavailable
from bot.domain.generation import Generation
from bot.domain.results import Result
from bot.domain.task import Delayed
from bot.domain.trouble import Cause, begun
from bot.ports import FOREIGN_HOST, TOO_LARGE, Transaction
from bot.services.reconciler.pace import Pace

Fact = Collected | Renewed | Delayed | Lost
HELD_FOR = timedelta(days=7)
"""For so long a picture on a host that is not allowed waits for somebody to allow it."""
ALLOW = (
    "Runware's link to a picture that is drawn and paid, at `{}`, leads to a host that Housestyle may not "
    "fetch from. If it is Runware's, add it to HOUSESTYLE_RESULT_HOSTS and restart Housestyle."
)


class Obstacle(NamedTuple):
    """What is in the way: it is borne with for so long, and after a while Runware is asked for another link.

    `untried` could not be seen to be over because of it.
    """

    cause: Cause
    borne_for: timedelta
    asks_after: timedelta
    untried: tuple[Cause, ...] = (Cause.RUNWARE, Cause.SLACK)


def obstacle(no: Unavailable | Refused, pace: Pace) -> Obstacle:
    """Return what it means that a picture was not fetched: just drawn, it may not be at its link yet.

    One bad answer is no proof either: a page may be about maintenance, half a picture a host that fell over.
    """
    if isinstance(no, Unavailable):
        untried = (Cause.LINK, Cause.RUNWARE, Cause.SLACK)
        return Obstacle(Cause.HOST, pace.doubt, pace.patience, untried)
    if no.code == FOREIGN_HOST:
        return Obstacle(Cause.UNLISTED, HELD_FOR, HELD_FOR)
    borne_for = timedelta() if no.code == TOO_LARGE else pace.patience
    return Obstacle(Cause.LINK, borne_for, timedelta())


def mind_hosts(tx: Transaction, generation: Generation, brought: Iterable[tuple[Result, Fact]]) -> None:
    """Have those told who can allow a host that pictures wait for; once none waits for it, that is over."""
    workspace = generation.request.workspace
    for result, fact in brought:
        host = _host_of(result.url)
        if isinstance(fact, Delayed) and fact.cause is Cause.UNLISTED:
            tx.alarms.sound(workspace, Concern.UNLISTED, ALLOW.format(host), about=host)
        elif Cause.UNLISTED in begun(generation):
            quietly = not isinstance(fact, Collected)
            tx.alarms.settle(workspace, Concern.UNLISTED, about=host, quietly=quietly)


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

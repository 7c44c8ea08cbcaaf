"""What was decided and then held up: whether it is still just that, and what becomes of it if not."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.ballot import Ballot, Opened
from bot.domain.changes import changes
from bot.domain.errors import BudgetExceeded
from bot.domain.facts import Changed
from bot.domain.generation import Generation
from bot.domain.money import Estimate, micros
from bot.domain.policy import Budget
from bot.domain.run import Run
from bot.domain.task import Failed, Failure
from bot.domain.terms import UNTOLD
from bot.journal import NOW, record, reserve
from bot.ports import Transaction

SURE_FOR = timedelta(hours=1)
"""So long after it was decided, it is taken for granted that the rules and prices still ask just that."""
ANEW = "It was held up, and is not what was approved any more ({}): it is decided on anew."
NO_ROOM = "It was held up, and its budget has no room for its price by now. {} It is decided on anew."
FORBIDDEN = "It was held up, and is refused by now: {} Nothing was sent or charged."
NOT_PRIVATELY = "By now others have to approve these pictures, and so see them: leave `--private` out."


def decided_at(item: Run | Generation) -> datetime:
    """Return when the last of those who had to has decided on it; where nobody had to, when it was asked."""
    ballot = item.ballot
    if ballot is None:
        return item.requested_at
    if ballot.glass:
        return ballot.glass.at
    moments = [*(vote.at for vote in ballot.votes), *(deed.at for deed in ballot.overrides)]
    return max(moments, default=item.requested_at)


def is_as_decided(ballot: Ballot | None, fresh: Ballot) -> bool:
    """Say whether nobody has to decide on what is asked now: it is the same, or nobody had to."""
    if ballot is None or ballot.glass or ballot.digest == fresh.digest:
        return True
    return not (ballot.terms.ask_somebody or fresh.terms.ask_somebody)


def has_room(tx: Transaction, item: Run | Generation, fresh: Ballot, budgets: tuple[Budget, ...]) -> bool:
    """Reserve what it costs by now, where that is more; if a budget has no room for it, it is not sent.

    Then pictures are over, and a run is decided on anew: its dataset took people's time.
    """
    if item.ballot is None or not _is_dearer(fresh.estimate, item.ballot.estimate):
        return True
    try:
        reserve(tx, replace(item, ballot=replace(item.ballot, estimate=fresh.estimate)), budgets)
    except BudgetExceeded as no:
        if isinstance(item, Run):
            record(tx, item, Changed(NO_ROOM.format(no)), NOW)
        else:
            forbid(tx, item, str(no))
        return False
    return True


def _is_dearer(estimate: Estimate | None, decided: Estimate | None) -> bool:
    return estimate is not None and (decided is None or micros(estimate.high) > micros(decided.high))


def forbid(tx: Transaction, item: Run | Generation, why: str) -> None:
    """End what may not be done any more: a run is refused when it is looked at."""
    if isinstance(item, Run):
        record(tx, item, Changed(FORBIDDEN.format(why)), NOW)
    else:
        record(tx, item, Failed(Failure("policy", FORBIDDEN.format(why))), None)


def undecide(tx: Transaction, item: Run | Generation, fresh: Ballot) -> None:
    """Have it asked anew: a run when its dataset was looked at, pictures at once.

    Who decides on pictures that nobody had to decide on is told directly: their card is a mere redraw.
    """
    if isinstance(item, Generation) and item.request.private:
        forbid(tx, item, NOT_PRIVATELY)
        return
    told = "; ".join(changes(item.ballot, fresh)) if item.ballot else ""
    after = record(tx, item, Changed(ANEW.format(told.rstrip("."))), NOW)
    if isinstance(after, Generation):
        was_asked = item.ballot and item.ballot.terms.ask_somebody
        record(tx, after, Opened(fresh if was_asked else replace(fresh, turn=UNTOLD)), None)

"""Whether there are enough people to decide at all, found out before anybody is asked; who counts no more."""

from collections.abc import Sequence
from itertools import combinations, product

from bot.domain.ballot import Ballot, Roster
from bot.domain.ids import UserId
from bot.domain.people import EVERYONE
from bot.domain.terms import names


def nobody_can(ballot: Ballot, roster: Roster) -> str:
    """Return in words why no people there are can ever pass all gates; empty where they can."""
    choices = product(*(range(len(gate)) for gate in ballot.terms.gates))
    lacking = [_lacking(ballot, roster, steps) for steps in choices]
    if () in lacking:
        return ""
    gates = [ballot.terms.gates[gate] for gate in min(lacking, key=len, default=())]
    who = " and ".join(f"“{names(gate)}”" for gate in gates) or "the rules"
    verb = "do" if len(gates) != 1 else "does"
    besides = " besides who asked" if ballot.terms.four_eyes else ""
    among = "" if EVERYONE in ballot.terms.holders else " who may approve here"
    return (
        f"Nobody can approve this: {who} {verb} not name enough people{besides}{among}. "
        "An admin can change the policy, `/style policy` shows it."
    )


def lapsed(ballot: Ballot, roster: Roster) -> tuple[UserId, ...]:
    """Return whose votes count no more: who voted is gone, or their place is none of their gate's now."""
    return tuple(
        vote.by
        for vote in ballot.votes
        if vote.by in roster.gone
        or not any(among is None or vote.seat in among for among in roster.gates[vote.gate])
    )


def _lacking(ballot: Ballot, roster: Roster, steps: Sequence[int]) -> tuple[int, ...]:
    """Return the first gates, the fewest, that lack people by this choice of steps; none where nothing lacks.

    Nobody counts at two gates, so any gates together need as many people as they count (Hall's condition).
    """
    asker = {ballot.asker} if ballot.terms.four_eyes else set()
    for size in range(1, len(steps) + 1):
        for some in combinations(range(len(steps)), size):
            needed = sum(ballot.terms.gates[gate][steps[gate]].count for gate in some)
            among = [roster.gates[gate][steps[gate]] for gate in some]
            listed = [one for one in among if one is not None]
            if len(listed) == len(among):
                available: int | None = len(frozenset().union(*listed) - asker)
            elif roster.colleagues is None:
                available = None
            else:
                available = roster.colleagues + (not ballot.terms.four_eyes)
            if available is not None and available < needed:
                return some
    return ()

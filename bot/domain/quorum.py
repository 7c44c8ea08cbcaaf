"""Whether there are enough people to decide at all, found out before anybody is asked; who counts no more."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import product
from typing import TypeVar

from bot.domain.ballot import Ballot, Roster
from bot.domain.ids import UserId
from bot.domain.people import EVERYONE, Party, is_person
from bot.domain.policy import Step
from bot.domain.terms import names

T = TypeVar("T")


def nobody_can(ballot: Ballot, roster: Roster) -> str:
    """Return in words why no people there are can ever pass all gates; empty where they can."""
    lacking = list[tuple[int, ...]]()
    for steps in product(*(range(len(gate)) for gate in ballot.terms.gates)):
        lacking.append(_lacking(ballot, roster, steps))
        if not lacking[-1]:
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


def present(
    ballot: Ballot,
    roster: Roster,
    *,
    away: Mapping[UserId, UserId | None],
    barred: frozenset[UserId] = frozenset(),
) -> Roster:
    """Return it with who fills each place: who voted there; for who is `away`, who stands in, if anybody.

    Who is `barred` fills none, nor does anybody fill theirs; who asked is, where somebody else has to decide.
    """
    nobody = barred | ({ballot.asker} if ballot.terms.four_eyes else set())
    voted = {vote.seat: vote.by for vote in ballot.votes if vote.by not in roster.gone}
    fills = {**away, **voted, **dict.fromkeys(nobody)}

    def fill(among: frozenset[UserId] | None) -> frozenset[UserId] | None:
        return among and frozenset(by for one in among if (by := fills.get(one, one))) - nobody

    return replace(roster, gates=tuple(tuple(map(fill, gate)) for gate in roster.gates))


def lapsed(ballot: Ballot, roster: Roster) -> tuple[UserId, ...]:
    """Return whose votes count no more: who voted is gone, or their place is none of their gate's now."""
    return tuple(
        vote.by
        for vote in ballot.votes
        if vote.by in roster.gone
        or not any(among is None or vote.seat in among for among in roster.gates[vote.gate])
    )


def too_thin(steps: Sequence[tuple[int, AbstractSet[T]]]) -> tuple[int, ...]:
    """Return steps that together name fewer people than they count, for nobody counts at two; none: all fit.

    People are seated one by one; who has a seat leaves it where their step finds another (augmenting paths).
    """
    seats: dict[T, int] = {}

    def seat(step: int, tried: set[int]) -> bool:
        tried.add(step)
        for person in sorted(steps[step][1], key=seats.__contains__):  # first of all those without a seat
            at = seats.get(person)
            if at is None or (at not in tried and seat(at, tried)):
                seats[person] = step
                return True
        return False

    for step, (count, _) in enumerate(steps):
        for _ in range(count):
            if not seat(step, tried := set[int]()):
                return tuple(sorted(tried))
    return ()


def able(step: Step, holders: Collection[Party], besides: Collection[Party] = ()) -> int | None:
    """Return how many of a step, or asked `besides`, hold the role; None: that takes Slack to say."""
    named = {*step.who, *step.silent, *besides}
    if EVERYONE in named:
        named = {*holders}
    elif EVERYONE not in holders:
        if not all(map(is_person, {*named, *holders})):
            return None
        named &= {*holders}
    return len(named) if all(map(is_person, named)) else None


def _lacking(ballot: Ballot, roster: Roster, steps: Sequence[int]) -> tuple[int, ...]:
    """Return gates that together lack people by this choice of steps, none to spare; none: nothing lacks.

    Nobody counts at two gates, so any gates together need as many people as they count (Hall's condition).
    """
    asker = {ballot.asker} if ballot.terms.four_eyes else set()
    counts = [gate[step].count for gate, step in zip(ballot.terms.gates, steps, strict=True)]
    people = [gate[step] for gate, step in zip(roster.gates, steps, strict=True)]

    def lack(some: Sequence[int]) -> bool:
        needed = sum(counts[gate] for gate in some)
        listed = [among for gate in some if (among := people[gate]) is not None]
        if len(listed) == len(some):
            return len(frozenset().union(*listed) - asker) < needed
        return roster.colleagues is not None and roster.colleagues + (not asker) < needed

    named = [
        (0, frozenset[UserId]()) if among is None else (count, among - asker)
        for count, among in zip(counts, people, strict=True)
    ]
    every = tuple(range(len(steps)))
    some = every if lack(every) else too_thin(named)
    for gate in reversed(some):
        without = tuple(one for one in some if one != gate)
        some = without if lack(without) else some
    return some

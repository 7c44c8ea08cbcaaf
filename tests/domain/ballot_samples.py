"""A small team, what they are asked, and who of them may decide."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.domain.ballot import (
    Ballot,
    BallotEvent,
    Deed,
    Escalated,
    GlassBroken,
    Opened,
    Overridden,
    Reminded,
    Retracted,
    Roster,
    Turned,
    Vote,
    Voted,
)
from bot.domain.ids import UserId
from bot.domain.people import EVERYONE, Kind, Party, Person
from bot.domain.policy import Step
from bot.domain.terms import Terms

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BRAND, BUDGET, LEADS = Party("SBRAND"), Party("SBUDGET"), Party("SLEADS")
ANN = Person(UserId("UANN"), groups=frozenset({BRAND}))
"""Who asks; of the brand group all the same."""
BEN, CAT = (Person(UserId(user), groups=frozenset({BRAND})) for user in ("UBEN", "UCAT"))
DAN = Person(UserId("UDAN"), groups=frozenset({BRAND, BUDGET}))
EVA = Person(UserId("UEVA"), groups=frozenset({BUDGET}))
FAY = Person(UserId("UFAY"))
GIL = Person(UserId("UGIL"), groups=frozenset({LEADS}))
TEAM = (ANN, BEN, CAT, DAN, EVA, FAY, GIL)
BY_BRAND, BY_BUDGET = Step("brand", (BRAND,)), Step("budget", (BUDGET,))
PAYLOAD = (("style", "Stellar"), ("dataset", "3f9a"), ("price", "$12.00"))
DEED = Deed(BEN.id, "the fair is tomorrow", NOON)


def one_of(*steps: Step) -> tuple[tuple[Step, ...], ...]:
    """Return one gate that any of the steps passes."""
    return (steps,)


def each_of(*steps: Step) -> tuple[tuple[Step, ...], ...]:
    """Return a gate for each step."""
    return tuple((step,) for step in steps)


def ask(terms: Terms | None = None, payload: tuple[tuple[str, str], ...] = PAYLOAD) -> Ballot:
    """Return what Ann asks, of a colleague unless the terms say otherwise."""
    return Ballot(ANN.id, payload, terms or Terms(each_of(Step("a colleague"))), NOON)


def roster_of(
    ballot: Ballot,
    *people: Person,
    stand_ins: Mapping[UserId, tuple[UserId, ...]] | None = None,
    gone: frozenset[UserId] = frozenset(),
) -> Roster:
    """Return who of these people may decide, as the clerk finds it out."""
    more = ballot.terms.escalate_to if ballot.is_escalated else ()

    def members(step: Step) -> frozenset[UserId] | None:
        parties = (*step.who, *step.silent, *more)
        return None if EVERYONE in parties else frozenset(one.id for one in people if one.is_among(parties))

    gates = tuple(tuple(members(step) for step in gate) for gate in ballot.terms.gates)
    others = sum(one.kind is Kind.MEMBER and one.id != ballot.asker for one in people)
    return Roster(gates, stand_ins or {}, others, gone)


def approved(ballot: Ballot, *people: Person, roster: Roster | None = None) -> Ballot:
    """Return the ballot with the votes of these people, cast in this order."""
    for person in people:
        vote = ballot.vote_of(person, roster or roster_of(ballot, *TEAM), at=NOON)
        ballot = ballot.with_vote(vote)
    return ballot


def is_granted(ballot: Ballot, *people: Person) -> bool:
    """Say whether it is granted where there are these people, or the whole team."""
    return ballot.is_granted(roster_of(ballot, *(people or TEAM)))


BALLOT_FACTS: tuple[BallotEvent, ...] = (
    Opened(ask(payload=(("style", "Comet"),))),
    Voted(Vote(BEN.id, 0, NOON, BEN.id)),
    Retracted(BEN.id),
    Turned(1),
    Reminded(),
    Escalated(),
    Overridden(DEED),
    GlassBroken(DEED),
)
"""One sample of each fact that leaves a question open."""

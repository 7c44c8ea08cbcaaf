"""Approvals: what is asked, exactly, by which terms, and who has agreed to just that.

One engine for trainings, pictures, versions and reviews. A ballot is bound to its payload: what is asked,
to the digit. If that changes, or the terms do, earlier votes are void and the ballot says what changed. One
rejection settles it. Gates are passed in their order, and nobody counts at two of them: no person, and no
place, whoever takes it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self, get_args

from bot.domain.changes import First, changes
from bot.domain.errors import NotAllowed, Refused
from bot.domain.ids import UserId
from bot.domain.money import Estimate, micros
from bot.domain.people import Kind, Party, Person
from bot.domain.policy import Check
from bot.domain.terms import UNTOLD, Terms, names


@dataclass(frozen=True)
class Vote:
    """An approval. `seat` is whose place it takes: their own, or that of whom they stand in for."""

    by: UserId
    gate: int
    at: datetime
    seat: UserId
    comment: str = ""


@dataclass(frozen=True)
class Deed:
    """What an admin did past the rules, and why; `check` names what was overridden, empty: all of it."""

    by: UserId
    reason: str
    at: datetime
    check: str = ""


@dataclass(frozen=True)
class Roster:
    """Who may decide, just now: for each gate and step its members, None: every member of the workspace.

    `stand_ins`: for whom somebody stands in. `colleagues`: how many others than the asker there are in the
    workspace, None: many. `gone`: who has voted and may not decide any more: their votes do not count.
    """

    gates: tuple[tuple[frozenset[UserId] | None, ...], ...]
    stand_ins: Mapping[UserId, tuple[UserId, ...]] = field(default_factory=dict)
    colleagues: int | None = None
    gone: frozenset[UserId] = frozenset()


@dataclass(frozen=True)
class Ballot:
    """One question to a team. `payload` is what is asked: (word, value) pairs, fit to be read.

    `changed` tells it from what was asked `first`; with `is_void` votes were dropped since. `turn` is the
    gate that was open when it was last seen whose turn it is, as many as there are where all were passed;
    with `has_news` it is looked at at once; with `is_stuck` it was told that nobody there could approve it.
    """

    asker: UserId
    payload: tuple[tuple[str, str], ...]
    terms: Terms
    opened_at: datetime
    estimate: Estimate | None = None
    votes: tuple[Vote, ...] = ()
    changed: tuple[str, ...] = ()
    overrides: tuple[Deed, ...] = ()
    glass: Deed | None = None
    reminded: int = 0
    is_escalated: bool = False
    turn: int = 0
    has_news: bool = False
    is_stuck: bool = False
    first: First | None = None
    is_void: bool = False

    @property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of what is asked and by which terms: what a vote is bound to."""
        price = self.estimate and [micros(self.estimate.low), micros(self.estimate.high)]
        asked = [self.asker, self.payload, price, self.terms.demands]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    @property
    def expires_at(self) -> datetime:
        """When it is too late to decide."""
        return self.opened_at + self.terms.expires

    @property
    def open_objections(self) -> tuple[Check, ...]:
        """What still stands in the way of any approval."""
        done = {deed.check for deed in self.overrides}
        return tuple(check for check in self.terms.objections if check.name not in done)

    def parties(self, gate: int) -> tuple[Party, ...]:
        """Return whom a gate names, silent or not, with those to whom it was escalated."""
        named = [party for step in self.terms.gates[gate] for party in (*step.who, *step.silent)]
        return (*named, *(self.terms.escalate_to if self.is_escalated else ()))

    def seats(self, gate: int) -> frozenset[UserId]:
        """Return whose places are taken at a gate, whether or not they still count."""
        return frozenset(vote.seat for vote in self.votes if vote.gate == gate)

    def open_gate(self, roster: Roster) -> int | None:
        """Return the first gate that is not passed, by those who may decide just now; None: all are."""
        for gate, (steps, members) in enumerate(zip(self.terms.gates, roster.gates, strict=True)):
            seats = {one.seat for one in self.votes if one.gate == gate and one.by not in roster.gone}
            counts = [len(seats if among is None else seats & among) for among in members]
            if all(count < step.count for step, count in zip(steps, counts, strict=True)):
                return gate
        return None

    def is_granted(self, roster: Roster) -> bool:
        """Say whether all gates are passed and nothing stands in the way."""
        return self.open_gate(roster) is None and not self.open_objections

    def vote_of(self, person: Person, roster: Roster, *, at: datetime, comment: str = "") -> Vote:
        """Return the vote that `person` may cast now. Raises Refused and NotAllowed, with the reason."""
        if at >= self.expires_at:
            raise Refused("It is too late to approve this: it was not decided in time.")
        if self.terms.four_eyes and person.id == self.asker:
            raise NotAllowed("You asked for this, so someone else has to decide.")
        gate = self.open_gate(roster)
        if gate is None and (self.open_objections or not self.terms.gates):
            left = [f"What is left: {check.says}" for check in self.open_objections[:1]]
            raise Refused(" ".join(["All who had to have approved.", *left]))
        if gate is None:  # somebody's vote counts again: any vote at the last gate settles it
            gate = len(self.terms.gates) - 1
        seats = self._seats_of(person, gate, roster)
        if not seats and any(vote.by == person.id and vote.gate < gate for vote in self.votes):
            raise NotAllowed(f"You have approved already; {names(self.terms.gates[gate])} is next.")
        if not seats:
            raise NotAllowed(self._not_theirs(gate, person))
        for seat in seats:
            vote = Vote(person.id, gate, at, seat, comment)
            if self._is_fair(vote, roster):
                return vote
        if any(vote.by == person.id for vote in self.votes):
            raise NotAllowed("You have approved an earlier step: somebody else decides on this one.")
        who = "Who stood in for you" if seats[0] == person.id else "Whom you stand in for"
        raise NotAllowed(f"{who} has approved already: somebody else decides on this one.")

    def check_may_reject(self, person: Person, roster: Roster) -> None:
        """Raise NotAllowed unless `person` may decide at any gate."""
        if self.terms.four_eyes and person.id == self.asker:
            raise NotAllowed("You asked for this: to take it back, cancel it.")
        if not self.terms.gates:
            raise NotAllowed("All it needs is an admin's override: who asked, or an admin, can cancel it.")
        if not any(self._seats_of(person, gate, roster) for gate in range(len(self.terms.gates))):
            raise NotAllowed(self._not_theirs(0, person))

    def _seats_of(self, person: Person, gate: int, roster: Roster) -> list[UserId]:
        """Return whose places somebody could take at a gate, their own first."""
        if person.kind is not Kind.MEMBER:
            return []
        listed = frozenset().union(*(among for among in roster.gates[gate] if among is not None))
        is_there = None in roster.gates[gate] or person.id in listed
        own = [person.id] if is_there and person.is_among(self.parties(gate)) else []
        barred = {self.asker} if self.terms.four_eyes else set()
        return own + [one for one in roster.stand_ins.get(person.id, ()) if one in listed - barred]

    def _is_fair(self, vote: Vote, roster: Roster) -> bool:
        """Say whether it takes nobody's place who has decided, and leaves earlier gates passed."""
        after = self.with_vote(vote).open_gate(roster)
        taken = {v.seat for v in self.votes if v.by != vote.by and v.by not in roster.gone}
        return (vote.seat == vote.by or vote.seat not in taken) and (after is None or after >= vote.gate)

    def _not_theirs(self, gate: int, person: Person) -> str:
        if any(person.is_among(self.parties(later)) for later in range(gate + 1, len(self.terms.gates))):
            return f"It is not your turn yet: {names(self.terms.gates[gate])} decides first."
        return f"This is for {names(self.terms.gates[gate])} to decide; you are not among them."

    def with_vote(self, vote: Vote) -> Self:
        """Return it with a vote, which replaces those of the same person and of the same seat."""
        kept = [v for v in self.votes if v.by != vote.by and v.seat != vote.seat]
        return replace(self, votes=(*kept, vote))

    def without(self, who: UserId) -> Self:
        """Return it without the vote of `who`."""
        return replace(self, votes=tuple(vote for vote in self.votes if vote.by != who))

    def asked_anew(self, fresh: "Ballot") -> "Ballot":
        """Return what is asked now: if it has changed, votes and overrides are void, and it says what did."""
        if fresh.digest == self.digest:
            return replace(self, estimate=fresh.estimate, terms=fresh.terms)
        first = self.first or First(self.payload, self.estimate, self.terms)
        void = self.is_void or bool(self.votes)
        return replace(fresh, first=first, changed=changes(first, fresh), is_void=void)

    def escalates_at(self) -> datetime | None:
        """Return when others are asked too; None: never, or they were."""
        if self.is_escalated or self.terms.escalate_after is None or not self.terms.escalate_to:
            return None
        return self.opened_at + self.terms.escalate_after

    def due(self, *, at: datetime) -> timedelta:
        """Return the time until it is looked at: none after a vote; else to remind, escalate or end it."""
        wait = timedelta() if self.has_news else self.terms.reminder_after(self.reminded + 1)
        next_at = min(self.opened_at + wait, self.escalates_at() or self.expires_at)
        return max(min(next_at, self.expires_at) - at, timedelta())


@dataclass(frozen=True)
class Opened:
    """It is asked, or asked anew."""

    ballot: Ballot


@dataclass(frozen=True)
class Voted:
    """Somebody approves it; others may have to as well."""

    vote: Vote


@dataclass(frozen=True)
class Retracted:
    """Somebody takes their approval back; `has_left`: they lose it, for they may not decide any more."""

    by: UserId
    has_left: bool = False


@dataclass(frozen=True)
class Reminded:
    """Those who have not decided are reminded; `number` is the newest reminder whose time has come."""

    number: int = 0


@dataclass(frozen=True)
class Turned:
    """It was seen whose turn it is: who decides at `gate`, or UNTOLD, was told where that is news."""

    gate: int
    is_stuck: bool = False


@dataclass(frozen=True)
class Escalated:
    """It has waited for so long that others are asked too."""


@dataclass(frozen=True)
class Overridden:
    """An admin overrides a soft check."""

    deed: Deed


@dataclass(frozen=True)
class GlassBroken:
    """An admin decides past all approvals; others look at it afterwards."""

    deed: Deed


@dataclass(frozen=True)
class Expired:
    """Nobody decided in time."""


BallotEvent = Opened | Voted | Retracted | Turned | Reminded | Escalated | Overridden | GlassBroken
"""What leaves the question open."""
BALLOT_EVENTS: tuple[type[BallotEvent], ...] = get_args(BallotEvent)


def ballot_after(ballot: Ballot | None, event: BallotEvent) -> Ballot | None:
    """Return the ballot as `event` leaves it."""
    if isinstance(event, Opened):
        return ballot.asked_anew(event.ballot) if ballot else event.ballot
    if ballot is None:
        return None
    match event:
        case Voted(vote):
            return replace(ballot.with_vote(vote), has_news=True)
        case Retracted(by, has_left=True):
            return replace(ballot.without(by), has_news=True)
        case Retracted(by):
            open_again = [vote.gate for vote in ballot.votes if vote.by == by]
            return replace(ballot.without(by), turn=min([ballot.turn, *open_again]))
        case Turned(gate, is_stuck):
            return replace(ballot, turn=gate, has_news=gate == UNTOLD, is_stuck=is_stuck)
        case Reminded(number):
            return replace(ballot, reminded=max(number, ballot.reminded + 1))
        case Escalated():
            return replace(ballot, is_escalated=True)
        case Overridden(deed):
            return replace(ballot, overrides=(*ballot.overrides, deed))
    return replace(ballot, glass=event.deed)

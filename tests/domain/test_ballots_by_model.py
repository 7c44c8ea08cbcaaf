"""Votes, changes, reloads and people who come and go in any order, held against a model that fits on a page.

`MACHINES=5000x80 python -m pytest tests/domain/test_ballots_by_model.py` drives it further.
"""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.ballot import (
    Ballot,
    BallotEvent,
    Deed,
    Escalated,
    Expired,
    Opened,
    Overridden,
    Reminded,
    Retracted,
    Roster,
    Vote,
    Voted,
)
from bot.domain.errors import NotAllowed, Refused
from bot.domain.facts import Approved, Rejected
from bot.domain.ids import ChannelId, ProposalId, UserId, WorkspaceId
from bot.domain.money import Estimate
from bot.domain.people import EVERYONE, Kind, Party, Person
from bot.domain.policy import Action, Check, Level, Scope, Step
from bot.domain.proposal import Proposal, ProposalRequest
from bot.domain.terms import Terms
from tests.domain.approvals_model import ASKER, GROUPS, NOBODY, USERS, Alternative, Model, Rules
from tests.domain.ballot_samples import NOON, roster_of
from tests.inline_store import machine_size

DEAR = Check("dear", Scope(above=10), Level.SOFT, "This costs more than $10.")
WAIT = timedelta(hours=4)
OPEN = "awaiting approval"

parties = st.frozensets(st.sampled_from([EVERYONE, *GROUPS, Party(USERS[1])]), min_size=1, max_size=2)
alternatives = st.lists(st.tuples(parties, st.integers(1, 2)), min_size=1, max_size=2).map(tuple)
policies = st.builds(
    Rules,
    st.lists(alternatives, min_size=1, max_size=3).map(tuple),
    st.sampled_from([True, True, False]),
    st.frozensets(st.sampled_from(GROUPS), max_size=1),
    st.sampled_from([False, False, True]),
)
payloads = st.sampled_from([("Stellar", 12.0)] * 4 + [("Comet", 12.0), ("Stellar", 12.001)])
hours = st.sampled_from([24, 48])
users = st.sampled_from(USERS)
joined = st.lists(users, min_size=6, max_size=12)
absences = st.dictionaries(users, users, max_size=3)
Absences = dict[UserId, UserId]


def terms(rules: Rules, hours: int, *, silent: bool) -> Terms:
    """Return the rules as the engine knows them; half of each party may be silent, which decides nothing."""

    def step(number: int, alternative: Alternative) -> Step:
        named, count = [Party(party) for party in sorted(alternative[0])], alternative[1]
        cut = len(named) - 1 if silent else len(named)
        return Step(f"step {number}", tuple(named[:cut]), count, tuple(named[cut:]))

    gates = tuple(tuple(step(n, one) for n, one in enumerate(gate)) for gate in rules.gates)
    later = tuple(Party(party) for party in rules.later)
    return Terms(
        gates,
        four_eyes=rules.four_eyes,
        expires=timedelta(hours=hours),
        escalate_after=WAIT,
        escalate_to=later,
        objections=(DEAR,) if rules.objects else (),
    )


class Deciding(RuleBasedStateMachine):
    """People decide, come and go; what is asked and the rules change; time passes."""

    @initialize(rules=policies, payload=payloads, hours=hours, joined=joined, away=absences)
    def begin(
        self, rules: Rules, payload: tuple[str, float], hours: int, joined: list[UserId], away: Absences
    ) -> None:
        self.now, self.silent = NOON, False
        self.model = Model(rules, payload, NOON, hours, away=dict(away))
        for n, user in enumerate(joined):
            self.model.groups[GROUPS[n % 3]].add(user)
        request = ProposalRequest(WorkspaceId("T1"), ChannelId("C1"), ASKER, Action.PROMOTE, "Stellar@2")
        self.proposal = Proposal(ProposalId("PROPOSAL01"), request, NOON, self.asked())

    @precondition(lambda self: self.model.outcome != OPEN)
    @rule(rules=policies, payload=payloads, hours=hours, joined=joined, away=absences)
    def begin_again(
        self, rules: Rules, payload: tuple[str, float], hours: int, joined: list[UserId], away: Absences
    ) -> None:
        self.begin(rules, payload, hours, joined, away)

    def asked(self) -> Ballot:
        """Return what is asked, by the model's rules, just now."""
        model, (style, price) = self.model, self.model.payload
        payload = (("style", style), ("price", f"${price:.2f}"))
        made = terms(model.rules, model.hours, silent=self.silent)
        return Ballot(ASKER, payload, made, self.now, Estimate(price, price))

    def person(self, user: UserId) -> Person:
        groups = frozenset(Party(group) for group, there in self.model.groups.items() if user in there)
        return Person(user, Kind.MEMBER if user in self.model.members else Kind.GUEST, groups=groups)

    @property
    def roster(self) -> Roster:
        away = self.model.away
        stand_ins = {who: tuple(one for one in USERS if away.get(one) == who) for who in USERS}
        people, gone = map(self.person, USERS), frozenset({*USERS} - self.model.members)
        return roster_of(self.proposal.ballot, *people, stand_ins=stand_ins, gone=gone)

    def happens(self, event: BallotEvent | Approved | Rejected | Expired) -> None:
        self.proposal = self.proposal.after(event, at=self.now)

    def settle(self, by: UserId) -> None:
        if self.proposal.ballot.is_granted(self.roster):
            self.happens(Approved(by, self.now))
        self.model.settle()

    is_open = precondition(lambda self: self.model.outcome == OPEN)

    def vote_of(self, who: UserId, roster: Roster) -> Vote | None:
        """Return the vote that the engine lets somebody cast now."""
        try:
            return self.proposal.ballot.vote_of(self.person(who), roster, at=self.now)
        except Refused:
            return None

    def may_reject(self, who: UserId) -> bool:
        try:
            self.proposal.ballot.check_may_reject(self.person(who), self.roster)
        except NotAllowed:
            return False
        return True

    @is_open
    @rule(picks=st.lists(st.integers(0, 5), min_size=1, max_size=4))
    def vote(self, picks: list[int]) -> None:
        """Let some vote of those who may, one after the other, as long as it is open."""
        for pick in picks:
            may = [place for user in USERS if (place := self.model.place_of(user, self.now))]
            if not may or self.model.outcome != OPEN:
                return
            place = may[pick % len(may)]
            vote = self.vote_of(place[0], self.roster)
            assert vote
            self.happens(Voted(vote))
            self.model.happened.append(place)
            self.settle(vote.by)

    @is_open
    @rule(who=users)
    def retract(self, who: UserId) -> None:
        self.happens(Retracted(who))
        self.model.happened.append((who, NOBODY, -1))

    @is_open
    @rule(who=users, sure=st.sampled_from([False] * 19 + [True]))
    def reject(self, who: UserId, *, sure: bool) -> None:
        assert self.may_reject(who) is self.model.may_reject(who)
        if sure and self.model.may_reject(who):
            self.happens(Rejected(who, "too few foxes"))
            self.model.outcome = "rejected"

    @is_open
    @rule(who=users)
    def override(self, who: UserId) -> None:
        if self.model.objects:
            self.happens(Overridden(Deed(who, "the fair is tomorrow", self.now, DEAR.name)))
            self.model.overridden = True
            self.settle(who)

    @is_open
    @rule(who=users, group=st.sampled_from(GROUPS))
    def join_or_leave_a_group(self, who: UserId, group: Party) -> None:
        self.model.groups[group] ^= {who}

    @is_open
    @rule(who=users)
    def join_or_leave_the_workspace(self, who: UserId) -> None:
        self.model.members ^= {who}

    @is_open
    @rule(who=users, delegate=users)
    def go_away(self, who: UserId, delegate: UserId) -> None:
        self.model.away[who] = delegate

    @is_open
    @rule(who=users)
    def come_back(self, who: UserId) -> None:
        self.model.away.pop(who, None)

    @is_open
    @rule(payload=payloads, rules=st.none() | policies, hours=hours, silent=st.booleans())
    def edit_and_reload(
        self, payload: tuple[str, float], rules: Rules | None, hours: int, *, silent: bool
    ) -> None:
        """Ask anew: often nothing that decides has changed."""
        self.silent = silent
        self.ask_anew(rules or self.model.rules, payload, hours)

    def ask_anew(self, rules: Rules, payload: tuple[str, float], hours: int) -> None:
        model, before = self.model, self.proposal.ballot
        same = (rules, payload) == (model.rules, model.payload)
        model.rules, model.payload, model.hours = rules, payload, hours
        if not same:
            model.happened, model.escalated, model.overridden = [], False, False
            model.opened = self.now
        self.happens(Opened(self.asked()))
        now = self.proposal.ballot
        assert now.changed == before.changed if same else now.first
        assert bool(now.changed) == bool(now.first and now.first.payload != now.payload) or rules

    @is_open
    @rule(wait=st.sampled_from([1, 3, 9]))
    def pass_time(self, wait: int) -> None:
        self.now += timedelta(hours=wait)

    @is_open
    @rule()
    def tick(self) -> None:
        """Do what is due, as the reconciler does."""
        model, ballot = self.model, self.proposal.ballot
        late = self.now >= model.opened + timedelta(hours=model.hours)
        if late:
            assert ballot.due(at=self.now) == timedelta()
            self.happens(Expired())
            model.outcome = "expired"
        elif model.rules.later and not model.escalated and self.now >= model.opened + WAIT:
            assert ballot.due(at=self.now) == timedelta()
            self.happens(Escalated())
            model.escalated = True
        elif self.now >= ballot.opened_at + ballot.terms.reminder_after(ballot.reminded + 1):
            self.happens(Reminded())

    @invariant()
    def the_outcome_is_that_of_the_model(self) -> None:
        assert self.proposal.stage == self.model.outcome

    @invariant()
    def the_same_gate_waits_for_the_same_people(self) -> None:
        if self.model.outcome != OPEN:
            return
        model, ballot, roster = self.model, self.proposal.ballot, self.roster
        gate = ballot.open_gate(roster)
        assert (len(model.rules.gates) if gate is None else gate) == model.waits_at(model.happened)
        assert bool(ballot.open_objections) is model.objects
        votes = {user: self.vote_of(user, roster) for user in USERS}
        places = {user: (user, vote.seat, vote.gate) if vote else None for user, vote in votes.items()}
        assert places == {user: model.place_of(user, self.now) for user in USERS}
        assert sorted((v.by, v.seat, v.gate) for v in ballot.votes) == sorted(model.approvals(model.happened))


TestDeciding = Deciding.TestCase
TestDeciding.settings = machine_size()

"""What the rules of approvals come to, by plain sets and a list of what happened; the engine must agree."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.ids import UserId
from bot.domain.people import EVERYONE, Party

ASKER, *_ = USERS = [UserId(f"U{n}") for n in range(6)]
GROUPS = [Party("S1"), Party("S2"), Party("S3")]
NOBODY = UserId("")
Alternative = tuple[frozenset[str], int]
Change = tuple[UserId, UserId, int]


@dataclass(frozen=True)
class Rules:
    """What a policy says, in sets: gates of alternatives, each of them parties and how many of them."""

    gates: tuple[tuple[Alternative, ...], ...]
    four_eyes: bool
    later: frozenset[str]
    objects: bool


@dataclass
class Model:
    """One question: `happened` are approvals since it was last asked anew, at gate -1 one taken back."""

    rules: Rules
    payload: tuple[str, float]
    opened: datetime
    hours: int
    members: set[UserId] = field(default_factory=lambda: {*USERS})
    groups: dict[str, set[UserId]] = field(default_factory=lambda: {group: set() for group in GROUPS})
    away: dict[UserId, UserId] = field(default_factory=dict)
    happened: list[Change] = field(default_factory=list)
    escalated: bool = False
    overridden: bool = False
    outcome: str = "awaiting approval"

    def people(self, gate: int, *, listed: bool = False) -> list[set[UserId]]:
        """Return who is meant by each alternative of a gate; `listed`: but for where everyone is."""
        more = self.rules.later if self.escalated else frozenset()
        named = [parties | more for parties, _ in self.rules.gates[gate]]
        if listed:
            named = [frozenset() if EVERYONE in parties else parties for parties in named]
        groups: dict[str, set[UserId]] = {
            **self.groups,
            EVERYONE: self.members,
            **{user: {user} for user in USERS},
        }
        return [{who for party in parties for who in groups[party]} & self.members for parties in named]

    def approvals(self, happened: list[Change]) -> list[Change]:
        """Return the approvals that the list leaves: a later one of a person, or a place, is instead."""
        return [
            (who, place, gate)
            for n, (who, place, gate) in enumerate(happened)
            if gate >= 0 and all(who != other and place != seat for other, seat, _ in happened[n + 1 :])
        ]

    def waits_at(self, happened: list[Change]) -> int:
        """Return the first gate that lacks approvals, the number of gates where none does."""
        valid = [change for change in self.approvals(happened) if change[0] in self.members]
        for gate, alternatives in enumerate(self.rules.gates):
            places = {place for _, place, at in valid if at == gate}
            people = zip(self.people(gate), alternatives, strict=True)
            if not any(len(places & set(there)) >= count for there, (_, count) in people):
                return gate
        return len(self.rules.gates)

    def place_of(self, who: UserId, now: datetime) -> Change | None:
        """Return where somebody may approve now, in whose place."""
        gates, gate = len(self.rules.gates), self.waits_at(self.happened)
        late = now >= self.opened + timedelta(hours=self.hours)
        barred = {ASKER} if self.rules.four_eyes else set()
        if late or who in barred or who not in self.members or (gate == gates and self.objects):
            return None
        gate = min(gate, gates - 1)
        free = set(USERS) - {seat for other, seat, _ in self.approvals(self.happened) if other != who}
        places = [who] if who in set().union(*self.people(gate)) else []
        absent = [one for one in set().union(*self.people(gate, listed=True)) if self.away.get(one) == who]
        places += sorted(({*absent} - barred) & free)
        could = ((who, place, gate) for place in places)
        return next((change for change in could if self.waits_at([*self.happened, change]) >= gate), None)

    @property
    def objects(self) -> bool:
        return self.rules.objects and not self.overridden

    def may_reject(self, who: UserId) -> bool:
        barred = {ASKER} if self.rules.four_eyes else set()
        gates = range(len(self.rules.gates))
        there = {one for gate in gates for among in self.people(gate) for one in among}
        listed = {one for gate in gates for among in self.people(gate, listed=True) for one in among}
        absent = {one for one in listed if self.away.get(one) == who} - barred
        return who in self.members - barred and (who in there or bool(absent))

    def settle(self) -> None:
        if self.waits_at(self.happened) == len(self.rules.gates) and not self.objects:
            self.outcome = "granted"

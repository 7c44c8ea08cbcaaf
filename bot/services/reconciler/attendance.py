"""What waits for people: they are reminded, others are asked too, and in the end it expires."""

from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.clerk import Clerk
from bot.domain.ballot import Ballot, Escalated, Expired, Reminded
from bot.domain.generation import Generation
from bot.domain.ids import UserId
from bot.domain.message import Memo, Topic
from bot.domain.policy import is_quiet
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.terms import everyone_decides
from bot.journal import record
from bot.ports import Directory, Store, Transaction
from bot.services.reconciler.pace import Pace

HOUR = timedelta(hours=1)


Item_contra = TypeVar("Item_contra", contravariant=True)


class Steps(Protocol[Item_contra]):
    """What the reconciler asks of each kind of item."""

    async def advance(self, item: Item_contra) -> None:
        """Take one step with a taken item."""
        ...

    def renew(self, tx: Transaction, item: Item_contra) -> None:
        """Keep a taken item for another lease."""
        ...


class Attendance:
    """Takes the step that a waiting ballot's time asks for."""

    def __init__(self, store: Store, clerk: Clerk, directory: Directory) -> None:
        self._store = store
        self._clerk = clerk
        self._directory = directory

    async def attend(self, item: Run | Generation | Proposal) -> None:
        """Let it expire, escalate it or have people reminded, as its time has come. Raises Unavailable."""
        ballot = item.ballot
        if ballot is None:
            return
        now = await self._store.read(lambda tx: tx.now)
        if now >= ballot.expires_at:
            await self._store.write(lambda tx: record(tx, item, Expired(), None))
            return
        escalates_at = ballot.escalates_at()
        fact = Escalated() if escalates_at and now >= escalates_at else Reminded()
        topic = Topic.ESCALATED if isinstance(fact, Escalated) else Topic.REMINDER
        if isinstance(fact, Reminded) and now < ballot.next_reminder_at():
            await self._store.write(lambda tx: _shelve(tx, item, ballot.due(at=tx.now)))
            return
        waits = await self._waits(item, ballot, is_escalated=isinstance(fact, Escalated))

        def work(tx: Transaction) -> None:
            after = record(tx, item, fact, None)
            number = after.ballot.reminded if after.ballot else 0
            for user, wait in waits.items():
                memo = Memo(item.request.workspace, item.id, user, topic, number)
                tx.outbox.announce(memo, after=wait)

        await self._store.write(work)

    async def _waits(
        self, item: Run | Generation | Proposal, ballot: Ballot, *, is_escalated: bool
    ) -> dict[UserId, timedelta]:
        """Return whom to tell, and how long to wait until it is no longer night where they are."""
        workspace, policy = item.request.workspace, self._clerk.policy()
        if is_escalated:
            people = await self._clerk.reachable(ballot.terms.escalate_to, workspace) - {ballot.asker}
            people -= {vote.by for vote in ballot.votes}
        else:
            gate = ballot.open_gate(await self._clerk.roster(ballot, workspace))
            people = set() if gate is None else set(await self._clerk.pinged(ballot, gate, workspace))
            if gate is not None and everyone_decides(ballot.terms.gates[gate]):
                people.add(ballot.asker)  # not everybody is reminded: who asked can ask somebody
        now = await self._store.read(lambda tx: tx.now)
        waits = {}
        for user in sorted(people):
            person = await self._directory.person(user, workspace=workspace)
            at, offset = now, person.utc_offset
            while is_quiet(policy, at=at, offset=offset) and at - now < 24 * HOUR:
                at = _next_hour(at, offset)
            waits[user] = at - now
        return waits


class ProposalSteps:
    """The steps of a proposal: it only ever waits."""

    def __init__(self, attendance: Attendance, pace: Pace) -> None:
        self._attendance = attendance
        self._pace = pace

    async def advance(self, item: Proposal) -> None:
        """Have people reminded of it, or let it expire."""
        await self._attendance.attend(item)

    def renew(self, tx: Transaction, item: Proposal) -> None:
        """Keep a taken proposal for another lease."""
        tx.proposals.renew(item, lease=self._pace.lease)


def _next_hour(at: datetime, offset: timedelta) -> datetime:
    """Return the next full hour of a clock that is `offset` ahead of UTC."""
    local = at + offset
    return local.replace(minute=0, second=0, microsecond=0) + HOUR - offset


def _shelve(tx: Transaction, item: Run | Generation | Proposal, due: timedelta) -> None:
    match item:
        case Run():
            tx.runs.postpone(item, due=due)
        case Generation():
            tx.generations.postpone(item, due=due)
        case Proposal():
            tx.proposals.postpone(item, due=due)

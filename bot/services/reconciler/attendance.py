"""What waits for people: they are told, and reminded, others are asked too, and in the end it expires."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.asked import Item
from bot.clerk import Clerk
from bot.domain.ballot import Ballot, BallotEvent, Escalated, Expired, Opened, Reminded, Turned
from bot.domain.errors import Refused
from bot.domain.generation import Generation
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.message import Memo, Topic
from bot.domain.people import ERASED
from bot.domain.policy import Role, is_quiet
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.terms import UNTOLD
from bot.journal import postpone, record, tell
from bot.ports import Directory, Store, Transaction
from bot.reviewing import barred
from bot.services.reconciler.anew import SURE_FOR, decided_at, forbid, has_room, is_as_decided, undecide

HOUR = timedelta(hours=1)
LOOKED_AGAIN = timedelta(hours=1)
"""How long what is forbidden by now is left alone."""
_OF_A_GATE = frozenset({Topic.TURN, Topic.REMINDER})

Item_contra = TypeVar("Item_contra", contravariant=True)


class Steps(Protocol[Item_contra]):
    """What the reconciler asks of each kind of item."""

    async def advance(self, item: Item_contra) -> None:
        """Take one step with a taken item."""
        ...


class Attendance:
    """Takes the step that a waiting ballot's time, or the last vote on it, asks for."""

    def __init__(self, store: Store, clerk: Clerk, directory: Directory) -> None:
        self._store = store
        self._clerk = clerk
        self._directory = directory

    async def attend(self, item: Item) -> None:
        """Let it expire, ask it anew, escalate it, or tell people that it waits. Raises Unavailable.

        What is said is announced with the fact that says so, whom to tell is asked for before: once each.
        """
        ballot = item.ballot
        if ballot is None:
            return
        now = await self._store.read(lambda tx: tx.now)
        if now >= ballot.expires_at:
            await self._store.write(lambda tx: record(tx, item, Expired(), None))
        elif not await self._is_asked_anew(item, ballot, now):
            await self._ask(item, ballot, now)

    async def is_still_agreed(self, item: Run | Generation) -> bool:
        """Say whether the rules and prices of now still ask what was decided; if not, it was moved.

        That is for what was not sent yet. What an admin decided past the rules is held to its hard checks and
        budgets alone, and what nobody was asked about may become dearer, as long as the rules ask nobody of
        it and its budgets have room.
        """
        now = await self._store.read(lambda tx: tx.now)
        if now - decided_at(item) < SURE_FOR:
            return True
        try:
            fresh = await self._store.read(lambda tx: self._clerk.ballot_now(tx, item))
        except Refused as no:
            why = str(no)
            await self._store.write(lambda tx: forbid(tx, item, why))
            return False
        if is_as_decided(item.ballot, fresh):
            budgets = self._clerk.policy().budgets
            return await self._store.write(lambda tx: has_room(tx, item, fresh, budgets))
        await self._store.write(lambda tx: undecide(tx, item, fresh))
        return False

    async def _is_asked_anew(self, item: Item, ballot: Ballot, now: datetime) -> bool:
        """Say whether the rules, or prices, of now make it another question, which is then asked; or none."""
        try:
            fresh = await self._store.read(lambda tx: self._clerk.ballot_now(tx, item))
        except Refused:  # who decides on it is told why; nobody else is bothered, and in the end it expires
            wait = min(LOOKED_AGAIN, ballot.expires_at - now)
            await self._store.write(lambda tx: postpone(tx, item, wait))
            return True
        if fresh.digest == ballot.digest:
            return False
        told = await self._who_can_mend(item, fresh, by_who_is_there=False)

        def work(tx: Transaction) -> None:
            asked = Opened(replace(fresh, is_stuck=bool(told)))
            tell(tx, record(tx, item, asked, None), told, Topic.STUCK)

        await self._store.write(work)
        return True

    async def _who_can_mend(self, item: Item, asked: Ballot, *, by_who_is_there: bool) -> set[UserId]:
        """Return whom to tell that nobody can approve it; nobody where somebody can."""
        request, nobody = item.request, await self._store.read(lambda tx: barred(tx, item))
        try:
            await self._clerk.check_decidable(
                asked, request.workspace, by_who_is_there=by_who_is_there, barred=nobody
            )
        except Refused:
            return {asked.asker} | await self._clerk.admins(request.channel)
        return set()

    async def _ask(self, item: Item, ballot: Ballot, now: datetime) -> None:
        roster = await self._clerk.roster(ballot, item.request.workspace)
        open_gate = ballot.open_gate(roster)
        gate = len(ballot.terms.gates) if open_gate is None else open_gate
        facts, topic = _news(ballot, gate, now)
        if not facts:
            await self._store.write(lambda tx: postpone(tx, item, ballot.due(at=tx.now)))
            return
        stuck = await self._who_can_mend(item, ballot, by_who_is_there=True)
        if bool(stuck) != ballot.is_stuck or any(isinstance(fact, Turned) for fact in facts):
            others = [fact for fact in facts if not isinstance(fact, Turned)]
            facts = [Turned(gate, is_stuck=bool(stuck)), *others]
        stuck = set() if ballot.is_stuck else stuck  # that is told once
        people = await self._people(item, ballot, open_gate, topic) - stuck if topic else set()
        waits = await self._waits((people | stuck) - {ERASED}, item.request.workspace, now)

        def work(tx: Transaction) -> None:
            after = item
            for fact in facts:
                after = record(tx, after, fact, None)
            number = after.ballot.reminded if after.ballot and topic is Topic.REMINDER else 0
            at = gate if topic in _OF_A_GATE or open_gate is None else None
            for user, wait in waits.items():
                memo = Memo(item.request.workspace, item.id, user, Topic.STUCK)
                if topic and user not in stuck:
                    memo = replace(memo, topic=topic, number=number, gate=at)
                tx.outbox.announce(memo, after=wait)

        await self._store.write(work)

    async def _people(self, item: Item, ballot: Ballot, gate: int | None, topic: Topic) -> set[UserId]:
        """Return whom to tell: those who decide now, or to whom it is escalated."""
        workspace = item.request.workspace
        nobody = await self._store.read(lambda tx: barred(tx, item))
        if gate is None:
            return await self._who_can_override(item, ballot, nobody)
        if topic is Topic.ESCALATED:
            others = ballot.terms.escalate_to
            people = await self._clerk.reachable(others, ballot, workspace, barred=nobody)
            return people - {ballot.asker} - {vote.by for vote in ballot.votes}
        people = set(await self._clerk.pinged(ballot, gate, workspace, barred=nobody))
        is_news = topic is Topic.REMINDER or ballot.turn == UNTOLD
        if is_news and ballot.terms.everyone_decides(gate):
            people.add(ballot.asker)  # not everybody is told: who asked can ask somebody
            if isinstance(item, Proposal) and item.is_review:  # who asked would rather not be looked at
                admins = self._clerk.policy().holders(Role.ADMIN, item.request.channel)
                people |= await self._clerk.reachable(admins, ballot, workspace, barred=nobody)
        return people

    async def _who_can_override(self, item: Item, ballot: Ballot, nobody: frozenset[UserId]) -> set[UserId]:
        """Return whom to tell that all it waits for is an override: the admins who are there, or else all."""
        if not ballot.open_objections:
            return set()
        admins = await self._clerk.admins(item.request.channel) - nobody
        if ballot.terms.four_eyes and not ballot.terms.gates:
            admins -= {ballot.asker}
        away = await self._store.read(lambda tx: tx.absences.now(item.request.workspace))
        return admins - set(away) or admins

    async def _waits(
        self, people: set[UserId], workspace: WorkspaceId, now: datetime
    ) -> dict[UserId, timedelta]:
        """Return how long to wait for each until it is no longer night where they are."""
        policy, waits = self._clerk.policy(), {}
        for user in sorted(people):
            person = await self._directory.person(user, workspace=workspace)
            at, offset = now, person.utc_offset
            while is_quiet(policy, at=at, offset=offset) and at - now < 24 * HOUR:
                at = _next_hour(at, offset)
            waits[user] = at - now
        return waits


def _news(ballot: Ballot, gate: int, now: datetime) -> tuple[list[BallotEvent], Topic | None]:
    """Return what has come to pass, and what is told of it: a new turn first, then how long it has waited."""
    number = ballot.terms.reminders_within(now - ballot.opened_at)
    escalates_at = ballot.escalates_at()
    reminded: list[BallotEvent] = [Reminded(number)] if number > ballot.reminded else []
    if gate != ballot.turn:
        return [Turned(gate), *reminded], Topic.TURN
    seen: list[BallotEvent] = [Turned(gate)] if ballot.has_news else []
    if escalates_at and now >= escalates_at:
        return [*seen, Escalated()], Topic.ESCALATED
    return [*seen, *reminded], Topic.REMINDER if reminded else None


class ProposalSteps:
    """The steps of a proposal: it only ever waits."""

    def __init__(self, attendance: Attendance) -> None:
        self._attendance = attendance

    async def advance(self, item: Proposal) -> None:
        """Have people reminded of it, or let it expire."""
        await self._attendance.attend(item)


def _next_hour(at: datetime, offset: timedelta) -> datetime:
    """Return the next full hour of a clock that is `offset` ahead of UTC."""
    local = at + offset
    return local.replace(minute=0, second=0, microsecond=0) + HOUR - offset

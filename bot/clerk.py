"""Prepares what a team decides: what is asked, exactly, by which terms, for what price, and who may decide.

It writes nothing and decides nothing: services ask it, and record what it found. What it has to ask the world
for, it asks before a transaction begins, and all of it at the same time: somebody waits for the answer.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from bot.domain.ballot import Ballot, Roster
from bot.domain.errors import Refused, Unavailable
from bot.domain.generation import Generation, GenerationRequest
from bot.domain.ids import Air, ChannelId, UserId, WorkspaceId, is_direct
from bot.domain.money import TRAINING, Estimate, PriceKey, estimated, micros, picture_key, priced, steady
from bot.domain.people import EVERYONE, Kind, Party, stand_ins
from bot.domain.policy import Action, Case, Policy, Role, role_of
from bot.domain.proposal import Proposal, ProposalRequest
from bot.domain.quorum import nobody_can, present
from bot.domain.run import Run
from bot.domain.style import Version, model_of, slug_of
from bot.domain.terms import UNTOLD, Terms, terms_of
from bot.ports import Accountant, Directory, Store, Transaction

AT_ONCE = 1.0
"""Seconds, of the three that Slack waits for; the rest is for finding out who asks."""
Payload = tuple[tuple[str, str], ...]
OUT_OF_SIGHT = "Anyone may approve this, and nobody else sees its card in direct messages: ask in a channel."


class Clerk:
    """Knows the policy, the people and the prices."""

    def __init__(
        self, store: Store, directory: Directory, accountant: Accountant, *, policy: Callable[[], Policy]
    ) -> None:
        self._store = store
        self._directory = directory
        self._accountant = accountant
        self.policy = policy

    def run_ballot(self, tx: Transaction, run: Run) -> Ballot:
        """Return what is asked with `run` now. Raises Refused where a hard check forbids it."""
        request = run.request
        estimate = self._estimate(tx, request.workspace, TRAINING, run.ballot)
        actions = (Action.TRAIN,) if request.private else (Action.TRAIN, Action.PUBLISH)
        price = estimate.high if estimate else None
        styles = _styles(slug_of(request.name), run.air or request.air)
        cases = [Case(action, request.channel, style, price) for action in actions for style in styles]
        dataset, before = run.dataset, run.before
        payload = (
            ("style", request.name),
            ("model", run.air or "not named yet"),
            ("pictures", str(len(dataset.pictures)) if dataset else "not looked at yet"),
            ("dataset", dataset.sha256 if dataset else ""),
            ("seen by", "this Runware account" if request.private else "everybody at Runware"),
            ("price", priced(estimate)),
            *([("the same pictures went into", before.label)] if before else []),
        )
        asked = Ballot(request.requester, payload, self._terms(cases), tx.now, estimate)
        card = tx.outbox.card(run.id)
        return _told(asked, card.channel if card else request.channel)

    def picture_ballot(
        self, tx: Transaction, wanted: GenerationRequest, version: Version, *, shown: Ballot | None = None
    ) -> Ballot:
        """Return what is asked with a request for pictures; no gates and no objections: nobody is asked.

        Raises Refused where a hard check forbids it.
        """
        key = picture_key(str(wanted.size), wanted.quality)
        estimate = self._estimate(tx, wanted.workspace, key, shown, count=wanted.count)
        price = estimate.high if estimate else None
        styles = _styles(version.slug, version.air)
        cases = [Case(Action.GENERATE, wanted.channel, style, price) for style in styles]
        payload = (
            ("prompt", wanted.prompt),
            ("model", version.air),
            ("pictures", str(wanted.count)),
            ("size", str(wanted.size)),
            ("quality", wanted.quality.value),
            ("price", priced(estimate)),
        )
        asked = Ballot(wanted.requester, payload, self._terms(cases), tx.now, estimate, has_news=True)
        return _told(asked, wanted.channel)

    def proposal_ballot(self, tx: Transaction, wanted: ProposalRequest) -> Ballot:
        """Return what is asked with a proposal; no gates and no objections: nobody is asked."""
        version = tx.styles.by_air(wanted.workspace, wanted.air) if wanted.air else None
        styles = _styles(version.slug, wanted.air) if version else [model_of(wanted.air or Air(""))]
        cases = [Case(wanted.action, wanted.channel, style) for style in styles]
        payload = (
            ("about", wanted.label),
            ("model", wanted.air or ""),
            ("pictures", ", ".join(wanted.pictures)),
            ("of", wanted.generation or wanted.run or wanted.proposal or ""),
            ("channel", wanted.channel),
        )
        asked = Ballot(wanted.requester, payload, self._terms(cases), tx.now, has_news=True)
        return asked if wanted.action is Action.REVIEW else _told(asked, wanted.channel)

    def ballot_now(self, tx: Transaction, item: Run | Generation | Proposal) -> Ballot:
        """Return what is asked with something that waits, by the rules and prices of now."""
        match item:
            case Run():
                return self.run_ballot(tx, item)
            case Generation():
                version = tx.styles.by_air(item.request.workspace, item.air)
                if version is None:
                    raise Refused(f"{item.label} is no longer there to draw in.")
                return self.picture_ballot(tx, item.request, version, shown=item.ballot)
        return self.proposal_ballot(tx, item.request)

    async def roster(self, ballot: Ballot, workspace: WorkspaceId) -> Roster:
        """Return who may decide just now. Raises Unavailable where Slack does not say."""
        if not ballot.terms.gates:
            return Roster(())
        absences = await self._store.read(lambda tx: tx.absences.now(workspace))
        terms = ballot.terms
        more = terms.escalate_to if ballot.is_escalated else ()
        parties = [[(*step.who, *step.silent, *more) for step in gate] for gate in terms.gates]
        people, gone = await asyncio.gather(
            asyncio.gather(*(self._gate(gate, terms.holders) for gate in parties)),
            self._gone(ballot, workspace),
        )
        return Roster(tuple(people), stand_ins(absences.values()), gone=gone)

    async def _gate(
        self, steps: Iterable[Iterable[Party]], holders: Iterable[Party]
    ) -> tuple[frozenset[UserId] | None, ...]:
        """Return who may decide at each of the steps."""
        return tuple(await asyncio.gather(*(self._members(parties, holders) for parties in steps)))

    async def _gone(self, ballot: Ballot, workspace: WorkspaceId) -> frozenset[UserId]:
        """Return who has voted and holds the role no more, or is no member any more."""
        voters = sorted({vote.by for vote in ballot.votes})
        asked = (self._directory.person(who, workspace=workspace) for who in voters)
        holders, people = await asyncio.gather(self._all(ballot.terms.holders), asyncio.gather(*asked))
        left = {person.id for person in people if person.kind is not Kind.MEMBER}
        return frozenset(left if holders is None else left | (set(voters) - holders))

    async def check_decidable(
        self,
        ballot: Ballot,
        workspace: WorkspaceId,
        *,
        by_who_is_there: bool = False,
        barred: frozenset[UserId] = frozenset(),
    ) -> None:
        """Raise Refused where nobody could ever approve it; Unavailable as `roster` does.

        Who is asked besides before it expires counts as well, `barred` does not; `by_who_is_there`: for who
        is away, who stands in does.
        """
        if not ballot.terms.gates:
            return
        escalates_at = ballot.escalates_at()
        is_escalated = ballot.is_escalated or bool(escalates_at and escalates_at < ballot.expires_at)
        roster = await self.roster(replace(ballot, is_escalated=is_escalated), workspace)
        away = await self._away(ballot, workspace) if by_who_is_there else {}
        roster = present(ballot, roster, away=away, barred=barred)
        colleagues = await self._directory.colleagues(ballot.asker)
        if colleagues is not None:
            colleagues -= len(await self.listed(map(Party, barred - {ballot.asker})))
        if why := nobody_can(ballot, replace(roster, colleagues=colleagues)):
            raise Refused(why, code="nobodyCan")

    async def _away(self, ballot: Ballot, workspace: WorkspaceId) -> dict[UserId, UserId | None]:
        """Return who is away, and who stands in for each: None unless they may decide, and are there."""
        absences = await self._store.read(lambda tx: tx.absences.now(workspace))
        delegates = {Party(one.delegate) for one in absences.values() if one.delegate}
        able = await self._members(delegates, ballot.terms.holders) or frozenset()
        there = able - {*absences}
        return {who: one.delegate if one.delegate in there else None for who, one in absences.items()}

    async def check_at_once(self, ballot: Ballot, workspace: WorkspaceId) -> None:
        """Do so for who waits for an answer, as far as Slack tells in a second: it is no approval.

        Raises Refused, too, where those who decide could neither see its card nor be told one by one.
        """
        terms = ballot.terms
        if ballot.turn == UNTOLD and any(map(terms.everyone_decides, range(len(terms.gates)))):
            raise Refused(OUT_OF_SIGHT, code="outOfSight")
        with suppress(TimeoutError, Unavailable):
            async with asyncio.timeout(AT_ONCE):
                await self.check_decidable(ballot, workspace)

    async def lacks_funds(self, estimate: Estimate | None) -> bool:
        """Say whether the account certainly holds less than that; silence of Runware's is no proof."""
        if estimate is None:
            return False
        try:
            async with asyncio.timeout(AT_ONCE):
                usage = await self._accountant.usage()
        except (TimeoutError, Unavailable, Refused):
            return False
        return usage.balance is not None and micros(usage.balance) < micros(estimate.high)

    async def pinged(
        self, ballot: Ballot, gate: int, workspace: WorkspaceId, *, barred: frozenset[UserId] = frozenset()
    ) -> frozenset[UserId]:
        """Return whom to tell that a gate waits for them: not the silent, not who is away or has decided."""
        parties = [party for step in ballot.terms.gates[gate] for party in step.who]
        if ballot.is_escalated:
            parties += ballot.terms.escalate_to
        if EVERYONE in parties:  # everyone who holds the role
            parties += ballot.terms.holders
        people = await self.reachable(parties, ballot, workspace, barred=barred)
        silent = await self.listed([party for step in ballot.terms.gates[gate] for party in step.silent])
        decided = {vote.by for vote in ballot.votes} | ballot.seats(gate)
        return frozenset(people - silent - decided - {ballot.asker})

    async def reachable(
        self,
        parties: Iterable[Party],
        ballot: Ballot,
        workspace: WorkspaceId,
        *,
        barred: frozenset[UserId] = frozenset(),
    ) -> set[UserId]:
        """Return whom these mean who hold the role and are there; for who is away, who stands in for them.

        `barred` are none of them, and nobody stands in for them.
        """
        people, allowed = await self.listed(parties) - barred, await self._all(ballot.terms.holders)
        people = people if allowed is None else people & allowed
        away = await self._away(ballot, workspace)
        return {one for who in people if (one := away.get(who, who))} - barred

    async def listed(self, parties: Iterable[Party]) -> set[UserId]:
        """Return whom these mean, as far as they can be listed: everyone cannot."""
        found = await asyncio.gather(*map(self._directory.members, set(parties) - {EVERYONE}))
        return {who for members in found for who in members or ()}

    async def admins(self, channel: ChannelId) -> set[UserId]:
        """Return who may do there what is for admins, as far as they can be listed."""
        return await self.listed(self.policy().holders(Role.ADMIN, channel))

    def _estimate(
        self, tx: Transaction, workspace: WorkspaceId, key: PriceKey, shown: Ballot | None, *, count: int = 1
    ) -> Estimate | None:
        """Return what so many will cost; what was shown, unless that has become too little."""
        prices = self.policy().prices
        setting = prices.training if key == TRAINING else prices.picture
        costs = tx.ledger.costs(workspace, key)
        others = None if costs else tx.ledger.dearest_like(workspace, key)
        estimate = estimated(costs, setting, count=count, others=others, holds=prices.hold)
        return steady(shown.estimate if shown else None, estimate)

    def _terms(self, cases: Sequence[Case]) -> Terms:
        policy = self.policy()
        rules = [rule for case in cases if (rule := policy.rule_for(case))]
        holders = policy.holders(role_of(cases[0].action), cases[0].channel)
        checks = [check for case in cases for check in policy.failed(case)]
        return terms_of(rules, checks, holders=holders)

    async def _members(self, parties: Iterable[Party], holders: Iterable[Party]) -> frozenset[UserId] | None:
        """Return those of the parties who hold the role; None: every member, or more than can be listed."""
        named, allowed = await asyncio.gather(self._all(parties), self._all(holders))
        if named is None or allowed is None:
            return allowed if named is None else named
        return named & allowed

    async def _all(self, parties: Iterable[Party]) -> frozenset[UserId] | None:
        """Return all whom these mean; None where they cannot be listed."""
        wanted = set(parties)
        if EVERYONE in wanted:
            return None
        people: set[UserId] = set()
        for members in await asyncio.gather(*map(self._directory.members, wanted)):
            if members is None:
                return None
            people |= members
        return frozenset(people)


def _told(ballot: Ballot, place: ChannelId) -> Ballot:
    """Return it so that those are told at once whom no card in `place` tells, or who are no approvers."""
    terms = ballot.terms
    if terms.ask_somebody and (is_direct(place) or not terms.gates):
        return replace(ballot, turn=UNTOLD, has_news=True)
    return ballot


def _styles(slug: str, air: Air | None) -> list[str]:
    """Return by which names rules know a style: what people call it, and what its AIR does."""
    return [*dict.fromkeys([slug, *([model_of(air)] if air else [])])]

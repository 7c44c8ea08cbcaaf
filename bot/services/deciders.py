"""Who could decide just now, by name: asked before there is a ballot, which says who may."""

import asyncio
from contextlib import suppress
from datetime import datetime

from bot.asked import Click
from bot.clerk import AT_ONCE, Clerk
from bot.domain.ballot import Ballot
from bot.domain.errors import Unavailable
from bot.domain.ids import UserId
from bot.domain.people import EVERYONE
from bot.domain.policy import Case, asked_together, role_of
from bot.domain.terms import terms_of


class Deciders:
    """Knows whom the rules mean."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    async def of(self, case: Case, click: Click, *, at: datetime) -> list[UserId]:
        """Return who could decide on `case` at any step; who is away is left out for who stands in.

        Nobody where any member may, where nobody has to, and where Slack does not say within a second.
        """
        policy = self._clerk.policy()
        rules = [rule for one in asked_together(case) if (rule := policy.rule_for(one))]
        terms = terms_of(rules, (), holders=policy.holders(role_of(case.action), case.channel))
        parties = {party for rule in rules for step in rule.steps for party in (*step.who, *step.silent)}
        if EVERYONE in parties:
            parties = {*terms.holders}
        if EVERYONE not in parties:
            ballot = Ballot(click.by.id, (), terms, at)
            with suppress(TimeoutError, Unavailable):
                async with asyncio.timeout(AT_ONCE):
                    return sorted(await self._clerk.reachable(parties, ballot, click.workspace))
        return []

"""Who may decide is asked of Slack at the same time: who clicks waits for one answer, not their sum."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from bot.domain.errors import Unavailable
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.people import Party, Person
from bot.domain.policy import Grant, Role
from bot.domain.run import Stage
from tests.fakes import FakeDirectory
from tests.house import BEN, House
from tests.services.team import BY_BRAND, BY_BUDGET, DESIGNERS, EVA, FINANCE, LEADS, asked, ruled, team


@dataclass
class Hesitant(FakeDirectory):
    """Answers nothing before all of `awaited` have been asked for."""

    awaited: frozenset[str] = frozenset()
    asked: set[str] = field(default_factory=set)
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def awaits(self, *names: str) -> None:
        """Answer nothing more before these have been asked for."""
        self.awaited, self.asked = frozenset(names), set()
        self.complete.clear()

    async def members(self, party: Party) -> frozenset[UserId] | None:
        """Return whom it means, in the end."""
        await self._wait(party)
        return await super().members(party)

    async def person(self, user: UserId, *, workspace: WorkspaceId) -> Person:
        """Return who that is, in the end."""
        await self._wait(user)
        return await super().person(user, workspace=workspace)

    async def _wait(self, name: str) -> None:
        self.asked.add(name)
        if self.awaited <= self.asked:
            self.complete.set()
        await self.complete.wait()


async def half_decided(house: House) -> None:
    """Let ben have passed the first of two steps, each of them two groups."""
    both = ruled(BY_BRAND, replace(BY_BUDGET, who=(FINANCE, LEADS)))
    team(house).policy = replace(both, grants=(Grant(Role.APPROVE, (DESIGNERS, FINANCE)),))
    await asked(house)
    await house.approve(BEN)


async def test_an_approval_goes_through_where_slack_answers_nothing_before_all_is_asked(
    house: House,
) -> None:
    slack = Hesitant()
    house.lives_with(people=slack)
    await half_decided(house)
    slack.awaits(DESIGNERS, FINANCE, LEADS, BEN)
    async with asyncio.timeout(60):
        await house.approve(EVA)
    assert (await house.run()).stage is Stage.APPROVED


async def test_where_slack_says_nothing_of_one_of_them_nothing_is_decided(house: House) -> None:
    class Forgetful(FakeDirectory):
        forgets = False

        async def members(self, party: Party) -> frozenset[UserId] | None:
            if self.forgets and party == LEADS:
                raise Unavailable("Slack does not say.")
            return await super().members(party)

    slack = Forgetful()
    house.lives_with(people=slack)
    await half_decided(house)
    slack.forgets = True
    with pytest.raises(Unavailable):
        await house.approve(EVA)
    assert (await house.run()).stage is Stage.AWAITING

"""Taking the version that the same pictures trained before: whose request ends by it, and when."""

from dataclasses import replace

import pytest

from bot.domain.errors import NotAllowed, Refused
from bot.domain.ids import ChannelId, RunId, UserId
from bot.domain.policy import BUILT_IN, Action, Check, Level, Scope
from bot.domain.run import Stage
from tests.house import ANN, T1, House
from tests.services.team import ADA, BY_BRAND, FAY, ruled, team, trained

SECOND, WHERE = RunId("RUN0000002"), ChannelId("C9")


@pytest.fixture
async def again(house: House) -> House:
    """Let ann ask for a training on the pictures of Stellar@1."""
    await trained(team(house))
    await house.ask(name="Comet")
    await house.work(steps=2)
    assert (await house.run(SECOND)).before
    return house


async def reuse(house: House, who: UserId) -> str:
    return await house.training.reuse(SECOND, house.by(who), channel=WHERE)


async def drawn_in(house: House) -> str | None:
    version = (await house.styles.all(T1, WHERE))[1]
    return version.label if version else None


@pytest.mark.parametrize("who", [ANN, ADA])
async def test_who_asked_or_an_admin_ends_the_request_by_it(again: House, who: UserId) -> None:
    assert "now draws in Stellar@1" in await reuse(again, who)
    assert ((await again.run(SECOND)).stage, await drawn_in(again)) == (Stage.CANCELLED, "Stellar@1")


async def test_nobody_else_ends_somebodys_request_by_it(again: House) -> None:
    before = await again.run(SECOND)
    with pytest.raises(NotAllowed, match=r"Only who asked for it.*type `/style use stellar@1`"):
        await reuse(again, FAY)
    assert (await again.run(SECOND), await drawn_in(again)) == (before, None)


async def test_where_the_default_needs_an_approval_the_request_waits_on(again: House) -> None:
    again.policy = ruled(BY_BRAND, action=Action.PROMOTE)
    before = await again.run(SECOND)
    told = await reuse(again, ANN)
    assert "Comet still waits" in told
    assert "propose it: `/style use stellar@1`" in told
    assert (replace(await again.run(SECOND), version=0), await drawn_in(again)) == (
        replace(before, version=0),
        None,
    )


async def test_what_a_hard_check_forbids_is_refused_with_its_sentence_and_the_request_waits_on(
    again: House,
) -> None:
    never = Check("old", Scope((Action.PROMOTE,)), Level.HARD, "Stellar is being retired.")
    again.policy = replace(BUILT_IN, checks=(never,))
    before = await again.run(SECOND)
    with pytest.raises(Refused, match=r"^Stellar is being retired\.$"):
        await reuse(again, ANN)
    assert (await again.run(SECOND), await drawn_in(again)) == (before, None)

"""The role to decide, and the style that an AIR names, hold wherever a rule does: not only at the click."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import Conflict, Refused
from bot.domain.ids import Air
from bot.domain.people import Absence, Party
from bot.domain.policy import BUILT_IN, Check, Grant, Level, Role, Scope
from bot.domain.run import Stage
from tests.house import ANN, BEN, CAT, RUN, T1, House
from tests.services.team import (
    BY_BRAND,
    DAN,
    DESIGNERS,
    EVA,
    FAY,
    asked,
    cost,
    digits,
    memos,
    ruled,
    team,
    voters,
)


def approvers(house: House, *who: Party) -> None:
    """Give these alone the role to approve."""
    house.policy = replace(house.policy, grants=(Grant(Role.APPROVE, who),))


async def test_where_nobody_else_has_the_role_it_is_said_before_any_card(house: House) -> None:
    approvers(team(house), Party(ANN))
    with pytest.raises(Refused, match="does not name enough people besides who asked who may approve here"):
        await house.ask()


async def test_where_nobody_of_a_step_has_the_role_it_is_said_before_any_card(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    approvers(house, Party(ANN), Party(EVA))
    with pytest.raises(
        Refused, match="“brand” does not name enough people besides who asked who may approve"
    ):
        await house.ask()


async def test_only_those_of_a_step_who_have_the_role_are_reminded(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    approvers(house, Party(CAT), Party(EVA))
    await asked(house)
    house.clock.pass_time(hours=2)
    await house.work(steps=2)
    assert memos(house) == [CAT]


async def test_where_everyone_of_a_role_decides_each_of_them_is_reminded(house: House) -> None:
    approvers(team(house), DESIGNERS)
    await asked(house)
    house.clock.pass_time(hours=2)
    await house.work(steps=2)
    assert memos(house) == [BEN, CAT, DAN]


@pytest.mark.parametrize("air", ["acme:stellar@7", "acme:Stellar@7"])
async def test_a_rule_about_a_style_holds_for_what_an_air_calls_so(house: House, air: str) -> None:
    check = Check("ours", Scope(styles=("stell*",)), Level.HARD, "Stellar is another team's.")
    house.policy = replace(BUILT_IN, checks=(check,))
    with pytest.raises(Refused, match="another team's"):
        await house.ask(name="Foo", air=Air(air))


async def test_what_has_changed_is_approved_by_typing_only_with_its_digits(house: House) -> None:
    await cost(team(house), 12.0)
    await asked(house)
    await cost(house, 400.0)
    await house.approve(DAN)
    with pytest.raises(Conflict, match="price: ") as refusal:
        await house.approvals.approve(RUN, house.by(BEN))
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, set())
    assert digits(run)[:8] in str(refusal.value)
    await house.approvals.approve(RUN, house.by(BEN, seen=digits(run)[:8]))
    assert (await house.run()).stage is Stage.APPROVED


async def test_who_stands_in_needs_the_role_as_well(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    approvers(house, DESIGNERS)
    until = f"{house.clock() + timedelta(days=3):%Y-%m-%d}"
    await house.store.write(lambda tx: tx.absences.put(T1, Absence(BEN, until, FAY)))
    await asked(house)
    house.clock.pass_time(hours=2)
    await house.work(steps=2)
    assert memos(house) == [CAT, DAN]

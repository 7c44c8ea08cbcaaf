"""What a Home shows of what waits, of money, and to whom it shows nothing."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.ids import UserId
from bot.domain.message import Home, HomeState
from bot.domain.people import EVERYONE
from bot.domain.policy import Action, Budget, Grant, Level, Role, Step
from tests.house import ANN, BEN, CAT, PROPOSAL, RUN, T1, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    DAN,
    DESIGNERS,
    EVA,
    asked,
    checked,
    cost,
    drawn,
    ruled,
    team,
)

WHY = "Guests can read the cards here, and can neither ask for nor decide on anything."


async def home(house: House, who: UserId, *, closed: str = "") -> HomeState:
    """Return what somebody's Home shows once they have opened it."""
    person = house.by(who).by
    await house.homes.opened(who, workspace=T1, delivery=house.delivery(), closed=closed, person=person)
    await house.work()
    return house.slack.homes[-1]


def waiting(state: HomeState) -> list[str]:
    return [one.id for one in (*state.waiting, *state.asked)]


async def test_what_waits_is_listed_until_one_has_decided_on_it_oneself(house: House) -> None:
    team(house).policy = ruled(replace(BY_BRAND, count=2))
    await asked(house)
    assert waiting(await home(house, BEN)) == [RUN]
    await house.approve(BEN)
    assert waiting(await home(house, BEN)) == []
    assert waiting(await home(house, CAT)) == [RUN]
    assert waiting(await home(house, ANN)) == []


async def test_only_what_one_may_decide_just_now_waits_for_one(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET)
    await asked(house)
    assert waiting(await home(house, EVA)) == waiting(await home(house, ADA)) == []
    assert waiting(await home(house, CAT)) == [RUN]
    await house.approve(BEN)
    await house.work(steps=2)
    assert waiting(await home(house, EVA)) == [RUN]
    assert waiting(await home(house, CAT)) == []


async def test_what_lacks_an_override_alone_waits_for_admins(house: House) -> None:
    team(house).policy = checked(Level.SOFT)
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=2)
    assert waiting(await home(house, ADA)) == [RUN]
    assert waiting(await home(house, CAT)) == []


async def test_what_waits_for_somebody_away_waits_for_who_stands_in(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    await asked(house)
    assert waiting(await home(house, DAN)) == []
    await house.switches.away((house.clock.now + timedelta(days=9)).date(), DAN, house.by(EVA))
    assert waiting(await home(house, DAN)) == [RUN]


async def test_where_only_some_may_decide_it_does_not_wait_for_others(house: House) -> None:
    everyone = Step("a colleague", (EVERYONE,))
    grant = Grant(Role.APPROVE, (DESIGNERS,))
    team(house).policy = replace(ruled(everyone), grants=(grant,))
    await asked(house)
    assert waiting(await home(house, EVA)) == []
    assert waiting(await home(house, CAT)) == [RUN]


async def test_pictures_for_use_wait_for_others_than_who_made_or_proposed_them(house: House) -> None:
    await drawn(team(house))
    house.policy = ruled(BY_BRAND, action=Action.USE)
    pictures = await house.pictures()
    await house.proposals.clear(pictures.id, [1], house.by(EVA))
    assert waiting(await home(house, CAT)) == waiting(await home(house, EVA)) == []
    assert waiting(await home(house, BEN)) == [PROPOSAL]


async def test_a_home_tells_what_the_budgets_have_left(house: House) -> None:
    house.policy = replace(house.policy, budgets=(Budget("brand", 100.0),))
    await cost(house, 40.0)
    money = (await home(house, BEN)).money
    assert money
    assert [(line.name, line.left) for line in money.budgets] == [("brand", 100_000_000)]


async def test_who_is_no_member_is_shown_why_and_nothing_else(house: House) -> None:
    await asked(team(house))
    assert await home(house, UserId("UGUEST"), closed=WHY) == HomeState(UserId("UGUEST"), closed=WHY)


async def test_a_home_that_waits_to_be_drawn_does_not_stand_for_one_that_is_closed(house: House) -> None:
    await asked(team(house))
    await house.store.write(lambda tx: tx.outbox.announce(Home(T1, BEN)))
    await home(house, BEN, closed=WHY)
    await house.work(steps=3)
    assert [state.closed for state in house.slack.homes] == ["", WHY]

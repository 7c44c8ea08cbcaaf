"""What holds for the whole workspace is for its admins: who is an admin of one channel is none of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.alarm import LOOKED_INTO, Concern
from bot.domain.audit import Did
from bot.domain.errors import NotAllowed
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.message import RunCard
from bot.domain.people import ADMINS, Kind, Party, Person
from bot.domain.policy import BUILT_IN, Grant, Role
from bot.services.audits import Audits
from handlers.deliveries import Sender
from handlers.gate import Gate
from tests.handlers.handlers_lab import Lab
from tests.house import BRAND, RUN, T1, House
from tests.services.team import ADA, team

AGENCY = UserId("UAGENCY")
WORDS = ["audit", "freeze all I say so", "unfreeze all", "resend", "resume"]


@pytest.fixture
async def at(lab: Lab) -> Lab:
    """An agency is the admin of the channel in which people type; ada, of the workspace, froze all."""
    house = team(lab.house)
    await house.ask()
    await house.work()
    house.policy = replace(BUILT_IN, grants=(Grant(Role.ADMIN, (Party(AGENCY),), (BRAND,)),))
    await house.switches.freeze("all", "an incident", house.by(ADA))
    return lab


async def frozen(house: House) -> list[str]:
    return [one.what for one in await house.store.read(lambda tx: tx.freezes.standing(T1))]


@pytest.mark.parametrize("words", WORDS)
async def test_an_admin_of_one_channel_neither_stops_nor_reads_what_is_everybodys(
    at: Lab, words: str
) -> None:
    told = await at.types("/style", words, who=AGENCY)
    assert "You may not do what is for admins of the whole workspace." in told
    assert await frozen(at.house) == ["all"]


@pytest.mark.parametrize("words", WORDS)
async def test_an_admin_of_the_workspace_does_in_that_channel_too(at: Lab, words: str) -> None:
    assert "You may not" not in await at.types("/style", words, who=ADA)


@pytest.mark.parametrize("button", ["notice.unpark", "notice.release"])
async def test_an_admin_of_one_channel_mends_nothing_of_the_workspace(at: Lab, button: str) -> None:
    await at.house.store.write(lambda tx: tx.alarms.sound(T1, Concern.RESTORED, "It was restored."))
    for who, did in ((AGENCY, True), (ADA, False)):
        await at.clicks(button, run="restored", who=who)
        rows = await at.house.store.read(lambda tx: tx.audit.recent(T1, limit=1))
        assert (rows[0].did is Did.WAS_REFUSED and rows[0].who == who) == did


@pytest.mark.parametrize(
    ("word", "told", "did"),
    [
        ("resend", "Trying 1 message once more.", Did.TRIED_AGAIN),
        ("resume", "Requests are handed over again.", Did.RESUMED),
    ],
)
async def test_what_the_buttons_of_a_notice_do_can_be_typed(at: Lab, word: str, told: str, did: Did) -> None:
    house = at.house
    await house.store.write(lambda tx: tx.alarms.sound(T1, Concern.RESTORED, "It may be.", about=LOOKED_INTO))
    await house.store.write(lambda tx: tx.outbox.announce(RunCard(RUN)))
    [waiting] = await house.store.write(lambda tx: tx.outbox.take(limit=1, lease=timedelta(seconds=60)))
    await house.store.write(lambda tx: tx.outbox.park(waiting, "not in the channel"))
    assert await at.types("/style", word, who=ADA) == told
    [row] = await house.store.read(lambda tx: tx.audit.recent(T1, limit=1))
    assert (row.did, row.who) == (did, ADA)


async def test_where_nothing_is_wrong_there_is_nothing_to_mend(at: Lab) -> None:
    assert await at.types("/style", "resend", who=ADA) == "There is nothing left to try."
    assert await at.types("/style", "resume", who=ADA) == "Nothing is held back any more."


async def test_in_its_channel_the_admin_of_one_channel_still_decides(at: Lab) -> None:
    await at.house.switches.unfreeze("all", at.house.by(ADA))
    told = await at.types("/style", "breakglass RUN0000001 nobody is here", who=AGENCY)
    assert "You approved Stellar" in told


@pytest.mark.parametrize(("kind", "may"), [(Kind.MEMBER, True), (Kind.GUEST, False)])
async def test_a_steward_may_what_admins_of_the_workspace_may(house: House, kind: Kind, *, may: bool) -> None:
    steward = UserId("USTEWARD")
    house.people.people[steward] = Person(steward, kind)
    house.policy = replace(BUILT_IN, grants=(Grant(Role.ADMIN, (ADMINS,)),))
    gate = Gate(house.people, Audits(house.store), policy=lambda: house.policy, stewards=[steward])
    sender = Sender(WorkspaceId("T1"), steward, ChannelId("C9"))
    if may:
        assert (await gate.admit(sender, Role.ADMIN, everywhere=True)).id == steward
    else:
        with pytest.raises(NotAllowed, match="Guests"):
            await gate.admit(sender, Role.ADMIN, everywhere=True)

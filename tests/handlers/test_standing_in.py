"""`/style away` with somebody to stand in: only who could decide can, and who asks is told so of them."""

from bot.domain.audit import Did
from bot.domain.people import Kind
from tests.handlers.handlers_lab import Lab
from tests.house import T1
from tests.services.team import STRANGERS, team


async def test_who_cannot_decide_cannot_stand_in_and_the_audit_refuses_nobody_for_it(lab: Lab) -> None:
    house = team(lab.house)
    house.people.people |= {person.id: person for person in STRANGERS.values()}
    for person in STRANGERS.values():
        told = await lab.types("/style", f"away 2026-12-01 <@{person.id}>")
        assert told == f"<@{person.id}> cannot decide here, so nobody would stand in: name a full member."
    rows = await house.store.read(lambda tx: tx.audit.recent(T1, limit=9))
    assert [row for row in rows if row.did in {Did.WAS_REFUSED, Did.WENT_AWAY}] == []


async def test_who_may_not_go_away_themselves_is_refused_as_ever(lab: Lab) -> None:
    guest = STRANGERS[Kind.GUEST]
    lab.house.people.people[guest.id] = guest
    told = await lab.types("/style", "away 2026-12-01 <@UBEN>", who=guest.id)
    assert told.startswith("Guests can read the cards here")
    rows = await lab.house.store.read(lambda tx: tx.audit.recent(T1, limit=9))
    assert [(row.who, row.did) for row in rows] == [(guest.id, Did.WAS_REFUSED)]

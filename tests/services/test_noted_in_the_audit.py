"""What the audit has a row of, and who it says did it: nothing is left out, and nobody did another's deed."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.alarm import LOOKED_INTO, Concern
from bot.domain.audit import Did, Told
from bot.domain.errors import Unpostable
from bot.domain.ids import ChannelId
from bot.domain.policy import BUILT_IN, Action, Level, Rule, Scope
from tests.house import ANN, BEN, BRAND, CAT, PROPOSAL, RUN, T1, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    EVA,
    FAY,
    FINANCE,
    asked,
    checked,
    ruled,
    team,
    trained,
)


async def rows(house: House, did: Did) -> list[Told]:
    """Return the rows of what was done so, oldest first."""
    told = await house.store.read(lambda tx: tx.audit.recent(T1, limit=500))
    return [row for row in reversed(told) if row.did is did]


async def test_that_others_were_asked_besides_is_a_row(house: House) -> None:
    rule = Rule(
        "ours",
        Scope((Action.TRAIN,)),
        (BY_BRAND,),
        escalate_after=timedelta(hours=1),
        escalate_to=(FINANCE,),
    )
    team(house).policy = replace(BUILT_IN, rules=(rule,))
    await asked(house)
    house.clock.pass_time(hours=1, minutes=1)
    await house.work(steps=3)
    [row] = await rows(house, Did.ESCALATED)
    ballot = (await house.run()).ballot
    assert ballot
    assert (row.who, row.about, row.digest) == (None, RUN, ballot.digest)


async def test_an_override_that_completes_an_approval_is_its_admins_not_the_last_approvers(
    house: House,
) -> None:
    team(house).policy = checked(Level.SOFT)
    await asked(house)
    await house.approve(BEN)
    house.clock.pass_time(hours=5)
    await house.approvals.override(RUN, "the fair", house.by(ADA))
    [granted] = await rows(house, Did.GRANTED)
    assert (granted.who, granted.at) == (ADA, house.clock.now)


async def test_a_default_is_noted_with_its_channel_and_what_was_asked(house: House) -> None:
    await trained(team(house))
    for channel in (BRAND, ChannelId("C2")):
        await house.proposals.use("stellar", house.by(ANN), channel=channel)
    promoted = await rows(house, Did.PROMOTED)
    assert [(row.about, row.words) for row in promoted] == [
        ("acme:stellar@1", "in C1"),
        ("acme:stellar@1", "in C2"),
    ]
    assert len({row.digest for row in promoted} - {""}) == len(promoted)


async def test_a_default_that_was_approved_is_noted_with_what_they_approved(house: House) -> None:
    await trained(team(house))
    house.policy = ruled(BY_BRAND, action=Action.PROMOTE)
    await house.proposals.use("stellar", house.by(ANN), channel=BRAND)
    await house.approve(BEN, PROPOSAL)
    [promoted] = await rows(house, Did.PROMOTED)
    assert promoted.digest == (await house.proposal()).ballot.digest


async def test_who_lets_requests_be_handed_over_again_is_a_row(house: House) -> None:
    await house.store.write(lambda tx: tx.alarms.sound(T1, Concern.RESTORED, "Look.", about=LOOKED_INTO))
    for _ in range(2):
        await house.alarms.release(T1, by=ADA, delivery=house.delivery())
    assert [(row.who, row.about) for row in await rows(house, Did.RESUMED)] == [(ADA, "requests")]


async def test_who_tries_again_what_slack_refused_is_a_row(house: House) -> None:
    await house.ask()
    await house.work(steps=4)
    house.slack.faults = [Unpostable("Slack refuses this.", code="invalid_blocks")]
    await house.approvals.reject(RUN, "No.", house.by(BEN))
    await house.work(steps=3)
    for _ in range(2):
        await house.alarms.unpark(T1, by=ADA, delivery=house.delivery())
    assert [(row.who, row.about) for row in await rows(house, Did.TRIED_AGAIN)] == [(ADA, "messages")]


async def test_the_audit_tells_in_whose_place_a_vote_was_cast(house: House) -> None:
    team(house).policy = ruled(BY_BRAND, BY_BUDGET)
    await house.switches.away((house.clock.now + timedelta(days=5)).date(), EVA, house.by(CAT))
    await asked(house)
    await house.approvals.approve(RUN, house.by(EVA), comment="as they said")
    await house.approvals.retract(RUN, house.by(EVA))
    await house.approvals.approve(RUN, house.by(EVA))
    await house.approvals.approve(RUN, house.by(FAY), comment="fine")
    approved = [(row.who, row.words) for row in await rows(house, Did.APPROVED)]
    assert approved == [(EVA, "for @UCAT: as they said"), (EVA, "for @UCAT"), (FAY, "fine")]
    await house.store.write(lambda tx: tx.audit.erase(T1, CAT))
    assert [row.words for row in await rows(house, Did.APPROVED)] == ["", "", "fine"]


async def test_the_audit_tells_which_check_each_override_was_of(house: House) -> None:
    rules = checked(Level.SOFT)
    more = replace(rules.checks[0], name="season", says="It is not the season.")
    team(house).policy = replace(rules, rules=ruled(BY_BRAND).rules, checks=(*rules.checks, more))
    await asked(house)
    await house.approvals.override(RUN, "the fair", house.by(ADA))
    overrode = [(row.who, row.words) for row in await rows(house, Did.OVERRODE)]
    assert overrode == [(ADA, "names: the fair"), (ADA, "season: the fair")]

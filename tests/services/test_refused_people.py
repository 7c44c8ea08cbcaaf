"""Guests, bots, strangers and other workspaces: nothing of theirs costs or decides, on any path."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.asked import Click
from bot.domain.audit import Did
from bot.domain.errors import HousestyleError, NotAllowed, Refused, Unavailable
from bot.domain.ids import RunId, WorkspaceId
from bot.domain.people import Kind, Party, Person
from bot.domain.policy import BUILT_IN, Grant, Role
from bot.domain.run import Stage
from bot.services.audits import Audits
from tests.house import BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, T1, House
from tests.services.team import (
    BY_BRAND,
    DAN,
    DESIGNERS,
    STRANGERS,
    asked,
    done,
    drawn,
    join,
    proposals,
    ruled,
    sent,
    team,
    voters,
)

Deed = Callable[[House, Click], Awaitable[str]]
ON_A_RUN: dict[str, Deed] = {
    "approve": lambda house, click: house.approvals.approve(RUN, click),
    "reject": lambda house, click: house.approvals.reject(RUN, "no", click),
    "retract": lambda house, click: house.approvals.retract(RUN, click),
    "override": lambda house, click: house.approvals.override(RUN, "but", click),
    "break the glass": lambda house, click: house.approvals.break_glass(RUN, "but", click),
    "cancel": lambda house, click: house.stopping.cancel(RUN, click),
}
WITH_A_VERSION: dict[str, Deed] = {
    "use": lambda house, click: house.proposals.use("stellar", click, channel=BRAND),
    "use what a run made": lambda house, click: house.proposals.use_run(RUN, click, channel=BRAND),
    "clear": lambda house, click: house.proposals.clear(PICTURES, [1], click),
}
KINDS = pytest.mark.parametrize("kind", list(STRANGERS))


def theirs(house: House, kind: Kind, *, everything: bool = False) -> Click:
    """Return a click of somebody who is no member; with `everything`, they are in every group, and admin."""
    who: Person = STRANGERS[kind]
    if everything:
        who = replace(who, is_admin=True, groups=frozenset({DESIGNERS, Party("admins")}))
    return Click(who, T1, house.delivery())


@KINDS
@pytest.mark.parametrize("deed", ON_A_RUN)
async def test_nobody_but_members_decides_on_a_training(house: House, kind: Kind, deed: str) -> None:
    team(house)
    await asked(house)
    before = await house.run()
    for everything in (False, True):
        with pytest.raises(NotAllowed, match="can neither ask for nor decide on anything"):
            await ON_A_RUN[deed](house, theirs(house, kind, everything=everything))
    assert await house.run() == before
    assert await proposals(house) == []


@KINDS
async def test_nobody_but_members_takes_an_approval_back(house: House, kind: Kind) -> None:
    await asked(house)
    await house.approve()
    with pytest.raises(NotAllowed):
        await house.approvals.undo(RUN, theirs(house, kind))
    assert (await house.run()).stage is Stage.APPROVED


@KINDS
@pytest.mark.parametrize("deed", WITH_A_VERSION)
async def test_nobody_but_members_sets_a_default_or_clears_a_picture(
    house: House, kind: Kind, deed: str
) -> None:
    team(house)
    await drawn(house)
    house.policy = replace(BUILT_IN, rules=())
    with pytest.raises(NotAllowed, match="can neither ask for nor decide on anything"):
        await WITH_A_VERSION[deed](house, theirs(house, kind, everything=True))
    assert await house.store.read(lambda tx: tx.library.cleared(PICTURES)) == frozenset()
    assert (await house.styles.all(T1, BRAND))[1] is None


@KINDS
async def test_who_was_a_member_when_they_approved_and_is_none_now_no_longer_counts(
    house: House, kind: Kind
) -> None:
    team(house).policy = ruled(replace(BY_BRAND, count=2))
    await asked(house)
    await house.approve(BEN)
    house.people.people[BEN] = Person(BEN, kind)
    with pytest.raises(NotAllowed):
        await house.approve(BEN)
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.AWAITING


async def test_a_removed_approver_who_clicks_an_old_card_decides_nothing(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    await asked(house)
    click = house.by(BEN)
    join(house.people, DESIGNERS, CAT, DAN)
    with pytest.raises(NotAllowed, match="you are not among them"):
        await house.approvals.approve(RUN, click)
    assert (await house.run()).stage is Stage.AWAITING


@pytest.mark.parametrize("deed", [*ON_A_RUN, "undo"])
async def test_the_run_of_another_workspace_does_not_exist_here(house: House, deed: str) -> None:
    await asked(house)
    elsewhere = replace(house.by(BEN), workspace=WorkspaceId("T2"))
    deeds: dict[str, Deed] = {**ON_A_RUN, "undo": lambda it, click: it.approvals.undo(RUN, click)}
    with pytest.raises(Refused, match="There is nothing named `RUN0000001`"):
        await deeds[deed](house, elsewhere)


async def test_what_belongs_to_another_workspace_is_not_used_cleared_or_decided_on(house: House) -> None:
    await drawn(house)
    await house.proposals.clear(PICTURES, [1], house.by(CAT))
    on_it: Deed = lambda it, click: it.approvals.approve(PROPOSAL, click)  # noqa: E731 - one of many
    for deed in (*WITH_A_VERSION.values(), on_it):
        with pytest.raises(Refused):
            await deed(house, replace(house.by(BEN), workspace=WorkspaceId("T2")))
    with pytest.raises(Refused):
        await house.training.retry(RUN, who=BEN, workspace=WorkspaceId("T2"), delivery=house.delivery())
    assert (await house.proposal()).decided_by is None


@pytest.mark.parametrize("forged", ["", "RUN9999999", "' OR 1=1 --", "x" * 4000, "\x00", "GEN0000001"])
async def test_an_id_that_nothing_has_is_told_to_be_unknown(house: House, forged: str) -> None:
    await asked(house)
    with pytest.raises(Refused, match="There is nothing named"):
        await house.approvals.approve(RunId(forged), house.by(BEN))


async def test_an_id_of_another_workspace_is_not_told_from_one_that_nothing_has(house: House) -> None:
    await asked(house)
    answers = []
    for run in (RUN, RunId("RUN9999999")):
        with pytest.raises(Refused) as no:
            await house.approvals.approve(run, replace(house.by(BEN), workspace=WorkspaceId("T2")))
        answers.append(str(no.value).replace(run, "…"))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("seen", ["", "'", "0" * 64, "\x00", "f" * 4000])
async def test_a_forged_digest_approves_nothing(house: House, seen: str) -> None:
    await asked(house)
    with pytest.raises(HousestyleError, match="look at its card again"):
        await house.approvals.approve(RUN, house.by(BEN, seen=seen))
    assert voters(await house.run()) == set()


async def test_whoever_slack_says_nothing_of_decides_nothing(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    await asked(house)
    house.people.silent = Unavailable("Slack does not answer.")
    with pytest.raises(Unavailable):
        await house.approvals.approve(RUN, house.by(BEN))
    assert (await house.run()).stage is Stage.AWAITING


async def test_what_is_asked_while_slack_is_silent_waits_until_it_is_known_who_can_decide(
    house: House,
) -> None:
    team(house).policy = ruled(BY_BRAND)
    house.people.silent = Unavailable("Slack does not answer.")
    await house.ask()
    await house.work(steps=2)
    run = await house.run()
    assert (run.stage, run.trouble) == (Stage.REQUESTED, "Slack does not answer.")
    assert house.inspector.sources == []
    house.people.silent = None
    house.clock.pass_time(minutes=2)
    await house.work()
    assert (await house.run()).stage is Stage.AWAITING


async def test_a_role_in_one_channel_decides_nothing_of_another(house: House) -> None:
    team(house)
    await drawn(house)
    grants = (Grant(Role.REVIEW, (Party(DAN),), (BRAND,)), Grant(Role.APPROVE, (Party(DAN),), (BRAND,)))
    house.policy = replace(BUILT_IN, rules=(), grants=grants)
    with pytest.raises(NotAllowed, match="may not approve pictures for use in this channel"):
        await house.proposals.clear(PICTURES, [1], house.by(BEN))
    assert "Approved for use" in await house.proposals.clear(PICTURES, [1], house.by(DAN))


async def test_who_has_no_role_here_decides_on_nothing_though_a_rule_names_them(house: House) -> None:
    team(house).policy = replace(ruled(BY_BRAND), grants=(Grant(Role.APPROVE, (Party(DAN),), (BRAND,)),))
    await asked(house)
    with pytest.raises(NotAllowed, match="may not decide on requests in this channel"):
        await house.approve(BEN)
    await house.approve(DAN)
    assert (await house.run()).stage is Stage.APPROVED


async def test_only_who_asked_approved_or_administers_cancels(house: House) -> None:
    await asked(house)
    await house.approve(BEN)
    with pytest.raises(NotAllowed, match="Only who asked for it"):
        await house.stopping.cancel(RUN, house.by(CAT))
    await sent(house)
    assert "Stopped following" in await house.stopping.cancel(RUN, house.by(BEN))


async def test_a_refusal_is_in_the_audit(house: House) -> None:
    await Audits(house.store).refused(
        T1, STRANGERS[Kind.GUEST].id, RUN, "Guests can read the cards here.", delivery=house.delivery()
    )
    assert await done(house) == [Did.WAS_REFUSED]

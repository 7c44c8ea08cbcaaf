"""Rules that change while things wait: what holds at once, what is decided anew, and a file that is bad."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.domain.alarm import Concern
from bot.domain.audit import Did
from bot.domain.errors import BudgetExceeded, NotAllowed, Refused
from bot.domain.generation import Stage as PictureStage
from bot.domain.message import Notice
from bot.domain.people import Party
from bot.domain.policy import BUILT_IN, Action, Grant, Level, Policy, Role, Step
from bot.domain.run import Stage
from bot.services.rules import Rules
from bot.slack.views import render
from tests.house import BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, T1, House
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    DAN,
    DESIGNERS,
    EVA,
    asked,
    checked,
    digits,
    done,
    limited,
    memos,
    money,
    ruled,
    team,
    trained,
    voters,
)

TWO = replace(BY_BRAND, count=2)


@dataclass(frozen=True)
class Look:
    """What a look at the policy file found."""

    policy: Policy | None = None
    faults: tuple[object, ...] = ()


@dataclass
class Pages:
    """A policy file that is found so at each look, and unchanged from then on."""

    looks: list[Look | None] = field(default_factory=list)

    def current(self) -> Policy:
        """Return the rules that come with the program: these tests ask only what a look finds."""
        return BUILT_IN

    async def look(self) -> Look | None:
        """Return the next."""
        return self.looks.pop(0) if self.looks else None


async def test_who_decides_by_new_rules_is_asked_at_once(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    run = await asked(house)
    house.policy = ruled(BY_BUDGET)
    told = await house.approvals.approve(RUN, house.by(BEN, seen=digits(run)))
    assert "Stellar is not what it was: The rules about who decides have changed." in told
    with pytest.raises(NotAllowed, match="for budget to decide"):
        await house.approve(BEN)
    await house.approve(EVA)
    assert (await house.run()).stage is Stage.APPROVED


async def test_votes_do_not_come_back_with_the_rules_that_they_were_cast_by(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    await house.approve(BEN)
    house.policy = ruled(BY_BUDGET)
    await house.approve(CAT)
    house.policy = ruled(TWO)
    await house.approve(CAT)
    run = await house.run()
    assert (run.stage, voters(run)) == (Stage.AWAITING, set())
    assert run.ballot
    assert (run.ballot.changed, run.ballot.is_void) == ((), True)


async def test_rules_that_change_and_change_back_between_two_clicks_leave_the_votes(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    await house.approve(BEN)
    await house.work()
    house.policy = ruled(BY_BUDGET)
    await house.work(steps=3)
    house.policy = ruled(TWO)
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.APPROVED


async def test_other_words_for_a_rule_leave_the_votes_alone(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    await house.approve(BEN)
    renamed = replace(ruled(TWO).rules[0], name="how we train", remind_after=timedelta(hours=1))
    house.policy = replace(BUILT_IN, rules=(renamed, *BUILT_IN.rules), source="policy.toml")
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.APPROVED


async def test_where_rules_ask_nobody_any_more_that_is_shown_and_then_one_click_does(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    house.policy = replace(BUILT_IN, rules=())
    assert "The rules about who decides have changed." in await house.approvals.approve(RUN, house.by(CAT))
    assert (await house.run()).stage is Stage.AWAITING
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.APPROVED


async def test_a_rejection_counts_by_the_rules_of_the_card(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    house.policy = ruled(BY_BUDGET)
    await house.approvals.reject(RUN, "not now", house.by(BEN))
    assert (await house.run()).stage is Stage.REJECTED


async def test_a_check_that_is_new_stands_in_the_way_of_what_waits(house: House) -> None:
    team(house)
    await asked(house)
    house.policy = checked(Level.SOFT)
    await house.approve()
    assert "has its approvals; an admin has to override" in await house.approve(BEN)
    house.policy = checked(Level.HARD)
    with pytest.raises(Refused, match="a name of the competition"):
        await house.approve(CAT)
    house.policy = BUILT_IN
    await house.approve(CAT)
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.APPROVED


async def test_a_budget_that_is_new_holds_for_what_waits(house: House) -> None:
    house.policy = limited(100.0, 12.0)
    await asked(house)
    house.policy = limited(10.0, 12.0)
    with pytest.raises(BudgetExceeded):
        await house.approve()
    house.policy = limited(12.0, 12.0)
    await house.approve()
    assert await money(house) == (0, 12.0)


async def test_a_role_that_is_taken_away_is_gone_at_the_next_click(house: House) -> None:
    team(house)
    await asked(house)
    house.policy = replace(BUILT_IN, grants=(Grant(Role.APPROVE, (DESIGNERS,)),))
    with pytest.raises(NotAllowed, match="may not decide on requests"):
        await house.approve(EVA)
    assert "have changed" in await house.approve(BEN)
    await house.approve(BEN)
    assert (await house.run()).stage is Stage.APPROVED


async def test_a_vote_of_who_may_not_decide_any_more_does_not_count(house: House) -> None:
    team(house).policy = ruled(TWO)
    await asked(house)
    await house.approve(BEN)
    house.policy = replace(house.policy, grants=(Grant(Role.APPROVE, (Party(CAT), Party(DAN))),))
    assert "have changed" in await house.approve(CAT)
    await house.approve(CAT)
    assert (await house.run()).stage is Stage.AWAITING
    await house.approve(DAN)
    assert (await house.run()).stage is Stage.APPROVED


async def test_pictures_and_proposals_that_wait_follow_new_rules_as_trainings_do(house: House) -> None:
    await trained(team(house))
    house.policy = replace(
        BUILT_IN,
        rules=(
            *ruled(BY_BRAND, action=Action.GENERATE).rules[:1],
            *ruled(BY_BRAND, action=Action.PROMOTE).rules[:1],
        ),
    )
    await house.generate()
    await house.proposals.use("stellar", house.by(DAN), channel=BRAND)
    house.policy = replace(
        BUILT_IN,
        rules=(
            *ruled(BY_BUDGET, action=Action.GENERATE).rules[:1],
            *ruled(BY_BUDGET, action=Action.PROMOTE).rules[:1],
        ),
    )
    for subject in (PICTURES, PROPOSAL):
        assert "have changed" in await house.approve(BEN, subject)
        with pytest.raises(NotAllowed, match="for budget to decide"):
            await house.approve(BEN, subject)
        await house.approve(EVA, subject)
    assert (await house.pictures()).stage is PictureStage.REQUESTED
    assert (await house.proposal()).decided_by == EVA


async def test_what_waits_is_asked_anew_by_the_rules_of_now_once_it_is_looked_at(house: House) -> None:
    team(house).policy = ruled(BY_BUDGET)
    await asked(house)
    house.policy = ruled(BY_BRAND)
    house.clock.pass_time(hours=2)
    await house.work(steps=2)
    assert memos(house) == []
    with pytest.raises(NotAllowed, match="for brand to decide"):
        await house.approve(EVA)
    house.clock.pass_time(hours=2)
    await house.work(steps=2)
    assert memos(house) == [BEN, CAT, DAN]


async def test_a_dataset_that_is_looked_at_anew_is_decided_on_by_the_rules_of_then(house: House) -> None:
    team(house).policy = ruled(BY_BRAND)
    await asked(house)
    await house.approve(BEN)
    house.policy = ruled(Step("money", BY_BUDGET.who))
    house.inspector.fingerprints = ["cd" * 32]
    house.clock.pass_time(seconds=30)
    await house.work(steps=2)
    with pytest.raises(NotAllowed, match="for money to decide"):
        await house.approve(CAT)


async def test_a_bad_file_is_told_to_who_can_mend_it_once_and_changes_nothing(house: House) -> None:
    await asked(house)
    bad = Look(faults=("line 3: there is no action `trian`", "line 9: `who` is empty"))
    rules = Rules(house.store, Pages([bad]))
    for _ in range(3):
        await rules.look()
        await house.work(steps=2)
    [alarm] = await house.store.read(lambda tx: tx.alarms.standing())
    assert alarm.concern is Concern.POLICY
    assert alarm.sentence == "• line 3: there is no action `trian`.\n• line 9: `who` is empty."
    assert [one.place.channel for one in house.slack.of(Notice)] == ["D-UADMIN"]
    assert (await done(house, "")).count(Did.RELOADED) == 0


async def test_each_fault_has_a_line_of_its_own_and_that_the_old_rules_hold_is_said_once(
    house: House,
) -> None:
    faults = ("line 19: 9 must approve, and only 3 can: name more people, or lower “count”.", "line 47: no")
    await Rules(house.store, Pages([Look(faults=faults)])).look()
    await house.work(steps=2)
    [told] = house.slack.of(Notice)
    said = render(told.message, told.states[-1], now=house.clock.now)
    lines = str(said.blocks[1]["text"]["text"]).splitlines()
    assert [line[:9] for line in lines] == ["• line 19", "• line 47", "The rules"]
    assert [line for line in lines if not line.endswith(".") or line.endswith("..")] == []
    assert said.text.count("still do") == 1


async def test_of_many_faults_the_first_are_told_and_how_to_see_the_others(house: House) -> None:
    await Rules(house.store, Pages([Look(faults=tuple(f"line {n}" for n in range(50)))])).look()
    [alarm] = await house.store.read(lambda tx: tx.alarms.standing())
    assert "\n• And 40 more: `housestyle policy check` names them." in alarm.sentence


async def test_a_good_file_ends_the_alarm_and_is_in_the_audit(house: House) -> None:
    await asked(house)
    good = replace(ruled(BY_BRAND), source="policy.toml")
    rules = Rules(house.store, Pages([Look(faults=("line 1",)), Look(good)]))
    await rules.look()
    await rules.look()
    assert not await house.store.read(lambda tx: tx.alarms.standing())
    rows = await house.store.read(lambda tx: tx.audit.recent(T1, limit=50))
    assert [(row.who, row.about) for row in rows if row.did is Did.RELOADED] == [(None, "policy.toml")]
    assert ADA not in {row.who for row in rows}

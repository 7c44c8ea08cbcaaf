"""What a policy comes to: which rule holds, who has which role, when it is night."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotAllowed, Refused
from bot.domain.ids import ChannelId, UserId
from bot.domain.people import ADMINS, EVERYONE, Kind, Party, Person
from bot.domain.policy import (
    BUILT_IN,
    COLLEAGUE,
    Action,
    Case,
    Check,
    Grant,
    Level,
    Policy,
    Role,
    Rule,
    Scope,
    Step,
    asked_together,
    authorize,
    is_quiet,
    role_of,
)
from bot.domain.terms import Terms, names, terms_of

HERE, ELSEWHERE = ChannelId("CBRAND"), ChannelId("COTHER")
FOXES, OWLS, LEADS = Party("SFOXES"), Party("SOWLS"), Party("SLEADS")
FAY = Person(UserId("UFAY"), groups=frozenset({FOXES}))
GIL = Person(UserId("UGIL"), is_admin=True)
CASE = Case(Action.TRAIN, HERE, "stellar", 12.0)
A, B = Step("foxes", (FOXES,)), Step("owls", (OWLS,))
HOUR = timedelta(hours=1)


# ── which rule holds ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("scope", "why"),
    [
        (Scope(), ""),
        (Scope(actions=(Action.PUBLISH, Action.TRAIN)), ""),
        (Scope(actions=(Action.USE, Action.REVIEW)), "it is about use or review"),
        (Scope(channels=(HERE,)), ""),
        (Scope(channels=(ELSEWHERE,)), "it is about other channels"),
        (Scope(styles=("stellar",)), ""),
        (Scope(styles=("comet", "st?l*")), ""),
        (Scope(styles=("comet", "Stellar*")), "it is about the styles comet or Stellar*"),
        (Scope(above=11.99), ""),
        (Scope(above=12), "it is about prices above $12"),
        (Scope((Action.TRAIN,), (HERE,), ("s*",), 10), ""),
        (Scope((Action.TRAIN,), (ELSEWHERE,), ("c*",), 99), "it is about other channels"),
    ],
)
def test_a_scope_covers_a_case_or_says_the_first_reason_why_not(scope: Scope, why: str) -> None:
    assert scope.misses(CASE) == why


def test_a_price_that_nobody_knows_is_above_every_limit() -> None:
    assert Scope(above=1e9).misses(replace(CASE, price=None)) == ""


@pytest.mark.parametrize("action", [Action.PROMOTE, Action.USE, Action.REVIEW])
def test_what_has_no_price_is_not_above_any(action: Action) -> None:
    assert Scope(above=1).misses(replace(CASE, action=action, price=None)) == "it is about what has a price"


def test_every_member_decides_where_one_of_the_steps_says_so() -> None:
    gates = (Step("brand", (Party("S1"),)), Step("a colleague")), (Step("brand", (Party("S1"),)),)
    assert [Terms(gates).everyone_decides(gate) for gate in (0, 1)] == [True, False]
    assert not Terms(gates, holders=(LEADS,)).everyone_decides(0)


def test_the_first_rule_that_covers_a_case_holds_and_without_one_nobody_is_asked() -> None:
    dear, any_training = Rule("dear", Scope(above=50), (A,)), Rule("any", Scope((Action.TRAIN,)), (B,))
    policy = Policy(rules=(dear, any_training, Rule("late", Scope(), (A, B))))
    assert policy.rule_for(CASE) is any_training
    assert policy.rule_for(replace(CASE, price=51)) is dear
    assert Policy(rules=(dear,)).rule_for(CASE) is None


def test_a_public_model_is_asked_for_together_with_its_training() -> None:
    public = replace(CASE, action=Action.PUBLISH)
    assert asked_together(public) == (CASE, public)
    assert asked_together(CASE) == (CASE,)


def test_all_checks_hold() -> None:
    one, two = (Check(name, Scope(above=10), Level.SOFT, "Dear.") for name in ("one", "two"))
    other = Check("other", Scope(above=20), Level.HARD, "Very dear.")
    assert Policy(checks=(one, other, two)).failed(CASE) == (one, two)


@pytest.mark.parametrize("action", Action)
def test_without_a_policy_a_colleague_approves_trainings_pictures_for_use_and_reviews(action: Action) -> None:
    rule = BUILT_IN.rule_for(replace(CASE, action=action))
    assert (rule is not None) is (action in {Action.TRAIN, Action.USE, Action.REVIEW})
    assert rule is None or (rule.steps == (COLLEAGUE,) and rule.four_eyes)


# ── what rules demand together ───────────────────────────────────────────────────────────────────────


def test_all_steps_are_a_gate_each_and_any_step_is_one_gate() -> None:
    assert terms_of([Rule("all", Scope(), (A, B))], []).gates == ((A,), (B,))
    assert terms_of([Rule("any", Scope(), (A, B), any_step=True)], []).gates == ((A, B),)
    assert names((A, B)) == "foxes or owls"


def test_rules_together_are_as_strict_as_the_strictest() -> None:
    lax = Rule("lax", Scope(), (A,), four_eyes=False, expires=9 * HOUR, remind_after=HOUR)
    strict = Rule("strict", Scope(), (B,), expires=24 * HOUR, remind_after=2 * HOUR)
    terms = terms_of([lax, strict], [])
    assert (terms.gates, terms.rules) == (((A,), (B,)), ("lax", "strict"))
    assert (terms.four_eyes, terms.expires, terms.remind_after) == (True, 9 * HOUR, HOUR)
    assert not terms_of([lax], []).four_eyes


def test_what_covers_both_a_training_and_its_publishing_counts_once() -> None:
    rule, check = Rule("all", Scope(), (A,)), Check("dear", Scope(), Level.SOFT, "Dear.")
    assert terms_of([rule, rule], [check, check]) == terms_of([rule], [check])


def test_nobody_gains_one_gate_by_the_escalation_of_another() -> None:
    one = Rule("one", Scope(), (A,), escalate_after=HOUR, escalate_to=(LEADS, OWLS))
    two = Rule("two", Scope(), (B,), escalate_after=2 * HOUR, escalate_to=(LEADS,))
    never = Rule("three", Scope(), (B,))

    def escalation(*rules: Rule) -> tuple[timedelta | None, tuple[Party, ...]]:
        terms = terms_of(rules, [])
        return terms.escalate_after, terms.escalate_to

    assert escalation(one) == (HOUR, (LEADS, OWLS))
    assert escalation(one, two) == (2 * HOUR, (LEADS,))
    assert escalation(one, never) == (None, ())
    assert escalation(never) == escalation() == (None, ())


def test_checks_are_told_stand_in_the_way_or_refuse() -> None:
    told, soft = (Check(level, Scope(), level, f"{level}.") for level in (Level.ADVISORY, Level.SOFT))
    terms = terms_of([], [told, soft])
    assert (terms.advice, terms.objections) == (("advisory.",), (soft,))
    hard = [Check(name, Scope(), Level.HARD, f"{name} is not done.") for name in ("This", "That")]
    with pytest.raises(Refused, match=r"^This is not done\. That is not done\.$") as refusal:
        terms_of([], [told, *hard])
    assert refusal.value.code == "policy"


def test_somebody_is_asked_where_a_rule_has_a_gate_or_a_soft_check_stands_in_the_way() -> None:
    soft, advice = (Check(level, Scope(), level, f"{level}.") for level in (Level.SOFT, Level.ADVISORY))
    assert terms_of([Rule("all", Scope(), (A,))], []).ask_somebody
    assert terms_of([], [soft]).ask_somebody
    assert not terms_of([], [advice]).ask_somebody


def test_without_rules_what_waits_is_reminded_of_and_expires_as_by_any_rule() -> None:
    assert terms_of([], []) == Terms(())


# ── who may what ─────────────────────────────────────────────────────────────────────────────────────

REFUSALS = {
    Kind.GUEST: "Guests can read the cards here, and can neither ask for nor decide on anything",
    Kind.EXTERNAL: "People of other workspaces can neither ask for nor decide on anything here",
    Kind.BOT: "Bots can neither ask for nor decide on anything",
    Kind.DEACTIVATED: "This account is deactivated",
}
DEEDS = {
    Role.REQUEST: "ask for trainings",
    Role.APPROVE: "decide on requests",
    Role.PROMOTE: "choose the default style",
    Role.GENERATE: "ask for pictures",
    Role.REVIEW: "approve pictures for use",
    Role.ADMIN: "do what is for admins",
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", REFUSALS)
def test_nobody_but_members_has_any_role_whatever_is_granted(kind: Kind, role: Role) -> None:
    other = Person(UserId("UZOE"), kind, is_admin=True, groups=frozenset({FOXES}))
    policy = Policy(grants=(Grant(role, (EVERYONE, ADMINS, FOXES, Party("UZOE"))),))
    with pytest.raises(NotAllowed, match=REFUSALS[kind]):
        authorize(other, role, policy=policy, channel=HERE)


@pytest.mark.parametrize("role", Role)
def test_without_grants_members_have_every_role_but_that_of_admins(role: Role) -> None:
    authorize(GIL, role, policy=BUILT_IN, channel=HERE)
    if role is not Role.ADMIN:
        authorize(FAY, role, policy=BUILT_IN, channel=HERE)
    else:
        with pytest.raises(NotAllowed, match="You may not do what is for admins in this channel"):
            authorize(FAY, role, policy=BUILT_IN, channel=HERE)


@pytest.mark.parametrize("role", Role)
def test_who_is_granted_a_role_has_it_and_nobody_else_has(role: Role) -> None:
    policy = Policy(grants=(Grant(role, (FOXES,)), Grant(role, (Party("UHAL"),))))
    authorize(FAY, role, policy=policy, channel=HERE)
    authorize(Person(UserId("UHAL")), role, policy=policy, channel=HERE)
    with pytest.raises(NotAllowed) as refusal:
        authorize(GIL, role, policy=policy, channel=HERE)
    assert str(refusal.value) == (
        f"You may not {DEEDS[role]} in this channel. `/style policy` shows who may, and an admin can "
        "change it."
    )


@pytest.mark.parametrize("role", Role)
def test_a_channels_own_grants_hold_there_instead_of_the_general_ones(role: Role) -> None:
    policy = Policy(grants=(Grant(role, (FOXES,)), Grant(role, (OWLS,), channels=(HERE,))))
    assert policy.holders(role, HERE) == (OWLS,)
    assert policy.holders(role, ELSEWHERE) == (FOXES,)


def test_a_role_that_one_channel_grants_is_elsewhere_as_if_nothing_were_granted() -> None:
    policy = Policy(grants=(Grant(Role.GENERATE, (OWLS,), channels=(HERE,)),))
    assert policy.holders(Role.GENERATE, ELSEWHERE) == (EVERYONE,)


@pytest.mark.parametrize("action", Action)
def test_pictures_for_use_are_for_reviewers_and_all_else_for_approvers(action: Action) -> None:
    assert role_of(action) is (Role.REVIEW if action is Action.USE else Role.APPROVE)


def test_votes_are_bound_to_who_has_the_role() -> None:
    assert Terms((), holders=(LEADS,)).demands != Terms(()).demands


def test_holders_are_named_once() -> None:
    policy = Policy(grants=(Grant(Role.REVIEW, (FOXES, OWLS)), Grant(Role.REVIEW, (FOXES,))))
    assert policy.holders(Role.REVIEW, HERE) == (FOXES, OWLS)


def test_a_policy_names_all_parties_of_its_grants_steps_and_escalations() -> None:
    rule = Rule("all", Scope(), (Step("foxes", (FOXES,), silent=(OWLS,)),), escalate_to=(LEADS,))
    policy = Policy(rules=(rule,), grants=(Grant(Role.ADMIN, (Party("UHAL"),)),))
    assert policy.parties == {FOXES, OWLS, LEADS, "UHAL"}
    assert BUILT_IN.parties == {EVERYONE}


# ── when it is night ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("utc", "offset", "quiet"),
    [
        ("19:59", 0, False),
        ("20:00", 0, True),
        ("23:59", 0, True),
        ("00:00", 0, True),
        ("07:59", 0, True),
        ("08:00", 0, False),
        ("07:00", 1, False),
        ("14:29", 5.5, False),
        ("14:30", 5.5, True),
        ("15:00", -8, True),
        ("16:00", -8, False),
    ],
)
def test_it_is_night_by_the_approvers_own_clock(utc: str, offset: float, *, quiet: bool) -> None:
    at = datetime.fromisoformat(f"2026-11-21T{utc}+00:00")
    assert is_quiet(Policy(quiet=(20, 8)), at=at, offset=timedelta(hours=offset)) is quiet


@given(st.integers(0, 23), st.integers(0, 23), st.integers(0, 23))
def test_quiet_hours_may_go_over_midnight_or_not_or_be_none(begin: int, end: int, hour: int) -> None:
    hours = {(begin + n) % 24 for n in range((end - begin) % 24)}
    at = datetime(2026, 11, 21, hour, 30, tzinfo=UTC)
    assert is_quiet(Policy(quiet=(begin, end)), at=at, offset=timedelta()) is (hour in hours)


def test_three_pictures_at_ten_cents_are_not_above_thirty() -> None:
    dear = Scope(above=0.3)
    assert dear.misses(Case(Action.GENERATE, HERE, price=0.1 * 3))
    assert not dear.misses(Case(Action.GENERATE, HERE, price=0.300001))

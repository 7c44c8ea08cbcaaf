"""A policy in words: all of it, and what holds for one case with the reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.ids import ChannelId, UserId
from bot.domain.people import ADMINS, EVERYONE, Party
from bot.domain.policy import (
    BUILT_IN,
    Action,
    Budget,
    Case,
    Check,
    Grant,
    Level,
    Per,
    Policy,
    Prices,
    Role,
    Rule,
    Scope,
    Step,
)
from bot.slack.policies import MOST, explained, in_plain, policy_words

BRAND, AGENCY = ChannelId("C0BRAND"), ChannelId("C0AGENCY")
TEAM, BEN, FIN, CFO = Party("S0TEAM"), Party("U0BEN"), Party("U0FIN"), Party("U0CFO")
DEAR = Rule(
    "dear trainings",
    Scope((Action.TRAIN,), (BRAND,), ("stellar*",), 20.0),
    (Step("brand", (TEAM, BEN), 2), Step("finance", (FIN,), silent=(CFO,))),
    expires=timedelta(days=3),
    remind_after=timedelta(minutes=90),
    escalate_after=timedelta(hours=8),
    escalate_to=(ADMINS,),
)
POLICY = Policy(
    rules=(DEAR, *BUILT_IN.rules),
    checks=(
        Check("no public models", Scope((Action.PUBLISH,)), Level.HARD, "Models are never public."),
        Check("dear", Scope((Action.TRAIN,), above=100.0), Level.SOFT, "This is a lot of money."),
        Check("classic", Scope(styles=("classic",)), Level.ADVISORY, "Classic is being retired."),
    ),
    grants=(
        Grant(Role.APPROVE, (TEAM, FIN)),
        Grant(Role.GENERATE, (TEAM,), (AGENCY,)),
        Grant(Role.REQUEST, (), (AGENCY,)),
    ),
    budgets=(
        Budget("all", 500.0),
        Budget("brand", 200.5, Per.CHANNEL, ("C0BRAND",)),
        Budget("each", 50.0, Per.USER),
    ),
    prices=Prices(12.0, 0.04),
    digest=BRAND,
    source="policy.toml",
    loaded_at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
)
HOSTILE = "<!channel> *bold* `code` <http://evil|safe> & \u202etxt"


def told(action: Action, channel: ChannelId = BRAND, style: str = "", price: float | None = None) -> str:
    return explained(POLICY, Case(action, channel, style, price))


# ── all of it ────────────────────────────────────────────────────────────────────────────────────────


TOLD = """\
• Ask for trainings: all members
• Decide, where a rule names them: <!subteam^S0TEAM> or <@U0FIN>
• Set what a channel draws in: all members
• Ask for pictures: all members
• Propose and approve pictures for use: all members
• Override, break the glass, freeze, see the audit: the workspace's admins
• In <#C0AGENCY> ask for pictures: <!subteam^S0TEAM>
• In <#C0AGENCY> ask for trainings: nobody
Guests, people of other workspaces, bots and deactivated accounts can neither ask nor decide.
*What needs an approval*: the first line that covers a case holds
1. *dear trainings* (training in <#C0BRAND>, styles `stellar*`, above $20): \
2 of <!subteam^S0TEAM> or <@U0BEN> (“brand”), \
then 1 of <@U0FIN>, or without being pinged <@U0CFO> (“finance”) must approve. \
Never whoever asked. Open for 3 days, first reminder after 90 min, \
after 8 h the workspace's admins may decide too.
2. *a training* (training): any member (“a colleague”) must approve. \
Never whoever asked. Open for 24 h, first reminder after 2 h.
*What must not be*
• *no public models* (publishing a model): Models are never public. This is hard: it is refused.
• *dear* (training, above $100): This is a lot of money. \
This is soft: an admin must override it first, with a reason that the approvers, or else the admins, read.
• *classic* (everything, styles `classic`): Classic is being retired. \
This is advisory: it is said on the card.
*Budgets*, for each month
• *all*: $500 for the whole workspace
• *brand*: $200.50 for <#C0BRAND>
• *each*: $50 for each person
*Prices* until something was measured: $12 for a training and $0.04 for a picture.
*Quiet hours*: nobody is reminded from 20:00 to 08:00 by their own clock.
*Weekly digest*: in <#C0BRAND>.
"""


def test_the_policy_is_told_in_plain_sentences() -> None:
    first, *lines = policy_words(POLICY).splitlines()
    assert first.startswith("*The policy* is from `policy.toml`, since <!date^1793611800^")
    assert [line for line in TOLD.splitlines() if line not in lines] == []


def test_the_built_in_policy_is_told_without_what_it_does_not_have() -> None:
    words = policy_words(BUILT_IN)
    assert "*The policy* is the built-in one: no file was named." in words
    assert "*Budgets*" not in words
    assert "*What must not be*" not in words
    assert "*Prices*" not in words
    assert "*Weekly digest*: to the admins." in words


def test_one_of_several_steps_and_deciding_alone_read_as_that() -> None:
    steps = (Step("a colleague"), Step("admins", (ADMINS,)))
    rule = Rule("r", Scope(), steps, any_step=True, four_eyes=False, expires=timedelta(hours=1))
    words = policy_words(Policy(rules=(rule,), quiet=(0, 0)))
    assert "any member (“a colleague”) or 1 of the workspace's admins (“admins”) must approve." in words
    assert "Whoever asked may do so too. Open for 1 h.\n" in words
    assert "*Quiet hours*: none." in words


def test_words_of_other_people_can_neither_mention_nor_link() -> None:
    rule = replace(DEAR, name=HOSTILE, steps=(Step(HOSTILE, (Party(HOSTILE),)),))
    check = Check(HOSTILE, Scope((Action.TRAIN,), styles=(HOSTILE,)), Level.HARD, HOSTILE)
    hostile = replace(
        POLICY,
        rules=(rule,),
        checks=(check,),
        budgets=(Budget(HOSTILE, 1.0),),
        source=HOSTILE,
        loaded_at=None,
    )
    for words in (policy_words(hostile), explained(hostile, Case(Action.TRAIN, BRAND, HOSTILE))):
        assert "<!channel>" not in words
        assert "<http" not in words
        assert "\u202e" not in words


def test_however_large_a_policy_is_its_words_fit_and_say_what_is_left_out() -> None:
    parties = tuple(Party(f"U{n:09}") for n in range(100))
    channels = tuple(ChannelId(f"C{n:09}") for n in range(100))
    scope = Scope((Action.TRAIN,), channels, ("&" * 200,) * 100)
    step = Step("&" * 80, parties, 50, parties)
    huge = Policy(
        rules=(Rule("&" * 80, scope, (step,) * 8, escalate_after=timedelta(1), escalate_to=parties),) * 200,
        checks=(Check("&" * 80, scope, Level.HARD, "&" * 500),) * 200,
        grants=tuple(Grant(role, parties, channels) for role in Role) * 30,
        budgets=(Budget("&" * 80, 1.0, Per.USER, parties),) * 200,
        source="&" * 500,
    )
    for words in (
        policy_words(huge),
        explained(huge, Case(Action.TRAIN, BRAND, "&" * 255), [UserId("U0A")] * 99),
    ):
        assert len(words) <= MOST
        assert "… and 19" in words
        assert "Guests, people of other workspaces" in words
    words = policy_words(huge)
    assert all(title in words for title in ("*Budgets*", "*What must not be*", "*Quiet hours*"))


# ── one case ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_case_is_explained_from_who_asks_to_what_it_may_cost() -> None:
    words = told(Action.TRAIN, style="stellar-2", price=30.0)
    parts = [
        "*Training* in <#C0BRAND> as `stellar-2` for $30",
        "*Who may ask*: all members.",
        "• *dear trainings* holds (training in <#C0BRAND>, styles `stellar*`, above $20)",
        "*Who must approve*: 2 of <!subteam^S0TEAM> or <@U0BEN>, where also among <!subteam^S0TEAM>",
        " or <@U0FIN> (“brand”), then 1 of <@U0FIN>, or without being pinged <@U0CFO>, where also among",
        "No check stands in the way.",
        "*Budgets that it falls under*, for each month\n• *all*: $500 for the whole workspace\n• *brand*",
        "Guests, people of other workspaces, bots and deactivated accounts can neither ask nor decide.",
    ]
    places = [words.find(part) for part in parts]
    assert -1 not in places, words
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("channel", "style", "price", "why"),
    [
        (AGENCY, "stellar", 30.0, "it is about other channels"),
        (BRAND, "foxes", 30.0, "it is about the styles stellar*"),
        (BRAND, "stellar", 20.0, "it is about prices above $20"),
    ],
)
def test_each_earlier_rule_says_why_it_does_not_hold(
    channel: ChannelId, style: str, price: float, why: str
) -> None:
    words = told(Action.TRAIN, channel, style, price)
    assert f"• *a training* holds (training)\n• *dear trainings* does not: {why}\n" in words


def test_a_price_that_nobody_knows_is_said_to_count_as_above_every_limit() -> None:
    words = told(Action.TRAIN, style="stellar")
    assert "with no price named: it is told as above every limit" in words
    assert "*dear trainings* holds" in words


def test_where_no_rule_holds_nobody_has_to_approve() -> None:
    words = told(Action.GENERATE)
    assert "• None does\n• *dear trainings* does not: it is about train\n" in words
    assert "*Who must approve*: nobody. It happens when somebody asks." in words


def test_checks_that_fail_are_told_with_what_that_means() -> None:
    words = told(Action.TRAIN, style="classic", price=101.0)
    assert "This is a lot of money. This is soft: an admin must override it first" in words
    assert "Classic is being retired. This is advisory" in words
    assert "Models are never public" not in words


def test_a_public_model_is_told_with_what_its_training_needs() -> None:
    words = told(Action.PUBLISH)
    assert "asked for together with its training" in words
    assert "Models are never public. This is hard: it is refused." in words


def test_who_may_ask_is_who_has_the_role_in_that_channel() -> None:
    assert "*Who may ask*: nobody.\n" in told(Action.TRAIN, AGENCY)
    assert "*Who may ask*: <!subteam^S0TEAM>.\n" in told(Action.GENERATE, AGENCY)
    assert "*Who may ask*: all members.\n" in told(Action.GENERATE)
    assert "when an admin breaks the glass" in told(Action.REVIEW)


def test_budgets_of_other_channels_are_left_out_and_what_is_free_has_none() -> None:
    words = told(Action.GENERATE, AGENCY)
    assert "*brand*" not in words
    assert "*all*" in words
    assert "It costs nothing." in told(Action.USE)
    free = explained(BUILT_IN, Case(Action.TRAIN, BRAND))
    assert "No budget limits what it may cost." in free


def test_who_could_decide_just_now_is_told_where_it_is_known() -> None:
    case = Case(Action.TRAIN, BRAND)
    words = explained(BUILT_IN, case, [UserId("U0A"), UserId("U0B")])
    assert "Just now that could be <@U0A> or <@U0B>." in words
    assert "where also among" not in words  # everyone has the role
    assert "Just now" not in explained(BUILT_IN, case)


@pytest.mark.parametrize(
    ("approve", "is_stuck"),
    [((CFO,), True), ((CFO, BEN), True), ((BEN, FIN), False), ((TEAM, BEN), False), ((EVERYONE,), False)],
)
def test_that_a_channels_own_approvers_cannot_meet_the_rule_is_said(
    approve: tuple[Party, ...], *, is_stuck: bool
) -> None:
    rule = Rule("two", Scope(), (Step("brand", (BEN, FIN), 2),))
    policy = Policy(rules=(rule,), grants=(Grant(Role.APPROVE, approve, (AGENCY,)),))
    words = explained(policy, Case(Action.TRAIN, AGENCY))
    said = (
        "*Nobody can approve this here*: “brand” does not name enough people who may decide here. "
        "An admin can change the policy."
    )
    assert (said in words) is is_stuck
    assert "Nobody can approve" not in explained(policy, Case(Action.TRAIN, BRAND))


@pytest.mark.parametrize(
    ("approve", "said"),
    [
        ((BEN,), "first reminder after 90 min."),
        ((BEN, CFO), "after 8 h <@U0CFO> may decide too."),
        ((BEN, TEAM), "after 8 h <@U0CFO> may decide too, where also among <@U0BEN> or <!subteam^S0TEAM>."),
        ((EVERYONE,), "after 8 h <@U0CFO> may decide too."),
    ],
)
def test_who_may_not_approve_is_not_said_to_decide_after_a_long_wait(
    approve: tuple[Party, ...], said: str
) -> None:
    rule = replace(DEAR, scope=Scope(), steps=(Step("brand", (BEN,)),), escalate_to=(CFO,))
    policy = Policy(rules=(rule,), grants=(Grant(Role.APPROVE, approve),))
    assert said in explained(policy, Case(Action.TRAIN, BRAND))


def test_where_one_step_of_several_is_enough_it_can_be_approved() -> None:
    rule = Rule("either", Scope(), (Step("brand", (BEN,)), Step("finance", (FIN,))), any_step=True)
    policy = Policy(rules=(rule,), grants=(Grant(Role.APPROVE, (FIN,)),))
    assert "Nobody can approve" not in explained(policy, Case(Action.TRAIN, BRAND))
    both = replace(policy, rules=(replace(rule, any_step=False),))
    assert "“brand” does not name enough people" in explained(both, Case(Action.TRAIN, BRAND))


# ── on a terminal ────────────────────────────────────────────────────────────────────────────────────


def test_on_a_terminal_there_are_no_marks() -> None:
    plain = in_plain(policy_words(POLICY))
    assert "since 2026-11-02 09:30 UTC." in plain
    assert (
        "1. dear trainings (training in #C0BRAND, styles `stellar*`, above $20): 2 of @S0TEAM or @U0BEN"
        in plain
    )
    assert "<" not in plain
    assert in_plain("*a &amp; b* &lt;c&gt;") == "a & b <c>"
    assert EVERYONE not in plain


def test_three_pictures_at_ten_cents_are_not_above_thirty_in_explain() -> None:
    dear = Rule("dear", Scope((Action.GENERATE,), above=0.3), (Step("leads", (EVERYONE,)),))
    words = explained(Policy(rules=(dear,)), Case(Action.GENERATE, BRAND, price=0.1 * 3))
    assert "*dear* does not: it is about prices above $0.3" in words

"""Who is named as able to approve: nobody whose click is then refused, on a card or where rules are told."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ballot import Ballot, Roster
from bot.domain.errors import NotAllowed
from bot.domain.ids import ChannelId, UserId
from bot.domain.people import ADMINS, EVERYONE, Party, Person
from bot.domain.policy import Action, Case, Grant, Policy, Role, Rule, Scope, Step
from bot.slack.policies import explained
from bot.slack.voting import who_decides
from tests.slack.slack_ballots import ballot, terms
from tests.slack.slack_states import ANN, BEN

CAT, DAN, FIN = UserId("U0CAT00001"), UserId("U0DAN00001"), UserId("U0FIN00001")
PEOPLE = [ANN, BEN, CAT, DAN, FIN]
LEADS = Party("S0LEADS0001")
parties = st.lists(st.sampled_from([EVERYONE, *map(Party, PEOPLE)]), min_size=1, unique=True).map(tuple)


def named_in(text: str) -> set[UserId]:
    """Return whom a text names by their marks, but for who is named as the one who may not."""
    return {UserId(one) for one in re.findall(r"(?<!but )<@([A-Z0-9]+)>", text)}


def may(who: UserId, asked: Ballot) -> bool:
    """Say whether their click counts, where all of them are members and there."""
    allowed = [
        set(PEOPLE) if EVERYONE in those else {*those} for those in (asked.parties(0), asked.terms.holders)
    ]
    roster = Roster(((frozenset(UserId(one) for one in allowed[0] & allowed[1]),),))
    try:
        asked.vote_of(Person(who), roster, at=asked.opened_at)
    except NotAllowed:
        return False
    return True


@given(who=parties, holders=parties, later=parties, late=st.booleans())
def test_nobody_is_named_on_a_card_as_able_to_approve_whose_click_is_then_refused(
    *, who: tuple[Party, ...], holders: tuple[Party, ...], later: tuple[Party, ...], late: bool
) -> None:
    by = terms((Step("one", who),), holders=holders, escalate_to=later)
    asked = ballot(by=by, is_escalated=late)
    told = who_decides(asked)
    assert [one for one in named_in(told) if not may(one, asked)] == []
    assert "where also" not in told


def test_each_step_names_those_of_it_who_have_the_role_and_never_who_asked() -> None:
    finance, brand = Step("finance", (Party(FIN),)), Step("brand", tuple(map(Party, (ANN, BEN, CAT))))
    holders = tuple(map(Party, (ANN, BEN, DAN, FIN)))
    told = who_decides(ballot(by=terms((brand,), (finance,), holders=holders)))
    assert "*brand* (<@U0BEN00001>) · 0 of 1 approved" in told
    assert "*finance* (<@U0FIN00001>) · 0 of 1 approved" in told
    assert "only" not in told


def test_a_step_that_asks_everyone_names_who_has_the_role() -> None:
    told = who_decides(ballot(by=terms((Step("a colleague"),), holders=(Party(ANN), Party(BEN), ADMINS))))
    assert "*a colleague* (<@U0BEN00001> or a workspace admin)" in told


def test_a_step_of_which_nobody_may_decide_names_nobody() -> None:
    told = who_decides(ballot(by=terms((Step("brand", (Party(BEN),)),), holders=(Party(CAT),))))
    assert "*brand* (nobody)" in told


def test_where_a_group_hides_who_may_decide_that_is_said_of_each_step_that_it_is_about() -> None:
    steps = ((Step("brand", (LEADS,)),), (Step("dan", (Party(DAN),)),))
    told = who_decides(ballot(by=terms(*steps, holders=(LEADS, Party(ANN)))))
    assert "*brand* (<!subteam^S0LEADS0001>)" in told
    assert "*dan* (<@U0DAN00001>, where also among <!subteam^S0LEADS0001>)" in told


def test_who_may_decide_after_a_long_wait_is_named_by_their_role_too() -> None:
    by = terms((Step("brand", (Party(BEN),)),), holders=(Party(BEN), Party(CAT)), escalate_to=(Party(DAN),))
    assert "It has waited" not in who_decides(ballot(by=by, is_escalated=True))


def test_what_the_rules_tell_of_a_case_names_nobody_who_may_not_decide_there() -> None:
    rule = Rule("pictures", Scope((Action.GENERATE,)), (Step("finance", (Party(FIN), Party(BEN))),))
    grant = Grant(Role.APPROVE, (Party(CAT), Party(FIN)))
    words = explained(Policy((rule,), grants=(grant,)), Case(Action.GENERATE, ChannelId("C0000BRAND")))
    assert "*Who must approve*: 1 of <@U0FIN00001> (“finance”)." in words
    assert named_in(words) == {FIN}


def test_every_line_of_why_a_rule_does_not_hold_ends_in_a_reason() -> None:
    train, publish = Scope((Action.TRAIN,)), Scope((Action.PUBLISH,))
    scopes = {"a dear training": train, "a training": train, "a public model": publish}
    policy = Policy(tuple(Rule(name, scope, (Step(name),)) for name, scope in scopes.items()))
    words = explained(policy, Case(Action.PUBLISH, ChannelId("C0000BRAND")))
    assert "• *a training* does not: an earlier rule holds for that" in words
    assert not [line for line in words.splitlines() if line.rstrip().endswith("does not:")]

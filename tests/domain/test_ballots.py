"""Who may approve what, when it is enough, and what an approval is worth once things change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ballot import Ballot, Roster, Vote
from bot.domain.errors import NotAllowed, Refused
from bot.domain.ids import UserId
from bot.domain.people import EVERYONE, Kind, Party, Person
from bot.domain.policy import Check, Level, Scope, Step
from bot.domain.terms import Terms
from tests.domain.ballot_samples import (
    ANN,
    BEN,
    BRAND,
    BUDGET,
    BY_BRAND,
    BY_BUDGET,
    CAT,
    DAN,
    EVA,
    FAY,
    GIL,
    LEADS,
    NOON,
    TEAM,
    approved,
    ask,
    each_of,
    is_granted,
    one_of,
    roster_of,
)

TWO_STEPS = Terms(each_of(BY_BRAND, BY_BUDGET))
TWO_OF_BRAND = Terms(each_of(Step("brand", (BRAND,), count=2)))
EARLIER = "You have approved an earlier step: somebody else decides on this one"


def refused(ballot: Ballot, person: Person, sentence: str, roster: Roster | None = None) -> None:
    with pytest.raises(NotAllowed, match=sentence):
        ballot.vote_of(person, roster or roster_of(ballot, *TEAM), at=NOON)


# ── four eyes, and how many of whom ──────────────────────────────────────────────────────────────────


def test_any_colleague_settles_what_needs_a_colleague() -> None:
    assert not is_granted(ask())
    assert is_granted(approved(ask(), FAY))


def test_who_asked_decides_nothing_though_they_are_among_the_approvers() -> None:
    ballot = ask(TWO_OF_BRAND)
    refused(ballot, ANN, "You asked for this, so someone else has to decide")
    with pytest.raises(NotAllowed, match="You asked for this: to take it back, cancel it"):
        ballot.check_may_reject(ANN, roster_of(ballot, *TEAM))


def test_who_asked_may_decide_where_the_rule_does_without_four_eyes() -> None:
    ballot = ask(replace(TWO_OF_BRAND, four_eyes=False))
    ballot.check_may_reject(ANN, roster_of(ballot, *TEAM))
    assert is_granted(approved(ballot, ANN, BEN))


def test_two_of_a_group_are_two_people_of_it() -> None:
    once = approved(ask(TWO_OF_BRAND), BEN)
    assert not is_granted(once)
    assert not is_granted(approved(once, BEN))
    assert is_granted(approved(once, CAT))


def test_who_is_not_named_has_no_vote() -> None:
    refused(ask(TWO_STEPS), FAY, "This is for brand to decide; you are not among them")


def test_all_steps_are_passed_in_their_order() -> None:
    ballot = ask(TWO_STEPS)
    refused(ballot, EVA, "It is not your turn yet: brand decides first")
    halfway = approved(ballot, BEN)
    assert halfway.open_gate(roster_of(halfway, *TEAM)) == 1
    refused(halfway, CAT, "This is for budget to decide")
    assert is_granted(approved(halfway, EVA))


def test_any_of_the_steps_will_do_by_itself_and_halves_of_two_do_not_add_up() -> None:
    ballot = ask(Terms(one_of(Step("brand", (BRAND,), count=2), Step("budget", (BUDGET,), count=2))))
    assert is_granted(approved(ballot, BEN, CAT))
    assert is_granted(approved(ballot, EVA, DAN))
    assert not is_granted(approved(ballot, BEN, EVA))


def test_a_silent_approver_may_approve() -> None:
    ballot = ask(Terms(each_of(Step("brand", (BRAND,), silent=(Party(FAY.id),)))))
    assert is_granted(approved(ballot, FAY))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.MEMBER])
def test_only_members_decide_whatever_groups_they_are_in_and_whomever_they_stand_in_for(kind: Kind) -> None:
    other = Person(UserId("UZOE"), kind, is_admin=True, groups=frozenset({BRAND}))
    for terms in (Terms(each_of(Step("a colleague"))), TWO_OF_BRAND):
        ballot = ask(terms)
        roster = roster_of(ballot, *TEAM, stand_ins={other.id: (BEN.id,)})
        refused(ballot, other, "you are not among them", roster)
        with pytest.raises(NotAllowed, match="you are not among them"):
            ballot.check_may_reject(other, roster)


# ── nobody counts twice ──────────────────────────────────────────────────────────────────────────────


def test_one_person_counts_at_one_gate_only() -> None:
    ballot = approved(ask(TWO_STEPS), DAN)
    refused(ballot, DAN, EARLIER)
    assert is_granted(approved(ballot, EVA))


def test_a_second_click_after_the_step_is_passed_is_told_who_is_next() -> None:
    ballot = approved(ask(TWO_STEPS), BEN)
    refused(ballot, BEN, "^You have approved already; budget is next.$")
    refused(ballot, CAT, "This is for budget to decide; you are not among them")


def test_one_person_does_not_pass_two_gates_by_standing_in_for_somebody() -> None:
    roster = roster_of(ask(TWO_STEPS), *TEAM, stand_ins={BEN.id: (EVA.id,)})
    refused(approved(ask(TWO_STEPS), BEN, roster=roster), BEN, EARLIER, roster)


def test_one_place_does_not_pass_two_gates_by_a_stand_in() -> None:
    roster = roster_of(ask(TWO_STEPS), *TEAM, stand_ins={FAY.id: (DAN.id,)})
    refused(approved(ask(TWO_STEPS), DAN, roster=roster), FAY, "Whom you stand in for has approved", roster)
    refused(approved(ask(TWO_STEPS), FAY, roster=roster), DAN, "Who stood in for you has approved", roster)


def test_who_approved_in_vain_may_approve_at_another_gate() -> None:
    ballot = approved(ask(TWO_STEPS), DAN)
    moved = replace(DAN, groups=frozenset({BUDGET}))
    people = (BEN, CAT, moved)
    refused(ballot, moved, "It is not your turn yet: brand decides first", roster_of(ballot, *people))
    ballot = approved(ballot, BEN, moved, roster=roster_of(ballot, *people))
    assert [(vote.by, vote.gate) for vote in ballot.votes] == [(BEN.id, 0), (DAN.id, 1)]
    assert is_granted(ballot, *people)


def test_a_gate_that_opens_again_may_be_passed_by_who_approved_a_later_one() -> None:
    ballot = ask(Terms(each_of(BY_BRAND, Step("budget", (BUDGET,), count=2))))
    ballot = approved(ballot, BEN, DAN)
    ballot = approved(ballot, DAN, roster=roster_of(ballot, DAN, EVA))
    assert [(vote.by, vote.gate) for vote in ballot.votes] == [(BEN.id, 0), (DAN.id, 0)]


# ── people who come and go ───────────────────────────────────────────────────────────────────────────


def test_the_vote_of_who_was_removed_does_not_count_and_counts_again_once_they_are_back() -> None:
    ballot = approved(ask(TWO_OF_BRAND), BEN, CAT)
    assert not is_granted(ballot, CAT, DAN)
    assert is_granted(ballot, BEN, CAT)


def test_the_vote_of_who_left_the_workspace_does_not_count_where_everybody_may_approve() -> None:
    ballot = approved(ask(Terms(each_of(Step("two colleagues", (EVERYONE,), count=2)))), BEN, FAY)
    assert ballot.is_granted(roster_of(ballot, *TEAM))
    assert not ballot.is_granted(roster_of(ballot, *TEAM, gone=frozenset({FAY.id})))


def test_who_is_in_the_group_no_more_by_either_account_has_no_vote() -> None:
    ballot = ask(TWO_OF_BRAND)
    refused(ballot, replace(BEN, groups=frozenset()), "you are not among them")
    refused(ballot, BEN, "you are not among them", roster_of(ballot, CAT, DAN))


def test_once_a_vote_counts_again_any_vote_at_the_last_gate_settles_it() -> None:
    ballot = approved(ask(TWO_OF_BRAND), BEN)
    ballot = approved(ballot, CAT, roster=roster_of(ballot, CAT, DAN))
    assert is_granted(approved(ballot, DAN))


def test_a_roster_that_lacks_a_gate_passes_nothing() -> None:
    ballot = approved(ask(TWO_STEPS), BEN)
    with pytest.raises(ValueError, match="zip"):
        ballot.is_granted(replace(roster_of(ballot, *TEAM), gates=((frozenset({BEN.id}),),)))


# ── standing in ──────────────────────────────────────────────────────────────────────────────────────


def test_a_stand_in_takes_the_place_of_whom_they_stand_in_for() -> None:
    roster = roster_of(ask(TWO_STEPS), *TEAM, stand_ins={FAY.id: (BEN.id,)})
    ballot = approved(ask(TWO_STEPS), FAY, roster=roster)
    assert ballot.votes == (Vote(FAY.id, 0, NOON, BEN.id),)
    assert ballot.open_gate(roster) == 1
    ballot.check_may_reject(FAY, roster)


def test_a_stand_in_of_an_approver_takes_their_own_place_and_not_two() -> None:
    roster = roster_of(ask(TWO_OF_BRAND), *TEAM, stand_ins={CAT.id: (BEN.id,)})
    twice = approved(ask(TWO_OF_BRAND), CAT, CAT, roster=roster)
    assert [vote.seat for vote in twice.votes] == [CAT.id]


def test_nobody_stands_in_for_who_asked() -> None:
    ballot = ask(TWO_OF_BRAND)
    refused(ballot, FAY, "not among them", roster_of(ballot, *TEAM, stand_ins={FAY.id: (ANN.id,)}))


def test_who_asked_stands_in_for_nobody() -> None:
    ballot = ask(TWO_OF_BRAND)
    refused(ballot, ANN, "You asked for this", roster_of(ballot, *TEAM, stand_ins={ANN.id: (BEN.id,)}))


def test_nobody_stands_in_for_who_may_not_decide_or_does_no_more() -> None:
    ballot = ask(TWO_OF_BRAND)
    roster = roster_of(ballot, *TEAM, stand_ins={FAY.id: (EVA.id, BEN.id)})
    ballot = approved(ballot, FAY, roster=roster)
    assert [vote.seat for vote in ballot.votes] == [BEN.id]
    assert is_granted(approved(ballot, CAT))
    assert not is_granted(approved(ballot, CAT), CAT, DAN, FAY)


def test_who_is_back_replaces_the_vote_of_who_stood_in() -> None:
    roster = roster_of(ask(TWO_OF_BRAND), *TEAM, stand_ins={FAY.id: (BEN.id,)})
    ballot = approved(approved(ask(TWO_OF_BRAND), FAY, roster=roster), BEN)
    assert [(vote.by, vote.seat) for vote in ballot.votes] == [(BEN.id, BEN.id)]


def test_a_stand_in_does_not_replace_the_vote_of_whom_they_stand_in_for() -> None:
    roster = roster_of(ask(TWO_OF_BRAND), *TEAM, stand_ins={FAY.id: (BEN.id,)})
    refused(approved(ask(TWO_OF_BRAND), BEN), FAY, "Whom you stand in for has approved already", roster)


def test_who_stands_in_for_two_takes_the_place_that_is_free() -> None:
    roster = roster_of(ask(TWO_OF_BRAND), *TEAM, stand_ins={FAY.id: (BEN.id, CAT.id)})
    ballot = approved(ask(TWO_OF_BRAND), BEN, FAY, roster=roster)
    assert [vote.seat for vote in ballot.votes] == [BEN.id, CAT.id]
    assert is_granted(ballot)


def test_another_may_stand_in_where_the_one_who_did_has_left() -> None:
    ballot = approved(
        ask(TWO_OF_BRAND), FAY, roster=roster_of(ask(TWO_OF_BRAND), *TEAM, stand_ins={FAY.id: (BEN.id,)})
    )
    roster = roster_of(ballot, *TEAM, stand_ins={GIL.id: (BEN.id,)}, gone=frozenset({FAY.id}))
    assert [vote.by for vote in approved(ballot, GIL, roster=roster).votes] == [GIL.id]


# ── changes of mind, objections, and those asked later ───────────────────────────────────────────────


def test_a_vote_can_be_taken_back_and_cast_again_with_another_comment() -> None:
    roster = roster_of(ask(TWO_OF_BRAND), *TEAM)
    ballot = approved(ask(TWO_OF_BRAND), BEN)
    again = ballot.with_vote(ballot.vote_of(BEN, roster, at=NOON, comment="seen them"))
    assert [vote.comment for vote in again.votes] == ["seen them"]
    assert again.without(BEN.id) == ask(TWO_OF_BRAND)
    assert again.without(CAT.id) == again


def test_a_gate_opens_again_where_who_passed_it_takes_it_back() -> None:
    ballot = approved(ask(TWO_STEPS), BEN)
    assert ballot.without(BEN.id).open_gate(roster_of(ballot, *TEAM)) == 0


def test_nothing_is_granted_before_an_objection_is_overridden() -> None:
    dear = Check("dear", Scope(above=10), Level.SOFT, "This costs more than $10.")
    ballot = approved(ask(Terms(each_of(BY_BRAND), objections=(dear,))), BEN)
    assert (ballot.open_objections, is_granted(ballot)) == ((dear,), False)
    with pytest.raises(Refused, match="What is left: This costs more than"):
        ballot.vote_of(CAT, roster_of(ballot, *TEAM), at=NOON)


def test_where_only_an_admin_is_asked_nobody_approves_or_rejects() -> None:
    dear = Check("dear", Scope(above=10), Level.SOFT, "This costs more than $10.")
    for ballot in (ask(Terms((), objections=(dear,))), ask(Terms(()))):
        with pytest.raises(Refused, match="All who had to have approved"):
            ballot.vote_of(BEN, Roster(()), at=NOON)
        with pytest.raises(NotAllowed, match="All it needs is an admin's override"):
            ballot.check_may_reject(BEN, Roster(()))


def test_who_may_decide_at_any_gate_may_reject_at_any_time() -> None:
    ballot = approved(ask(TWO_STEPS), BEN)
    for person in (BEN, CAT, DAN, EVA):
        ballot.check_may_reject(person, roster_of(ballot, *TEAM))
    with pytest.raises(NotAllowed, match="This is for brand to decide; you are not among them"):
        ballot.check_may_reject(FAY, roster_of(ballot, *TEAM))


def test_those_to_whom_it_is_escalated_may_approve_from_then_on() -> None:
    ballot = ask(Terms(each_of(BY_BRAND), escalate_after=timedelta(hours=4), escalate_to=(LEADS,)))
    refused(ballot, GIL, "you are not among them")
    assert is_granted(approved(replace(ballot, is_escalated=True), GIL))


def test_it_is_too_late_once_the_time_is_over() -> None:
    ballot = ask()
    roster = roster_of(ballot, *TEAM)
    assert ballot.vote_of(BEN, roster, at=NOON + timedelta(hours=24) - timedelta.resolution)
    with pytest.raises(Refused, match="It is too late to approve this: it was not decided in time"):
        ballot.vote_of(BEN, roster, at=NOON + timedelta(hours=24))


def test_where_all_steps_are_passed_by_votes_that_count_again_the_next_is_cast_at_the_last() -> None:
    ballot = approved(ask(TWO_STEPS), BEN, EVA)
    assert ballot.vote_of(DAN, roster_of(ballot, *TEAM), at=NOON).gate == 1

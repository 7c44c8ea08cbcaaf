"""Whether anybody could ever approve it: found out exactly, and told with whom it lacks."""

from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ballot import Ballot, Roster
from bot.domain.ids import UserId
from bot.domain.people import ADMINS, EVERYONE, Party, Person
from bot.domain.policy import Step
from bot.domain.quorum import able, lapsed, nobody_can, present, too_thin
from bot.domain.terms import Terms
from tests.domain.ballot_samples import (
    ANN,
    BEN,
    BY_BRAND,
    BY_BUDGET,
    CAT,
    DAN,
    EVA,
    NOON,
    TEAM,
    approved,
    ask,
    each_of,
    roster_of,
)

PEOPLE = [Person(UserId(f"U{n}")) for n in range(4)]
ASKER = PEOPLE[0].id


def why(terms: Terms, *people: Person, colleagues: int | None = 9) -> str:
    return nobody_can(ask(terms), replace(roster_of(ask(terms), *people), colleagues=colleagues))


def test_two_steps_with_one_person_besides_who_asked_can_never_be_passed() -> None:
    terms = Terms(each_of(BY_BRAND, BY_BUDGET))
    assert why(terms, ANN, DAN) == (
        "Nobody can approve this: “brand” and “budget” do not name enough people besides who asked. "
        "An admin can change the policy, `/style policy` shows it."
    )
    assert why(terms, ANN, DAN, EVA) == ""


def test_the_step_that_lacks_people_is_the_one_that_is_named() -> None:
    assert "“budget” does not name enough people" in why(Terms(each_of(BY_BRAND, BY_BUDGET)), BEN)
    assert "“brand or budget” does not name" in why(Terms(((BY_BRAND, BY_BUDGET),)), ANN)


def test_a_step_that_lacks_people_by_itself_is_named_alone() -> None:
    ben, pair = (Party(BEN.id),), (Party(BEN.id), Party(CAT.id))
    terms = Terms(each_of(Step("ben", ben), Step("the two", pair, count=3), Step("a colleague")))
    assert "this: “the two” does not name enough people" in why(terms, *TEAM)


@pytest.mark.parametrize(("others", "can"), [(40, True), (39, False)])
def test_whether_forty_steps_can_be_passed_is_found_out_at_once(*, others: int, can: bool) -> None:
    people = frozenset(UserId(f"U{n}") for n in range(others))
    ballot = ask(Terms(each_of(*(Step(f"step {n}", (Party("SALL"),)) for n in range(40)))))
    assert (nobody_can(ballot, Roster(((people | {ANN.id},),) * 40)) == "") is can


def test_where_only_some_may_approve_that_is_said() -> None:
    terms = Terms(each_of(Step("a colleague")), holders=(Party(ANN.id),))
    assert "“a colleague” does not name enough people besides who asked who may approve here." in nobody_can(
        ask(terms), Roster(((frozenset({ANN.id}),),))
    )


def test_who_asked_counts_where_the_rule_does_without_four_eyes() -> None:
    terms = Terms(each_of(BY_BRAND), four_eyes=False)
    assert why(terms, ANN) == ""
    assert "“brand” does not name enough people. An admin" in why(terms, EVA)


@pytest.mark.parametrize(("colleagues", "can"), [(0, False), (1, False), (2, True), (None, True)])
def test_where_everybody_may_approve_there_have_to_be_enough_colleagues(
    *, colleagues: int | None, can: bool
) -> None:
    terms = Terms(each_of(Step("two colleagues", (EVERYONE,), count=2)))
    assert (why(terms, colleagues=colleagues) == "") is can


def test_an_only_member_may_approve_alone_where_the_rule_does_without_four_eyes() -> None:
    assert why(Terms(each_of(Step("a colleague")), four_eyes=False), colleagues=0) == ""


def test_a_gate_without_a_step_is_passed_by_nobody() -> None:
    assert why(Terms(((),)), DAN).startswith("Nobody can approve this: the rules do not name enough people")


def test_where_nothing_is_asked_nobody_lacks() -> None:
    assert why(Terms(())) == ""


who = st.just((EVERYONE,)) | st.lists(
    st.sampled_from([Party(person.id) for person in PEOPLE]), unique=True, max_size=3
).map(tuple)
steps = st.builds(Step, st.sampled_from(["brand", "budget"]), who, st.integers(1, 2))
gates = st.lists(st.lists(steps, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3).map(tuple)


def played(ballot: Ballot, roster: Roster, places: tuple[int, ...]) -> bool:
    """Say whether it is granted where each person votes at the gate meant for them, and nowhere else."""
    for gate in range(len(ballot.terms.gates)):
        for person, place in zip(PEOPLE, places, strict=True):
            barred = ballot.terms.four_eyes and person.id == ballot.asker
            if place == gate == ballot.open_gate(roster) and not barred:
                named = person.is_among(ballot.parties(gate))
                ballot = ballot.with_vote(ballot.vote_of(person, roster, at=NOON)) if named else ballot
    return ballot.is_granted(roster)


@settings(deadline=None, max_examples=60)
@given(gates=gates, four_eyes=st.booleans())
def test_it_says_so_exactly_where_no_way_of_voting_ever_grants_it(
    *, gates: tuple[tuple[Step, ...], ...], four_eyes: bool
) -> None:
    ballot = Ballot(ASKER, (), Terms(gates, four_eyes=four_eyes), NOON)
    roster = roster_of(ballot, *PEOPLE)
    ways = product(range(len(gates)), repeat=len(PEOPLE))
    assert (nobody_can(ballot, roster) == "") is any(played(ballot, roster, places) for places in ways)


letters = st.frozensets(st.sampled_from("abcdef"))


@given(steps=st.lists(st.tuples(st.integers(0, 4), letters), max_size=5))
def test_steps_are_too_thin_exactly_where_some_of_them_count_more_people_than_they_name(
    steps: list[tuple[int, frozenset[str]]],
) -> None:
    lacking = [
        some
        for size in range(1, len(steps) + 1)
        for some in combinations(range(len(steps)), size)
        if sum(steps[one][0] for one in some) > len(frozenset().union(*(steps[one][1] for one in some)))
    ]
    assert too_thin(steps) in (lacking or [()])


def test_a_vote_lapses_when_who_cast_it_is_gone_or_no_longer_of_its_step() -> None:
    ballot = approved(ask(Terms(each_of(replace(BY_BRAND, count=3), BY_BUDGET))), BEN, CAT)
    assert lapsed(ballot, roster_of(ballot, *TEAM)) == ()
    assert lapsed(ballot, roster_of(ballot, ANN, CAT, EVA)) == (BEN.id,)
    assert lapsed(ballot, roster_of(ballot, *TEAM, gone=frozenset({CAT.id}))) == (CAT.id,)
    assert ballot.without(BEN.id).seats(0) == {CAT.id}


def test_where_any_step_will_do_a_vote_counts_for_either_and_where_everyone_may_for_ever() -> None:
    either = approved(ask(Terms(((replace(BY_BRAND, count=3), BY_BUDGET),))), BEN)
    assert lapsed(either, roster_of(either, replace(BEN, groups=EVA.groups))) == ()
    anybody = approved(ask(), BEN)
    assert lapsed(anybody, roster_of(anybody, ANN)) == ()


U1, U2, W3, GROUP = Party("U1"), Party("U2"), Party("W3"), Party("SBRAND")


@pytest.mark.parametrize(
    ("who", "holders", "besides", "count"),
    [
        ([U1, U2], [U1], [], 1),
        ([U1, U2], [W3], [], 0),
        ([U1, U2], [W3, U2], [W3], 2),
        ([U1, U2], [EVERYONE], [], 2),
        ([EVERYONE], [U1, W3], [], 2),
        ([U1], [U1, U2], [EVERYONE], 2),
        ([EVERYONE], [EVERYONE], [], None),
        ([EVERYONE], [GROUP], [], None),
        ([GROUP, U1], [EVERYONE], [], None),
        ([GROUP, U1], [U1], [], None),
        ([U1], [GROUP], [], None),
        ([U1], [U1], [ADMINS], None),
    ],
)
def test_how_many_could_decide_is_told_where_the_rules_alone_tell(
    who: list[Party], holders: list[Party], besides: list[Party], count: int | None
) -> None:
    assert able(Step("brand", tuple(who)), holders, besides) == count
    assert able(Step("brand", (), silent=tuple(who)), holders, besides) == count


def test_who_asked_fills_no_step_though_the_others_have_people_to_spare() -> None:
    pair = Step("the pair", (Party(ANN.id), Party(BEN.id)), count=2)
    assert "“the pair” does not name enough people" in why(Terms(each_of(pair, BY_BUDGET)), *TEAM)


def test_the_vote_of_who_stands_in_counts_as_long_as_the_place_does() -> None:
    ballot = ask(Terms(each_of(BY_BRAND)))
    roster = roster_of(ballot, *TEAM, stand_ins={EVA.id: (BEN.id,)})
    assert lapsed(approved(ballot, EVA, roster=roster), roster) == ()


def filled(ballot: Ballot, away: dict[UserId, UserId | None], **besides: frozenset[UserId]) -> list[UserId]:
    """Return who fills the places of the brand, which ann, ben, cat and dan have."""
    roster = roster_of(ballot, *TEAM)
    gone = replace(roster, gone=besides.pop("gone", frozenset()))
    [[among]] = present(ballot, gone, away=away, **besides).gates
    return sorted(among or ())


def test_who_stands_in_fills_the_place_of_who_is_away_and_no_second_one() -> None:
    ballot = ask(Terms(each_of(BY_BRAND)))
    assert filled(ballot, {}) == [BEN.id, CAT.id, DAN.id]
    assert filled(ballot, {BEN.id: EVA.id, CAT.id: DAN.id}) == [DAN.id, EVA.id]
    assert filled(ballot, {BEN.id: None, CAT.id: ANN.id}) == [DAN.id]


def test_who_voted_fills_a_place_though_its_owner_is_away_unless_they_may_decide_no_more() -> None:
    ballot = approved(ask(Terms(each_of(BY_BRAND))), BEN)
    assert filled(ballot, {BEN.id: None}) == [BEN.id, CAT.id, DAN.id]
    assert filled(ballot, {BEN.id: None}, gone=frozenset({BEN.id})) == [CAT.id, DAN.id]


def test_nobody_fills_the_place_of_who_asked_or_is_barred_nor_do_they_another() -> None:
    ballot = ask(Terms(each_of(BY_BRAND)))
    away: dict[UserId, UserId | None] = {ANN.id: EVA.id, BEN.id: EVA.id, CAT.id: DAN.id}
    assert filled(ballot, away, barred=frozenset({BEN.id, DAN.id})) == []
    alone = replace(ballot, terms=replace(ballot.terms, four_eyes=False))
    assert filled(alone, {}, barred=frozenset({BEN.id})) == [ANN.id, CAT.id, DAN.id]


def test_a_place_that_anybody_takes_is_nobodys() -> None:
    assert present(ask(), roster_of(ask(), *TEAM), away={BEN.id: None}).gates == ((None,),)

"""What a ballot is bound to, what voids its votes, and when something is to be done about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ballot import (
    Ballot,
    Deed,
    Escalated,
    GlassBroken,
    Opened,
    Overridden,
    Reminded,
    Retracted,
    Voted,
    ballot_after,
)
from bot.domain.ids import UserId
from bot.domain.money import Estimate
from bot.domain.people import Party
from bot.domain.policy import Check, Level, Scope, Step
from bot.domain.terms import FOREVER, Terms
from tests.domain.ballot_samples import (
    BEN,
    BUDGET,
    BY_BRAND,
    BY_BUDGET,
    FAY,
    LEADS,
    NOON,
    PAYLOAD,
    TEAM,
    approved,
    ask,
    each_of,
    is_granted,
    one_of,
    roster_of,
)

DEAR = Check("dear", Scope(above=10), Level.SOFT, "This costs more than $10.")
RULES_CHANGED = "The rules about who decides have changed."
TERMS = Terms(each_of(BY_BRAND, BY_BUDGET), escalate_to=(LEADS,), objections=(DEAR,))
ASKED = replace(ask(TERMS), estimate=Estimate(10.0, 12.0, 3))
DEED = Deed(UserId("UADA"), "the fair is tomorrow", NOON, DEAR.name)
HOUR = timedelta(hours=1)


def of(**changed: object) -> Callable[[Ballot], Ballot]:
    """Return what changes the terms so."""
    return lambda ballot: replace(ballot, terms=replace(ballot.terms, **changed))  # type: ignore[arg-type]  # by name


# ── what a vote is bound to ──────────────────────────────────────────────────────────────────────────

DECIDES: dict[str, Callable[[Ballot], Ballot]] = {
    "a value": lambda b: replace(b, payload=(("style", "Comet"), *PAYLOAD[1:])),
    "a word more": lambda b: replace(b, payload=(*PAYLOAD, ("size", "1024x1024"))),
    "who asks": lambda b: replace(b, asker=FAY.id),
    "the price, below a cent": lambda b: replace(b, estimate=Estimate(10.0, 12.001, 3)),
    "a price at all": lambda b: replace(b, estimate=None),
    "any instead of all": of(gates=one_of(BY_BRAND, BY_BUDGET)),
    "the order": of(gates=each_of(BY_BUDGET, BY_BRAND)),
    "a count": of(gates=each_of(replace(BY_BRAND, count=2), BY_BUDGET)),
    "a group": of(gates=each_of(replace(BY_BRAND, who=(BUDGET,)), BY_BUDGET)),
    "one who may": of(gates=each_of(replace(BY_BRAND, silent=(Party(FAY.id),)), BY_BUDGET)),
    "what a step is called": of(gates=each_of(replace(BY_BRAND, name="the brand team"), BY_BUDGET)),
    "four eyes": of(four_eyes=False),
    "who is asked later": of(escalate_to=(BUDGET,)),
    "no objection": of(objections=()),
    "what an objection says": of(objections=(replace(DEAR, says="This costs more than $5."),)),
}
DOES_NOT: dict[str, Callable[[Ballot], Ballot]] = {
    "how long there is": of(expires=HOUR),
    "when they are reminded": of(remind_after=HOUR),
    "when others are asked": of(escalate_after=HOUR),
    "what is only told": of(advice=("It is Friday.",)),
    "what the rules are called": of(rules=("another",)),
    "who is not pinged": of(gates=each_of(replace(BY_BRAND, who=(), silent=BY_BRAND.who), BY_BUDGET)),
    "how many past runs there are": lambda b: replace(b, estimate=Estimate(10.0, 12.0, 4)),
    "when it is asked": lambda b: replace(b, opened_at=NOON + HOUR),
}


@pytest.mark.parametrize("what", DECIDES)
def test_what_decides_is_in_the_digest_and_voids_votes_and_overrides(what: str) -> None:
    fresh = DECIDES[what](replace(ASKED, opened_at=NOON + HOUR))
    assert fresh.digest != ASKED.digest
    voted = replace(approved(ASKED, BEN), overrides=(DEED,), reminded=2, is_escalated=True)
    anew = voted.asked_anew(fresh)
    assert anew == replace(fresh, changed=anew.changed, first=anew.first, is_void=True)
    assert len(anew.changed) == (what != "who asks")  # no request is ever another's


@pytest.mark.parametrize("what", DOES_NOT)
def test_what_decides_nothing_is_not_and_keeps_them_while_the_newest_terms_hold(what: str) -> None:
    fresh = DOES_NOT[what](ASKED)
    assert fresh.digest == ASKED.digest
    voted = replace(approved(ASKED, BEN), overrides=(DEED,))
    assert voted.asked_anew(fresh) == replace(voted, terms=fresh.terms, estimate=fresh.estimate)


def test_the_digest_takes_any_text() -> None:
    assert len(ask(payload=(("prompt", "a fox \ud800 <!channel> \u202e"),)).digest) == 64


def test_what_changed_is_said_word_by_word() -> None:
    fresh = replace(ASKED, payload=(("style", "Stellar"), ("price", "$13.00"), ("size", "big")))
    assert ASKED.asked_anew(fresh).changed == (
        "dataset: 3f9a → none",
        "price: $12.00 → $13.00",
        "size: none → big",
    )


def test_long_fingerprints_are_told_by_the_digits_that_the_card_shows() -> None:
    first, then = (replace(ASKED, payload=(("dataset", digit * 64),)) for digit in "3f")
    assert first.asked_anew(then).changed == ("dataset: 33333333… → ffffffff…",)


def test_changed_rules_are_told_besides_what_changed_in_what_is_asked() -> None:
    fresh = DECIDES["four eyes"](DECIDES["a value"](ASKED))
    assert ASKED.asked_anew(fresh).changed == ("style: Stellar → Comet", RULES_CHANGED)


def test_a_price_that_rose_by_less_than_is_shown_is_told_exactly() -> None:
    dearer = replace(ASKED, estimate=Estimate(10.0, 12.001, 3))
    assert ASKED.asked_anew(dearer).changed == ("price: $12 → $12.001",)
    assert ask().asked_anew(replace(ask(), estimate=Estimate(1, 1))).changed == ("price: not known → $1",)


def test_who_looks_late_reads_how_it_differs_from_what_was_first_asked_and_not_each_step() -> None:
    ballot = ASKED
    for n in range(12):
        ballot = ballot.asked_anew(replace(ASKED, payload=(("style", f"Comet {n}"), *ASKED.payload[1:])))
    assert ballot.changed == ("style: Stellar → Comet 11",)


def test_a_request_that_is_again_what_was_first_asked_shows_no_change() -> None:
    back = ASKED.asked_anew(DECIDES["a value"](ASKED)).asked_anew(ASKED)
    assert (back.digest, back.changed, back.is_void) == (ASKED.digest, (), False)


def test_approvals_that_are_void_are_remembered_only_where_there_were_any() -> None:
    other = DECIDES["a value"](ASKED)
    assert not ASKED.asked_anew(other).is_void
    voted = approved(ASKED, BEN).asked_anew(other)
    assert voted.is_void
    assert voted.asked_anew(ASKED).is_void


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_asked_first_is_as_it_is_and_nothing_happens_to_what_was_never_asked() -> None:
    assert ballot_after(None, Opened(ASKED)) is ASKED
    assert ballot_after(None, Reminded()) is None


def test_what_is_asked_again_is_asked_anew() -> None:
    ballot = ballot_after(approved(ask(), BEN), Opened(ask(payload=())))
    assert ballot
    assert ballot.votes == ()
    assert ballot.changed


def test_each_fact_leaves_its_mark_and_no_other() -> None:
    vote = ASKED.vote_of(BEN, roster_of(ASKED, *TEAM), at=NOON, comment="fine")
    assert ballot_after(ASKED, Voted(vote)) == replace(ASKED, votes=(vote,), has_news=True)
    assert ballot_after(replace(ASKED, votes=(vote,)), Retracted(BEN.id)) == ASKED
    assert ballot_after(ASKED, Reminded()) == replace(ASKED, reminded=1)
    assert ballot_after(ASKED, Escalated()) == replace(ASKED, is_escalated=True)
    assert ballot_after(ASKED, Overridden(DEED)) == replace(ASKED, overrides=(DEED,))
    assert ballot_after(ASKED, GlassBroken(DEED)) == replace(ASKED, glass=DEED)


def test_an_override_of_one_check_leaves_the_others_in_the_way() -> None:
    late = replace(DEAR, name="late", says="It is Friday.")
    ballot = ask(replace(Terms(each_of(Step("a colleague"))), objections=(DEAR, late)))
    ballot = replace(approved(ballot, BEN), overrides=(DEED,))
    assert ballot.open_objections == (late,)
    assert not is_granted(ballot)
    assert is_granted(replace(ballot, overrides=(DEED, replace(DEED, check="late"))))


def test_a_broken_glass_is_no_vote_and_shows_who_and_why() -> None:
    ballot = ballot_after(ASKED, GlassBroken(DEED))
    assert ballot
    assert not is_granted(ballot)
    assert (ballot.glass, ballot.votes) == (DEED, ())


def test_the_places_taken_at_a_gate_are_those_of_its_votes() -> None:
    voted = approved(ASKED, BEN)
    assert [sorted(voted.seats(gate)) for gate in (0, 1)] == [[BEN.id], []]


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("reminded", "times"), [(0, 1), (1, 3), (2, 7), (3, 15)])
def test_reminders_come_after_one_three_seven_times_the_first_wait(reminded: int, times: int) -> None:
    ballot = replace(ask(Terms((), expires=FOREVER)), reminded=reminded)
    assert ballot.due(at=NOON) == times * timedelta(hours=2)


@given(st.integers(0, 10**6), st.timedeltas(timedelta(seconds=1), FOREVER))
def test_each_reminder_is_later_than_the_one_before_until_it_can_be_no_later(
    reminded: int, wait: timedelta
) -> None:
    ballot = replace(ask(Terms((), remind_after=wait, expires=FOREVER)), reminded=reminded)
    now, then = ballot.due(at=NOON), replace(ballot, reminded=reminded + 1).due(at=NOON)
    assert now < then or then == FOREVER


def test_others_are_asked_once_if_at_all() -> None:
    later = ask(Terms((), escalate_after=timedelta(hours=4), escalate_to=(LEADS,)))
    assert later.escalates_at() == NOON + timedelta(hours=4)
    assert replace(later, is_escalated=True).escalates_at() is None
    assert ask(Terms((), escalate_after=timedelta(hours=4))).escalates_at() is None
    assert ask(Terms((), escalate_to=(LEADS,))).escalates_at() is None


@pytest.mark.parametrize(
    ("reminded", "hours", "due"),
    [(0, 0, 2), (0, 1.5, 0.5), (1, 2, 2), (2, 5, 4), (2, 9, 0), (9, 5, 4), (9, 9, 0)],
)
def test_the_next_thing_is_due_when_the_first_of_them_is(reminded: int, hours: float, due: float) -> None:
    terms = Terms((), expires=timedelta(hours=9), escalate_after=timedelta(hours=4), escalate_to=(LEADS,))
    ballot = replace(ask(terms), reminded=reminded, is_escalated=reminded > 1)
    assert ballot.due(at=NOON + timedelta(hours=hours)) == timedelta(hours=due)

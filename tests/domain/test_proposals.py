"""A proposal's life: the table, every pair of it, and what each fact leaves behind."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ballot import BALLOT_EVENTS, Expired, ballot_after
from bot.domain.errors import IllegalMove
from bot.domain.facts import Approved, Rejected
from bot.domain.ids import ChannelId, ProposalId, WorkspaceId
from bot.domain.policy import Action
from bot.domain.proposal import TRANSITIONS, Event, Proposal, ProposalRequest, Stage
from bot.domain.task import Cancelled
from tests.domain.ballot_samples import ANN, BALLOT_FACTS, BEN, NOON, ask

LATER = NOON + timedelta(minutes=1)
EVENTS: dict[type[Event], Event] = {
    **{type(fact): fact for fact in BALLOT_FACTS},
    Approved: Approved(BEN.id, NOON),
    Rejected: Rejected(BEN.id, "too few foxes"),
    Expired: Expired(),
    Cancelled: Cancelled(ANN.id),
}
PAIRS = [(stage, kind) for stage in Stage for kind in EVENTS]


def a_proposal(stage: Stage = Stage.AWAITING) -> Proposal:
    request = ProposalRequest(WorkspaceId("T1"), ChannelId("C1"), ANN.id, Action.PROMOTE, "Stellar@2")
    return Proposal(ProposalId("PROPOSAL01"), request, NOON, ask(), stage)


def test_the_table_knows_every_stage_and_the_samples_every_event() -> None:
    assert set(TRANSITIONS) == set(Stage)
    assert set(EVENTS) == set(get_args(Event))
    assert {event for moves in TRANSITIONS.values() for event in moves} == set(EVENTS)


@pytest.mark.parametrize("stage", Stage)
def test_whatever_was_decided_is_final_and_only_what_waits_is_not(stage: Stage) -> None:
    assert a_proposal(stage).is_over is (stage is not Stage.AWAITING)
    assert (TRANSITIONS[stage] == {}) is (stage is not Stage.AWAITING)


@pytest.mark.parametrize(("stage", "kind"), PAIRS, ids=lambda part: getattr(part, "__name__", part))
def test_a_fact_moves_a_proposal_as_the_table_says_or_not_at_all(stage: Stage, kind: type[Event]) -> None:
    proposal = a_proposal(stage)
    before = replace(proposal)
    if kind in TRANSITIONS[stage]:
        assert proposal.after(EVENTS[kind], at=LATER).stage is TRANSITIONS[stage][kind]
    else:
        with pytest.raises(IllegalMove) as refusal:
            proposal.after(EVENTS[kind], at=LATER)
        assert str(refusal.value) == f"Stellar@2: that is {stage}, nothing more can be decided."
    assert proposal == before


@pytest.mark.parametrize("kind", BALLOT_EVENTS)
def test_what_leaves_the_question_open_changes_the_ballot_alone(kind: type[Event]) -> None:
    event, proposal = EVENTS[kind], a_proposal()
    assert isinstance(event, BALLOT_EVENTS)
    moved = proposal.after(event, at=LATER)
    assert moved == replace(proposal, ballot=moved.ballot)
    assert moved.ballot == ballot_after(proposal.ballot, event)


def test_whatever_ends_it_says_who_did_so_when_and_why() -> None:
    ends = {
        kind: a_proposal().after(EVENTS[kind], at=LATER) for kind in (Approved, Rejected, Cancelled, Expired)
    }
    told = {kind: (end.decided_by, end.decided_at, end.reason) for kind, end in ends.items()}
    assert told == {
        Approved: (BEN.id, LATER, ""),
        Rejected: (BEN.id, LATER, "too few foxes"),
        Cancelled: (ANN.id, LATER, ""),
        Expired: (None, LATER, ""),
    }


def test_a_proposal_is_called_what_its_request_is() -> None:
    assert a_proposal().label == "Stellar@2"


moments = st.timedeltas(timedelta(days=-2), timedelta(days=400)).map(lambda passed: NOON + passed)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(list(EVENTS.values())), moments), max_size=20))
def test_no_order_of_facts_leaves_the_table(story: list[tuple[Event, datetime]]) -> None:
    proposal = a_proposal()
    for event, at in story:
        allowed = TRANSITIONS[proposal.stage]
        try:
            moved = proposal.after(event, at=at)
        except IllegalMove:
            assert type(event) not in allowed
            assert proposal.is_over
        else:
            assert moved.stage is allowed[type(event)]
            assert (moved.decided_at is None) is (moved.stage is Stage.AWAITING)
            proposal = moved

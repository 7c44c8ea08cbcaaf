"""What goes into the database comes out equal, and what older or newer programs wrote can be read."""

from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.facts import Event as RunEvent
from bot.domain.generation import Event as GenerationEvent
from bot.domain.generation import Generation, GenerationRequest
from bot.domain.message import Message
from bot.domain.proposal import Event as ProposalEvent
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.size import SIZES, Size
from storage.rows import json_of, kind_of, message_of, moment_of, text_of, value_of
from tests.storage.store_world import a_run

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Size, st.sampled_from(sorted(SIZES.values(), key=str)))
st.register_type_strategy(
    GenerationRequest,
    st.builds(GenerationRequest, prompt=st.text(min_size=2, max_size=99), count=st.integers(1, 20)),
)
EVENTS = st.one_of(
    *(
        st.from_type(kind)
        for kind in {*get_args(RunEvent), *get_args(GenerationEvent), *get_args(ProposalEvent)}
    )
)
MESSAGES = st.one_of(*(st.from_type(kind) for kind in get_args(Message)))


@settings(max_examples=60, deadline=None)
@given(st.from_type(Run))
def test_every_run_comes_out_as_it_went_in(run: Run) -> None:
    assert value_of(Run, json_of(run)) == run


@settings(max_examples=60, deadline=None)
@given(st.from_type(Generation))
def test_every_generation_comes_out_as_it_went_in(generation: Generation) -> None:
    assert value_of(Generation, json_of(generation)) == generation


@settings(max_examples=20, deadline=None)
@given(st.from_type(Proposal))
def test_every_proposal_comes_out_as_it_went_in(proposal: Proposal) -> None:
    read = value_of(Proposal, json_of(proposal))
    assert read == proposal
    assert read.ballot.digest == proposal.ballot.digest


@settings(max_examples=100, deadline=None)
@given(EVENTS)
def test_every_event_comes_out_as_it_went_in(event: object) -> None:
    assert value_of(type(event), json_of(event)) == event


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_every_message_is_found_by_its_word(message: Message) -> None:
    assert message_of(kind_of(message), json_of(message)) == message


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(min_value=datetime(2, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis adds it
    st.datetimes(min_value=datetime(2, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis adds it
)
def test_moments_sort_as_text_as_they_happened(one: datetime, other: datetime) -> None:
    assert (text_of(one) < text_of(other)) == (one < other)
    assert len(text_of(one)) == 32
    assert moment_of(text_of(one)) == one


def test_a_moment_of_another_zone_is_kept_in_utc() -> None:
    there = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert text_of(there) == "2026-03-01T12:00:00.000000+00:00"


def test_a_row_of_an_older_program_is_read_with_todays_defaults() -> None:
    old = json_of(a_run(), without=frozenset({"trouble", "cost", "version"}))
    assert value_of(Run, old) == a_run()


def test_a_field_that_no_class_knows_any_more_is_passed_over() -> None:
    assert value_of(Run, json_of(a_run())[:-1] + ',"mood":"fine"}') == a_run()


def test_an_unknown_kind_of_message_is_a_bug() -> None:
    with pytest.raises(KeyError):
        message_of("Telegram", "{}")

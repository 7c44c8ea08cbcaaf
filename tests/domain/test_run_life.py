"""A run's life: the table, every pair of it, and what each fact leaves behind."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ballot import BallotEvent, Expired, ballot_after
from bot.domain.errors import IllegalMove
from bot.domain.facts import (
    Approved,
    Event,
    Inspected,
    Progressed,
    Rejected,
    Signed,
    Trained,
    Undone,
    Unfit,
)
from bot.domain.run import TRANSITIONS, TYPICAL_TRAINING, Stage
from bot.domain.stages import called
from bot.domain.task import (
    Adopted,
    Attempted,
    Cancelled,
    Delayed,
    Denied,
    Doubted,
    Failed,
    Prepared,
    Searched,
    Submitted,
    handover_changes,
)
from tests.domain.ballot_samples import BALLOT_FACTS, DEED, approved, ask
from tests.domain.ballot_samples import BEN as COLLEAGUE
from tests.domain.run_samples import AIR, ANN, BEN, EVENTS, LATER, SAD, TASK, a_run
from tests.fakes import DATASET, NOON

PAIRS = [(stage, kind) for stage in Stage for kind in EVENTS]
FINAL = {Stage.READY, Stage.REFUSED, Stage.REJECTED, Stage.CANCELLED, Stage.FAILED, Stage.EXPIRED}


def test_the_table_knows_every_stage_and_the_samples_every_event() -> None:
    assert set(TRANSITIONS) == set(Stage)
    assert set(EVENTS) == set(get_args(Event))
    assert {event for moves in TRANSITIONS.values() for event in moves} == set(EVENTS)


def test_a_final_stage_has_no_way_out() -> None:
    assert {stage for stage, moves in TRANSITIONS.items() if moves == {}} == FINAL


def test_every_stage_can_be_reached_and_every_life_can_end() -> None:
    reached, ends = {Stage.REQUESTED}, set(FINAL)
    for _ in Stage:
        reached |= {to for stage in reached for to in TRANSITIONS[stage].values()}
        ends |= {stage for stage, moves in TRANSITIONS.items() if ends & set(moves.values())}
    assert reached == ends == set(Stage)


@pytest.mark.parametrize(("stage", "kind"), PAIRS, ids=lambda part: getattr(part, "__name__", part))
def test_a_fact_moves_a_run_as_the_table_says_or_not_at_all(stage: Stage, kind: type[Event]) -> None:
    run = a_run(stage)
    before = replace(run)
    if kind in TRANSITIONS[stage]:
        moved = run.after(EVENTS[kind], at=LATER)
        assert moved.stage is TRANSITIONS[stage][kind]
        assert moved.stage_since == (NOON if moved.stage is stage else LATER)
    else:
        with pytest.raises(IllegalMove) as refusal:
            run.after(EVENTS[kind], at=LATER)
        assert str(refusal.value).startswith(f"Stellar is {called(stage)}: it cannot be ")
    assert run == before


@pytest.mark.parametrize("stage", Stage)
def test_a_run_is_over_where_nothing_can_follow(stage: Stage) -> None:
    assert a_run(stage).is_over is (stage in FINAL)


def test_a_requested_run_begins_at_its_moment_with_nothing_known() -> None:
    run = a_run()
    assert (run.stage, run.requested_at, run.stage_since) == (Stage.REQUESTED, NOON, NOON)
    assert (run.dataset, run.air, run.task, run.cost, run.failure, run.version) == (None,) * 5 + (0,)


def test_an_inspected_run_carries_its_dataset_and_its_reserved_version() -> None:
    run = a_run(trouble="Your server does not answer.").after(EVENTS[Inspected], at=LATER)
    assert (run.dataset, run.air, run.number, run.trouble) == (DATASET, AIR, 1, "")


def test_a_refused_run_carries_a_sentence_per_problem() -> None:
    run = a_run(trouble="Your server does not answer.").after(EVENTS[Unfit], at=LATER)
    assert (run.problems, run.trouble) == (("There are 3 pictures.",), "")


def test_an_approval_is_noted_and_undoing_it_takes_it_back_whole() -> None:
    waiting = a_run(Stage.AWAITING)
    approved = waiting.after(EVENTS[Approved], at=LATER)
    assert (approved.decided_by, approved.starts_at) == (BEN, NOON + timedelta(seconds=30))
    assert (approved.rights, approved.approval) == (Signed(BEN, LATER), Signed(BEN, LATER))
    undone = approved.after(Undone(BEN), at=LATER)
    assert undone == replace(waiting, stage_since=LATER, undone=Signed(BEN, LATER))
    assert undone.after(EVENTS[Approved], at=LATER).undone is None


def test_undoing_an_approval_voids_the_votes_and_the_broken_glass_behind_it() -> None:
    asked = ask()
    voted = replace(approved(asked, COLLEAGUE), glass=DEED)
    run = a_run(Stage.AWAITING, ballot=voted).after(EVENTS[Approved], at=LATER)
    assert run.ballot == voted
    assert run.after(Undone(BEN), at=LATER).ballot == asked


@pytest.mark.parametrize("fact", BALLOT_FACTS, ids=lambda fact: type(fact).__name__)
def test_what_leaves_the_question_open_changes_nothing_but_the_ballot(fact: BallotEvent) -> None:
    run = a_run(Stage.AWAITING, ballot=ask(), trouble="No answer.", troubled_since=NOON)
    moved = run.after(fact, at=LATER)
    assert moved == replace(run, ballot=moved.ballot)
    assert moved.ballot == ballot_after(ask(), fact)


def test_a_run_that_nobody_decided_on_in_time_is_over() -> None:
    run = a_run(Stage.AWAITING).after(Expired(), at=LATER)
    assert (run.stage, run.is_over, run.decided_by) == (Stage.EXPIRED, True, None)


def test_a_rejection_carries_who_and_why() -> None:
    run = a_run(Stage.AWAITING).after(EVENTS[Rejected], at=LATER)
    assert (run.decided_by, run.reason) == (BEN, "too few foxes")


def test_a_cancelled_run_says_who_wants_no_more_of_it() -> None:
    assert a_run(Stage.TRAINING).after(Cancelled(ANN), at=LATER).decided_by == ANN


def test_the_request_is_written_down_before_it_is_sent_and_each_attempt_is_counted() -> None:
    run = a_run(Stage.APPROVED).after(Prepared(TASK), at=LATER)
    assert run.task == TASK
    twice = run.after(Attempted(), at=NOON).after(Attempted(), at=LATER)
    assert twice.task == replace(TASK, attempts=2, first_attempt_at=NOON, last_attempt_at=LATER)


def test_an_attempt_without_a_task_invents_none() -> None:
    assert handover_changes(None, Attempted(), NOON) == {"trouble": ""}


def test_trouble_is_told_until_there_is_news() -> None:
    run = a_run(Stage.TRAINING).after(Delayed("Runware does not answer."), at=LATER)
    assert run.trouble == "Runware does not answer."
    assert run.after(Progressed(None), at=LATER).trouble == ""
    assert run.after(Delayed(""), at=LATER).trouble == ""


def test_being_accepted_ends_the_trouble_of_handing_over() -> None:
    assert a_run(Stage.SUBMITTING, trouble="No answer.").after(Submitted(), at=LATER).trouble == ""


def test_a_failed_run_keeps_the_code_and_the_sentence() -> None:
    run = a_run(Stage.TRAINING, trouble="No answer.").after(Failed(SAD), at=LATER)
    assert (run.failure, run.trouble) == (SAD, "")


def test_working_without_a_number_keeps_the_last_number() -> None:
    run = a_run(Stage.TRAINING).after(Progressed(40), at=LATER).after(Progressed(None), at=LATER)
    assert run.percent == 40


@pytest.mark.parametrize("cost", [12.5, 0.0, None])
def test_a_trained_run_is_whole_and_never_free_by_silence(cost: float | None) -> None:
    run = a_run(Stage.TRAINING, percent=90).after(Trained(AIR, cost), at=LATER)
    assert (run.percent, run.air, run.cost) == (100, AIR, cost)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.TRAINING])
def test_only_a_training_run_has_time_left(stage: Stage) -> None:
    assert a_run(stage, percent=40).time_left(at=LATER) is None


@pytest.mark.parametrize(
    ("percent", "elapsed", "left"),
    [
        (None, timedelta(0), TYPICAL_TRAINING),
        (0, timedelta(minutes=30), timedelta(minutes=90)),
        (None, timedelta(hours=3), timedelta(0)),
        (25, timedelta(minutes=10), timedelta(minutes=30)),
        (100, timedelta(minutes=10), timedelta(0)),
    ],
)
def test_the_time_left_follows_the_percent_or_the_usual_two_hours(
    percent: int | None, elapsed: timedelta, left: timedelta
) -> None:
    assert a_run(Stage.TRAINING, percent=percent).time_left(at=NOON + elapsed) == left


def test_a_training_run_of_unknown_beginning_has_no_estimate() -> None:
    assert a_run(Stage.TRAINING, stage_since=None).time_left(at=LATER) is None


facts = st.one_of(
    st.sampled_from(list(EVENTS.values())), st.builds(Progressed, st.none() | st.integers(0, 100))
)
moments = st.timedeltas(timedelta(days=-2), timedelta(days=400)).map(lambda passed: NOON + passed)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(facts, moments), max_size=40))
def test_no_order_of_facts_leaves_the_table_or_makes_time_run_out_below_zero(
    story: list[tuple[Event, datetime]],
) -> None:
    run = a_run()
    for event, at in story:
        allowed = TRANSITIONS[run.stage]
        try:
            moved = run.after(event, at=at)
        except IllegalMove:
            assert type(event) not in allowed
        else:
            assert moved.stage is allowed[type(event)]
            run = moved
        left = run.time_left(at=at)
        assert (left is not None) is (run.stage is Stage.TRAINING)
        assert left is None or left >= timedelta(0)


@settings(deadline=None)
@given(percent=st.none() | st.integers(0, 100), at=moments)
def test_the_time_left_is_never_negative_whatever_the_clock_does(percent: int | None, at: datetime) -> None:
    left = a_run(Stage.TRAINING, percent=percent).time_left(at=at)
    assert left is not None
    assert left >= timedelta(0)


def test_a_denied_attempt_is_taken_off_the_count_and_the_first_leaves_no_trace() -> None:
    once = a_run(Stage.APPROVED).after(Prepared(TASK), at=NOON).after(Attempted(), at=NOON)
    denied = Denied("Runware refuses the key.")
    assert once.after(denied, at=LATER).task == TASK
    twice = once.after(Attempted(), at=LATER).after(denied, at=LATER)
    assert twice.task == replace(TASK, attempts=1, first_attempt_at=NOON, last_attempt_at=LATER)
    assert twice.trouble == "Runware refuses the key."


def test_what_runware_last_said_of_a_run_in_doubt_is_kept_with_its_moment() -> None:
    doubted = a_run(Stage.SUBMITTING, task=TASK).after(EVENTS[Doubted], at=LATER)
    assert (doubted.evidence, doubted.searched_at) == (("Runware's task list says nothing of it.",), LATER)
    assert (doubted.trouble, doubted.troubled_since) == ("nobody can say", LATER)
    again = doubted.after(Searched(("Still nothing.",)), at=LATER + timedelta(hours=1))
    assert (again.evidence, again.searched_at) == (("Still nothing.",), LATER + timedelta(hours=1))
    assert again.trouble == "nobody can say"


def test_a_run_found_again_after_a_restore_has_the_task_it_was_handed_over_under() -> None:
    assert a_run(Stage.AWAITING).after(Adopted(TASK), at=LATER).task == TASK


def test_what_is_on_its_way_cannot_be_cancelled_but_what_was_never_sent_can() -> None:
    unsent = a_run(Stage.SUBMITTING, task=TASK)
    assert unsent.after(Cancelled(ANN), at=LATER).stage is Stage.CANCELLED
    sent = unsent.after(Attempted(), at=LATER)
    with pytest.raises(IllegalMove, match="being handed over"):
        sent.after(Cancelled(ANN), at=LATER)


def test_a_task_that_runware_accepted_is_known_to_be_taken() -> None:
    run = a_run(Stage.SUBMITTING, task=TASK).after(Submitted(), at=LATER)
    assert run.task == replace(TASK, is_taken=True)

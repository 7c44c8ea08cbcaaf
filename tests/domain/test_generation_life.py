"""A generation's life: the table, every pair of it, and what each fact leaves behind."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ballot import BallotEvent, Expired, Vote, Voted, ballot_after
from bot.domain.collecting import Collected, Lost, Renewed, Shown, Upload
from bot.domain.errors import IllegalMove
from bot.domain.facts import Approved, Changed, Rejected
from bot.domain.generation import (
    EXPIRED,
    TAKEN_BACK,
    TRANSITIONS,
    Event,
    Generation,
    GenerationRequest,
    Stage,
)
from bot.domain.ids import Air, ChannelId, FileId, GenerationId, TaskId, UserId, WorkspaceId
from bot.domain.results import Rendered, Result
from bot.domain.stages import called
from bot.domain.task import (
    Adopted,
    Attempted,
    Cancelled,
    Delayed,
    Denied,
    Doubted,
    Failed,
    Failure,
    Prepared,
    Searched,
    Submitted,
    Task,
)
from tests.domain.ballot_samples import BALLOT_FACTS, BEN, ask
from tests.fakes import NOON, rendered

TASK = Task(TaskId("7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43"), "[]")
SAD = Failure("invalidPrompt", "Runware refuses this prompt.")
EVENTS: dict[type[Event], Event] = {
    **{type(fact): fact for fact in BALLOT_FACTS},
    Approved: Approved(BEN.id, NOON),
    Changed: Changed("It is dearer."),
    Rejected: Rejected(BEN.id, "too few foxes"),
    Expired: Expired(),
    Prepared: Prepared(TASK),
    Attempted: Attempted(),
    Submitted: Submitted(),
    Delayed: Delayed("Runware does not answer."),
    Denied: Denied("Runware refuses the key."),
    Doubted: Doubted("nobody can say", ("Runware's task list says nothing of it.",)),
    Searched: Searched(("Runware's archive has no such task.",)),
    Adopted: Adopted(TASK),
    Cancelled: Cancelled("UCAT"),
    Rendered: rendered(2),
    Renewed: Renewed("picture-0", "https://im.runware.ai/again.jpg"),
    Collected: Collected(Upload("picture-0", FileId("F1"))),
    Lost: Lost("picture-1", "It cannot be fetched."),
    Shown: Shown(),
    Failed: Failed(SAD),
}
FINAL = {Stage.DONE, Stage.FAILED}
LATER = NOON + timedelta(minutes=1)
PAIRS = [(stage, kind) for stage in Stage for kind in EVENTS]


def pictures(stage: Stage = Stage.REQUESTED, **fields: object) -> Generation:
    request = GenerationRequest(WorkspaceId("T1"), ChannelId("C1"), UserId("UCAT"), "a red fox")
    generation = Generation(
        GenerationId("GEN0000001"), request, Air("acme:stellar@1"), "Stellar@1", NOON, stage_since=NOON
    )
    return replace(generation, stage=stage, **fields)  # type: ignore[arg-type]  # by name


def test_the_table_knows_every_stage_and_the_samples_every_event() -> None:
    assert set(TRANSITIONS) == set(Stage)
    assert set(EVENTS) == set(get_args(Event))
    assert {event for moves in TRANSITIONS.values() for event in moves} == set(EVENTS)


def test_a_final_stage_has_no_way_out() -> None:
    assert {stage for stage, moves in TRANSITIONS.items() if moves == {}} == FINAL


@pytest.mark.parametrize(("stage", "kind"), PAIRS, ids=lambda part: getattr(part, "__name__", part))
def test_a_fact_moves_a_generation_as_the_table_says_or_not_at_all(stage: Stage, kind: type[Event]) -> None:
    generation = pictures(stage)
    before = replace(generation)
    if kind in TRANSITIONS[stage]:
        moved = generation.after(EVENTS[kind], at=LATER)
        assert moved.stage is TRANSITIONS[stage][kind]
        assert moved.stage_since == (NOON if moved.stage is stage else LATER)
    else:
        with pytest.raises(IllegalMove) as refusal:
            generation.after(EVENTS[kind], at=LATER)
        assert (
            str(refusal.value) == f"A generation that is {called(stage)} cannot be {kind.__name__.lower()}."
        )
    assert generation == before


@pytest.mark.parametrize("stage", Stage)
def test_a_generation_is_over_where_nothing_can_follow(stage: Stage) -> None:
    assert pictures(stage).is_over is (stage in FINAL)


def test_the_request_is_written_down_before_it_is_sent_and_each_attempt_is_counted() -> None:
    generation = pictures().after(Prepared(TASK), at=NOON).after(Attempted(), at=LATER)
    assert generation.task == replace(TASK, attempts=1, first_attempt_at=LATER, last_attempt_at=LATER)


def test_what_is_missing_is_what_is_not_in_slack_yet() -> None:
    drawn = pictures(Stage.RENDERING, trouble="No answer.").after(rendered(2), at=LATER)
    assert [result.uuid for result in drawn.missing] == ["picture-0", "picture-1"]
    half = drawn.after(EVENTS[Collected], at=LATER)
    assert [result.uuid for result in half.missing] == ["picture-1"]
    whole = half.after(Collected(Upload("picture-1", FileId("F2"), FileId("F3"))), at=LATER)
    assert whole.missing == ()
    assert [upload.shown for upload in whole.uploads] == ["F1", "F2"]


def test_a_renewed_link_is_that_picture_s_alone_and_ends_what_kept_it_from_coming() -> None:
    drawn = pictures(Stage.RENDERING).after(rendered(2), at=NOON).after(Delayed("No answer."), at=NOON)
    renewed = drawn.after(EVENTS[Renewed], at=LATER)
    first, second = renewed.results
    assert (first.url, first.is_renewed, first.cost) == ("https://im.runware.ai/again.jpg", True, 0.02)
    assert (second, renewed.trouble) == (drawn.results[1], "")


@pytest.mark.parametrize("news", [rendered(1), Collected(Upload("picture-0", FileId("F1")))])
def test_trouble_is_over_once_there_is_news(news: Event) -> None:
    stage = Stage.RENDERING if isinstance(news, Rendered) else Stage.COLLECTING
    troubled = pictures(stage).after(Delayed("Runware does not answer."), at=LATER)
    assert troubled.trouble == "Runware does not answer."
    assert troubled.after(news, at=LATER).trouble == ""


def test_a_failed_generation_keeps_the_code_and_the_sentence() -> None:
    generation = pictures(Stage.RENDERING, trouble="No answer.").after(Failed(SAD), at=LATER)
    assert (generation.failure, generation.trouble) == (SAD, "")


@pytest.mark.parametrize(
    ("costs", "whole"), [((0.02, 0.03), 0.05), ((0.0, 0.0), 0.0), ((0.02, None), None), ((), None)]
)
def test_the_cost_is_known_only_where_every_picture_has_one(
    costs: tuple[float | None, ...], whole: float | None
) -> None:
    results = tuple(
        Result(f"picture-{n}", "https://im.runware.ai/x.jpg", cost) for n, cost in enumerate(costs)
    )
    assert pictures(results=results).cost == (None if whole is None else pytest.approx(whole))


moments = st.timedeltas(timedelta(days=-2), timedelta(days=400)).map(lambda passed: NOON + passed)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(list(EVENTS.values())), moments), max_size=40))
def test_no_order_of_facts_leaves_the_table(story: list[tuple[Event, datetime]]) -> None:
    generation = pictures()
    for event, at in story:
        allowed = TRANSITIONS[generation.stage]
        try:
            moved = generation.after(event, at=at)
        except IllegalMove:
            is_on_its_way = isinstance(event, Cancelled | Changed) and generation.may_be_charged
            assert type(event) not in allowed or is_on_its_way
        else:
            assert moved.stage is allowed[type(event)]
            generation = moved


def test_pictures_that_were_given_up_may_still_be_charged_and_say_so() -> None:
    given_up = pictures(Stage.UNCONFIRMED, task=TASK).after(Cancelled("UCAT"), at=LATER)
    assert given_up.failure
    assert "may still" in given_up.failure.sentence


@pytest.mark.parametrize(
    ("fact", "by", "failure"),
    [
        (Rejected(BEN.id, "too few foxes"), BEN.id, Failure("rejected", "too few foxes")),
        (Expired(), None, Failure("expired", EXPIRED)),
        (Cancelled("UCAT"), "UCAT", Failure("cancelled", TAKEN_BACK)),
    ],
)
def test_pictures_that_are_not_to_be_say_who_decided_so_and_why(
    fact: Event, by: str | None, failure: Failure
) -> None:
    over = pictures(Stage.AWAITING, ballot=ask()).after(fact, at=LATER)
    assert (over.is_over, over.decided_by, over.failure) == (True, by, failure)


def test_approved_pictures_say_who_approved_them() -> None:
    approved = pictures(Stage.AWAITING, ballot=ask()).after(EVENTS[Approved], at=LATER)
    assert (approved.stage, approved.decided_by, approved.ballot) == (Stage.REQUESTED, BEN.id, ask())


@pytest.mark.parametrize("fact", BALLOT_FACTS, ids=lambda fact: type(fact).__name__)
def test_what_leaves_the_question_open_changes_the_ballot_of_pictures_alone(fact: BallotEvent) -> None:
    generation = pictures(Stage.AWAITING, ballot=ask())
    moved = generation.after(fact, at=LATER)
    assert moved == replace(generation, ballot=moved.ballot)
    assert moved.ballot == ballot_after(ask(), fact)


def test_trouble_is_remembered_from_when_it_began() -> None:
    troubled = pictures(Stage.RENDERING, task=TASK).after(Delayed("Slow."), at=LATER)
    longer = troubled.after(Delayed("Slower."), at=LATER + timedelta(minutes=5))
    assert (troubled.troubled_since, longer.troubled_since) == (LATER, LATER)


def test_pictures_can_be_cancelled_until_the_first_byte_may_have_left() -> None:
    held = pictures().after(Prepared(TASK), at=NOON)
    assert (cancelled := held.after(Cancelled("UCAT"), at=NOON)).stage is Stage.FAILED
    assert cancelled.failure is not None
    assert "nothing was charged" in cancelled.failure.sentence
    with pytest.raises(IllegalMove, match="handed over"):
        held.after(Attempted(), at=NOON).after(Cancelled("UCAT"), at=NOON)


def test_pictures_that_were_never_sent_can_be_asked_about_anew_and_what_was_sent_cannot() -> None:
    voted = ballot_after(ask(), Voted(Vote(BEN.id, 0, NOON, BEN.id)))
    held = pictures(ballot=voted, decided_by=BEN.id).after(Prepared(TASK), at=NOON)
    asked = held.after(EVENTS[Changed], at=LATER)
    assert (asked.stage, asked.task, asked.decided_by) == (Stage.AWAITING, None, None)
    assert asked.ballot
    assert (asked.ballot.votes, asked.ballot.opened_at) == ((), LATER)
    assert pictures(Stage.SUBMITTING, task=TASK).after(EVENTS[Changed], at=LATER).ballot is None
    with pytest.raises(IllegalMove, match="have been handed over"):
        held.after(Attempted(), at=NOON).after(EVENTS[Changed], at=LATER)

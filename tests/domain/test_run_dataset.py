"""What a run remembers of its dataset: who stood for it, what was left out, what changed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ballot import Vote
from bot.domain.errors import IllegalMove
from bot.domain.facts import (
    Approved,
    Changed,
    Curated,
    Inspected,
    Recognised,
    Reused,
    Signed,
    TrainedBefore,
    Unchanged,
    Undone,
)
from bot.domain.ids import RunId
from bot.domain.run import Run, Stage, recognised
from bot.domain.task import Attempted, Delayed, Prepared
from tests.domain.ballot_samples import ask
from tests.domain.run_samples import ANN, BEN, EVENTS, LATER, TASK, a_run
from tests.fakes import DATASET, NOON


def test_a_requester_who_has_the_rights_is_remembered_through_approval_and_undoing() -> None:
    request = replace(a_run().request, has_rights=True, strip=True)
    run = replace(Run.requested(RunId("RUN0000001"), request, at=NOON), stage=Stage.AWAITING)
    undone = run.after(EVENTS[Approved], at=LATER).after(Undone(BEN), at=LATER)
    assert (undone.rights, undone.strip) == (Signed(ANN, NOON), True)


def test_a_choice_is_pending_until_the_dataset_is_made_anew() -> None:
    chosen = a_run(Stage.AWAITING, dataset=DATASET).after(Curated(BEN, ("fox-1.png",), strip=True), at=LATER)
    assert (chosen.stage, chosen.left_out, chosen.strip) == (Stage.REQUESTED, (), False)
    made = chosen.after(EVENTS[Inspected], at=LATER)
    assert (made.left_out, made.strip, made.pending) == (("fox-1.png",), True, None)
    assert made.left_out_by == BEN


def test_who_only_strips_metadata_is_not_who_left_the_pictures_out() -> None:
    out = ("fox-1.png", "fox-2.png")
    run = a_run(Stage.AWAITING, dataset=DATASET, left_out=out, left_out_by=ANN)
    stripped = run.after(Curated(BEN, out[::-1], strip=True), at=LATER).after(EVENTS[Inspected], at=LATER)
    assert (set(stripped.left_out), stripped.strip, stripped.left_out_by) == (set(out), True, ANN)
    chosen = stripped.after(Curated(BEN, out[:1], strip=True), at=LATER).after(EVENTS[Inspected], at=LATER)
    assert (chosen.left_out, chosen.left_out_by) == (out[:1], BEN)


def test_a_choice_that_cannot_be_made_leaves_the_dataset_as_it_was() -> None:
    chosen = a_run(Stage.AWAITING, dataset=DATASET).after(Curated(BEN, ("fox-1.png",)), at=LATER)
    run = chosen.after(EVENTS[Unchanged], at=LATER)
    assert (run.stage, run.dataset, run.left_out, run.pending) == (Stage.AWAITING, DATASET, (), None)
    assert run.notice == "A picture is damaged."


def test_a_change_after_the_approval_voids_it_and_is_told_until_the_next_one() -> None:
    approved = a_run(Stage.AWAITING).after(EVENTS[Approved], at=NOON)
    changed = approved.after(EVENTS[Changed], at=LATER)
    assert changed.is_stale
    run = changed.after(EVENTS[Inspected], at=LATER)
    assert (run.stage, run.decided_by, run.starts_at, run.approval) == (Stage.AWAITING, None, None, None)
    assert (run.notice, run.is_stale) == ("It is another.", False)
    assert run.after(EVENTS[Approved], at=LATER).notice == ""


def test_what_was_said_of_the_rights_does_not_outlive_the_pictures() -> None:
    run = a_run(Stage.APPROVED, rights=Signed(ANN, NOON), request=replace(a_run().request, has_rights=True))
    assert run.after(EVENTS[Changed], at=LATER).rights is None


def test_what_was_never_sent_can_still_change_and_what_was_sent_cannot() -> None:
    prepared = a_run(Stage.APPROVED).after(Prepared(TASK), at=NOON)
    assert prepared.after(EVENTS[Changed], at=LATER).task is None
    with pytest.raises(IllegalMove, match="has been handed over"):
        prepared.after(Attempted(), at=NOON).after(EVENTS[Changed], at=LATER)


def test_trouble_is_as_old_as_its_first_sign() -> None:
    first = a_run().after(Delayed("It is down."), at=NOON)
    again = first.after(Delayed("It is still down."), at=LATER)
    assert again.troubled_since == NOON
    assert again.after(EVENTS[Inspected], at=LATER).troubled_since is None


def test_a_run_learns_that_its_pictures_were_trained_on_meanwhile() -> None:
    run = a_run(Stage.AWAITING).after(EVENTS[Recognised], at=LATER)
    assert (run.stage, run.before) == (Stage.AWAITING, TrainedBefore("Stellar@1", RunId("RUN0000000")))


def test_what_cannot_be_left_out_any_more_is_told_in_plain_words() -> None:
    with pytest.raises(IllegalMove, match="it cannot be made anew without some pictures now"):
        a_run(Stage.TRAINING).after(EVENTS[Curated], at=LATER)


def test_a_reused_version_ends_the_run_with_the_reason() -> None:
    before = TrainedBefore("Stellar@1", RunId("RUN0000000"))
    run = a_run(Stage.AWAITING, before=before).after(Reused(BEN), at=LATER)
    assert (run.stage, run.decided_by) == (Stage.CANCELLED, BEN)
    assert run.reason == "The same pictures had already trained Stellar@1."


def test_a_run_is_called_by_its_name_and_by_its_number_once_it_has_one() -> None:
    assert (a_run().label, a_run(number=2).label) == ("Stellar", "Stellar@2")


def test_every_link_of_a_request_is_told_in_order_and_none_where_there_is_none() -> None:
    request = a_run().request
    more = replace(request, more_links=("https://acme.com/b.zip",))
    assert more.links == ("https://acme.com/a.zip", "https://acme.com/b.zip")
    assert replace(more, link="", more_links=()).links == ()


def test_an_earlier_run_on_the_same_pictures_is_told_with_whether_it_is_ready() -> None:
    assert recognised(None) is None
    assert recognised(a_run(Stage.TRAINING, number=1)) == TrainedBefore(
        "Stellar@1", RunId("RUN0000001"), is_ready=False
    )


@pytest.fixture
def approved_days_ago() -> Run:
    """Return an approved run that could not be handed over, as its votes left it."""
    ballot = replace(ask(), votes=(Vote(BEN, 0, NOON, BEN),), turn=1, has_news=True)
    return a_run(Stage.APPROVED, ballot=ballot, trouble="The server does not answer.")


def test_a_dataset_that_changed_days_later_waits_for_a_whole_day_anew_and_without_old_trouble(
    approved_days_ago: Run,
) -> None:
    late = NOON + timedelta(days=3)
    run = approved_days_ago.after(Changed("It is another."), at=late)
    assert run.ballot
    assert run.ballot.expires_at == late + timedelta(hours=24)
    assert run.trouble == ""


@pytest.mark.parametrize("fact", [Undone(BEN), Changed("It is another.")])
def test_a_question_that_is_open_again_begins_with_its_first_step(
    approved_days_ago: Run, fact: Undone | Changed
) -> None:
    ballot = approved_days_ago.after(fact, at=NOON).ballot
    assert ballot
    assert (ballot.votes, ballot.turn, ballot.has_news) == ((), 0, False)

"""What keeps an item from moving on: since when, for each cause on its own."""

from datetime import timedelta

import pytest

from bot.domain.alarm import HOLDS
from bot.domain.collecting import Collected, Lost, Upload
from bot.domain.facts import Event, Inspected
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import FileId
from bot.domain.run import Run, Stage
from bot.domain.task import Adopted, Delayed, Denied, Doubted, Searched
from bot.domain.trouble import Beginning, Cause, begun, lasted
from tests.domain.run_samples import EVENTS, LATER, TASK, a_run
from tests.domain.test_generation_life import pictures
from tests.fakes import NOON, rendered

MINUTE = timedelta(minutes=1)


def test_another_cause_is_another_trouble_with_a_beginning_of_its_own() -> None:
    silent = a_run().after(Delayed("Runware did not answer.", Cause.RUNWARE), at=NOON)
    slow = silent.after(Delayed("The server is slow.", Cause.HOST), at=LATER)
    assert (slow.cause, slow.troubled_since) == (Cause.HOST, LATER)


def test_other_words_for_the_same_outage_are_no_new_one() -> None:
    first = a_run(Stage.TRAINING).after(Delayed("No answer.", Cause.RUNWARE), at=NOON)
    again = first.after(Delayed("It is down.", Cause.RUNWARE), at=LATER)
    assert (again.trouble, again.troubled_since) == ("It is down.", NOON)


@pytest.mark.parametrize(
    ("fact", "cause"),
    [
        (Denied("Runware refuses the key.", Cause.KEY), Cause.KEY),
        (Doubted("Nobody can say."), Cause.DOUBT),
        (Adopted(TASK), Cause.RESTORED),
    ],
)
def test_every_trouble_of_handing_over_has_its_cause(fact: Denied | Doubted | Adopted, cause: Cause) -> None:
    held = a_run(Stage.SUBMITTING, task=TASK).after(Delayed("No answer.", Cause.RUNWARE), at=NOON)
    troubled = held.after(fact, at=LATER)
    assert (troubled.cause, troubled.troubled_since) == (cause, LATER)


def test_looking_again_in_doubt_leaves_the_trouble_as_it_is() -> None:
    doubted = a_run(Stage.SUBMITTING, task=TASK).after(Doubted("Nobody can say."), at=NOON)
    searched = doubted.after(Searched(()), at=LATER)
    assert (searched.cause, searched.troubled_since) == (Cause.DOUBT, NOON)


@pytest.mark.parametrize("news", [Delayed(""), EVENTS[Inspected]])
def test_with_the_trouble_its_cause_is_over(news: Event) -> None:
    troubled = a_run().after(Delayed("The server is slow.", Cause.HOST), at=NOON).after(news, at=LATER)
    assert (troubled.trouble, troubled.cause, troubled.troubled_since) == ("", None, None)


def test_a_trouble_lasts_from_its_first_sign_and_another_one_not_at_all() -> None:
    troubled = a_run().after(Delayed("The server is slow.", Cause.HOST), at=NOON)
    assert lasted(troubled, Cause.HOST, at=NOON + MINUTE) == MINUTE
    assert lasted(troubled, Cause.SLACK, at=NOON + MINUTE) == timedelta()


def test_what_an_old_row_calls_trouble_has_no_cause_and_begins_anew() -> None:
    old: Run = a_run(trouble="It is down.", troubled_since=NOON)
    assert lasted(old, Cause.HOST, at=LATER) == timedelta()
    assert old.after(Delayed("It is down.", Cause.HOST), at=LATER).troubled_since == LATER


def test_a_picture_that_came_ends_what_kept_another_from_coming_though_one_is_lost() -> None:
    troubled = pictures(Drawing.RENDERING).after(rendered(3), at=NOON)
    troubled = troubled.after(Delayed("The host is away.", Cause.HOST), at=NOON)
    lost = troubled.after(Lost("picture-0", "The host is away."), at=LATER)
    assert lasted(lost, Cause.HOST, at=LATER) == MINUTE
    came = lost.after(Collected(Upload("picture-1", FileId("F1"))), at=LATER)
    assert (came.trouble, came.cause) == ("The host is away.", None)
    again = came.after(Delayed("The host is away.", Cause.HOST), at=LATER + MINUTE)
    assert again.troubled_since == LATER + MINUTE


def test_causes_that_show_together_do_not_make_each_other_begin_anew() -> None:
    one = a_run().after(Delayed("The host is away.", Cause.HOST), at=NOON)
    both = one.after(Delayed("Slack is away.", Cause.SLACK, (Cause.HOST,)), at=LATER)
    turned = both.after(Delayed("The host is away.", Cause.HOST, (Cause.SLACK,)), at=LATER + MINUTE)
    assert begun(both) == begun(turned) == {Cause.HOST: NOON, Cause.SLACK: LATER}
    assert (turned.troubled_since, turned.besides) == (NOON, (Beginning(Cause.SLACK, LATER),))
    assert lasted(turned, Cause.SLACK, at=LATER + MINUTE) == MINUTE


def test_a_cause_that_shows_no_more_is_over_though_another_goes_on() -> None:
    both = a_run().after(Delayed("Slack is away.", Cause.SLACK, (Cause.HOST,)), at=NOON)
    one = both.after(Delayed("Slack is away.", Cause.SLACK), at=LATER)
    assert (begun(one), one.besides) == ({Cause.SLACK: NOON}, ())
    again = one.after(Delayed("Slack is away.", Cause.SLACK, (Cause.HOST,)), at=LATER + MINUTE)
    assert begun(again) == {Cause.SLACK: NOON, Cause.HOST: LATER + MINUTE}


@pytest.mark.parametrize(
    "fact", [Denied("Runware refuses the key.", Cause.KEY), Doubted("Nobody can say."), Adopted(TASK)]
)
def test_what_ends_the_waiting_for_one_thing_ends_what_showed_besides(
    fact: Denied | Doubted | Adopted,
) -> None:
    silent = a_run(Stage.SUBMITTING, task=TASK)
    silent = silent.after(Delayed("No answer.", Cause.RUNWARE, (Cause.UNHEARD,)), at=NOON)
    assert silent.after(fact, at=LATER).besides == ()


def test_with_the_trouble_all_its_causes_are_over() -> None:
    troubled = a_run().after(Delayed("Slack is away.", Cause.SLACK, (Cause.HOST,)), at=NOON)
    assert begun(troubled.after(Delayed(""), at=LATER)) == {}


def test_whatever_alarm_holds_a_request_back_is_a_cause() -> None:
    assert {Cause(concern) for concern in HOLDS} == {Cause.KEY, Cause.BALANCE, Cause.RESTORED}

import pytest

from bot.domain.assessment import Assessment
from bot.domain.facts import Signed, TrainedBefore
from bot.domain.ids import FileId, RunId
from bot.domain.message import RunCard
from bot.domain.run import Run, Stage
from bot.services.reconciler.intake import CHANGED
from bot.slack.blocks import Block, Drawn
from bot.slack.views import render
from tests.slack.slack_limits import judge_message
from tests.slack.slack_states import BEN, HOSTILE, NOW, dataset, full, judged, run
from tests.slack.test_run_card import buttons, card, shown


def waiting(**changes: object) -> Drawn:
    return card(full(**changes))  # type: ignore[arg-type]  # by name


def action(drawn: Drawn, name: str) -> Block:
    return buttons(drawn)[name]


@pytest.mark.parametrize("stage", [Stage.REQUESTED, Stage.AWAITING, Stage.APPROVED, Stage.CANCELLED])
@pytest.mark.parametrize("text", ["Stellar", HOSTILE, "&" * 5000, "\U0001f98a" * 255])
def test_slack_takes_a_card_with_all_that_can_be_known(stage: Stage, text: str) -> None:
    drawn = card(full(stage, text=text, words=text))
    judge_message(drawn.text, drawn.blocks)


def test_the_first_line_says_how_good_the_dataset_is() -> None:
    assert (
        "24 pictures, 61 MB · score 82 of 100 · 1 outlier, 2 twins · to become `acme:stellar@1`"
        in waiting().text
    )


def test_a_dataset_without_a_flaw_is_said_to_have_none() -> None:
    clean = dataset()
    clean = type(clean)(clean.sha256, clean.size, clean.pictures, assessment=Assessment(97))
    assert "score 97 of 100 · no outlier, no twin" in waiting(dataset=clean).text


def test_the_card_tells_advice_warnings_and_the_difference_to_the_last_dataset() -> None:
    said = shown(waiting())
    for fact in (
        "*What would help most*",
        "• Leave out 7.",
        "*Worth knowing before you decide*",
        "• No outline.",
    ):
        assert fact in said
    assert "Against Stellar@1: 3 new, 1 gone." in said


def test_pictures_that_trained_a_version_before_are_offered_that_version_first() -> None:
    drawn = waiting()
    assert "These very pictures already trained *Stellar@1*" in shown(drawn)
    reuse = action(drawn, "run.reuse")
    assert reuse["text"]["text"] == "Use Stellar@1 instead"
    assert reuse["style"] == "primary"
    assert "nothing is charged" in reuse["confirm"]["text"]["text"]
    assert "style" not in action(drawn, "run.approve")
    assert "run.reuse" not in buttons(waiting(before=None))


def test_pictures_of_a_run_that_is_not_over_may_be_in_training_which_nobody_says_for_certain() -> None:
    drawn = waiting(before=TrainedBefore("Stellar@1", RunId("3F8HZ2K9QW"), is_ready=False))
    assert "are approved, in training or paid for already, as *Stellar@1*" in shown(drawn)
    assert "pays for another" in shown(drawn)
    assert "run.reuse" not in buttons(drawn)


def test_who_confirmed_the_rights_is_named_and_the_approver_is_told() -> None:
    drawn = waiting()
    assert "<@U0ANN00001> confirmed the rights <!date^" in shown(drawn)
    assert "was confirmed by the one named" in action(drawn, "run.approve")["confirm"]["text"]["text"]


def test_without_that_whoever_approves_confirms_the_rights() -> None:
    drawn = waiting(rights=None)
    told = "Whoever approves confirms that the team may train on these pictures."
    assert told in shown(drawn)
    assert told in action(drawn, "run.approve")["confirm"]["text"]["text"]


def test_an_approver_who_confirmed_before_an_undo_is_named() -> None:
    assert "<@U0BEN00001> confirmed the rights" in shown(waiting(rights=Signed(BEN, NOW)))


def test_what_was_left_out_and_stripped_is_told() -> None:
    said = shown(waiting())
    assert "Left out: 2 pictures (moss-Stellar, fern-Stellar)." in said
    assert "Camera, place and author data is stripped" in said
    assert "Left out by <@U0BEN00001>: 2 pictures (" in shown(waiting(left_out_by=BEN))
    many = shown(waiting(left_out=tuple(f"{n}.png" for n in range(12)), strip=False))
    assert "9.png and 2 more)." in many
    assert "stripped" not in many


def test_flagged_pictures_can_be_left_out_where_the_archive_is_kept() -> None:
    assert action(waiting(), "run.leave_out")["text"]["text"] == "Leave out 3 flagged…"
    unflagged = type(judged())(*(vars(judged()) | {"assessment": None}).values())
    assert action(waiting(dataset=unflagged), "run.leave_out")["text"]["text"] == "Leave out pictures…"


def test_where_it_is_not_kept_the_card_says_what_to_do_instead() -> None:
    drawn = card(run(Stage.AWAITING))
    assert "run.leave_out" not in buttons(drawn)
    assert "take it out of the ZIP and ask again" in shown(drawn)
    assert "leave them out of the ZIP" not in shown(waiting())


def test_the_small_print_says_where_the_pictures_come_from_and_which_they_are() -> None:
    state = full()
    request = type(state.request)(
        *(vars(state.request) | {"more_links": ("https://b.example/x?sig=secret",)}).values()
    )
    said = shown(waiting(request=request))
    assert "Pictures from assets.acme.example and b.example" in said
    assert "dataset `1a2b3c4d`" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("files", "thread", "told"),
    [
        (("F1",), "", "Pictures from 1 file in Slack"),
        (("F1", "F2", "F3"), "17.1", "Pictures from 3 files in Slack and a thread in Slack"),
        ((), "17.1", "Pictures from a thread in Slack"),
    ],
)
def test_pictures_that_were_posted_in_slack_are_said_to_be(
    files: tuple[str, ...], thread: str, told: str
) -> None:
    ids = tuple(FileId(file) for file in files)
    state = full()
    changed = {"link": "", "files": ids, "thread": thread}
    request = type(state.request)(*(vars(state.request) | changed).values())
    assert told in shown(waiting(request=request))


def test_a_dataset_that_changed_after_its_approval_says_so_until_it_is_decided_on() -> None:
    assert CHANGED in waiting(notice=CHANGED).text
    looking = card(full(Stage.REQUESTED, notice=CHANGED)).text
    assert CHANGED in looking
    assert "Looking at the dataset again" in looking


def test_a_curated_dataset_says_why_it_is_looked_at_again() -> None:
    told = card(full(Stage.REQUESTED, notice="")).text
    assert (
        "Putting the dataset together anew without 2 pictures, camera, place and author data stripped" in told
    )
    plain = card(full(Stage.REQUESTED, notice="", left_out=(), strip=False)).text
    assert "Putting the dataset together anew and looking at it again" in plain


def test_a_run_that_was_given_up_for_an_earlier_version_says_so() -> None:
    reason = "The same pictures had already trained Stellar@1."
    assert f"By <@U0BEN00001>. {reason} Nothing was charged." in ended(reason).text


def ended(reason: str) -> Drawn:
    state: Run = run(Stage.CANCELLED, reason=reason)
    return render(RunCard(RunId("7K2M9QX4TB")), state, now=NOW)

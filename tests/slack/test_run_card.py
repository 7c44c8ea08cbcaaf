import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ids import RunId, TaskId
from bot.domain.message import RunCard
from bot.domain.run import Run, Stage
from bot.domain.task import Task
from bot.slack.blocks import Drawn
from bot.slack.views import render
from tests.slack.slack_limits import judge_message
from tests.slack.slack_states import BEN, CHANNEL, HOSTILE, LINK, NOW, TASK, dataset, run


def card(state: Run) -> Drawn:
    return render(RunCard(RunId("7K2M9QX4TB")), state, now=NOW)


def shown(drawn: Drawn) -> str:
    """Return all that a person reads on the card."""
    return " ".join(text for block in drawn.blocks for text in _texts(block))


def _texts(found: object) -> list[str]:
    if isinstance(found, dict):
        own = [found["text"]] if isinstance(found.get("text"), str) else []
        return own + [text for part in found.values() for text in _texts(part)]
    return [text for part in found for text in _texts(part)] if isinstance(found, list) else []


def buttons(drawn: Drawn) -> dict[str, dict[str, Any]]:
    rows = [block["elements"] for block in drawn.blocks if block["type"] == "actions"]
    return {button["action_id"]: button for row in rows for button in row}


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("text", ["Stellar", HOSTILE, "<" * 255, "\U0001f98a" * 255, "ab"])
@pytest.mark.parametrize("words", ["A sentence.", HOSTILE, "&" * 5000, ""])
def test_slack_takes_every_card_whatever_people_typed(stage: Stage, text: str, words: str) -> None:
    drawn = card(run(stage, text=text, words=words, trouble=words))
    judge_message(drawn.text, drawn.blocks)
    assert all(button["value"] == "7K2M9QX4TB" for button in buttons(drawn).values())


@pytest.mark.parametrize(
    ("stage", "actions"),
    [
        (Stage.REQUESTED, {"run.cancel"}),
        (Stage.AWAITING, {"run.approve", "run.reject", "run.details", "run.cancel"}),
        (Stage.APPROVED, {"run.undo"}),
        (Stage.SUBMITTING, set()),
        (Stage.UNCONFIRMED, {"run.check", "run.cancel"}),
        (Stage.TRAINING, {"run.cancel"}),
        (Stage.READY, {"run.default", "run.generate"}),
        (Stage.REFUSED, set()),
        (Stage.REJECTED, set()),
        (Stage.CANCELLED, set()),
        (Stage.FAILED, {"run.retry"}),
        (Stage.EXPIRED, {"run.retry"}),
    ],
)
def test_a_card_offers_what_may_follow_and_nothing_else(stage: Stage, actions: set[str]) -> None:
    assert set(buttons(card(run(stage)))) == actions


@pytest.mark.parametrize("stage", Stage)
def test_no_card_shows_more_of_the_link_than_its_host(stage: Stage) -> None:
    drawn = card(run(stage))
    assert "assets.acme.example" in shown(drawn)
    assert not any(secret in str(drawn) for secret in ("Signature", "0123456789abcdef", "stellar.zip", ":pw"))


@pytest.mark.parametrize("link", ["", "https://[::1", "not a link", "https:///x?secret"])
def test_a_link_without_a_host_is_not_shown_at_all(link: str) -> None:
    state = run(Stage.AWAITING)
    drawn = card(run(Stage.AWAITING, request=type(state.request)("T", CHANNEL, BEN, link, "Stellar")))  # type: ignore[arg-type]  # plain strings stand for ids here
    assert "an unreadable link" in shown(drawn)
    assert "secret" not in str(drawn)


def test_the_approver_sees_what_is_asked_and_that_it_is_paid() -> None:
    drawn = card(run(Stage.AWAITING, words="2 pictures have transparency."))
    said = shown(drawn)
    for fact in ("Stellar", "24 pictures, 61 MB", "`acme:stellar@1`", "private", "<@U0ANN00001>", "Note:"):
        assert fact in said
    assert "• 2 pictures have transparency." in said
    assert "• Two are exact copies." in said
    assert "Someone other than <@U0ANN00001> has to decide" in drawn.text
    approve = buttons(drawn)["run.approve"]
    assert approve["text"]["text"] == "Approve Stellar"
    assert approve["style"] == "primary"
    assert "24 pictures" in approve["confirm"]["text"]["text"]
    assert "charges" in approve["confirm"]["text"]["text"]


def test_a_public_model_is_called_public() -> None:
    state = run(Stage.AWAITING)
    request = type(state.request)(state.request.workspace, CHANNEL, BEN, LINK, "Stellar", private=False)
    assert "public at Runware" in shown(card(run(Stage.AWAITING, request=request)))


def test_the_undo_window_is_told_in_each_readers_time() -> None:
    drawn = card(run(Stage.APPROVED))
    starts = int((NOW + timedelta(seconds=30)).timestamp())
    assert f"<!date^{starts}^{{date_short_pretty}} {{time}}|2026-11-21 12:00 UTC>" in drawn.text
    assert "Stellar · approved: By <@U0BEN00001>, training starts" in drawn.text


@pytest.mark.parametrize(
    ("percent", "since", "told"),
    [
        (47, timedelta(minutes=58), "▓▓▓▓▓░░░░░ 47 % · about 1 h 05 min left"),
        (99, timedelta(minutes=99), "▓▓▓▓▓▓▓▓▓░ 99 % · about 1 min left"),
        (100, timedelta(hours=2), "▓▓▓▓▓▓▓▓▓▓ 100 % · nearly done"),
        (0, timedelta(), "░░░░░░░░░░ 0 % · about 2 h 00 min left"),
        (None, timedelta(minutes=90), "Runware is working on it · about 30 min left"),
        (None, timedelta(hours=3), "Runware is working on it · longer than the usual two hours"),
    ],
)
def test_progress_is_told_in_numbers_and_time_left(percent: int | None, since: timedelta, told: str) -> None:
    drawn = card(run(Stage.TRAINING, percent=percent, stage_since=NOW - since))
    assert told in drawn.text
    assert told in shown(drawn)


def test_a_training_of_unknown_age_is_told_without_a_time() -> None:
    drawn = card(run(Stage.TRAINING, percent=47, stage_since=None))
    assert drawn.text == "Stellar · training: ▓▓▓▓▓░░░░░ 47 %"


def test_to_stop_following_says_that_the_training_is_still_paid() -> None:
    asked = buttons(card(run(Stage.TRAINING)))["run.cancel"]["confirm"]["text"]["text"]
    assert "cannot be cancelled at Runware" in asked
    assert "still paid" in asked


def test_an_outage_is_told_while_it_lasts() -> None:
    assert "Runware does not answer." in card(run(Stage.TRAINING, trouble="Runware does not answer.")).text
    assert "The link is slow." in shown(card(run(Stage.REQUESTED, trouble="The link is slow.")))


def test_a_doubtful_training_is_not_sent_again_without_a_person() -> None:
    assert "Nothing is sent again without a person" in card(run(Stage.UNCONFIRMED)).text


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        (None, "cost not stated"),
        (0.0, "cost not stated"),
        (-1.0, "cost not stated"),
        (12.0, "cost $12.00"),
        (0.0026, "cost $0.0026"),
        (0.00001, "cost below $0.0001"),
    ],
)
def test_a_cost_is_told_as_it_was_stated_and_never_called_free(cost: float | None, told: str) -> None:
    drawn = card(run(Stage.READY, cost=cost))
    assert told in drawn.text
    assert "free" not in str(drawn).lower()


def test_a_refused_dataset_is_told_problem_by_problem_with_what_to_do() -> None:
    said = card(run(Stage.REFUSED, words="There are 7 pictures.")).text
    assert said.startswith("Stellar · refused")
    for part in (
        "• There are 7 pictures.",
        "• Add at least 3 more.",
        "`/train …`",
        "Nothing was charged.",
    ):
        assert part in said


def test_a_rejection_says_who_and_why() -> None:
    told = card(run(Stage.REJECTED, words="Too few.")).text
    assert re.fullmatch(
        r"Stellar · rejected: By <@U0BEN00001> <!d.+>: Too few.\nNothing was charged\. .+", told
    )
    assert told.endswith("Put that right and ask again: `/train …`.")


def test_a_cancelled_run_says_whether_it_may_still_be_charged() -> None:
    handed_over = run(Stage.TRAINING).task
    assert "may still finish and charge it" in card(run(Stage.CANCELLED, task=handed_over)).text
    assert "Nothing was charged" in card(run(Stage.CANCELLED)).text


def test_a_failure_says_why_and_what_next() -> None:
    assert "It broke." in card(run(Stage.FAILED, words="It broke.")).text
    assert "Runware did not say why." in card(run(Stage.FAILED, failure=None)).text


def test_the_way_of_a_run_is_told_in_words() -> None:
    assert "✓ dataset  ·  ✓ approval  ·  ▸ *training: now*  ·  ready" in shown(card(run(Stage.TRAINING)))
    assert "✓ approval  ·  ▸ *training: next*" in shown(card(run(Stage.APPROVED)))
    assert "▸ *training: in doubt*" in shown(card(run(Stage.UNCONFIRMED)))
    assert "✓ training  ·  ✓ ready" in shown(card(run(Stage.READY)))


def test_a_redrawn_card_has_new_block_ids() -> None:
    def ids(version: int) -> set[str]:
        return {block["block_id"] for block in card(run(Stage.TRAINING, version=version)).blocks}

    assert not ids(1) & ids(2)


def test_a_card_is_drawn_the_same_from_the_same_run() -> None:
    assert card(run(Stage.TRAINING)) == card(run(Stage.TRAINING))


def test_a_small_zip_is_not_told_as_nothing() -> None:
    tiny = dataset()
    state = run(Stage.AWAITING, dataset=type(tiny)("0" * 64, 4_210_000, tiny.pictures[:1]))
    assert "1 picture, 4.2 MB" in card(state).text
    state = run(Stage.AWAITING, dataset=type(tiny)("0" * 64, 12, tiny.pictures))
    assert "24 pictures, 1 kB" in card(state).text


def test_a_card_in_doubt_shows_what_was_sent_when_and_what_runware_said() -> None:
    task = Task(TaskId("7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43"), "[]", 3, NOW - timedelta(days=1), NOW)
    doubtful = run(
        Stage.UNCONFIRMED,
        task=task,
        trouble="For a day Runware was silent.",
        evidence=("Runware's task list says nothing of it.", "<!channel>"),
        searched_at=NOW,
    )
    said = shown(card(doubtful))
    assert "Sent 3 times, always the same bytes" in said
    assert task.id in said
    assert "Runware's task list says nothing of it. &lt;!channel&gt; Runware was asked <!date^" in said


def test_trouble_is_told_with_since_when() -> None:
    troubled = run(
        Stage.TRAINING, percent=40, trouble="Runware is not answering; your run is safe.", troubled_since=NOW
    )
    assert "your run is safe. Since <!date^" in shown(card(troubled))


def test_in_trouble_the_bar_is_told_without_a_time_left_that_grows_with_the_outage() -> None:
    state = run(Stage.TRAINING, percent=47, stage_since=NOW - timedelta(hours=9), trouble="No answer.")
    said = card(state).text
    assert "▓▓▓▓▓░░░░░ 47 %\nNo answer." in said
    assert "left" not in said
    assert "usual two hours" not in card(replace(state, percent=None)).text


def test_a_training_that_is_held_up_waits_and_can_be_cancelled() -> None:
    held = card(run(Stage.SUBMITTING, trouble="Runware refuses Housestyle's key."))
    assert "Waiting to be handed over to Runware." in held.text
    assert "Handing it over" not in shown(held)
    assert set(buttons(held)) == {"run.cancel"}


def test_a_training_that_may_have_been_sent_is_being_handed_over_and_cannot_be_cancelled() -> None:
    under_way = card(run(Stage.SUBMITTING, task=TASK.attempted(NOW), trouble="No answer."))
    assert "Handing it over to Runware…\nNo answer." in under_way.text
    assert buttons(under_way) == {}


def test_an_approved_training_that_is_held_up_says_so_and_promises_no_start() -> None:
    held = card(run(Stage.APPROVED, trouble="The database was restored.", troubled_since=NOW))
    assert "Waiting to be handed over to Runware." in held.text
    assert "The database was restored. Since <!date^" in held.text
    assert "training starts" not in held.text
    assert set(buttons(held)) == {"run.undo"}


def test_a_training_that_was_given_up_keeps_its_evidence_and_says_by_whom() -> None:
    drawn = card(
        run(
            Stage.CANCELLED,
            task=TASK.attempted(NOW),
            evidence=("Its task list says nothing of it.",),
            searched_at=NOW,
        )
    )
    said = shown(drawn)
    assert "<@U0BEN00001> gave it up. Runware may still finish and charge it." in drawn.text
    assert f"Sent once, <!date^{int(NOW.timestamp())}^" in said
    assert f"Task `{TASK.id}`" in said
    assert "Its task list says nothing of it. Runware was asked <!date^" in said


def test_a_training_that_was_taken_and_followed_no_more_says_that_it_was_taken() -> None:
    drawn = card(run(Stage.CANCELLED, task=run(Stage.TRAINING).task))
    assert "<@U0BEN00001> stopped following it." in drawn.text
    assert "Runware has said that it took it." in shown(drawn)


def test_a_training_cancelled_before_anything_was_sent_shows_no_evidence() -> None:
    assert TASK.id not in shown(card(run(Stage.CANCELLED, task=TASK)))


def test_a_training_sent_once_is_not_counted() -> None:
    said = shown(card(run(Stage.UNCONFIRMED)))
    assert "Sent once, <!date^" in said
    assert "Runware was not asked yet." in said
    assert "1 time" not in said

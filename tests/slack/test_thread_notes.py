import pytest

from bot.domain.generation import Stage as Drawing
from bot.domain.ids import GenerationId, RunId
from bot.domain.message import GenerationCard, Home, Originals, RunCard, RunEnded
from bot.domain.run import Run, Stage
from bot.slack.blocks import Drawn
from bot.slack.views import render
from tests.slack.slack_limits import judge_message
from tests.slack.slack_states import HOSTILE, NOW, generation, run, webp

RUN = RunId("7K2M9QX4TB")


def ended(state: Run) -> Drawn:
    return render(RunEnded(RUN), state, now=NOW)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("text", ["Stellar", HOSTILE, "&" * 5000])
def test_slack_takes_every_ending_and_the_requester_is_named_once(stage: Stage, text: str) -> None:
    drawn = ended(run(stage, text=text, words=text))
    judge_message(drawn.text, drawn.blocks)
    assert drawn.text.count("<@U0ANN00001>") == 1
    assert drawn.text.startswith("<@U0ANN00001> ")


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (Stage.READY, "*Stellar* is ready: `acme:stellar@1`, cost not stated. Press Generate"),
        (Stage.REFUSED, "*Stellar* cannot be trained: So it is. Add at least 3 more. Nothing was charged."),
        (Stage.REJECTED, "<@U0BEN00001> rejected *Stellar*: So it is. Nothing was charged."),
        (Stage.CANCELLED, "*Stellar* was cancelled by <@U0BEN00001>. Nothing was charged."),
        (Stage.FAILED, "*Stellar* failed: So it is. Press Ask again"),
    ],
)
def test_the_requester_is_told_how_it_ended_and_what_next(stage: Stage, told: str) -> None:
    assert told in ended(run(stage, words="So it is.")).text


def test_a_cancelled_training_may_still_be_charged() -> None:
    drawn = ended(run(Stage.CANCELLED, task=run(Stage.TRAINING).task))
    assert "Runware may still finish and charge it." in drawn.text


def test_a_run_given_up_for_an_earlier_version_says_which() -> None:
    told = ended(run(Stage.CANCELLED, reason="The same pictures had already trained Stellar@1.")).text
    assert "<@U0BEN00001>. The same pictures had already trained Stellar@1. Nothing was charged." in told


def test_a_failure_without_a_reason_says_so() -> None:
    assert "did not say why" in ended(run(Stage.FAILED, failure=None)).text


def test_originals_are_linked_by_name_in_the_text() -> None:
    state = webp(generation(Drawing.DONE))
    links = [("fox <1>.webp", "https://acme.slack.com/files/U0/F0/fox.webp?a=1&b=2")]
    drawn = render(Originals(GenerationId("3F8HZ2K9QW")), state, now=NOW, links=links)
    judge_message(drawn.text, drawn.blocks)
    assert "1 original as WEBP" in drawn.text
    assert "<https://acme.slack.com/files/U0/F0/fox.webp?a=1&amp;b=2|fox &lt;1&gt;.webp>" in drawn.text
    assert drawn.blocks == []


@pytest.mark.parametrize(
    ("message", "state"),
    [
        (RunCard(RUN), generation(Drawing.DONE)),
        (GenerationCard(GenerationId("3F8HZ2K9QW")), run(Stage.READY)),
        (Home(run(Stage.READY).request.workspace, run(Stage.READY).request.requester), run(Stage.READY)),
    ],
)
def test_a_message_about_something_else_is_a_bug(message: RunCard, state: Run) -> None:
    with pytest.raises(TypeError, match="cannot be drawn from"):
        render(message, state, now=NOW)

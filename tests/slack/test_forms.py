import pytest

from bot.domain.ids import Air, RunId, WorkspaceId
from bot.domain.run import Stage
from bot.domain.style import Version
from bot.slack.fields import about, read
from bot.slack.forms import generate_form, reject_form
from tests.slack.slack_filled import fields, submitted
from tests.slack.slack_limits import judge_view
from tests.slack.slack_states import CHANNEL, HOSTILE, run, version


@pytest.mark.parametrize("text", ["", "Stellar", HOSTILE, "x" * 5000])
def test_slack_takes_every_form_whatever_was_typed_before(text: str) -> None:
    styles = [version(n, name=text or "Stellar", slug=f"s{n}") for n in range(1, 150)]
    judge_view(reject_form(run(Stage.AWAITING, text=text or "Stellar")))
    judge_view(generate_form(channel=CHANNEL, prompt=text, style=text, size=text, styles=styles))
    judge_view(generate_form(channel=CHANNEL, prompt=text, style=text, size=text))


def test_the_reject_form_is_about_one_run() -> None:
    view = reject_form(run(Stage.AWAITING))
    assert view["callback_id"] == "form.reject"
    assert about(view) == {"run": "7K2M9QX4TB"}
    said = {"type": "plain_text_input", "value": "Too few pictures."}
    assert read(submitted(view, reason=said)) == {"reason": "Too few pictures."}


def test_the_generate_form_brings_back_what_it_was_given() -> None:
    view = generate_form(
        channel=CHANNEL,
        prompt="a red fox",
        style="stellar@1",
        size="1536x1088",
        count=7,
        quality="high",
        format="webp",
        private=True,
        styles=[version(2), version(1)],
    )
    assert view["callback_id"] == "form.generate"
    assert read(submitted(view)) == {
        "prompt": "a red fox",
        "style": "stellar@1",
        "size": "1536x1088",
        "count": "7",
        "quality": "high",
        "format": "webp",
        "private": "yes",
    }


@pytest.mark.parametrize(
    ("typed", "chosen"), [("Stellar", "stellar@2"), ("stellar@1", "stellar@1"), ("", ""), ("moss", "")]
)
def test_the_style_that_was_typed_is_chosen_in_its_newest_version(typed: str, chosen: str) -> None:
    view = generate_form(channel=CHANNEL, style=typed, styles=[version(2), version(1)])
    assert read(submitted(view))["style"] == chosen


def test_a_style_may_be_typed_where_there_is_none_to_choose() -> None:
    assert fields(generate_form(channel=CHANNEL, style="moss"))["style"]["initial_value"] == "moss"


def test_a_form_without_private_data_is_about_nothing() -> None:
    assert about({"state": {"values": {}}}) == {}


@pytest.mark.parametrize("style", ["Bold Fruit@2", "bold-fruit@2", "bold fruit@2"])
def test_a_style_is_found_by_its_name_with_spaces_and_capitals(style: str) -> None:
    versions = [
        Version(WorkspaceId("T1"), "bold-fruit", n, Air(f"acme:bold-fruit@{n}"), RunId("R1"), "Bold Fruit")
        for n in (2, 1)
    ]
    form = generate_form(channel=CHANNEL, style=style, styles=versions)
    assert fields(form)["style"]["initial_option"]["value"] == "bold-fruit@2"

from dataclasses import replace

import pytest

from bot.domain.assessment import Outlier
from bot.domain.errors import Conflict, Refused
from bot.domain.run import Run, Stage
from bot.slack.curation import choice_of, leave_out_form
from bot.slack.details import details_view
from bot.slack.fields import about, read
from tests.slack.slack_filled import Json, chosen, fields, submitted
from tests.slack.slack_limits import judge_view
from tests.slack.slack_states import HOSTILE, dataset, full, judged, run


def crowded(text: str = "fox.png") -> Run:
    """Return a run with 50 pictures, 25 of them flagged, and 40 left out before."""
    made = judged(text, count=50, words=text)
    assert made.assessment
    odd = tuple(Outlier(picture.name, text) for picture in made.pictures[:25])
    made = replace(made, assessment=replace(made.assessment, outliers=odd, twins=()))
    return full(text=text, dataset=made, left_out=tuple(f"{n}-{text}" for n in range(40)))


def options(view: Json, name: str) -> list[str]:
    return [option["text"]["text"] for option in fields(view)[name]["options"]]


@pytest.mark.parametrize("text", ["Stellar", HOSTILE, "&" * 255, "\U0001f98a" * 255, "🇬🇧" * 100])
def test_slack_takes_every_form_and_details_however_much_there_is(text: str) -> None:
    for state in (full(text=text, words=text), crowded(text), full(text=text, left_out=())):
        judge_view(leave_out_form(state))
        judge_view(details_view(state))
    judge_view(details_view(run(Stage.REQUESTED, text=text)))


def test_flagged_pictures_are_ticked_with_number_name_and_reason() -> None:
    view = leave_out_form(full())
    assert options(view, "flagged.0") == ["7 · 6-Stellar", "9 · 8-Stellar", "10 · 9-Stellar"]
    reasons = [option["description"]["text"] for option in fields(view)["flagged.0"]["options"]]
    assert reasons == ["No outline.", "nearly the same as 2-Stellar", "an exact copy of 2-Stellar"]
    assert fields(view)["flagged.0"]["initial_options"] == fields(view)["flagged.0"]["options"]
    assert "3 pictures of 24 flagged" in str(view["blocks"][0])


def test_many_flagged_pictures_are_ticked_in_groups_of_ten() -> None:
    view = leave_out_form(crowded())
    assert [len(options(view, f"flagged.{n}")) for n in range(3)] == [10, 10, 5]
    assert [len(options(view, f"earlier.{n}")) for n in range(4)] == [10] * 4
    assert len(options(view, "others")) == 25


def test_any_other_picture_can_be_chosen_by_its_number() -> None:
    shown = options(leave_out_form(full()), "others")
    assert shown[:3] == ["1 · 0-Stellar", "2 · 1-Stellar", "3 · 2-Stellar"]
    assert len(shown) == 21


def test_a_form_sent_as_it_is_leaves_out_the_flagged_and_those_of_before() -> None:
    view = leave_out_form(full())
    assert choice_of(full(), submitted(view)).left_out == (
        *("moss-Stellar", "fern-Stellar"),
        *("6-Stellar", "8-Stellar", "9-Stellar"),
    )
    assert read(submitted(view))["strip"] == "yes"
    assert about(view) == {"run": "7K2M9QX4TB", "dataset": full().dataset.sha256}  # type: ignore[union-attr]  # it has one


def test_what_was_left_out_can_be_taken_back_and_more_left_out() -> None:
    view = leave_out_form(full())
    values = {
        "flagged.0": chosen(view, "flagged.0", "8"),
        "others": chosen(view, "others", "0", "23"),
        "earlier.0": chosen(view, "earlier.0", "0"),
    }
    found = choice_of(full(), submitted(view, values)).left_out
    assert found == ("fern-Stellar", "0-Stellar", "8-Stellar", "23-Stellar")


def test_a_form_of_an_older_dataset_is_refused_with_what_to_do() -> None:
    view = submitted(leave_out_form(full()))
    newer = full(dataset=replace(judged(), sha256="e" * 64))
    with pytest.raises(Conflict, match="open it again from the card"):
        choice_of(newer, view)
    with pytest.raises(Conflict, match="open it again from the card"):
        choice_of(run(Stage.REQUESTED), view)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (full(Stage.TRAINING), "Stellar is training: pictures can be left out while it waits"),
        (run(Stage.REQUESTED), "Stellar is requested"),
        (full(dataset=dataset()), "leave them out of the ZIP and ask again"),
    ],
)
def test_no_form_opens_where_nothing_can_be_left_out(state: Run, told: str) -> None:
    with pytest.raises(Refused, match=told):
        leave_out_form(state)


def test_a_dataset_without_a_flag_still_has_pictures_to_choose() -> None:
    view = leave_out_form(full(dataset=replace(judged(), assessment=None), left_out=()))
    assert set(fields(view)) == {"others", "strip"}
    assert "No picture flagged" in str(view["blocks"][0])


def test_the_details_list_every_picture_with_its_marks() -> None:
    view = details_view(full())
    said = str(view)
    for fact in (
        "*1 0-Stellar* · PNG · 1024 x 1024 · 1 kB",
        "*7 6-Stellar* · PNG · 1024 x 1024 · 1 kB · No outline.",
        "*24 23-Stellar*",
        f"SHA-256 of the dataset: `1a2b3c4d{'0' * 56}`",
        f"SHA-256 of what it was made from: `{'f' * 64}`",
        "Pictures from assets.acme.example",
        "Compared: against Stellar@1: 3 new, 1 gone",
        "Left out: 2 pictures",
    ):
        assert fact in said
    assert "submit" not in view


def test_a_transparent_picture_is_called_so_in_the_details() -> None:
    made = judged()
    clear = replace(made, pictures=(replace(made.pictures[0], transparent=True), *made.pictures[1:]))
    assert "1 kB · transparent" in str(details_view(full(dataset=clear)))

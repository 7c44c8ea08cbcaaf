import re
from dataclasses import replace

import pytest

from bot.domain.assessment import Outlier, Twins
from bot.domain.dataset import Dataset
from bot.domain.ids import BlobId, FileId, RunId
from bot.domain.message import ContactSheet, Findings, Message, PairSheet, PaletteSheet
from bot.domain.run import Run, Stage
from bot.slack.blocks import Drawn
from bot.slack.views import render
from tests.slack.slack_limits import judge_message
from tests.slack.slack_states import HOSTILE, NOW, dataset, full, judged, run
from tests.slack.test_run_card import shown

RUN = RunId("7K2M9QX4TB")
BLOB = BlobId("b")
SHEETS: list[Message] = [ContactSheet(RUN, BLOB), PaletteSheet(RUN, BLOB), PairSheet(RUN, BLOB)]


def note(state: Run) -> Drawn:
    return render(Findings(RUN), state, now=NOW)


def alt(message: Message, state: Run) -> str:
    (block,) = render(message, state, now=NOW, file=FileId("F0SHEET0001")).blocks
    return str(block["alt_text"])


def crowded(words: str = "No outline.") -> Dataset:
    """Return a dataset of 50 of which nearly all is flagged."""
    made = judged(count=50, words=words)
    names = [picture.name for picture in made.pictures]
    assert made.assessment
    assessment = replace(
        made.assessment,
        outliers=tuple(Outlier(name, words) for name in names[:25]),
        twins=tuple(
            Twins((names[n], names[n + 1]), made.assessment.twins[0].likeness) for n in range(26, 49)
        ),
        habits=(words,) * 40,
        sizes=(words,) * 40,
    )
    return replace(made, assessment=assessment, warnings=(words,) * 40)


@pytest.mark.parametrize("text", ["Stellar", HOSTILE, "&" * 5000])
@pytest.mark.parametrize("message", [*SHEETS, Findings(RUN)])
@pytest.mark.parametrize("file", [None, FileId("F0SHEET0001")])
def test_slack_takes_every_note_whatever_pictures_are_called(
    text: str, message: Message, file: FileId | None
) -> None:
    for state in (full(text=text, words=text), full(dataset=crowded(text)), run(Stage.REQUESTED, text=text)):
        drawn = render(message, state, now=NOW, file=file)
        judge_message(drawn.text, drawn.blocks)


def test_the_findings_tell_every_kind_of_thing_with_the_reason() -> None:
    drawn = note(full())
    assert drawn.text.startswith("What Stellar would learn: 24 pictures, 61 MB · score 82 of 100 · 1 outlier")
    said = shown(drawn)
    for fact in (
        "*In another style than the rest* • 7 6-Stellar: No outline.",
        "• 3 2-Stellar, 9 8-Stellar: nearly the same",
        "• 3 2-Stellar, 10 9-Stellar: exact copies",
        "• Every picture is centred: No outline.",
        "• 2 pictures are small: No outline.",
        "*Also* • No outline.",
    ):
        assert fact in re.sub(r"\s+", " ", said)


def test_a_long_finding_says_how_much_is_left_out() -> None:
    said = shown(note(full(dataset=crowded())))
    assert "• 12 11-fox.png: No outline." in said
    assert "and 13 more" in said
    assert "and 11 more" in said


def test_a_dataset_that_nothing_judged_is_told_as_it_is() -> None:
    said = shown(note(run(Stage.AWAITING, words="One is clear.")))
    assert "24 pictures, 61 MB" in said
    assert "• One is clear." in said
    assert "score" not in said


def test_the_contact_sheet_says_which_are_marked_before_all_names() -> None:
    told = alt(SHEETS[0], full())
    assert told.startswith(
        "Contact sheet of Stellar: 24 pictures of the dataset. Marked as outlier: 7 6-Stellar "
    )
    assert (
        "Marked as twins: 3 2-Stellar and 9 8-Stellar (nearly the same); 3 2-Stellar and 10 9-Stellar" in told
    )
    assert "All pictures: 1 0-Stellar, 2 1-Stellar" in told


def test_an_unmarked_sheet_says_that_nothing_is_marked() -> None:
    assert "Nothing is marked." in alt(SHEETS[0], run(Stage.AWAITING, dataset=dataset(count=10)))


def test_the_palette_is_told_in_colours_and_shares() -> None:
    told = alt(SHEETS[1], full())
    assert told == "Palette of Stellar, colour and share of all pictures: #aabbcc 32 %, #102030 20 %."


def test_the_pairs_are_told_by_number_name_and_likeness() -> None:
    told = alt(SHEETS[2], full())
    assert "3 2-Stellar and 9 8-Stellar, nearly the same; 3 2-Stellar and 10 9-Stellar, exact copies" in told


@pytest.mark.parametrize("message", SHEETS)
def test_a_sheet_that_slack_did_not_take_is_told_in_words(message: Message) -> None:
    drawn = render(message, full(), now=NOW)
    assert "The sheet itself could not be shown." in shown(drawn)
    assert "Stellar" in shown(drawn)

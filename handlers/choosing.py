"""The words of `/style leave`: numbers of the contact sheet, or `flagged`, `nothing` and `strip`.

Pure: a run and text in, names of pictures out, or a sentence that says what is wrong.
"""

import re

from bot.domain.curation import Choice
from bot.domain.dataset import Dataset
from bot.domain.errors import NotUnderstood, Refused
from bot.domain.run import Run
from bot.slack.curation import curable

EXAMPLE = "`/style leave {run} 3 7 12`, or `/style leave {run} flagged`"
FLAGGED, NOTHING, STRIP = "flagged", "nothing", "strip"


def choice_of(run: Run, text: str) -> Choice:
    """Return what is chosen for `run`.

    What was left out before stays so, unless the text says `nothing`. Raises NotUnderstood, and Refused
    where it is not the time or nothing is flagged.
    """
    dataset = curable(run)
    words = text.lower().replace(",", " ").split()
    if not words:
        raise NotUnderstood(f"Say which pictures: {EXAMPLE.format(run=run.id)}.")
    still = () if NOTHING in words else run.left_out
    chosen = dict.fromkeys(name for word in words for name in _named(run, dataset, word))
    return Choice((*still, *chosen), dataset.sha256, strip=run.strip or STRIP in words)


def _named(run: Run, dataset: Dataset, word: str) -> tuple[str, ...]:
    """Return the pictures that one word means."""
    if word in (NOTHING, STRIP):
        return ()
    if word == FLAGGED:
        return _flagged(run, dataset)
    if not re.fullmatch(r"#?\d{1,4}", word, re.ASCII):
        raise NotUnderstood(f"“{word}” is no number of a picture. Write {EXAMPLE.format(run=run.id)}.")
    number = int(word.removeprefix("#"))
    if not 1 <= number <= len(dataset.pictures):
        raise NotUnderstood(
            f"There is no picture {number}: the contact sheet of {run.request.name} has 1 to "
            f"{len(dataset.pictures)}."
        )
    return (dataset.pictures[number - 1].first_name,)


def _flagged(run: Run, dataset: Dataset) -> tuple[str, ...]:
    flagged = dataset.assessment.flagged if dataset.assessment else {}
    if not flagged:
        raise Refused(f"No picture of {run.request.name} is flagged: name them by their numbers.")
    return tuple(picture.first_name for picture in dataset.pictures if picture.name in flagged)

"""What a run's thread tells of its dataset: the judgement in words, and three sheets with words for each.

Every picture is called by its number on the contact sheet and its name. What a sheet shows by marks and
colours is also said in its alternative text, the marks first, for Slack's 2,000 characters cut the end.
"""

from collections.abc import Iterable, Sequence

from bot.domain.assessment import Assessment
from bot.domain.dataset import Dataset
from bot.domain.ids import FileId
from bot.domain.run import Run
from bot.domain.visible import visible
from bot.slack.blocks import (
    FALLBACK_MOST,
    TEXT_MOST,
    Block,
    Drawn,
    clamp,
    esc,
    image,
    numbered,
    section,
)
from bot.slack.phrases import counted, judged

LONGEST_LINE, MOST_LINES = 240, 12
NOTHING = Assessment(score=0)


def findings(run: Run) -> Drawn:
    """Tell all that was found, a paragraph for each kind of thing."""
    dataset = run.dataset
    if dataset is None:
        text = f"{clamp(esc(run.request.name), 300)}: nothing is known of its dataset yet."
        return Drawn(text, [section(text)])
    found = dataset.assessment or NOTHING
    text = f"What {clamp(esc(run.request.name), 300)} would learn: {judged(dataset)}"
    paragraphs = (
        ("What would help most", [esc(advice) for advice in found.advice]),
        ("In another style than the rest", _outliers(dataset, found)),
        ("The same picture more than once", _twins(dataset, found)),
        (
            "In every picture, meant or not",
            [esc(habit) for habit in found.habits if habit not in found.advice],
        ),
        ("Sizes", [esc(size) for size in found.sizes]),
        ("Also", [esc(warning) for warning in dataset.warnings]),
    )
    told = [section(paragraph(title, lines)) for title, lines in paragraphs if lines]
    return Drawn(text, numbered([section(f"*{text}*"), *told], f"findings.{run.id}.{run.version}"))


def contact_sheet(run: Run, file: FileId | None) -> Drawn:
    """Show all pictures; the words say which are marked, and why."""
    dataset = run.dataset
    count = counted(len(dataset.pictures) if dataset else 0, "picture")
    title = f"{run.request.name}: {count} of the dataset"
    marks = _marks(dataset) if dataset else []
    names = ", ".join(called(dataset, picture.name) for picture in dataset.pictures) if dataset else ""
    alt = " ".join(
        [f"Contact sheet of {title}.", *(marks or ["Nothing is marked."]), f"All pictures: {names}."]
    )
    return _sheet(run, "sheet", file, title=title, alt=alt, instead=f"Contact sheet of {title}")


def palette_sheet(run: Run, file: FileId | None) -> Drawn:
    """Show the colours as swatches; the words give each with its share."""
    swatches = run.dataset.assessment.palette if run.dataset and run.dataset.assessment else ()
    shares = ", ".join(f"{swatch.colour} {round(swatch.share * 100)} %" for swatch in swatches)
    title = f"{run.request.name}: the palette of the dataset"
    alt = f"Palette of {run.request.name}, colour and share of all pictures: {shares or 'not known'}."
    return _sheet(run, "palette", file, title=title, alt=alt, instead=alt)


def pair_sheet(run: Run, file: FileId | None) -> Drawn:
    """Show pictures that are one picture, side by side; the words say which."""
    dataset = run.dataset
    groups = dataset.assessment.twins if dataset and dataset.assessment else ()
    told = "; ".join(
        f"{' and '.join(called(dataset, name) for name in group.pictures)}, {group.likeness}"
        for group in groups
    )
    title = f"{run.request.name}: the same picture more than once"
    alt = f"Pictures of {run.request.name} that are the same, side by side: {told or 'none'}."
    return _sheet(run, "pairs", file, title=title, alt=alt, instead=alt)


def called(dataset: Dataset | None, name: str) -> str:
    """Return `7 fox.png`: a picture's number on the contact sheet and its name, as plain text."""
    names = [picture.name for picture in dataset.pictures] if dataset else []
    number = f"{names.index(name) + 1} " if name in names else ""
    return f"{number}{visible(name)}"


def paragraph(title: str, lines: Sequence[str]) -> str:
    """Return a heading and a bullet for each of the escaped `lines`, as many as one paragraph holds."""
    told, room = [f"*{title}*"], TEXT_MOST - 100
    for place, line in enumerate(lines):
        bullet = f"• {clamp(line, LONGEST_LINE)}"
        room -= len(bullet.encode("utf-16-le")) // 2 + 1
        if room < 0 or place == MOST_LINES:
            return "\n".join([*told, f"and {len(lines) - place} more"])
        told.append(bullet)
    return "\n".join(told)


def _outliers(dataset: Dataset, found: Assessment) -> list[str]:
    return [f"{_short(dataset, outlier.picture)}: {esc(outlier.reason)}" for outlier in found.outliers]


def _twins(dataset: Dataset, found: Assessment) -> list[str]:
    return [f"{_listed(dataset, group.pictures)}: {group.likeness}" for group in found.twins]


def _listed(dataset: Dataset, names: Iterable[str]) -> str:
    return ", ".join(_short(dataset, name) for name in names)


def _short(dataset: Dataset, name: str) -> str:
    """Return a picture's number and name for mrkdwn, short enough that the reason behind it is read."""
    return clamp(esc(called(dataset, name)), 60)


def _marks(dataset: Dataset) -> list[str]:
    found = dataset.assessment or NOTHING
    odd = [f"{called(dataset, outlier.picture)} ({outlier.reason})" for outlier in found.outliers]
    same = [
        f"{' and '.join(called(dataset, name) for name in group.pictures)} ({group.likeness})"
        for group in found.twins
    ]
    return [
        *([f"Marked as outlier: {'; '.join(odd)}."] if odd else []),
        *([f"Marked as twins: {'; '.join(same)}."] if same else []),
    ]


def _sheet(run: Run, kind: str, file: FileId | None, *, title: str, alt: str, instead: str) -> Drawn:
    """Draw a sheet, or say what it would have shown where Slack did not take it."""
    text = clamp(esc(title), FALLBACK_MOST)
    if file is None:
        said = clamp(esc(instead), TEXT_MOST - 100)
        return Drawn(text, [section(f"{said}\nThe sheet itself could not be shown.")])
    shown: Block = image(file, alt=alt, title=title)
    return Drawn(text, numbered([shown], f"{kind}.{run.id}"))

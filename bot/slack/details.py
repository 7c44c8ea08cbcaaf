"""The modal behind Details: each picture of a dataset, where they come from, and who answers for them."""

from bot.domain.dataset import Dataset, Picture
from bot.domain.run import Run
from bot.slack.blocks import Block, clamp, code, context, divider, esc, plain, section
from bot.slack.findings import called
from bot.slack.phrases import differing, judged, megabytes, origin
from bot.slack.waiting import left_out, rights

PER_BLOCK, LONGEST_LINE = 5, 500
"""Pictures in one paragraph, and the most characters each may take of it: 50 pictures are 10 blocks."""


def details_view(run: Run) -> Block:
    """Return the modal; it asks for nothing."""
    return {
        "type": "modal",
        "callback_id": "view.details",
        "title": plain("Details", 24),
        "close": plain("Close", 24),
        "private_metadata": "",
        "blocks": [*_summary(run), divider(), *_pictures(run.dataset)],
    }


def _summary(run: Run) -> list[Block]:
    dataset = run.dataset
    told = [
        f"*{esc(run.request.name)}* · {judged(dataset) if dataset else 'the dataset was not looked at yet'}",
        origin(run.request),
        f"Compared: {differing(run.compared)}" if run.compared else "",
        left_out(run),
        rights(run),
    ]
    made = [section("\n".join(line for line in told if line))]
    if dataset:
        made.append(context(*_fingerprints(dataset)))
    return made


def _fingerprints(dataset: Dataset) -> list[str]:
    made_of = dataset.origin if dataset.origin not in ("", dataset.sha256) else ""
    return [
        f"SHA-256 of the dataset: {code(dataset.sha256)}",
        *([f"SHA-256 of what it was made from: {code(made_of)}"] if made_of else []),
    ]


def _pictures(dataset: Dataset | None) -> list[Block]:
    if dataset is None:
        return [context("There are no pictures to show yet.")]
    lines = [clamp(_line(dataset, picture), LONGEST_LINE) for picture in dataset.pictures]
    return [section("\n".join(lines[n : n + PER_BLOCK])) for n in range(0, len(lines), PER_BLOCK)]


def _line(dataset: Dataset, picture: Picture) -> str:
    """Return `7 fox.png · PNG · 1024 x 768 · 1.2 MB · no outline where 13 of 14 have one`."""
    found = dataset.assessment.flagged if dataset.assessment else {}
    parts = [
        f"*{clamp(esc(called(dataset, picture.name)), 120)}*",
        picture.format,
        f"{picture.width} x {picture.height}",
        megabytes(picture.size),
        "transparent" if picture.transparent else "",
        clamp(esc(found.get(picture.name, "")), 240),
    ]
    return " · ".join(part for part in parts if part)

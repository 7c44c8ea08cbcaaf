"""The form behind “Leave out…”: which pictures a dataset is made anew without, and how it is read.

Its values are places in the run's lists, never names, which may be longer than Slack allows; so a form is
good only for the very dataset it was drawn from, and `choice_of` refuses it for any other.
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.curation import Choice
from bot.domain.dataset import LEAST_PICTURES, Dataset
from bot.domain.errors import Conflict, Refused
from bot.domain.run import Run, Stage
from bot.slack.blocks import Block, esc, section
from bot.slack.fields import Tick, about, form, picked, read, several, ticked, ticks
from bot.slack.phrases import counted

CHANGED = (
    "The dataset was looked at anew since this form was opened. Close it, and open it again from the card."
)
NOT_NOW = "{name} is {stage}: pictures can be left out while it waits for approval."
NOT_KEPT = "The pictures of {name} are not kept here: leave them out of the ZIP and ask again."

THESE = "Leave these out"


def leave_out_form(run: Run) -> Block:
    """Return the form; fields: flagged.n, others, earlier.n, strip. Raises Refused where it is not time."""
    dataset = curable(run)
    flagged = dataset.assessment.flagged if dataset.assessment else {}
    enough = len(dataset.pictures) - len(flagged) >= LEAST_PICTURES
    fields = [
        section(_intro(run, dataset, len(flagged))),
        *ticks("flagged", THESE, _flagged(dataset, flagged), ticked=enough, optional=True),
        *_others(dataset, flagged),
        *ticks("earlier", "Left out before; tick to take back", _earlier(run), optional=True),
        ticked(
            "strip",
            "What the files say",
            "Strip camera, place and author data from the files",
            ticked=run.strip,
        ),
    ]
    kept = {"run": run.id, "dataset": dataset.sha256}
    return form("form.leave_out", "Leave pictures out", "Leave out, continue", fields, kept)


def curable(run: Run) -> Dataset:
    """Return the dataset that pictures can be left out of now. Raises Refused with what to do instead."""
    if run.stage is not Stage.AWAITING or run.dataset is None:
        raise Refused(NOT_NOW.format(name=run.request.name, stage=run.stage))
    if not run.dataset.kept:
        raise Refused(NOT_KEPT.format(name=run.request.name))
    return run.dataset


def choice_of(run: Run, view: Mapping[str, Any]) -> Choice:
    """Return what was chosen for `run`: what was out before and was not taken back, and what is new.

    Raises Conflict where the form was drawn from another dataset than the run has now.
    """
    dataset, drawn_from = run.dataset, about(view)["dataset"]
    if dataset is None or drawn_from != dataset.sha256:
        raise Conflict(CHANGED)
    back = {int(place) for place in picked(view, "earlier")}
    still = [name for place, name in enumerate(run.left_out) if place not in back]
    chosen = sorted({int(place) for name in ("flagged", "others") for place in picked(view, name)})
    names = (*still, *(dataset.pictures[place].first_name for place in chosen))
    return Choice(names, drawn_from, strip=bool(read(view)["strip"]))


def _intro(run: Run, dataset: Dataset, flagged: int) -> str:
    seen = (
        f"{counted(flagged, 'picture')} of {len(dataset.pictures)} flagged"
        if flagged
        else "No picture flagged"
    )
    few = (
        f" Without all of them fewer than {LEAST_PICTURES} would be left, so none is ticked."
        if len(dataset.pictures) - flagged < LEAST_PICTURES and flagged
        else ""
    )
    return (
        f"*{esc(run.request.name)}* · {seen}.{few} The numbers are those of the contact sheet. "
        "The dataset is made anew from the rest, looked at and decided on anew; nothing is charged."
    )


def _flagged(dataset: Dataset, flagged: Mapping[str, str]) -> list[Tick]:
    return [
        Tick(str(place), _label(place, picture.name), flagged[picture.name])
        for place, picture in enumerate(dataset.pictures)
        if picture.name in flagged
    ]


def _others(dataset: Dataset, flagged: Mapping[str, str]) -> list[Block]:
    rest = [
        (str(place), _label(place, picture.name))
        for place, picture in enumerate(dataset.pictures)
        if picture.name not in flagged
    ]
    label = "Leave out others too" if flagged else THESE
    return [several("others", label, rest, hint="Number and name")] if rest else []


def _earlier(run: Run) -> list[Tick]:
    return [Tick(str(place), name) for place, name in enumerate(run.left_out)]


def _label(place: int, name: str) -> str:
    return f"{place + 1} · {name}"

"""Choosing which pictures of a dataset are left out, before it is decided on."""

from dataclasses import dataclass

from bot.domain.dataset import LEAST_PICTURES
from bot.domain.errors import Conflict, Refused
from bot.domain.facts import Curated
from bot.domain.ids import UserId
from bot.domain.run import Run


@dataclass(frozen=True)
class Choice:
    """All names to be left out, as the archive first fetched has them: any other stays in, or returns.

    `dataset` is the SHA-256 of the dataset that was chosen from; with `strip`, metadata is taken out.
    """

    left_out: tuple[str, ...]
    dataset: str
    strip: bool = False


def curated(run: Run, choice: Choice, *, by: UserId) -> Curated:
    """Return the fact that the choice was made.

    Raises Conflict where the run has another dataset by now, and Refused where a name is unknown, nothing
    would change, or what is left could not be trained on.
    """
    if run.dataset is None or not run.dataset.kept:
        raise Refused(
            "The pictures are not kept here, so none can be left out: take them out of the ZIP and ask again."
        )
    if run.dataset.sha256 != choice.dataset:
        raise Conflict(f"The dataset of {run.request.name} has changed: look at it again, then choose.")
    known = {*(picture.first_name for picture in run.dataset.pictures), *run.left_out}
    left_out = tuple(dict.fromkeys(choice.left_out))
    if unknown := [name for name in left_out if name not in known]:
        raise Refused(f"There is no picture “{unknown[0]}” in the dataset of {run.request.name}.")
    if set(left_out) == set(run.left_out) and choice.strip == run.strip:
        raise Refused("That changes nothing: choose at least one picture to leave out.")
    left = len(known) - len(left_out)
    if left < LEAST_PICTURES:
        raise Refused(f"Only {left} pictures would be left: {_at_most(len(known), len(run.left_out))}.")
    return Curated(by, left_out, choice.strip)


def _at_most(known: int, before: int) -> str:
    """Return how many can be left out of so many that are known, where some were `before`."""
    most = max(known - before - LEAST_PICTURES, 0)
    if not before:
        return f"leave out at most {most} of {known}"
    if not most:
        return f"none of these {known - before} can be left out, unless others come back"
    return f"leave out at most {most} more of these {known - before}"

"""One bad (or odd) dataset: what it is, how its link comes to be, and what must be said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tests.verdicts.lab import Lab, Way


class Verdict(StrEnum):
    """What can become of a dataset; the values are printed."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNAVAILABLE = "try again later"


@dataclass(frozen=True)
class Case:
    """`link` puts what is needed into the lab and returns the link to inspect.

    `sentence` must be part of what is said: the problems, or of an accepted dataset its warnings after
    "… pictures.". Where there is a `then`, it changes something after the inspection, and the link is
    fingerprinted: a change is told as a refusal.
    """

    id: str
    what: str
    verdict: Verdict
    sentence: str
    link: Callable[[Lab], str]
    way: Way = Way.ORDINARY
    then: Callable[[Lab], object] | None = None


def of_file(
    case_id: str,
    what: str,
    verdict: Verdict,
    sentence: str,
    make: Callable[[], bytes],
    *,
    way: Way = Way.ORDINARY,
) -> Case:
    """Return the case of a file that a well-behaved server hands out, ranges and all."""
    return Case(case_id, what, verdict, sentence, lambda lab: lab.site.file(make()), way)

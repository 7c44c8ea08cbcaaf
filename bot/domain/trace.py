"""How a picture came to be, from either end: dataset, approval, run, version, pictures."""

from dataclasses import dataclass

from bot.domain.generation import Generation
from bot.domain.run import Run
from bot.domain.style import Version


@dataclass(frozen=True)
class Step:
    """One run with what came before and after it: its dataset and approval are on it.

    `version` is what it made, or will make; None before its dataset was found fit. `generations` are the
    newest that were drawn in it, newest first.
    """

    run: Run
    version: Version | None = None
    generations: tuple[Generation, ...] = ()
    is_default: bool = False


@dataclass(frozen=True)
class Trace:
    """What was asked about, as steps, the newest version first; never empty."""

    steps: tuple[Step, ...]

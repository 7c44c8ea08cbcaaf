"""What Runware says of pictures that were asked of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One finished picture at Runware; `cost` in US dollars where it was said.

    `is_renewed`: the link to it was dead once, and this is another.
    """

    uuid: str
    url: str
    cost: float | None = None
    is_renewed: bool = False


@dataclass(frozen=True)
class Underway:
    """Runware is at it; `drawn` is told already. Not `is_working`: nothing says that more will come."""

    drawn: tuple[Result, ...] = ()
    is_working: bool = True


@dataclass(frozen=True)
class Rendered:
    """Runware has drawn all that it will draw: `results`, one or more."""

    results: tuple[Result, ...]

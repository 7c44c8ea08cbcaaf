"""What a card tells besides what it is about: read anew each time that it is drawn, and never kept."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Aside:
    """How the world stands just now that something is shown in.

    `over_budget` says why a budget keeps it from being approved, as of `as_of`; empty where none does.
    `is_default`: its channel draws in the version that it made. `cleared` are those of its pictures
    (Runware's ids) that may be used.
    """

    over_budget: str = ""
    as_of: datetime | None = None
    is_default: bool = False
    cleared: frozenset[str] = frozenset()


NOTHING_BESIDES = Aside()

"""The facts about bringing finished pictures into Slack, each on its own."""

from dataclasses import dataclass

from bot.domain.ids import FileId


@dataclass(frozen=True)
class Upload:
    """One finished picture in Slack: what is shown, and the original where that is another file."""

    result: str
    shown: FileId
    original: FileId | None = None


@dataclass(frozen=True)
class Renewed:
    """Runware told another link to a picture whose link was dead."""

    result: str
    url: str


@dataclass(frozen=True)
class Collected:
    """One of the pictures is in Slack."""

    upload: Upload


@dataclass(frozen=True)
class Lost:
    """One of the pictures cannot be brought into Slack; `reason` is a sentence."""

    result: str
    reason: str


@dataclass(frozen=True)
class Shown:
    """What pictures there are to be had are in Slack and may be shown."""

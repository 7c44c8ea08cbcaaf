"""What we ask about pictures: a dataset looked at, its archive kept, a finished picture fetched.

Every adapter raises only the family of `bot.domain.errors`: `Refused` is an answer, `Unavailable` is the
lack of one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.domain.dataset import Dataset, SharedFile, Source
from bot.domain.ids import ChannelId, FileId

FOREIGN_HOST, TOO_LARGE = "foreignHost", "tooLarge"
"""Why a finished picture was refused, where that is no passing matter: its host is not allowed, its size."""


@dataclass(frozen=True)
class Inspection:
    """A fit dataset, and its sheets as JPEGs: all pictures by name, the palette, the twins (b"": none)."""

    dataset: Dataset
    sheet: bytes
    palette: bytes = b""
    pairs: bytes = b""


class DatasetInspector(Protocol):
    """Looks at a dataset before any money is spent."""

    async def inspect(self, source: Source) -> Inspection:
        """Fetch and look at the pictures; put them together anew where `source` is not simply one ZIP.

        Raises DatasetUnfit, a sentence per problem, and Unavailable.
        """
        ...

    async def fingerprint(self, link: str) -> str:
        """Return the SHA-256 of what the link leads to now. Raises Refused and Unavailable."""
        ...


class SharedFiles(Protocol):
    """Finds what people posted in Slack."""

    async def files(self, ids: Collection[FileId]) -> tuple[SharedFile, ...]:
        """Return these files, in order. Raises Refused where one cannot be seen, and Unavailable."""
        ...

    async def in_thread(self, channel: ChannelId, thread: str) -> tuple[SharedFile, ...]:
        """Return every picture and ZIP posted in the thread, oldest first. Raises Refused and Unavailable."""
        ...


class Archives(Protocol):
    """Keeps inspected archives, named by their SHA-256, so that the provider gets exactly those bytes."""

    @property
    def are_public(self) -> bool:
        """Whether the provider can reach them; where not, nothing is kept."""
        ...

    async def keep(self, archive: Path, sha256: str) -> None:
        """Take the file over, which is gone from its place then; kept twice, it is kept once."""
        ...

    async def find(self, sha256: str) -> Path | None:
        """Return where a kept archive is, to be read only; None where it is no longer kept."""
        ...

    def link(self, sha256: str, *, until: datetime) -> str:
        """Return a link, unguessable and good until then, to a kept archive."""
        ...

    async def forget(self, *, needed: Collection[str], older_than: timedelta) -> None:
        """Let go of every archive that is older than that and not `needed` (SHA-256s)."""
        ...


@dataclass(frozen=True)
class FinishedPicture:
    """A picture that was fetched and decoded. `shown` is JPEG or PNG, which Slack can show.

    `original` is the file as it came where that is something else (WebP), else None. `suffix` and
    `original_suffix` are file name endings without the dot.
    """

    shown: bytes
    suffix: str
    original: bytes | None = None
    original_suffix: str = ""


class PictureFetcher(Protocol):
    """Fetches finished pictures, from the allowed hosts only."""

    async def fetch(self, url: str) -> FinishedPicture:
        """Fetch one. Raises Unavailable, and Refused: `FOREIGN_HOST`, `TOO_LARGE`, none there, no picture."""
        ...

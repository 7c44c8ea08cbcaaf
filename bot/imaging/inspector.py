"""Looks at a dataset before any money is spent: has it fetched and decoded, and gives the verdict."""

from pathlib import Path
from typing import Protocol

from bot.domain.dataset import Dataset, problems_of_count, warnings_of
from bot.domain.errors import DatasetUnfit, Refused
from bot.imaging.archive import MOST_BYTES
from bot.imaging.decode import Decoder, Examined
from bot.imaging.fetch import Download
from bot.imaging.scratch import scratch
from bot.ports import Inspection

MOST_PROBLEMS = 8
"""Sentences in one refusal; the rest are counted."""


class Downloads(Protocol):
    """Who fetches the ZIP: `courier.Courier`, or `fetch.Fetcher` where it is small."""

    async def download(self, url: str, into: Path, *, most_bytes: int) -> Download:
        """Write what `url` leads to into the new file `into`. Raises Refused and Unavailable."""
        ...


class ZipInspector:
    """The port `DatasetInspector`; works in `folder` (None: where the system keeps temporary files)."""

    def __init__(
        self,
        fetcher: Downloads,
        decoder: Decoder,
        *,
        most_bytes: int = MOST_BYTES,
        folder: Path | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._decoder = decoder
        self._most_bytes = most_bytes
        self._folder = folder

    async def inspect(self, link: str) -> Inspection:
        """Fetch and look at the ZIP. Raises DatasetUnfit, a sentence per problem, and Unavailable."""
        async with scratch(self._folder) as folder:
            path = folder / "dataset.zip"
            try:
                download = await self._fetcher.download(link, path, most_bytes=self._most_bytes)
            except Refused as refused:
                raise DatasetUnfit((str(refused),)) from None
            found = await self._decoder.examine(path)
        if problems := _problems(found):
            raise DatasetUnfit(_at_most(problems))
        warnings = warnings_of(found.pictures)
        return Inspection(Dataset(download.sha256, download.size, found.pictures, warnings), found.sheet)


def _problems(found: Examined) -> tuple[str, ...]:
    """Return every reason against training; a ZIP that could not be read is not counted."""
    of_count = () if found.count is None else problems_of_count(found.count)
    return of_count + found.problems


def _at_most(problems: tuple[str, ...]) -> tuple[str, ...]:
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return problems
    return (*problems[:MOST_PROBLEMS], f"… and {more} more problem{'s' * (more != 1)}.")

"""The real inspector, as the bot makes it, with its real processes."""

import asyncio

from bot.domain.dataset import Source
from bot.domain.errors import DatasetUnfit
from bot.imaging.courier import Courier
from bot.imaging.decode import Decoder
from bot.imaging.inspector import ZipInspector
from bot.imaging.pack import Packer
from tests.fakes import FakeArchives
from tests.imaging.imaging_lab import LOOPBACK


def way(url: str) -> str:
    """Return what was found, or the problems."""
    return asyncio.run(_inspected(url))


async def _inspected(url: str) -> str:
    inspector = ZipInspector(Courier(LOOPBACK), Decoder(), Packer(), FakeArchives())
    try:
        found = await inspector.inspect(Source(links=(url,)))
    except DatasetUnfit as unfit:
        return " ".join(unfit.problems)
    return f"{len(found.dataset.pictures)} pictures, a sheet of {len(found.sheet) // 1024} kB"

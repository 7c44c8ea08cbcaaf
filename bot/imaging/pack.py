"""Makes one ZIP of what was fetched: several files put together, pictures left out, metadata taken out.

The work is done in a limited process (`bundle`). Whether the result is fit to train on is not judged here:
it is a dataset like any other, and is looked at as such.
"""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bot.domain.errors import DatasetUnfit, Unavailable
from bot.imaging.archive import MOST_BYTES
from bot.imaging.process import converse
from bot.imaging.scratch import made
from bot.imaging.sink import DISK_FULL
from bot.imaging.wording import MEGABYTE, shown_name

AT_ONCE = 2
MOST_MEMORY = 512 * MEGABYTE
"""Bytes of address space: a picture of 50 MB, its parts, and what is left of them."""
MOST_CPU, MOST_SECONDS = 240, 400.0
MOST_SAID = 2 * MEGABYTE
LONGEST_SENTENCE = 300
NOT_NOW = "The pictures could not be put together just now."
_SHA256 = re.compile("[0-9a-f]{64}")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """A downloaded file: a ZIP, all of whose pictures are taken, or a single picture called `name`."""

    path: Path
    name: str


@dataclass(frozen=True)
class Packed:
    """The new ZIP: its SHA-256 in hex and its bytes.

    `names` are those in it, in order, each with the name that the picture had before; both as an inspection
    shows them.
    """

    sha256: str
    size: int
    names: Mapping[str, str]


class Packer:
    """Packs in processes, one for each job, at most AT_ONCE at a time; `most_bytes` of pictures in all."""

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def pack(
        self, parts: Sequence[Part], into: Path, *, left_out: Collection[str] = (), strip: bool = False
    ) -> Packed:
        """Write the new file `into`, readable by us alone; the same pictures always make the same bytes.

        The order is that of the parts, and within a ZIP its own. `left_out` are names as an inspection shows
        them, of a part or of what was packed of several; with `strip`, metadata is taken out. Raises
        DatasetUnfit, a sentence per problem, and Unavailable; then there is no file.
        """
        order = {
            "parts": [{"path": str(part.path), "name": part.name} for part in parts],
            "into": str(into),
            "left_out": sorted(left_out),
            "strip": strip,
            "most_bytes": self._most_bytes,
            "memory": MOST_MEMORY,
            "cpu": MOST_CPU,
        }
        async with _new_file(into):
            return told(await self._ask(order))

    async def _ask(self, order: dict[str, Any]) -> bytes:
        async with self._slots:
            said, complaint = await converse(
                "bot.imaging.bundle", json.dumps(order).encode(), seconds=MOST_SECONDS, most=MOST_SAID
            )
        if complaint:
            log.warning("packing: %s", complaint.splitlines()[-1][:200])
        return said


@asynccontextmanager
async def _new_file(path: Path) -> AsyncIterator[None]:
    """Create the file, for us alone; after a failure it is gone. Raises FileExistsError."""
    await made(partial(path.touch, 0o600, exist_ok=False), lambda _: path.unlink(missing_ok=True))
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            await asyncio.to_thread(path.unlink, missing_ok=True)


def told(said: bytes) -> Packed:
    """Read the answer of the process. Raises DatasetUnfit and Unavailable; the latter also for nonsense."""
    answer: object = None
    with suppress(ValueError, RecursionError):  # it was killed, and said nothing whole
        answer = json.loads(said)
    match answer:
        case {"packed": {"sha256": str(sha256), "size": int(size), "names": dict(names)}}:
            if _SHA256.fullmatch(sha256):
                shown = {shown_name(new): shown_name(str(old)) for new, old in names.items()}
                return Packed(sha256, size, shown)
        case {"unfit": [_, *_] as problems}:
            raise DatasetUnfit([str(problem)[:LONGEST_SENTENCE] for problem in problems])
        case {"full": True}:
            raise Unavailable(DISK_FULL)
    raise Unavailable(NOT_NOW)

"""The parent's side of the worker process: starts it, feeds it one request, and outlives it.

A process that dies or dawdles over a picture is an answer about that picture. Nothing it says is trusted
to be well formed: it may have been taken over by what it read.
"""

import asyncio
import base64
import binascii
import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.dataset import FORMATS, Picture
from bot.domain.errors import Refused, Unavailable
from bot.imaging.process import converse
from bot.imaging.wording import MEGABYTE, shown_name

AT_ONCE = 2
MOST_ANSWER = 96 * MEGABYTE
"""Bytes the worker may say; the largest true answer is a converted picture."""
LONGEST_SENTENCE = 300
NOT_NOW = "The pictures could not be looked at just now."
_JPEG = b"\xff\xd8\xff"
_SUFFIX = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bounds:
    """What one worker may take: bytes of address space, seconds of CPU, seconds by the clock.

    Measured with Pillow 13: 310 MB for a progressive JPEG of 96 megapixels, 750 MB for an RGBA PNG and
    1,490 MB for a WebP of that size; what needs more is refused by name.
    """

    memory: int = 1536 * MEGABYTE
    cpu: int = 240
    seconds: float = 400


@dataclass(frozen=True)
class Examined:
    """What is in a ZIP: `count` pictures (None: it is no readable ZIP); `sheet` is a JPEG, or empty."""

    count: int | None
    pictures: tuple[Picture, ...]
    problems: tuple[str, ...]
    sheet: bytes


@dataclass(frozen=True)
class Verified:
    """A sound picture: its file name ending, and for WebP the same picture as JPEG or PNG."""

    suffix: str
    shown: bytes | None = None
    shown_suffix: str = ""


class Lost(Exception):
    """The worker ended without an answer while it read `reading`; empty: before it read anything."""

    def __init__(self, reading: str) -> None:
        super().__init__(reading)
        self.reading = reading


class Decoder:
    """Runs workers, a process for each job, at most AT_ONCE at a time."""

    def __init__(self, bounds: Bounds = Bounds(), *, most_answer: int = MOST_ANSWER) -> None:
        self._bounds = bounds
        self._most_answer = most_answer
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def examine(self, archive: Path) -> Examined:
        """Look at every picture of a ZIP. Raises Unavailable where no worker can be started."""
        try:
            answer = await self._answer("dataset", archive)
            return examined(answer)
        except Lost as lost:
            if not lost.reading:
                raise Unavailable(NOT_NOW) from None
            return Examined(None, (), (f"{lost.reading} could not be read: export or pack it again.",), b"")

    async def verify(self, picture: Path) -> Verified:
        """Decode all of one picture. Raises Refused where it is none, and Unavailable as `examine` does."""
        try:
            answer = await self._answer("picture", picture)
            return verified(answer)
        except Lost as lost:
            if not lost.reading:
                raise Unavailable(NOT_NOW) from None
            raise Refused("The picture could not be read.") from None

    async def _answer(self, job: str, path: Path) -> dict[str, Any]:
        """Ask a worker, and once more if it dies: another program may have taken the memory it wanted."""
        async with self._slots:
            try:
                return await self._ask(job, path)
            except Lost:
                return await self._ask(job, path)

    async def _ask(self, job: str, path: Path) -> dict[str, Any]:
        request = {
            "job": job,
            "path": str(path),
            "memory": self._bounds.memory,
            "cpu": self._bounds.cpu,
        }
        said, complaint = await converse(
            "bot.imaging.worker",
            json.dumps(request).encode(),
            seconds=self._bounds.seconds,
            most=self._most_answer,
        )
        facts = told(said)
        if "answer" not in facts:
            log.warning("a worker was lost: %s", (complaint.splitlines() or ["without a word"])[-1][:200])
            raise Lost(str(facts.get("reading", ""))[:LONGEST_SENTENCE])
        if not facts.get("offline"):
            log.debug("the worker could not leave the network: the system does not let it")
        return facts


def told(said: bytes) -> dict[str, Any]:
    """Return the lines of a worker as one: the last `reading`, and the `answer` if it came to one."""
    facts: dict[str, Any] = {}
    for line in said.splitlines():
        with suppress(ValueError):  # the last line of a killed worker may be torn
            fact = json.loads(line)
            facts |= fact if isinstance(fact, dict) else {}
    return facts


def examined(facts: dict[str, Any]) -> Examined:
    """Read the answer to `dataset`. Raises Lost where it is not what a worker of ours would say."""
    try:
        answer = facts["answer"]
        pictures = tuple(_picture(fields) for fields in answer["pictures"])
        problems = tuple(str(problem)[:LONGEST_SENTENCE] for problem in answer["problems"])
        sheet = base64.b64decode(answer["sheet"], validate=True)
        count = None if answer["count"] is None else int(answer["count"])
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise Lost("The ZIP") from None
    if pictures and not problems and (len(pictures) != count or not sheet.startswith(_JPEG)):
        raise Lost("The ZIP")
    return Examined(count, pictures, problems, sheet)


def _picture(fields: dict[str, Any]) -> Picture:
    if fields["format"] not in FORMATS:
        raise ValueError(fields["format"])
    return Picture(
        name=shown_name(str(fields["name"])),
        format=str(fields["format"]),
        width=int(fields["width"]),
        height=int(fields["height"]),
        size=int(fields["size"]),
        sha256=str(fields["sha256"]),
        transparent=bool(fields["transparent"]),
    )


def verified(facts: dict[str, Any]) -> Verified:
    """Read the answer to `picture`. Raises Refused as the answer says, Lost where it makes no sense."""
    try:
        answer = facts["answer"]
        if problem := answer["problem"]:
            raise Refused(f"The picture {problem}")
        suffix = _SUFFIX[answer["format"]]
        if "shown" not in answer:
            return Verified(suffix)
        shown = base64.b64decode(answer["shown"], validate=True)
        return Verified(suffix, shown, _SUFFIX[answer["shown_format"]])
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise Lost("The picture") from None

"""The parent's side of the worker process: starts it, tells it what has arrived, and outlives it.

A process that dies over a picture is an answer about that picture: the file is then looked at once more by a
fresh worker with one thread, so that the culprit has a name. One that is late is no answer: the machine may
have been busy. Nothing a worker says is trusted to be well formed (`answers`).
"""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.errors import Refused, Unavailable
from bot.imaging.answers import LONGEST_SENTENCE, Examined, Lost, Verified, examined, glanced, verified
from bot.imaging.directory import Tail
from bot.imaging.process import Talk, talking
from bot.imaging.wording import MEGABYTE

AT_ONCE = 2
THREADS = 2
MOST_ANSWER = 96 * MEGABYTE
"""Bytes the worker may say; the largest true answer is a converted picture."""
NOT_NOW = "The pictures could not be looked at just now."
WORKER = "bot.imaging.worker"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bounds:
    """What one worker may take: bytes of address space, seconds of CPU, seconds by the clock.

    `seconds` count from when the whole file is there; before that it may wait `arrival` seconds for it.
    Measured, address space, two threads: 263 MB for JPEGs of 24 megapixels, 568 MB for progressive ones of
    96; one thread: 350 MB for a lossless WebP of 24. What needs more than `memory` is refused by name.
    """

    memory: int = 1536 * MEGABYTE
    cpu: int = 240
    seconds: float = 400
    arrival: float = 3600


class Decoder:
    """Runs workers, a process for each job, at most AT_ONCE at a time of either kind."""

    def __init__(
        self, bounds: Bounds = Bounds(), *, most_answer: int = MOST_ANSWER, worker: str = WORKER
    ) -> None:
        self._bounds = bounds
        self._most_answer = most_answer
        self._worker_module = worker
        self._has_warned = False
        self._datasets = asyncio.Semaphore(AT_ONCE)
        self._pictures = asyncio.Semaphore(AT_ONCE)  # must not wait for a dataset that is slow to arrive

    @asynccontextmanager
    async def examining(self, archive: Path) -> AsyncIterator["Examination"]:
        """Lend a worker that looks at the ZIP at `archive` while it arrives. Raises Unavailable."""
        async with self._datasets, AsyncExitStack() as first:
            talk = await first.enter_async_context(self._worker("dataset", archive, threads=THREADS))
            yield Examination(self, archive, talk, first)

    async def examine(self, archive: Path) -> Examined:
        """Look at every picture of a ZIP that is there. Raises Unavailable where no worker can be had."""
        async with self.examining(archive) as examining:
            return await examining.verdict()

    async def verify(self, picture: Path) -> Verified:
        """Decode all of one picture. Raises Refused where it is none, and Unavailable as `examine` does."""
        async with self._pictures:
            try:
                return verified(await self.ask("picture", picture))
            except Lost:  # another program may have taken the memory it wanted
                log.info("a picture is looked at once more")
            try:
                return verified(await self.ask("picture", picture))
            except Lost as lost:
                if lost.is_our_trouble:
                    raise Unavailable(NOT_NOW) from None
                raise Refused("The picture could not be read.") from None

    async def ask(self, job: str, path: Path) -> dict[str, Any]:
        """Have a fresh worker with one thread look at a file that is there. Raises Lost and Unavailable."""
        async with self._worker(job, path, threads=1) as talk:
            return await self.answer(talk, {})

    async def answer(self, talk: Talk, facts: dict[str, Any]) -> dict[str, Any]:
        """Say that the file is complete, and return what is said from then on, with `facts`. Raises Lost."""
        await talk.say({"complete": True})
        try:
            async with asyncio.timeout(self._bounds.seconds):
                return await heard(talk, "answer", facts)
        except TimeoutError:
            log.warning("a worker took too long")
            raise Lost(_reading(facts), late=True) from None
        finally:
            self._note_isolation(facts)

    def _note_isolation(self, facts: dict[str, Any]) -> None:
        """Tell whoever runs this, once, where the system does not let a worker shut itself in."""
        if facts.get("offline") is False and not self._has_warned:
            self._has_warned = True
            log.warning("the system lets no worker leave the network: what took one over could use it")

    def _worker(self, job: str, path: Path, *, threads: int) -> AbstractAsyncContextManager[Talk]:
        bounds = self._bounds
        request = {
            "job": job,
            "path": str(path),
            "memory": bounds.memory,
            "cpu": bounds.cpu,
            "threads": threads,
        }
        return talking(
            self._worker_module, request, seconds=bounds.arrival + bounds.seconds, most=self._most_answer
        )


class Examination:
    """One look at a ZIP that may still be arriving; `Decoder.examining` makes it."""

    def __init__(self, decoder: Decoder, archive: Path, talk: Talk, first: AsyncExitStack) -> None:
        self._decoder = decoder
        self._archive = archive
        self._talk = talk
        self._first = first
        self._facts: dict[str, Any] = {}

    async def glance(self, tail: Tail) -> tuple[str, ...]:
        """Return the problems that the end of the ZIP tells already, a sentence each.

        None are no promise: they may be in the pictures. To be asked at most once, before anything arrived.
        """
        shown = {"start": tail.start, "total": tail.total, "body": base64.b64encode(tail.body).decode()}
        await self._talk.say({"tail": shown})
        try:
            return glanced(await heard(self._talk, "glance", self._facts))
        except Lost:  # the whole file will be looked at by another worker
            return ()

    async def arrived(self, have: int) -> None:
        """Say that `have` bytes of the file are there, from its beginning."""
        await self._talk.say({"have": have})

    async def verdict(self) -> Examined:
        """Look at all of the file, which is complete now. Raises Unavailable where no worker can be had."""
        try:
            return examined(await self._decoder.answer(self._talk, self._facts))
        except Lost:
            await self._first.aclose()
        try:
            return examined(await self._decoder.ask("dataset", self._archive))
        except Lost as lost:
            if lost.is_our_trouble:
                raise Unavailable(NOT_NOW) from None
            return Examined(None, (), (f"{lost.reading} could not be read: export or pack it again.",), b"")


async def heard(talk: Talk, word: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Listen until the worker says `word`; add what it says to `facts`, and return them. Raises Lost."""
    async for line in talk:
        facts.update(line)
        if word in line:
            return facts
    log.warning("a worker was lost: %s", (talk.complaint.splitlines() or ["without a word"])[-1][:200])
    raise Lost(_reading(facts), late=talk.is_late)


def _reading(facts: dict[str, Any]) -> str:
    return str(facts.get("reading", ""))[:LONGEST_SENTENCE]

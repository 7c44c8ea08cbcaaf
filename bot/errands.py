"""Errands: work under way, a bounded number at a time, whose end nobody waits for.

One of the two doors at which any exception is caught: a bug in an errand is logged with its traceback, and
what it was about falls due again when its lease ends. It will not retry, and it remembers nothing. That
the world does not answer, a full disk say, is no bug, and is told in a line.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.domain.errors import Unavailable

_log = structlog.get_logger()


class Errands:
    """A set of running errands; `most` is how many may run at once."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._running: set[asyncio.Task[None]] = set()

    @property
    def free(self) -> int:
        """How many more may be started now."""
        return self._most - len(self._running)

    def start(self, errand: Coroutine[Any, Any, None]) -> None:
        """Let `errand` run, beyond the bound too: who starts looks at `free` first."""
        task = asyncio.create_task(self._guarded(errand))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def finish(self, *, within: float | None = None) -> None:
        """Wait until none is running; after `within` seconds give up and cancel the rest."""
        while self._running:
            _, late = await asyncio.wait(self._running, timeout=within)
            if within is not None:
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def _guarded(self, errand: Coroutine[Any, Any, None]) -> None:
        try:
            await errand
        except Unavailable as silence:
            _log.warning("the world did not answer", reason=str(silence))
        except Exception:  # noqa: BLE001 - the door for bugs in work that nobody waits for
            _log.exception("errand failed")

"""A Python process of ours that is talked with and then ends: killed when it is late or too loud.

It knows nothing of the parent: an empty environment but for what Python needs to start, and no import path of
the place it was started in. A polite one has no claim to the processor while anyone else wants it.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import bot
from bot.domain.errors import Unavailable
from bot.imaging.wording import MEGABYTE

MOST_COMPLAINT = 64 * 1024
LAST_WORDS = 2.0
"""Seconds in which a killed process must be gone."""
_ROOT = Path(bot.__file__).resolve().parents[1]  # -I ignores where we were started, so it is told
_KEPT = ("LD_LIBRARY_PATH",)  # some Pythons do not start without; no secret passes
_POLITE = ("chrt", "--idle", "0") if shutil.which("chrt") else ()
"""Run only where nobody else wants to: niceness alone still let Slack wait 15 ms at the p99 (measured)."""


class Talk:
    """A talk with a process in lines of JSON, one object each: iterate over what it says, and `say` things.

    The lines end with the process, whether it was done, died, said too much or ran out of time; what is no
    object in JSON is passed over (the last line of a killed process may be torn).
    """

    def __init__(self, process: asyncio.subprocess.Process, *, until: float, most: int) -> None:
        self._process = process
        self._until = until
        self._left = most
        self.is_late = False
        """Whether it was ended for taking too long."""
        self._complaint = bytearray()
        self._torn = bytearray()
        self._heard: deque[dict[str, Any]] = deque()
        self._listener = asyncio.create_task(_hear(process, process.stderr, self._complaint, MOST_COMPLAINT))
        self._timer = asyncio.get_running_loop().call_at(until, self._expire)

    @property
    def complaint(self) -> str:
        """What it wrote to its standard error so far; for logs, never for people."""
        return self._complaint.decode(errors="replace")

    def _expire(self) -> None:
        if self._process.returncode is None:
            self.is_late = True
        kill(self._process)

    async def say(self, line: dict[str, Any]) -> None:
        """Tell it something; where it has died, its silence says so."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError, ConnectionResetError):
                self._process.stdin.write(json.dumps(line).encode() + b"\n")
                await self._process.stdin.drain()

    def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        """Go on where the last iteration stopped: a talk may be listened to in several places."""
        return self

    async def __anext__(self) -> dict[str, Any]:
        while not self._heard:
            piece = await self._piece()
            if not piece:
                raise StopAsyncIteration
            self._take(piece)
        return self._heard.popleft()

    def _take(self, piece: bytes) -> None:
        self._torn += piece
        if b"\n" not in piece:
            return
        *whole, self._torn = self._torn.split(b"\n")
        for line in whole:
            with suppress(ValueError, RecursionError):  # the latter of one that was taken over
                said = json.loads(line)
                if isinstance(said, dict):
                    self._heard.append(said)

    async def _piece(self) -> bytes:
        """Return what it says next; nothing once it ended, was too loud or is too late."""
        stream = self._process.stdout
        try:
            async with asyncio.timeout_at(self._until):
                piece = await stream.read(MEGABYTE) if stream else b""
        except TimeoutError:
            self._expire()
            return b""
        self._left -= len(piece)
        if self._left < 0:
            kill(self._process)
            return b""
        return piece

    async def end(self) -> None:
        """Kill it if it still runs, and wait until it is gone and its complaint is heard."""
        self._timer.cancel()
        kill(self._process)
        with suppress(TimeoutError):  # one that ran away from us may hold the lines for ever
            async with asyncio.timeout(LAST_WORDS):
                while self._process.stdout and await self._process.stdout.read(MEGABYTE):
                    pass
                await self._listener
                await self._process.wait()


@asynccontextmanager
async def talking(
    module: str, request: dict[str, Any], *, seconds: float, most: int, polite: bool = True
) -> AsyncIterator[Talk]:
    """Run `main()` of `module`, with `request` as the first line of its input, for the length of the block.

    After `seconds`, or when it has said more than `most` bytes, it is killed; at the end it always is. Raises
    Unavailable where it cannot be started.
    """
    process = await _started(module, polite=polite)
    talk = Talk(process, until=asyncio.get_running_loop().time() + seconds, most=most)
    try:
        await talk.say(request)
        yield talk
    finally:
        await talk.end()


async def converse(module: str, request: bytes, *, seconds: float, most: int) -> tuple[bytes, str]:
    """Run `main()` of `module` with `request` on its input; return what it said, and what it complained.

    It may say `most` bytes: of more, nothing is kept. Raises Unavailable where it cannot be started.
    """
    process = await _started(module, polite=True)
    said, complaint = bytearray(), bytearray()
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(
                _tell(process, request),
                _hear(process, process.stdout, said, most),
                _hear(process, process.stderr, complaint, MOST_COMPLAINT),
            )
            await process.wait()
    except TimeoutError:
        complaint += b"\nit took too long"
    finally:
        kill(process)
        await process.wait()
    return bytes(said), complaint.decode(errors="replace")


def kill(process: asyncio.subprocess.Process) -> None:
    """End the process and whatever it started; one that is over already stays so."""
    with suppress(ProcessLookupError, PermissionError):  # the latter is how some systems say that it is gone
        os.killpg(process.pid, signal.SIGKILL)


async def _started(module: str, *, polite: bool) -> asyncio.subprocess.Process:
    start = f"import sys; sys.path.insert(0, sys.argv[1]); from {module} import main; main()"
    try:
        return await asyncio.create_subprocess_exec(
            *(*(_POLITE if polite else ()), sys.executable, "-I", "-B", "-c", start, str(_ROOT)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={name: os.environ[name] for name in (*_KEPT, "PATH") if name in os.environ},
            start_new_session=True,
        )
    except OSError:  # no memory, or no process to be had
        raise Unavailable("My machine is too busy to look at pictures just now.") from None


async def _tell(process: asyncio.subprocess.Process, request: bytes) -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError, ConnectionResetError):  # it died first; its silence says so
            process.stdin.write(request)
            await process.stdin.drain()
        process.stdin.close()


async def _hear(
    process: asyncio.subprocess.Process, stream: asyncio.StreamReader | None, into: bytearray, most: int
) -> None:
    """Collect what the process says; above `most` bytes it is killed, and what it said is void."""
    while stream is not None and (piece := await stream.read(MEGABYTE)):
        into += piece
        if len(into) > most:
            into.clear()
            kill(process)
            return

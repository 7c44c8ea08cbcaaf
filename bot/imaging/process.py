"""A Python process of ours that is asked one thing and then ends: killed when it is late or too loud.

It knows nothing of the parent: an empty environment but for what Python needs to start, no import path of
the place it was started in, and no claim to the processor while anyone else wants it.
"""

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import bot
from bot.domain.errors import Unavailable
from bot.imaging.wording import MEGABYTE

MOST_COMPLAINT = 64 * 1024
_ROOT = Path(bot.__file__).resolve().parents[1]  # -I ignores where we were started, so it is told
_KEPT = ("LD_LIBRARY_PATH",)  # some Pythons do not start without; no secret passes
_POLITE = ("chrt", "--idle", "0") if shutil.which("chrt") else ()
"""Run only where nobody else wants to: niceness alone still let Slack wait 15 ms at the p99 (measured)."""


async def converse(module: str, request: bytes, *, seconds: float, most: int) -> tuple[bytes, str]:
    """Run `main()` of `module` with `request` on its input; return what it said, and what it complained.

    It may say `most` bytes: of more, nothing is kept. Raises Unavailable where it cannot be started.
    """
    start = f"import sys; sys.path.insert(0, sys.argv[1]); from {module} import main; main()"
    try:
        process = await asyncio.create_subprocess_exec(
            *(*_POLITE, sys.executable, "-I", "-B", "-c", start, str(_ROOT)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={name: os.environ[name] for name in (*_KEPT, "PATH") if name in os.environ},
            start_new_session=True,
        )
    except OSError:  # no memory, or no process to be had
        raise Unavailable("My machine is too busy to look at pictures just now.") from None
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
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return bytes(said), complaint.decode(errors="replace")


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
            with suppress(ProcessLookupError):
                process.kill()
            return

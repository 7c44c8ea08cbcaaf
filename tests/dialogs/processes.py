"""The bot and the workspace as programs of their own, so that a test can kill the bot and start it again.

People act through `stage.Stage` over HTTP. What a program complained of is added to whatever fails while it
runs, and no program outlives its test, neither the bot nor the workers that it leaves behind.
"""

import asyncio
import atexit
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.dialogs.stage import SECRET, SEEN_WITHIN, Stage

STARTS_WITHIN, STOPS_WITHIN = 60.0, 25.0
"""Seconds; the first only ends a failure, on a machine however busy; the second is what a platform that stops
a container typically grants, less a little."""
ORPHANS_END_WITHIN = 60.0
SETTLES_WITHIN = 120.0  # a kill before a paid request was noted costs the 30 s until it is looked for
LAST_LINES = 40


@dataclass
class Program:
    """`python -m …` with `settings` in its environment; ready once `ready` answers 200."""

    command: tuple[str, ...]
    ready: str
    log: Path
    bytecode: Path
    settings: dict[str, str] = field(default_factory=dict)
    running: asyncio.subprocess.Process | None = None
    started_in: float = 0.0
    """Seconds from the last start to the first answer."""

    async def start(self) -> None:
        """Start it and wait until it answers; what it complains of goes on in the same log."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.running = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.command,
                env=environment(self.bytecode) | self.settings,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(STARTS_WITHIN), httpx.AsyncClient(trust_env=False, timeout=5) as http:
            while not await _answers(http, self.ready):
                assert self.running.returncode is None, f"it ended with {self.running.returncode}"
                await asyncio.sleep(0.02)
        self.started_in = time.monotonic() - began

    async def end(self, how: signal.Signals, *, within: float = STOPS_WITHIN) -> int:
        """Send a signal and return the exit code; a program that stays is killed, and that is a failure."""
        assert self.running, "it was never started"
        with contextlib.suppress(ProcessLookupError):
            self.running.send_signal(how)
        try:
            return await asyncio.wait_for(self.running.wait(), within)
        except TimeoutError:
            self.running.kill()
            await self.running.wait()
            raise AssertionError(f"it did not leave within {within:.0f} s of {how.name}") from None

    @property
    def pid(self) -> int:
        """The process that was started last."""
        assert self.running, "it was never started"
        return self.running.pid

    def complaints(self) -> str:
        """Return the end of what it wrote."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-LAST_LINES:])


@asynccontextmanager
async def kept(program: Program) -> AsyncIterator[Program]:
    """Run a program until the block ends; a failure in the block tells what the program wrote."""
    try:
        await program.start()
        yield program
    except Exception as failure:
        failure.add_note(f"{' '.join(program.command[:3])} wrote:\n{program.complaints()}")
        raise
    finally:
        if program.running:
            await program.end(signal.SIGKILL)


@dataclass
class House:
    """A workspace, a bot in it, and the files both share; `at` is where people act and look."""

    at: Stage
    bot: Program
    folder: Path
    workers: set[int] = field(default_factory=set)
    """Workers of a bot that was killed: they have to end by themselves."""

    async def dies(self) -> None:
        """Kill the bot as a power cut would: no signal handler runs, nothing is put away."""
        self.workers |= set(children(self.bot.pid))
        await self.bot.end(signal.SIGKILL)

    async def dies_and_comes_back(self) -> None:
        """Kill the bot and start it again on the same database."""
        await self.dies()
        await self.bot.start()

    async def works_in(self, module: str) -> int:
        """Wait until the bot has a worker that runs `module`; hold it there and return its process id."""
        async with asyncio.timeout(STARTS_WITHIN):
            while True:
                for pid in children(self.bot.pid):
                    if module in _command_of(pid):
                        os.kill(pid, signal.SIGSTOP)
                        return pid
                await asyncio.sleep(0.002)

    async def asked_of_slack(self, method: str, count: int) -> None:
        """Wait until the bot has called a method of Slack so often."""
        async with asyncio.timeout(SETTLES_WITHIN):
            while await self.calls(method) < count:  # noqa: ASYNC110 - another process sets no Event
                await asyncio.sleep(0.02)

    async def paid_for(self, task_type: str) -> None:
        """Wait until Runware has taken a task of a type."""
        async with asyncio.timeout(STARTS_WITHIN):
            while not await self.charges(task_type):  # noqa: ASYNC110 - another process sets no Event
                await asyncio.sleep(0.02)

    async def charges(self, task_type: str) -> int:
        """Return how often Runware charged for a type of task."""
        ledger = await self.at.ledger()
        return sum(charge["taskType"] == task_type for charge in ledger["runware"]["charges"])

    async def has_handed_over(self) -> None:
        """Wait until Runware has fetched a dataset to train on."""
        async with asyncio.timeout(SEEN_WITHIN):
            while not any(task.get("dataset") for task in (await self.at.ledger())["runware"]["tasks"]):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)

    async def calls(self, method: str) -> int:
        """Return how often the bot has called a method of Slack."""
        return sum(call["method"] == method for call in (await self.at.ledger())["slack"])

    async def workers_are_gone(self) -> None:
        """Assert that what a killed bot had started has ended by itself."""
        for pid in self.workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        async with asyncio.timeout(ORPHANS_END_WITHIN):
            while any(map(_command_of, self.workers)):  # noqa: ASYNC110 - a death sets no Event
                await asyncio.sleep(0.05)

    def reap(self) -> None:
        """Kill what workers there still are, on the way out of a test that failed."""
        for pid in self.workers:
            if "bot.imaging" in _command_of(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@asynccontextmanager
async def house(
    folder: Path, *, dataset: Path, bytecode: Path, training_seconds: float = 1.5, render_seconds: float = 1.0
) -> AsyncIterator[House]:
    """Open a workspace and a bot, as two programs, whose files and logs are in `folder`.

    `bytecode` is where Python keeps what it has compiled, so that only the first start is slow.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    bot = bot_in(url, folder, bytecode)
    options = {
        "--port": str(port),
        "--events-url": bot.ready.replace("/healthz", "/slack/events"),
        "--training-seconds": str(training_seconds),
        "--render-seconds": str(render_seconds),
        "--dataset": str(dataset),
    }
    arguments = (text for option in options.items() for text in option)
    command = ("-m", "bot.sandbox", *arguments)
    workspace = Program(command, f"{url}/sandbox/ledger", folder / "sandbox.log", bytecode)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(kept(workspace))
        await stack.enter_async_context(kept(bot))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30, trust_env=False))
        opened = House(Stage(url, http), bot, folder)
        stack.callback(opened.reap)
        yield opened


def bot_in(workspace: str, folder: Path, bytecode: Path) -> Program:
    """Return a bot, not started yet, for the workspace at that address; its database is in `folder`."""
    port = free_port()
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-sandbox",
        "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
        "SLACK_API_URL": f"{workspace}/slack/api/",
        "RUNWARE_API_KEY": "sandbox-key",
        "RUNWARE_API_URL": f"{workspace}/runware/v1",
        "DATABASE_URL": f"sqlite:///{folder / 'housestyle.db'}",
        "HOUSESTYLE_FETCH_ALLOW": "127.0.0.0/8",
        "HOUSESTYLE_RESULT_HOSTS": "127.0.0.1",
        "HOUSESTYLE_POLL_SECONDS": "1",
        "HOUSESTYLE_UNDO_SECONDS": "1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HOUSESTYLE_SECRET_KEY": SECRET,
    }
    healthy = f"http://127.0.0.1:{port}/healthz"
    return Program(("-m", "bot.cli", "serve"), healthy, folder / f"bot-{port}.log", bytecode, settings)


def environment(bytecode: Path) -> dict[str, str]:
    """Return our environment, with a place of its own for what Python compiles.

    Without one each start may compile all that it imports, which takes longer than all the rest.
    """
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return ours | {"PYTHONPYCACHEPREFIX": str(bytecode)}


def free_port() -> int:
    """Return a port of 127.0.0.1 that the system gives to nobody else while this process lives.

    It stays bound, so that a program of ours may listen on it, die, and listen on it again.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    atexit.register(held.close)
    return int(held.getsockname()[1])


def children(pid: int) -> Iterator[int]:
    """Yield the processes that `pid` has started and that still are its children."""
    for found in _read(Path(f"/proc/{pid}/task").glob("*/children")):
        yield from map(int, found.split())


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return (await http.get(url)).is_success
    return False


def _command_of(pid: int) -> str:
    """Return a process's command line; empty where it has ended."""
    return "".join(_read([Path(f"/proc/{pid}/cmdline")])).replace("\0", " ")


def _read(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        with contextlib.suppress(OSError):  # it ended meanwhile
            yield path.read_text(errors="replace")

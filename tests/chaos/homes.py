"""A workspace and a bot as programs, as `tests.dialogs.processes.house`, with another bot in it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from tests.dialogs.processes import House, Program, bot_in, free_port, kept
from tests.dialogs.stage import Stage

TRAINING, RENDERING = 1.5, 1.0
"""Seconds that the workspace's trainings and pictures take."""


def bot_by(
    command: tuple[str, ...], url: str, folder: Path, *, bytecode: Path, settings: Mapping[str, str]
) -> Program:
    """Return a bot, not started yet, for the workspace at `url`; its database is in `folder`."""
    bot = bot_in(url, folder, bytecode)
    bot.command = command
    bot.settings |= {"PUBLIC_URL": "", **settings}
    return bot


@asynccontextmanager
async def home_of(
    command: tuple[str, ...],
    folder: Path,
    *,
    dataset: Path,
    bytecode: Path,
    settings: Mapping[str, str],
) -> AsyncIterator[House]:
    """Open both in `folder`; the bot is started by `command`, with `settings` besides the usual ones.

    It hosts no datasets: how long a provider goes on asking a bot that is dead for one is not ours to test.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    bot = bot_by(command, url, folder, bytecode=bytecode, settings=settings)
    events = bot.ready.replace("/healthz", "/slack/events")
    options = ("--port", str(port), "--events-url", events, "--dataset", str(dataset))
    pace = ("--training-seconds", str(TRAINING), "--render-seconds", str(RENDERING))
    arguments = ("-m", "bot.sandbox", *options, *pace)
    workspace = Program(arguments, f"{url}/sandbox/ledger", folder / "sandbox.log", bytecode)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(kept(workspace))
        await stack.enter_async_context(kept(bot))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30, trust_env=False))
        home = House(Stage(url, http), bot, folder)
        stack.callback(home.reap)
        yield home

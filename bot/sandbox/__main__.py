"""Runs the sandbox alone: `python -m bot.sandbox --port 8080`, for tests that kill the bot beside it."""

import argparse
from pathlib import Path

import uvicorn

from bot.sandbox.app import config_of, create_app
from bot.sandbox.runware import RunwareService
from bot.sandbox.slack import SlackWorkspace
from bot.sandbox.world import World


def main() -> None:
    """Read the options and serve until a signal comes."""
    options = _options()
    base_url = f"http://127.0.0.1:{options.port}"
    world = World(options.state)
    slack = SlackWorkspace(world, base_url=base_url, events_url=options.events_url)
    runware = RunwareService(
        base_url=base_url,
        state=options.state,
        training_seconds=options.training_seconds,
        render_seconds=options.render_seconds,
    )
    for archive in options.dataset:
        runware.add_dataset(archive.stem, archive.read_bytes())
    config = config_of(create_app(world, slack=slack, runware=runware))
    config.port = options.port
    uvicorn.Server(config).run()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--state", type=Path, help="a directory; what is in it survives a kill")
    parser.add_argument("--events-url", help="where the bot takes deliveries when no socket is open")
    parser.add_argument("--training-seconds", type=float, default=12.0)
    parser.add_argument("--render-seconds", type=float, default=3.0)
    parser.add_argument("--dataset", type=Path, action="append", default=[], help="a ZIP to put on offer")
    return parser.parse_args()


if __name__ == "__main__":
    main()

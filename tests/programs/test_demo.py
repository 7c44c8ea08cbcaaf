"""`housestyle demo` as a program: what it refuses to begin, in one sentence and without a traceback."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITHIN = 60.0
"""Seconds; only a demo that starts, and should not, or that never starts, takes so long."""


@asynccontextmanager
async def demo(folder: Path, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a demo in `folder`; what it says is in `stdout`, and it is killed at the end."""
    offered = folder / "offered.zip"
    offered.write_bytes(b"nobody looks inside; to draw one takes longer")
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "bot.cli", "demo", "--dataset", str(offered), *options),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.kill()
        await program.wait()


async def refused(folder: Path, *options: str) -> str:
    """Return, on one line, what a demo says that ends before it begins."""
    async with demo(folder, *options) as program, asyncio.timeout(WITHIN):
        said, _ = await program.communicate()
    assert program.returncode, said
    assert b"Traceback" not in said
    return " ".join(said.decode().split())


async def opened(program: asyncio.subprocess.Process) -> None:
    """Wait until a demo says where its page is."""
    assert program.stdout
    async with asyncio.timeout(WITHIN):
        while b"Open http://" not in (line := await program.stdout.readline()):
            assert line, "it ended"


async def test_a_taken_port_is_told_with_the_option_and_nothing_is_forgotten(tmp_path: Path) -> None:
    earlier = tmp_path / "demo-output" / "state" / "earlier"
    earlier.parent.mkdir(parents=True)
    earlier.touch()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = await refused(tmp_path, "--fresh", "--port", str(port))
    assert said.startswith(f"Error: Port {port} is taken: another program listens there.")
    assert "--port" in said
    assert earlier.exists()


@pytest.mark.parametrize("port", ["99999", "-1"])
async def test_a_number_that_is_no_port_is_told_with_the_option(tmp_path: Path, port: str) -> None:
    assert "Invalid value for '--port'" in await refused(tmp_path, "--port", port)


async def test_a_second_demo_in_the_same_folder_is_refused_and_deletes_nothing(tmp_path: Path) -> None:
    async with demo(tmp_path, "--port", "0") as first:
        await opened(first)
        kept = {path.name for path in (tmp_path / "demo-output" / "state").iterdir()}
        assert kept
        for options in ((), ("--fresh",)):
            said = await refused(tmp_path, "--port", "0", *options)
            assert said.startswith("Error: A demo is running on ./demo-output already")
        assert {path.name for path in (tmp_path / "demo-output" / "state").iterdir()} >= kept


async def test_a_demo_that_was_killed_bars_no_other(tmp_path: Path) -> None:
    async with demo(tmp_path, "--port", "0") as first:
        await opened(first)
    async with demo(tmp_path, "--port", "0") as second:
        await opened(second)

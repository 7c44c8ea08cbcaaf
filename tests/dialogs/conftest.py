"""Dialogs share one dataset, drawn once, what Python compiles, and a stage on HTTP or on the socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.dataset import demo_dataset
from tests.conftest import made_once
from tests.dialogs.stage import Stage, stage


@pytest.fixture(scope="session")
def dataset(shared: Path) -> Path:
    return made_once(shared / "stellar.zip", lambda: demo_dataset(12))


@pytest.fixture(scope="session")
def bytecode(shared: Path) -> Path:
    return shared / "bytecode"


@pytest.fixture
async def on_http(tmp_path: Path, dataset: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, dataset=dataset) as opened:
        yield opened


@pytest.fixture
async def at(request: pytest.FixtureRequest, tmp_path: Path, dataset: Path) -> AsyncIterator[Stage]:
    """Open a stage on HTTP with the rules that the test's module calls POLICY."""
    async with stage(tmp_path, dataset=dataset, policy=request.module.POLICY) as opened:
        opened.inside.leaves_a_month_that_ends()
        yield opened


@pytest.fixture(params=["http", "socket"])
async def workspace(request: pytest.FixtureRequest, tmp_path: Path, dataset: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, dataset=dataset, socket_mode=request.param == "socket") as opened:
        yield opened

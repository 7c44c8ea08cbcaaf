"""Dialogs share one dataset, drawn once, and a stage on HTTP or on the socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.dataset import demo_dataset
from tests.dialogs.stage import Stage, stage


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dataset") / "stellar.zip"
    path.write_bytes(demo_dataset(12))
    return path


@pytest.fixture
async def on_http(tmp_path: Path, dataset: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, dataset=dataset) as opened:
        yield opened


@pytest.fixture(params=["http", "socket"])
async def workspace(request: pytest.FixtureRequest, tmp_path: Path, dataset: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, dataset=dataset, socket_mode=request.param == "socket") as opened:
        yield opened

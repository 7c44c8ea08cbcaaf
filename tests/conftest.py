"""What every room of the tests may ask for: a clock that stands still, and a store that reads it."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.house import House


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a skip fail where everything is there: continuous integration installs what a test may miss."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[SQLiteStore]:
    async with SQLiteStore(tmp_path / "housestyle.db", clock=clock) as opened:
        yield opened


@pytest.fixture
def house(store: SQLiteStore, clock: FakeClock) -> House:
    return House(store, clock)

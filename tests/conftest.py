"""What every room of the tests may ask for: a clock that stands still, and a store that reads it."""

import fcntl
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from storage.sqlite import SQLiteStore
from tests import schedule
from tests.fakes import FakeClock
from tests.house import House

WORKER = os.environ.get("PYTEST_XDIST_WORKER")

settings.register_profile(
    "any machine", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")  # a busy machine is no fault of ours

sys.dont_write_bytecode = False  # to compile the tests each time takes longer than most of them


def pytest_configure() -> None:
    """Take this process's part, where several test at a time."""
    if WORKER:
        schedule.take_place(WORKER)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> schedule.Lanes | None:  # noqa: ANN401 - py's
    """Deal the tests as `tests.schedule` says, unless another way was asked for."""
    return schedule.Lanes(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests into the queue, in the same order in every process."""
    if WORKER:
        items.sort(key=schedule.place)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a skip fail where everything is there: continuous integration installs what a test may miss."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes share in which this run is tested."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if WORKER else own


def made_once(path: Path, make: Callable[[], bytes]) -> Path:
    """Have the first of all processes that ask for a file make it."""
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            path.write_bytes(make())
    return path


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

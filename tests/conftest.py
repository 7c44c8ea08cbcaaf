"""What every room of the tests may ask for: a clock that stands still, and a store that reads it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.house import House


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

"""A house on a database file that programs can open beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.auditing import verify
from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.house import House
from tests.services.team import team


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "housestyle.db"


@pytest.fixture
async def home(database: Path) -> AsyncIterator[House]:
    async with SQLiteStore(database, clock=(clock := FakeClock())) as store:
        yield team(House(store, clock))
    assert [fault for verdict in verify(database) for fault in verdict.faults] == []

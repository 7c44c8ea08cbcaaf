"""Any store that keeps the port's contract, each by the name of its fixture."""

from pathlib import Path

import pytest

from bot.ports import Store
from storage.sqlite import SQLiteStore


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return where the root's `store` keeps its file."""
    return tmp_path / "housestyle.db"


@pytest.fixture
def sqlite_store(store: SQLiteStore) -> SQLiteStore:
    return store


@pytest.fixture(params=["sqlite_store"])
def any_store(request: pytest.FixtureRequest) -> Store:
    asked: Store = request.getfixturevalue(request.param)
    return asked

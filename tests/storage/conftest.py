"""Any store that keeps the port's contract, each by the name of its fixture; and an audit without a row."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.ports import Store
from storage.audit import SQLAudit
from storage.connection import connect
from storage.migrate import migrate
from storage.sqlite import SQLiteStore
from tests.fakes import NOON


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


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database without a row, to be copied: making one takes longer than a test of the audit."""
    path = tmp_path_factory.mktemp("audit") / "empty.db"
    migrate(path)
    return path


@pytest.fixture
def file(database: Path, empty: Path) -> Iterator[sqlite3.Connection]:
    shutil.copy(empty, database)
    with closing(connect(database).conn) as connection:
        yield connection


@pytest.fixture
def audit(file: sqlite3.Connection) -> SQLAudit:
    return SQLAudit(file, NOON)

"""What the tests of misfortunes share: one small dataset, and one place for what Python compiles."""

from pathlib import Path

import pytest

from tests.chaos.wave import small_dataset
from tests.conftest import made_once


@pytest.fixture(scope="session")
def small(shared: Path) -> Path:
    return made_once(shared / "small.zip", small_dataset)


@pytest.fixture(scope="session")
def bytecode(shared: Path) -> Path:
    return shared / "bytecode"

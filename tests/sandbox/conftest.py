"""A sandbox for each test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.slack_lab import Sandbox, sandboxed


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with sandboxed() as served:
        yield served

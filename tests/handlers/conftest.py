from collections.abc import AsyncIterator

import pytest

from tests.handlers.handlers_lab import Lab
from tests.house import House
from tests.slack.slack_server import SlackServer


@pytest.fixture
async def lab(house: House) -> AsyncIterator[Lab]:
    async with SlackServer().running() as slack:
        yield Lab(house, slack)

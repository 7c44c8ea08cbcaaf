from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.messenger import SlackMessenger
from tests.slack.slack_server import OUR_BOT, SlackServer
from tests.slack.slack_states import NOW


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer().running() as server:
        yield server


@pytest.fixture
def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient("xoxb-none", base_url=f"{slack.url}/api/", timeout=1, retry_handlers=[])


@pytest.fixture
def messenger(client: AsyncWebClient) -> SlackMessenger:
    return SlackMessenger(client, clock=lambda: NOW, bot_id=OUR_BOT, patience=1.0)

from collections.abc import AsyncIterator
from itertools import count

import pytest

from bot.slack.client import PacedClient
from bot.slack.limits import Limits
from bot.slack.messenger import SlackMessenger
from tests.sandbox.slack_lab import Sandbox, sandboxed
from tests.slack.slack_server import OUR_BOT, SlackServer
from tests.slack.slack_states import NOW


def boundless() -> Limits:
    """Return limits by a clock on which a minute goes by between any two calls."""
    moments = count(0, 60)
    return Limits(clock=lambda: float(next(moments)))


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer().running() as server:
        yield server


@pytest.fixture
def client(slack: SlackServer) -> PacedClient:
    return PacedClient("xoxb-none", base_url=f"{slack.url}/api/", timeout=30, limits=boundless())


@pytest.fixture
def messenger(client: PacedClient) -> SlackMessenger:
    return SlackMessenger(client, clock=lambda: NOW, bot_id=OUR_BOT)


@pytest.fixture
def hasty(client: PacedClient) -> SlackMessenger:
    """Return one that soon gives a file up."""
    return SlackMessenger(client, clock=lambda: NOW, bot_id=OUR_BOT, patience=1.0)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Serve the embedded Slack."""
    async with sandboxed() as served:
        yield served


@pytest.fixture
def embedded(sandbox: Sandbox) -> PacedClient:
    """Return a client of the embedded Slack."""
    return PacedClient("xoxb-sandbox", base_url=f"{sandbox.url}/slack/api/", limits=boundless())

"""Direct conversations: asked of Slack once for each person, and now and then again."""

from datetime import timedelta

import pytest

from bot.domain.errors import Unpostable
from bot.domain.ids import ChannelId
from bot.slack.client import PacedClient
from bot.slack.messenger import OPEN_FOR, SlackMessenger
from tests.fakes import FakeClock
from tests.slack.slack_server import OUR_BOT, SlackServer, error
from tests.slack.slack_states import ANN


def opened(slack: SlackServer) -> int:
    return sum(method == "conversations.open" for method, _ in slack.calls)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def messenger(client: PacedClient, clock: FakeClock) -> SlackMessenger:
    return SlackMessenger(client, clock=clock, bot_id=OUR_BOT)


async def test_a_direct_conversation_is_opened_once_within_an_hour(
    slack: SlackServer, messenger: SlackMessenger, clock: FakeClock
) -> None:
    for _ in range(3):
        assert await messenger.direct(ANN) == ChannelId("D0ANN00001")
        clock.pass_time(minutes=29)
    assert opened(slack) == 1


async def test_that_somebody_has_left_is_noticed_though_they_were_written_to(
    slack: SlackServer, messenger: SlackMessenger, clock: FakeClock
) -> None:
    await messenger.direct(ANN)
    slack.faults["conversations.open"] += [error("user_disabled"), error("user_disabled")]
    clock.now += OPEN_FOR + timedelta(seconds=1)
    for _ in range(2):
        with pytest.raises(Unpostable):
            await messenger.direct(ANN)

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Unavailable, Unpostable
from bot.slack.messenger import SlackMessenger
from tests.slack.slack_server import OUR_BOT, SlackServer, error
from tests.slack.slack_states import NOW


async def test_an_upload_returns_when_slack_can_show_it(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.looks_until_ready = 2
    file = await messenger.upload("Stellar\u202e-1.jpg", b"a picture")
    assert slack.bodies[file] == b"a picture"
    assert slack.files[file]["mimetype"] == "image/jpeg"
    assert slack.files[file]["name"] == "Stellar-1.jpg"
    assert slack.arguments("files.getUploadURLExternal") == {"filename": "Stellar-1.jpg", "length": "9"}
    assert "channel_id" not in slack.arguments("files.completeUploadExternal")


async def test_a_file_that_slack_does_not_know_yet_is_waited_for(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.faults["files.info"].append(error("file_not_found"))
    assert await messenger.upload("a.jpg", b"x") in slack.files


async def test_a_file_that_never_gets_ready_is_given_up_for_now(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.looks_until_ready = 1000
    with pytest.raises(Unavailable, match="still looking"):
        await messenger.upload("a.jpg", b"x")


async def test_bytes_that_slack_does_not_take_may_be_sent_again(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.upload_status = 503
    with pytest.raises(Unavailable):
        await messenger.upload("a.jpg", b"x")


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.info"])
async def test_a_file_that_slack_refuses_for_good_is_a_no(
    slack: SlackServer, messenger: SlackMessenger, method: str
) -> None:
    slack.faults[method].append(error("file_uploads_disabled"))
    with pytest.raises(Unpostable):
        await messenger.upload("a.jpg", b"x")


async def test_an_upload_goes_through_the_clients_own_session(slack: SlackServer) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-none", base_url=f"{slack.url}/api/", session=session, retry_handlers=[])
        messenger = SlackMessenger(client, clock=lambda: NOW, bot_id=OUR_BOT)
        file = await messenger.upload("a.jpg", b"x")
        assert slack.bodies[file] == b"x"
        assert not session.closed

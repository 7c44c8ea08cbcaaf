import asyncio

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot.domain.errors import Unavailable
from bot.domain.message import Place, RunCard
from bot.domain.run import Stage
from bot.slack.client import PacedClient, pages
from bot.slack.client import paced as opened
from bot.slack.limits import Limits
from bot.slack.messenger import SlackMessenger
from tests.sandbox.slack_lab import ANN, BRAND, HELLO, Sandbox
from tests.slack.slack_server import OUR_BOT, SlackServer, error, limited
from tests.slack.slack_states import CHANNEL, NOW, run

AWAITING = run(Stage.AWAITING)
CARD = RunCard(AWAITING.id)
FORM = {"type": "modal"}


class Paced:
    """A client with the real limits, by a clock that is set by hand."""

    def __init__(self, slack: SlackServer) -> None:
        self.now = 0.0
        self.slack = slack
        self.client = PacedClient(
            "xoxb-none", base_url=f"{slack.url}/api/", limits=Limits(clock=lambda: self.now)
        )

    async def says(self, channel: str = CHANNEL) -> None:
        await self.client.chat_postMessage(channel=channel, text="x")

    @property
    def calls(self) -> list[str]:
        return [method for method, _ in self.slack.calls]


@pytest.fixture
def paced(slack: SlackServer) -> Paced:
    return Paced(slack)


async def test_what_goes_too_fast_is_refused_before_anything_is_sent(paced: Paced) -> None:
    for _ in range(3):
        await paced.says()
    outcomes = await asyncio.gather(*(paced.says() for _ in range(5)), return_exceptions=True)
    refusals = [one for one in outcomes if isinstance(one, Unavailable)]
    assert len(refusals) == 4
    assert all(one.retry_after for one in refusals)
    assert len(paced.slack.messages) == 4


async def test_a_short_wait_is_slept(slack: SlackServer) -> None:
    client = PacedClient("xoxb-none", base_url=f"{slack.url}/api/")
    began = asyncio.get_running_loop().time()
    for _ in range(4):
        await client.chat_postMessage(channel=CHANNEL, text="x")
    assert asyncio.get_running_loop().time() - began > 0.5
    assert len(slack.messages) == 4


async def test_another_channel_does_not_wait(paced: Paced) -> None:
    for _ in range(3):
        await paced.says()
    await paced.says("C0OTHER0001")
    assert len(paced.slack.messages) == 4


@pytest.mark.parametrize("answer", [limited("30"), error("rate_limited"), web.Response(status=429)])
async def test_a_limit_pauses_its_method_and_no_other(paced: Paced, answer: web.Response) -> None:
    paced.slack.faults["chat.postMessage"].append(answer)
    with pytest.raises(SlackApiError):
        await paced.says()
    with pytest.raises(Unavailable) as refusal:
        await paced.says("C0OTHER0001")
    assert refusal.value.retry_after == 30.0
    await paced.client.files_getUploadURLExternal(filename="a", length=1)
    assert paced.calls == ["chat.postMessage", "files.getUploadURLExternal"]
    paced.now = 30.0
    await paced.says()
    assert len(paced.slack.messages) == 1


async def test_one_that_sleeps_is_stopped_by_a_limit_that_comes_meanwhile(paced: Paced) -> None:
    for _ in range(3):
        await paced.says()
    sleeper = asyncio.create_task(paced.says())
    await asyncio.sleep(0.05)
    paced.client.limits.pause("chat.postMessage", 60)
    with pytest.raises(Unavailable):
        await sleeper
    assert len(paced.slack.messages) == 3


async def test_a_limit_on_opening_forms_is_told_to_all_until_then_and_asked_of_slack_once(
    paced: Paced,
) -> None:
    paced.slack.faults["views.open"].append(limited("30"))
    for trigger, now, seconds in (("1", 0.0, 30), ("2", 0.0, 30), ("3", 10.0, 21)):  # one after another
        paced.now = now
        with pytest.raises(Unavailable, match=rf"no more forms .* Try again in {seconds} seconds\."):
            await paced.client.open_form(trigger, FORM)
    assert paced.calls == ["views.open"]
    paced.now = 60.0
    await paced.client.open_form("4", FORM)
    assert len(paced.slack.opened) == 1


async def test_a_form_that_does_not_open_in_time_is_given_up_while_it_can_be_told(paced: Paced) -> None:
    paced.slack.sleeps["views.open"] = 0.3
    with pytest.raises(Unavailable, match="too slow to open the form"):
        await paced.client.open_form("1", FORM, within=0.1)


async def test_a_form_that_slack_does_not_take_is_a_bug(paced: Paced) -> None:
    paced.slack.faults["views.open"].append(error("view_too_large"))
    with pytest.raises(SlackApiError):
        await paced.client.open_form("1", FORM)


async def test_a_call_ends_in_time_over_kept_connections_too(slack: SlackServer) -> None:
    slack.sleeps["auth.test"] = 0.3
    async with opened("xoxb-none", f"{slack.url}/api/", within=0.1) as client:
        with pytest.raises(TimeoutError):
            await client.auth_test()


@pytest.mark.parametrize("is_kept", [True, False])
async def test_words_at_a_response_url_are_sent_once(slack: SlackServer, *, is_kept: bool) -> None:
    slack.drops = {"response"}
    async with opened("xoxb-none", f"{slack.url}/api/") as kept:
        client = kept if is_kept else PacedClient("xoxb-none", base_url=f"{slack.url}/api/")
        with pytest.raises(Unavailable, match="Slack did not answer"):
            await client.respond(f"{slack.url}/response", "done", [HELLO])
    assert slack.whispers == [
        {"text": "done", "blocks": [HELLO], "response_type": "ephemeral", "replace_original": False}
    ]


@pytest.mark.parametrize("status", [404, 429, 500])
async def test_words_that_a_response_url_does_not_take_are_not_said_again(paced: Paced, status: int) -> None:
    paced.slack.response_status = status
    with pytest.raises(Unavailable, match="did not take"):
        await paced.client.respond(f"{paced.slack.url}/response", "done")
    assert len(paced.slack.whispers) == 1


async def test_an_answer_to_a_click_that_slack_limits_is_said_after_retry_after_once(paced: Paced) -> None:
    paced.slack.faults["response"] += [limited("0")]
    await paced.client.respond(f"{paced.slack.url}/response", "done")
    assert [said["text"] for said in paced.slack.whispers] == ["done", "done"]


@pytest.mark.parametrize("answers", [[limited("31")], [limited(None)], [limited("0"), limited("0")]])
async def test_an_answer_to_a_click_that_slack_limits_for_long_or_again_is_given_up(
    paced: Paced, answers: list[web.Response]
) -> None:
    paced.slack.faults["response"] += answers
    with pytest.raises(Unavailable, match="did not take"):
        await paced.client.respond(f"{paced.slack.url}/response", "done")
    assert len(paced.slack.whispers) == len(answers)


async def test_somebody_is_told_directly_once_slack_lets_us(paced: Paced) -> None:
    paced.slack.faults["chat.postMessage"] += [limited("0"), limited("0")]
    await paced.client.tell("U0ANN", "done", [HELLO])
    (said,) = paced.slack.messages
    assert (said["channel"], said["text"], said["blocks"]) == ("U0ANN", "done", [HELLO])


async def test_what_may_have_been_told_is_not_told_again(paced: Paced) -> None:
    paced.slack.drops = {"chat.postMessage"}
    with pytest.raises(Unavailable):
        await paced.client.tell("U0ANN", "done")
    assert len(paced.slack.messages) == 1


async def test_a_lost_answer_is_not_asked_for_again(paced: Paced) -> None:
    paced.slack.drops = {"chat.postMessage"}
    with pytest.raises(aiohttp.ClientError):
        await paced.says()
    assert paced.calls == ["chat.postMessage"]


async def test_the_messenger_says_when_to_come_back_and_that_nothing_stands(paced: Paced) -> None:
    messenger = SlackMessenger(paced.client, clock=lambda: NOW, bot_id=OUR_BOT)
    paced.client.limits.pause("chat.postMessage", 7)
    with pytest.raises(Unavailable, match="Slack asks us to wait") as refusal:
        await messenger.post(Place(CHANNEL), CARD, AWAITING, key="k", file=None)
    assert refusal.value.retry_after == 7.0
    assert paced.slack.calls == []


async def test_as_many_cards_are_drawn_anew_as_the_messenger_says(paced: Paced) -> None:
    messenger = SlackMessenger(paced.client, clock=lambda: NOW, bot_id=OUR_BOT)
    posted = await messenger.post(Place(CHANNEL), CARD, AWAITING, key="k", file=None)
    for left in (5, 4, 3, 2, 1):
        assert messenger.redraws() == left
        await messenger.redraw(posted, CARD, AWAITING)
    assert messenger.redraws() == 0


async def test_a_patient_reading_waits_as_long_as_slack_says(paced: Paced) -> None:
    paced.slack.faults["conversations.history"] += [limited("0"), limited("0")]
    read = paced.client.conversations_history
    assert [page["messages"] async for page in pages(read, is_patient=True, channel=CHANNEL)] == [[]]
    assert len(paced.slack.calls) == 3


@pytest.mark.parametrize("wait", ["61", "0"])
async def test_a_patient_reading_does_not_wait_for_ever(paced: Paced, wait: str) -> None:
    paced.slack.faults["conversations.history"] += [limited(wait) for _ in range(20)]
    with pytest.raises(SlackApiError):
        async for _ in pages(paced.client.conversations_history, is_patient=True, channel=CHANNEL):
            pass
    assert len(paced.slack.calls) < 10


async def test_a_patient_reading_waits_for_our_own_limits_too(paced: Paced) -> None:
    paced.client.limits.pause("conversations.history", 1.6)
    asyncio.get_running_loop().call_later(0.05, setattr, paced, "now", 100.0)
    read = paced.client.conversations_history
    assert [page["messages"] async for page in pages(read, is_patient=True, channel=CHANNEL)] == [[]]


async def test_a_storm_of_cards_never_meets_a_limit_of_slacks(sandbox: Sandbox) -> None:
    client = PacedClient("xoxb-sandbox", base_url=f"{sandbox.url}/slack/api/")
    for _ in range(3):
        channels = (BRAND, ANN)
        said = (client.chat_postMessage(channel=c, text="x", blocks=[HELLO]) for c in channels * 5)
        await asyncio.gather(*said, return_exceptions=True)
    asked = [entry for entry in sandbox.slack.ledger.entries if entry["method"] == "chat.postMessage"]
    assert len(asked) >= 6
    assert all(entry["ok"] for entry in asked)

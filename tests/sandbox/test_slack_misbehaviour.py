"""Rate limits, the faults that a test may order, and what is left after the power went."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack_faults import Faults, HangUp
from bot.sandbox.slack_limits import Limits
from tests.sandbox.slack_lab import ANN, BRAND, GENERAL, PNG, Sandbox, sandboxed


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_method_has_a_minutes_quota_and_gets_it_back_evenly() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    assert [limits.refuse("chat.update", 50, None) for _ in range(51)] == [None] * 50 + [2]
    clock.now = 1.2
    assert [limits.refuse("chat.update", 50, None) for _ in range(2)] == [None, 2]
    assert limits.refuse("users.info", 100, None) is None


def test_a_channel_takes_ten_posts_in_a_row_and_then_one_a_second() -> None:
    clock = Clock()
    limits = Limits(clock=clock)
    assert [limits.refuse("chat.postMessage", 300, "C1") for _ in range(11)] == [None] * 10 + [1]
    assert limits.refuse("chat.postMessage", 300, "C2") is None
    clock.now = 1.0
    assert [limits.refuse("chat.postMessage", 300, "C1") for _ in range(2)] == [None, 1]


async def test_one_call_too_many_is_told_how_long_to_wait() -> None:
    async with sandboxed(limits=Limits(scale=0.1)) as sandbox:
        client = sandbox.client()
        await client.chat_postMessage(channel=BRAND, text="1")
        with pytest.raises(SlackApiError, match="ratelimited") as refused:
            await client.chat_postMessage(channel=BRAND, text="2")
        assert refused.value.response.status_code == 429
        assert int(refused.value.response.headers["Retry-After"]) == 10
        assert len(await sandbox.seen(ANN)) == 1


async def test_an_ordered_429_strikes_one_method_once(sandbox: Sandbox) -> None:
    order = {"service": "slack", "kind": "429", "method": "chat.update", "retry_after": 7}
    assert (await sandbox.http.post("/sandbox/faults", json=order)).json() == {"ok": True}
    client = sandbox.client()
    posted = await client.chat_postMessage(channel=BRAND, text="1")
    with pytest.raises(SlackApiError, match="ratelimited") as refused:
        await client.chat_update(channel=BRAND, ts=str(posted["ts"]), text="2")
    assert refused.value.response.headers["Retry-After"] == "7"
    await client.chat_update(channel=BRAND, ts=str(posted["ts"]), text="2")


async def test_faults_strike_one_call_each_in_the_order_they_were_ordered(sandbox: Sandbox) -> None:
    for kind in ("drop_after", "5xx", "429"):
        sandbox.slack.fault({"kind": kind, "method": "auth.test"})
    with pytest.raises(aiohttp.ClientError):
        await sandbox.client().auth_test()
    told = [(await sandbox.http.post("/slack/api/auth.test")).status_code for _ in range(3)]
    assert told == [503, 429, 200]


async def test_a_broken_server_answers_no_json(sandbox: Sandbox) -> None:
    sandbox.slack.fault({"kind": "5xx"})
    answer = await sandbox.http.post("/slack/api/auth.test")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")


@pytest.mark.parametrize(("kind", "posted"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection_closes_without_an_answer(
    sandbox: Sandbox, kind: str, posted: int
) -> None:
    sandbox.slack.fault({"kind": kind, "method": "chat.postMessage"})
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await sandbox.client().chat_postMessage(channel=BRAND, text="x")
    assert len(await sandbox.seen(ANN)) == posted
    sandbox.slack.fault({"kind": kind})
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await sandbox.http.post("/slack/api/auth.test")
    assert (await sandbox.client().auth_test())["ok"] is True


async def test_the_sdk_itself_posts_twice_over_a_dropped_connection(sandbox: Sandbox) -> None:
    sandbox.slack.fault({"kind": "drop_after", "method": "chat.postMessage"})
    careless = AsyncWebClient(token="xoxb-sandbox", base_url=f"{sandbox.url}/slack/api/")
    await careless.chat_postMessage(channel=BRAND, text="x")
    assert len(await sandbox.seen(ANN)) == 2


async def test_an_error_may_be_ordered_if_the_method_knows_it(sandbox: Sandbox) -> None:
    sandbox.slack.fault({"kind": "error", "method": "chat.update", "code": "edit_window_closed"})
    body = await sandbox.refused("chat.update", channel=BRAND, ts="1.0", text="x")
    assert body["error"] == "edit_window_closed"
    wrong = {"service": "slack", "kind": "error", "method": "chat.update", "code": "not_my_day"}
    assert (await sandbox.http.post("/sandbox/faults", json=wrong)).status_code == 400


@pytest.mark.parametrize("wrong", [{"service": "slack", "kind": "tired"}, {"service": "post office"}, []])
async def test_an_order_that_makes_no_sense_is_refused(sandbox: Sandbox, wrong: object) -> None:
    assert (await sandbox.http.post("/sandbox/faults", json=wrong)).status_code == 400


async def test_faults_can_be_called_off(sandbox: Sandbox) -> None:
    for service in ("slack", "runware"):
        order = {"service": service, "kind": "5xx", "times": 5}
        assert (await sandbox.http.post("/sandbox/faults", json=order)).json() == {"ok": True}
    await sandbox.http.delete("/sandbox/faults")
    assert (await sandbox.client().auth_test())["ok"] is True


async def test_under_another_server_a_dropped_answer_breaks_off() -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:  # noqa: ANN401 - ASGI says so
        sent.append(message)

    await HangUp()({"type": "http"}, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"]


def test_a_fault_is_spent_after_its_times() -> None:
    faults = Faults()
    faults.order({"kind": "5xx", "times": 2})
    assert [bool(faults.take({"5xx"}, "auth.test")) for _ in range(3)] == [True, True, False]


async def test_a_slow_answer_comes_late_but_comes(sandbox: Sandbox) -> None:
    sandbox.slack.fault({"kind": "slow", "retry_after": 0.3})
    started = asyncio.get_running_loop().time()
    await sandbox.client().auth_test()
    assert asyncio.get_running_loop().time() - started >= 0.3


async def test_everything_is_still_there_after_the_power_went(tmp_path: Path) -> None:
    async with sandboxed(tmp_path) as before:
        client = before.client()
        root = await client.chat_postMessage(channel=BRAND, text="root", client_msg_id="a-1")
        await client.chat_postMessage(channel=BRAND, text="reply", thread_ts=str(root["ts"]))
        done = await client.files_upload_v2(file=PNG, filename="fox.png", channel=GENERAL)
        home = {"type": "home", "blocks": []}
        await client.views_publish(user_id=ANN, view=home)
        calls = [entry["method"] for entry in before.slack.ledger.entries]
    with (tmp_path / "slack-ledger.jsonl").open("a") as file:
        file.write('{"method": "cut o')
    async with sandboxed(tmp_path) as after:
        again = await after.client().chat_postMessage(channel=BRAND, text="root", client_msg_id="a-1")
        assert again["ts"] == root["ts"]
        assert [message["text"] for message in await after.seen(ANN)] == ["root", "reply"]
        assert [entry["method"] for entry in after.slack.ledger.entries] == [*calls, "chat.postMessage"]
        file_id = done["files"][0]["id"]
        await asyncio.sleep(0.2)
        bot = {"Authorization": "Bearer xoxb-sandbox"}
        assert (await after.http.get(f"/slack/files/{file_id}/fox.png", headers=bot)).content == PNG
        assert (await after.http.get("/sandbox/home", params={"as": ANN})).json()["view"]["blocks"] == []
        later = await after.client().chat_postMessage(channel=BRAND, text="later")
        assert str(later["ts"]) > str(root["ts"])

"""Whole dialogs between people and a real Bolt app, over signed HTTP and over Socket Mode."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.sandbox.slack_bot import CARD, WAYS, form, listen, over_http, over_socket
from tests.sandbox.slack_lab import ANN, BEN, BOT, BRAND, CAT, RANDOM, Sandbox, free_socket, serving


class Bot:
    """A bot on duty, and what reached it."""

    def __init__(self, sandbox: Sandbox, taken: list[dict[str, Any]]) -> None:
        self.sandbox = sandbox
        self.taken = taken


@pytest.fixture(params=sorted(WAYS))
async def bot(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[Bot]:
    app = sandbox.app()
    taken = listen(app)
    async with WAYS[request.param](sandbox, app):
        yield Bot(sandbox, taken)
    assert sandbox.slack.ledger.violations() == []


async def until(true: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - what is waited for knows of no event
            await asyncio.sleep(0.02)


def top(bot: Bot, who: str = ANN) -> dict[str, Any]:
    """Return the view that a person has before them."""
    world = bot.sandbox.world
    view: dict[str, Any] = world.views[world.stacks[who][-1]]
    return view


async def fill(bot: Bot, name: str) -> dict[str, Any]:
    values = {"name": {"name": {"type": "plain_text_input", "value": name}}}
    return await bot.sandbox.do("submit", ANN, view_id=top(bot)["id"], values=values)


async def open_form(bot: Bot) -> None:
    assert await bot.sandbox.do("command", ANN, channel=BRAND, text="/train form") == {"ok": True}
    await until(lambda: bot.sandbox.world.stacks.get(ANN))


async def test_a_command_is_escaped_and_answered_to_its_person_only(bot: Bot) -> None:
    line = "/train https://acme.com/a.zip?x=1&y=2 as Stellar, ask @ben in #brand <soon>"
    assert await bot.sandbox.do("command", ANN, channel=BRAND, text=line) == {"ok": True}
    text = f"<https://acme.com/a.zip?x=1&amp;y=2> as Stellar, ask <@{BEN}> in <#{BRAND}|brand> &lt;soon&gt;"
    (command,) = bot.taken
    assert (command["text"], command["user_id"], command["channel_name"]) == (text, ANN, "brand")
    (answer,) = await bot.sandbox.seen(ANN)
    assert (answer["text"], answer["ephemeral"], answer["user"]) == (f"You said {text}", True, BOT)
    assert await bot.sandbox.seen(BEN) == []


async def test_an_answer_in_the_channel_shows_the_command_too(bot: Bot) -> None:
    await bot.sandbox.do("command", ANN, channel=BRAND, text="/style list")
    said = [(message["user"], message["text"]) for message in await bot.sandbox.seen(BEN)]
    assert said == [(ANN, "/style list"), (BOT, "Everyone may know")]


async def test_a_button_is_clicked_by_a_colleague_and_the_card_is_replaced(bot: Bot) -> None:
    await bot.sandbox.do("command", ANN, channel=BRAND, text="/train card")
    await until(lambda: bot.sandbox.world.messages)
    (card,) = await bot.sandbox.seen(BEN)
    click = {"channel": BRAND, "message_ts": card["ts"], "block_id": "decide", "action_id": "approve"}
    assert await bot.sandbox.do("action", BEN, **click, value="forged") == {"ok": True}
    await until(lambda: bot.sandbox.world.messages[0].edited_ts)
    body = bot.taken[-1]
    assert (body["user"]["id"], body["message"]["ts"], body["container"]["channel_id"]) == (
        BEN,
        card["ts"],
        BRAND,
    )
    assert [message["text"] for message in await bot.sandbox.seen(CAT)] == ["Approved run-1"]


async def test_a_form_is_opened_filled_in_and_closed(bot: Bot) -> None:
    await open_form(bot)
    assert await fill(bot, "") == {"ok": False, "errors": {"name": "Please complete this required field."}}
    assert (await fill(bot, "far too long a name"))["errors"]["name"].startswith("This must be at most 10")
    assert await fill(bot, "taken") == {"ok": False, "errors": {"name": "That name is taken."}}
    assert await fill(bot, "Stellar") == {"ok": True}
    assert bot.taken[-1]["note"] == {"note": {"type": "plain_text_input", "value": "soft"}}
    assert bot.sandbox.world.stacks[ANN] == []


async def test_forms_are_updated_and_stacked_three_high(bot: Bot) -> None:
    await open_form(bot)
    await fill(bot, "other")
    assert top(bot)["title"]["text"] == "Other"
    await fill(bot, "more")
    await fill(bot, "more")
    assert len(bot.sandbox.world.stacks[ANN]) == 3
    assert top(bot)["root_view_id"] == bot.sandbox.world.stacks[ANN][0]
    await bot.sandbox.do("close_view", ANN, view_id=top(bot)["id"])
    assert len(bot.sandbox.world.stacks[ANN]) == 2
    await fill(bot, "all")
    assert bot.sandbox.world.stacks[ANN] == []


async def test_the_home_is_drawn_when_it_is_opened(bot: Bot) -> None:
    await bot.sandbox.do("open_home", ANN)
    await until(lambda: ANN in bot.sandbox.world.homes)
    answer = await bot.sandbox.http.get("/sandbox/home", params={"as": ANN})
    home = answer.json()["view"]
    click = {"view_id": home["id"], "block_id": "decide", "action_id": "approve"}
    assert (await bot.sandbox.do("action", BEN, **click))["error"] == "view_not_found"


async def test_a_shortcut_brings_the_message_along(bot: Bot) -> None:
    ts = (await bot.sandbox.do("message", CAT, channel=BRAND, text="see https://acme.com/a.zip"))["ts"]
    used = {"channel": BRAND, "message_ts": ts, "callback_id": "reference"}
    assert await bot.sandbox.do("shortcut", ANN, **used) == {"ok": True}
    assert bot.taken[-1]["message"]["text"] == "see <https://acme.com/a.zip>"


@pytest.mark.parametrize("kind", ["command", "event"])
async def test_a_delivery_may_come_twice_and_is_answered_once(bot: Bot, kind: str) -> None:
    bot.sandbox.slack.fault({"kind": "duplicate", "method": kind})
    if kind == "command":
        await bot.sandbox.do("command", ANN, channel=BRAND, text="/train twice")
        assert len(await bot.sandbox.seen(ANN)) == 1
        assert bot.taken[0]["trigger_id"] == bot.taken[1]["trigger_id"]
    else:
        await bot.sandbox.do("open_home", ANN)
        await until(lambda: len(bot.sandbox.slack.ledger.deliveries) == 2)
        first, second = (it["payload"]["event_id"] for it in bot.sandbox.slack.ledger.deliveries)
        assert first == second


async def test_a_command_is_refused_where_slack_refuses_it(bot: Bot) -> None:
    refusals = [
        ({"channel": BRAND, "text": "/dance"}, "unknown_command"),
        ({"channel": RANDOM, "text": "/train x"}, "channel_not_found"),
        ({"channel": BRAND, "text": "/train x", "thread_ts": "1.0"}, "not_supported_in_thread"),
    ]
    for asked, error in refusals:
        assert await bot.sandbox.do("command", ANN, **asked) == {"ok": False, "error": error}
    assert bot.taken == []


async def test_without_a_bot_a_command_fails_and_says_so(sandbox: Sandbox) -> None:
    assert (await sandbox.do("command", ANN, channel=BRAND, text="/train x"))["error"] == "dispatch_failed"
    sandbox.slack.delivery.events_url = "http://127.0.0.1:1/slack/events"
    assert (await sandbox.do("command", ANN, channel=BRAND, text="/train x"))["error"] == "dispatch_failed"


async def test_a_bot_that_is_silent_for_three_seconds_has_not_answered(sandbox: Sandbox) -> None:
    app = sandbox.app()

    @app.command("/train")
    async def train(ack: AsyncAck) -> None:
        await asyncio.sleep(3.2)
        await ack()

    async with over_socket(sandbox, app):
        failed = await sandbox.do("command", ANN, channel=BRAND, text="/train x")
    assert failed == {"ok": False, "error": "operation_timeout"}


async def test_an_event_is_tried_again_until_it_is_taken(sandbox: Sandbox) -> None:
    sandbox.slack.delivery.events_url = "http://127.0.0.1:1/slack/events"
    await sandbox.do("open_home", ANN)
    await until(lambda: sandbox.slack.ledger.deliveries)
    app = sandbox.app()
    taken = listen(app)
    async with over_socket(sandbox, app):
        await until(lambda: taken)
        await until(lambda: sandbox.slack.ledger.deliveries[-1]["error"] is None)
    assert sandbox.slack.ledger.deliveries[-1]["attempt"] >= 1


async def test_a_client_that_is_sent_away_comes_back_on_a_new_socket(sandbox: Sandbox) -> None:
    app = sandbox.app()
    listen(app)
    async with over_socket(sandbox, app):
        await sandbox.slack.sockets.refresh()
        assert len(sandbox.slack.sockets) == 0
        await asyncio.wait_for(sandbox.slack.sockets.wait_open(), 60)
        assert await sandbox.do("command", ANN, channel=BRAND, text="/train x") == {"ok": True}


async def test_a_ticket_opens_one_socket_only(sandbox: Sandbox) -> None:
    answer = await sandbox.client("xapp-sandbox").apps_connections_open(app_token="xapp-sandbox")
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await sandbox.client().apps_connections_open(app_token="xoxb-sandbox")
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(answer["url"], autoping=False) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            await socket.send_str("what is this?")
            await socket.send_json({"envelope_id": "unknown"})
            await socket.ping()
            assert (await socket.receive()).type is aiohttp.WSMsgType.PONG
        async with session.ws_connect(answer["url"]) as socket:
            assert (await socket.receive()).data == 4401


async def test_a_bad_ack_is_noted_and_fails_for_the_person(sandbox: Sandbox) -> None:
    app = sandbox.app()

    @app.view("train")
    async def submitted(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"nowhere": "No."})

    @app.command("/train")
    async def train(ack: AsyncAck) -> None:
        await ack(blocks=[{"type": "section"}])

    async with over_http(sandbox, app):
        opened: Any = await sandbox.client().views_open(
            trigger_id=sandbox.slack.desk.new_trigger(ANN), view=form()
        )
        values = {"name": {"name": {"type": "plain_text_input", "value": "x"}}}
        sent = await sandbox.do("submit", ANN, view_id=opened["view"]["id"], values=values)
        assert sent == {"ok": False, "error": "invalid_ack"}
        await sandbox.do("command", ANN, channel=BRAND, text="/train x")
    assert [entry["error"] for entry in sandbox.slack.ledger.violations()] == [
        "invalid_arguments",
        "invalid_blocks",
    ]


async def test_the_bot_hears_what_is_said_where_it_is(
    sandbox: Sandbox,
) -> None:
    app = sandbox.app()
    heard: list[tuple[str, str]] = []

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append((event["channel_type"], event["text"]))

    @app.event("app_mention")
    async def mention(event: dict[str, Any]) -> None:
        heard.append(("mention", event["text"]))

    async with over_socket(sandbox, app):
        root = await sandbox.do("message", ANN, channel=BRAND, text="hello @housestyle")
        await until(lambda: len(heard) == 2)
        await sandbox.do("message", CAT, channel=RANDOM, text="without the bot")
        await sandbox.do("message", ANN, channel="D0000000ANN", text="just us", thread_ts=root["ts"])
        await until(lambda: len(heard) == 3)
    called = f"hello <@{BOT}>"
    assert sorted(heard) == [("channel", called), ("im", "just us"), ("mention", called)]


async def test_a_bot_that_answers_no_json_has_not_answered(sandbox: Sandbox) -> None:
    answers = ["{", "[]", "plain words"]

    async def answer(request: Request) -> Response:
        kind = "text/plain" if len(answers) == 1 else "application/json"
        return Response(answers.pop(0), media_type=kind)

    listening, url = free_socket()
    sandbox.slack.delivery.events_url = url
    async with serving(Starlette(routes=[Route("/", answer, methods=["POST"])]), listening):
        said = [await sandbox.do("command", ANN, channel=BRAND, text="/train x") for _ in range(3)]
    assert said == [{"ok": False, "error": "dispatch_failed"}, {"ok": True}, {"ok": True}]
    assert [message["text"] for message in await sandbox.seen(ANN)] == ["plain words"]


async def test_a_click_on_what_is_not_there_does_nothing(sandbox: Sandbox) -> None:
    posted = await sandbox.client().chat_postMessage(channel=BRAND, text="x", blocks=CARD)
    click = {"channel": BRAND, "message_ts": posted["ts"], "block_id": "decide"}
    assert (await sandbox.do("action", BEN, **click, action_id="reject"))["error"] == "control_not_found"
    assert (await sandbox.do("action", BEN, channel=BRAND, message_ts="1.0"))["error"] == "message_not_found"
    assert (await sandbox.do("action", BEN, view_id="V1"))["error"] == "view_not_found"
    assert (await sandbox.do("shortcut", BEN, channel=BRAND, message_ts="1.0", callback_id="x"))[
        "ok"
    ] is False
    gone = await sandbox.do("action", BEN, **click, action_id="approve")
    assert gone == {"ok": False, "error": "dispatch_failed"}
    assert (await sandbox.do("submit", BEN, view_id="V1", values={}))["error"] == "view_not_found"

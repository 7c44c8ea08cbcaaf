"""The menu of a message: shortcuts reach a real Bolt app both ways, and may open a form."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackWorkspace
from bot.sandbox.world import World
from tests.sandbox.slack_bot import WAYS, over_socket
from tests.sandbox.slack_lab import ANN, BEN, BRAND, PLAIN, PNG, RANDOM, Sandbox

Json = dict[str, Any]
TRAIN = "train_from_files"


def option(value: str, **more: object) -> Json:
    return {"text": {"type": "plain_text", "text": f"{value}.png"}, "value": value, **more}


def chosen(block: str, element: str, options: list[Json], **more: object) -> Json:
    control = {"type": element, "action_id": "x", "options": options, **more}
    return {"type": "input", "block_id": block, "label": PLAIN, "element": control}


FLAGGED = [option(name, description={"type": "plain_text", "text": "another style"}) for name in ("a", "b")]
MANY = [option(str(number)) for number in range(100)]
FORM = {
    "type": "modal",
    "callback_id": "choose",
    "title": PLAIN,
    "submit": PLAIN,
    "blocks": [
        {**chosen("out", "checkboxes", FLAGGED, initial_options=FLAGGED[:1]), "optional": True},
        {**chosen("more", "multi_static_select", MANY, max_selected_items=3), "optional": True},
        chosen("rights", "checkboxes", [option("yes")]),
    ],
}


class Taken:
    """A bot with one shortcut that opens a form, and what reached it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.app = sandbox.app()
        self.shortcuts: list[Json] = []
        self.forms: list[Json] = []
        self.app.shortcut(TRAIN)(self._shortcut)
        self.app.view("choose")(self._view)
        self.app.event("message")(self._message)

    async def _shortcut(self, ack: AsyncAck, shortcut: Json, client: AsyncWebClient) -> None:
        await ack()
        self.shortcuts.append(shortcut)
        if len(self.shortcuts) == 1:
            await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

    async def _view(self, ack: AsyncAck, view: Json) -> None:
        await ack()
        self.forms.append(view["state"]["values"])

    async def _message(self) -> None: ...


@pytest.fixture(params=sorted(WAYS))
async def bot(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[Taken]:
    taken = Taken(sandbox)
    async with WAYS[request.param](sandbox, taken.app):
        yield taken
    assert sandbox.slack.ledger.violations() == []


async def opened(bot: Taken) -> str:
    """Use the shortcut on a new message; return the id of the form that opens."""
    ts = (await bot.sandbox.posts(ANN, ("a.png", PNG)))["ts"]
    assert await bot.sandbox.do("shortcut", ANN, channel=BRAND, message_ts=ts, callback_id=TRAIN) == {
        "ok": True
    }
    async with asyncio.timeout(60):
        while not bot.sandbox.world.stacks.get(ANN):  # noqa: ASYNC110 - what is waited for knows of no event
            await asyncio.sleep(0.02)
    return bot.sandbox.world.stacks[ANN][-1]


async def send(bot: Taken, view_id: str, **values: list[str]) -> Json:
    held = {
        name: {"x": {"selected_options": [{"value": it} for it in them]}} for name, them in values.items()
    }
    return await bot.sandbox.do("submit", ANN, view_id=view_id, values=held)


async def test_a_shortcut_says_who_used_it_on_which_message_with_all_its_files(bot: Taken) -> None:
    root = (await bot.sandbox.do("message", ANN, channel=BRAND, text="pictures"))["ts"]
    posted = await bot.sandbox.posts(ANN, ("a.png", PNG), ("b.png", PNG), thread_ts=root)
    used = {"channel": BRAND, "message_ts": posted["ts"], "callback_id": TRAIN}
    assert await bot.sandbox.do("shortcut", BEN, **used) == {"ok": True}
    (payload,) = bot.shortcuts
    assert payload.keys() == {
        *("type", "token", "action_ts", "team", "user", "channel", "is_enterprise_install", "enterprise"),
        *("callback_id", "trigger_id", "response_url", "message_ts", "message"),
    }
    assert (payload["type"], payload["callback_id"]) == ("message_action", TRAIN)
    assert (payload["user"]["id"], payload["channel"]) == (BEN, {"id": BRAND, "name": "brand"})
    message = payload["message"]
    assert (payload["message_ts"], message["ts"], message["thread_ts"]) == (posted["ts"], posted["ts"], root)
    assert [file["id"] for file in message["files"]] == posted["files"]
    assert all(file["url_private_download"].startswith(bot.sandbox.url) for file in message["files"])


async def test_boxes_and_lists_of_a_form_carry_whole_options(bot: Taken) -> None:
    view = await opened(bot)
    assert await send(bot, view, rights=[]) == {
        "ok": False,
        "errors": {"rights": "Please complete this required field."},
    }
    full = await send(bot, view, rights=["yes"], more=["1", "2", "3", "4"])
    assert full["errors"] == {"more": "You can select up to 3."}
    assert await send(bot, view, rights=["yes"], out=["c"]) == {"ok": False, "error": "option_not_found"}
    assert await send(bot, view, rights=["yes"], out=["b", "a"], more=["7", "99"]) == {"ok": True}
    (values,) = bot.forms
    assert values["out"]["x"] == {"type": "checkboxes", "selected_options": FLAGGED[::-1]}
    assert values["more"]["x"]["selected_options"] == [MANY[7], MANY[99]]
    assert values["rights"]["x"]["selected_options"] == [option("yes")]


async def test_a_shortcut_may_come_twice(bot: Taken) -> None:
    bot.sandbox.slack.fault({"kind": "duplicate", "method": "interaction"})
    await opened(bot)
    first, second = bot.shortcuts
    assert first["trigger_id"] == second["trigger_id"]


async def test_the_menu_offers_what_the_app_brought_and_nothing_else(sandbox: Sandbox) -> None:
    world = (await sandbox.http.get("/sandbox/world", params={"as": ANN})).json()
    assert world["shortcuts"][0] == {"callback_id": TRAIN, "name": "Train a style"}
    ts = (await sandbox.posts(ANN, ("a.png", PNG)))["ts"]
    used = {"channel": BRAND, "message_ts": ts}
    assert (await sandbox.do("shortcut", ANN, **used, callback_id="dance"))["error"] == "unknown_shortcut"
    whispered = await sandbox.client().chat_postEphemeral(channel=BRAND, user=ANN, text="psst")
    used = {"channel": BRAND, "message_ts": str(whispered["message_ts"]), "callback_id": TRAIN}
    assert (await sandbox.do("shortcut", ANN, **used))["error"] == "message_not_found"
    used = {"channel": RANDOM, "message_ts": ts, "callback_id": TRAIN}
    assert (await sandbox.do("shortcut", ANN, **used))["error"] == "message_not_found"
    assert {delivery["kind"] for delivery in sandbox.slack.ledger.deliveries} <= {"event"}


def test_a_workspace_of_its_own_accord_has_the_one_shortcut() -> None:
    world = World()
    SlackWorkspace(world, base_url="http://127.0.0.1:1")
    assert [(it.callback_id, it.name) for it in world.shortcuts] == [(TRAIN, "Train a style")]


async def test_a_shortcut_that_is_not_acked_in_three_seconds_failed(sandbox: Sandbox) -> None:
    app = sandbox.app()

    @app.shortcut(TRAIN)
    async def slow(ack: AsyncAck) -> None:
        await asyncio.sleep(3.2)
        await ack()

    @app.event("message")
    async def message() -> None: ...

    ts = (await sandbox.posts(ANN, ("a.png", PNG)))["ts"]
    used = {"channel": BRAND, "message_ts": ts, "callback_id": TRAIN}
    assert (await sandbox.do("shortcut", ANN, **used))["error"] == "dispatch_failed"
    async with over_socket(sandbox, app):
        assert (await sandbox.do("shortcut", ANN, **used))["error"] == "operation_timeout"

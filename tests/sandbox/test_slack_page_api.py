"""What the page in the browser is told, and what it may ask for."""

import json
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.sandbox import slack_page
from bot.sandbox.slack_escape import escaped
from bot.sandbox.slack_forms import missing, pressed, state_of
from tests.sandbox.slack_lab import ANN, BEN, BRAND, GUS, SECRET, Sandbox, free_socket, serving


async def test_the_world_is_shown_as_each_person_sees_it(sandbox: Sandbox) -> None:
    ann, ben, gus = [
        (await sandbox.http.get("/sandbox/world", params={"as": who})).json() for who in (ANN, BEN, GUS)
    ]
    assert [channel["name"] for channel in ann["channels"]] == ["brand", "general", "agency"]
    assert [channel["id"] for channel in ben["channels"]][-1] == SECRET
    assert [channel["name"] for channel in gus["channels"]] == ["brand"]
    assert ann["dms"] == [{"id": "D0000000ANN", "with": ann["bot"]["user_id"]}]
    assert [command["command"] for command in ann["commands"]] == ["/train", "/generate", "/style"]
    assert [person["name"] for person in ann["people"]][:4] == ["ann", "ben", "cat", "gus"]
    assert {person["name"] for person in ann["people"] if not person["can_act"]} == {"old", "robo"}
    assert [group["handle"] for group in ann["usergroups"]] == ["leads", "finance"]
    assert "sandbox" in ann["notice"]
    assert ann["datasets"] == []


async def test_the_feed_tells_each_person_what_they_may_see(sandbox: Sandbox) -> None:
    async with sandbox.http.stream("GET", "/sandbox/events", params={"as": ANN}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert await anext(lines) == ": open"
        client = sandbox.client()
        await client.chat_postEphemeral(channel=BRAND, user=BEN, text="not for ann")
        posted = await client.chat_postMessage(channel=BRAND, text="a")
        await client.chat_update(channel=BRAND, ts=str(posted["ts"]), text="b")
        await client.chat_delete(channel=BRAND, ts=str(posted["ts"]))
        await client.views_publish(user_id=ANN, view={"type": "home", "blocks": []})
        told: list[dict[str, Any]] = []
        async for line in lines:
            if line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: ")))
            if len(told) == 4:
                break
    assert [event["type"] for event in told] == ["message", "message_changed", "message_deleted", "home"]
    assert [event["message"]["text"] for event in told[:2]] == ["a", "b"]


async def test_a_quiet_feed_shows_that_it_lives_until_it_ends(sandbox: Sandbox) -> None:
    pages = slack_page.routes(sandbox.world, sandbox.slack.people, datasets=list, heartbeat=0.05)
    listening, url = free_socket()
    async with (
        serving(Starlette(routes=pages), listening),
        sandbox.http.stream("GET", f"{url}/sandbox/events", params={"as": ANN}) as answer,
    ):
        lines = answer.aiter_lines()
        assert [await anext(lines) for _ in range(3)] == [": open", "", ": still here"]
        sandbox.world.feed.close()
        assert {line async for line in lines} <= {"", ": still here"}


@pytest.mark.parametrize("path", ["world", "messages", "home", "events"])
async def test_nobody_else_may_look(sandbox: Sandbox, path: str) -> None:
    assert (await sandbox.http.get(f"/sandbox/{path}", params={"as": "U0STRANGER"})).status_code == 400


async def test_what_makes_no_sense_is_refused(sandbox: Sandbox) -> None:
    assert (await sandbox.do("message", "U0STRANGER", channel=BRAND, text="x"))["error"] == "unknown_person"
    assert (await sandbox.do("message", ANN))["error"] == "invalid_request"
    assert (await sandbox.do("message", GUS, channel="C00GENERAL", text="x"))["error"] == "channel_not_found"
    assert (await sandbox.do("message", ANN, channel="C00OLDNEWS", text="x"))["error"] == "is_archived"
    assert (await sandbox.do("message", ANN, channel=BRAND, text=" "))["error"] == "no_text"


async def test_the_page_is_served_fresh_and_nothing_beside_it(sandbox: Sandbox) -> None:
    for asset in slack_page.ASSETS.glob("*.*"):
        answer = await sandbox.http.get(f"/page/{asset.name}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (await sandbox.http.get("/page/..%2fcatalog.json")).status_code == 404
    assert (await sandbox.http.get("/page/nothing.js")).status_code == 404


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("https://a.com/x", "<https://a.com/x>"),
        ("see https://a.com/x?a=1&b=2.", "see <https://a.com/x?a=1&amp;b=2>."),
        ("(https://a.com/x)", "(<https://a.com/x>)"),
        ("<https://a.com>", "&lt;<https://a.com>&gt;"),
        ("@ann and @nobody", "<@U1> and @nobody"),
        ("mail ann@acme.com", "mail ann@acme.com"),
        ("@leads decide", "<!subteam^S1|@leads> decide"),
        ("#brand & #nowhere", "<#C1|brand> &amp; #nowhere"),
    ],
)
def test_what_is_typed_is_escaped_as_slack_does(typed: str, sent: str) -> None:
    assert escaped(typed, people={"ann": "U1"}, channels={"brand": "C1"}, groups={"leads": "S1"}) == sent


OPTIONS = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("a", "b")]


def test_a_menu_gives_only_what_it_offers() -> None:
    menu = {"type": "static_select", "action_id": "size", "options": OPTIONS}
    chosen = pressed(menu, "block", {"selected_option": OPTIONS[1]}, at="1.0")
    assert chosen is not None
    assert chosen["selected_option"] == OPTIONS[1]
    assert pressed(menu, "block", {"selected_option": {"value": "c"}}, at="1.0") is None
    grouped = {"type": "static_select", "action_id": "size", "option_groups": [{"options": OPTIONS}]}
    assert pressed(grouped, "block", {"selected_option": OPTIONS[0]}, at="1.0") is not None
    people = {"type": "users_select", "action_id": "who"}
    chosen = pressed(people, "block", {"selected_user": ANN}, at="1.0")
    assert chosen is not None
    assert chosen["selected_user"] == ANN


def test_a_form_holds_what_was_given_or_what_it_began_with() -> None:
    def field(name: str, **element: object) -> dict[str, Any]:
        return {"type": "input", "block_id": name, "element": {"action_id": name, **element}}

    view = {
        "blocks": [
            field("size", type="static_select", options=OPTIONS, initial_option=OPTIONS[0]),
            field("tags", type="checkboxes", options=OPTIONS),
            field("link", type="url_text_input"),
            field("count", type="number_input"),
            field("name", type="plain_text_input", min_length=3),
        ]
    }
    given = {
        "name": {"name": {"value": "ab"}},
        "link": {"link": {"value": "acme.com"}},
        "count": {"count": {"value": "four"}},
    }
    values = state_of(view, given)
    assert values["size"]["size"]["selected_option"] == OPTIONS[0]
    assert values["tags"]["tags"]["selected_options"] == []
    assert missing(view, values) == {
        "tags": "Please complete this required field.",
        "link": "Please enter a valid URL.",
        "count": "Please enter a number.",
        "name": "This must be at least 3 characters.",
    }

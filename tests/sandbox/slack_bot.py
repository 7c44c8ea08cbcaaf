"""A small bot on the real Bolt, to be reached over HTTP or over Socket Mode."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from tests.sandbox.slack_lab import PLAIN, Sandbox, free_socket, serving

CARD: list[dict[str, Any]] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Stellar"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [{"type": "button", "action_id": "approve", "text": PLAIN, "value": "run-1"}],
    },
]


def form(title: str = "Train") -> dict[str, Any]:
    name = {"type": "plain_text_input", "action_id": "name", "max_length": 10}
    note = {"type": "plain_text_input", "action_id": "note", "initial_value": "soft"}
    return {
        "type": "modal",
        "callback_id": "train",
        "title": {"type": "plain_text", "text": title},
        "submit": PLAIN,
        "blocks": [
            {"type": "input", "block_id": "name", "label": PLAIN, "element": name},
            {"type": "input", "block_id": "note", "label": PLAIN, "optional": True, "element": note},
        ],
    }


def listen(app: AsyncApp) -> list[dict[str, Any]]:  # noqa: C901 - a bot is its listeners
    """Give the bot its listeners; return where they write down what they were sent."""
    taken: list[dict[str, Any]] = []

    @app.command("/train")
    async def train(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient) -> None:
        taken.append(command)
        if command["text"] == "form":
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=form())
        elif command["text"] == "card":
            await ack()
            await client.chat_postMessage(channel=command["channel_id"], text="Stellar", blocks=CARD)
        else:
            await ack(f"You said {command['text']}")

    @app.command("/style")
    async def style(ack: AsyncAck) -> None:
        await ack(text="Everyone may know", response_type="in_channel")

    @app.action("approve")
    async def approve(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        taken.append(body)
        await ack()
        await respond(f"Approved {body['actions'][0]['value']}", replace_original=True)

    @app.view("train")
    async def submitted(ack: AsyncAck, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        taken.append(values)
        match values["name"]["name"]["value"]:
            case "taken":
                await ack(response_action="errors", errors={"name": "That name is taken."})
            case "more":
                await ack(response_action="push", view=form("More"))
            case "other":
                await ack(response_action="update", view=form("Other"))
            case "all":
                await ack(response_action="clear")
            case _:
                await ack()

    @app.event("app_home_opened")
    async def home(event: dict[str, Any], client: AsyncWebClient) -> None:
        taken.append(event)
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": CARD})

    @app.shortcut("reference")
    async def shortcut(ack: AsyncAck, shortcut: dict[str, Any]) -> None:
        taken.append(shortcut)
        await ack()

    return taken


@asynccontextmanager
async def over_http(sandbox: Sandbox, app: AsyncApp) -> AsyncIterator[None]:
    """Let deliveries come as signed requests."""
    handler = AsyncSlackRequestHandler(app)
    listening, url = free_socket()
    sandbox.slack.delivery.events_url = f"{url}/slack/events"
    web = Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])
    async with serving(web, listening):
        yield


@asynccontextmanager
async def over_socket(sandbox: Sandbox, app: AsyncApp) -> AsyncIterator[None]:
    """Let deliveries come over Socket Mode."""
    handler = AsyncSocketModeHandler(
        app, "xapp-sandbox", web_client=sandbox.client("xapp-sandbox"), ping_interval=1
    )
    await handler.connect_async()  # type: ignore[no-untyped-call] # Bolt left this one out
    await sandbox.slack.sockets.wait_open()
    yield
    await handler.close_async()  # type: ignore[no-untyped-call] # and this one


WAYS = {"http": over_http, "socket": over_socket}

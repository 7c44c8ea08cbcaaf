"""A stage for dialogs: the real bot, by real Bolt and slack_sdk, against the embedded workspace.

People type and click as on the page, a test reads what stands in the channel; nothing in between is faked.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr

from bot.app import running
from bot.config import ServingSettings
from bot.sandbox.app import config_of, create_app
from bot.sandbox.runware import RunwareService
from bot.sandbox.slack import SlackWorkspace
from bot.sandbox.world import World
from bot.services.reconciler import Pace
from bot.services.relay import RelayPace
from bot.socket_mode import SlackSocket
from tests.dialogs.inside import IDS, Ahead, Inside

Json = dict[str, Any]
BRAND, PRIVATE = "C0000BRAND", "C0PRIVATE1"
PEOPLE = IDS
SEEN_WITHIN = 60.0
"""Seconds, on a machine however busy: only a failure waits for so long."""
SECRET = "a secret key that only tests have ever seen"
PACE = Pace(
    poll=timedelta(seconds=0.2),
    render_poll=timedelta(seconds=0.2),
    lease=timedelta(seconds=5),
    settle=timedelta(seconds=1),
    shortest_retry=timedelta(seconds=0.3),
)

RELAY_PACE = RelayPace(redraw=timedelta(seconds=0.5), settle=timedelta(seconds=1))


@dataclass
class Stage:
    """What people do and see; every wait is bounded."""

    url: str
    http: httpx.AsyncClient
    channel: str = BRAND
    within: Inside | None = None

    @property
    def inside(self) -> Inside:
        """What only a test can do: let time pass, change people and rules, forge what Slack carries."""
        assert self.within, "the bot runs in another process"
        return self.within

    async def types(self, who: str, text: str) -> None:
        """Type a command and press Enter; the bot must take it."""
        body = {"as": PEOPLE[who], "channel": self.channel, "text": text}
        answer = (await self.http.post("/sandbox/command", json=body)).json()
        assert answer["ok"], answer

    async def clicks(self, who: str, action_id: str, message: Json | None = None) -> None:
        """Click a button of `message`, or of the newest message that has it; the bot must take it."""
        answer = await self.tries_to_click(who, action_id, message)
        assert answer["ok"], answer

    async def tries_to_click(self, who: str, action_id: str, message: Json | None = None) -> Json:
        """Click it, though it may be gone by then; return what the workspace says."""
        message = message or await self.sees(lambda found: bool(button(found, action_id)))
        found = button(message, action_id)
        assert found, (action_id, message["text"])
        body = {"as": PEOPLE[who], "channel": message["channel"], "message_ts": message["ts"], **found}
        answer: Json = (await self.http.post("/sandbox/action", json=body)).json()
        return answer

    async def posts(self, who: str, *files: Path, thread: str = "") -> Json:
        """Post files, at most 10, in the channel, or in a thread of it; return the message."""
        form = {"as": PEOPLE[who], "channel": self.channel, "thread_ts": thread}
        parts = [("files", (path.name, path.read_bytes())) for path in files]
        answer = (await self.http.post("/sandbox/upload", data=form, files=parts)).json()
        assert answer["ok"], answer
        return await self.sees(lambda message: message["ts"] == answer["ts"])

    async def chooses(self, who: str, message: Json, callback_id: str) -> None:
        """Choose a shortcut from a message's menu; the bot must take it."""
        body = {"as": PEOPLE[who], "channel": self.channel, "message_ts": message["ts"]}
        answer = (await self.http.post("/sandbox/shortcut", json={**body, "callback_id": callback_id})).json()
        assert answer["ok"], answer

    async def changes(self, dataset: str, body: bytes) -> None:
        """Put another ZIP behind the link of a dataset on offer."""
        (await self.http.put(f"/sandbox/datasets/{dataset}.zip", content=body)).raise_for_status()

    async def submits(self, who: str, view: Json, **values: str) -> Json:
        """Fill in fields of a form and send it; fields not named keep their initial value."""
        body = {"as": PEOPLE[who], "view_id": view["id"], "values": filled(view, values)}
        answer: Json = (await self.http.post("/sandbox/submit", json=body)).json()
        return answer

    async def form(self, who: str, do: Callable[[], Any]) -> Json:
        """Return the form that opens for `who` when `do` is done."""
        params = {"as": PEOPLE[who]}
        async with (
            asyncio.timeout(SEEN_WITHIN),
            self.http.stream("GET", "/sandbox/events", params=params) as feed,
        ):
            lines = feed.aiter_lines()
            await anext(lines)  # the feed is open: nothing that follows is missed
            await do()
            async for line in lines:
                if line.startswith("data:") and (event := json.loads(line[5:]))["type"] == "view":
                    view: Json = event["view"]
                    return view
        raise AssertionError("no form opened")

    async def sees(
        self, test: Callable[[Json], bool], *, who: str = "ann", seconds: float = SEEN_WITHIN
    ) -> Json:
        """Wait for a message that passes `test`, the newest first, and return it."""
        said: list[Json] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    said = await self.said(who)
                    for message in reversed(said):
                        if test(message):
                            return message
                    await asyncio.sleep(0.1)
        raise AssertionError("not seen; there was: " + "\n".join(message["text"] for message in said))

    async def with_button(self, action_id: str, *texts: str, who: str = "ann") -> Json:
        """Wait for a message that has the button, and all of `texts`."""
        return await self.sees(
            lambda said: bool(button(said, action_id)) and all(text in said["text"] for text in texts),
            who=who,
        )

    async def asked(self, name: str = "Stellar") -> Json:
        """Have Ann ask for a style; return the card that waits for a colleague."""
        await self.types("ann", f"/train {self.url}/datasets/stellar.zip as {name}")
        return await self.with_button("run.approve", name)

    async def comes(self, test: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(SEEN_WITHIN):
            while not test():  # noqa: ASYNC110 - what is waited for may be in a file
                await asyncio.sleep(0.02)

    async def reads(self, *texts: str, who: str = "ann", seconds: float = SEEN_WITHIN) -> Json:
        """Wait for a message in which all of `texts` stand."""
        return await self.sees(
            lambda message: all(text in message["text"] for text in texts), who=who, seconds=seconds
        )

    async def said(self, who: str = "ann", channel: str | None = None) -> list[Json]:
        """Return everything that `who` sees in the channel."""
        params = {"as": PEOPLE[who], "channel": channel or self.channel}
        messages: list[Json] = (await self.http.get("/sandbox/messages", params=params)).json()["messages"]
        return messages

    async def ledger(self) -> Json:
        """Return every call that Slack and Runware received."""
        ledger: Json = (await self.http.get("/sandbox/ledger")).json()
        return ledger

    async def misbehaves(self, **spec: object) -> None:
        """Order a fault of Slack or Runware."""
        (await self.http.post("/sandbox/faults", json=spec)).raise_for_status()


def button(message: Json, action_id: str) -> Json | None:
    """Return what a click on that button of `message` sends."""
    for block in message["blocks"] or []:
        for element in block.get("elements", []):
            if element.get("action_id") == action_id:
                about = {"block_id": block["block_id"], "action_id": action_id}
                if element["type"] == "overflow":
                    return {**about, "selected_option": element["options"][0]}
                return {**about, "value": element.get("value")}
    return None


def filled(view: Json, values: Mapping[str, str]) -> Json:
    """Return the fields of a form as Slack sends them; those not in `values` keep their initial value."""
    return {
        block["block_id"]: {"value": _value(block["element"], values.get(block["block_id"]))}
        for block in view["blocks"]
        if block["type"] == "input"
    }


def markup(part: Any) -> list[str]:  # noqa: ANN401 - blocks are as nested as they come
    """Return every text of some blocks that Slack reads as markup."""
    if isinstance(part, list):
        return [text for inner in part for text in markup(inner)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if part.get("type") == "mrkdwn" else []
    return own + markup(list(part.values()))


def pictures(message: Json) -> list[Json]:
    """Return the picture blocks of a message."""
    return [block for block in message["blocks"] or [] if block["type"] == "image"]


@contextlib.asynccontextmanager
async def stage(  # noqa: PLR0913 - what a test may turn, each by name
    folder: Path,
    *,
    dataset: Path,
    socket_mode: bool = False,
    training_seconds: float = 1.5,
    undo_seconds: float = 0.5,
    hosting: bool = False,
    pace: Pace = PACE,
    policy: str = "",
) -> AsyncIterator[Stage]:
    """Open the workspace and the bot in this process, with the bot on HTTP or on the socket.

    With `hosting`, the bot has a public address, from which it hands datasets over. `policy` is the text of
    its policy file; empty: it has none.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        world = World()  # of no use after the test: it is not kept on the disk
        slack = SlackWorkspace(world, base_url=url, events_url=f"{url}/slack/events")
        runware = RunwareService(base_url=url, training_seconds=training_seconds, render_seconds=0.5)
        runware.add_dataset(dataset.stem, await asyncio.to_thread(dataset.read_bytes))
        app = create_app(world, slack=slack, runware=runware)
        server = uvicorn.Server(config_of(app))
        serving = asyncio.create_task(server.serve([listening]))
        settings = settings_for(url, folder / "housestyle.db", socket_mode=socket_mode)
        hosted = {"public_url": url, "housestyle_secret_key": SecretStr(SECRET)} if hosting else {}
        inside = Inside(slack, folder, Ahead())
        ruled = {"housestyle_policy": inside.rules(policy)} if policy else {}
        settings = settings.model_copy(update={"housestyle_undo_seconds": undo_seconds, **hosted, **ruled})
        try:
            async with running(settings, pace=pace, relay_pace=RELAY_PACE, now=inside.clock) as bot:
                if socket_mode:
                    line = SlackSocket(bot.bolt, settings)
                    await line.open()
                else:
                    app.router.routes[:0] = bot.routes
                async with httpx.AsyncClient(base_url=url, timeout=30) as http:
                    yield Stage(url, http, within=inside)
                if socket_mode:
                    await line.close()
        finally:
            world.feed.close()
            server.should_exit = True
            await serving


def settings_for(url: str, database: Path, *, socket_mode: bool) -> ServingSettings:
    """Return the settings of a bot in the workspace at `url`."""
    return ServingSettings.model_validate(
        {
            "slack_bot_token": "xoxb-sandbox",
            "slack_app_token": "xapp-sandbox" if socket_mode else None,
            "slack_signing_secret": "sandbox-signing-secret",
            "slack_api_url": f"{url}/slack/api/",
            "runware_api_key": "sandbox-key",
            "runware_api_url": f"{url}/runware/v1",
            "database_url": f"sqlite:///{database}",
            "housestyle_undo_seconds": 0.5,
            "housestyle_fetch_allow": (ip_network("127.0.0.1/32"),),
            "housestyle_result_hosts": ("127.0.0.1",),
        }
    )


def _value(element: Json, given: str | None) -> Json:
    kind = element["type"]
    if kind == "checkboxes":
        options = element["options"] if given else element.get("initial_options", [])
        return {"type": kind, "selected_options": [] if given == "" else options}
    if kind == "multi_static_select":
        wanted = (given or "").split(",")
        return {"type": kind, "selected_options": [o for o in element["options"] if o["value"] in wanted]}
    if kind == "static_select":
        options = element.get("options") or [o for g in element["option_groups"] for o in g["options"]]
        chosen = next((option for option in options if option["value"] == given), None)
        return {"type": kind, "selected_option": chosen or element.get("initial_option")}
    return {"type": kind, "value": element.get("initial_value") if given is None else given}

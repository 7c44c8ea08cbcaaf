"""A small Slack: keeps what it is sent, answers like Slack, and misbehaves when told to.

Every call is held to the catalogue of Slack's methods: an argument that Slack does not know fails the test.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

Json = dict[str, Any]
Fault = Callable[[], web.Response | None]

CATALOGUE: Json = json.loads(
    (Path(__file__).parents[2] / "bot" / "sandbox" / "catalog.json").read_text(encoding="utf-8")
)["methods"]
UNDOCUMENTED = {"client_msg_id", "token", "team_id"}
OUR_BOT = "B0HOUSE0001"


def error(word: str, **more: Any) -> web.Response:  # noqa: ANN401 - JSON
    """Return Slack's way of saying no."""
    return web.json_response({"ok": False, "error": word, **more})


def limited(seconds: str | None) -> web.Response:
    """Return Slack's way of saying not so fast."""
    headers = {} if seconds is None else {"Retry-After": seconds}
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


@dataclass
class SlackServer:
    """What was said, uploaded, opened and whispered.

    `faults` are, per method, what to answer instead, one call each; `drops` names methods whose answers
    are lost after the work was done; of both, `response` is a response_url; `sleeps` are seconds of silence.
    """

    messages: list[Json] = field(default_factory=list)
    files: dict[str, Json] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    members: list[Json] = field(default_factory=list)
    opened: list[Json] = field(default_factory=list)
    whispers: list[Json] = field(default_factory=list)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    faults: dict[str, list[web.Response]] = field(default_factory=lambda: defaultdict(list))
    drops: set[str] = field(default_factory=set)
    sleeps: dict[str, float] = field(default_factory=dict)
    looks_until_ready: int = 0
    upload_status: int = 200
    response_status: int = 200
    page: int = 100
    url: str = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["SlackServer"]:
        app = web.Application(client_max_size=100_000_000)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_post("/upload/{file}", self._bytes)
        app.router.add_post("/response", self._respond)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        try:
            yield self
        finally:
            await runner.cleanup()

    def arguments(self, method: str) -> Json:
        """Return what `method` was last called with."""
        return next(arguments for name, arguments in reversed(self.calls) if name == method)

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments: Json = dict(request.query)
        if request.content_type == "application/json":
            arguments |= await request.json()
        else:
            arguments |= dict(await request.post())
        unknown = set(arguments) - set(CATALOGUE[method]["args"]) - UNDOCUMENTED
        assert not unknown, f"{method} does not take {unknown}"
        self.calls.append((method, arguments))
        await asyncio.sleep(self.sleeps.get(method, 0))
        if self.faults[method]:
            return self.faults[method].pop(0)
        answer = getattr(self, "_" + method.replace(".", "_"))(arguments)
        if method in self.drops and request.transport:
            request.transport.abort()
        return web.json_response({"ok": True, **answer})

    async def _bytes(self, request: web.Request) -> web.Response:
        self.bodies[request.match_info["file"]] = await request.read()
        return web.Response(text="OK", status=self.upload_status)

    async def _respond(self, request: web.Request) -> web.Response:
        self.whispers.append(await request.json())
        if "response" in self.drops and request.transport:
            request.transport.abort()
        if self.faults["response"]:
            return self.faults["response"].pop(0)
        return web.Response(text="ok", status=self.response_status)

    def _views_open(self, asked: Json) -> Json:
        self.opened.append(asked["view"])
        return {"view": asked["view"]}

    def _chat_postMessage(self, said: Json) -> Json:  # noqa: N802 - Slack's name
        message = {**said, "ts": f"{1_795_262_400 + len(self.messages)}.000100", "bot_id": OUR_BOT}
        self.messages.append(message)
        return {"channel": said["channel"], "ts": message["ts"], "message": message}

    def _chat_update(self, said: Json) -> Json:
        message = next(m for m in self.messages if m["ts"] == said["ts"])
        message |= said
        return {"channel": said["channel"], "ts": said["ts"], "text": said["text"]}

    def _conversations_history(self, asked: Json) -> Json:
        return self._found(asked, [m for m in self.messages if not m.get("thread_ts")])

    def _conversations_replies(self, asked: Json) -> Json:
        return self._found(asked, [m for m in self.messages if asked["ts"] in (m["ts"], m.get("thread_ts"))])

    def _found(self, asked: Json, messages: list[Json]) -> Json:
        here = [m for m in messages if m["channel"] == asked["channel"]]
        oldest, latest = float(asked.get("oldest", 0)), float(asked.get("latest", "inf"))
        here = [m for m in here if oldest <= float(m["ts"]) <= latest]
        if asked.get("include_all_metadata") not in (True, "1", "true"):
            here = [{k: v for k, v in m.items() if k != "metadata"} for m in here]
        start = int(asked.get("cursor") or 0)
        after = start + self.page
        more = {"next_cursor": str(after)} if after < len(here) else {}
        return {"messages": here[start:after], "response_metadata": more}

    def _conversations_open(self, asked: Json) -> Json:
        return {"channel": {"id": "D" + asked["users"][1:]}}

    def _files_getUploadURLExternal(self, asked: Json) -> Json:  # noqa: N802 - Slack's name
        file = f"F0UPLOAD{len(self.files):03}"
        self.files[file] = {"id": file, "name": asked["filename"], "mimetype": "", "looks": 0}
        self.files[file]["permalink"] = f"https://acme.slack.com/files/{file}/{asked['filename']}"
        return {"file_id": file, "upload_url": f"{self.url}/upload/{file}"}

    def _files_completeUploadExternal(self, asked: Json) -> Json:  # noqa: N802 - Slack's name
        for file in json.loads(asked["files"]):
            self.files[file["id"]]["title"] = file["title"]
        return {"files": [{"id": file["id"]} for file in json.loads(asked["files"])]}

    def _files_info(self, asked: Json) -> Json:
        file = self.files[asked["file"]]
        file["looks"] += 1
        if file["looks"] > self.looks_until_ready:
            file["mimetype"] = "image/jpeg"
        return {"file": file}

    def _users_list(self, asked: Json) -> Json:
        start = int(asked.get("cursor") or 0)
        after = start + self.page
        more = {"next_cursor": str(after)} if after < len(self.members) else {}
        return {"members": self.members[start:after], "response_metadata": more}

    def _users_conversations(self, asked: Json) -> Json:
        here = {m["channel"] for m in self.messages if asked["types"] == "public_channel"}
        return {"channels": [{"id": channel} for channel in sorted(here)]}

    def _views_publish(self, asked: Json) -> Json:
        self.homes[asked["user_id"]] = asked["view"]
        return {"view": asked["view"]}

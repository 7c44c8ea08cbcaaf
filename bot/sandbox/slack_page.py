"""What the page in the browser talks to: the world as one person sees it, its feed, and what they do."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.sandbox.slack_call import Json
from bot.sandbox.slack_parts import Part, parts_of
from bot.sandbox.slack_people import People
from bot.sandbox.world import World
from bot.sandbox.world_people import BOT_ID, BOT_NAME, BOT_USER, TEAM_ID, TEAM_NAME, USERGROUPS

ASSETS = Path(__file__).parent / "page"
FRESH = {"Cache-Control": "no-store"}
HEARTBEAT_SECONDS = 15.0
SHOWN = ("id", "name", "real_name", "title", "color", "is_restricted", "is_external", "deleted", "can_act")
NOTICE = (
    "This is a sandbox. Its people, its workspace and its pictures are made up; nothing leaves this machine."
)

Deed = Callable[[People, str, Json], Awaitable[Json]]


def routes(
    world: World,
    people: People,
    *,
    datasets: Callable[[], list[Json]],
    heartbeat: float = HEARTBEAT_SECONDS,
) -> list[BaseRoute]:
    """Return the page, its assets and its API.

    `datasets` are the ZIPs on offer, `{name, url, pictures}`; `heartbeat` is the longest silence of the feed.
    """

    async def workspace(request: Request) -> Response:
        return _json(_workspace(world, request.query_params["as"], datasets()))

    async def messages(request: Request) -> Response:
        who, channel = request.query_params["as"], request.query_params.get("channel", "")
        seen = [m for m in world.messages if m.channel == channel and who in world.audience(m)]
        return _json({"messages": [world.shown(m) for m in seen]})

    async def home(request: Request) -> Response:
        return _json({"view": world.homes.get(request.query_params["as"])})

    async def events(request: Request) -> Response:
        stream = _stream(world, request.query_params["as"], heartbeat)
        return StreamingResponse(stream, media_type="text/event-stream", headers=FRESH)

    looks = {"world": workspace, "messages": messages, "home": home, "events": events}
    return [
        Route("/", _asset, methods=["GET"]),
        Route("/page/{file:path}", _asset, methods=["GET"]),
        *(Route(f"/sandbox/{name}", _known(world, look), methods=["GET"]) for name, look in looks.items()),
        Route("/sandbox/upload", _uploading(people, world), methods=["POST"]),
        *(
            Route(f"/sandbox/{name}", _doing(people, world, deed), methods=["POST"])
            for name, deed in DEEDS.items()
        ),
    ]


# ── what a person can do ─────────────────────────────────────────────────────────────────────────────


async def _command(people: People, who: str, body: Json) -> Json:
    thread, is_forged = body.get("thread_ts"), bool(body.get("forged"))
    return await people.command(who, body["channel"], body["text"], thread_ts=thread, is_forged=is_forged)


async def _message(people: People, who: str, body: Json) -> Json:
    return people.say(who, body["channel"], body["text"], thread_ts=body.get("thread_ts"))


async def _action(people: People, who: str, body: Json) -> Json:
    return await people.act(who, body)


async def _submit(people: People, who: str, body: Json) -> Json:
    return await people.submit(who, body["view_id"], body.get("values") or {})


async def _close_view(people: People, who: str, body: Json) -> Json:
    return await people.close_view(who, body["view_id"])


async def _open_home(people: People, who: str, body: Json) -> Json:
    del body
    return people.open_home(who)


async def _delete_file(people: People, who: str, body: Json) -> Json:
    return people.delete_file(who, body["file"])


async def _shortcut(people: People, who: str, body: Json) -> Json:
    return await people.shortcut(who, body)


DEEDS: dict[str, Deed] = {
    "command": _command,
    "message": _message,
    "action": _action,
    "submit": _submit,
    "close_view": _close_view,
    "open_home": _open_home,
    "shortcut": _shortcut,
    "delete_file": _delete_file,
}


# ── inside ───────────────────────────────────────────────────────────────────────────────────────────


def _doing(people: People, world: World, deed: Deed) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that reads who does what, and does it."""

    async def endpoint(request: Request) -> Response:
        try:
            body = await request.json()
            who = body["as"]
            return _json(await deed(people, who, body) if who in world.people else _refused("unknown_person"))
        except (KeyError, TypeError, ValueError):
            return _json(_refused("invalid_request"), 400)

    return endpoint


def _uploading(people: People, world: World) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that takes a form: `as`, `channel`, `thread_ts?`, `text?`, and the files."""

    async def endpoint(request: Request) -> Response:
        try:
            form = parts_of(await request.body(), request.headers.get("content-type", ""))
            fields = {part.name: part.body.decode() for part in form if part.filename is None}
            return _json(_posted(people, world, fields, [part for part in form if part.filename]))
        except (KeyError, ValueError):
            return _json(_refused("invalid_request"), 400)

    return endpoint


def _posted(people: People, world: World, fields: dict[str, str], files: list[Part]) -> Json:
    if fields["as"] not in world.people:
        return _refused("unknown_person")
    named = [(str(part.filename), part.body) for part in files]
    thread = fields.get("thread_ts") or None
    return people.say(fields["as"], fields["channel"], fields.get("text", ""), thread_ts=thread, files=named)


def _known(
    world: World, look: Callable[[Request], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that lets only people of this workspace look."""

    async def endpoint(request: Request) -> Response:
        if request.query_params.get("as") not in world.people:
            return _json(_refused("unknown_person"), 400)
        return await look(request)

    return endpoint


async def _asset(request: Request) -> Response:
    """Give a file of the page; nothing outside its folder."""
    path = (ASSETS / request.path_params.get("file", "index.html")).resolve()
    if not path.is_relative_to(ASSETS.resolve()) or not path.is_file():
        return _json(_refused("not_found"), 404)
    return FileResponse(path, headers=FRESH)


async def _stream(world: World, who: str, heartbeat: float) -> AsyncIterator[str]:
    """Yield server-sent events: what `who` may see, and a comment now and then to keep the line open."""
    with world.feed.listener(who) as queue:
        yield ": open\n\n"
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), heartbeat)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if event is None:
                return
            yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n"


def _workspace(world: World, who: str, datasets: list[Json]) -> Json:
    """Return the workspace as `who` sees it."""
    is_external = world.people[who].is_external
    places = [it for it in world.channels.values() if who in it.members]
    return {
        "team": {"id": TEAM_ID, "name": TEAM_NAME},
        "bot": {"user_id": BOT_USER, "bot_id": BOT_ID, "name": BOT_NAME},
        "people": [{name: getattr(it, name) for name in SHOWN} for it in world.people.values()],
        "usergroups": [{"id": it.id, "handle": it.handle, "name": it.name} for it in USERGROUPS],
        "channels": [
            {"id": it.id, "name": it.name, "topic": it.topic, "is_private": it.is_private}
            for it in places
            if not it.is_im and not it.is_archived
        ],
        "dms": [{"id": it.id, "with": BOT_USER} for it in places if it.is_im],
        "commands": [
            {"command": it.command, "description": it.description, "usage_hint": it.usage_hint}
            for it in world.commands
            if not is_external
        ],
        "shortcuts": [
            {"callback_id": it.callback_id, "name": it.name} for it in world.shortcuts if not is_external
        ],
        "datasets": datasets,
        "notice": NOTICE,
    }


def _json(body: Json, status: int = 200) -> Response:
    return JSONResponse(body, status, headers=FRESH)


def _refused(error: str) -> Json:
    return {"ok": False, "error": error}

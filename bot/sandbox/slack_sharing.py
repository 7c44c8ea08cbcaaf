"""Files in the workspace: what people post, who may see them, where their bytes are read, and their end.

An app reads bytes with its token in the Authorization header and in no other way; whoever comes without it is
sent to a page to sign in, which answers 200 with HTML. The workspace's own page needs no token.
"""

import mimetypes
from collections.abc import Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.slack_call import SlackError
from bot.sandbox.slack_desk import Desk
from bot.sandbox.world import File
from bot.sandbox.world_people import BOT_USER

SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"PK\x03\x04": "application/zip",
    b"PK\x05\x06": "application/zip",
    b"%PDF": "application/pdf",
}
UNKNOWN = "application/octet-stream"
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
SIGN_IN = "<!doctype html><html lang='en'><title>Sign in | Slack</title><h1>Sign in to Sandbox</h1></html>"


def kind_of(body: bytes, name: str) -> str:
    """Say what a file is: by how its bytes begin, else by its name."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    known = (kind for start, kind in SIGNATURES.items() if body.startswith(start))
    return next(known, mimetypes.guess_type(name)[0] or UNKNOWN)


def posted(desk: Desk, who: str, name: str, body: bytes) -> File:
    """Keep a file that a person posts; the workspace knows it at once, for people wait for that."""
    now = desk.world.clock()
    file = File(id=desk.world.next_id("F"), name=name, length=len(body), ticket="", user=who)
    file.title, file.mimetype = name, kind_of(body[:16], name)
    file.ready_at, file.created = now, int(now)
    desk.world.files[file.id] = file
    desk.world.keep_bytes(file, body)
    return file


def delete(desk: Desk, file: File) -> None:
    """Delete a file; the messages that held it hold its tombstone from then on."""
    file.is_deleted = True
    desk.world.path_of(file).unlink(missing_ok=True)
    desk.world.save()
    for channel, ts in file.shares:
        if said := desk.world.find(channel, ts):
            desk.world.changed(said)


def seen_by_bot(desk: Desk, file_id: str) -> File:
    """Return a file that the bot may know of: its own, or one shared where the bot is.

    Raises SlackError `file_not_found` or `file_deleted`.
    """
    file = desk.world.files.get(file_id)
    if file is None or file.ready_at is None or not _is_shown_to_bot(desk, file):
        raise SlackError("file_not_found")
    if file.is_deleted:
        raise SlackError("file_deleted")
    return file


def routes(desk: Desk, may_read: Callable[[Request], bool]) -> list[BaseRoute]:
    """Return where bytes come out: for apps, if `may_read` says so, and for the workspace's own page."""

    async def download(request: Request) -> Response:
        """Give an app a file's bytes, all or a range; else send whoever asks to sign in."""
        file = desk.world.files.get(request.path_params["file_id"])
        is_shown = file is not None and _is_shown_to_bot(desk, file)
        if not may_read(request) or (file is not None and not is_shown):
            return RedirectResponse(f"{desk.base_url}/slack/signin?redir={quote(request.url.path)}", 302)
        return _bytes(desk, file)

    async def sign_in(_request: Request) -> Response:
        """Ask who is there."""
        return HTMLResponse(SIGN_IN)

    async def show(request: Request) -> Response:
        """Send the page from a file's id to its bytes."""
        file = desk.world.files.get(request.path_params["file_id"])
        if file is None or not desk.world.is_ready(file):
            return PlainTextResponse("no such file", 404)
        return RedirectResponse(f"/sandbox/file/{file.id}/{quote(file.name, safe='')}")

    async def page(request: Request) -> Response:
        """Give the page a file's bytes."""
        return _bytes(desk, desk.world.files.get(request.path_params["file_id"]))

    return [
        Route("/slack/files/{file_id}/download/{name}", download, methods=["GET"]),
        Route("/slack/files/{file_id}/{name}", download, methods=["GET"]),
        Route("/slack/signin", sign_in, methods=["GET"]),
        Route("/sandbox/file/{file_id}", show, methods=["GET"]),
        Route("/sandbox/file/{file_id}/{name:path}", page, methods=["GET"]),
    ]


def _is_shown_to_bot(desk: Desk, file: File) -> bool:
    places = (desk.world.channels[channel] for channel, _ in file.shares)
    return file.user == BOT_USER or any(desk.world.bot_is_in(place) for place in places)


def _bytes(desk: Desk, file: File | None) -> Response:
    if file is None or not desk.world.is_ready(file):
        return PlainTextResponse("no such file", 404)
    return FileResponse(desk.world.path_of(file), media_type=file.mimetype, headers=HEADERS)

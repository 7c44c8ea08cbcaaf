"""files.*, and the place where an app sends bytes to.

An upload is three steps, and the last is asynchronous: for a moment after files.completeUploadExternal the
file has no type and no image block can show it.
"""

import secrets

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox import slack_shapes as shapes
from bot.sandbox.slack_call import Json, SlackError
from bot.sandbox.slack_desk import Desk
from bot.sandbox.slack_parts import KIND, parts_of
from bot.sandbox.slack_sharing import delete, kind_of, seen_by_bot
from bot.sandbox.world import File, Message
from bot.sandbox.world_people import BOT_USER

SCAN_SECONDS = 0.2
LATE_SECONDS = 3.0
ALT_TEXT = 1_000


def get_upload_url(desk: Desk, args: Json) -> Json:
    """Hand out the address to send the bytes to."""
    alt_txt = str(args.get("alt_txt", ""))
    if len(alt_txt) > ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    file = File(
        id=desk.world.next_id("F"),
        name=args["filename"],
        length=int(args["length"]),
        ticket=secrets.token_hex(16),
        alt_txt=alt_txt,
        created=int(desk.world.clock()),
    )
    desk.world.files[file.id] = file
    desk.world.save()
    return {"upload_url": f"{desk.base_url}/slack/upload/{file.ticket}", "file_id": file.id}


def complete_upload(desk: Desk, args: Json) -> Json:
    """Finish uploads, and share them in a channel if one is named; Slack looks at the files afterwards."""
    rows = args["files"] if isinstance(args["files"], list) else []
    files = [_uploaded(desk, row) for row in rows]
    if not files:
        raise SlackError("invalid_arguments", "[ERROR] files must be a JSON array of objects with an id")
    channel = desk.joined(args["channel_id"]) if args.get("channel_id") else None
    blocks = desk.blocks(args.get("blocks"))
    fault = desk.faults.take({"late_files"})
    wait = float(fault.get("retry_after") or LATE_SECONDS) if fault else SCAN_SECONDS
    for file, row in zip(files, rows, strict=True):
        file.title = str(row.get("title") or file.name)
        file.mimetype = kind_of(desk.world.head_of(file), file.name)
        file.ready_at = desk.world.clock() + wait
    desk.world.save()
    # with alt_txt the share vanishes without a word (python-slack-sdk#1818): so it does here
    if channel and not any(file.alt_txt for file in files):
        said = Message(
            channel=channel.id,
            ts=desk.world.next_ts(),
            user=BOT_USER,
            text=str(args.get("initial_comment", "")),
            thread_ts=args.get("thread_ts"),
            files=[file.id for file in files],
            blocks=blocks,
        )
        for file in files:
            file.shares.append([channel.id, said.ts])
        desk.world.add(said)
    return {"files": [shapes.file(desk.world, file) for file in files]}


def file_info(desk: Desk, args: Json) -> Json:
    """Describe a file; while Slack still looks at it, its mimetype is empty."""
    file = seen_by_bot(desk, args["file"])
    return {"file": shapes.file(desk.world, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def delete_file(desk: Desk, args: Json) -> Json:
    """Delete one of the bot's own files; blocks that show it are left with a gap."""
    file = seen_by_bot(desk, args["file"])
    if file.user != BOT_USER:
        raise SlackError("cant_delete_file")
    delete(desk, file)
    return {}


METHODS = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": file_info,
    "files.delete": delete_file,
}


def routes(desk: Desk) -> list[BaseRoute]:
    """Return where bytes go in."""

    async def upload(request: Request) -> Response:
        """Take the bytes of one upload, as they are or as the one part of a form."""
        ticket = request.path_params["ticket"]
        file = next((it for it in desk.world.files.values() if it.ticket == ticket), None)
        if file is None or file.ready_at is not None:
            return PlainTextResponse("unknown or finished upload", 404)
        body = _sent(await request.body(), request.headers.get("content-type", ""))
        if len(body) != file.length:
            return PlainTextResponse(f"{file.length} bytes were announced, {len(body)} came", 400)
        desk.world.keep_bytes(file, body)
        return PlainTextResponse(f"OK - {len(body)}")

    return [Route("/slack/upload/{ticket}", upload, methods=["POST"])]


def _uploaded(desk: Desk, row: object) -> File:
    file = desk.world.files.get(str(row.get("id"))) if isinstance(row, dict) else None
    if file is None or not file.is_received or file.ready_at is not None:
        raise SlackError("file_not_found")
    return file


def _sent(body: bytes, content_type: str) -> bytes:
    """Return the file in an upload's body: the first part of a form, or all of it."""
    if not content_type.startswith(KIND):
        return body
    try:
        return next((part.body for part in parts_of(body, content_type)), b"")
    except ValueError:
        return b""

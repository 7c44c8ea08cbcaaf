"""What becomes of an app's answers: the body of an ack, and what is posted to a response_url."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.slack_call import Json, SlackError
from bot.sandbox.slack_desk import Desk
from bot.sandbox.world import Message
from bot.sandbox.world_people import BOT_USER, Channel

FIELDS = {
    *("text", "blocks", "attachments", "response_type", "replace_original", "delete_original"),
    *("thread_ts", "unfurl_links", "unfurl_media", "metadata", "mrkdwn", "link_names", "parse"),
}
SPENT = ("expired_url", "used_url")


def answer_command(desk: Desk, who: str, channel: Channel, line: str, body: Json) -> None:
    """Show what the ack of a slash command says; `in_channel` shows the person's own line, too."""
    if not body.get("text") and not body.get("blocks"):
        return
    try:
        _refuse_unknown(body)
        if body.get("response_type") == "in_channel":
            typed = Message(channel=channel.id, ts=desk.world.next_ts(), user=who, text=line)
            desk.world.add(typed)
        _say(desk, who, channel.id, body)
    except SlackError as refused:
        desk.ledger.note("ack", body, refused.code, messages=refused.messages, violation=True)


def respond(desk: Desk, row: Json, body: Json) -> None:
    """Do what was posted to a response_url. Raises SlackError."""
    _refuse_unknown(body)
    original = desk.world.find(row["channel"], row["ts"]) if row["ts"] else None
    if body.get("delete_original") and original:
        desk.world.remove(original)
    elif body.get("replace_original") and original:
        original.text = str(body.get("text", ""))
        original.blocks = desk.blocks(body.get("blocks"))
        original.edited_ts = desk.world.next_ts()
        desk.world.changed(original)
    elif not body.get("delete_original"):
        _say(desk, row["user"], row["channel"], body)


def routes(desk: Desk) -> list[BaseRoute]:
    """Return where response_urls lead."""

    async def endpoint(request: Request) -> Response:
        """Take one answer."""
        body: Json = {}
        try:
            body = await request.json()
            respond(desk, desk.use_response_url(request.path_params["token"]), body)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
        except SlackError as refused:
            is_spent = refused.code in SPENT
            desk.ledger.note(
                "response_url", body, refused.code, messages=refused.messages, violation=not is_spent
            )
            return JSONResponse({"ok": False, "error": refused.code}, 404 if is_spent else 400)
        desk.ledger.note("response_url", body)
        return JSONResponse({"ok": True})

    return [Route("/slack/response/{token}", endpoint, methods=["POST"])]


def _refuse_unknown(body: Json) -> None:
    if unknown := body.keys() - FIELDS:
        raise SlackError("invalid_arguments", *(f"[ERROR] unknown field: {name}" for name in sorted(unknown)))


def _say(desk: Desk, who: str, channel: str, body: Json) -> None:
    """Put the answer down as the bot's message: to one person unless it is `in_channel`."""
    if not body.get("text") and not body.get("blocks"):
        raise SlackError("no_text")
    said = Message(
        channel=channel,
        ts="",
        user=BOT_USER,
        text=str(body.get("text") or ""),
        blocks=desk.blocks(body.get("blocks")),
        thread_ts=body.get("thread_ts"),
        ephemeral_to=None if body.get("response_type") == "in_channel" else who,
    )
    said.ts = desk.world.next_ts()
    desk.world.add(said)

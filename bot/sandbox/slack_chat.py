"""chat.* and reactions.add: saying things, and changing what was said."""

import json
from typing import Any

from bot.sandbox import slack_shapes as shapes
from bot.sandbox.slack_call import Json, SlackError, truth
from bot.sandbox.slack_desk import Desk
from bot.sandbox.world import Message
from bot.sandbox.world_people import BOT_USER

TRUNCATED_AT = 40_000
UPDATE_LIMIT = 4_000
METADATA_LIMIT = 8_000  # Slack publishes no number: small enough that nothing but ids fits well below it
MARKDOWN_LIMIT = 12_000
ATTACHMENTS = 100


def post_message(desk: Desk, args: Json) -> Json:
    """Post a message; a `client_msg_id` that the channel has seen is answered with the earlier one."""
    channel = desk.channel(args["channel"])
    if channel.is_archived:
        raise SlackError("is_archived")
    content = _content(desk, args)
    _require_content(args)
    metadata = _metadata(args.get("metadata"))
    thread = _thread(desk, channel.id, args.get("thread_ts"))
    if earlier := _earlier(desk, channel.id, args.get("client_msg_id")):
        return _posted(desk, earlier, is_duplicate=True)
    said = Message(
        channel=channel.id,
        ts=desk.world.next_ts(),
        user=BOT_USER,
        thread_ts=thread,
        metadata=metadata or None,
        client_msg_id=args.get("client_msg_id"),
        broadcast=thread is not None and truth(args.get("reply_broadcast")),
        **content,
    )
    is_cut = len(said.text) > TRUNCATED_AT
    said.text = said.text[:TRUNCATED_AT]
    more: Json = {"warning": "message_truncated"} if is_cut else {}
    return _posted(desk, desk.world.add(said), **more)


def update(desk: Desk, args: Json) -> Json:
    """Change one of the bot's own messages; what is not given stays, `metadata={}` takes it off."""
    channel = desk.channel(args["channel"])
    said = _own(desk, channel.id, args["ts"], "cant_update_message")
    if len(str(args.get("text", ""))) > UPDATE_LIMIT:
        raise SlackError("msg_too_long")
    content = _content(desk, args)
    if not content and "metadata" not in args:
        raise SlackError("no_text")
    if "metadata" in args:
        said.metadata = _metadata(args["metadata"]) or None
    for name, value in content.items():
        setattr(said, name, value)
    said.edited_ts = desk.world.next_ts()
    desk.world.changed(said)
    shown = shapes.message(desk.world, said, with_metadata=True)
    return {"channel": channel.id, "ts": said.ts, "text": said.text, "message": shown}


def delete(desk: Desk, args: Json) -> Json:
    """Delete one of the bot's own messages."""
    channel = desk.channel(args["channel"])
    said = _own(desk, channel.id, args["ts"], "cant_delete_message")
    desk.world.remove(said)
    return {"channel": channel.id, "ts": said.ts}


def post_ephemeral(desk: Desk, args: Json) -> Json:
    """Show a message to one person, who must be in the channel, as the bot must be."""
    channel = desk.joined(args["channel"])
    if channel.is_archived:
        raise SlackError("is_archived")
    if args["user"] not in channel.members:
        raise SlackError("user_not_in_channel")
    content = _content(desk, args)
    _require_content(args)
    if len(content.get("text", "")) > TRUNCATED_AT:
        raise SlackError("msg_too_long")
    said = Message(
        channel=channel.id,
        ts=desk.world.next_ts(),
        user=BOT_USER,
        ephemeral_to=args["user"],
        thread_ts=args.get("thread_ts"),
        **content,
    )
    return {"message_ts": desk.world.add(said).ts}


def get_permalink(desk: Desk, args: Json) -> Json:
    """Return a link to a message."""
    channel = desk.channel(args["channel"])
    if desk.world.find(channel.id, args["message_ts"]) is None:
        raise SlackError("message_not_found")
    link = f"{desk.base_url}/archives/{channel.id}/p{args['message_ts'].replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(desk: Desk, args: Json) -> Json:
    """Put an emoji under a message, once."""
    channel = desk.channel(args["channel"])
    said = desk.world.find(channel.id, args["timestamp"])
    if said is None:
        raise SlackError("message_not_found")
    if BOT_USER in said.reactions.get(args["name"], []):
        raise SlackError("already_reacted")
    said.reactions.setdefault(args["name"], []).append(BOT_USER)
    desk.world.changed(said)
    return {}


# ── inside ───────────────────────────────────────────────────────────────────────────────────────────


def _content(desk: Desk, args: Json) -> dict[str, Any]:
    """Return what is said, as fields of a message: only those that were given."""
    if args.get("markdown_text") and (args.get("text") or args.get("blocks")):
        raise SlackError("markdown_text_conflict")
    if len(str(args.get("markdown_text", ""))) > MARKDOWN_LIMIT:
        raise SlackError("invalid_arguments", "[ERROR] markdown_text must be less than 12001 characters")
    content: dict[str, Any] = {}
    if "text" in args or "markdown_text" in args:
        content["text"] = str(args.get("text") or args.get("markdown_text") or "")
    if "blocks" in args:
        content["blocks"] = desk.blocks(args["blocks"])
    if "attachments" in args:
        content["attachments"] = _attachments(desk, args["attachments"])
    return content


def _attachments(desk: Desk, value: object) -> list[Json]:
    if not isinstance(value, list):
        raise SlackError("invalid_arguments", "[ERROR] attachments must be a JSON array")
    if len(value) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return [{**it, "blocks": desk.blocks(it["blocks"])} if it.get("blocks") else it for it in value]


def _require_content(args: Json) -> None:
    if not any(args.get(name) for name in ("text", "blocks", "attachments", "markdown_text")):
        raise SlackError("no_text")


def _metadata(value: object) -> Json | None:
    """Return the metadata: `{}`, or an event_type and an event_payload. Raises SlackError."""
    if value is None or value == {}:
        return None
    if (
        not isinstance(value, dict)
        or value.keys() != {"event_type", "event_payload"}
        or not isinstance(value["event_type"], str)
        or not isinstance(value["event_payload"], dict)
    ):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(value)) > METADATA_LIMIT:
        raise SlackError("metadata_too_large")
    return value


def _thread(desk: Desk, channel: str, ts: str | None) -> str | None:
    """Return the root of the thread to reply in. Raises SlackError where there is none."""
    if ts is None:
        return None
    root = desk.world.find(channel, str(ts))
    if root is None or root.ephemeral_to:
        raise SlackError("cannot_reply_to_message")
    return root.thread_ts or root.ts


def _earlier(desk: Desk, channel: str, client_msg_id: str | None) -> Message | None:
    if client_msg_id is None:
        return None
    return next(
        (m for m in desk.world.messages if m.client_msg_id == client_msg_id and m.channel == channel),
        None,
    )


def _own(desk: Desk, channel: str, ts: str, refusal: str) -> Message:
    said = desk.world.find(channel, ts)
    if said is None or said.ephemeral_to:
        raise SlackError("message_not_found")
    if said.user != BOT_USER:
        raise SlackError(refusal)
    return said


def _posted(desk: Desk, said: Message, **more: object) -> Json:
    shown = shapes.message(desk.world, said, with_metadata=True)
    return {"channel": said.channel, "ts": said.ts, "message": shown, **more}


METHODS = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
    "reactions.add": add_reaction,
}

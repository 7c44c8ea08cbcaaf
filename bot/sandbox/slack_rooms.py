"""Methods that look around: conversations.*, team, bots, and the call itself."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox import slack_shapes as shapes
from bot.sandbox.blockkit import judge_blocks, judge_view
from bot.sandbox.slack_call import Json, SlackError, truth
from bot.sandbox.slack_desk import Desk
from bot.sandbox.world import Message
from bot.sandbox.world_people import (
    APP_ID,
    BOT_ID,
    BOT_NAME,
    BOT_USER,
    TEAM_ID,
    TEAM_NAME,
    Channel,
)

Row = TypeVar("Row")
MOST = 999
KINDS = {"public_channel", "private_channel", "im", "mpim"}
VALIDATED_CHARACTERS = 100_000


def info(desk: Desk, args: Json) -> Json:
    """Describe a channel."""
    channel = desk.channel(args["channel"])
    shown = shapes.channel(desk.world, channel)
    if truth(args.get("include_num_members")):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def open_direct(desk: Desk, args: Json) -> Json:
    """Open the direct conversation with one person; the sandbox has no group conversations."""
    if args.get("channel"):
        channel = desk.channel(args["channel"])
    else:
        users = [name for name in str(args.get("users", "")).split(",") if name]
        if not users:
            raise SlackError("users_list_not_supplied")
        if len(users) > 1:
            raise SlackError("method_not_supported_for_channel_type")
        channel = _direct(desk, users[0])
    brief: Json = {"id": channel.id}
    return {"channel": shapes.channel(desk.world, channel) if truth(args.get("return_im")) else brief}


def _direct(desk: Desk, user: str) -> Channel:
    """Return the direct conversation with somebody who can have one. Raises SlackError."""
    person = desk.world.people.get(user)
    if person is None:
        raise SlackError("user_not_found")
    if not person.can_act:
        raise SlackError("user_disabled" if person.deleted else "invalid_user_combination")
    return desk.world.direct(user)


def history(desk: Desk, args: Json) -> Json:
    """Return what was said in a channel, newest first, without the replies in threads."""
    channel = desk.joined(args["channel"])
    said = [
        m
        for m in desk.world.messages
        if m.channel == channel.id and not m.ephemeral_to and (not m.is_reply or m.broadcast)
    ]
    return _page(desk, args, sorted(said, key=lambda m: m.ts, reverse=True))


def replies(desk: Desk, args: Json) -> Json:
    """Return a thread, its root first; the root comes on every page."""
    channel = desk.channel(args["channel"])
    root = desk.world.find(channel.id, args["ts"])
    if root is None or root.ephemeral_to:
        raise SlackError("thread_not_found")
    first = root.thread_ts or root.ts
    said = [
        m
        for m in desk.world.messages
        if m.channel == channel.id and not m.ephemeral_to and m.thread_ts == first and m.ts != first
    ]
    page = _page(desk, args, sorted(said, key=lambda m: m.ts))
    if opening := desk.world.find(channel.id, first):
        with_metadata = truth(args.get("include_all_metadata"))
        page["messages"].insert(0, shapes.message(desk.world, opening, with_metadata=with_metadata))
    return page


def members(desk: Desk, args: Json) -> Json:
    """Return who is in a channel."""
    channel = desk.channel(args["channel"])
    return {"members": list(channel.members), "response_metadata": {"next_cursor": ""}}


def join(desk: Desk, args: Json) -> Json:
    """Let the bot join a public channel."""
    channel = desk.channel(args["channel"])
    if channel.is_im or channel.is_private:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if BOT_USER not in channel.members:
        channel.members.append(BOT_USER)
        desk.world.save()
    return {"channel": shapes.channel(desk.world, channel)}


def user_conversations(desk: Desk, args: Json) -> Json:
    """Return where the bot, or a person, is: public channels, or the kinds of place in `types`."""
    kinds = str(args.get("types") or "public_channel").split(",")
    if not set(kinds) <= KINDS:
        raise SlackError("invalid_types")
    who = args.get("user") or BOT_USER
    found = [it for it in desk.world.channels.values() if who in it.members and _kind(it) in kinds]
    if truth(args.get("exclude_archived")):
        found = [it for it in found if not it.is_archived]
    page, cursor = sliced(args, found)
    shown = [shapes.channel(desk.world, it) for it in page]
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


def team_info(desk: Desk, args: Json) -> Json:
    """Describe the workspace."""
    if args.get("team", TEAM_ID) != TEAM_ID:
        raise SlackError("team_not_found")
    return {"team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": "sandbox", "url": f"{desk.base_url}/"}}


def bot_info(desk: Desk, args: Json) -> Json:
    """Describe the bot."""
    del desk
    if args.get("bot", BOT_ID) != BOT_ID:
        raise SlackError("bot_not_found")
    names = {"id": BOT_ID, "app_id": APP_ID, "user_id": BOT_USER, "name": BOT_NAME}
    return {"bot": {**names, "deleted": False, "updated": 0, "icons": {}}}


def auth_test(desk: Desk, args: Json) -> Json:
    """Say whose token it is."""
    del args
    return {
        "url": f"{desk.base_url}/",
        "team": TEAM_NAME,
        "user": BOT_NAME,
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(desk: Desk, args: Json) -> Json:
    """Answer with what was sent."""
    del desk
    return {"args": args}


def open_connection(desk: Desk, args: Json) -> Json:
    """Return the address of a new Socket Mode connection."""
    del args
    return {"url": desk.open_socket()}


def validate(desk: Desk, args: Json) -> Json:
    """Judge blocks, a message or a view without posting them."""
    if len(args) != 1:
        raise SlackError("invalid_arguments", "[ERROR] exactly one of blocks, message, view is required")
    kind, value = next(iter(args.items()))
    if len(json.dumps(value)) > VALIDATED_CHARACTERS:
        raise SlackError("invalid_arguments", "[ERROR] must be less than 100001 characters")
    if kind == "view":
        problems = judge_view(value, desk.file_fault)
    else:
        blocks = value.get("blocks") if kind == "message" and isinstance(value, dict) else value
        problems = judge_blocks(blocks, desk.file_fault)
    errors = [{"pointer": it.pointer, "code": "invalid", "message": it.text} for it in problems]
    return {"valid": not errors, "errors": errors}


def _page(desk: Desk, args: Json, said: Sequence[Message]) -> Json:
    """Return one page of `said` between oldest and latest (themselves only if `inclusive`)."""
    inclusive = truth(args.get("inclusive"))
    oldest = _moment(args.get("oldest"), "invalid_ts_oldest", default=0.0)
    latest = _moment(args.get("latest"), "invalid_ts_latest", default=float("inf"))
    chosen = [
        m for m in said if oldest < float(m.ts) < latest or (inclusive and float(m.ts) in (oldest, latest))
    ]
    page, cursor = sliced(args, chosen)
    with_metadata = truth(args.get("include_all_metadata"))
    return {
        "messages": [shapes.message(desk.world, m, with_metadata=with_metadata) for m in page],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def sliced(args: Json, rows: Sequence[Row]) -> tuple[Sequence[Row], str]:
    """Return the page of `rows` that is asked for, and the cursor of the next; empty after the last."""
    start = _cursor(args.get("cursor"))
    end = start + min(int(args.get("limit") or 100), MOST)
    return rows[start:end], base64.b64encode(f"next:{end}".encode()).decode() if rows[end:] else ""


def _kind(it: Channel) -> str:
    return "im" if it.is_im else "private_channel" if it.is_private else "public_channel"


def _moment(value: str | None, refusal: str, *, default: float) -> float:
    try:
        return float(value) if value else default
    except ValueError:
        raise SlackError(refusal) from None


def _cursor(value: str | None) -> int:
    if not value:
        return 0
    try:
        return int(base64.b64decode(value).decode().removeprefix("next:"))
    except (binascii.Error, ValueError):
        raise SlackError("invalid_cursor") from None


METHODS = {
    "conversations.info": info,
    "conversations.open": open_direct,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.members": members,
    "conversations.join": join,
    "users.conversations": user_conversations,
    "team.info": team_info,
    "bots.info": bot_info,
    "auth.test": auth_test,
    "api.test": api_test,
    "apps.connections.open": open_connection,
    "blocks.validate": validate,
}

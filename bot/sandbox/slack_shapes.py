"""How Slack writes down what the world holds: messages, channels, people and files."""

import re
from collections.abc import Iterable, Sequence

from bot.sandbox.slack_call import Json
from bot.sandbox.world import File, Message, World
from bot.sandbox.world_people import (
    APP_ID,
    BEN,
    BOT,
    BOT_ID,
    BOT_USER,
    OTHER_TEAM,
    TEAM_ID,
    Channel,
    Person,
    Usergroup,
)

OWNER = BEN
"""Whose workspace it is: the one person who can install the app again, say."""

FILETYPES = {"image/jpeg": "jpg", "application/octet-stream": "binary", "text/plain": "text"}


def message(world: World, it: Message, *, with_metadata: bool = False) -> Json:
    """Return a message as history, payloads and answers show it."""
    shown: Json = {"type": "message", "user": it.user, "text": it.text, "ts": it.ts}
    shown["team"] = world.team_of(it.user)
    if shown["team"] != TEAM_ID:
        shown |= {"user_team": shown["team"], "source_team": shown["team"]}
    if it.user == BOT_USER:
        shown |= {"bot_id": BOT_ID, "app_id": APP_ID}
    elif it.files:
        shown |= {"upload": False, "display_as_bot": False}
    if it.broadcast:
        shown["subtype"] = "thread_broadcast"
    replies = [m for m in world.messages if m.thread_ts == it.ts and m.channel == it.channel and m is not it]
    if replies:
        shown |= {"reply_count": len(replies), "latest_reply": replies[-1].ts}
    optional = {
        "thread_ts": it.thread_ts or (it.ts if replies else None),
        "blocks": it.blocks,
        "attachments": it.attachments,
        "client_msg_id": it.client_msg_id,
        "edited": {"user": it.user, "ts": it.edited_ts} if it.edited_ts else None,
        "metadata": it.metadata if with_metadata else None,
        "files": [file(world, world.files[name]) for name in it.files] or None,
        "reactions": [
            {"name": name, "users": users, "count": len(users)} for name, users in it.reactions.items()
        ],
    }
    return shown | {name: value for name, value in optional.items() if value}


def channel(world: World, it: Channel) -> Json:
    """Return a channel as conversations.info gives it."""
    if it.is_im:
        return {"id": it.id, "is_im": True, "user": it.members[0], "is_org_shared": False, "created": 0}
    return {
        "id": it.id,
        "name": it.name,
        "name_normalized": it.name,
        "is_channel": not it.is_private,
        "is_group": it.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": it.is_private,
        "is_archived": it.is_archived,
        "is_general": it.name == "general",
        "is_member": world.bot_is_in(it),
        "is_shared": it.is_ext_shared,
        "is_ext_shared": it.is_ext_shared,
        "is_pending_ext_shared": False,
        "is_org_shared": False,
        "context_team_id": TEAM_ID,
        "shared_team_ids": [TEAM_ID, OTHER_TEAM] if it.is_ext_shared else [TEAM_ID],
        "connected_team_ids": [OTHER_TEAM] if it.is_ext_shared else [],
        "created": 0,
        "topic": {"value": it.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def user(it: Person) -> Json:
    """Return a person as users.info gives them; of who is deactivated it says little."""
    brief = {
        "id": it.id,
        "team_id": it.team_id,
        "name": it.name,
        "real_name": it.real_name,
        "deleted": it.deleted,
        "profile": {
            "real_name": it.real_name,
            "display_name": it.name,
            "title": it.title,
            "team": it.team_id,
        },
        "is_bot": it.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if it.deleted:
        return brief
    return {
        **brief,
        "color": it.color,
        **dict(zip(("tz", "tz_label", "tz_offset"), it.zone, strict=True)),
        **{name: getattr(it, name) for name in ("is_admin", "is_owner", "is_restricted")},
        "is_primary_owner": it.is_owner,
        "is_ultra_restricted": it.is_ultra_restricted,
        **({"is_stranger": it.is_stranger} if it.is_external else {}),
    }


def bot_user() -> Json:
    """Return the bot as users.info gives it."""
    shown = user(BOT)
    return {**shown, "profile": {**shown["profile"], "bot_id": BOT_ID, "api_app_id": APP_ID}}


def usergroup(it: Usergroup, users: Sequence[str]) -> Json:
    """Return a user group as usergroups.list gives it, without its people."""
    return {
        "id": it.id,
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "is_subteam": True,
        "name": it.name,
        "description": "",
        "handle": it.handle,
        "is_external": False,
        **dict.fromkeys(("date_create", "date_update", "date_delete"), 0),
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        **dict.fromkeys(("created_by", "updated_by"), OWNER),
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "user_count": len(users),
    }


def file(world: World, it: File) -> Json:
    """Return a file as files.info gives it; until Slack has looked at it, its type is unknown."""
    if it.is_deleted:
        return {"id": it.id, "mode": "tombstone"}
    ready = world.is_ready(it)
    address, name = f"{world.base_url}/slack/files/{it.id}", in_address(it.name)
    return {
        "id": it.id,
        "created": it.created,
        "timestamp": it.created,
        "name": it.name,
        "title": it.title or it.name,
        "mimetype": it.mimetype if ready else "",
        "filetype": _filetype(it.mimetype) if ready else "",
        "size": it.length,
        "user": it.user,
        "user_team": world.team_of(it.user),
        "mode": "hosted",
        "file_access": "visible",
        "is_external": False,
        "external_type": "",
        "public_url_shared": False,
        "display_as_bot": False,
        "editable": False,
        "alt_txt": it.alt_txt,
        "url_private": f"{address}/{name}",
        "url_private_download": f"{address}/download/{name}",
        "permalink": f"{world.base_url}/sandbox/file/{it.id}/{name}",
        **_shares(world, it.shares if ready else []),
    }


def _shares(world: World, shares: Iterable[Sequence[str]]) -> Json:
    """Return where a file was shared, the four ways Slack tells it."""
    rows: Json = {}
    places: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    for channel_id, ts in shares:
        place = world.channels[channel_id]
        kind = "private" if place.is_private or place.is_im else "public"
        rows.setdefault(kind, {}).setdefault(channel_id, []).append({"ts": ts})
        places["ims" if place.is_im else "groups" if place.is_private else "channels"].append(channel_id)
    return {**places, "shares": rows, "is_public": "public" in rows}


def _filetype(mimetype: str) -> str:
    """Return Slack's own short name of a type."""
    return FILETYPES.get(mimetype, mimetype.rpartition("/")[2])


def in_address(name: str) -> str:
    """Return a file's name as it stands in its addresses: small letters, figures, and little else."""
    return re.sub(r"[^a-z0-9._-]+", "_", name.lower()) or "_"

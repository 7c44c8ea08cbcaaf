"""How Slack writes down what the world holds: messages, channels, people and files."""

from bot.sandbox.slack_call import Json
from bot.sandbox.world import File, Message, World
from bot.sandbox.world_people import APP_ID, BOT_ID, BOT_NAME, BOT_USER, TEAM_ID, Channel, Person


def message(world: World, it: Message, *, with_metadata: bool = False) -> Json:
    """Return a message as history, payloads and answers show it."""
    shown: Json = {"type": "message", "user": it.user, "text": it.text, "ts": it.ts, "team": TEAM_ID}
    if it.user == BOT_USER:
        shown |= {"bot_id": BOT_ID, "app_id": APP_ID}
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
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "is_org_shared": False,
        "context_team_id": TEAM_ID,
        "created": 0,
        "topic": {"value": it.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def user(it: Person) -> Json:
    """Return a person as users.info gives them."""
    return {
        "id": it.id,
        "team_id": TEAM_ID,
        "name": it.name,
        "real_name": it.real_name,
        "deleted": False,
        "color": it.color,
        "tz": "Europe/London",
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "profile": {"real_name": it.real_name, "display_name": it.name, "title": it.title, "team": TEAM_ID},
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": it.is_restricted,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "updated": 0,
    }


def bot_user() -> Json:
    """Return the bot as users.info gives it."""
    person = user(Person(BOT_USER, BOT_NAME, BOT_NAME.title(), "", "757575"))
    return {
        **person,
        "is_bot": True,
        "profile": {**person["profile"], "bot_id": BOT_ID, "api_app_id": APP_ID},
    }


def file(world: World, it: File) -> Json:
    """Return a file as files.info gives it; until Slack has looked at it, its type is unknown."""
    ready = world.is_ready(it)
    shares: Json = {}
    for channel_id, ts in it.shares if ready else []:
        kind = "private" if world.channels[channel_id].is_private else "public"
        shares.setdefault(kind, {}).setdefault(channel_id, []).append({"ts": ts})
    return {
        "id": it.id,
        "name": it.name,
        "title": it.title or it.name,
        "mimetype": it.mimetype if ready else "",
        "filetype": it.mimetype.rpartition("/")[2] if ready else "",
        "size": it.length,
        "user": BOT_USER,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "editable": False,
        "alt_txt": it.alt_txt,
        "url_private": f"{world.base_url}/slack/files/{it.id}/{it.name}",
        "permalink": f"{world.base_url}/slack/files/{it.id}/{it.name}",
        "channels": sorted(shares.get("public", {})),
        "groups": sorted(shares.get("private", {})),
        "ims": [],
        "shares": shares,
    }

"""What Slack sends to an app when people do things: commands, clicks, submissions, shortcuts, events."""

from bot.sandbox import slack_shapes as shapes
from bot.sandbox.slack_call import Json
from bot.sandbox.slack_desk import Desk
from bot.sandbox.world import Message
from bot.sandbox.world_people import APP_ID, TEAM_ID, Channel

DOMAIN = "sandbox"


def command(desk: Desk, who: str, channel: Channel, name: str, text: str) -> Json:
    """Return the form of a slash command; `text` is escaped already."""
    return {
        "token": "sandbox",
        "team_id": TEAM_ID,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": who,
        "user_name": desk.world.people[who].name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": desk.new_response_url(who, channel.id),
        "trigger_id": desk.new_trigger(who),
    }


def message_action(desk: Desk, who: str, said: Message, action: Json) -> Json:
    """Return a click in a message."""
    channel = desk.world.channels[said.channel]
    container = {
        "type": "message",
        "message_ts": said.ts,
        "channel_id": channel.id,
        "is_ephemeral": said.ephemeral_to is not None,
    }
    if said.thread_ts:
        container["thread_ts"] = said.thread_ts
    return {
        **_common(desk, who, "block_actions"),
        "container": container,
        "trigger_id": desk.new_trigger(who),
        "channel": {"id": channel.id, "name": _name(channel)},
        "message": shapes.message(desk.world, said, with_metadata=True),
        "state": {"values": {}},
        "response_url": desk.new_response_url(who, channel.id, ts=said.ts),
        "actions": [action],
    }


def view_action(desk: Desk, who: str, view: Json, action: Json) -> Json:
    """Return a click in a modal or an App Home."""
    return {
        **_common(desk, who, "block_actions"),
        "container": {"type": "view", "view_id": view["id"]},
        "trigger_id": desk.new_trigger(who, view["id"]),
        "view": view,
        "actions": [action],
    }


def submission(desk: Desk, who: str, view: Json) -> Json:
    """Return a filled form; its values are in the view's state."""
    return {
        **_common(desk, who, "view_submission"),
        "trigger_id": desk.new_trigger(who, view["id"]),
        "view": view,
        "response_urls": [],
    }


def closing(desk: Desk, who: str, view: Json, *, everything: bool) -> Json:
    """Return word of a form that was closed."""
    return {**_common(desk, who, "view_closed"), "view": view, "is_cleared": everything}


def shortcut(desk: Desk, who: str, said: Message, callback_id: str) -> Json:
    """Return a shortcut used on a message."""
    channel = desk.world.channels[said.channel]
    common = _common(desk, who, "message_action")
    del common["api_app_id"]  # every other payload has it
    return {
        **common,
        "callback_id": callback_id,
        "trigger_id": desk.new_trigger(who),
        "response_url": desk.new_response_url(who, channel.id),
        "action_ts": desk.world.next_ts(),
        "message_ts": said.ts,
        "channel": {"id": channel.id, "name": _name(channel)},
        "message": shapes.message(desk.world, said),
    }


def message_event(desk: Desk, said: Message, channel: Channel, *, kind: str = "message") -> Json:
    """Return the event of something said; `kind` may be `app_mention`."""
    event = {"type": kind, "channel": channel.id, "user": said.user, "text": said.text, "ts": said.ts}
    team = desk.world.team_of(said.user)
    event |= {"event_ts": said.ts, "team": team}
    event |= {"user_team": team, "source_team": team} if team != TEAM_ID else {}
    if kind == "message":
        event["channel_type"] = "im" if channel.is_im else "group" if channel.is_private else "channel"
    if said.files:
        shown = shapes.message(desk.world, said)
        event |= {name: shown[name] for name in ("files", "upload", "display_as_bot")}
        event |= {"subtype": "file_share"} if kind == "message" else {}
    return event | ({"thread_ts": said.thread_ts} if said.thread_ts else {})


def home_opened(desk: Desk, who: str) -> Json:
    """Return the event of an opened App Home, with the view that stands there, if one does."""
    ts = desk.world.next_ts()
    event = {"type": "app_home_opened", "user": who, "channel": desk.world.direct(who).id, "tab": "home"}
    home = desk.world.homes.get(who)
    return {**event, "event_ts": ts, **({"view": home} if home else {})}


def _common(desk: Desk, who: str, kind: str) -> Json:
    name, team = desk.world.people[who].name, desk.world.team_of(who)
    return {
        "type": kind,
        "team": {"id": TEAM_ID, "domain": DOMAIN},
        "user": {"id": who, "username": name, "name": name, "team_id": team},
        "api_app_id": APP_ID,
        "token": "sandbox",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name

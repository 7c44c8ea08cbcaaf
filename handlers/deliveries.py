"""Who sent this, from where, and what makes this delivery the one it is: read from Slack's payloads."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.domain.ids import ChannelId, DeliveryKey, UserId, WorkspaceId
from bot.slack import fields

_ID = re.compile(r"[0-9A-Z]{10}")
_PLAIN = re.compile(rf"[a-z]+(?: {_ID.pattern}\b)?")
"""A subcommand, with the id of ours that it is about."""


@dataclass(frozen=True)
class Sender:
    """A person of a workspace; `workspace` is the one that installed the app."""

    workspace: WorkspaceId
    user: UserId
    channel: ChannelId


Answer = Callable[[Sender, DeliveryKey, str], Awaitable[str]]
"""What one word of `/style` does with the words after it; returns what the asking person reads."""


def of_command(body: dict[str, Any]) -> tuple[Sender, DeliveryKey]:
    """Read a slash command; its `trigger_id` is unique to each time it is typed."""
    sender = Sender(WorkspaceId(body["team_id"]), UserId(body["user_id"]), ChannelId(body["channel_id"]))
    return sender, DeliveryKey(f"command:{sender.workspace}:{body['trigger_id']}")


def of_action(body: dict[str, Any]) -> tuple[Sender, DeliveryKey]:
    """Read a click; a click on the App Home has no channel and is answered in direct messages."""
    action = body["actions"][0]
    user = UserId(body["user"]["id"])
    channel = ChannelId(body["channel"]["id"]) if body.get("channel") else ChannelId(user)
    sender = Sender(WorkspaceId(body["team"]["id"]), user, channel)
    parts = (sender.workspace, user, action["action_id"], chosen(action), action["action_ts"])
    return sender, DeliveryKey("action:" + ":".join(parts))


def chosen(action: dict[str, Any]) -> str:
    """Return what a button, or the chosen entry of a menu, carries: an id, mostly; empty where it is bare."""
    return str((action.get("selected_option") or action).get("value") or "")


def of_shortcut(body: dict[str, Any]) -> Sender:
    """Read a shortcut used on a message; it only opens a form, so that it needs no key."""
    user, channel = UserId(body["user"]["id"]), ChannelId(body["channel"]["id"])
    return Sender(WorkspaceId(body["team"]["id"]), user, channel)


def of_view(body: dict[str, Any], channel: str) -> tuple[Sender, DeliveryKey]:
    """Read a submitted form that was opened from `channel`."""
    user = UserId(body["user"]["id"])
    sender = Sender(WorkspaceId(body["team"]["id"]), user, ChannelId(channel or user))
    return sender, DeliveryKey(f"view:{sender.workspace}:{body['view']['id']}:{body['view']['hash']}")


def of_event(body: dict[str, Any]) -> tuple[Sender, DeliveryKey]:
    """Read an event about a person."""
    event = body["event"]
    user = UserId(event["user"])
    sender = Sender(WorkspaceId(body["team_id"]), user, ChannelId(event.get("channel") or user))
    return sender, DeliveryKey(f"event:{body['event_id']}")


def of_anything(body: dict[str, Any]) -> tuple[Sender, DeliveryKey, str]:
    """Read who sent it, and in a word or two what it was about.

    Those are kept for good, so only a subcommand and an id of ours are among them: no name, link or prompt.
    """
    if "command" in body:
        sender, delivery = of_command(body)
        plain = _PLAIN.match(body.get("text", "")) if body["command"] == "/style" else None
        return sender, delivery, " ".join([body["command"], *([plain[0]] if plain else [])])
    if body.get("actions"):
        action = body["actions"][0]
        sender, delivery = of_action(body)
        return sender, delivery, f"{action['action_id']} {chosen(action)}".strip()
    if body.get("view"):
        return *of_view(body, ""), _about_form(body["view"])
    sender = of_shortcut(body)
    return sender, DeliveryKey(f"shortcut:{sender.workspace}:{body['trigger_id']}"), str(body["callback_id"])


def _about_form(view: dict[str, Any]) -> str:
    kept = fields.about(view)
    subject = kept.get("id") or kept.get("run") or ""
    return " ".join([view["callback_id"], *([subject] if _ID.fullmatch(subject) else [])])


def digest_shown(body: dict[str, Any]) -> str:
    """Return the digits of the ballot's digest that a card showed: they stand in its block's name.

    A card that shows none, an old or a forged one, showed nothing that can be approved: then it is empty.
    """
    parts = str(body["actions"][0].get("block_id", "")).split(".")
    return parts[1] if len(parts) > 1 else ""

"""What our messages carry beside what people see, and where Slack lets us read it again.

Each message carries metadata: its key, by which it is found again, and of a card its subject and task too,
which tell what was handed over when our database no longer can. Where Slack does not let us look it says so
in one of a few words, and then nothing is known: that leaves as Unreadable.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.domain.errors import Unreadable
from bot.domain.ids import ChannelId, TaskId
from bot.ports import CardTag
from bot.slack.client import PacedClient, pages
from bot.slack.faults import error_word, told_in_our_words

Payload = dict[str, Any]
EVENT_TYPE = "housestyle_outbox"
"""The type of the metadata that every message of ours carries.

Its payload is `{"id": key}`, and of a card `"subject"` and, once there is one, `"task"` beside it.
"""
CLOCKS_APART = timedelta(seconds=60)
"""How far Slack's clock and ours may differ when a message is looked up."""
PAGE, MANY, MOST_MANY = 200, 999, 100
"""Messages on a page, and where all of a span is read: on a page, and pages."""
WHOLE: dict[str, Any] = {"inclusive": True, "include_all_metadata": True}
KINDS = ("public_channel", "private_channel", "im", "mpim")
UNASKED = "mpim"
"""Our manifest does not ask for conversations of several; who permits them all the same has them read."""
NOT_OURS_TO_READ = frozenset(
    {"missing_scope", "not_in_channel", "channel_not_found", "thread_not_found", "channel_is_limited_access"}
)
"""Slack's words for what it does not let us look at."""


@contextmanager
def looking() -> Iterator[None]:
    """Let what Slack's client raises leave as Unreadable, Unpostable or Unavailable."""
    with told_in_our_words():
        try:
            yield
        except SlackApiError as error:
            word = error_word(error)
            if word not in NOT_OURS_TO_READ:
                raise
            raise Unreadable("Slack does not let Housestyle look there.", code=word) from error


async def channels_of(client: PacedClient) -> Sequence[ChannelId]:
    """Return where we are. Raises SlackApiError where Slack keeps back a kind that our manifest asks for."""
    found: list[ChannelId] = []
    for kind in KINDS:
        ask = client.users_conversations
        try:
            async for page in pages(ask, most=MOST_MANY, is_patient=True, types=kind, limit=PAGE):
                found += [ChannelId(channel["id"]) for channel in page["channels"]]
        except SlackApiError as error:
            if kind != UNASKED or error_word(error) != "missing_scope":
                raise
    return found


async def tags_in(
    client: PacedClient, channel: ChannelId, since: datetime, *, bot_id: str
) -> Sequence[CardTag]:
    """Read a channel from a minute before `since` on; return what our cards in it say of themselves."""
    asked = {"channel": channel, "oldest": stamp(since - CLOCKS_APART), "limit": MANY, **WHOLE}
    tags: list[CardTag] = []
    async for page in pages(client.conversations_history, most=MOST_MANY, is_patient=True, **asked):
        found = (tag_of(message, channel, bot_id=bot_id) for message in page["messages"])
        tags += [tag for tag in found if tag]
    return tags


def tag_of(message: Mapping[str, Any], channel: ChannelId, *, bot_id: str) -> CardTag | None:
    """Return what a message says of itself where it is a card of ours."""
    payload = payload_of(message, bot_id=bot_id)
    subject, task = payload.get("subject"), payload.get("task")
    if not isinstance(subject, str) or not subject:
        return None
    known = TaskId(task) if isinstance(task, str) and task else None
    return CardTag(subject, known, channel, message["ts"])


def payload_of(message: Mapping[str, Any], *, bot_id: str) -> Payload:
    """Return what a message of ours carries; empty where it is not ours: anyone may copy metadata."""
    metadata = message.get("metadata")
    if message.get("bot_id") != bot_id or not isinstance(metadata, dict):
        return {}
    if metadata.get("event_type") != EVENT_TYPE:
        return {}
    payload = metadata.get("event_payload")
    return payload if isinstance(payload, dict) else {}


def stamp(at: datetime) -> str:
    """Return a moment as Slack writes them."""
    return f"{at.timestamp():.6f}"

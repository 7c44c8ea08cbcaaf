"""A Slack in a few lists: conversations, messages with their tags, files, and people who can see them.

It knows what the bot asks of it and nothing else. With `hears_client_msg_id` off it posts what is repeated;
with `may_look` off the bot was not invited to the channels: it may post there, and not look.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from tests.simulator.life import Life

Arguments = dict[str, Any]
BOT = "B1"


class Refusal(Exception):
    """Slack's no, in its own word."""


class File(Enum):
    """How far a file is."""

    PROMISED = auto()
    SENT = auto()
    COMPLETE = auto()


@dataclass
class Message:
    """A message as it stands."""

    channel: str
    ts: str
    thread: str | None
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any]
    by: Life
    key: str
    """The outbox's key that it was posted under: where the bot may not read, a redraw leaves it out."""
    drawn_at: float = 0.0
    """Seconds of this world at which it was drawn last."""

    @property
    def task(self) -> str:
        """The task that a card tells of in its tag, or nothing."""
        return str((self.metadata.get("event_payload") or {}).get("task", ""))

    @property
    def shows(self) -> tuple[str, int]:
        """The stage that a card shows, and the version: they stand in the ids of its blocks."""
        stage, *_, version, _ = self.blocks[0]["block_id"].split(".")
        return stage.replace("-", " "), int(version)

    def button(self, action: str) -> dict[str, Any] | None:
        """Return a button that it shows, with the id of its block under `block_id`."""
        for block in self.blocks:
            for element in block.get("elements", ()):
                if element.get("action_id") == action:
                    return {**element, "block_id": block["block_id"]}
        return None


class SimSlack:
    """The workspace. `changed` is called after whatever people can see."""

    def __init__(
        self,
        clock: Callable[[], float],
        note: Callable[[str], None],
        *,
        epoch: float,
        hears_client_msg_id: bool = True,
        may_look: bool = True,
    ) -> None:
        self.messages: dict[str, Message] = {}
        self.files: dict[str, File] = {}
        self.changed: Callable[[], None] = lambda: None
        self.watch: Callable[[Message], None] = lambda message: None
        self._seen: dict[str, str] = {}
        self._asker = Life("nobody")
        self._clock = clock
        self._note = note
        self._epoch = epoch
        self._last_ts = 0.0
        self._hears_client_msg_id = hears_client_msg_id
        self._may_look = may_look

    def answer(self, method: str, given: Arguments, *, by: Life) -> Arguments:  # noqa: C901 - a table
        """Do what a method of the Web API does, asked `by` a life of the bot. Raises Refusal."""
        self._asker = by
        match method:
            case "chat.postMessage":
                return self._post(given)
            case "chat.update":
                return self._update(given)
            case "conversations.history" | "conversations.replies":
                return self._history(given)
            case "users.conversations":
                return self._conversations(given)
            case "conversations.open":
                return {"channel": {"id": f"D{given['users']}"}}
            case "files.getUploadURLExternal":
                file = f"F{len(self.files) + 1:07}"
                self.files[file] = File.PROMISED
                return {"file_id": file, "upload_url": f"https://files.slack.com/upload/{file}"}
            case "files.completeUploadExternal":
                return self._complete(given)
            case "files.info":
                return self._info(given)
            case "users.list":
                return {"members": [{"id": "UANN", "is_admin": True}]}
            case "views.publish":
                return {}
        raise Refusal("unknown_method")

    def _post(self, given: Arguments) -> Arguments:
        key = given.get("client_msg_id", "")
        if self._hears_client_msg_id and key in self._seen:
            ts = self._seen[key]
            self._note(f"Slack has {key[:8]} already")
            return {"channel": given["channel"], "ts": ts}
        ts = self._next_ts()
        message = Message(
            given["channel"],
            ts,
            given.get("thread_ts"),
            given.get("text", ""),
            given.get("blocks") or [],
            given.get("metadata") or {},
            self._asker,
            key,
        )
        self.messages[ts] = message
        self._seen[key] = ts
        self._shown(message, "posted")
        return {"channel": message.channel, "ts": ts}

    def _update(self, given: Arguments) -> Arguments:
        message = self.messages.get(given["ts"])
        if message is None:
            raise Refusal("message_not_found")
        message.text, message.blocks = given.get("text", ""), given.get("blocks") or []
        if given.get("metadata"):
            message.metadata = given["metadata"]
        message.by = self._asker
        self._shown(message, "drawn anew")
        return {"channel": message.channel, "ts": message.ts}

    def _shown(self, message: Message, how: str) -> None:
        self._note(f"{how} in Slack: {message.text[:60]!r}")
        message.drawn_at = self._clock()
        self.watch(message)
        self.changed()

    def _history(self, given: Arguments) -> Arguments:
        """Return what stands in a channel, or in a thread, between two moments."""
        if not self._may_look and given["channel"].startswith("C"):
            raise Refusal("not_in_channel")
        thread = given.get("ts")
        oldest, latest = float(given.get("oldest") or 0), float(given.get("latest") or "inf")
        found = [
            {
                "ts": one.ts,
                "text": one.text,
                "bot_id": BOT,
                "metadata": one.metadata,
                **({"thread_ts": one.thread} if one.thread else {}),
            }
            for one in self.messages.values()
            if one.channel == given["channel"]
            and thread in (one.thread, one.ts)
            and oldest <= float(one.ts) <= latest
        ]
        return {"messages": found, "has_more": False}

    def _conversations(self, given: Arguments) -> Arguments:
        """Return where the bot is, of one kind: there where anything was said."""
        first = {"public_channel": "C", "im": "D"}.get(given["types"], "none")
        found = {one.channel for one in self.messages.values()}
        return {"channels": [{"id": channel} for channel in sorted(found) if channel.startswith(first)]}

    def _complete(self, given: Arguments) -> Arguments:
        ids = [file["id"] for file in json.loads(given["files"])]
        for file in ids:
            if self.files.get(file, File.PROMISED) is File.PROMISED:
                raise Refusal("file_not_found")
            self.files[file] = File.COMPLETE
        return {"files": [{"id": file} for file in ids]}

    def _info(self, given: Arguments) -> Arguments:
        file = given["file"]
        if self.files.get(file) is not File.COMPLETE:
            raise Refusal("file_not_found")
        return {
            "file": {
                "id": file,
                "mimetype": "image/jpeg",
                "name": file,
                "permalink": f"https://slack.test/{file}",
            }
        }

    def receive(self, file: str) -> Arguments:
        """Take a file's bytes."""
        if self.files[file] is File.PROMISED:
            self.files[file] = File.SENT
        return {}

    def _next_ts(self) -> str:
        """Return a moment that no message has, as Slack writes them."""
        self._last_ts = max(round(self._epoch + self._clock(), 6), self._last_ts + 0.000002)
        return f"{self._last_ts:.6f}"

"""The state of the sandbox workspace: channels, messages, files, views, and the feed of changes.

It keeps and remembers; it decides nothing. What Slack would refuse is refused in the `slack_*` modules
before it gets here. With a state directory every change is on disk before `save` returns.
"""

import asyncio
import itertools
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox.shelf import JsonShelf
from bot.sandbox.world_people import (
    BOT_USER,
    COMMANDS,
    MEMBERS,
    PEOPLE,
    SHORTCUTS,
    TEAM_ID,
    Channel,
    Person,
    Shortcut,
    channels,
)

Json = dict[str, Any]


@dataclass
class Message:
    """One message. `ephemeral_to` is the one person who sees it; None: all members do."""

    channel: str
    ts: str
    user: str
    text: str = ""
    thread_ts: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    files: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    client_msg_id: str | None = None
    edited_ts: str | None = None
    ephemeral_to: str | None = None
    broadcast: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether it stands in somebody else's thread."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class File:
    """An uploaded file; Slack can show it from `ready_at` on (seconds, None: upload not completed).

    `shares` are the (channel, ts) of the messages that hold it.
    """

    id: str
    name: str
    length: int
    ticket: str
    title: str = ""
    alt_txt: str = ""
    mimetype: str = ""
    is_received: bool = False
    ready_at: float | None = None
    is_deleted: bool = False
    user: str = BOT_USER
    created: int = 0
    shares: list[list[str]] = field(default_factory=list)


class Feed:
    """Tells the page what has changed, each person only what that person may see."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Queue[Json | None], str] = {}

    def publish(self, event: Json, *, to: Collection[str]) -> None:
        """Hand `event` to every listener that acts as one of `to`."""
        for queue, person in self._listeners.items():
            if person in to:
                queue.put_nowait(event)

    @contextmanager
    def listener(self, person: str) -> Iterator[asyncio.Queue[Json | None]]:
        """Listen as `person` while the block runs; None in the queue means that the feed has ended."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._listeners[queue] = person
        try:
            yield queue
        finally:
            del self._listeners[queue]

    def close(self) -> None:
        """End every listener; without this an open page would hold up the server's shutdown."""
        for queue in self._listeners:
            queue.put_nowait(None)


class World:
    """Everything there is in the workspace. `state` is a directory; without it all is forgotten."""

    def __init__(self, state: Path | None = None, *, clock: Callable[[], float] = time.time) -> None:
        self.state = state
        self.clock = clock
        self.base_url = ""  # where the workspace is served; set by whoever serves it
        self.feed = Feed()
        self.people = {person.id: person for person in PEOPLE}
        self.usergroups = {group: list(users) for group, users in MEMBERS.items()}
        self.commands = COMMANDS
        self.shortcuts: tuple[Shortcut, ...] = SHORTCUTS
        self.channels: dict[str, Channel] = {channel.id: channel for channel in channels()}
        self.messages: list[Message] = []
        self.files: dict[str, File] = {}
        self.views: dict[str, Json] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, Json] = {}
        self.response_urls: dict[str, Json] = {}
        self._scratch: Path | None = None
        self._shelf = JsonShelf(state / "slack.json" if state else None)
        self._last_ts = 0
        self._numbers = itertools.count(1)
        self._load(self._shelf.load())

    # ── naming things ────────────────────────────────────────────────────────────────────────────────

    def next_ts(self) -> str:
        """Return a timestamp that no message has had: seconds with six digits, always rising."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, letter: str) -> str:
        """Return a new id that looks like Slack's: a letter and ten digits or capitals."""
        taken = self.files.keys() | self.views.keys()
        return next(name for n in self._numbers if (name := f"{letter}{n:010d}") not in taken)

    # ── messages ─────────────────────────────────────────────────────────────────────────────────────

    def audience(self, message: Message) -> Collection[str]:
        """Return who sees the message."""
        return [message.ephemeral_to] if message.ephemeral_to else self.channels[message.channel].members

    def find(self, channel: str, ts: str) -> Message | None:
        """Return the message, None where there is none (any more)."""
        return next((m for m in reversed(self.messages) if m.ts == ts and m.channel == channel), None)

    def add(self, message: Message) -> Message:
        """Put a message down and tell the page."""
        self.messages.append(message)
        self._tell("message", message)
        return message

    def changed(self, message: Message) -> None:
        """Tell the page that a message is not what it was."""
        self._tell("message_changed", message)

    def remove(self, message: Message) -> None:
        """Take a message away for good."""
        self.messages.remove(message)
        gone = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
        self.feed.publish(gone, to=self.audience(message))
        self.save()

    def shown(self, message: Message) -> Json:
        """Return the message as the page draws it."""
        names = ("ts", "thread_ts", "channel", "user", "text", "blocks", "metadata", "reactions")
        files = [self._shown_file(self.files[name]) for name in message.files if name in self.files]
        return {
            **{name: getattr(message, name) for name in names},
            "edited": message.edited_ts is not None,
            "ephemeral": message.ephemeral_to is not None,
            "broadcast": message.broadcast,
            "files": files,
        }

    def _shown_file(self, file: File) -> Json:
        about = {"id": file.id, "name": file.name, "title": file.title or file.name, "size": file.length}
        kind = file.mimetype if self.is_ready(file) else ""
        return {**about, "mimetype": kind, "mode": "tombstone" if file.is_deleted else "hosted"}

    def _tell(self, kind: str, message: Message) -> None:
        self.feed.publish({"type": kind, "message": self.shown(message)}, to=self.audience(message))
        self.save()

    # ── files ────────────────────────────────────────────────────────────────────────────────────────

    def keep_bytes(self, file: File, body: bytes) -> None:
        """Keep what was uploaded."""
        file.is_received = True
        path = self.path_of(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        self.save()

    def path_of(self, file: File) -> Path:
        """Return where the file's bytes lie, once they were received."""
        if self.state is not None:
            return self.state / "files" / file.id
        if self._scratch is None:  # files are large, and to serve a part of one it has to lie somewhere
            self._scratch = Path(tempfile.mkdtemp(prefix="sandbox-slack-"))
            weakref.finalize(self, shutil.rmtree, self._scratch, ignore_errors=True)
        return self._scratch / file.id

    def head_of(self, file: File) -> bytes:
        """Return how the file's bytes begin."""
        with self.path_of(file).open("rb") as opened:
            return opened.read(16)

    def is_ready(self, file: File) -> bool:
        """Whether Slack has looked at the file and can show it."""
        return file.ready_at is not None and self.clock() >= file.ready_at and not file.is_deleted

    # ── people ───────────────────────────────────────────────────────────────────────────────────────

    def change(self, person: Person, groups: Collection[str] | None = None) -> None:
        """Take in what has become of a person; `groups` are all the user groups they are in from now on.

        Who is deactivated leaves the channels, as in Slack; a user group keeps whom it is not told to let go.
        """
        self.people[person.id] = person
        if groups is not None:
            others = {
                it: [user for user in users if user != person.id] for it, users in self.usergroups.items()
            }
            self.usergroups = {
                it: [*users, person.id] if it in groups else users for it, users in others.items()
            }
        for place in self.channels.values():
            if person.deleted and not place.is_im and person.id in place.members:
                place.members.remove(person.id)
        self.feed.publish({"type": "people"}, to=self.people)
        self.save()

    def team_of(self, user: str) -> str:
        """Return the team that somebody is of; the bot is of ours."""
        return self.people[user].team_id if user in self.people else TEAM_ID

    # ── places ───────────────────────────────────────────────────────────────────────────────────────

    def direct(self, person: str) -> Channel:
        """Return the bot's direct conversation with a person."""
        return self.channels[f"D{person[1:]}"]

    def bot_is_in(self, channel: Channel) -> bool:
        """Whether the bot is a member."""
        return BOT_USER in channel.members

    # ── on disk ──────────────────────────────────────────────────────────────────────────────────────

    def save(self) -> None:
        """Write everything down, if there is a state directory."""
        if self.state is None:
            return
        self._shelf.save(
            {
                "members": {channel.id: channel.members for channel in self.channels.values()},
                "people": [asdict(person) for person in self.people.values()],
                "usergroups": self.usergroups,
                "messages": [asdict(message) for message in self.messages],
                "files": [asdict(file) for file in self.files.values()],
                "views": self.views,
                "stacks": self.stacks,
                "homes": self.homes,
                "response_urls": self.response_urls,
                "last_ts": self._last_ts,
            }
        )

    def _load(self, saved: Json | None) -> None:
        if saved is None:
            return
        for channel_id, members in saved["members"].items():
            self.channels[channel_id].members = members
        self.people |= {
            row["id"]: Person(**{**row, "zone": tuple(row["zone"])}) for row in saved.get("people", ())
        }
        self.usergroups |= saved.get("usergroups", {})
        self.messages = [Message(**row) for row in saved["messages"]]
        self.files = {row["id"]: File(**row) for row in saved["files"]}
        self.views, self.stacks, self.homes = saved["views"], saved["stacks"], saved["homes"]
        self.response_urls = saved["response_urls"]
        self._last_ts = saved["last_ts"]

"""What every method of the Web API works with: the world, the judges, and the handles that run out.

A handle is something Slack hands out for a short while: a `trigger_id` (3 seconds, once) to open a view with,
a `response_url` (5 uses in 30 minutes) to answer with.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.blockkit import judge_blocks, judge_view, view_is_too_large, with_ids
from bot.sandbox.blockkit_shapes import Problem
from bot.sandbox.slack_call import Json, SlackError
from bot.sandbox.slack_faults import Faults, Ledger
from bot.sandbox.world import World
from bot.sandbox.world_people import Channel

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 1800.0
RESPONSE_USES = 5
PICTURES = ("image/png", "image/jpeg", "image/gif")


@dataclass
class Trigger:
    """The right to open a view for `user`; `view_id` is the view it was clicked in, if any."""

    user: str
    at: float
    view_id: str | None
    is_used: bool = False


@dataclass
class Desk:
    """One workspace's office: what a method may look at and change."""

    world: World
    ledger: Ledger
    faults: Faults
    open_socket: Callable[[], str]
    triggers: dict[str, Trigger] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        """Where the workspace is served, without a slash at the end."""
        return self.world.base_url

    # ── handles ──────────────────────────────────────────────────────────────────────────────────────

    def new_trigger(self, user: str, view_id: str | None = None) -> str:
        """Return a new trigger_id."""
        self.triggers = {name: it for name, it in self.triggers.items() if self._age(it) < 60 * 10}
        name = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self.triggers[name] = Trigger(user, self.world.clock(), view_id)
        return name

    def use_trigger(self, name: str) -> Trigger:
        """Return the trigger and use it up. Raises SlackError if it is unknown, used or too old."""
        trigger = self.triggers.get(name)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if self._age(trigger) > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        trigger.is_used = True
        return trigger

    def new_response_url(self, user: str, channel: str, *, ts: str | None = None) -> str:
        """Return a new response_url; `ts` is the message it may replace."""
        token = secrets.token_hex(16)
        now, kept = self.world.clock(), self.world.response_urls
        row = {"user": user, "channel": channel, "ts": ts, "uses": 0, "at": now}
        young = {name: it for name, it in kept.items() if now - it["at"] <= RESPONSE_SECONDS}
        self.world.response_urls = {**young, token: row}
        self.world.save()
        return f"{self.base_url}/slack/response/{token}"

    def use_response_url(self, token: str) -> Json:
        """Return what the response_url is for and count a use. Raises SlackError when it is spent."""
        row = self.world.response_urls.get(token)
        if row is None or self.world.clock() - row["at"] > RESPONSE_SECONDS:
            raise SlackError("expired_url")
        if row["uses"] >= RESPONSE_USES:
            raise SlackError("used_url")
        row["uses"] += 1
        return dict(row)

    def _age(self, trigger: Trigger) -> float:
        return self.world.clock() - trigger.at

    # ── the judges ───────────────────────────────────────────────────────────────────────────────────

    def blocks(self, value: object) -> list[Json] | None:
        """Return the blocks of a message as Slack stores them. Raises SlackError."""
        if value is None:
            return None
        if not isinstance(value, list):
            raise SlackError("invalid_blocks_format", "[ERROR] blocks must be a JSON array")
        _refuse("invalid_blocks", judge_blocks(value, self.file_fault))
        return with_ids(value)

    def view(self, value: object, kind: str) -> Json:
        """Return a view of `kind` as Slack stores its content. Raises SlackError."""
        if view_is_too_large(value):
            raise SlackError("view_too_large")
        problems = judge_view(value, self.file_fault)
        if isinstance(value, dict) and value.get("type") != kind:
            problems.append(Problem("/view/type", f"must be {kind}"))
        _refuse("invalid_arguments", problems)
        return {**dict(value), "blocks": with_ids(value["blocks"])} if isinstance(value, dict) else {}

    def file_fault(self, reference: Mapping[str, Any]) -> str | None:
        """Say why an image block cannot show the file, None if it can."""
        url = str(reference.get("url"))
        wanted = (
            it for it in self.world.files.values() if it.id == reference.get("id") or f"/{it.id}/" in url
        )
        file = next(wanted, None)
        if file is None or file.is_deleted or not self.world.is_ready(file):
            return "file not found"
        return None if file.mimetype in PICTURES else f"unsupported file type {file.mimetype}"

    # ── places ───────────────────────────────────────────────────────────────────────────────────────

    def channel(self, name: object) -> Channel:
        """Return the channel that the bot can see under this id (a person's id: the direct conversation).

        Raises SlackError `channel_not_found`, also for a private channel the bot is not in.
        """
        person = self.world.people.get(str(name))
        if person is not None and person.can_act:
            return self.world.direct(person.id)
        channel = self.world.channels.get(str(name))
        if channel is None or (channel.is_private and not self.world.bot_is_in(channel)):
            raise SlackError("channel_not_found")
        return channel

    def joined(self, name: object) -> Channel:
        """Return a channel that the bot is in. Raises SlackError `channel_not_found` or `not_in_channel`."""
        channel = self.channel(name)
        if not self.world.bot_is_in(channel):
            raise SlackError("not_in_channel")
        return channel


def _refuse(code: str, problems: Sequence[Problem]) -> None:
    if problems:
        raise SlackError(code, *(str(problem) for problem in problems))

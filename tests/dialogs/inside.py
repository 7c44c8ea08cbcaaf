"""What only a test can do with a bot in its own process: time, people, rules, the audit, and forgeries.

What is forged is carried as Slack carries it, signed and all: it is what somebody could send who is not to be
believed, or what Slack sends twice.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bot.sandbox import slack_payloads, slack_users
from bot.sandbox.slack import SlackWorkspace
from bot.sandbox.slack_delivery import Ack

Json = dict[str, Any]
_NAMES = ("ann", "ben", "cat", "gus", "dan", "eve", "fin", "ext", "old")
IDS = {**{name: f"U0000000{name.upper()}" for name in _NAMES}, "robo": "U000000ROBO"}
AUDIT = """
SELECT p."user", a.did, a.about, COALESCE(w.text, '') FROM audit a
LEFT JOIN audit_people p ON p.workspace = a.workspace AND p.pseudonym = a.who
LEFT JOIN audit_words w ON w.workspace = a.workspace AND w.seq = a.seq
ORDER BY a.seq
"""


class Row(NamedTuple):
    """A row of the audit, in the open."""

    who: str | None
    did: str
    about: str
    words: str


@dataclass
class Ahead:
    """The bot's clock: the true time, and what a test let pass besides."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


@dataclass
class Inside:
    """The workspace itself, the folder of the bot's files, and its clock."""

    slack: SlackWorkspace
    folder: Path
    clock: Ahead
    serial: int = field(default=0)

    def passes(self, **time: float) -> None:
        """Let time pass for the bot: `hours=25`. What Slack said of people is then asked anew."""
        self.clock.by += timedelta(**time)

    def leaves_a_month_that_ends(self) -> None:
        """Begin in the next month where this one is about to end: no budget begins anew in a dialog."""
        soon = timedelta(minutes=10)
        if (self.clock() + soon).month != self.clock().month:
            self.clock.by += soon

    def becomes(self, who: str, **change: object) -> None:
        """Let something become of a person, as `slack_users.change` has it, and the bot ask anew."""
        slack_users.change(self.slack.world, IDS[who], dict(change))
        self.passes(minutes=6)

    def rules(self, text: str) -> Path:
        """Put another policy in place, as an editor does; return where it is."""
        path = self.folder / "policy.toml"
        new = path.with_suffix(".new")
        new.write_text(text, "utf-8")
        return new.replace(path)

    def audit(self) -> list[Row]:
        """Return the audit, oldest first."""
        database = f"file:{self.folder / 'housestyle.db'}?mode=ro"
        with closing(sqlite3.connect(database, uri=True)) as connection:
            return [Row(*row) for row in connection.execute(AUDIT)]

    async def clicks(self, who: str, action_id: str, value: object, *, on: Json, block_id: str = "b") -> Ack:
        """Send a click of `who` that no button of the message `on` need have."""
        said = self.slack.world.find(on["channel"], on["ts"])
        assert said, on["text"]
        at = self.slack.world.next_ts()
        action = {"type": "button", "action_id": action_id, "block_id": block_id, "action_ts": at}
        payload = slack_payloads.message_action(self.slack.desk, IDS[who], said, {**action, "value": value})
        return await self.carries(payload)

    async def types(self, who: str, channel: str, line: str) -> Ack:
        """Send a command of `who`, who need not be in the channel, nor be offered any command."""
        name, _, text = line.partition(" ")
        place = self.slack.world.channels[channel]
        payload = slack_payloads.command(self.slack.desk, IDS[who], place, name, text)
        return await self.slack.delivery.ask("command", payload)

    async def chooses(self, who: str, callback_id: str, *, on: Json) -> Ack:
        """Send the choice of a shortcut by `who`, who need not see the message."""
        said = self.slack.world.find(on["channel"], on["ts"])
        assert said, on["text"]
        return await self.carries(slack_payloads.shortcut(self.slack.desk, IDS[who], said, callback_id))

    async def submits(self, who: str, view: Json, values: Json) -> Ack:
        """Send a filled form of `who`, who need never have had it open."""
        self.serial += 1
        sent = {**view, "hash": f"{self.serial}.forged", "state": {"values": values}}
        return await self.carries(slack_payloads.submission(self.slack.desk, IDS[who], sent))

    async def carries(self, payload: Json) -> Ack:
        """Deliver an interaction to the bot, signed as Slack signs it."""
        return await self.slack.delivery.ask("interaction", payload)

    def whispers(self, who: str) -> list[str]:
        """Return what was said so that only `who` reads it, oldest first."""
        return [said.text for said in self.slack.world.messages if said.ephemeral_to == IDS[who]]

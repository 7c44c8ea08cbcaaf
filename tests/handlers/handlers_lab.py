"""The real listeners on real Bolt and the real services, in a workspace of one small Slack.

People click, choose, type and send by the payloads that Slack would send; what is read is what Slack was
told, what the listener answered, and what the store holds then.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult

from bot.config import ServingSettings
from bot.domain.ids import RunId
from bot.errands import Errands
from bot.front import House as Front
from bot.front import bolt_app
from bot.services.training import Training
from bot.slack.client import PacedClient
from tests.house import RUN, House
from tests.slack.slack_filled import submitted
from tests.slack.slack_server import Json, SlackServer

ME = AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-none", bot_user_id="UBOT")


@dataclass
class Lab:
    """A house whose bot hears `slack`."""

    house: House
    slack: SlackServer
    errands: Errands = field(default_factory=lambda: Errands(most=8))
    serial: int = 0
    channel: str = "C1"

    def __post_init__(self) -> None:
        runs = iter(f"RUN{n:07}" for n in range(1, 100))
        house = self.house
        house.training = Training(
            house.store, house.clerk, new_id=lambda: RunId(next(runs)), nudge=lambda: None, host_is_ready=True
        )
        self._ids = lambda: next(runs)
        self.settle(public_url="https://housestyle.example")

    def settle(self, *, public_url: str | None) -> None:
        """Let the bot be reached there, or not at all."""
        house = self.house
        self.client = PacedClient("xoxb-none", base_url=f"{self.slack.url}/api/", timeout=30)
        settings = ServingSettings.model_validate(
            {
                "slack_bot_token": "xoxb-none",
                "slack_app_token": "xapp-none",
                "runware_api_key": "none",
                "public_url": public_url,
                "housestyle_secret_key": "x" * 32,
            }
        )
        front = Front(
            settings,
            house.store,
            house.clerk,
            house.people,
            house.slack,
            lambda: None,
            self.errands,
            new_id=self._ids,
        )
        self.app = bolt_app(front, self.client, ME)

    async def clicks(
        self, action: str, *, run: str = RUN, who: str = "UBEN", block_id: str = "b", is_at_home: bool = False
    ) -> Json:
        """Click a button of the run's card; `block_id` tells which state of the run it shows.

        On the App Home there is no message beside which an answer could stand.
        """
        button = {"type": "button", "action_id": action, "block_id": block_id, "value": run}
        click = {**self._common(who, "block_actions"), "actions": [{**button, "action_ts": "1.1"}]}
        if is_at_home:
            del click["response_url"]
        return await self._sent(click)

    async def chooses(self, action: str, *, run: str = RUN, who: str = "UBEN") -> Json:
        """Choose the one entry of a menu of the run's card."""
        menu = {"type": "overflow", "action_id": action, "block_id": "b", "action_ts": "1.1"}
        click = {
            **self._common(who, "block_actions"),
            "actions": [{**menu, "selected_option": {"value": run}}],
        }
        return await self._sent(click)

    async def uses_shortcut(self, **message: object) -> Json:
        """Use the shortcut in the menu of a message."""
        shortcut = self._common("UANN", "message_action") | {"callback_id": "train_from_files"}
        return await self._sent(shortcut | {"message": {"ts": "17.1", **message}, "message_ts": "17.1"})

    async def sends(self, view: Json, values: dict[str, Json] | None = None, *, who: str = "UANN") -> Json:
        """Send a filled form; fields without a value keep what they had."""
        self.serial += 1
        filled = submitted(view, values) | {"id": f"V{self.serial}", "hash": f"{self.serial}.1"}
        return await self._sent({**self._common(who, "view_submission"), "view": filled})

    async def types(self, command: str, text: str, *, who: str = "UBEN") -> str:
        """Type a command; return what only that person reads."""
        self.serial += 1
        body = {
            "command": command,
            "text": text,
            "team_id": "T1",
            "user_id": who,
            "channel_id": self.channel,
            "trigger_id": f"typed.{self.serial}",
        }
        answer = await self._sent(body)
        return str(answer.get("text", ""))

    async def _sent(self, body: Json) -> Json:
        """Let the bot hear it; return its answer."""
        response = await self.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        await self.errands.finish()
        assert response.status == 200
        answer: Any = json.loads(response.body) if response.body[:1] == "{" else {"text": response.body}
        return dict(answer)

    def _common(self, who: str, kind: str) -> Json:
        self.serial += 1
        return {
            "type": kind,
            "team": {"id": "T1"},
            "user": {"id": who},
            "channel": {"id": self.channel},
            "trigger_id": f"trigger.{self.serial}",
            "response_url": f"{self.slack.url}/response",
        }

"""The real listeners on real Bolt and the real services, in a workspace of one small Slack.

People click, choose, type and send by the payloads that Slack would send; what is read is what Slack was
told, what the listener answered, and what the store holds then.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.ids import RunId
from bot.errands import Errands
from bot.services.training import Training
from handlers import actions, boundary, commands, datasets, modals, shortcuts
from tests.house import RUN, House
from tests.slack.slack_filled import submitted
from tests.slack.slack_server import Json, SlackServer


@dataclass
class Lab:
    """A house whose bot hears `slack`."""

    house: House
    slack: SlackServer
    errands: Errands = field(default_factory=lambda: Errands(most=8))
    serial: int = 0

    def __post_init__(self) -> None:
        runs = iter(RunId(f"RUN{n:07}") for n in range(1, 100))
        self.training = Training(
            self.house.store, new_id=lambda: next(runs), nudge=lambda: None, host_is_ready=True
        )
        self.house.training = self.training
        client = AsyncWebClient("xoxb-none", base_url=f"{self.slack.url}/api/", timeout=1, retry_handlers=[])
        self.app = AsyncApp(
            client=client,
            authorize=_authorize,
            process_before_response=True,
            request_verification_enabled=False,
            signing_secret="",
        )
        house = self.house
        boundary.register(self.app, self.errands)
        commands.register_train(self.app, self.training)
        commands.register_generate(self.app, house.generations)
        commands.register_style(
            self.app, house.styles, self.training, house.approvals, house.generations, house.clock
        )
        actions.register_votes(self.app, house.approvals, house.styles)
        actions.register_second_thoughts(self.app, house.approvals, self.training)
        actions.register_training(self.app, self.training)
        modals.register(self.app, self.training, house.generations, house.approvals)
        datasets.register_curation(self.app, self.training, house.styles)
        datasets.register_reuse(self.app, self.training, self.errands)
        datasets.register_details(self.app, house.styles)
        shortcuts.register(self.app, self.training)

    async def clicks(self, action: str, *, run: str = RUN, who: str = "UBEN", block_id: str = "b") -> Json:
        """Click a button of the run's card; `block_id` tells which state of the run it shows."""
        button = {"type": "button", "action_id": action, "block_id": block_id, "value": run}
        return await self._sent(
            {**self._common(who, "block_actions"), "actions": [{**button, "action_ts": "1.1"}]}
        )

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
            "channel_id": "C1",
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
            "channel": {"id": "C1"},
            "trigger_id": f"trigger.{self.serial}",
            "response_url": f"{self.slack.url}/response",
        }


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-none", bot_user_id="UBOT")

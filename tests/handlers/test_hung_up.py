"""A caller that hangs up in the middle of a body: what an application raises, the server logs in full."""

import pytest
from slack_bolt.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message

from handlers.web import slack_route
from handlers.webhook import webhook_route
from tests.fakes import FakeClock


class Caller:
    """Sends the first bytes of a body, and is gone; keeps what it would have been answered."""

    def __init__(self) -> None:
        self.answers: list[Message] = []
        self._sends: list[Message] = [
            {"type": "http.request", "body": b"ab", "more_body": True},
            {"type": "http.disconnect"},
        ]

    async def calls(self, route: Route, path: str) -> None:
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
        await Starlette(routes=[route])(scope, self._send, self._hear)

    async def _send(self) -> Message:
        return self._sends.pop(0)

    async def _hear(self, answer: Message) -> None:
        self.answers.append(answer)


@pytest.fixture
def caller() -> Caller:
    return Caller()


async def test_on_slacks_route_nothing_is_raised(caller: Caller) -> None:
    bolt = AsyncApp(signing_secret="none", token="xoxb-made-up")
    await caller.calls(slack_route(bolt, secret="none", clock=FakeClock()), "/slack/events")
    assert caller.answers[0]["status"] == 400


async def test_on_runwares_route_nothing_is_raised_and_nothing_looked_at(caller: Caller) -> None:
    heard: list[str] = []

    async def hear(subject: str) -> None:
        heard.append(subject)

    await caller.calls(webhook_route({"good": "RUN0000001"}.get, hear), "/runware/webhook/good")
    assert caller.answers[0]["status"] == 204
    assert heard == []

"""Slack's door and the probes, through a real application: what Slack did not sign just now is never read."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette

from bot.domain.alarm import Concern
from bot.domain.errors import Unavailable
from bot.domain.generation import Stage as GenerationStage
from bot.domain.run import Stage
from handlers.web import LARGEST_BODY, WINDOW, gauges, health_routes, slack_route
from storage.figures import Figures
from tests.fakes import NOON, FakeClock

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = int(NOON.timestamp())
TYPED = urlencode(
    {
        "command": "/train",
        "text": "<https://a.co/z?a=1&amp;b=2> as Café “1”",
        "team_id": "T1",
        "user_id": "UANN",
        "channel_id": "C1",
        "trigger_id": "1.2.3",
    }
).encode()


FIGURES = Figures(
    at=NOON,
    runs=dict.fromkeys(Stage, 0) | {Stage.TRAINING: 3},
    generations=dict.fromkeys(GenerationStage, 0) | {GenerationStage.DONE: 7},
    alarms=dict.fromkeys(Concern, 0) | {Concern.KEY: 1},
    waiting=5,
    oldest=timedelta(minutes=2),
    parked=1,
    late=timedelta(seconds=1.5),
)


@dataclass
class Door:
    """The HTTP side of a bot that writes down what it hears; a `fault` makes it unready."""

    clock: FakeClock = field(default_factory=FakeClock)
    heard: list[dict[str, Any]] = field(default_factory=list)
    fault: Exception | None = None
    figures: Figures = FIGURES
    silent_since: datetime | None = None

    def __post_init__(self) -> None:
        async def authorize() -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-made-up")

        bolt = AsyncApp(
            authorize=authorize,
            process_before_response=True,
            request_verification_enabled=False,
            signing_secret="",
        )

        @bolt.command("/train")
        async def train(ack: AsyncAck, command: dict[str, Any]) -> None:
            self.heard.append(command)
            await ack("Noted.")

        routes = [
            slack_route(bolt, secret=SECRET, clock=self.clock),
            *health_routes(self._ready, gauges(self._count, lambda: self.silent_since)),
        ]
        self._web = httpx.ASGITransport(Starlette(routes=routes), raise_app_exceptions=False)

    async def _ready(self) -> None:
        if self.fault:
            raise self.fault

    async def _count(self) -> Figures:
        await self._ready()
        return self.figures

    async def ask(self, path: str, method: str = "GET") -> httpx.Response:
        """Ask without a body, as a probe does."""
        async with httpx.AsyncClient(transport=self._web, base_url="http://bot.test") as web:
            return await web.request(method, path)

    async def send(
        self,
        body: bytes = TYPED,
        *,
        stamp: str | bytes | None = str(NOW),
        signature: str | bytes | None = None,
        kind: str = "application/x-www-form-urlencoded",
    ) -> httpx.Response:
        """Send a request as Slack does, rightly signed unless a `signature` is given (empty: none)."""
        given = {
            "Content-Type": kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signed(body, stamp) if signature is None else signature,
        }
        headers = [(name.encode(), _bytes(value)) for name, value in given.items() if value]
        async with httpx.AsyncClient(transport=self._web, base_url="http://bot.test") as web:
            return await web.post("/slack/events", content=body, headers=headers)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def signed(body: bytes, stamp: str | bytes | None, secret: str = SECRET) -> str:
    """Sign as verifying-requests-from-slack says."""
    return (
        "v0="
        + hmac.new(secret.encode(), b"v0:%b:%b" % (_bytes(stamp or ""), body), hashlib.sha256).hexdigest()
    )


@pytest.fixture
def door() -> Door:
    return Door()


async def test_what_slack_signed_is_heard_and_answered(door: Door) -> None:
    answer = await door.send()
    assert (answer.status_code, answer.text) == (200, "Noted.")
    assert [heard["text"] for heard in door.heard] == ["<https://a.co/z?a=1&amp;b=2> as Café “1”"]


async def test_slack_is_answered_when_it_asks_whether_the_address_is_ours(door: Door) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
    answer = await door.send(body, kind="application/json")
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1aB"})
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("off", [-WINDOW, -1, 1, WINDOW])
async def test_a_clock_may_be_five_minutes_off(door: Door, off: int) -> None:
    assert (await door.send(stamp=str(NOW + off))).status_code == 200


@pytest.mark.parametrize(
    "stamp",
    [
        pytest.param(str(NOW - WINDOW - 1), id="old"),
        pytest.param(str(NOW + WINDOW + 1), id="future"),
        pytest.param(None, id="absent"),
        pytest.param("soon", id="a word"),
        pytest.param(f"-{NOW}", id="negative"),
        pytest.param(f"+{NOW}", id="with a sign"),
        pytest.param(f"{NOW}.0", id="a fraction"),
        pytest.param("1e9", id="scientific"),
        pytest.param("9" * 400, id="very long"),
        pytest.param("\N{FULLWIDTH DIGIT NINE}" * 10, id="wide digits"),
        pytest.param("".join(chr(0x660 + int(digit)) for digit in str(NOW)), id="arabic digits"),
        pytest.param(b"\xb2\xb3", id="latin superscripts"),
        pytest.param(b"\xff\xfe", id="no text"),
    ],
)
async def test_a_request_of_no_or_another_time_is_not_heard(door: Door, stamp: str | bytes | None) -> None:
    answer = await door.send(stamp=stamp)
    assert (answer.status_code, answer.text, door.heard) == (401, "", [])


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(signed(TYPED, str(NOW), "another secret"), id="wrong key"),
        pytest.param(signed(TYPED + b"&text=more", str(NOW)), id="another body"),
        pytest.param(signed(TYPED, str(NOW - 1)), id="another time"),
        pytest.param(signed(TYPED, str(NOW))[:-1], id="cut"),
        pytest.param(signed(TYPED, str(NOW)).replace("v0=", "v1="), id="another version"),
        pytest.param(signed(TYPED, str(NOW)).upper(), id="in capitals"),
        pytest.param("v0=", id="empty"),
        pytest.param(b"v0=\xe9\xff", id="no text"),
    ],
)
async def test_a_request_that_slack_did_not_sign_is_not_heard(door: Door, signature: str | bytes) -> None:
    answer = await door.send(signature=signature)
    assert (answer.status_code, answer.text, door.heard) == (401, "", [])


async def test_a_request_without_any_signature_is_not_heard(door: Door) -> None:
    assert (await door.send(signature="")).status_code == 401
    assert door.heard == []


async def test_a_signed_request_ages(door: Door) -> None:
    door.clock.pass_time(minutes=5, seconds=1)
    assert (await door.send()).status_code == 401


async def test_a_body_that_no_request_of_slacks_has_is_refused_even_if_signed(door: Door) -> None:
    answer = await door.send(b"text=" + b"x" * (2 * 1024 * 1024))
    assert (answer.status_code, door.heard) == (413, [])


async def test_the_largest_body_is_still_read(door: Door) -> None:
    padded = TYPED + b"&padding="
    assert (await door.send(padded + b"x" * (LARGEST_BODY - len(padded)))).status_code == 200
    assert (await door.send(padded + b"x" * (LARGEST_BODY + 1 - len(padded)))).status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_slacks_door_takes_posts_only(door: Door, method: str) -> None:
    assert (await door.ask("/slack/events", method)).status_code == 405


async def test_a_living_bot_says_so_whatever_its_store_does(door: Door) -> None:
    door.fault = Unavailable("The disk is full.")
    answer = await door.ask("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_a_bot_that_can_work_says_so(door: Door) -> None:
    answer = await door.ask("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready\n")


async def test_a_bot_that_cannot_work_is_not_ready_and_gives_nothing_away(door: Door) -> None:
    door.fault = Unavailable("/var/lib/housestyle.db: the disk is full.")
    answer = await door.ask("/readyz")
    assert answer.status_code in {500, 503}
    assert "housestyle.db" not in answer.text


async def test_the_metrics_are_those_of_this_process(door: Door) -> None:
    answer = await door.ask("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "python_info{" in answer.text


async def test_the_metrics_show_what_an_operator_watches(door: Door) -> None:
    door.silent_since = NOON - timedelta(minutes=1)
    told = (await door.ask("/metrics")).text.splitlines()
    for line in (
        'housestyle_runs{stage="training"} 3.0',
        'housestyle_runs{stage="awaiting approval"} 0.0',
        'housestyle_generations{stage="done"} 7.0',
        'housestyle_alarms{concern="key"} 1.0',
        'housestyle_alarms{concern="balance"} 0.0',
        "housestyle_outbox_waiting 5.0",
        "housestyle_outbox_oldest_seconds 120.0",
        "housestyle_outbox_parked 1.0",
        "housestyle_due_late_seconds 1.5",
        "housestyle_runware_silent_seconds 60.0",
    ):
        assert line in told


async def test_while_runware_answers_it_is_silent_for_no_time(door: Door) -> None:
    told = (await door.ask("/metrics")).text.splitlines()
    assert "housestyle_runware_silent_seconds 0.0" in told


async def test_figures_that_cannot_be_had_are_not_made_up(door: Door) -> None:
    door.fault = Unavailable("/var/lib/housestyle.db: the disk is broken.")
    answer = await door.ask("/metrics")
    assert (answer.status_code, answer.text) == (503, "the database does not answer\n")

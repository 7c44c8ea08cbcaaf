"""Carries commands, clicks and events to the bot: over an open socket, else signed to its events URL.

A command or a click has three seconds and one try. An event is tried four times; that is Slack's promise, and
why a bot sees some events twice.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.sandbox.slack_call import Json
from bot.sandbox.slack_faults import Faults, Ledger
from bot.sandbox.slack_socket import Sockets
from bot.sandbox.world_people import APP_ID, BOT_USER, TEAM_ID

ACK_SECONDS = 3.0
RETRY_DELAYS = (0.0, 60.0, 300.0)
SOCKET_KINDS = {"command": "slash_commands", "interaction": "interactive", "event": "events_api"}


@dataclass(frozen=True)
class Ack:
    """What the bot answered; `error` is what the person reads where it did not."""

    body: Json = field(default_factory=dict)
    error: str | None = None


class Delivery:
    """The way to the bot. `retry_delays` are the seconds before each further try of an event."""

    def __init__(
        self,
        sockets: Sockets,
        faults: Faults,
        ledger: Ledger,
        *,
        events_url: str | None,
        signing_secret: str,
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        self.events_url = events_url
        self._sockets = sockets
        self._faults = faults
        self._ledger = ledger
        self._secret = signing_secret.encode()
        self._delays = retry_delays
        self._opened: httpx.AsyncClient | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def ask(self, kind: str, payload: Json) -> Ack:
        """Deliver a "command" or an "interaction" and return what the bot answered.

        With a duplicate on order it is delivered once more after that, and only the first answer counts.
        """
        ack = await self._once(kind, payload)
        if self._faults.take({"duplicate"}, kind):
            await self._once(kind, payload)
        return ack

    def tell(self, event: Json) -> None:
        """Deliver an event in the background, until it is acked or the tries are used up."""
        payload = {
            "token": "sandbox",
            "team_id": TEAM_ID,
            "api_app_id": APP_ID,
            "type": "event_callback",
            "event": event,
            "event_id": f"Ev{time.time_ns()}",
            "event_time": int(time.time()),
            "authorizations": [
                {"team_id": TEAM_ID, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
            ],
        }
        self._start(self._persist(payload))

    async def close(self) -> None:
        """Give up on what is still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._opened is not None:
            await self._opened.aclose()

    def signed(self, body: str) -> dict[str, str]:
        """Return the two headers by which the bot knows that `body` comes from Slack."""
        at = str(int(time.time()))
        digest = hmac.new(self._secret, f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}

    @property
    def _http(self) -> httpx.AsyncClient:
        """The one client for all deliveries, made when first needed: over sockets it never is."""
        if self._opened is None:
            self._opened = httpx.AsyncClient(trust_env=False, timeout=ACK_SECONDS + 1)
        return self._opened

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _persist(self, payload: Json) -> None:
        ack = await self._once("event", payload)
        if self._faults.take({"duplicate"}, "event"):
            ack = await self._once("event", payload, attempt=1)
        for attempt, delay in enumerate(self._delays, start=1):
            if ack.error is None:
                return
            await asyncio.sleep(delay)
            ack = await self._once("event", payload, attempt=attempt)

    async def _once(self, kind: str, payload: Json, *, attempt: int = 0) -> Ack:
        send = self._by_socket if len(self._sockets) else self._by_http
        try:
            ack = await asyncio.wait_for(send(kind, payload, attempt), ACK_SECONDS)
        except TimeoutError:
            ack = Ack(error="operation_timeout")
        except (ConnectionError, ValueError, httpx.HTTPError, httpx.InvalidURL):
            ack = Ack(error="dispatch_failed")
        self._ledger.note_delivery(kind, payload, attempt, ack.error, ack.body)
        return ack

    async def _by_socket(self, kind: str, payload: Json, attempt: int) -> Ack:
        more: Json = {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        return Ack(await self._sockets.send(SOCKET_KINDS[kind], payload, **(more if kind == "event" else {})))

    async def _by_http(self, kind: str, payload: Json, attempt: int) -> Ack:
        if self.events_url is None:
            return Ack(error="dispatch_failed")
        if kind == "event":
            body, content_type = json.dumps(payload), "application/json"
        else:
            form = payload if kind == "command" else {"payload": json.dumps(payload)}
            body, content_type = urlencode(form), "application/x-www-form-urlencoded"
        headers = {"Content-Type": content_type, **self.signed(body)}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"}
        answer = await self._http.post(self.events_url, content=body, headers=headers)
        if answer.status_code != httpx.codes.OK:
            return Ack(error="dispatch_failed")
        return Ack(_body_of(answer))


def _body_of(answer: httpx.Response) -> Json:
    """Return an ack's body: JSON, or the text of a plain answer."""
    if answer.headers.get("content-type", "").startswith("application/json"):
        found = answer.json()
        return found if isinstance(found, dict) else {}
    return {"text": answer.text} if answer.text else {}

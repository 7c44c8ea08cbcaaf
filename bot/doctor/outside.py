"""The servers that the doctor asks: each question goes out once, whoever wants to know.

An answer is kept with the moment at which it was given, so that clocks can be compared. No answer is None:
what that means is for the check to say.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from pydantic import SecretStr

from bot.config import Settings
from bot.domain.ids import TaskId
from bot.runware import wire

CONNECT_SECONDS, TOTAL_SECONDS = 4.0, 8.0
MOST_BYTES = 256 * 1024
"""More is not read: what answers at PUBLIC_URL may be anybody."""


@dataclass(frozen=True)
class Reply:
    """An answer; `at` is the middle of the exchange by our clock."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime

    @property
    def content(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def ahead(self) -> float | None:
        """Seconds by which our clock is ahead of the server's; None where it did not say the time."""
        try:
            told = parsedate_to_datetime(self.headers.get("Date", ""))
        except ValueError:
            return None
        return (self.at - (told if told.tzinfo else told.replace(tzinfo=UTC))).total_seconds()


@dataclass
class Outside:
    """Asks on behalf of all checks; to be used with `async with`. `clock` returns the time in UTC."""

    settings: Settings
    clock: Callable[[], datetime]
    account_task: TaskId = field(default_factory=lambda: TaskId(str(uuid4())))
    _http: httpx.AsyncClient = field(init=False)
    _asked: dict[str, asyncio.Task[Reply | None]] = field(default_factory=dict, init=False)

    async def __aenter__(self) -> Self:
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            headers={"Accept-Encoding": "identity"},
            follow_redirects=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def slack(self, method: str, token: SecretStr | None) -> Reply | None:
        """Call a method of Slack's Web API without arguments."""
        return await self._ask("POST", self.settings.slack_api_url + method, token)

    async def account(self) -> Reply | None:
        """Ask Runware for the account's details, under `account_task`."""
        body = wire.account_request(self.account_task)
        return await self._ask("POST", self.settings.runware_api_url, self.settings.runware_api_key, body)

    async def get(self, url: str) -> Reply | None:
        """Fetch a page, without any key of ours."""
        return await self._ask("GET", url)

    async def _ask(
        self, method: str, url: str, token: SecretStr | None = None, body: str = ""
    ) -> Reply | None:
        """Ask once, and give everyone who asks the same the one answer, even if one of them gives up."""
        if url not in self._asked:
            self._asked[url] = asyncio.create_task(self._exchange(method, url, token, body))
        return await asyncio.shield(self._asked[url])

    async def _exchange(self, method: str, url: str, token: SecretStr | None, body: str) -> Reply | None:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        if body:
            headers["Content-Type"] = "application/json"
        began, received = self.clock(), bytearray()
        try:
            async with (
                asyncio.timeout(TOTAL_SECONDS),
                self._http.stream(method, url, headers=headers, content=body.encode()) as response,
            ):
                at = began + (self.clock() - began) / 2
                async for chunk in response.aiter_raw():
                    received += chunk
                    if len(received) > MOST_BYTES:
                        break
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, UnicodeError):
            return None
        return Reply(response.status_code, response.headers, bytes(received), at)

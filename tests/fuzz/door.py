"""Slack's door, the real one: the route that verifies, the bot's own Bolt app, and a database of all stages.

Behind the door nothing works on: what is written stays as it was written, so that a delivery that comes again
can be seen to write nothing. The database is the same at the start of each visit.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import sqlite3
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, MutableMapping
from contextlib import AsyncExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.clerk import Clerk
from bot.errands import Errands
from bot.front import House, bolt_app
from bot.sandbox.world_people import BOT_ID, BOT_USER, TEAM_ID
from bot.slack.client import PacedClient
from bot.slack.limits import Limits
from handlers.web import slack_route
from storage.sqlite import SQLiteStore
from tests.dialogs.stage import settings_for
from tests.fakes import NOON, FakeAccount, FakeClock, FakeMessenger
from tests.fuzz.asked import RULES, furnish, people
from tests.fuzz.payloads import Delivery
from tests.slack.slack_limits import judge_view
from tests.slack.slack_server import SlackServer

SECRET = "sandbox-signing-secret"
BUGS: Counter[str] = Counter()
"""What the boundary caught that was no sentence, by the line of ours that it came from."""


class Door:
    """One bot behind its door."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "housestyle.db"
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._clock = FakeClock()
        self._errands = Errands(most=8)
        self._slack = SlackServer()

    def open(self) -> None:
        """Open the store and the small Slack that the bot speaks to."""
        self._runner.run(self._open())
        self._pristine = sqlite3.connect(":memory:")
        self._live = sqlite3.connect(self._path)
        self._live.backup(self._pristine)

    def close(self) -> None:
        """Close everything."""
        self._live.close()
        self._pristine.close()
        self._runner.run(self._stack.aclose())
        self._runner.close()

    async def _open(self) -> None:
        store = await self._stack.enter_async_context(SQLiteStore(self._path, clock=self._clock))
        await store.write(furnish)
        await self._stack.enter_async_context(self._slack.running())
        minutes = count(0, 60)  # one goes by between any two calls: nothing here is too fast
        limits = Limits(clock=lambda: float(next(minutes)))
        client = PacedClient("xoxb-none", base_url=f"{self._slack.url}/api/", timeout=5, limits=limits)
        me = AuthorizeResult(
            enterprise_id=None, team_id=TEAM_ID, bot_token="xoxb-none", bot_id=BOT_ID, bot_user_id=BOT_USER
        )
        settings = settings_for(self._slack.url, self._path, socket_mode=False)
        settings = settings.model_copy(update={"public_url": "https://housestyle.example"})
        directory = people()
        clerk = Clerk(store, directory, FakeAccount(), policy=lambda: RULES)
        messenger = FakeMessenger(self._clock)
        house = House(settings, store, clerk, directory, messenger, lambda: None, self._errands)
        bolt = bolt_app(house, client, me)
        web = Starlette(routes=[slack_route(bolt, secret=SECRET, clock=self._clock)])
        transport = httpx.ASGITransport(web)
        client_of_ours = httpx.AsyncClient(transport=transport, base_url="http://bot.test")
        self._web = await self._stack.enter_async_context(client_of_ours)

    def visit(self, delivery: Delivery) -> None:
        """Deliver it twice, rightly signed: nothing is raised, and the second time nothing is written."""
        self._pristine.backup(self._live)
        self._slack.opened.clear()
        self._slack.calls.clear()
        before = self._written()
        self._deliver(delivery)
        once = self._written()
        assert len(once["runs"]) <= len(before["runs"]) + 1
        assert len(once["generations"]) <= len(before["generations"]) + 1
        self._deliver(delivery)
        assert self._written() == once, "it was written twice"
        for view in self._slack.opened:
            judge_view(json.loads(view) if isinstance(view, str) else view)

    def _deliver(self, delivery: Delivery) -> None:
        stamp = str(int(NOON.timestamp()))
        base = b"v0:" + stamp.encode() + b":" + delivery.body
        headers = {
            "Content-Type": delivery.kind,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest(),
        }
        with capture_logs() as logs:
            answer = self._runner.run(self._post(delivery.body, headers))
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, answer.status_code
        for log in logs:
            if log["event"] in {"bug", "errand failed"}:
                BUGS[_told(log)] += 1

    async def _post(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        answer = await self._web.post("/slack/events", content=body, headers=headers)
        await self._errands.finish(within=5)
        return answer

    def _written(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table."""
        names = [
            name for (name,) in self._live.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: self._live.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def _told(log: MutableMapping[str, Any]) -> str:
    error = log.get("exc_info")
    if not isinstance(error, BaseException):
        return str(log["event"])
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)]
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "Bolt's"
    return f"{type(error).__name__} at {place}: {error}"[:160]


def _is_ours(filename: str) -> bool:
    return (
        any(f"/{room}/" in filename for room in ("bot", "handlers", "storage"))
        and "site-packages" not in filename
    )


@contextmanager
def door() -> Iterator[Any]:
    """Lend the door of a bot in a folder of its own; what Bolt logs of what it does not know is not heard."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder, closing(Door(Path(folder))) as opened:
        opened.open()
        yield opened.visit
    logging.disable(logging.NOTSET)

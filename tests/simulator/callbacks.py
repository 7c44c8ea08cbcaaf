"""Runware's webhooks: it calls the address that an order named, early, late, twice or never, until it hears.

And others call too: at addresses that they made up, and with lies at one that they have read somewhere.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from starlette.routing import Match, Route
from starlette.types import Message

from bot.ports import Store
from bot.runware.webhooks import Webhooks
from bot.services.hints import Hints
from handlers.webhook import webhook_route
from tests.simulator.plan import Trouble
from tests.simulator.runware import TRAINING, Row

if TYPE_CHECKING:
    from tests.simulator.bot import Bot
    from tests.simulator.world import World

HOST = "https://bot.acme.com"
PUBLIC, NOWHERE = Webhooks(HOST, b"simulated"), Webhooks(None, None)
RUNWARE_WAITS = 5.0
"""Seconds after which Runware takes a call for lost."""
MOST_TRIES, SHORTEST_WAIT, LONGEST_WAIT = 6, 0.25, 8.0
DELAYS: tuple[tuple[float, ...], ...] = ((), (0.0,), (0.0,), (0.0, 0.0), (0.1, 30.0), (400.0,))
"""Seconds after the end of a task at which it is told, as often as these are."""


def door(webhooks: Webhooks, store: Store, nudge: Callable[[], None]) -> Route:
    """Return where webhooks come in, as `bot.app` makes it."""
    return webhook_route(webhooks.subject_of, Hints(store, nudge=nudge).heard)


class Callbacks:
    """Who calls the bot about what Runware was asked for."""

    def __init__(self, world: "World", chance: random.Random) -> None:
        self._world = world
        self._chance = chance

    def begun(self, order: Row, seconds: float) -> None:
        """Have the end of a task told, which comes after `seconds`; lies about it come before."""
        chance, spawn = self._chance, self._world.spawn
        url, task = order["webhookURL"], order["taskUUID"]
        for delay in chance.choice(DELAYS):
            spawn(self._tell(url, task, after=seconds + delay + chance.random()))
        before = chance.uniform(0, seconds)
        match chance.choice(("quiet", "early", "forged", "lie")):
            case "early":
                spawn(self._tell(url, task, after=before))
            case "forged":
                spawn(self._forge(url[:-1] + ("A" if url[-1] != "A" else "B"), order, after=before))
            case "lie":
                spawn(self._forge(url, order, after=before))

    async def _tell(self, url: str, task: str, *, after: float) -> None:
        """Call until the bot answers, or Runware gives up."""
        await asyncio.sleep(after)
        rows = self._world.runware.told(task)
        said = rows[0] if self._chance.random() < 0.5 else {"data": rows}
        wait = SHORTEST_WAIT
        for _ in range(MOST_TRIES):
            self._world.count(Trouble.CALL, f"Runware calls about {task[:8]}")
            if await self._is_heard(url, said):
                return
            await asyncio.sleep(wait * self._chance.uniform(0.5, 1.0))
            wait = min(2 * wait, LONGEST_WAIT)

    async def _forge(self, url: str, order: Row, *, after: float) -> None:
        """Say what is not so: that it failed, or is done."""
        await asyncio.sleep(after)
        self._world.count(Trouble.FORGERY, f"somebody lies about {order['taskUUID'][:8]}")
        told: Row = {"taskType": order["taskType"], "taskUUID": order["taskUUID"], "cost": 0.0}
        if self._chance.random() < 0.5:
            told |= {"status": "error", "error": {"code": "invalidDataset", "message": "no"}}
        elif order["taskType"] == TRAINING:
            told |= {"status": "success", "air": order["importModel"]["air"]}
        else:
            told |= {"status": "success", "imageUUID": "x", "imageURL": "https://im.runware.ai/x.jpg"}
        await self._is_heard(url, told, is_forged=url != order["webhookURL"])

    async def _is_heard(self, url: str, said: Row, *, is_forged: bool = False) -> bool:
        bot = self._world.bot
        if bot is None or bot.life.is_dead:
            return False
        call = self._call_unnoticed if is_forged else _call
        task = bot.life.start(call(bot, url, said))
        await asyncio.wait({task}, timeout=RUNWARE_WAITS)
        return task.done() and not task.cancelled() and task.exception() is None

    async def _call_unnoticed(self, bot: "Bot", url: str, said: Row) -> None:
        """Call at an address that is not ours: nothing may be written."""
        database = self._world.database
        before = database.connection.total_changes
        await _call(bot, url, said)
        if database.connection.total_changes != before:
            self._world.bugs.append("doubled: a forged webhook changed something")


async def _call(bot: "Bot", url: str, said: Row) -> None:
    """Have the bot's own route answer, as its server would. Raises AssertionError where it says no."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": url.removeprefix(HOST),
        "root_path": "",
        "headers": [],
        "query_string": b"",
    }
    is_match, found = bot.door.matches(scope)
    assert is_match is Match.FULL, url
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": json.dumps(said).encode(), "more_body": False}

    async def send(message: Message) -> None:
        answers.append(message)

    app: Callable[..., Awaitable[None]] = bot.door.handle
    await app({**scope, **found}, receive, send)
    assert answers[0]["status"] == 204, answers

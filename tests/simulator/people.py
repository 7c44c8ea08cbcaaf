"""The people: they ask, look at the cards, click what they see, and click again where nothing happens.

What they know they know from Slack. Slack hands a delivery to whichever life runs, sometimes twice, and to
a frozen one too.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.domain.errors import HousestyleError
from bot.domain.facts import TrainingRequest
from bot.domain.generation import GenerationRequest
from bot.domain.ids import ChannelId, DeliveryKey, RunId, UserId, WorkspaceId
from tests.house import click
from tests.simulator.bot import Bot

if TYPE_CHECKING:
    from tests.simulator.world import World

T1, BRAND = WorkspaceId("T1"), ChannelId("C1")
ANN, BEN, CAT = UserId("UANN"), UserId("UBEN"), UserId("UCAT")
SLACK_WAITS = 3.0
"""Seconds after which Slack takes a delivery for lost."""
MOST_REPEATS = 2
PATIENCE = 90.0
"""Seconds after which a person clicks again what is still there."""
Deed = Callable[[Bot, DeliveryKey], Awaitable[str]]


class People:
    """Ann wants a style, Ben decides, Cat wants pictures in it."""

    def __init__(self, world: "World", chance: random.Random) -> None:
        self.answers: dict[str, set[str]] = {}
        """What each delivery was answered, by its key."""
        self.are_content = False
        """They have all that they wanted."""
        self._world = world
        self._chance = chance
        self._count = 0
        self._news = asyncio.Event()
        world.slack.changed = self._news.set

    async def live(self) -> None:
        """Do all that these people want to do."""
        await self._deliver("/train", self._train)
        decided = self._world.spawn(self._decide())
        if self._world.plan.pictures:
            await self._press("run.generate", self._generate, again=False)
        await decided
        self.are_content = not self._world.is_over

    async def _decide(self) -> None:
        """Approve, and maybe take it back or stop it, then think better of it."""
        mind = self._chance.random() < self._world.plan.changes_of_mind
        await self._press("run.approve", self._approve)
        if mind and (undo := self._shown("run.undo")):
            self._world.note("Ben changes his mind")
            if await self._deliver("undo", lambda bot, key: self._undo(bot, key, undo)):
                await self._press("run.approve", self._approve)

    async def _press(self, action: str, deed: Callable[..., Awaitable[str]], *, again: bool = True) -> None:
        """Wait for a button, press it, and press it again while it stays; return once it is gone."""
        world = self._world
        while not world.is_over:
            button = self._shown(action)
            if button is None:
                await self._wait(PATIENCE)
                continue
            await asyncio.sleep(self._chance.uniform(0.2, 4.0))
            is_heard = await self._deliver(action, partial(_with_button, deed, button))
            if is_heard and not again:
                return
            if again and await self._is_gone(action):
                return

    async def _is_gone(self, action: str) -> bool:
        until = asyncio.get_running_loop().time() + PATIENCE
        while self._shown(action):
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            await self._wait(left)
        return True

    async def _wait(self, seconds: float) -> None:
        """Wait until there is something new to see, or so long."""
        self._news.clear()
        ring = asyncio.get_running_loop().call_later(seconds, self._news.set)
        await self._news.wait()
        ring.cancel()

    def _shown(self, action: str) -> dict[str, Any] | None:
        cards = list(self._world.slack.messages.values())
        return next((found for card in cards if (found := card.button(action))), None)

    async def _deliver(self, what: str, deed: Deed) -> bool:
        """Have Slack hand over what somebody did, under one key, until the bot has taken it.

        A no is an answer too. Return whether there was one; a person sees when there was none.
        """
        self._count += 1
        key = DeliveryKey(f"{what} {self._count}")
        plan = self._world.plan
        repeats = self._chance.randint(1, MOST_REPEATS) if self._chance.random() < plan.repeat_rate else 0
        for _ in range(repeats):
            self._world.spawn(self._again(self._chance.choice((0.0, 0.05, 2.0, 40.0, 400.0)), key, deed))
        while not self._world.is_over:
            if (heard := await self._hand_over(key, deed)) is not None:
                return heard
            await asyncio.sleep(self._chance.uniform(1.0, 30.0))
        return False

    async def _again(self, seconds: float, key: DeliveryKey, deed: Deed) -> None:
        await asyncio.sleep(seconds)
        self._world.note(f"Slack delivers {key} again")
        await self._hand_over(key, deed)

    async def _hand_over(self, key: DeliveryKey, deed: Deed) -> bool | None:
        """Return whether it was done; None where nobody took it in time."""
        bot = self._world.bot
        if bot is None or bot.life.is_dead:
            return None
        task = bot.life.start(self._do(bot, key, deed))
        await asyncio.wait({task}, timeout=SLACK_WAITS)
        return task.result() if task.done() and not task.cancelled() else None

    async def _do(self, bot: Bot, key: DeliveryKey, deed: Deed) -> bool:
        try:
            answer = await deed(bot, key)
        except HousestyleError as no:
            self._world.note(f"{key}: no, {no}")
            return False
        self._world.note(f"{key}: {answer}")
        self.answers.setdefault(key, set()).add(answer)
        return True

    async def _train(self, bot: Bot, key: DeliveryKey) -> str:
        wanted = TrainingRequest(T1, BRAND, ANN, "https://acme.com/a.zip", "Stellar")
        return await bot.training.request(wanted, delivery=key)

    async def _approve(self, bot: Bot, key: DeliveryKey, button: dict[str, Any]) -> str:
        seen = button["block_id"].split(".")[1]
        return await bot.approvals.approve(RunId(button["value"]), click(BEN, key, seen=seen))

    async def _undo(self, bot: Bot, key: DeliveryKey, button: dict[str, Any]) -> str:
        return await bot.approvals.undo(RunId(button["value"]), click(BEN, key))

    async def _generate(self, bot: Bot, key: DeliveryKey, button: dict[str, Any]) -> str:
        wanted = GenerationRequest(T1, BRAND, CAT, f"fox of {key}", count=self._world.plan.pictures)
        return await bot.generations.request(wanted, delivery=key)


def _with_button(
    deed: Callable[..., Awaitable[str]], button: dict[str, Any], bot: Bot, key: DeliveryKey
) -> Awaitable[str]:
    return deed(bot, key, button)

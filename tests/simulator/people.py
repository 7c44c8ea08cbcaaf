"""The people: they ask, look at the cards, click what they see, and click again where nothing happens.

What they know they know from Slack. Slack hands a delivery to whichever life runs, sometimes twice, and to
a frozen one too.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.domain.errors import BudgetExceeded, HousestyleError
from bot.domain.facts import TrainingRequest
from bot.domain.generation import GenerationRequest
from bot.domain.ids import DeliveryKey, RunId, UserId
from tests.house import click
from tests.simulator.bot import Bot
from tests.simulator.team import ANN, BEN, BRAND, CAT, DAN, T1

if TYPE_CHECKING:
    from tests.simulator.world import World

SLACK_WAITS = 3.0
"""Seconds after which Slack takes a delivery for lost."""
MOST_REPEATS = 2
PATIENCE = 90.0
"""Seconds after which a person clicks again what is still there."""
Deed = Callable[[Bot, DeliveryKey], Awaitable[str]]


class People:
    """Ann wants a style, Ben decides, Cat wants pictures in it; what else a `Team` wants."""

    def __init__(self, world: "World", chance: random.Random) -> None:
        self.answers: dict[str, set[str]] = {}
        """What each delivery was answered, by its key."""
        self.are_content = False
        """They have all that they wanted."""
        self.is_broke = False
        """Cat was told that there is no money left for her pictures."""
        self._world = world
        self._chance = chance
        self._busy: list[asyncio.Task[None]] = []
        self._count = 0
        self._news = asyncio.Event()
        world.slack.changed = self._news.set

    async def live(self) -> None:
        """Do all that these people want to do."""
        world, begin = self._world, self._begin
        plan, team = world.plan, world.plan.team
        if not plan.may_look:
            world.spawn(self._mend())
        await self.deliver("/train", partial(self._train, ANN, "Stellar"))
        if not team.is_deaf:
            begin(self._decide("Stellar", BEN))
            if team.has_finance:
                begin(self._decide("Stellar", DAN))
        if team.has_rival:
            await self.deliver("/train", partial(self._train, CAT, "Comet"))
            if not team.is_deaf:
                begin(self._decide("Comet", ANN))
            if team.has_finance and not team.is_deaf:
                begin(self._decide("Comet", DAN))
        if plan.pictures:
            await self._press("run.generate", self._generate, again=False)
        if team.is_strict and plan.pictures and not self.is_broke:
            begin(self._press("generation.approve", partial(self.approve, BEN)))
        if team.proposes:
            await self.deliver("/style use", self._propose)
            await self._press("proposal.approve", partial(self.approve, BEN))
        await asyncio.gather(*self._busy)
        self.are_content = not world.is_over

    def leave(self) -> None:
        """Do nothing of that any more."""
        for task in self._busy:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._busy.append(self._world.spawn(work))

    async def _decide(self, style: str, who: UserId) -> None:
        """Approve, and maybe take it back, then think better of it; reject what nobody can pay."""
        plan = self._world.plan
        mind = self._chance.random() < plan.changes_of_mind and not plan.team.has_finance
        await asyncio.sleep(plan.team.waits)
        approve = partial(self.approve, who)
        await self._press("run.approve", approve, of=style)
        if mind and (undo := self._shown("run.undo", style)):
            self._world.note(f"{who} thinks better of it")
            if await self.deliver("undo", lambda bot, key: self._undo(bot, key, who, undo)):
                await self._press("run.approve", approve, of=style)

    async def _mend(self) -> None:
        """Have tried again what may stand, whenever the bot tells that it cannot know."""
        pressed: set[str] = set()
        while not self._world.is_over:
            told = [one.ts for one in self._world.slack.messages.values() if one.button("notice.unpark")]
            for ts in told:
                if ts not in pressed and await self.deliver("notice.unpark", self._unpark):
                    pressed.add(ts)
            await self._wait(PATIENCE)

    async def _press(
        self, action: str, deed: Callable[..., Awaitable[str]], *, of: str = "", again: bool = True
    ) -> None:
        """Wait for a button, press it, and press it again while it stays; return once it is gone.

        It is the one of a card that begins with the words `of`.
        """
        world = self._world
        while not world.is_over:
            button = self._shown(action, of)
            if button is None:
                await self._wait(PATIENCE)
                continue
            await asyncio.sleep(self._chance.uniform(0.2, 4.0))
            is_heard = await self.deliver(action, partial(_with_button, deed, button))
            if is_heard and not again:
                return
            if again and await self._is_gone(action, of):
                return

    async def _is_gone(self, action: str, of: str) -> bool:
        until = asyncio.get_running_loop().time() + PATIENCE
        while self._shown(action, of):
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

    def _shown(self, action: str, of: str = "") -> dict[str, Any] | None:
        """Return a button on a card in the channel: what was said directly is not drawn anew."""
        cards = [card for card in self._world.slack.messages.values() if card.channel == BRAND]
        there = (card for card in cards if card.text.startswith(of))
        return next((found for card in there if (found := card.button(action))), None)

    async def deliver(self, what: str, deed: Deed) -> bool:
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

    async def _train(self, who: UserId, style: str, bot: Bot, key: DeliveryKey) -> str:
        wanted = TrainingRequest(T1, BRAND, who, "https://acme.com/a.zip", style)
        return await bot.training.request(wanted, delivery=key)

    async def approve(self, who: UserId, bot: Bot, key: DeliveryKey, button: dict[str, Any]) -> str:
        by, subject = click(who, key, seen=button["block_id"].split(".")[1]), RunId(button["value"])
        try:
            return await bot.approvals.approve(subject, by)
        except BudgetExceeded as no:
            return await bot.approvals.reject(subject, str(no), by)

    async def _undo(self, bot: Bot, key: DeliveryKey, who: UserId, button: dict[str, Any]) -> str:
        return await bot.approvals.undo(RunId(button["value"]), click(who, key))

    async def _generate(self, bot: Bot, key: DeliveryKey, button: dict[str, Any]) -> str:
        wanted = GenerationRequest(T1, BRAND, CAT, f"fox of {key}", count=self._world.plan.pictures)
        try:
            return await bot.generations.request(wanted, delivery=key)
        except BudgetExceeded as no:
            self.is_broke = True
            return str(no)

    async def _unpark(self, bot: Bot, key: DeliveryKey) -> str:
        return await bot.alarms.unpark(T1, by=UserId("UADMIN"), delivery=key)

    async def _propose(self, bot: Bot, key: DeliveryKey) -> str:
        return await bot.proposals.use("stellar", click(ANN, key), channel=BRAND)


def _with_button(
    deed: Callable[..., Awaitable[str]], button: dict[str, Any], bot: Bot, key: DeliveryKey
) -> Awaitable[str]:
    return deed(bot, key, button)

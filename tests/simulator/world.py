"""A schedule from seed to verdict: the others, the people, and one life of the bot after another."""

import asyncio
import gc
import random
import sys
import traceback
from collections.abc import Coroutine, MutableMapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from typing import Any

import structlog

from tests.simulator import checker
from tests.simulator.bot import Bot
from tests.simulator.callbacks import Callbacks
from tests.simulator.chance import seeded_entropy
from tests.simulator.edge import WHOLE, Edge
from tests.simulator.life import Life, Sites, owned_task
from tests.simulator.loop import Deadlock, VirtualLoop, virtual_loop
from tests.simulator.network import Network
from tests.simulator.people import People
from tests.simulator.plan import Death, Fault, Plan, Trouble
from tests.simulator.restoring import restore
from tests.simulator.runware import SimRunware
from tests.simulator.slack import Message, SimSlack
from tests.simulator.store import EPOCH, Database, prepare

BOUND = 3 * 3600.0
"""Seconds after the last fault within which everything must have reached its end."""
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Verdict:
    """How one schedule went: what was wrong, a sentence each, and what happened on the way."""

    seed: int
    wrongs: tuple[str, ...]
    deaths: dict[Death, int]
    faults: dict[Fault, int]
    troubles: dict[Trouble, int]
    sites: int
    seconds: float
    trace: tuple[str, ...] = field(repr=False, default=())

    def without_trace(self) -> "Verdict":
        """Return it as it is sent from one process to another."""
        return replace(self, trace=())

    @property
    def digest(self) -> str:
        """Return the hash of all that happened, in order."""
        return sha256("\n".join(self.trace).encode()).hexdigest()


class World:
    """What there is in one schedule."""

    def __init__(self, plan: Plan, loop: VirtualLoop, edge: Edge) -> None:
        self.plan = plan
        self.policy = plan.team.policy
        self.edge = edge
        self.trace: list[str] = []
        self.bugs: list[str] = []
        self.chance = random.Random(f"world {plan.seed}")
        self.is_over = False
        self.bot: Bot | None = None
        self.troubles: dict[Trouble, int] = dict.fromkeys(Trouble, 0)
        self.forgotten: set[str] = set()
        """Tasks that were charged, and of which neither a card told nor the backup that was restored."""
        self._may_live = asyncio.Event()
        self._may_live.set()
        self.time = loop.time
        self._loop = loop
        self._lives: list[Bot] = []
        self._tasks: list[asyncio.Task[Any]] = []
        self.database = Database(loop.time, edge)
        self.sites = Sites(plan, self.chance, self.note)
        self.network = Network(plan, self.sites, self.chance, self.note)
        self.network.holds = self.database.holds
        self.runware = SimRunware(
            loop.time,
            self.note,
            training_seconds=plan.training_seconds,
            has_conflict_check=plan.has_conflict_check,
            tells_cost=plan.tells_cost,
            refusal=plan.refusal,
        )
        if plan.has_webhooks:
            self.runware.begun = Callbacks(self, self.chance).begun
        self.slack = SimSlack(
            loop.time,
            self.note,
            epoch=EPOCH.timestamp(),
            hears_client_msg_id=plan.hears_client_msg_id,
            may_look=plan.may_look,
        )
        self.slack.watch = self._look_at
        self.people = People(self, self.chance)

    def note(self, what: str) -> None:
        """Write a line of the trace."""
        self.trace.append(f"{self._loop.time():10.3f}  {what}")

    def count(self, trouble: Trouble, what: str) -> None:
        """Count something that happened outside."""
        self.troubles[trouble] += 1
        self.note(what)

    def _look_at(self, message: Message) -> None:
        if not checker.is_true(self.database, message):
            self.bugs.append(f"untrue: {message.text[:80]!r} was shown before it was so")

    def new_id(self) -> str:
        """Return an id as the program's own are."""
        return "".join(self.chance.choices(LETTERS, k=10))

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let somebody outside the bot do something meanwhile."""
        task = self._loop.create_task(work)
        self._tasks.append(task)
        return task

    def logged(
        self, _logger: object, level: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Take what the program logs; an exception at one of its two doors is a bug."""
        self.note(f"log: {level} {event.get('event')}")
        if level in ("error", "exception", "critical"):
            self.bugs.append(f"bug: {event.get('event')}: {sys.exc_info()[1]!r}")
            self.trace.extend(traceback.format_exc().splitlines())
        raise structlog.DropEvent

    async def play(self) -> None:
        """Let everything happen, until it is over or ought to have been."""
        self.spawn(self._keep_alive())
        self._people = self.spawn(self.people.live())
        if self.plan.restore:
            self.spawn(restore(self, self.plan.restore))
        last = self.plan.calm_from + self.plan.training_seconds + BOUND
        while self._loop.time() < last:
            await asyncio.sleep(20.0)
            is_calm = self._loop.time() > self.plan.calm_from and not self._stands_still()
            if self._people.done() and is_calm and self.is_settled():
                break
        self.note("the end")
        self.troubles[Trouble.REFUSAL] = len(self.runware.refused)
        await self._stop()

    def is_settled(self) -> bool:
        """Say whether nothing is left to do for anybody."""
        return checker.is_quiet(self.database) and not self.database.is_behind

    def end_all_lives(self) -> None:
        """Stop the bot, until `begin_anew`."""
        self._may_live.clear()
        for bot in self._lives:
            bot.life.die()

    def begin_anew(self, people: Coroutine[Any, Any, None]) -> None:
        """Let the bot live again, with people who do something else from now on."""
        self.people.leave()
        self._people.cancel()
        self._people = self.spawn(people)
        self._may_live.set()

    def _stands_still(self) -> bool:
        """Say whether a frozen life is still to go on: what it had begun, it does then."""
        return any(not (bot.life.works or bot.life.is_dead) for bot in self._lives)

    async def _keep_alive(self) -> None:
        """Start a life whenever none runs."""
        while True:
            life = Life(f"life {len(self._lives) + 1}")
            dead = [bot.life.name for bot in self._lives if bot.life.is_dead]
            self.note(f"{life.name} begins")
            self.bot = Bot(self, life)
            self._lives.append(self.bot)
            work = life.start(self.bot.work(dead if self.plan.releases else []))
            self._tasks.append(work)
            work.add_done_callback(partial(_die_too, life))
            await life.ended.wait()
            await asyncio.sleep(self.chance.choice((0.5, 3.0, 20.0, 70.0)))
            await self._may_live.wait()

    async def _stop(self) -> None:
        self.is_over = True
        for bot in self._lives:
            bot.life.die()
        self.bugs.extend(
            repr(error)
            for task in self._tasks
            if task.done() and not task.cancelled() and (error := task.exception())
        )
        for bot in self._lives:
            while bot.life.cancel():  # noqa: ASYNC110 - each task ends at its next site
                await asyncio.sleep(0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _die_too(life: Life, _: asyncio.Task[Any]) -> None:
    life.die()


def play(plan: Plan, edge: Edge = WHOLE) -> Verdict:
    """Play one schedule; the same plan always gives the same verdict and trace."""
    prepare()
    gc.disable()  # what it frees would run at moments that no seed knows
    try:
        return _played(plan, edge)
    finally:
        gc.collect(0)
        gc.enable()


def _played(plan: Plan, edge: Edge) -> Verdict:
    with virtual_loop() as loop, seeded_entropy(plan.seed):
        loop.set_task_factory(owned_task)  # type: ignore[arg-type] # typeshed wants no third argument
        world = World(plan, loop, edge)
        kept = structlog.get_config()
        structlog.configure(processors=[world.logged])
        try:
            loop.run_until_complete(world.play())
        except Deadlock:
            world.bugs.append("everybody waits for ever")
        finally:
            structlog.configure(**kept)
        found = tuple(checker.check(world))
        return Verdict(
            plan.seed,
            found,
            world.sites.deaths,
            world.network.faults,
            world.troubles,
            world.sites.count,
            loop.time(),
            tuple(world.trace),
        )

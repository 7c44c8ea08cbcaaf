"""The lives of the bot: at every outside call and every commit it may die, or stand still for a while.

A dead life does nothing any more: its tasks are cancelled, and whatever they still try is refused. What it
has sent arrives all the same. A frozen one goes on later, beside the life that took its place.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any

from tests.simulator.plan import Death, Plan

OWNER: ContextVar["Life | None"] = ContextVar("OWNER", default=None)
"""Whose task it is; a task that a task starts is of the same life."""
SHORTEST_FREEZE, LONGEST_FREEZE = 20.0, 400.0
"""Seconds: below and above every lease."""


class Life:
    """One process of the bot, from its start to its death."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_dead = False
        self.works = True
        """Neither dead nor standing still."""
        self.sleeps = 0
        """How often it has stood still."""
        self.tasks: list[asyncio.Task[Any]] = []
        self._thawed = asyncio.Event()
        self._thawed.set()
        self.ended = asyncio.Event()
        context = copy_context()
        context.run(OWNER.set, self)
        self._context: Context = context

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let the process do some work."""
        return asyncio.get_running_loop().create_task(work, context=self._context.copy())

    def die(self) -> None:
        """End, here and now."""
        self.is_dead, self.works = True, False
        self.ended.set()
        self.cancel()

    def cancel(self) -> bool:
        """Cancel what still runs; return whether anything does.

        What has not begun yet is let begin, so that nothing is thrown away unawaited: it comes to a site, and
        no further.
        """
        current = asyncio.current_task()
        running = [task for task in self.tasks if task is not current and not task.done()]
        for task in running:
            work = task.get_coro()
            if not (isinstance(work, CoroutineType) and getcoroutinestate(work) == CORO_CREATED):
                task.cancel()
        return bool(running)

    def freeze(self, seconds: float) -> None:
        """Stand still, and go on after `seconds` as if nothing had happened."""
        self.works = False
        self.sleeps += 1
        self._thawed.clear()
        self.ended.set()
        asyncio.get_running_loop().call_later(seconds, self._thaw)

    def _thaw(self) -> None:
        self.works = not self.is_dead
        self._thawed.set()

    async def go_on(self) -> None:
        """Return when the process runs. Raises CancelledError where it never will."""
        if not self._thawed.is_set():
            await self._thawed.wait()
        if self.is_dead:
            raise asyncio.CancelledError


def owned_task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], context: Context | None = None
) -> asyncio.Task[Any]:
    """Make a task, and let the life that it is of know it: a loop's task factory."""
    task = asyncio.Task(work, loop=loop, context=context)
    owner = OWNER.get(None) if context is None else context.get(OWNER)
    if owner is not None:
        owner.tasks.append(task)
    return task


class Sites:
    """The places where a life may end, counted; what happens at each is drawn, or planned."""

    def __init__(self, plan: Plan, chance: random.Random, note: Callable[[str], None]) -> None:
        self.count = 0
        self.deaths: dict[Death, int] = dict.fromkeys(Death, 0)
        self._plan = plan
        self._chance = chance
        self._note = note

    async def pass_by(self, life: Life, where: str) -> None:
        """Let `life` go past a site, or die, or stand still there."""
        if not life.works:
            await life.go_on()
        self.count += 1
        match self._fate():
            case None:
                return
            case Death.CRASH:
                self.deaths[Death.CRASH] += 1
                self._note(f"{life.name} dies {where} (site {self.count})")
                life.die()
                raise asyncio.CancelledError
            case Death.FREEZE:
                self.deaths[Death.FREEZE] += 1
                seconds = self._chance.uniform(SHORTEST_FREEZE, LONGEST_FREEZE)
                self._note(f"{life.name} freezes for {seconds:.0f} s {where} (site {self.count})")
                life.freeze(seconds)
                await life.go_on()

    def _fate(self) -> Death | None:
        plan = self._plan
        if plan.deaths_at:
            return Death.CRASH if self.count in plan.deaths_at else None
        if not (plan.crash_rate or plan.freeze_rate):
            return None
        if asyncio.get_running_loop().time() > plan.calm_from:
            return None
        drawn = self._chance.random()
        if drawn < plan.crash_rate:
            return Death.CRASH
        return Death.FREEZE if drawn < plan.crash_rate + plan.freeze_rate else None

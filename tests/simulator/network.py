"""The network between the bot and the others: it loses, delays, repeats and breaks what it is given.

What has left arrives, or not, whatever becomes of the sender.
"""

import asyncio
import random
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from tests.simulator.life import Life, Sites
from tests.simulator.plan import Fault, Plan

Answer = TypeVar("Answer")
FAULTS = tuple(Fault)
LATEST = 20.0
"""Seconds after which nothing arrives any more: what the settle time of the protocols counts on."""
GIVEN_UP = 20.0
"""Seconds after which the caller gives up."""
MOMENT = 1.0
"""Seconds that at most lie between a request and its duplicate."""
LONGEST_HELD = 5.0
"""Seconds after which a request that was to be overtaken arrives though no other came."""


class Silence(Exception):
    """No answer came."""


class Busy(Exception):
    """The other side wants fewer requests, and says for how many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


class Broken(Exception):
    """The other side, or something before it, answered that it is broken."""


class Network:
    """Carries requests; `faults` counts what it did to them."""

    def __init__(self, plan: Plan, sites: Sites, chance: random.Random, note: Callable[[str], None]) -> None:
        self.faults: dict[Fault, int] = dict.fromkeys(Fault, 0)
        self._plan = plan
        self._sites = sites
        self._chance = chance
        self._note = note
        self.repeated_at: set[float] = set()
        """The moments at which a duplicate arrived."""
        self.holds: Callable[[Life, str], bool] = lambda life, key: True
        """Whether a post is still a life's to make, and will have arrived before it is another's."""
        self._once = plan.arrives_once
        self._held: list[Callable[[], None]] = []
        self._has_faults = bool(plan.fault_rate and any(plan.weights))

    async def carry(self, life: Life, what: str, deliver: Callable[[], Answer], *, key: str = "") -> Answer:
        """Carry a request of `life` to where `deliver` takes it, and the answer back; a post has a `key`.

        Raises Silence, Busy, Broken, and what `deliver` raises.
        """
        sleeps = life.sleeps
        await self._sites.pass_by(life, f"before {what}")
        if life.sleeps and what in self._once and self._is_overslept(life, sleeps, key):
            self._note(f"overslept: {what}")
            raise Silence
        fault = self._fault()
        if fault is None or (fault is Fault.DUPLICATED and what in self._once):
            answer = await self._deliver(self._chance.uniform(0.01, 0.3), deliver)
        else:
            answer = await self._mishap(fault, what, deliver)
        await self._sites.pass_by(life, f"after {what}")
        return answer

    def _is_overslept(self, life: Life, sleeps: int, key: str) -> bool:
        """Say whether another may have sent meanwhile what `life`, which had slept so often, is about to.

        A post is its own for a lease, in which it may sleep. An order it may send only at once, and the
        program asks for the time until the last moment.
        """
        return not self.holds(life, key) if key else life.sleeps > sleeps

    async def _mishap(self, fault: Fault, what: str, deliver: Callable[[], Answer]) -> Answer:
        self.faults[fault] += 1
        self._note(f"{fault}: {what}")
        if fault is Fault.LOST_REQUEST:
            await self._wait_in_vain()
        elif fault is Fault.LOST_ANSWER:
            self._send(self._chance.uniform(0.01, 1.0), deliver)
            await self._wait_in_vain()
        elif fault is Fault.LATE:
            self._send(self._chance.uniform(1.0, LATEST), deliver)
            await self._wait_in_vain()
        elif fault is Fault.BUSY:
            await asyncio.sleep(0.1)
            raise Busy(self._chance.randint(1, 40))
        elif fault is Fault.DUPLICATED:
            return await self._twice(deliver)
        elif fault is Fault.OVERTAKEN:
            return await self._overtaken(deliver)
        elif fault is Fault.BROKEN_BUT_DONE:
            await self._deliver(self._chance.uniform(0.01, 1.0), deliver)
        raise Broken

    async def _wait_in_vain(self) -> None:
        """Hear nothing, or that the connection broke, some time after it was used."""
        await asyncio.sleep(self._chance.choice((0.02, 1.5, GIVEN_UP)))
        raise Silence

    async def _twice(self, deliver: Callable[[], Answer]) -> Answer:
        """Deliver it twice; either answer may be the one that is heard."""
        seconds = self._chance.uniform(0.01, 0.3)
        first, apart = self._send(seconds, deliver), self._chance.uniform(0.001, MOMENT)
        second = self._send(seconds + apart, partial(self._repeat, deliver))
        return await self._chance.choice((first, second))

    def _repeat(self, deliver: Callable[[], Answer]) -> Answer:
        self.repeated_at.add(asyncio.get_running_loop().time())
        return deliver()

    async def _overtaken(self, deliver: Callable[[], Answer]) -> Answer:
        """Hold it back until another has arrived that was sent after it."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        held = partial(_arrive, answer, deliver)
        self._held.append(held)
        loop.call_later(LONGEST_HELD, self._let_go, held)
        return await answer

    def _let_go(self, held: Callable[[], None]) -> None:
        if held in self._held:
            self._held.remove(held)
            held()

    async def _deliver(self, seconds: float, deliver: Callable[[], Answer]) -> Answer:
        answer = self._send(seconds, deliver)
        for held in self._held:  # of the calls of one moment, that which was asked for first is made first
            asyncio.get_running_loop().call_later(seconds, held)
        self._held.clear()
        return await answer

    def _send(self, seconds: float, deliver: Callable[[], Answer]) -> asyncio.Future[Answer]:
        """Let it arrive after `seconds`, whoever still waits for it then."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        loop.call_later(seconds, _arrive, answer, deliver)
        return answer

    def _fault(self) -> Fault | None:
        if not self._has_faults or asyncio.get_running_loop().time() > self._plan.calm_from:
            return None
        if self._chance.random() >= self._plan.fault_rate:
            return None
        return self._chance.choices(FAULTS, self._plan.weights)[0]


def _arrive(answer: asyncio.Future[Answer], deliver: Callable[[], Answer]) -> None:
    try:
        said = deliver()
    except Exception as no:  # noqa: BLE001 - whatever the other side raises is its answer
        if not answer.done():
            answer.set_exception(no)
            answer.exception()  # nobody may be there to hear it
    else:
        if not answer.done():
            answer.set_result(said)

"""The clock: each tick and each nudge has the work done, never twice at once, and not after the end."""

import asyncio
from collections.abc import Callable

from structlog.testing import capture_logs

from bot.scheduler import NUDGED_BELOW, Clock, Pulse


class Work:
    """Work that can be held up or made to fail; it keeps how often it was done, and how often at once."""

    def __init__(self, *, held: bool = False) -> None:
        self.times = 0
        self.most_at_once = 0
        self.fault: Exception | None = None
        self._at_once = 0
        self._go = asyncio.Event()
        if not held:
            self._go.set()

    async def __call__(self) -> None:
        """Do it once."""
        self.times += 1
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await self._go.wait()
        await asyncio.sleep(0)
        self._at_once -= 1
        if self.fault:
            raise self.fault

    def let_go(self) -> None:
        """Hold it up no longer."""
        self._go.set()


async def until(claim: Callable[[], bool]) -> None:
    """Wait for the claim to hold, however busy the machine."""
    async with asyncio.timeout(60):
        while not claim():  # noqa: ASYNC110 - work under test tells nobody that it was done
            await asyncio.sleep(0.005)


async def settle() -> None:
    """Let all that is ready to run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


# ── a pulse ──


async def test_nothing_beats_before_a_nudge() -> None:
    work = Work()
    pulse = Pulse(work)
    await settle()
    await pulse.stop(within=60)
    assert work.times == 0


async def test_a_nudge_has_the_work_done_once() -> None:
    work = Work()
    Pulse(work).nudge()
    await settle()
    assert work.times == 1


async def test_many_nudges_before_a_beat_are_one() -> None:
    work = Work()
    pulse = Pulse(work)
    for _ in range(10):
        pulse.nudge()
    await settle()
    assert work.times == 1


async def test_many_nudges_during_a_beat_are_one_more_beat_after_it() -> None:
    work = Work(held=True)
    pulse = Pulse(work)
    pulse.nudge()
    await settle()
    for _ in range(10):
        pulse.nudge()
    work.let_go()
    await settle()
    assert (work.times, work.most_at_once) == (2, 1)


async def test_a_beat_that_fails_is_logged_and_the_next_nudge_beats_again() -> None:
    work = Work()
    pulse = Pulse(work)
    work.fault = LookupError("a bug")
    with capture_logs() as lines:
        pulse.nudge()
        await settle()
    work.fault = None
    pulse.nudge()
    await settle()
    assert ([line["event"] for line in lines], work.times) == (["errand failed"], 2)


async def test_a_nudge_during_a_beat_that_fails_is_not_lost() -> None:
    work = Work(held=True)
    pulse = Pulse(work)
    work.fault = LookupError("a bug")
    with capture_logs():
        pulse.nudge()
        await settle()
        pulse.nudge()
        work.let_go()
        await settle()
    assert work.times == 2


async def test_stopping_waits_for_the_beat_under_way() -> None:
    work = Work(held=True)
    pulse = Pulse(work)
    pulse.nudge()
    await settle()
    stopping = asyncio.create_task(pulse.stop(within=60))
    await settle()
    assert not stopping.done()
    work.let_go()
    await asyncio.wait_for(stopping, timeout=60)
    assert work.times == 1


async def test_a_pulse_that_was_stopped_at_rest_does_not_beat_again() -> None:
    work = Work()
    pulse = Pulse(work)
    await pulse.stop(within=60)
    pulse.nudge()
    await settle()
    assert work.times == 0


async def test_a_pulse_that_was_stopped_during_a_beat_does_not_beat_again() -> None:
    work = Work(held=True)
    pulse = Pulse(work)
    pulse.nudge()
    await settle()
    stopping = asyncio.create_task(pulse.stop(within=60))
    work.let_go()
    await stopping
    pulse.nudge()
    await settle()
    assert work.times == 1


async def test_what_was_wanted_during_the_last_beat_is_left_to_the_next_start() -> None:
    work = Work(held=True)
    pulse = Pulse(work)
    pulse.nudge()
    await settle()
    pulse.nudge()
    stopping = asyncio.create_task(pulse.stop(within=60))
    await settle()
    work.let_go()
    await stopping
    assert work.times == 1


# ── the clock ──


async def test_everything_is_done_once_at_the_start() -> None:
    often, seldom = Work(), Work()
    async with Clock((often, 60.0), (seldom, 3600.0)):
        await until(lambda: (often.times, seldom.times) == (1, 1))


async def test_work_is_done_again_at_every_tick() -> None:
    work = Work()
    async with Clock((work, 0.02)):
        await until(lambda: work.times >= 4)


async def test_slow_work_is_never_done_twice_at_once() -> None:
    work = Work(held=True)
    async with Clock((work, 0.02)) as clock:
        for _ in range(5):
            await asyncio.sleep(0.02)
            clock.nudge()
        assert work.times == 1
        work.let_go()
        await until(lambda: work.times >= 3)
    assert work.most_at_once == 1


async def test_a_nudge_looks_at_what_is_urgent_and_leaves_the_housekeeping() -> None:
    urgent, housekeeping = Work(), Work()
    async with Clock((urgent, NUDGED_BELOW), (housekeeping, NUDGED_BELOW + 1)) as clock:
        await until(lambda: (urgent.times, housekeeping.times) == (1, 1))
        await settle()
        clock.nudge()
        await settle()
        assert (urgent.times, housekeeping.times) == (2, 1)


async def test_work_that_fails_does_not_stop_the_clock() -> None:
    broken, well = Work(), Work()
    broken.fault = LookupError("a bug")
    with capture_logs():
        async with Clock((broken, 0.02), (well, 0.02)):
            await until(lambda: broken.times >= 3 and well.times >= 3)


async def test_after_the_end_there_are_no_more_ticks() -> None:
    work = Work()
    async with Clock((work, 0.02)):
        await until(lambda: work.times >= 2)
    done = work.times
    await asyncio.sleep(0.08)
    assert work.times == done

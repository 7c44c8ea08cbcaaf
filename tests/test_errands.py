"""Errands: bounded, unwaited-for work, whose bugs are logged and end nothing else."""

import asyncio

import pytest
import structlog
from structlog.testing import capture_logs

from bot.errands import Errands


class Gate:
    """Work that ends when it is let go, and keeps what became of it."""

    def __init__(self) -> None:
        self.ends: list[str] = []
        self._open = asyncio.Event()

    async def errand(self) -> None:
        """Wait until let go."""
        try:
            await self._open.wait()
        except asyncio.CancelledError:
            self.ends.append("cancelled")
            raise
        self.ends.append("done")

    def let_go(self) -> None:
        """Let all that wait end."""
        self._open.set()


async def broken() -> None:
    raise LookupError("a bug")


async def test_an_errand_takes_a_place_until_it_ends() -> None:
    errands, gate = Errands(most=2), Gate()
    errands.start(gate.errand())
    assert errands.free == 1
    gate.let_go()
    await errands.finish()
    assert (errands.free, gate.ends) == (2, ["done"])


async def test_beyond_the_bound_there_is_less_than_no_place() -> None:
    errands, gate = Errands(most=1), Gate()
    errands.start(gate.errand())
    errands.start(gate.errand())
    assert errands.free == -1
    gate.let_go()
    await errands.finish()
    assert gate.ends == ["done", "done"]


async def test_a_bug_is_logged_with_its_traceback_and_ends_nothing_else() -> None:
    errands, gate = Errands(most=2), Gate()
    with capture_logs(processors=[structlog.processors.format_exc_info]) as lines:
        errands.start(broken())
        errands.start(gate.errand())
        gate.let_go()
        await errands.finish()
    assert [line["event"] for line in lines] == ["errand failed"]
    assert "LookupError: a bug" in lines[0]["exception"]
    assert (errands.free, gate.ends) == (2, ["done"])


async def test_what_is_started_while_waiting_is_waited_for_too() -> None:
    errands, gate = Errands(most=2), Gate()

    async def sends_another() -> None:
        errands.start(gate.errand())

    errands.start(sends_another())
    asyncio.get_running_loop().call_later(0.01, gate.let_go)
    await errands.finish()
    assert gate.ends == ["done"]


async def test_what_is_late_is_cancelled_once_the_time_is_up() -> None:
    errands, gate = Errands(most=1), Gate()
    errands.start(gate.errand())
    await asyncio.wait_for(errands.finish(within=0.01), timeout=60)
    assert (errands.free, gate.ends) == (1, ["cancelled"])


async def test_what_is_in_time_is_not_cancelled() -> None:
    errands, gate = Errands(most=1), Gate()
    errands.start(gate.errand())
    asyncio.get_running_loop().call_soon(gate.let_go)
    await errands.finish(within=60)
    assert gate.ends == ["done"]


@pytest.mark.parametrize("within", [None, 0.01])
async def test_with_nothing_under_way_there_is_nothing_to_wait_for(within: float | None) -> None:
    await asyncio.wait_for(Errands(most=1).finish(within=within), timeout=60)

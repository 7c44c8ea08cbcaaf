"""Datasets that are slow to arrive, more than are looked at side by side: nothing else waits for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.domain.dataset import Source
from bot.domain.facts import Progressed
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import GenerationId, RunId
from bot.domain.run import Stage
from bot.ports import Inspection
from tests.fakes import TRAINED, FakeInspector, rendered
from tests.house import House

READY, ASKED = RunId("RUN0000002"), RunId("RUN0000003")


@dataclass
class SlowInspector(FakeInspector):
    """Datasets at `slow.example` do not arrive until the gate is opened."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def inspect(self, source: Source) -> Inspection:
        """Wait for it, and answer then."""
        if source.links[0].startswith("https://slow.example/"):
            await self.gate.wait()
        return await super().inspect(source)


@asynccontextmanager
async def many_slow_datasets(house: House) -> AsyncIterator[SlowInspector]:
    """Have a style ready, a training at Runware, another to be decided on; then ask for many slow ones."""
    inspector = SlowInspector()
    house.lives_with(inspector=inspector)
    house.trainer.looks = [TRAINED]
    await house.trains(steps=4)
    await house.ask(name="Second")
    await house.work()
    house.trainer.looks = [Progressed(12)]
    await house.approve(subject=READY)
    house.clock.pass_time(seconds=30)
    await house.work(steps=3)
    await house.ask(name="Third")
    await house.work()
    for n in range(90):
        await house.ask(link=f"https://slow.example/{n}.zip", name=f"Slow{n}")
    try:
        yield inspector
    finally:
        inspector.gate.set()
        await house.reconciler.finish()


async def test_while_many_datasets_arrive_slowly_everything_else_goes_on(house: House) -> None:
    async with many_slow_datasets(house), asyncio.timeout(60):
        await house.reconciler.advance_due()
        house.trainer.looks, house.images.looks = [TRAINED], [rendered(1)]
        await house.generate(count=1)
        while not await is_all_over(house):
            await house.reconciler.advance_due()
            await house.relay.carry_due()
            house.clock.pass_time(minutes=5)


async def is_all_over(house: House) -> bool:
    """Say whether the training is ready, the picture is shown, and the question has expired."""
    drawn = await house.pictures(GenerationId("GEN0000001"))
    stages = ((await house.run(READY)).stage, (await house.run(ASKED)).stage, drawn.stage)
    return stages == (Stage.READY, Stage.EXPIRED, Drawing.DONE)


async def test_each_of_many_slow_datasets_is_looked_at_in_the_end(house: House) -> None:
    async with many_slow_datasets(house) as inspector:
        await house.reconciler.advance_due()
        inspector.gate.set()
        await house.work(steps=20)
        live = await house.store.read(lambda tx: tx.runs.live())
    slow = [run for run in live if "slow.example" in run.request.link]
    assert [run.stage for run in slow] == 90 * [Stage.AWAITING]

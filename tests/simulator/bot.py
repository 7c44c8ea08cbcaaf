"""One life of the bot: the program's services put together as the composition root does, on simulated ports.

What the simulator does not simulate are the pictures themselves: a dataset is looked at, and a finished
picture fetched, by a few lines that may be silent but never wrong.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.clerk import Clerk
from bot.domain.dataset import Source
from bot.domain.errors import Unavailable
from bot.domain.ids import GenerationId, ProposalId, RunId
from bot.ports import FinishedPicture, Inspection
from bot.runware.client import RunwareClient, RunwareImages, RunwareTrainer
from bot.services.alarms import Alarms
from bot.services.approvals import Approvals
from bot.services.generation import Generations
from bot.services.proposals import Proposals
from bot.services.reconciler import Reconciler
from bot.services.reconciler.attendance import Attendance, ProposalSteps
from bot.services.reconciler.intake import Intake
from bot.services.reconciler.rendering import GenerationSteps
from bot.services.reconciler.training import RunSteps
from bot.services.recovery import Recovery
from bot.services.relay import Relay, RelayPace
from bot.services.stopping import Stopping
from bot.services.training import Training
from tests.fakes import DATASET, FakeAccount, FakeArchives, FakeDirectory, FakeFiles
from tests.simulator.callbacks import NOWHERE, PUBLIC
from tests.simulator.life import Life
from tests.simulator.network import Broken, Busy, Network, Silence
from tests.simulator.slack import BOT
from tests.simulator.store import SimStore

if TYPE_CHECKING:
    from tests.simulator.world import World

Thing = TypeVar("Thing")
UNDO = timedelta(seconds=30)
TICK, IDLE, HOUSEKEEPING = 1.0, 60.0, 30.0
"""Seconds until it looks again after it has worked, where nothing is to be done, and after a restore."""


@dataclass
class Pictures:
    """The ports that fetch: datasets and finished pictures."""

    life: Life
    network: Network
    has_palette: bool

    async def inspect(self, source: Source) -> Inspection:
        """Find the dataset fit."""
        palette = b"palette" if self.has_palette else b""
        return await self._fetched("a dataset", Inspection(DATASET, b"sheet", palette=palette))

    async def fingerprint(self, link: str) -> str:
        """Find it unchanged."""
        return await self._fetched("a dataset", DATASET.sha256)

    async def fetch(self, url: str) -> FinishedPicture:
        """Fetch a finished picture."""
        return await self._fetched("a picture", FinishedPicture(b"\xff\xd8", "jpg"))

    async def _fetched(self, what: str, thing: Thing) -> Thing:
        try:
            return await self.network.carry(self.life, what, lambda: thing)
        except (Silence, Broken):
            raise Unavailable("The link does not answer.") from None
        except Busy as busy:
            raise Unavailable("The link does not answer.", retry_after=busy.retry_after) from None


class Bot:
    """The services of one life, and the loop that lets them work on what is due."""

    def __init__(self, world: "World", life: Life) -> None:
        self.life = life
        self.store = SimStore(world.database, life, world.sites, world.chance)
        self._nudged = asyncio.Event()
        self._spawn = world.spawn
        self._database = world.database
        edge, nudge = world.edge, self._nudged.set
        pace = replace(edge.pace, chance=world.chance.random)
        mouth = edge.mouth(life, world.network, world.runware)
        runware = RunwareClient(mouth, clock=world.database.now, rng=world.chance)
        client = edge.client(life, world.network, world.slack, clock=world.time)
        messenger = edge.messenger(client, clock=world.database.now, bot_id=BOT)
        pictures = Pictures(life, world.network, world.plan.has_palette)
        webhooks = PUBLIC if world.plan.has_webhooks else NOWHERE
        self.door = edge.door(webhooks, self.store, nudge)
        trainer = RunwareTrainer(runware, webhooks, namespace="acme")
        people, policy = FakeDirectory(), world.policy
        clerk = Clerk(self.store, people, FakeAccount(), policy=lambda: policy)
        attendance = Attendance(self.store, clerk, people)
        intake = Intake(self.store, clerk, pictures, FakeFiles(), FakeArchives(), trainer, pace)
        self.reconciler = Reconciler(
            self.store,
            RunSteps(self.store, intake, attendance, trainer, pace),
            GenerationSteps(
                self.store, RunwareImages(runware, webhooks), pictures, messenger, attendance, pace
            ),
            ProposalSteps(attendance),
            pace=pace,
            nudge=nudge,
        )
        self.relay = Relay(self.store, messenger, pace=RelayPace(), nudge=nudge)
        self.training = Training(self.store, clerk, new_id=lambda: RunId(world.new_id()), nudge=nudge)
        self.approvals = Approvals(
            self.store, clerk, undo=UNDO, new_id=lambda: ProposalId(world.new_id()), nudge=nudge
        )
        self.proposals = Proposals(self.store, clerk, new_id=lambda: ProposalId(world.new_id()), nudge=nudge)
        self.stopping = Stopping(self.store, policy=lambda: policy, nudge=nudge)
        self.alarms = Alarms(self.store, nudge=nudge)
        self.recovery = Recovery(self.store, messenger, trainer, nudge=nudge)
        self.generations = Generations(
            self.store, clerk, new_id=lambda: GenerationId(world.new_id()), nudge=nudge
        )

    async def work(self, dead: list[str]) -> None:
        """Give back what the `dead` had taken, then work on whatever is due, for as long as it lives."""
        await self.store.open(dead)
        loop = asyncio.get_running_loop()
        if self._database.is_restored:
            self._spawn(self._recover())
        while True:
            self._nudged.clear()
            step, word = self._database.next_due()
            if step <= loop.time():  # its clock looks every second; to look in vain changes nothing
                await self.reconciler.advance_due()
            if word <= loop.time():
                await self.relay.carry_due()
            wait = min(step, word, loop.time() + IDLE) - loop.time()
            ring = loop.call_later(wait if wait > 0 else TICK, self._nudged.set)
            await self._nudged.wait()
            ring.cancel()
            await self.life.go_on()

    async def _recover(self) -> None:
        """Look for what a backup has forgotten, as the program's clock does."""
        while True:
            await self.recovery.look()
            await asyncio.sleep(HOUSEKEEPING)
            await self.life.go_on()

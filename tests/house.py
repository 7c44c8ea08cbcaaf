"""A whole bot without Slack and Runware: the services on a real store, in a world of fakes."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.asked import Click
from bot.clerk import Clerk
from bot.domain.facts import TrainingRequest
from bot.domain.generation import Generation, GenerationRequest
from bot.domain.ids import (
    ChannelId,
    DeliveryKey,
    GenerationId,
    ProposalId,
    RunId,
    SubjectId,
    UserId,
    WorkspaceId,
)
from bot.domain.people import Person
from bot.domain.policy import BUILT_IN, Policy
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.services.alarms import Alarms
from bot.services.approvals import Approvals
from bot.services.generation import Generations
from bot.services.hints import Hints
from bot.services.homes import Homes
from bot.services.proposals import Proposals
from bot.services.reckoning import Reckoning
from bot.services.reconciler import Pace, Reconciler
from bot.services.reconciler.attendance import Attendance, ProposalSteps
from bot.services.reconciler.intake import Intake
from bot.services.reconciler.rendering import GenerationSteps
from bot.services.reconciler.training import RunSteps
from bot.services.recovery import Recovery
from bot.services.relay import Relay, RelayPace
from bot.services.retention import Retention
from bot.services.stopping import Stopping
from bot.services.styles import Styles
from bot.services.switches import Switches
from bot.services.training import Training
from storage.sqlite import SQLiteStore
from tests.fakes import (
    FakeAccount,
    FakeArchives,
    FakeClock,
    FakeDirectory,
    FakeFetcher,
    FakeFiles,
    FakeImages,
    FakeInspector,
    FakeMessenger,
    FakeTrainer,
)

T1, BRAND = WorkspaceId("T1"), ChannelId("C1")
ANN, BEN, CAT = UserId("UANN"), UserId("UBEN"), UserId("UCAT")
RUN, PICTURES, PROPOSAL = RunId("RUN0000001"), GenerationId("GEN0000001"), ProposalId("PRO0000001")


def wanted(**changes: object) -> TrainingRequest:
    """Return what ann asks for with `/train`."""
    given = {"link": "https://acme.com/a.zip", "name": "Stellar", **changes}
    return TrainingRequest(workspace=T1, channel=BRAND, requester=ANN, **given)  # type: ignore[arg-type] # by name


def click(
    who: UserId, delivery: DeliveryKey, *, workspace: WorkspaceId = T1, seen: str | None = None
) -> Click:
    """Return a click of a full member of the workspace."""
    return Click(Person(who), workspace, delivery, seen)


@dataclass
class House:
    """All services on one store, and the world around them."""

    store: SQLiteStore
    clock: FakeClock
    inspector: FakeInspector = field(default_factory=FakeInspector)
    files: FakeFiles = field(default_factory=FakeFiles)
    archives: FakeArchives = field(default_factory=FakeArchives)
    trainer: FakeTrainer = field(default_factory=FakeTrainer)
    images: FakeImages = field(default_factory=FakeImages)
    fetcher: FakeFetcher = field(default_factory=FakeFetcher)
    account: FakeAccount = field(default_factory=FakeAccount)
    people: FakeDirectory = field(default_factory=FakeDirectory)
    policy: Policy = BUILT_IN
    slack: FakeMessenger = field(init=False)
    pace: Pace = field(default_factory=lambda: Pace(chance=lambda: 0.0))
    nudges: int = 0

    def __post_init__(self) -> None:
        self.slack = FakeMessenger(self.clock)
        runs = iter(RunId(f"RUN{n:07}") for n in range(1, 100))
        pictures = iter(GenerationId(f"GEN{n:07}") for n in range(1, 100))
        self._deliveries = iter(DeliveryKey(f"delivery {n}") for n in range(1000))
        proposals = iter(ProposalId(f"PRO{n:07}") for n in range(1, 100))
        self.clerk = Clerk(self.store, self.people, self.account, policy=lambda: self.policy)
        self.training = Training(self.store, self.clerk, new_id=lambda: next(runs), nudge=self._nudge)
        self.approvals = Approvals(
            self.store,
            self.clerk,
            undo=timedelta(seconds=30),
            new_id=lambda: next(proposals),
            nudge=self._nudge,
        )
        self.proposals = Proposals(self.store, self.clerk, new_id=lambda: next(proposals), nudge=self._nudge)
        self.stopping = Stopping(self.store, policy=lambda: self.policy, nudge=self._nudge)
        self.switches = Switches(self.store, nudge=self._nudge)
        self.generations = Generations(
            self.store, self.clerk, new_id=lambda: next(pictures), nudge=self._nudge
        )
        self.styles = Styles(self.store)
        self.homes = Homes(self.store, nudge=self._nudge)
        self.alarms = Alarms(self.store, nudge=self._nudge)
        self.hints = Hints(self.store, nudge=self._nudge)
        self.recovery = Recovery(self.store, self.slack, self.trainer, nudge=self._nudge)
        self.reckoning = Reckoning(self.store, self.account, trainings=self.trainer, pictures=self.images)
        intake = Intake(
            self.store, self.clerk, self.inspector, self.files, self.archives, self.trainer, self.pace
        )
        attendance = Attendance(self.store, self.clerk, self.people)
        self.reconciler = Reconciler(
            self.store,
            RunSteps(self.store, intake, attendance, self.trainer, self.pace),
            GenerationSteps(self.store, self.images, self.fetcher, self.slack, attendance, self.pace),
            ProposalSteps(attendance),
            pace=self.pace,
            nudge=self._nudge,
        )
        self.retention = Retention(self.store, self.archives)
        self.relay = Relay(
            self.store,
            self.slack,
            pace=RelayPace(),
            nudge=self._nudge,
            budgets=lambda: self.policy.budgets,
        )

    def _nudge(self) -> None:
        self.nudges += 1

    def delivery(self) -> DeliveryKey:
        """Return a delivery that was not seen before."""
        return next(self._deliveries)

    async def work(self, *, steps: int = 1) -> None:
        """Advance what is due and say what is to be said, `steps` times over."""
        for _ in range(steps):
            await self.reconciler.advance_due()
            await self.reconciler.finish()
            await self.relay.carry_due()
            await self.relay.finish()

    async def run(self, run: RunId = RUN) -> Run:
        """Return the run as it stands."""
        return await self.store.read(lambda tx: tx.runs.get(run))

    async def pictures(self, generation: GenerationId = PICTURES) -> Generation:
        """Return the generation as it stands."""
        return await self.store.read(lambda tx: tx.generations.get(generation))

    async def proposal(self, proposal: ProposalId = PROPOSAL) -> Proposal:
        """Return the proposal as it stands."""
        return await self.store.read(lambda tx: tx.proposals.get(proposal))

    def by(self, who: UserId, *, seen: str | None = None) -> Click:
        """Return a new click of a member, in the groups that they are in."""
        groups = frozenset(p for p, members in self.people.groups.items() if members and who in members)
        known = self.people.people.get(who, Person(who))
        return Click(replace(known, groups=known.groups | groups), T1, self.delivery(), seen)

    def lives_with(self, **world: object) -> None:
        """Have the bot started anew in a world where that is so: `lives_with(trainer=SilentTrainer())`."""
        assert world.keys() <= vars(self).keys()
        vars(self).update(world)
        self.__post_init__()

    async def trains(self, *, steps: int = 3) -> None:
        """Have a training asked for, approved and handed over, and work on it for so many steps."""
        await self.ask()
        await self.work()
        await self.approve()
        self.clock.pass_time(seconds=30)
        await self.work(steps=steps)

    async def ask(self, **changes: object) -> None:
        """Ann asks for a training."""
        await self.training.request(wanted(**changes), delivery=self.delivery())

    async def approve(self, who: UserId = BEN, subject: SubjectId = RUN) -> str:
        """Ben approves it, by the button of its newest card."""
        item = await self.store.read(lambda tx: tx.asked(subject))
        seen = item.ballot.digest if item.ballot else None
        return await self.approvals.approve(subject, self.by(who, seen=seen))

    async def generate(self, prompt: str = "a red fox", **changes: object) -> str:
        """Cat asks for pictures."""
        request = GenerationRequest(T1, BRAND, CAT, prompt, **changes)  # type: ignore[arg-type] # by name
        return await self.generations.request(request, delivery=self.delivery())

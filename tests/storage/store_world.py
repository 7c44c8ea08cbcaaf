"""Values to put into a store."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.ballot import Ballot
from bot.domain.dataset import Dataset, Picture
from bot.domain.facts import Approved, Event, Inspected, Trained, TrainingRequest
from bot.domain.generation import Generation, GenerationRequest
from bot.domain.generation import Stage as GenerationStage
from bot.domain.ids import (
    Air,
    ChannelId,
    GenerationId,
    ProposalId,
    RunId,
    TaskId,
    UserId,
    WorkspaceId,
)
from bot.domain.policy import COLLEAGUE, Action
from bot.domain.proposal import Proposal, ProposalRequest
from bot.domain.run import Run
from bot.domain.task import Prepared, Submitted, Task
from bot.domain.terms import Terms
from bot.ports import Card, Store, Transaction
from tests.fakes import NOON

ACME = WorkspaceId("T1")
CHANNEL = ChannelId("C1")
ANN = UserId("U1")
MINUTE = timedelta(minutes=1)
STANDING = Card(CHANNEL, "1700000000.000100", "training", NOON)
TASK = Task(TaskId("0c5f3c4e-1b57-4a5c-a0d5-3c1d9c9a7f10"), '{"name":"Stellar"}')


def a_run(key: str = "run0000001", *, name: str = "Stellar", workspace: WorkspaceId = ACME) -> Run:
    request = TrainingRequest(workspace, CHANNEL, ANN, "https://assets.example/stellar.zip", name)
    return Run.requested(RunId(key), request, at=NOON)


def a_generation(
    key: str = "gen0000001",
    *,
    air: str = "acme:stellar@1",
    workspace: WorkspaceId = ACME,
    private_to: UserId | None = None,
) -> Generation:
    asked_by, private = private_to or ANN, private_to is not None
    request = GenerationRequest(workspace, CHANNEL, asked_by, "a red fox at dusk", private=private)
    return Generation(GenerationId(key), request, Air(air), "Stellar@1", NOON)


def a_ballot(*, opened_at: datetime = NOON) -> Ballot:
    """Return a ballot on which a colleague decides: reminded after two hours, over after a day."""
    return Ballot(ANN, (("name", "Stellar"), ("price", "about $12")), Terms(((COLLEAGUE,),)), opened_at)


def an_asked_generation(key: str = "gen0000001") -> Generation:
    """Return a generation that has to be approved first."""
    return replace(a_generation(key), stage=GenerationStage.AWAITING, ballot=a_ballot())


def a_proposal(key: str = "pro0000001", *, workspace: WorkspaceId = ACME) -> Proposal:
    request = ProposalRequest(workspace, CHANNEL, ANN, Action.PROMOTE, "Stellar@2", Air("acme:stellar@2"))
    return Proposal(ProposalId(key), request, NOON, a_ballot())


def a_dataset(mark: str = "a", *, pictures: str = "xy", origin: str = "") -> Dataset:
    """Return a dataset whose archive's SHA-256 is all `mark`, with a picture for each letter."""
    shown = tuple(Picture(f"{letter}.png", "PNG", 900, 900, 9, letter * 64) for letter in pictures)
    return Dataset(sha256=mark * 64, size=99, pictures=shown, origin=origin)


def looked_at(dataset: Dataset) -> Inspected:
    return Inspected(dataset, Air("acme:stellar@1"), 1)


HANDED_OVER: tuple[Event, ...] = (Approved(UserId("U2"), NOON), Prepared(TASK))
TO_THE_END: tuple[Event, ...] = (*HANDED_OVER, Submitted(), Trained(Air("acme:stellar@1"), 12.0))
"""What happens to a run once its dataset was looked at."""


async def live(store: Store, run: Run, *events: Event) -> Run:
    """Put a run down and let these events happen to it."""

    def work(tx: Transaction) -> Run:
        tx.runs.add(run)
        return happen(tx, run, *events)

    return await store.write(work)


def happen(tx: Transaction, run: Run, *events: Event) -> Run:
    for event in events:
        run = tx.runs.record(run, event, due=None)
    return run

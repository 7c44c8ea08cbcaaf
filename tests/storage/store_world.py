"""Values to put into a store."""

from datetime import timedelta

from bot.domain.generation import Generation, GenerationRequest
from bot.domain.ids import Air, ChannelId, GenerationId, RunId, TaskId, UserId, WorkspaceId
from bot.domain.run import Run, TrainingRequest
from bot.domain.task import Task
from bot.ports import Card
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


def a_generation(key: str = "gen0000001") -> Generation:
    request = GenerationRequest(ACME, CHANNEL, ANN, "a red fox at dusk")
    return Generation(GenerationId(key), request, Air("acme:stellar@1"), "Stellar@1", NOON)

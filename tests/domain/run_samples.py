"""A run at any stage, and one sample of every fact."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.ballot import Expired
from bot.domain.facts import (
    Approved,
    Changed,
    Curated,
    Event,
    Inspected,
    Progressed,
    Recognised,
    Rejected,
    Reused,
    Trained,
    TrainedBefore,
    TrainingRequest,
    Unchanged,
    Undone,
    Unfit,
)
from bot.domain.ids import Air, ChannelId, RunId, TaskId, UserId, WorkspaceId
from bot.domain.run import Run, Stage
from bot.domain.task import (
    Adopted,
    Attempted,
    Cancelled,
    Delayed,
    Denied,
    Doubted,
    Failed,
    Failure,
    Prepared,
    Searched,
    Submitted,
    Task,
)
from tests.domain.ballot_samples import BALLOT_FACTS
from tests.fakes import DATASET, NOON

ANN, BEN = UserId("UANN"), UserId("UBEN")
AIR = Air("acme:stellar@1")
TASK = Task(TaskId("7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43"), "[]")
SAD = Failure("trainingFailed", "The training failed at Runware.")
EVENTS: dict[type[Event], Event] = {
    **{type(fact): fact for fact in BALLOT_FACTS},
    Expired: Expired(),
    Inspected: Inspected(DATASET, AIR, 1),
    Curated: Curated(ANN, ("fox-1.png",)),
    Changed: Changed("It is another."),
    Unchanged: Unchanged(("A picture is damaged.",)),
    Recognised: Recognised(TrainedBefore("Stellar@1", RunId("RUN0000000"))),
    Reused: Reused(ANN),
    Unfit: Unfit(("There are 3 pictures.",)),
    Approved: Approved(BEN, NOON + timedelta(seconds=30)),
    Undone: Undone(BEN),
    Rejected: Rejected(BEN, "too few foxes"),
    Prepared: Prepared(TASK),
    Attempted: Attempted(),
    Submitted: Submitted(),
    Delayed: Delayed("Runware does not answer."),
    Denied: Denied("Runware refuses the key."),
    Doubted: Doubted("nobody can say", ("Runware's task list says nothing of it.",)),
    Searched: Searched(("Runware's archive has no such task.",)),
    Adopted: Adopted(TASK),
    Progressed: Progressed(40),
    Trained: Trained(AIR, 12.0),
    Failed: Failed(SAD),
    Cancelled: Cancelled(ANN),
}
LATER = NOON + timedelta(minutes=1)


def a_run(stage: Stage = Stage.REQUESTED, **fields: object) -> Run:
    request = TrainingRequest(WorkspaceId("T1"), ChannelId("C1"), ANN, "https://acme.com/a.zip", "Stellar")
    run = Run.requested(RunId("RUN0000001"), request, at=NOON)
    return replace(run, stage=stage, **fields)  # type: ignore[arg-type]  # by name

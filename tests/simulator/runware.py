"""A Runware in a few tables: it takes each taskUUID once, charges for it, and tells how far it is.

It knows what the bot asks of it and nothing else. With `has_conflict_check` off it starts, and charges,
whatever arrives.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulator.plan import Refusal

Row = dict[str, Any]
TRAINING, IMAGE = "training", "imageInference"
PAID = (TRAINING, IMAGE)
DRAWING_SECONDS = 9.0
TOP_UP = 402
NO = {401: "invalidApiKey", TOP_UP: "insufficientCredits", 403: "permissionDenied"}
TRAINING_PRICE, PICTURE_PRICE = 12.0, 0.02


@dataclass
class Job:
    """What it was asked to do under one taskUUID, and when it began."""

    order: Row
    began: float
    number: int
    seconds: float
    answers: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Refused:
    """A request that was refused for the sake of our key or balance: when, and whether it was a paid one."""

    at: float
    is_paid: bool


@dataclass(frozen=True)
class Charge:
    """Money taken: for which task, and for which of ours by the name that the order gave."""

    task: str
    kind: str
    subject: str
    amount: float


class SimRunware:
    """The other side of the wire: bodies in, bodies out."""

    def __init__(
        self,
        clock: Callable[[], float],
        note: Callable[[str], None],
        *,
        training_seconds: float,
        has_conflict_check: bool = True,
        tells_cost: bool = True,
        refusal: Refusal | None = None,
    ) -> None:
        self.jobs: dict[str, Job] = {}
        self.charges: list[Charge] = []
        self.asked: list[tuple[str, str]] = []
        """Every paid order that arrived: its taskUUID and its bytes."""
        self.begun: Callable[[Row, float], None] = lambda order, seconds: None
        """Called with what was begun, and how many seconds it takes."""
        self.refused: list[Refused] = []
        self._refusal = refusal
        self._clock = clock
        self._note = note
        self._training_seconds = training_seconds
        self._has_conflict_check = has_conflict_check
        self._tells_cost = tells_cost

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Do what is asked; return the status and the body of the answer."""
        orders: list[Row] = json.loads(body)
        if status := self._refuses(orders):
            return status, json.dumps({"errors": [{"code": NO[status], "message": "no"}]}).encode()
        rows: list[Row] = []
        errors: list[Row] = []
        for order in orders:
            if order["taskType"] in PAID:
                self.asked.append((order["taskUUID"], body.decode()))
            self._carry_out(order, rows, errors)
        told: Row = {"data": rows}
        if errors:
            told["errors"] = errors
        return (400 if errors and not rows else 200), json.dumps(told).encode()

    def _refuses(self, orders: list[Row]) -> int:
        """Return the status of the refusal that these get now, or 0."""
        refusal, now = self._refusal, self._clock()
        is_paid = any(order["taskType"] in PAID for order in orders)
        if not (refusal and refusal.begins <= now < refusal.ends) or (
            refusal.status == TOP_UP and not is_paid
        ):
            return 0
        self._note(f"Runware answers {refusal.status}")
        self.refused.append(Refused(now, is_paid))
        return refusal.status

    def _carry_out(self, order: Row, rows: list[Row], errors: list[Row]) -> None:
        task = order["taskUUID"]
        match order["taskType"]:
            case "training" | "imageInference" as kind:
                if task in self.jobs and self._has_conflict_check:
                    self._note(f"Runware knows {kind} {task[:8]} already")
                    errors.append({"code": "conflictTaskUUID", "message": "taken", "taskUUID": task})
                else:
                    rows.append(self._begin(kind, order))
            case "getResponse":
                if job := self.jobs.get(task):
                    rows.extend(self._state(task, job))
            case "getTaskDetails":
                if job := self.jobs.get(task):
                    rows.append(self._details(task, job))
            case "accountManagement":
                rows.append(
                    {"taskType": "accountManagement", "taskUUID": task, "AIRSource": "acme", "balance": 99.0}
                )

    def _begin(self, kind: str, order: Row) -> Row:
        task = order["taskUUID"]
        number = int(order.get("numberResults", 1))
        seconds = self._training_seconds if kind == TRAINING else DRAWING_SECONDS
        subject = order["importModel"]["uniqueIdentifier"] if kind == TRAINING else order["positivePrompt"]
        self._note(f"Runware takes and charges {kind} {task[:8]}")
        self.charges.append(Charge(task, kind, subject, _price(kind) * number))
        ack: Row = {"taskType": kind, "taskUUID": task}
        self.jobs.setdefault(task, Job(order, self._clock(), number, seconds, [ack]))
        self.begun(order, seconds)
        return ack

    def told(self, task: str) -> list[Row]:
        """Return what is told of a task that there is."""
        return self._state(task, self.jobs[task])

    def _state(self, task: str, job: Job) -> list[Row]:
        """Return the rows that tell how far a task is, one for each picture."""
        kind, done = job.order["taskType"], (self._clock() - job.began) / job.seconds
        head: Row = {"taskType": kind, "taskUUID": task}
        cost = {"cost": _price(kind)} if self._tells_cost else {}
        if done < 1:
            return [
                head | {"status": "processing"} | ({"progress": int(done * 100)} if kind == TRAINING else {})
            ]
        if kind == TRAINING:
            air = job.order["importModel"]["air"]
            return [head | {"status": "success", "air": air} | cost]
        return [
            head
            | cost
            | {
                "status": "success",
                "imageUUID": f"{task[:8]}-{place}",
                "imageURL": f"https://im.runware.ai/{task}/{place}.jpg",
            }
            for place in range(job.number)
        ]

    def _details(self, task: str, job: Job) -> Row:
        return {
            "taskType": "getTaskDetails",
            "taskUUID": task,
            "request": [job.order],
            "response": {"data": self._state(task, job)},
        }


def _price(kind: str) -> float:
    """Return what a training costs, or one picture."""
    return TRAINING_PRICE if kind == TRAINING else PICTURE_PRICE

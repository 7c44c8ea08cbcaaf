"""A Runware without a network: it knows tasks, answers looks at them, and can be told to misbehave."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from bot.domain.errors import Unavailable
from bot.domain.ids import TaskId
from bot.runware.client import RunwareClient

Reply = tuple[int, bytes] | None
ANONYMOUS = b'{"errors":[{"code":"invalidRequest","message":"not an array"}]}'


def named(number: int) -> TaskId:
    return TaskId(f"00000000-0000-4000-8000-{number:012}")


async def settled() -> None:
    """Let all that is ready to run do so: to wait for a moment would let a busy machine do less in it."""
    for _ in range(50):
        await asyncio.sleep(0)


@dataclass
class HandClock:
    """A clock that is moved by hand."""

    now: datetime = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **spans: float) -> None:
        self.now += timedelta(**spans)


@dataclass
class SmallMouth:
    """Answers looks from `rows` and `faults` (each by task), and anything else from `replies`, in order.

    `of_batches` is what it says to several looks at once, where it does not take them. It answers once `gate`
    is open; None as a reply is no answer.
    """

    rows: dict[TaskId, list[dict[str, object]]] = field(default_factory=dict)
    faults: dict[TaskId, list[dict[str, object]]] = field(default_factory=dict)
    status: int = 200
    of_batches: list[Reply] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    retry_after: str | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    bodies: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def asked(self) -> list[list[TaskId]]:
        """The tasks that each request was about."""
        return [[task["taskUUID"] for task in json.loads(body)] for body in self.bodies]

    async def exchange(self, body: bytes) -> tuple[int, bytes, str | None]:
        self.bodies.append(body.decode())
        await self.gate.wait()
        tasks = [task["taskUUID"] for task in json.loads(body)]
        if len(tasks) > 1 and self.of_batches:
            reply = self.of_batches.pop(0)
        elif self.replies:
            reply = self.replies.pop(0)
        else:
            reply = self._told(tasks)
        if reply is None:
            raise Unavailable("Nobody there.")
        return (*reply, self.retry_after)

    def _told(self, tasks: list[TaskId]) -> Reply:
        rows = [{"taskUUID": task, **row} for task in reversed(tasks) for row in self.rows.get(task, [])]
        faults = [{"taskUUID": task, **fault} for task in tasks for fault in self.faults.get(task, [])]
        status = self.status if faults else 200
        return status, json.dumps({"data": rows, "errors": faults}).encode()


def client_of(
    mouth: SmallMouth, *, clock: HandClock | None = None, places: int = 4, total_seconds: float = 20
) -> RunwareClient:
    return RunwareClient(
        mouth, clock=clock or HandClock(), rng=Random(4), places=places, total_seconds=total_seconds
    )

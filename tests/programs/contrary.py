"""A Runware whose ways can be changed, to see what the contract probe makes of them."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import Unavailable

PRICE = 0.02
Json = dict[str, Any]


@dataclass
class ContraryRunware:
    """A Runware with a memory, whose ways can be changed; it speaks as a Mouth."""

    conflicts: bool = True
    conflicts_when_done: bool = True
    books_conflicts: bool = False
    knows_all: bool = False
    archives: bool = True
    archived_more: Json = field(default_factory=dict)
    takes_batches: bool = True
    states_cost: bool = True
    account_fault: str = ""
    """The code with which it refuses to state the account."""
    silent_on: set[str] = field(default_factory=set)
    """Task types that are done, but whose answers are lost."""
    loses_next: bool = False
    """The next request is lost on its way: nothing of it arrives."""
    loses_answers: int = 0
    """So many answers to the next requests for pictures are lost; what was asked for is done."""
    host: str = "im.runware.ai"
    looks_until_done: int = 2
    shows_within: float = 0.0
    """Seconds until the account shows a charge that came after the first."""
    charges: int = 0
    charged_at: float = 0.0
    tasks: dict[str, Json] = field(default_factory=dict)
    looks: int = 0

    async def exchange(self, body: bytes) -> tuple[int, bytes, str | None]:
        tasks: list[Json] = json.loads(body)
        await asyncio.sleep(0)
        if self.loses_next and tasks[0]["taskType"] == "imageInference":
            self.loses_next = False
            raise Unavailable("It was lost.")
        if len(tasks) > 1 and not self.takes_batches:
            return 400, json.dumps({"errors": [{"code": "invalidRequest"}]}).encode(), None
        rows: list[Json] = []
        errors: list[Json] = []
        for task in tasks:
            getattr(self, f"_{task['taskType']}")(task, rows, errors)
        if self.silent_on & {task["taskType"] for task in tasks}:
            raise Unavailable("The answer was lost.")
        if self.loses_answers and tasks[0]["taskType"] == "imageInference":
            self.loses_answers -= 1
            raise Unavailable("The answer was lost.")
        told = json.dumps({"data": rows, "errors": errors}).encode()
        return 400 if errors and not rows else 200, told, None

    def _imageInference(self, task: Json, rows: list[Json], errors: list[Json]) -> None:  # noqa: N802 - Runware's word
        known = task["taskUUID"] in self.tasks
        if known and (self.conflicts_when_done if self._is_done else self.conflicts):
            errors.append(_error(task, "conflictTaskUUID"))
            if self.books_conflicts and not self._is_done:
                self._charge()
            return
        self._charge()
        self.tasks[task["taskUUID"]] = task
        rows.append({"taskType": task["taskType"], "taskUUID": task["taskUUID"]})

    def _getResponse(self, task: Json, rows: list[Json], errors: list[Json]) -> None:  # noqa: N802 - the same
        del errors
        row = {"taskType": "imageInference", "taskUUID": task["taskUUID"]}
        if task["taskUUID"] in self.tasks:
            self.looks += 1
            done = {"status": "success", "imageUUID": "a", "imageURL": f"https://{self.host}/a.jpg"}
            cost = {"cost": PRICE} if self.states_cost else {}
            rows.append({**row, **done, **cost} if self._is_done else {**row, "status": "processing"})
        elif self.knows_all:
            rows.append({**row, "status": "processing"})

    def _getTaskDetails(self, task: Json, rows: list[Json], errors: list[Json]) -> None:  # noqa: N802 - the same
        known = self.tasks.get(task["taskUUID"])
        if known is None or not self.archives:
            errors.append(_error(task, "taskFailedOrNotFound"))
            return
        answer = {"taskType": "imageInference", "taskUUID": task["taskUUID"], "status": "success"}
        rows.append({**task, "request": [{**known, **self.archived_more}], "response": {"data": [answer]}})

    def _accountManagement(self, task: Json, rows: list[Json], errors: list[Json]) -> None:  # noqa: N802 - the same
        if self.account_fault:
            errors.append(_error(task, self.account_fault))
            return
        is_late = time.monotonic() < self.charged_at + self.shows_within
        shown = min(self.charges, 1) if is_late else self.charges
        rows.append({**task, "balance": {"amount": 10 - PRICE * shown}})

    def _charge(self) -> None:
        self.charges += 1
        self.charged_at = time.monotonic()

    @property
    def _is_done(self) -> bool:
        return self.looks >= self.looks_until_done


def _error(task: Json, code: str) -> Json:
    return {"code": code, "message": "No.", "taskUUID": task["taskUUID"], "taskType": task["taskType"]}

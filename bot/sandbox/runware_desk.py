"""The Runware fake's desk: takes one task, holds it against the account, and answers it.

It decides at once and from the record alone; fetching, drawing and HTTP are elsewhere.
"""

import base64
import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.sandbox.runware_book import Book, Job
from bot.sandbox.runware_faults import FATES, TWICE, Faults
from bot.sandbox.runware_rules import Error, Task, error, errors_in
from bot.sandbox.runware_studio import file_name

PAID = frozenset({"training", "imageInference"})
Outcome = tuple[list[Task], list[Error]]


class RefusedError(Exception):
    """The task is not taken; `errors` say why, in the provider's words."""

    def __init__(self, *errors: Error) -> None:
        super().__init__(*(error["code"] for error in errors))
        self.errors = list(errors)


class Desk:
    """Answers tasks for one account; `seconds` says how long a job takes in all."""

    def __init__(  # noqa: PLR0913 - it stands between the record, the faults and the clock
        self,
        book: Book,
        faults: Faults,
        *,
        namespace: str,
        results: Path,
        results_url: str,
        seconds: Callable[[Job], float],
        clock: Callable[[], float],
    ) -> None:
        self._book = book
        self._faults = faults
        self._namespace = namespace
        self._results = results
        self._results_url = results_url
        self._seconds = seconds
        self._clock = clock

    def answer(self, task: Task) -> Outcome:
        """Judge one task, do it, and return its (data, errors); nothing here waits. Raises RefusedError."""
        wrong = errors_in(task)
        if wrong:
            raise RefusedError(*wrong)
        does: dict[str, Callable[[Task], Outcome]] = {
            "training": self._train,
            "imageInference": self._infer,
            "getResponse": self._response,
            "getTaskDetails": self._details,
            "accountManagement": self._account,
            "modelSearch": self._search,
            "ping": lambda task: ([{**task, "ping": True, "pong": True}], []),
        }
        return does[task["taskType"]](task)

    def told(self, job: Job) -> Outcome:
        """Return all that is to be said of `job` by now, pictures as the task wants them delivered."""
        data, errors = job.items(self._clock(), self._seconds(job))
        pictures = {one["imageUUID"]: one for one in job.pictures}
        for item in data:
            if "imageUUID" in item:
                item.update(self._media(job, file_name(job, pictures[item["imageUUID"]])))
        return data, errors

    # ── what costs money ─────────────────────────────────────────────────────────────────────────────────

    def _train(self, task: Task) -> Outcome:
        self._check_is_new(task)
        air = task["importModel"]["air"]
        if air.partition(":")[0] != self._namespace:
            text = f"The AIR must be in your own namespace, '{self._namespace}'."
            raise RefusedError(
                error(task, "modelOwnershipValidationError", text, parameter="importModel.air")
            )
        if self._book.training_of(air):
            text = f"A model with the AIR '{air}' exists already."
            raise RefusedError(error(task, "modelAlreadyExists", text, parameter="importModel.air"))
        return self._accept(Job(task, self._clock()))

    def _infer(self, task: Task) -> Outcome:
        self._check_is_new(task)
        if not self._is_live(task["model"]):
            text = f"Unknown model '{task['model']}'."
            raise RefusedError(error(task, "unknownModel", text, parameter="model"))
        pictures = [_planned(task["taskUUID"], index) for index in range(task.get("numberResults", 1))]
        return self._accept(Job(task, self._clock(), pictures))

    def _check_is_new(self, task: Task) -> None:
        """Refuse a UUID that was accepted before: a conflict, for ever, and free of charge."""
        if task["taskUUID"] in self._book.jobs:
            text = "A task with this taskUUID was already received."
            raise RefusedError(error(task, "conflictTaskUUID", text, parameter="taskUUID"))

    def _accept(self, job: Job) -> Outcome:
        if self._book.balance() < self._book.cost_of(job):
            raise RefusedError(
                error(job.task, "insufficientCredits", "The balance is too low for this task.")
            )
        job.fate = self._faults.take(FATES | TWICE, {job.task["taskType"]})
        self._book.accept(job)
        return [{key: job.task[key] for key in ("taskType", "taskUUID")}], []

    # ── what is asked ────────────────────────────────────────────────────────────────────────────────────

    def _response(self, task: Task) -> Outcome:
        """Tell the whole state of a job; of an unknown one, nothing at all."""
        job = self._book.jobs.get(task["taskUUID"])
        if job is None:
            return [], []
        if job.fate is None and not job.is_over(self._clock(), self._seconds(job)):
            job.fate = self._faults.take(FATES, {job.task["taskType"]})
        return self.told(job)

    def _details(self, task: Task) -> Outcome:
        job = self._book.jobs.get(task["taskUUID"])
        if job is None:
            raise RefusedError(error(task, "taskFailedOrNotFound", "There is no task of this taskUUID."))
        data, errors = self.told(job)
        return [
            {**task, "request": [job.task], "response": {"errors": errors} if errors else {"data": data}}
        ], []

    def _account(self, task: Task) -> Outcome:
        use = {"credits": self._book.spent(), "requests": len(self._book.charges)}
        about = {
            "organizationName": "Sandbox",
            "organizationUUID": str(uuid.uuid5(uuid.NAMESPACE_DNS, self._namespace)),
            "balance": {"amount": self._book.balance(), "freeBalance": 0.0, "currency": "USD"},
            "AIRSource": self._namespace,
            "team": [],
            "apiKeys": [],
            "usage": dict.fromkeys(("today", "last7Days", "last30Days", "total"), use),
        }
        return [{**task, **about}], []

    def _search(self, task: Task) -> Outcome:
        """List the account's live models; the platform's own ones are not here to be found."""
        wanted = task.get("search", "").lower()
        models = [job.task["importModel"] for job in self._book.trainings()]
        found = [
            _listed(model) for model in models if self._is_live(model["air"]) and wanted in str(model).lower()
        ]
        if task.get("visibility", "owned") not in {"owned", "private"}:
            found = [model for model in found if not model["private"]]
        first = task.get("offset", 0)
        shown = found[first : first + task.get("limit", 20)]
        about = {key: task[key] for key in ("taskType", "taskUUID")}
        return [{**about, "totalResults": len(found), "results": shown}], []

    # ── what follows from the record ─────────────────────────────────────────────────────────────────────

    def _media(self, job: Job, name: str) -> dict[str, str]:
        kind = job.task.get("outputType", "URL")
        if kind == "URL":
            return {"imageURL": f"{self._results_url}/{name}"}
        text = base64.b64encode((self._results / name).read_bytes()).decode()
        if kind == "base64Data":
            return {"imageBase64Data": text}
        return {"imageDataURI": f"data:image/{name.rpartition('.')[2].replace('jpg', 'jpeg')};base64,{text}"}

    def _is_live(self, air: str) -> bool:
        job = self._book.training_of(air)
        items = job.items(self._clock(), self._seconds(job))[0] if job else []
        return any(item["status"] == "success" for item in items)


def _planned(task_uuid: str, index: int) -> dict[str, Any]:
    """Return the plan of one picture; the same task always plans the same, so a restart repeats nothing."""
    digest = hashlib.sha256(f"{task_uuid}/{index}".encode()).digest()
    image = str(uuid.UUID(bytes=digest[:16], version=4))
    return {"imageUUID": image, "seed": int.from_bytes(digest[16:20], "big") >> 1, "done": False}


def _listed(model: Task) -> Task:
    known = ("air", "name", "version", "shortDescription")
    return {
        **{key: value for key, value in model.items() if key in known},
        "category": "checkpoint",
        "architecture": "exactly-illustrative",
        "capabilities": ["text-to-image"],
        "source": model["air"].partition(":")[0],
        "heroImage": model.get("heroImageURL"),
        "private": model.get("private", False),
    }

"""What the Runware fake has accepted: jobs, charges and requests, kept on a shelf.

A job's answer is worked out from its record and the clock, so a restarted service tells the same story on.
Nothing here fetches, draws or listens.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.sandbox.runware_rules import Error, Task
from bot.sandbox.shelf import JsonShelf

OPENING_BALANCE = 500.0  # USD
PRICES = {
    "training": 12.0,
    "low": 0.02,
    "high": 0.05,
}  # USD, for a training, and for a picture by its quality
FAILS_AFTER = 0.25  # of the usual time: a bad dataset is found out early, but not at once
_FAILED = {"code": "taskFailed", "message": "The task could not be completed."}


@dataclass
class Job:
    """A task that was accepted and charged; `task` is the request as it came.

    `verdict` is `{"style": {...}}` or `{"error": {code, message}}` once a training's dataset was judged, and
    the error of a picture task that cannot be drawn. `pictures` holds one `{imageUUID, seed, file, done}` per
    result asked for; `fate` is the fault that a test put on the job; `is_told` says
    that its end was reported to its webhook (or that it has none). `dataset` is `{sha256, bytes}` of what was
    fetched to train on, once it was. `price` is what one result cost when it was accepted, in USD.
    """

    task: Task
    accepted_at: float
    pictures: list[dict[str, Any]] = field(default_factory=list)
    verdict: dict[str, Any] | None = None
    fate: dict[str, Any] | None = None
    is_told: bool = False
    dataset: dict[str, Any] | None = None
    price: float = 0.0

    @property
    def uuid(self) -> str:
        """The taskUUID."""
        return str(self.task["taskUUID"])

    @property
    def is_training(self) -> bool:
        """Whether it trains a style (otherwise it draws pictures)."""
        return bool(self.task["taskType"] == "training")

    @property
    def kind(self) -> str:
        """What its price is listed under: `training`, or the quality of its pictures."""
        return "training" if self.is_training else str(self.task.get("settings", {}).get("quality", "low"))

    @property
    def failure(self) -> dict[str, str] | None:
        """The `{code, message}` it will end with, as far as is known."""
        told = dict((self.verdict or {}).get("error", {}))
        if self.fate and self.fate["kind"].startswith("error_"):
            told = {**_FAILED, **told, **{k: self.fate[k] for k in ("code", "message") if k in self.fate}}
        return told or None

    def items(self, now: float, seconds: float) -> tuple[list[Task], list[Error]]:
        """Return the (data, errors) that getResponse tells at `now`, all taking `seconds` in all."""
        elapsed = now - self.accepted_at
        if self.fate and self.fate["kind"] == "processing_forever":
            return [self._item("processing", **({"progress": 99} if self.is_training else {}))], []
        if self.failure and elapsed >= FAILS_AFTER * seconds:
            return self._failed(self.failure)
        if self.is_training:
            return [self._training_item(elapsed, seconds)], []
        shown = zip(self.pictures, self._shares(), strict=True)
        return [self._picture_item(one, is_due=elapsed >= share * seconds) for one, share in shown], []

    def is_over(self, now: float, seconds: float) -> bool:
        """Whether nothing of it is still to come."""
        data, errors = self.items(now, seconds)
        return bool(errors) or all(item["status"] != "processing" for item in data)

    def _shares(self) -> list[float]:
        return [(index + 1) / len(self.pictures) for index in range(len(self.pictures))]

    def _item(self, status: str, **more: object) -> Task:
        about = {key: self.task[key] for key in ("taskType", "taskUUID")}
        return {**about, "status": status, **more}

    def _cost(self) -> dict[str, float]:
        fate = (self.fate or {}).get("kind")
        if not self.task.get("includeCost") or fate == "cost_missing":
            return {}
        return {"cost": 0.0 if fate == "cost_zero" else self.price}

    def _training_item(self, elapsed: float, seconds: float) -> Task:
        if elapsed >= seconds and self.verdict and not self.failure:
            return self._item("success", air=self.task["importModel"]["air"], **self._cost())
        return self._item("processing", progress=max(0, min(99, int(100 * elapsed / (seconds or 1)))))

    def _picture_item(self, picture: dict[str, Any], *, is_due: bool) -> Task:
        if not (is_due and picture["done"]):
            return self._item("processing")
        told = {"NSFWContent": False} if self.task.get("safety", {}).get("checkContent") else {}
        return self._item(
            "success", imageUUID=picture["imageUUID"], seed=picture["seed"], **self._cost(), **told
        )

    def _failed(self, why: dict[str, str]) -> tuple[list[Task], list[Error]]:
        """Word the failure in the form that the fate asks for; form A (nested in the item) by default."""
        about = {key: self.task[key] for key in ("taskType", "taskUUID")}
        match (self.fate or {}).get("kind", "error_a"):
            case "error_b":
                return [], [{**why, **about}]
            case "error_c":
                return [self._item("error", **why)], []
        return [self._item("error", error=why)], []


class Book:
    """All that was asked and accepted; the ledger that tests read."""

    def __init__(self, shelf: JsonShelf) -> None:
        self._shelf = shelf
        kept = shelf.load() or {}
        self.requests: list[Any] = kept.get("requests", [])
        self.charges: list[dict[str, Any]] = kept.get("charges", [])
        self.jobs: dict[str, Job] = {uuid: Job(**job) for uuid, job in kept.get("jobs", {}).items()}
        self.paid_in: float = kept.get("paid_in", OPENING_BALANCE)
        self.prices: dict[str, float] = {**PRICES, **kept.get("prices", {})}

    def set_account(
        self, *, balance: float | None = None, prices: Mapping[str, float | int] | None = None
    ) -> None:
        """Let the balance be `balance` and the named prices be those, from now on and in USD.

        What was accepted before keeps its price. Raises ValueError where that is no amount or no such price.
        """
        amounts = [*(prices or {}).values(), *([] if balance is None else [balance])]
        if not set(prices or {}) <= set(PRICES) or not all(type(it) in {int, float} for it in amounts):
            raise ValueError(f"amounts in USD: balance, and prices of {', '.join(PRICES)}")
        if balance is not None:
            self.paid_in = balance + self.spent()
        self.prices |= prices or {}
        self.save()

    def balance(self) -> float:
        """Return what is left, in USD."""
        return round(self.paid_in - self.spent(), 4)

    def cost_of(self, job: Job) -> float:
        """Return what all of `job` would cost now, in USD."""
        return round(self.prices[job.kind] * max(1, len(job.pictures)), 4)

    def accept(self, job: Job) -> None:
        """Take `job` and charge for all of it at once; both are on the shelf before this returns."""
        self.jobs[job.uuid] = job
        job.price, cost = self.prices[job.kind], self.cost_of(job)
        self.charges.append({"taskUUID": job.uuid, "taskType": job.task["taskType"], "cost": cost})
        self.save()

    def save(self) -> None:
        """Put everything on the shelf."""
        jobs = {uuid: asdict(job) for uuid, job in self.jobs.items()}
        account = {"paid_in": self.paid_in, "prices": self.prices}
        self._shelf.save({"requests": self.requests, "charges": self.charges, "jobs": jobs, **account})

    def spent(self) -> float:
        """Return all charges, in USD."""
        return round(sum(float(charge["cost"]) for charge in self.charges), 4)

    def trainings(self) -> Iterator[Job]:
        """Yield the trainings that were accepted, oldest first."""
        return (job for job in self.jobs.values() if job.is_training)

    def training_of(self, air: str) -> Job | None:
        """Return the newest training for `air` that has not failed."""
        of_it = [job for job in self.trainings() if job.task["importModel"]["air"] == air and not job.failure]
        return of_it[-1] if of_it else None

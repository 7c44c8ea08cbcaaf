"""A Runware-compatible API with a memory: it trains, draws, charges, and refuses what the real one refuses.

Training takes seconds and learns a palette and textures, not a model; the pictures are drawn by
`bot.sandbox.painter` and say so. It never follows an instruction that its reference pages do not know, and
it imports nothing of the bot it is there to try.
"""

import asyncio
import json
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox import runware_faults
from bot.sandbox.runware_book import Book, Job
from bot.sandbox.runware_desk import PAID, Desk, Outcome, RefusedError
from bot.sandbox.runware_faults import Faults
from bot.sandbox.runware_rules import Error, Task, error
from bot.sandbox.runware_studio import DOWNLOAD_WAITS, Studio, file_name
from bot.sandbox.shelf import JsonShelf

_STATUS = {"insufficientCredits": 402}  # every other refusal of a whole request is a 400
_PICTURES = (".jpg", ".jpeg", ".png", ".webp")


class RunwareService:
    """The service; mount `routes()`, call `close()` at the end.

    With `state`, a directory, everything accepted survives `kill -9`; without it, all is forgotten.
    """

    def __init__(  # noqa: PLR0913 - each is a knob of the account or of the pace that some test turns
        self,
        *,
        base_url: str,
        state: Path | None = None,
        api_key: str = "sandbox-key",
        training_seconds: float = 12.0,
        render_seconds: float = 3.0,
        namespace: str = "acme",
        download_waits: Sequence[float] = DOWNLOAD_WAITS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._pace = {True: training_seconds, False: render_seconds}
        self._clock = clock
        self._scratch = tempfile.TemporaryDirectory(prefix="sandbox-runware-") if state is None else None
        root = state if state is not None else Path(self._scratch.name)  # type: ignore[union-attr] # one of both
        self._results = root / "results"
        self._shop = root / "datasets"
        for folder in (self._results, self._shop):
            folder.mkdir(parents=True, exist_ok=True)
        self._offers: list[str] = []
        self._book = Book(JsonShelf(state / "runware.json" if state is not None else None))
        self._faults = Faults()
        self._studio = Studio(
            self._book, self._results, seconds=self._seconds, clock=clock, download_waits=download_waits
        )
        self._desk = Desk(
            self._book,
            self._faults,
            namespace=namespace,
            results=self._results,
            results_url=f"{self._base_url}/runware/results",
            seconds=self._seconds,
            clock=clock,
        )

    def routes(self) -> list[BaseRoute]:
        """Return the API, the finished pictures and the datasets on offer."""
        return [
            Route("/runware/v1", self._endpoint, methods=["POST"]),
            Route("/runware/results/{name}", self._result, methods=["GET"]),
            Route("/datasets/{name}", self._dataset, methods=["GET"]),
            Route("/sandbox/datasets/{name}", self._change_dataset, methods=["PUT"]),
            Route("/sandbox/account", self._change_account, methods=["POST"]),
        ]

    def ledger(self) -> dict[str, Any]:
        """Return what was asked and what it cost: `{requests, tasks, charges}`, oldest first.

        A training's task has the `dataset` that was fetched for it, `{sha256, bytes}`, null until then.
        """
        tasks = [self._entry(job) for job in self._book.jobs.values()]
        return {"requests": self._book.requests, "tasks": tasks, "charges": self._book.charges}

    def fault(self, spec: dict[str, Any]) -> None:
        """Order one misbehaviour, see `runware_faults`. Raises UnknownFaultError."""
        self._faults.order(spec)

    def clear_faults(self) -> None:
        """Behave again."""
        self._faults.clear()

    def add_dataset(self, name: str, content: bytes) -> None:
        """Put a ZIP on offer as `/datasets/<name>.zip`; a name again changes what lies behind the link.

        Whoever is reading the old one reads it to its end.
        """
        stem = name.removesuffix(".zip")
        if stem not in self._offers:
            self._offers.append(stem)
        beside = self._shop / f".{stem}.new"
        beside.write_bytes(content)
        beside.replace(self._shop / f"{stem}.zip")

    def datasets(self) -> list[dict[str, Any]]:
        """Return the datasets on offer as `{name, url, pictures}`: as they were added, older ones last."""
        before = sorted({it.stem for it in self._shop.glob("*.zip")} - set(self._offers))
        return [
            {
                "name": name,
                "url": f"{self._base_url}/datasets/{quote(name)}.zip",
                "pictures": _pictures_in(self._shop / f"{name}.zip"),
            }
            for name in (*self._offers, *before)
        ]

    def resume(self) -> None:
        """Go on with what was begun before a restart; needs a running loop. Any request does it, too."""
        self._studio.resume()

    async def close(self) -> None:
        """Stop working; what is on the shelf stays."""
        await self._studio.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    # ── over HTTP ────────────────────────────────────────────────────────────────────────────────────────

    async def _endpoint(self, request: Request) -> Response:
        """Answer one request: its tasks are judged one by one, and only a request that fails whole is 4xx."""
        try:
            body = json.loads(await request.body())
        except ValueError:
            return _refusal(400, error({}, "invalidJSON", "The body is not valid JSON."))
        if not isinstance(body, list) or not body or not all(isinstance(it, dict) for it in body):
            return _refusal(
                400, error({}, "invalidRequest", "You must always POST an array of task objects.")
            )
        types = {str(task.get("taskType")) for task in body}
        struck = self._faults.take(runware_faults.BEFORE, types)
        if struck:
            return runware_faults.answer_for(struck)
        tasks = self._authenticated(request, body)
        if tasks is None:
            why = "No valid API key provided." if _key_of(request, body) else "No API key provided."
            return JSONResponse({"errors": [error({}, "invalidApiKey", why)]}, 401)
        return await self._answer(tasks, types)

    async def _answer(self, tasks: list[Task], types: set[str]) -> Response:
        self.resume()
        slow = self._faults.take(runware_faults.SLOW, types)
        if slow:
            await asyncio.sleep(float(slow.get("retry_after") or 5))
        drop = self._faults.take(runware_faults.AFTER, types)
        self._book.requests.append(tasks)
        taken, refused = self._taken(tasks)
        if types & PAID:
            self._book.save()
            self.resume()
        if drop:
            return runware_faults.answer_for(drop)
        if refused and not taken:
            return _refusal(_STATUS.get(refused[0]["code"], 400), *refused)
        told = [await self._awaited(task, outcome) for task, outcome in taken]
        data = [item for items, _ in told for item in items]
        errors = [*refused, *(item for _, items in told for item in items)]
        return JSONResponse({"data": data, **({"errors": errors} if errors else {})})

    def _taken(self, tasks: list[Task]) -> tuple[list[tuple[Task, Outcome]], list[Error]]:
        """Answer each task by itself: one that is refused does not stop the others."""
        taken: list[tuple[Task, Outcome]] = []
        refused: list[Error] = []
        for task in tasks:
            try:
                taken.append((task, self._desk.answer(task)))
            except RefusedError as refusal:
                refused.extend(refusal.errors)
        return taken, refused

    def _authenticated(self, request: Request, body: list[Task]) -> list[Task] | None:
        """Return the tasks without the one that carries the key; None where no good key was given."""
        if _key_of(request, body) != self._api_key:
            return None
        return [task for task in body if task.get("taskType") != "authentication"]

    async def _result(self, request: Request) -> Response:
        name = request.path_params["name"]
        for job in self._book.jobs.values():
            for picture in job.pictures:
                if file_name(job, picture) == name and picture["done"] and self._is_kept(job):
                    return FileResponse(self._results / name)
        return PlainTextResponse("Not found", 404)

    async def _dataset(self, request: Request) -> Response:
        for archive in self._shop.glob("*.zip"):
            if archive.name == request.path_params["name"]:
                return FileResponse(archive, media_type="application/zip")
        return PlainTextResponse("Not found", 404)

    async def _change_dataset(self, request: Request) -> Response:
        """Put other bytes behind the link of a dataset on offer, as its owner might at any time."""
        name = request.path_params["name"].removesuffix(".zip")
        if name not in {one["name"] for one in self.datasets()}:
            return JSONResponse({"ok": False, "error": "dataset_not_found"}, 404)
        self.add_dataset(name, await request.body())
        return JSONResponse({"ok": True})

    async def _change_account(self, request: Request) -> Response:
        """Set the balance and prices, `{balance?, prices?: {training?, low?, high?}}`, in USD."""
        try:
            self._book.set_account(**dict(await request.json()))
        except (TypeError, ValueError) as wrong:
            return JSONResponse({"ok": False, "error": str(wrong)}, 400)
        return JSONResponse({"ok": True})

    def _is_kept(self, job: Job) -> bool:
        ends = job.accepted_at + self._seconds(job) + job.task.get("ttl", float("inf"))
        return bool(self._clock() <= ends)

    async def _awaited(self, task: Task, outcome: Outcome) -> Outcome:
        """Replace the acknowledgement of a picture task asked for in sync by its results."""
        if task["taskType"] != "imageInference" or task.get("deliveryMethod") == "async":
            return outcome
        job = self._book.jobs[task["taskUUID"]]
        await self._studio.wait_for(job)
        return self._desk.told(job)

    def _seconds(self, job: Job) -> float:
        return self._pace[job.is_training]

    def _entry(self, job: Job) -> dict[str, Any]:
        data, errors = job.items(self._clock(), self._seconds(job))
        states = {item["status"] for item in data} | {"error" for _ in errors}
        status = next(word for word in ("processing", "error", "success") if word in states)
        about = {key: job.task[key] for key in ("taskUUID", "taskType")}
        more = {"dataset": job.dataset} if job.is_training else {}
        return {**about, "status": status, "accepted_at": job.accepted_at, "request": job.task, **more}


def _refusal(status: int, *errors: Error) -> JSONResponse:
    return JSONResponse({"data": [], "errors": list(errors)}, status)


def _key_of(request: Request, body: Iterable[Task]) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return key.strip()
    return next(
        (str(task.get("apiKey", "")) for task in body if task.get("taskType") == "authentication"), ""
    )


def _pictures_in(archive: Path) -> int:
    try:
        with zipfile.ZipFile(archive) as opened:
            names = opened.namelist()
    except (OSError, zipfile.BadZipFile):
        return 0
    return sum(name.lower().endswith(_PICTURES) and not name.startswith("__MACOSX") for name in names)

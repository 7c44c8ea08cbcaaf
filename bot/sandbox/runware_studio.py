"""The work behind the Runware fake: fetch a dataset, learn its style, draw, and tell the webhook.

Pictures are looked at and drawn in a process of their own (`python -m bot.sandbox.painter`), so the event
loop never stalls and the service's own memory never holds Pillow. What was begun before a crash is begun
again from the record.
"""

import asyncio
import hashlib
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from bot.sandbox.runware_book import Book, Job

_log = logging.getLogger(__name__)
_ROOT = Path(__file__).parents[2]
_LARGEST_DATASET = 600_000_000  # bytes
_ZIP = "application/zip"
_WEBHOOK_WAITS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds: doubling, capped at 8, as observed
DOWNLOAD_WAITS = (
    1.0,
    2.0,
    4.0,
    8.0,
    15.0,
)  # seconds: the real ones are not known; a host may be starting anew
_TICK = 0.05
_AT_ONCE = 2  # painters side by side

_SUFFIXES = {"JPG": "jpg", "PNG": "png", "WEBP": "webp"}


class PainterFailedError(RuntimeError):
    """The painter's process ended without an answer; the text is the last line it wrote."""


def file_name(job: Job, picture: dict[str, Any]) -> str:
    """Return the name under which a finished picture lies and is served."""
    return f"{picture['imageUUID']}.{_SUFFIXES[job.task.get('outputFormat', 'JPG')]}"


class Studio:
    """Works through jobs, one task of the event loop each, at most two painters at a time.

    `download_waits` are the seconds before each further try to reach the host of a dataset.
    """

    def __init__(
        self,
        book: Book,
        room: Path,
        *,
        seconds: Callable[[Job], float],
        clock: Callable[[], float],
        download_waits: Sequence[float] = DOWNLOAD_WAITS,
    ) -> None:
        self._book = book
        self._room = room
        self._seconds = seconds
        self._clock = clock
        self._download_waits = download_waits
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._work: dict[str, asyncio.Task[None]] = {}
        self._client: httpx.AsyncClient | None = None

    def resume(self) -> None:
        """Take up every job whose end was not told yet and that nobody works on; cheap to repeat."""
        for job in self._book.jobs.values():
            if not job.is_told and job.uuid not in self._work:
                self._work[job.uuid] = asyncio.create_task(self._carry_out(job))

    async def wait_for(self, job: Job) -> None:
        """Return when nothing of `job` is still to come."""
        while not job.is_over(self._clock(), self._seconds(job)):  # noqa: ASYNC110 - a clock sets no Event
            await asyncio.sleep(_TICK)

    async def close(self) -> None:
        """Stop all work and end the painters; the record stays as it is."""
        for task in self._work.values():
            task.cancel()
        await asyncio.gather(*self._work.values(), return_exceptions=True)
        self._work.clear()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _carry_out(self, job: Job) -> None:
        if job.is_training:
            await self._train(job)
        else:
            await self._render(job)
        if job.task.get("webhookURL"):
            await self.wait_for(job)
            await self._tell(job)
        job.is_told = True
        self._book.save()

    # ── training ─────────────────────────────────────────────────────────────────────────────────────────

    async def _train(self, job: Job) -> None:
        if job.verdict is None:
            job.verdict = await self._judge(job)
            self._book.save()

    async def _judge(self, job: Job) -> dict[str, Any]:
        """Fetch the dataset and return its verdict: a style, or why there is none."""
        link = job.task["inputs"]["dataset"]
        archive = self._room / f"{job.uuid}.zip"
        try:
            job.dataset = await self._fetched(link, archive)
            self._book.save()
            async with self._at_once:
                return await _painter({"do": "learn", "zip": str(archive)})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            _log.info("dataset of %s not fetched: %r", job.uuid, error)
            return _failure("downloadFailed", "The dataset could not be downloaded.")
        except PainterFailedError as error:
            _log.warning("dataset of %s not read: %s", job.uuid, error)
            return _failure("invalidDataset", "The dataset could not be read.")
        finally:
            archive.unlink(missing_ok=True)

    async def _fetched(self, link: str, to: Path) -> dict[str, Any]:
        """Download it, and try again where the connection fails: its host may be starting anew just now.

        An answer is an answer: one that is no dataset is not asked for twice.
        """
        for wait in self._download_waits:
            with suppress(httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError):
                return await self._download(link, to)
            await asyncio.sleep(wait)
        return await self._download(link, to)

    async def _download(self, link: str, to: Path) -> dict[str, Any]:
        """Write the file behind `link` to `to` and return its `{sha256, bytes}`. Raises httpx.HTTPError.

        Redirects are not followed, and what does not say its length or that it is a ZIP is not taken.
        """
        async with self._http().stream("GET", link, headers={"Accept-Encoding": "identity"}) as response:
            if fault := _unfit(response):
                raise httpx.HTTPStatusError(fault, request=response.request, response=response)
            size, digest = 0, hashlib.sha256()
            with to.open("wb") as file:
                async for chunk in response.aiter_raw():
                    size += len(chunk)
                    digest.update(chunk)
                    file.write(chunk)
        return {"sha256": digest.hexdigest(), "bytes": size}

    # ── pictures ─────────────────────────────────────────────────────────────────────────────────────────

    async def _render(self, job: Job) -> None:
        await asyncio.gather(*(self._draw(job, one) for one in job.pictures if not one["done"]))

    async def _draw(self, job: Job, picture: dict[str, Any]) -> None:
        training = self._book.training_of(job.task["model"])
        style = (training.verdict or {}).get("style") if training else None
        to = self._room / file_name(job, picture)
        try:
            async with self._at_once:
                await _painter(_drawing(job, picture, style, to))
        except PainterFailedError as error:
            _log.warning("picture of %s not drawn: %s", job.uuid, error)
            job.verdict = _failure("inferenceError", "The picture could not be drawn.")
        else:
            await self._upload(job, to)
            picture["done"] = True
        self._book.save()

    async def _upload(self, job: Job, picture: Path) -> None:
        endpoint = job.task.get("uploadEndpoint")
        if endpoint:
            try:
                await self._http().put(endpoint, content=await asyncio.to_thread(picture.read_bytes))
            except httpx.HTTPError as error:
                _log.warning("picture of %s not uploaded: %r", job.uuid, error)

    # ── webhooks ─────────────────────────────────────────────────────────────────────────────────────────

    async def _tell(self, job: Job) -> None:
        """POST each result, flat, in a request of its own; errors of form B come in a list."""
        data, errors = job.items(self._clock(), self._seconds(job))
        for body in [*data, *({"errors": [error]} for error in errors)]:
            for _ in range(2 if (job.fate or {}).get("kind") == "duplicate" else 1):
                await self._post(job.task["webhookURL"], body)

    async def _post(self, url: str, body: dict[str, Any]) -> None:
        for wait in (*_WEBHOOK_WAITS, None):
            try:
                response = await self._http().post(url, json=body, timeout=5)
            except httpx.HTTPError as error:
                _log.info("webhook not reached: %s", type(error).__name__)
            else:
                if response.is_success:
                    return
            if wait is not None:
                await asyncio.sleep(wait)

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False, timeout=30)
        return self._client


def _unfit(response: httpx.Response) -> str:
    """Say why an answer is no dataset to fetch, in a word; empty where it is one."""
    length = response.headers.get("content-length", "")
    if response.status_code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        return f"status {response.status_code}"
    if not length.isdigit() or int(length) > _LARGEST_DATASET:
        return "no length, or too long"
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return "" if kind == _ZIP else f"type {kind or 'unknown'}"


def _failure(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _drawing(job: Job, picture: dict[str, Any], style: object, to: Path) -> dict[str, Any]:
    task = job.task
    return {
        "do": "paint",
        "style": style,
        "prompt": task["positivePrompt"],
        "width": task["width"],
        "height": task["height"],
        "quality": task.get("settings", {}).get("quality", "low"),
        "seed": picture["seed"],
        "format": task.get("outputFormat", "JPG"),
        "compression": task.get("outputQuality", 95),
        "to": str(to),
    }


async def _painter(order: dict[str, Any]) -> dict[str, Any]:
    """Have a painter's process carry out one order; the process ends with this call, however that ends."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.sandbox.painter",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    try:
        out, err = await process.communicate(json.dumps(order).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        lines = err.decode(errors="replace").strip().splitlines()
        raise PainterFailedError(lines[-1] if lines else f"exit {process.returncode}")
    answer: dict[str, Any] = json.loads(out)
    return answer

"""A Runware fake on a real port, and a client that speaks to it as the bot would."""

import asyncio
import io
import socket
import uuid
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.sandbox.app import IDLE_SECONDS
from bot.sandbox.runware import RunwareService

TEAL, SAND, INK = (20, 120, 120), (240, 222, 180), (16, 16, 24)


def dataset(pictures: int = 10) -> bytes:
    """Pictures in one hand: sand ground, teal shapes, a thick dark line."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for index in range(pictures):
            picture = Image.new("RGB", (220, 220), SAND)
            box = (50 + index, 60, 160, 170 - index)
            ImageDraw.Draw(picture).ellipse(box, fill=TEAL, outline=INK, width=6)
            out = io.BytesIO()
            picture.save(out, "PNG")
            archive.writestr(f"shape-{index}.png", out.getvalue())
    return packed.getvalue()


def new_uuid() -> str:
    return str(uuid.uuid4())


def training(link: str, **changes: object) -> dict[str, Any]:
    task = {
        "taskType": "training",
        "taskUUID": new_uuid(),
        "model": "exactly:illustrative@training",
        "inputs": {"dataset": link},
        "importModel": {"air": "acme:stellar@1", "name": "Stellar", "private": True},
        "includeCost": True,
    }
    return {**task, **changes}


def image(**changes: object) -> dict[str, Any]:
    task = {
        "taskType": "imageInference",
        "taskUUID": new_uuid(),
        "model": "acme:stellar@1",
        "positivePrompt": "a red fox on a rock",
        "width": 1024,
        "height": 1024,
        "deliveryMethod": "async",
        "includeCost": True,
    }
    return {**task, **changes}


class Lab:
    """The service, where it listens, and a client with the right key."""

    def __init__(self, service: RunwareService, url: str, client: httpx.AsyncClient) -> None:
        self.service = service
        self.url = url
        self.client = client

    async def post(self, *tasks: dict[str, Any]) -> httpx.Response:
        return await self.client.post("/runware/v1", json=list(tasks))

    async def look(self, task: dict[str, Any]) -> dict[str, Any]:
        answer = await self.post({"taskType": "getResponse", "taskUUID": task["taskUUID"]})
        body: dict[str, Any] = answer.json()
        return body

    async def outcome(self, task: dict[str, Any]) -> dict[str, Any]:
        """Poll until nothing of the task is still processing."""
        for _ in range(600):
            body = await self.look(task)
            if body.get("errors") or all(item["status"] != "processing" for item in body["data"]):
                return body
            await asyncio.sleep(0.1)
        raise AssertionError("never over")

    async def train(self, link: str = "", **changes: object) -> dict[str, Any]:
        """Have a style trained and return its task."""
        self.service.add_dataset("shapes", dataset())
        task = training(link or f"{self.url}/datasets/shapes.zip", **changes)
        assert (await self.post(task)).status_code == 200
        return task


@asynccontextmanager
async def listening(routes: Sequence[BaseRoute], listener: socket.socket) -> AsyncIterator[None]:
    """Serve `routes` on a socket that listens already."""
    app = Starlette(routes=list(routes))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", lifespan="off", timeout_keep_alive=IDLE_SECONDS)
    )
    serving = asyncio.create_task(server.serve([listener]))
    yield
    server.should_exit = True
    await serving


def new_listener() -> tuple[socket.socket, str]:
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def laboratory(
    state: Path | None = None, *, training_seconds: float = 0.6, download_waits: Sequence[float] = ()
) -> AsyncIterator[Lab]:
    listener, url = new_listener()
    service = RunwareService(
        base_url=url,
        state=state,
        training_seconds=training_seconds,
        render_seconds=0.2,
        download_waits=download_waits,
    )
    headers = {"Authorization": "Bearer sandbox-key"}
    async with (
        listening(service.routes(), listener),
        httpx.AsyncClient(base_url=url, headers=headers, trust_env=False, timeout=60) as client,
    ):
        yield Lab(service, url, client)
        await service.close()

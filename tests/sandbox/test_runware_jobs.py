"""The Runware fake's jobs: they take time, end in every shape, and outlive the process."""

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.runware_faults import UnknownFaultError
from tests.sandbox.runware_lab import Lab, dataset, image, laboratory, listening, new_listener, new_uuid


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with laboratory() as served:
        yield served


async def test_a_training_is_acknowledged_rises_and_ends_with_its_air() -> None:
    async with laboratory(training_seconds=1.5) as lab:
        task = await lab.train()
        seen = []
        while (item := (await lab.look(task))["data"][0])["status"] == "processing":
            seen.append(item["progress"])
            await asyncio.sleep(0.1)
        assert seen == sorted(seen)
        assert len(set(seen)) > 3
        about = {"taskType": "training", "taskUUID": task["taskUUID"]}
        assert item == {**about, "status": "success", "air": "acme:stellar@1", "cost": 12.0}
        asked = {
            "taskType": "modelSearch",
            "taskUUID": new_uuid(),
            "search": "stellar",
            "visibility": "owned",
        }
        found = (await lab.post(asked)).json()["data"][0]
        assert [model["air"] for model in found["results"]] == ["acme:stellar@1"]


@pytest.mark.parametrize("content", [dataset(9), b"not a zip"])
async def test_an_unfit_dataset_is_found_out_later_as_a_failure(lab: Lab, content: bytes) -> None:
    lab.service.add_dataset("bad", content)
    task = await lab.train(f"{lab.url}/datasets/bad.zip")
    item = (await lab.outcome(task))["data"][0]
    assert (item["status"], item["error"]["code"]) == ("error", "invalidDataset")


async def test_a_dataset_that_is_not_there_is_a_failed_download(lab: Lab) -> None:
    task = await lab.train(f"{lab.url}/datasets/none.zip")
    assert (await lab.outcome(task))["data"][0]["error"]["code"] == "downloadFailed"


async def test_pictures_come_as_asked_each_with_its_own_seed_and_cost(lab: Lab) -> None:
    await lab.outcome(await lab.train())
    task = image(numberResults=2, outputFormat="PNG", width=1088, settings={"quality": "high"})
    acknowledged = await lab.post(task)
    assert acknowledged.json() == {"data": [{key: task[key] for key in ("taskType", "taskUUID")}]}
    assert len((await lab.look(task))["data"]) == 2
    items = (await lab.outcome(task))["data"]
    assert len({item["imageUUID"] for item in items}) == len({item["seed"] for item in items}) == 2
    assert [item["cost"] for item in items] == [0.05, 0.05]
    assert lab.service.ledger()["charges"][-1]["cost"] == 0.1
    shown = await lab.client.get(items[0]["imageURL"])
    assert items[0]["imageURL"].startswith(f"{lab.url}/runware/results/")
    with Image.open(io.BytesIO(shown.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1088, 1024))


async def test_a_sync_task_brings_its_pictures_at_once(lab: Lab) -> None:
    await lab.outcome(await lab.train())
    task = image(
        deliveryMethod="sync", outputType="dataURI", outputFormat="WEBP", safety={"checkContent": True}
    )
    item = (await lab.post(task)).json()["data"][0]
    assert item["imageDataURI"].startswith("data:image/webp;base64,")
    assert item["NSFWContent"] is False
    details = {"taskType": "getTaskDetails", "taskUUID": task["taskUUID"]}
    told = (await lab.post(details)).json()["data"][0]
    assert told["request"] == [task]


async def test_a_failure_has_three_shapes(lab: Lab) -> None:
    shapes: dict[str, Any] = {}
    for index, kind in enumerate(("error_a", "error_b", "error_c")):
        lab.service.fault({"kind": kind, "method": "training", "code": "taskFailed", "message": "No."})
        model = {"air": f"acme:stellar@{index}", "name": "Stellar"}
        shapes[kind] = await lab.outcome(await lab.train(importModel=model))
    assert shapes["error_a"]["data"][0]["error"] == {"code": "taskFailed", "message": "No."}
    assert shapes["error_b"]["data"] == []
    assert shapes["error_b"]["errors"][0]["code"] == "taskFailed"
    assert shapes["error_c"]["data"][0]["code"] == "taskFailed"


async def test_a_task_may_process_for_ever(lab: Lab) -> None:
    lab.service.fault({"kind": "processing_forever"})
    task = await lab.train()
    await asyncio.sleep(0.9)
    assert (await lab.look(task))["data"][0]["status"] == "processing"
    assert lab.service.ledger()["tasks"][0]["status"] == "processing"


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("5xx", 503), ("401", 401), ("402", 402)])
async def test_a_fault_of_the_wire_is_used_up(lab: Lab, kind: str, status: int) -> None:
    lab.service.fault({"kind": kind, "retry_after": 2})
    ping = {"taskType": "ping", "ping": True}
    struck = await lab.post(ping)
    assert struck.status_code == status
    assert struck.headers.get("retry-after") == ("2" if kind == "429" else None)
    assert struck.headers["content-type"].startswith("text/html" if kind == "5xx" else "application/json")
    assert (await lab.post(ping)).status_code == 200


@pytest.mark.parametrize(("kind", "charges"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection_may_hide_an_acceptance(lab: Lab, kind: str, charges: int) -> None:
    lab.service.fault({"kind": kind, "method": "training"})
    with pytest.raises(httpx.RemoteProtocolError):
        await lab.train()
    assert len(lab.service.ledger()["charges"]) == charges


async def test_faults_can_be_cleared_and_unknown_ones_are_refused(lab: Lab) -> None:
    lab.service.fault({"kind": "5xx", "times": 9})
    lab.service.clear_faults()
    assert (await lab.post({"taskType": "ping", "ping": True})).status_code == 200
    with pytest.raises(UnknownFaultError):
        lab.service.fault({"kind": "plague"})


async def test_a_restart_goes_on_where_the_record_ends(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        trained = await lab.train()
        await lab.outcome(trained)
        task = image()
        await lab.post(task)
        await lab.client.post("/sandbox/account", json={"balance": 3, "prices": {"low": 0.1}})
        ledger = lab.service.ledger()
    async with laboratory(tmp_path) as lab:
        assert lab.service.ledger()["charges"] == ledger["charges"]
        ask = {"taskType": "accountManagement", "taskUUID": new_uuid(), "operation": "getDetails"}
        assert (await lab.post(ask)).json()["data"][0]["balance"]["amount"] == 3
        assert (await lab.look(trained))["data"][0]["status"] == "success"
        item = (await lab.outcome(task))["data"][0]
        assert (await lab.client.get(item["imageURL"])).status_code == 200
        assert (await lab.post(task)).json()["errors"][0]["code"] == "conflictTaskUUID"
        assert [(it["name"], it["pictures"]) for it in lab.service.datasets()] == [("shapes", 10)]


async def test_the_webhook_is_told_again_until_it_listens(lab: Lab) -> None:
    heard: list[dict[str, Any]] = []

    async def hook(request: Request) -> Response:
        heard.append(await request.json())
        return Response(status_code=500 if len(heard) == 1 else 204)

    listener, url = new_listener()
    async with listening([Route("/hook", hook, methods=["POST"])], listener):
        await lab.outcome(await lab.train(webhookURL=f"{url}/hook"))
        while len(heard) < 2:  # noqa: ASYNC110 - the world is waited for
            await asyncio.sleep(0.05)
    assert heard[0] == heard[1]
    assert heard[0]["air"] == "acme:stellar@1"

"""Datasets on their way to a training: what is fetched, what is not, and what the ledger proves."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.sandbox.runware_lab import Lab, dataset, laboratory, listening, new_listener, training
from tests.sandbox.slack_lab import free_socket


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with laboratory(training_seconds=0.2) as served:
        yield served


def fetched(lab: Lab, task: dict[str, Any]) -> Any:  # noqa: ANN401 - as the ledger has it: an object or null
    """Return what the ledger says of a training's dataset."""
    return next(it["dataset"] for it in lab.service.ledger()["tasks"] if it["taskUUID"] == task["taskUUID"])


def told(content: bytes) -> dict[str, object]:
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


async def started(lab: Lab, link: str) -> dict[str, Any]:
    task = training(link)
    assert (await lab.post(task)).status_code == 200
    return task


async def test_the_ledger_proves_which_bytes_were_trained_on(lab: Lab) -> None:
    before, after = dataset(10), dataset(11)
    lab.service.add_dataset("shapes", before)
    link = f"{lab.url}/datasets/shapes.zip"
    first = await started(lab, link)
    await lab.outcome(first)
    changed = await lab.client.put("/sandbox/datasets/shapes.zip", content=after)
    assert (changed.status_code, (await lab.client.get(link)).content) == (200, after)
    second = training(link, importModel={"air": "acme:stellar@2", "name": "Stellar", "private": True})
    await lab.post(second)
    await lab.outcome(second)
    assert [fetched(lab, task) for task in (first, second)] == [told(before), told(after)]


async def test_only_a_dataset_on_offer_can_be_changed(lab: Lab) -> None:
    assert (await lab.client.put("/sandbox/datasets/none.zip", content=b"x")).status_code == 404
    assert lab.service.datasets() == []


async def test_a_dataset_is_served_in_parts_with_its_length_and_type(lab: Lab) -> None:
    content = dataset()
    lab.service.add_dataset("shapes", content)
    link = f"{lab.url}/datasets/shapes.zip"
    head = await lab.client.head(link)
    assert (head.headers["content-length"], head.headers["accept-ranges"]) == (str(len(content)), "bytes")
    tail = await lab.client.get(link, headers={"Range": "bytes=-22"})
    assert (tail.status_code, tail.content, tail.headers["content-type"]) == (
        206,
        content[-22:],
        "application/zip",
    )


async def test_datasets_are_offered_in_the_order_they_were_added(lab: Lab) -> None:
    for name in ("stellar", "another one", "stellar"):
        lab.service.add_dataset(name, dataset())
    assert [(it["name"], it["url"].rpartition("/")[2]) for it in lab.service.datasets()] == [
        ("stellar", "stellar.zip"),
        ("another one", "another%20one.zip"),
    ]
    assert (await lab.client.get(lab.service.datasets()[1]["url"])).status_code == 200


async def elsewhere(request: Request) -> Response:
    """Serve a good dataset in the way that the path names."""
    content = dataset()
    match request.path_params["how"]:
        case "well":
            return Response(content, media_type="application/zip")
        case "as-a-part":
            return Response(content, 206, media_type="application/zip")
        case "elsewhere":
            return RedirectResponse("/well")
        case "as-a-page":
            return Response(content, media_type="text/html")
        case "without-a-length":
            return StreamingResponse(iter([content]), media_type="application/zip")
    return Response(content, 403, media_type="application/zip")


@pytest.mark.parametrize(
    ("how", "is_taken"),
    [
        *(("well", True), ("as-a-part", True), ("elsewhere", False), ("as-a-page", False)),
        *(("without-a-length", False), ("forbidden", False)),
    ],
)
async def test_a_dataset_from_another_server_is_taken_only_as_it_should_be_served(
    lab: Lab, how: str, *, is_taken: bool
) -> None:
    listener, url = new_listener()
    async with listening([Route("/{how}", elsewhere)], listener):
        task = await started(lab, f"{url}/{how}")
        (item,) = (await lab.outcome(task))["data"]
    assert (item["status"] == "success") is is_taken
    assert (fetched(lab, task) is not None) is is_taken
    if not is_taken:
        assert item["error"]["code"] == "downloadFailed"


async def test_a_host_that_starts_anew_while_its_dataset_is_fetched_is_asked_again() -> None:
    content = dataset()

    async def at_last(_request: Request) -> Response:
        return Response(content, media_type="application/zip")

    away, url = free_socket()
    async with laboratory(training_seconds=0.2, download_waits=(0.0, 0.3, 5.0)) as lab:
        task = await started(lab, f"{url}/set.zip")
        await asyncio.sleep(0.1)
        async with listening([Route("/set.zip", at_last)], away):
            (item,) = (await lab.outcome(task))["data"]
        assert (item["status"], fetched(lab, task)) == ("success", told(content))


async def test_a_host_that_stays_away_is_a_failed_download() -> None:
    away, url = free_socket()
    with away:
        async with laboratory(training_seconds=0.2, download_waits=(0.0, 0.01)) as lab:
            (item,) = (await lab.outcome(await started(lab, f"{url}/set.zip")))["data"]
    assert item["error"]["code"] == "downloadFailed"


async def test_an_answer_that_is_no_dataset_is_not_asked_for_twice() -> None:
    asked = []

    async def busy(request: Request) -> Response:
        asked.append(request.url.path)
        return Response(status_code=503)

    listener, url = new_listener()
    async with (
        laboratory(training_seconds=0.2, download_waits=(0.0, 0.0)) as lab,
        listening([Route("/set.zip", busy)], listener),
    ):
        (item,) = (await lab.outcome(await started(lab, f"{url}/set.zip")))["data"]
    assert (item["error"]["code"], len(asked)) == ("downloadFailed", 1)

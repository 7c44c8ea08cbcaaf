"""What we write to Runware keeps to its schema, and is the same bytes each time."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.facts import TrainingRequest
from bot.domain.generation import Format, Generation, GenerationRequest, Quality
from bot.domain.ids import Air, ChannelId, GenerationId, RunId, TaskId, UserId, WorkspaceId
from bot.domain.run import Run
from bot.domain.size import SIZES
from bot.domain.style import Ordered
from bot.runware import archive, wire
from bot.runware.client import RunwareImages, RunwareTrainer
from bot.runware.webhooks import Webhooks
from tests.runware.small import SmallMouth, client_of

TASK = TaskId("7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43")
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OPENAPI = Path(__file__).parents[2] / "bot" / "sandbox" / "training_openapi.json"
SCHEMA = json.loads(OPENAPI.read_text())["components"]["schemas"]["RequestBody"]


def run(*, name: str = "Stellar", note: str = "", private: bool = True, number: int | None = 1) -> Run:
    request = TrainingRequest(
        workspace=WorkspaceId("T1"),
        channel=ChannelId("C1"),
        requester=UserId("U1"),
        link="https://assets.acme.com/stellar.zip",
        name=name,
        note=note,
        private=private,
    )
    air = None if number is None else Air(f"acme:stellar@{number}")
    return Run(id=RunId("k3m9x2p7qa"), request=request, requested_at=AT, air=air, number=number)


def training_order(
    ordered: Run, link: str = "https://assets.acme.com/stellar.zip", webhook_url: str | None = None
) -> str:
    return wire.training_order(ordered, TASK, dataset=link, webhook_url=webhook_url)


def generation(request: GenerationRequest) -> Generation:
    return Generation(
        id=GenerationId("a1b2c3d4e5"),
        request=request,
        air=Air("acme:stellar@1"),
        label="Stellar@1",
        requested_at=AT,
    )


def wanted(
    *,
    prompt: str = "a red fox",
    size: str = "square",
    count: int = 4,
    quality: Quality = Quality.LOW,
    kind: Format = Format.JPG,
) -> GenerationRequest:
    return GenerationRequest(
        workspace=WorkspaceId("T1"),
        channel=ChannelId("C1"),
        requester=UserId("U1"),
        prompt=prompt,
        size=SIZES[size],
        count=count,
        quality=quality,
        format=kind,
    )


def only_task(body: str) -> dict[str, object]:
    tasks = json.loads(body)
    assert isinstance(tasks, list)
    assert len(tasks) == 1
    assert isinstance(tasks[0], dict)
    return tasks[0]


def test_a_training_is_ordered_with_all_that_names_the_model() -> None:
    assert only_task(training_order(run(note=" Night skies "))) == {
        "taskType": "training",
        "taskUUID": TASK,
        "model": "exactly:illustrative@training",
        "inputs": {"dataset": "https://assets.acme.com/stellar.zip"},
        "importModel": {
            "air": "acme:stellar@1",
            "name": "Stellar",
            "private": True,
            "version": "1",
            "uniqueIdentifier": "k3m9x2p7qa",
            "shortDescription": "Night skies",
        },
        "includeCost": True,
    }


def test_a_public_training_says_so() -> None:
    model = only_task(training_order(run(private=False)))["importModel"]
    assert isinstance(model, dict)
    assert model["private"] is False


def test_a_webhook_is_named_where_there_is_one() -> None:
    task = only_task(training_order(run(), webhook_url="https://bot.acme.com/runware/webhook/x"))
    assert task["webhookURL"] == "https://bot.acme.com/runware/webhook/x"
    jsonschema.validate([task], SCHEMA)


def test_a_training_without_a_reserved_version_cannot_be_ordered() -> None:
    with pytest.raises(ValueError, match="reserved"):
        training_order(run(number=None))


@settings(deadline=None)  # a busy machine is no fault of ours
@given(
    name=st.text(min_size=2, max_size=255),
    note=st.text(max_size=400),
    number=st.integers(1, 10_000),
    private=st.booleans(),
    link=st.text(min_size=1),
)
def test_every_training_order_keeps_to_the_published_schema(
    *, name: str, note: str, number: int, private: bool, link: str
) -> None:
    ordered = run(name=name, note=note, number=number, private=private)
    body = training_order(ordered, link)
    jsonschema.validate(json.loads(body), SCHEMA)
    assert body.isascii()
    assert body == json.dumps(json.loads(body), separators=(",", ":"), sort_keys=True)
    model = only_task(body)["importModel"]
    assert isinstance(model, dict)
    assert set(model) == {"air", "name", "private", "version", "uniqueIdentifier", "shortDescription"}
    assert all(value for key, value in model.items() if key != "private")


def broken_image_rules(task: Mapping[str, object]) -> list[str]:
    """Return what reference 003 forbids about an image order (and `quality`, which only 001 names)."""
    allowed = {
        "taskType", "taskUUID", "model", "positivePrompt", "width", "height", "numberResults",
        "outputType", "outputFormat", "outputQuality", "webhookURL", "deliveryMethod", "uploadEndpoint",
        "safety", "ttl", "includeCost", "inputs", "settings",
    }  # fmt: skip
    count, width, height = task["numberResults"], task["width"], task["height"]
    rules = {
        "names only known fields": set(task) <= allowed,
        "taskType": task["taskType"] == "imageInference",
        "taskUUID is a v4": UUID(str(task["taskUUID"])).version == 4,
        "model": isinstance(task["model"], str),
        "positivePrompt": isinstance(task["positivePrompt"], str)
        and 2 <= len(task["positivePrompt"]) <= 3000,
        "width": isinstance(width, int) and 1024 <= width <= 2048 and width % 64 == 0,
        "height": isinstance(height, int) and 1024 <= height <= 2048 and height % 64 == 0,
        "numberResults": isinstance(count, int) and 1 <= count <= 20,
        "outputType": task["outputType"] in ("URL", "base64Data", "dataURI"),
        "outputFormat": task["outputFormat"] in ("JPG", "PNG", "WEBP"),
        "deliveryMethod": task["deliveryMethod"] in ("sync", "async"),
        "includeCost": isinstance(task["includeCost"], bool),
        "settings": task["settings"] in ({"quality": "low"}, {"quality": "high"}),
    }
    return [rule for rule, holds in rules.items() if not holds]


def test_pictures_are_ordered_with_what_was_asked_for() -> None:
    request = wanted(size="banner", count=2, quality=Quality.HIGH, kind=Format.WEBP)
    assert only_task(wire.image_order(generation(request), TASK)) == {
        "taskType": "imageInference",
        "taskUUID": TASK,
        "model": "acme:stellar@1",
        "positivePrompt": "a red fox",
        "width": 2048,
        "height": 1024,
        "numberResults": 2,
        "outputType": "URL",
        "outputFormat": "WEBP",
        "deliveryMethod": "async",
        "includeCost": True,
        "settings": {"quality": "high"},
    }


@settings(deadline=None)  # a busy machine is no fault of ours
@given(
    prompt=st.text(min_size=2, max_size=3000),
    size=st.sampled_from(sorted(SIZES)),
    count=st.integers(1, 20),
    quality=st.sampled_from(Quality),
    kind=st.sampled_from(Format),
)
def test_every_image_order_keeps_to_the_reference(
    *, prompt: str, size: str, count: int, quality: Quality, kind: Format
) -> None:
    request = wanted(prompt=prompt, size=size, count=count, quality=quality, kind=kind)
    body = wire.image_order(generation(request), TASK)
    task = only_task(body)
    assert broken_image_rules(task) == []
    assert task["positivePrompt"] == prompt
    assert body.isascii()


def test_a_look_names_one_task_and_nothing_else() -> None:
    assert wire.look_request(TASK) == f'[{{"taskType":"getResponse","taskUUID":"{TASK}"}}]'


def test_pictures_name_a_webhook_where_there_is_one() -> None:
    url = "https://bot.acme.com/runware/webhook/x"
    task = only_task(wire.image_order(generation(wanted()), TASK, webhook_url=url))
    assert task["webhookURL"] == url
    assert broken_image_rules(task) == []


def test_the_ports_order_with_the_tasks_own_address() -> None:
    webhooks, client = Webhooks("https://bot.acme.com", b"secret"), client_of(SmallMouth())
    trained, drawn = run(), generation(wanted())
    training = only_task(RunwareTrainer(client, webhooks).order(trained, TASK, dataset="https://a.example/x"))
    images = only_task(RunwareImages(client, webhooks).order(drawn, TASK))
    assert training["webhookURL"] == webhooks.address(trained.id, TASK)
    assert images["webhookURL"] == webhooks.address(drawn.id, TASK)


def test_several_looks_are_a_task_each() -> None:
    other = TaskId("11111111-2222-4333-8444-555555555555")
    assert json.loads(wire.look_request(TASK, other)) == [
        {"taskType": "getResponse", "taskUUID": TASK},
        {"taskType": "getResponse", "taskUUID": other},
    ]


def test_the_archive_is_asked_about_one_task() -> None:
    assert wire.details_request(TASK) == f'[{{"taskType":"getTaskDetails","taskUUID":"{TASK}"}}]'


def test_the_account_is_asked_for_its_details() -> None:
    assert only_task(wire.account_request(TASK)) == {
        "taskType": "accountManagement",
        "taskUUID": TASK,
        "operation": "getDetails",
    }


@pytest.mark.parametrize("number", [1, 12])
def test_what_an_order_has_trained_is_read_back_from_its_body(number: int) -> None:
    trainer = RunwareTrainer(client_of(SmallMouth()), Webhooks(None, None))
    body = training_order(run(name="Stéllar Two", number=number))
    assert trainer.ordered(body) == Ordered(Air(f"acme:stellar@{number}"), "stellar-two", number)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "[1]",
        "[" * 100_000,
        '[{"taskType":"imageInference","model":"acme:stellar@1"}]',
        '[{"importModel":{"air":"stellar","name":"Stellar","version":"1"}}]',
        '[{"importModel":{"air":null,"name":"Stellar","version":"1"}}]',
        '[{"importModel":{"air":"acme:stellar@1","name":"!","version":"1"}}]',
        '[{"importModel":{"air":"acme:stellar@1","name":"Stellar","version":"one"}}]',
        '[{"importModel":{"air":"acme:stellar@1","name":"Stellar","version":0}}]',
        '[{"importModel":{"air":"acme:stellar@1","name":"Stellar","version":Infinity}}]',
    ],
)
def test_a_body_that_tells_no_version_of_ours_orders_none(body: str) -> None:
    assert archive.ordered(body) is None

"""The Runware fake refuses what the real service refuses, in its words."""

import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.runware_lab import Lab, image, laboratory, new_uuid, training

LINK = "https://example.com/stellar.zip"


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with laboratory() as served:
        yield served


def test_the_service_keeps_pillow_out_of_its_own_memory() -> None:
    program = "import sys, bot.sandbox.runware; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


async def test_a_body_that_is_no_array_is_refused(lab: Lab) -> None:
    answer = await lab.client.post("/runware/v1", json=training(LINK))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "invalidRequest"


async def test_a_wrong_key_is_answered_401(lab: Lab) -> None:
    answer = await lab.client.post("/runware/v1", json=[], headers={"Authorization": "Bearer other"})
    assert answer.status_code == 400
    ping = [{"taskType": "ping", "ping": True}]
    answer = await lab.client.post("/runware/v1", json=ping, headers={"Authorization": "Bearer other"})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "invalidApiKey"


async def test_the_key_may_come_as_a_task(lab: Lab) -> None:
    body = [{"taskType": "authentication", "apiKey": "sandbox-key"}, {"taskType": "ping", "ping": True}]
    answer = await lab.client.post("/runware/v1", json=body, headers={"Authorization": ""})
    assert answer.json()["data"][0]["pong"] is True


def _model(**fields: object) -> dict[str, Any]:
    return {"importModel": {"air": "acme:stellar@1", "name": "Stellar", **fields}}


@pytest.mark.parametrize(
    ("changes", "code", "parameter"),
    [
        ({"deliveryMethod": "async"}, "unknownParameter", "deliveryMethod"),
        ({"model": "exactly:illustrative@other"}, "invalidParameter", "model"),
        ({"inputs": {}}, "missingParameter", "inputs.dataset"),
        ({"inputs": {"dataset": "stellar.zip"}}, "invalidParameter", "inputs.dataset"),
        ({"taskUUID": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}, "invalidParameter", "taskUUID"),
        ({"includeCost": "yes"}, "invalidParameter", "includeCost"),
        ({"webhookURL": "nowhere"}, "invalidParameter", "webhookURL"),
        (_model(name="S"), "invalidLength", "importModel.name"),
        (_model(name="S" * 256), "invalidLength", "importModel.name"),
        (_model(air="acme/stellar"), "invalidParameter", "importModel.air"),
        (_model(colour="red"), "unknownParameter", "importModel.colour"),
        (_model(air="other:stellar@1"), "modelOwnershipValidationError", "importModel.air"),
    ],
)
async def test_a_training_task_is_held_to_the_document(
    lab: Lab, changes: dict[str, Any], code: str, parameter: str
) -> None:
    answer = await lab.post(training(LINK, **changes))
    assert answer.status_code == 400
    assert answer.json()["data"] == []
    assert [(e["code"], e["parameter"]) for e in answer.json()["errors"]] == [(code, parameter)]
    assert lab.service.ledger()["charges"] == []


@pytest.mark.parametrize(
    ("changes", "code", "parameter"),
    [
        ({"width": 1000}, "valueOutOfRange", "width"),
        ({"width": 1030}, "valueNotMultiple", "width"),
        ({"height": "1024"}, "invalidParameter", "height"),
        ({"numberResults": 21}, "valueOutOfRange", "numberResults"),
        ({"numberResults": True}, "invalidParameter", "numberResults"),
        ({"outputFormat": "GIF"}, "invalidParameter", "outputFormat"),
        ({"outputQuality": 100}, "valueOutOfRange", "outputQuality"),
        ({"ttl": 59}, "valueOutOfRange", "ttl"),
        ({"settings": {"quality": "best"}}, "invalidParameter", "settings.quality"),
        ({"seed": 7}, "unknownParameter", "seed"),
        ({"positivePrompt": "x"}, "invalidLength", "positivePrompt"),
        ({"inputs": {"referenceImages": []}}, "arrayLength", "inputs.referenceImages"),
        (
            {"inputs": {"referenceImages": [{"type": "reference", "image": LINK, "strength": 0.5}]}},
            "incompatibleParameters",
            "inputs.referenceImages",
        ),
        ({}, "unknownModel", "model"),
    ],
)
async def test_a_picture_task_is_held_to_its_page(
    lab: Lab, changes: dict[str, Any], code: str, parameter: str
) -> None:
    answer = await lab.post(image(**changes))
    assert answer.status_code == 400
    assert [(e["code"], e["parameter"]) for e in answer.json()["errors"]] == [(code, parameter)]


async def test_one_refused_task_does_not_stop_the_others(lab: Lab) -> None:
    ping = {"taskType": "ping", "ping": True, "taskUUID": new_uuid()}
    answer = await lab.post({"taskType": "fly", "taskUUID": new_uuid()}, ping)
    assert answer.status_code == 200
    assert [item["taskUUID"] for item in answer.json()["data"]] == [ping["taskUUID"]]
    assert answer.json()["errors"][0]["code"] == "invalidTaskType"


async def test_an_unknown_uuid_is_answered_with_nothing(lab: Lab) -> None:
    assert await lab.look({"taskUUID": new_uuid()}) == {"data": []}


async def test_a_uuid_is_taken_once_and_charged_once(lab: Lab) -> None:
    task = await lab.train()
    again = await lab.post(task)
    assert again.status_code == 400
    assert again.json()["errors"][0]["code"] == "conflictTaskUUID"
    assert lab.service.ledger()["charges"] == [
        {"taskUUID": task["taskUUID"], "taskType": "training", "cost": 12.0}
    ]


async def test_an_air_is_given_once(lab: Lab) -> None:
    await lab.train()
    other = await lab.post(training(f"{lab.url}/datasets/shapes.zip"))
    assert other.json()["errors"][0]["code"] == "modelAlreadyExists"


async def test_the_balance_can_be_set_and_a_task_that_costs_more_is_refused(lab: Lab) -> None:
    await lab.train()
    assert (await lab.client.post("/sandbox/account", json={"balance": 11.5})).json() == {"ok": True}
    ask = {"taskType": "accountManagement", "taskUUID": new_uuid(), "operation": "getDetails"}
    assert (await lab.post(ask)).json()["data"][0]["balance"]["amount"] == 11.5
    other = {"air": "acme:other@1", "name": "Other"}
    refused = await lab.post(training(f"{lab.url}/datasets/shapes.zip", importModel=other))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (402, "insufficientCredits")


async def test_a_price_that_jumps_is_not_asked_of_what_was_accepted_before(lab: Lab) -> None:
    before = await lab.train()
    await lab.client.post("/sandbox/account", json={"prices": {"training": 30, "high": 0.5}})
    after = await lab.train(importModel={"air": "acme:other@1", "name": "Other"})
    told = [(await lab.outcome(task))["data"][0]["cost"] for task in (before, after)]
    assert told == [12.0, 30.0]
    assert [charge["cost"] for charge in lab.service.ledger()["charges"]] == [12.0, 30.0]


async def test_what_it_cost_may_be_left_out_or_told_as_nothing_and_is_charged_all_the_same(lab: Lab) -> None:
    for number, kind in enumerate(("cost_missing", "cost_zero")):
        lab.service.fault({"kind": kind, "method": "training"})
        task = await lab.train(importModel={"air": f"acme:stellar@{number}", "name": "Stellar"})
        (item,) = (await lab.outcome(task))["data"]
        assert (item["status"], item.get("cost")) == ("success", [None, 0.0][number])
    assert [charge["cost"] for charge in lab.service.ledger()["charges"]] == [12.0, 12.0]


@pytest.mark.parametrize(
    "wrong", [{"balance": "much"}, {"prices": {"gold": 1}}, {"prices": {"low": True}}, {"rich": 1}, [1]]
)
async def test_an_account_is_changed_only_in_amounts_it_has(lab: Lab, wrong: object) -> None:
    assert (await lab.client.post("/sandbox/account", json=wrong)).status_code == 400


async def test_the_account_shows_the_balance_and_the_namespace(lab: Lab) -> None:
    ask = {"taskType": "accountManagement", "taskUUID": new_uuid(), "operation": "getDetails"}
    before = (await lab.post(ask)).json()["data"][0]
    await lab.train()
    after = (await lab.post(ask)).json()["data"][0]
    assert before["AIRSource"] == "acme"
    assert before["balance"]["amount"] - after["balance"]["amount"] == 12.0
    assert after["usage"]["total"] == {"credits": 12.0, "requests": 1}

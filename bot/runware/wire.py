"""What we write to Runware: every request body, to the byte, and nothing that sends it.

A body is always a JSON array, compact, with sorted keys, in ASCII: the same order gives the same bytes, so
that a repeat is recognised as one. What costs money goes alone, looks may go together. Only fields that the
reference names are sent: its schema for a training allows no others (reference 004), and that of the pictures
knows no seed or steps (003).
"""

import json
from collections.abc import Iterable, Mapping

from bot.domain.generation import Generation
from bot.domain.ids import TaskId
from bot.domain.run import Run

TRAINING, IMAGE, ACCOUNT = "training", "imageInference", "accountManagement"
LOOK, DETAILS = "getResponse", "getTaskDetails"
"""Task types, as Runware spells them."""
TRAINER = "exactly:illustrative@training"
_NO_NOTE = "A custom illustration style, trained with Housestyle."


def training_order(run: Run, task_id: TaskId, *, dataset: str, webhook_url: str | None = None) -> str:
    """Return the body that asks for `run` to be trained on the ZIP that the link `dataset` leads to.

    `private` is always said, because the documents disagree on its default (facts §13). Raises ValueError
    for a run whose version is not reserved yet: that would be a fault of ours.
    """
    if run.air is None or run.number is None:
        raise ValueError("A training is ordered after its version was reserved.")
    order: dict[str, object] = {
        "taskType": TRAINING,
        "taskUUID": task_id,
        "model": TRAINER,
        "inputs": {"dataset": dataset},
        "importModel": {
            "air": run.air,
            "name": run.request.name,
            "private": run.request.private,
            "version": str(run.number),
            "uniqueIdentifier": run.id,
            "shortDescription": run.request.note.strip() or _NO_NOTE,
        },
        "includeCost": True,
    }
    if webhook_url:
        order["webhookURL"] = webhook_url
    return worded([order])


def image_order(generation: Generation, task_id: TaskId, *, webhook_url: str | None = None) -> str:
    """Return the body that asks for the pictures: links to files, to be looked for later."""
    request = generation.request
    order: dict[str, object] = {
        "taskType": IMAGE,
        "taskUUID": task_id,
        "model": generation.air,
        "positivePrompt": request.prompt,
        "width": request.size.width,
        "height": request.size.height,
        "numberResults": request.count,
        "outputType": "URL",
        "outputFormat": request.format.value.upper(),
        "deliveryMethod": "async",
        "includeCost": True,
        "settings": {"quality": request.quality.value},
    }
    if webhook_url:
        order["webhookURL"] = webhook_url
    return worded([order])


def look_request(*task_ids: TaskId) -> str:
    """Return the body that asks how far earlier tasks are; it costs nothing and may be repeated."""
    return worded({"taskType": LOOK, "taskUUID": task_id} for task_id in task_ids)


def details_request(task_id: TaskId) -> str:
    """Return the body that asks the archive what was sent and answered under an id; it costs nothing."""
    return worded([{"taskType": DETAILS, "taskUUID": task_id}])


def account_request(task_id: TaskId) -> str:
    """Return the body that asks for the account's details."""
    return worded([{"taskType": ACCOUNT, "taskUUID": task_id, "operation": "getDetails"}])


def worded(tasks: Iterable[Mapping[str, object]]) -> str:
    """Return tasks as the body of one request."""
    return json.dumps(list(tasks), separators=(",", ":"), sort_keys=True)

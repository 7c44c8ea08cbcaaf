"""What a Runware task may look like, as the reference pages state it.

Training tasks are held against `training_openapi.json`, the provider's own document, and the lengths of its
newer page. Picture tasks have no such document, so their page is written out here in the same words. Whether
an AIR exists or a dataset holds pictures is not asked here: that takes an account, not a rule.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Task = dict[str, Any]
Error = dict[str, Any]
Rule = Mapping[str, Any]

UUID_V4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
ANY_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
AIR = re.compile(r"[a-z0-9][a-z0-9_-]*:[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9._-]*")
BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
DOCUMENTATION = "https://runware.ai/docs/models-api/errors"

_TEXT = {"type": "string", "minLength": 1}
_UUID = {"type": "string", "format": "uuid"}
_URI = {"type": "string", "format": "uri"}
_FLAG = {"type": "boolean"}


def _task_rule(task_type: str, required: tuple[str, ...] = (), **properties: Rule) -> Rule:
    return {
        "type": "object",
        "required": ["taskType", "taskUUID", *required],
        "additionalProperties": False,
        "properties": {"taskType": {"const": task_type}, "taskUUID": _UUID, **properties},
    }


def _training_rule() -> Rule:
    """Return the document's rule, with the lengths that only the newer page of the same model states."""
    document = json.loads(Path(__file__).with_name("training_openapi.json").read_text(encoding="utf-8"))
    rule: Task = document["components"]["schemas"]["RequestBody"]["items"]
    model = rule["properties"]["importModel"]["properties"]
    model["name"] |= {"minLength": 2, "maxLength": 255}
    for name in ("air", "uniqueIdentifier", "version"):
        model[name] |= {"minLength": 1}
    model["air"] |= {"format": "air"}
    rule["properties"]["inputs"]["properties"]["dataset"] |= {"format": "media"}
    return rule


_SIDE = {"type": "integer", "minimum": 1024, "maximum": 2048, "multipleOf": 64}
_REFERENCE = {
    "type": "object",
    "required": ["type", "image"],
    "additionalProperties": False,
    "properties": {
        "type": {"enum": ["sketch", "reference"]},
        "strength": {"type": "number", "minimum": 0, "maximum": 1},
        "image": {"type": "string", "format": "media"},
    },
}
_IMAGE = _task_rule(
    "imageInference",
    ("model", "positivePrompt", "width", "height"),
    model={"type": "string", "format": "air"},
    positivePrompt={"type": "string", "minLength": 2, "maxLength": 3000},
    width=_SIDE,
    height=_SIDE,
    outputType={"enum": ["URL", "base64Data", "dataURI"]},
    outputFormat={"enum": ["JPG", "PNG", "WEBP"]},
    outputQuality={"type": "integer", "minimum": 20, "maximum": 99},
    webhookURL=_URI,
    deliveryMethod={"enum": ["sync", "async"]},
    uploadEndpoint=_URI,
    safety={
        "type": "object",
        "additionalProperties": False,
        "properties": {"checkContent": _FLAG, "mode": {"enum": ["none", "fast"]}},
    },
    ttl={"type": "integer", "minimum": 60},
    includeCost=_FLAG,
    numberResults={"type": "integer", "minimum": 1, "maximum": 20},
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {"quality": {"enum": ["low", "high"]}},
    },
    inputs={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "referenceImages": {"type": "array", "minItems": 1, "maxItems": 1, "items": _REFERENCE}
        },
    },
)
_SEARCH = _task_rule(
    "modelSearch",
    search=_TEXT,
    source=_TEXT,
    category={"enum": ["checkpoint", "lora", "lycoris", "vae", "embeddings"]},
    architecture=_TEXT,
    capabilities={"type": "array", "items": _TEXT},
    visibility={"enum": ["public", "private", "favorite", "owned"]},
    limit={"type": "integer", "minimum": 1, "maximum": 100},
    offset={"type": "integer", "minimum": 0},
    sort=_TEXT,
)
_PING: Rule = {
    "type": "object",
    "required": ["taskType", "ping"],
    "additionalProperties": False,
    "properties": {"taskType": {"const": "ping"}, "ping": {"const": True}, "taskUUID": _UUID},
}

RULES: Mapping[str, Rule] = {
    "training": _training_rule(),
    "imageInference": _IMAGE,
    "getResponse": _task_rule("getResponse"),
    "getTaskDetails": _task_rule("getTaskDetails"),
    "accountManagement": _task_rule("accountManagement", ("operation",), operation={"enum": ["getDetails"]}),
    "modelSearch": _SEARCH,
    "ping": _PING,
}


def error(task: Task, code: str, message: str, **more: object) -> Error:
    """Return an error as Runware words one: `code`, `message`, whose task it is, and where to read on."""
    about = {key: task[key] for key in ("taskType", "taskUUID") if isinstance(task.get(key), str)}
    return {"code": code, "message": message, **more, **about, "documentation": DOCUMENTATION}


def errors_in(task: Task) -> list[Error]:
    """Return all that is wrong with the form of `task`; an empty list is a pass."""
    kind = task.get("taskType")
    if kind is None:
        return [error(task, "missingTaskType", "A task needs a 'taskType'.", parameter="taskType")]
    if not isinstance(kind, str) or kind not in RULES:
        return [error(task, "invalidTaskType", f"Unsupported taskType {kind!r}.", parameter="taskType")]
    found = [error(task, code, text, **more) for code, text, more in breaches(task, RULES[kind])]
    return found + [error(task, *breach, parameter="inputs.referenceImages") for breach in _crossed(task)]


def _crossed(task: Task) -> Iterator[tuple[str, str]]:
    """Yield what no single field shows: a strength belongs to a sketch."""
    inputs = task.get("inputs")
    images = inputs.get("referenceImages") if isinstance(inputs, dict) else None
    for image in images if isinstance(images, list) else []:
        if isinstance(image, dict) and "strength" in image and image.get("type") != "sketch":
            yield "incompatibleParameters", "'strength' is only available when type is 'sketch'."


Breach = tuple[str, str, dict[str, Any]]


def breaches(value: object, rule: Rule, at: str = "") -> Iterator[Breach]:
    """Yield (code, message, further fields) for each way `value` breaks `rule`, depth first.

    Knows exactly the JSON Schema words that the documents use. The `jsonschema` package knows them all, but
    it is a dependency of the tests only, and the demo must run without the tests' packages.
    """
    wrong = _wrong_kind(value, rule)
    if wrong:
        yield "invalidParameter", f"Invalid value for '{at}': {wrong}.", _fields(at, rule)
        return
    if isinstance(value, dict):
        yield from _object_breaches(value, rule, at)
    elif isinstance(value, list):
        yield from _array_breaches(value, rule, at)
    elif isinstance(value, str):
        yield from _string_breaches(value, rule, at)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _number_breaches(value, rule, at)


_KINDS: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


def _wrong_kind(value: object, rule: Rule) -> str:
    kind = rule.get("type")
    wanted = _KINDS.get(str(kind))
    if wanted and (not isinstance(value, wanted) or (isinstance(value, bool) and kind != "boolean")):
        return f"it must be of type {kind}"
    if "const" in rule and value != rule["const"]:
        return f"it must be {json.dumps(rule['const'])}"
    if "enum" in rule and value not in rule["enum"]:
        return f"it must be one of {', '.join(rule['enum'])}"
    return ""


def _fields(at: str, rule: Rule) -> dict[str, Any]:
    names = {"minimum": "min", "maximum": "max", "multipleOf": "multiplier", "enum": "allowedValues"}
    return {"parameter": at, **{name: rule[word] for word, name in names.items() if word in rule}}


def _object_breaches(value: dict[str, Any], rule: Rule, at: str) -> Iterator[Breach]:
    known = rule.get("properties", {})
    for name in rule.get("required", ()):
        if name not in value:
            path = f"{at}.{name}".lstrip(".")
            yield "missingParameter", f"'{path}' is required.", {"parameter": path}
    for name, inner in value.items():
        path = f"{at}.{name}".lstrip(".")
        if name in known:
            yield from breaches(inner, known[name], path)
        elif rule.get("additionalProperties") is False:
            yield "unknownParameter", f"'{path}' is not a parameter of this task.", {"parameter": path}


def _array_breaches(value: list[Any], rule: Rule, at: str) -> Iterator[Breach]:
    if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
        yield "arrayLength", f"'{at}' holds {len(value)} items.", {"parameter": at}
    for index, inner in enumerate(value):
        yield from breaches(inner, rule.get("items", {}), f"{at}[{index}]")


def _string_breaches(value: str, rule: Rule, at: str) -> Iterator[Breach]:
    if not rule.get("minLength", 0) <= len(value) <= rule.get("maxLength", len(value)):
        more = {"parameter": at, "min": rule.get("minLength", 0), "max": rule.get("maxLength")}
        yield "invalidLength", f"'{at}' is {len(value)} characters long.", more
    form = rule.get("format")
    if form and not _has_form(value, form):
        wanted = "UUID v4" if form == "uuid" else str(form)
        yield "invalidParameter", f"Invalid value for '{at}': it must be a valid {wanted}.", {"parameter": at}


def _number_breaches(value: float, rule: Rule, at: str) -> Iterator[Breach]:
    if not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        limits = f"{rule.get('minimum')} to {rule.get('maximum', 'any')}"
        yield "valueOutOfRange", f"'{at}' must be within {limits}.", _fields(at, rule)
    elif value % rule.get("multipleOf", 1) and "multipleOf" in rule:
        yield "valueNotMultiple", f"'{at}' must be a multiple of {rule['multipleOf']}.", _fields(at, rule)


def _has_form(value: str, form: str) -> bool:
    match form:
        case "uuid":
            return UUID_V4.fullmatch(value) is not None
        case "air":
            return AIR.fullmatch(value) is not None
        case "uri":
            return _is_link(value)
        case "media":
            return value.startswith("data:") or _is_link(value) or _is_coded(value)
    return True


def _is_link(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in value


def _is_coded(value: str) -> bool:
    return bool(ANY_UUID.fullmatch(value) or BASE64.fullmatch(value))

"""One call of the Web API: how its arguments come in, what the catalogue of methods says of them.

Slack takes arguments from the query, a form or JSON, and JSON only where the method says so. The catalogue
knows each method's arguments, tier, scopes and error codes; no other error code may ever be answered.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

Json = dict[str, Any]

COMMON_ERRORS = frozenset(
    {
        "invalid_arguments",
        "invalid_auth",
        "not_authed",
        "missing_scope",
        "ratelimited",
        "unknown_method",
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "team_access_not_granted",
    }
)
UNDOCUMENTED = {
    "chat.postMessage": {"client_msg_id"},  # in no argument list, yet two documented errors speak of it
}
ADDED = ("token", "team_id")  # Bolt puts its team_id into every call, for tokens of a whole organisation
TIERS = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "t5": 300, None: 100}
OBJECTS = ("blocks", "view", "metadata", "attachments", "files", "message")


class SlackError(Exception):
    """The answer `{"ok": false, "error": code}`; `messages` go into `response_metadata`."""

    def __init__(self, code: str, *messages: str) -> None:
        super().__init__(code)
        self.code = code
        self.messages = list(messages)


@dataclass(frozen=True)
class Method:
    """What the catalogue knows of one method."""

    name: str
    per_minute: int
    scopes: tuple[str, ...]
    takes_json: bool
    required: tuple[str, ...]
    types: Mapping[str, str]
    errors: frozenset[str]


def _load() -> dict[str, Method]:
    rows = json.loads((Path(__file__).parent / "catalog.json").read_text("utf-8"))["methods"]
    return {
        name: Method(
            name=name,
            per_minute=TIERS[row["tier"]],
            scopes=tuple(row["bot_scopes"] or ()),
            takes_json=row["json_body"] is True,
            required=tuple(row["required"]),
            types=row["args"],
            errors=frozenset(row["errors"]) | COMMON_ERRORS,
        )
        for name, row in rows.items()
    }


CATALOG = _load()


async def arguments(request: Request, method: Method | None) -> Json:
    """Return the arguments of a call; JSON is read only if the method takes it. Raises SlackError."""
    found: Json = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").split(";")[0]
    if kind == "application/x-www-form-urlencoded":
        found.update(parse_qsl(body.decode(), keep_blank_values=True))
    elif kind == "application/json" and body and (method is None or method.takes_json):
        found.update(_object(body))
    return found


def _object(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise SlackError("invalid_arguments", "[ERROR] the body is not a JSON object")
    return value


def checked(method: Method, found: Mapping[str, Any]) -> Json:
    """Return the arguments with JSON text parsed, if the catalogue has nothing against them.

    Raises SlackError `invalid_arguments` with a message for each that is missing, unknown or of a wrong type.
    """
    given = {name: value for name, value in found.items() if name not in ADDED and value is not None}
    known = method.types.keys() | UNDOCUMENTED.get(method.name, set())
    wrong = [f"[ERROR] missing required field: {name}" for name in method.required if not given.get(name)]
    wrong += [f"[ERROR] unknown argument: {name}" for name in given if name not in known]
    wrong += [
        f"[ERROR] must be {method.types[name]}: {name}"
        for name, value in given.items()
        if not _fits(value, method.types.get(name, "any"), name)
    ]
    if wrong:
        raise SlackError("invalid_arguments", *wrong)
    return {name: _parsed(value) if name in OBJECTS else value for name, value in given.items()}


def truth(value: object) -> bool:
    """Return what a boolean argument says: true, "true" and "1" are yes."""
    return value is True or str(value).lower() in ("1", "true")


def _fits(value: object, kind: str, name: str) -> bool:
    if kind == "boolean":
        return isinstance(value, bool) or str(value).lower() in ("0", "1", "true", "false")
    if kind in ("integer", "number"):
        return not isinstance(value, bool) and str(value).isdigit()
    if kind in ("string", "timestamp", "user", "channel") and name not in OBJECTS:
        return isinstance(value, str)
    return True


def _parsed(value: object) -> object:
    """Return JSON text as what it says; other text as it is, for the method to refuse."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value

"""The misbehaviour a test may order from the Runware fake, and how a broken answer is sent.

Faults of the wire strike a request; fates strike a task that was accepted (or is still running) and stay
with it. Each is spent after `times` uses.
"""

from collections.abc import Collection
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

Fault = dict[str, Any]

BEFORE = frozenset({"429", "5xx", "401", "402", "403", "drop_before"})
AFTER = frozenset({"drop_after"})
SLOW = frozenset({"slow"})
COSTS = frozenset({"cost_missing", "cost_zero"})  # what is charged is not what is told
FATES = frozenset({"processing_forever", "error_a", "error_b", "error_c"}) | COSTS
TWICE = frozenset({"duplicate"})
KINDS = BEFORE | AFTER | SLOW | FATES | TWICE

_SPOKEN = {
    "401": ("invalidApiKey", "The API key is not valid."),
    "402": ("insufficientCredits", "The balance is too low for this task."),
    "403": ("insufficientPermissions", "This API key may not do that."),
    "429": ("rateLimitExceeded", "Too many requests. Try again later."),
}


class UnknownFaultError(ValueError):
    """The order names no kind of fault that this service has."""


class Faults:
    """The faults on order, oldest first."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, spec: Fault) -> None:
        """Take an order: `{kind, method?: taskType, times?: 1, retry_after?, code?, message?}`.

        Raises UnknownFaultError where `kind` is none of KINDS.
        """
        if spec.get("kind") not in KINDS:
            raise UnknownFaultError(f"{spec.get('kind')!r} is none of {', '.join(sorted(KINDS))}")
        self._ordered.append({**spec, "times": int(spec.get("times") or 1)})

    def clear(self) -> None:
        """Forget all orders; what already befell a task stays with it."""
        self._ordered.clear()

    def take(self, kinds: Collection[str], task_types: Collection[str]) -> Fault | None:
        """Use up one order of `kinds` that is meant for one of `task_types` (or for any)."""
        for fault in self._ordered:
            if fault["kind"] in kinds and fault.get("method", None) in {None, *task_types}:
                fault["times"] -= 1
                if not fault["times"]:
                    self._ordered.remove(fault)
                return fault
        return None


class DroppedConnection(Response):
    """An answer that breaks off: the client is promised more bytes than ever come.

    The server closes the connection of an answer left unfinished, which every client reports as a failure of
    the connection, not as an answer.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise 64 bytes and leave."""
        del scope, receive
        headers = [(b"content-type", b"application/json"), (b"content-length", b"64")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": True})


def answer_for(fault: Fault) -> Response:
    """Return what the client gets instead of an answer."""
    kind = fault["kind"]
    if kind in {"drop_before", "drop_after"}:
        return DroppedConnection()
    if kind == "5xx":
        status = fault["code"] if isinstance(fault.get("code"), int) else 503
        return PlainTextResponse("<html><h1>Service unavailable</h1></html>", status, media_type="text/html")
    code, message = _SPOKEN[kind]
    body = {"errors": [{"code": fault.get("code", code), "message": fault.get("message", message)}]}
    headers = {"Retry-After": str(fault.get("retry_after", 1))} if kind == "429" else None
    return JSONResponse(body, int(kind), headers=headers)

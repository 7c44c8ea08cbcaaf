"""How the Slack side misbehaves on order, and the ledger of everything that was asked of it."""

import json
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bot.sandbox.slack_call import CATALOG

Json = dict[str, Any]

REFUSALS = frozenset({"429", "5xx", "drop_before", "error"})
AT_THE_DOOR = REFUSALS | {"drop_after", "slow"}  # one strikes a call, in the order they were ordered
KINDS = AT_THE_DOOR | {"late_files", "duplicate"}


class Faults:
    """The faults on order, oldest first; each is spent after `times` uses."""

    def __init__(self) -> None:
        self._ordered: list[Json] = []

    def order(self, spec: Json) -> None:
        """Take an order: `{kind, method?, times?: 1, retry_after?: seconds, code?}`.

        `retry_after` is also how long "slow" and "late_files" last. "error" answers `code`. "duplicate"
        may name `command`, `interaction` or `event` as its method. Raises ValueError on any other order.
        """
        if spec.get("kind") not in KINDS:
            raise ValueError(f"{spec.get('kind')!r} is none of {', '.join(sorted(KINDS))}")
        if spec["kind"] == "error" and spec.get("code") not in CATALOG[spec["method"]].errors:
            raise ValueError(f"{spec['method']} never answers {spec.get('code')!r}")
        self._ordered.append({**spec, "times": int(spec.get("times") or 1)})

    def clear(self) -> None:
        """Behave again."""
        self._ordered.clear()

    def take(self, kinds: Collection[str], method: str | None = None) -> Json | None:
        """Use up one order of `kinds` that is meant for `method`, or for any."""
        for fault in self._ordered:
            if fault["kind"] in kinds and fault.get("method") in (None, method):
                fault["times"] -= 1
                if not fault["times"]:
                    self._ordered.remove(fault)
                return fault
        return None


class HangUp(Response):
    """No answer at all: the connection is closed under the client's feet.

    ASGI has no word for that, so the app leaves uvicorn's own `send` in the scope, and the transport behind
    it is cut. Under another server the answer breaks off in its body instead: as bad, only later.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Close the connection."""
        cycle = getattr(scope.get("sandbox.send"), "__self__", None)
        if (transport := getattr(cycle, "transport", None)) is None:
            headers = [(b"content-type", b"application/json"), (b"content-length", b"64")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            return
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            continue


def refusal(fault: Json) -> Response:
    """Return what a client gets instead of an answer."""
    if fault["kind"] == "429":
        return too_many(int(fault.get("retry_after") or 1))
    if fault["kind"] == "5xx":
        return PlainTextResponse("<html><h1>Service Unavailable</h1></html>", 503, media_type="text/html")
    if fault["kind"] == "error":
        return JSONResponse({"ok": False, "error": fault["code"]})
    return HangUp()


def too_many(seconds: int) -> Response:
    """Return Slack's answer to one call too many."""
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers={"Retry-After": str(seconds)})


class Ledger:
    """Everything that was asked of Slack, oldest first; a line of JSON each in `path`, if there is one.

    Entries are `{method, args, ok, error, at}` and, where it is so, `messages` (what the judges found),
    `violation: true` (a call that no correct client makes) and `fault` (the kind of fault it was refused
    for; such a call was not even read).
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.entries: list[Json] = []
        self.deliveries: list[Json] = []
        if path is not None and path.exists():
            *lines, cut_off = path.read_text("utf-8").split("\n")  # a line without its end is no entry
            self.entries = [json.loads(line) for line in lines]
            if cut_off:
                path.write_text("".join(f"{line}\n" for line in lines), "utf-8")

    def note(self, method: str, args: Json, error: str | None = None, **more: object) -> None:
        """Write one entry down."""
        entry = {"method": method, "args": args, "ok": error is None, "error": error, "at": time.time()}
        entry.update(more)
        self.entries.append(entry)
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def note_delivery(self, kind: str, payload: Json, attempt: int, error: str | None, answer: Json) -> None:
        """Remember what was carried to the bot and what it answered; this is not kept on disk."""
        entry = {"kind": kind, "payload": payload, "attempt": attempt, "error": error, "answer": answer}
        self.deliveries.append(entry)

    def violations(self) -> list[Json]:
        """Return the entries that no correct client causes."""
        return [entry for entry in self.entries if entry.get("violation")]

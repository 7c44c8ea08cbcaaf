"""What is asked of us over HTTP: Slack's requests, verified before anything reads them, and our health.

What Prometheus counts of us are gauges, read anew for each answer: how it stands, for an operator to watch.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.errors import Unavailable
from storage.figures import Figures

LARGEST_BODY = 1024 * 1024
"""Bytes; Slack's own requests stay far below."""
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What Bolt raises, before any listener of ours, at a body of another shape than Slack's (fuzzing found)."""
WINDOW = 300
"""Seconds that a request's timestamp may be off, either way (Slack's rule)."""


def slack_route(app: AsyncApp, *, secret: str, clock: Callable[[], datetime]) -> Route:
    """Return `POST /slack/events`: commands, interactions and events for `app`, if Slack signed them."""

    async def events(request: Request) -> Response:
        """Answer 413 to a body too large, 401 to any request that Slack did not sign just now.

        And 400 to one that is signed but of no shape that Bolt can read, and to one whose sender hung up.
        """
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    return Response(status_code=413)
        except ClientDisconnect:
            return Response(status_code=400)
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not is_signed(bytes(body), stamp, signature, secret=secret, now=clock()):
            return Response(status_code=401)
        headers: dict[str, str | Sequence[str]] = dict(request.headers.items())
        try:
            answer = await app.async_dispatch(AsyncBoltRequest(body=body.decode(), headers=headers))
        except UNREADABLE:
            return Response(status_code=400)
        return Response(answer.body, answer.status, {k: v[0] for k, v in answer.headers.items()})

    return Route("/slack/events", events, methods=["POST"])


def is_signed(body: bytes, stamp: str, signature: str, *, secret: str, now: datetime) -> bool:
    """Say whether Slack signed `body` within the last five minutes (verifying-requests-from-slack)."""
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):  # noqa: PLR2004 - a moment before the year 33658
        return False
    if abs(now.timestamp() - int(stamp)) > WINDOW:
        return False
    expected = (
        "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    )
    return hmac.compare_digest(expected.encode(), signature.encode())


Word = TypeVar("Word", bound=StrEnum)
Gauges = Callable[[], Awaitable[Sequence[Metric]]]
"""What an operator watches, as it is now; raises Unavailable where it cannot be known."""


async def no_gauges() -> Sequence[Metric]:
    """Show nothing but the process itself."""
    return []


def health_routes(ready: Callable[[], Awaitable[None]], gauges: Gauges = no_gauges) -> list[Route]:
    """Return the probes; `ready` raises Unavailable where the database cannot be written.

    A server that was asked to stop says so by its application's state: it is ready for no more.
    """

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        if _is_stopping(request):
            return PlainTextResponse("shutting down\n", 503)
        try:
            await ready()
        except Unavailable:
            return PlainTextResponse("the database cannot be written\n", 503)
        return PlainTextResponse("ready\n")

    async def metrics(_: Request) -> Response:
        try:
            ours = _Shown(await gauges())
        except Unavailable:
            return PlainTextResponse("the database does not answer\n", 503)
        return Response(generate_latest() + generate_latest(ours), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def gauges(figures: Callable[[], Awaitable[Figures]], silent_since: Callable[[], datetime | None]) -> Gauges:
    """Return the gauges of a store; `silent_since` says since when Runware does not answer, None: it does."""

    async def read() -> Sequence[Metric]:
        now = await figures()
        since = silent_since()
        return [
            _counts("runs", "Trainings by where they stand", "stage", now.runs),
            _counts("generations", "Requests for pictures by where they stand", "stage", now.generations),
            _counts("alarms", "Alarms that stand, by what they are about", "concern", now.alarms),
            _one("outbox_waiting", "Messages still to be said to Slack", now.waiting),
            _one("outbox_oldest_seconds", "How long the oldest of them has waited", now.oldest),
            _one("outbox_parked", "Messages that Slack refuses for good", now.parked),
            _one("due_late_seconds", "How long ago the oldest thing to do was due", now.late),
            _one(
                "runware_silent_seconds", "How long Runware has not answered", now.at - since if since else 0
            ),
        ]

    return read


@dataclass(frozen=True)
class _Shown:
    """Gauges in the shape that `generate_latest` takes."""

    metrics: Sequence[Metric]

    def collect(self) -> Sequence[Metric]:
        return self.metrics


def _counts(name: str, told: str, label: str, counts: Mapping[Word, int]) -> Metric:
    family = GaugeMetricFamily(f"housestyle_{name}", told, labels=[label])
    for word, count in counts.items():
        family.add_metric([word], count)
    return family


def _one(name: str, told: str, value: float | timedelta) -> Metric:
    seconds = max(value.total_seconds(), 0) if isinstance(value, timedelta) else value
    return GaugeMetricFamily(f"housestyle_{name}", told, value=seconds)


def _is_stopping(request: Request) -> bool:
    asked: Callable[[], bool] | None = getattr(request.app.state, "is_stopping", None)
    return asked is not None and asked()

"""What is asked of us over HTTP: Slack's requests, verified before anything reads them, and our health."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.domain.errors import Unavailable

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

        And 400 to one that is signed but of no shape that Bolt can read.
        """
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return Response(status_code=413)
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


def health_routes(ready: Callable[[], Awaitable[None]]) -> list[Route]:
    """Return the probes; `ready` raises Unavailable where the database cannot be written."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        try:
            await ready()
        except Unavailable:
            return PlainTextResponse("the database cannot be written\n", 503)
        return PlainTextResponse("ready\n")

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]

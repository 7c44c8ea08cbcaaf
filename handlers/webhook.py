"""Runware's webhooks: whatever comes, and whoever sent it, is answered alike, and believed in nothing.

Only the token in the address is read, never the body: it says which run or generation is to be looked at.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.domain.errors import Unavailable

MOST_BYTES = 256 * 1024
"""Of a body that nobody reads: beyond this no more of it is taken."""


def webhook_route(subject_of: Callable[[str], str | None], heard: Callable[[str], Awaitable[None]]) -> Route:
    """Return the route: `subject_of` reads a token, None for a forged one; `heard` is told of a good one."""
    return Route("/runware/webhook/{token:path}", _Webhook(subject_of, heard))


class _Webhook:
    """Answers 204 to every method, token and body, so that nobody learns which tokens are good.

    An application, not a function: Starlette would answer 405 to methods that a function does not name.
    """

    def __init__(
        self, subject_of: Callable[[str], str | None], heard: Callable[[str], Awaitable[None]]
    ) -> None:
        self._subject_of = subject_of
        self._heard = heard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if await _is_small(request) and request.method == "POST":
            subject = self._subject_of(request.path_params["token"])
            with suppress(Unavailable):  # the next look finds out all the same
                if subject:
                    await self._heard(subject)
        await Response(status_code=204)(scope, receive, send)


async def _is_small(request: Request) -> bool:
    """Say whether the body came, all of it, and is small."""
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MOST_BYTES:
                return False
    except ClientDisconnect:
        return False
    return True

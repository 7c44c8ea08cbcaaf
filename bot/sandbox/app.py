"""Puts the sandbox together as one ASGI app: Slack, the picture service, the page, ledger and faults."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox import slack_page, slack_users
from bot.sandbox.slack import SlackWorkspace
from bot.sandbox.world import World

IDLE_SECONDS = 75


class PictureService(Protocol):
    """What the sandbox needs of the service that trains and draws (`bot.sandbox.runware`)."""

    def routes(self) -> Sequence[BaseRoute]:
        """Return its API."""

    def ledger(self) -> dict[str, Any]:
        """Return what was asked of it."""

    def fault(self, spec: dict[str, Any]) -> None:
        """Order one misbehaviour. Raises ValueError."""

    def clear_faults(self) -> None:
        """Behave again."""

    def datasets(self) -> list[dict[str, Any]]:
        """Return the ZIPs on offer."""

    async def close(self) -> None:
        """Stop working."""


class SandboxApp(Starlette):
    """Starlette that leaves the server's own `send` in the scope, so that a fault can cut the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        scope["sandbox.send"] = send
        await super().__call__(scope, receive, send)


def config_of(app: ASGIApp) -> uvicorn.Config:
    """Return how a server serves it: an open page holds up no stop, and no idle caller is cut off."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=1,
    )


def create_app(world: World, *, slack: SlackWorkspace, runware: PictureService) -> Starlette:
    """Return the app; further routes may be appended to its `routes`. Its shutdown closes both services.

    End the page's feed (`world.feed.close()`) before the server waits for open connections, or give the
    server a `timeout_graceful_shutdown`: an open page is a request that never ends by itself.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await slack.close()
        await runware.close()

    return SandboxApp(
        routes=[
            *slack.routes(),
            *runware.routes(),
            *slack_page.routes(world, slack.people, datasets=runware.datasets),
            *_test_routes(slack, runware),
        ],
        lifespan=lifespan,
    )


def _test_routes(slack: SlackWorkspace, runware: PictureService) -> list[BaseRoute]:
    """Return what only tests use: what was asked, what shall go wrong, and what becomes of people."""

    async def ledger(_request: Request) -> Response:
        """Give both ledgers."""
        asked = {"slack": slack.ledger.entries, "deliveries": slack.ledger.deliveries}
        return JSONResponse({**asked, "runware": runware.ledger()})

    async def order(request: Request) -> Response:
        """Order a fault: `{service, kind, ...}`."""
        try:
            spec = dict(await request.json())
            {"slack": slack.fault, "runware": runware.fault}[spec.pop("service", "")](spec)
        except (KeyError, TypeError, ValueError) as wrong:
            return JSONResponse({"ok": False, "error": str(wrong)}, 400)
        return JSONResponse({"ok": True})

    async def clear(_request: Request) -> Response:
        """Forget all faults."""
        slack.clear_faults()
        runware.clear_faults()
        return JSONResponse({"ok": True})

    async def person(request: Request) -> Response:
        """Change a person, see `slack_users.change`."""
        try:
            slack_users.change(slack.world, request.path_params["who"], dict(await request.json()))
        except (TypeError, ValueError) as wrong:
            return JSONResponse({"ok": False, "error": str(wrong)}, 400)
        return JSONResponse({"ok": True})

    return [
        Route("/sandbox/people/{who}", person, methods=["POST"]),
        Route("/sandbox/ledger", ledger, methods=["GET"]),
        Route("/sandbox/faults", order, methods=["POST"]),
        Route("/sandbox/faults", clear, methods=["DELETE"]),
    ]

"""A fake Slack workspace with state: the Web API, the deliveries to the bot, Socket Mode, and its people.

It answers like Slack, refuses what Slack refuses, and writes every call down. The real slack_bolt and
slack_sdk work against it unchanged. It has no OAuth, and one workspace, app and bot.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.sandbox import (
    slack_answers,
    slack_chat,
    slack_faults,
    slack_files,
    slack_rooms,
    slack_sharing,
    slack_users,
    slack_views,
)
from bot.sandbox.slack_call import CATALOG, Json, Method, SlackError, arguments, checked
from bot.sandbox.slack_delivery import RETRY_DELAYS, Delivery
from bot.sandbox.slack_desk import Desk
from bot.sandbox.slack_faults import Faults, HangUp, Ledger
from bot.sandbox.slack_limits import Limits
from bot.sandbox.slack_people import People
from bot.sandbox.slack_socket import Sockets
from bot.sandbox.world import World
from bot.sandbox.world_people import SHORTCUTS, Shortcut

HANDLERS: dict[str, Callable[[Desk, Json], Json]] = {
    **slack_chat.METHODS,
    **slack_rooms.METHODS,
    **slack_users.METHODS,
    **slack_files.METHODS,
    **slack_views.METHODS,
}
DEFAULT_SHORTCUTS = tuple((known.callback_id, known.name) for known in SHORTCUTS)
OPEN_TO_ALL = ("api.test", "blocks.validate")
SUBSCRIPTIONS = frozenset({"app_home_opened"})
SCOPES = (
    *("commands", "chat:write", "chat:write.public", "files:read", "files:write", "reactions:write"),
    *("channels:read", "channels:join", "channels:history", "groups:read", "groups:history"),
    *("im:read", "im:write", "im:history", "users:read", "usergroups:read", "team:read", "app_mentions:read"),
)
MISTAKES = frozenset(
    {"invalid_arguments", "invalid_blocks_format", "unknown_method", "missing_scope", "no_text"}
)
SLOW_SECONDS = 5.0


class SlackWorkspace:
    """The workspace; mount `routes()`, call `close()` at the end.

    `base_url` is where it is served, `events_url` where the bot takes deliveries over HTTP; open sockets go
    first. `shortcuts` are the (callback_id, name) of its message shortcuts. `people` acts for the humans,
    `ledger` remembers every call.
    """

    def __init__(  # noqa: PLR0913 - what Slack keeps of an app, one argument each
        self,
        world: World,
        *,
        base_url: str,
        events_url: str | None = None,
        bot_token: str = "xoxb-sandbox",  # noqa: S107 - made up, opens nothing
        app_token: str = "xapp-sandbox",  # noqa: S107 - the same
        signing_secret: str = "sandbox-signing-secret",  # noqa: S107 - the same
        scopes: Collection[str] = SCOPES,
        subscriptions: Collection[str] = SUBSCRIPTIONS,
        shortcuts: Sequence[tuple[str, str]] = DEFAULT_SHORTCUTS,
        limits: Limits | None = None,
        retry_delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        world.base_url = base_url.rstrip("/")
        world.shortcuts = tuple(Shortcut(*shortcut) for shortcut in shortcuts)
        self.world = world
        self.ledger = Ledger(world.state / "slack-ledger.jsonl" if world.state else None)
        self.sockets = Sockets(lambda: world.base_url.replace("http", "ws", 1))
        self._faults = Faults()
        self._tokens = {"bot": bot_token, "app": app_token}
        self._scopes = tuple(scopes)
        self._limits = limits or Limits()
        self.desk = Desk(world, self.ledger, self._faults, self.sockets.new_url)
        self.delivery = Delivery(
            self.sockets,
            self._faults,
            self.ledger,
            events_url=events_url,
            signing_secret=signing_secret,
            retry_delays=retry_delays,
        )
        self.people = People(self.desk, self.delivery, subscriptions=subscriptions)

    def routes(self) -> list[BaseRoute]:
        """Return everything a bot talks to."""
        return [
            Route("/slack/api/{method}", self._api, methods=["GET", "POST"]),
            WebSocketRoute("/slack/socket", self.sockets.serve),
            *slack_files.routes(self.desk),
            *slack_sharing.routes(self.desk, self._may_read_files),
            *slack_answers.routes(self.desk),
        ]

    def fault(self, spec: Json) -> None:
        """Order one misbehaviour, see `slack_faults`. Raises ValueError."""
        self._faults.order(spec)

    def clear_faults(self) -> None:
        """Behave again."""
        self._faults.clear()

    async def close(self) -> None:
        """Stop carrying things to the bot and end the page's feed; what is on disk stays."""
        self.world.feed.close()
        await self.delivery.close()

    # ── the Web API ──────────────────────────────────────────────────────────────────────────────────

    async def _api(self, request: Request) -> Response:
        """Answer one call: first what a fault makes of it, then what Slack does."""
        name = request.path_params["method"]
        fault = self._faults.take(slack_faults.AT_THE_DOOR, name) or {"kind": None}
        if fault["kind"] == "slow":
            await asyncio.sleep(float(fault.get("retry_after") or SLOW_SECONDS))
        if fault["kind"] in slack_faults.REFUSALS:
            self.ledger.note(name, {}, fault.get("code") or fault["kind"], fault=fault["kind"])
            return slack_faults.refusal(fault)
        args: Json = {}
        try:
            args = await arguments(request, CATALOG.get(name))
            answer = await self._answer(name, args, request)
        except SlackError as refused:
            answer = self._refused(name, args, refused)
        return HangUp() if fault["kind"] == "drop_after" else answer

    async def _answer(self, name: str, found: Json, request: Request) -> Response:
        """Do what is asked. Raises SlackError."""
        method = CATALOG.get(name)
        if method is None or name not in HANDLERS:
            raise SlackError("unknown_method")
        self._require_token(method, found, request)
        wait = self._limits.refuse(name, method.per_minute, found.get("channel"))
        if wait:
            self.ledger.note(name, _public(found), "ratelimited")
            return slack_faults.too_many(wait)
        args = checked(method, found)
        result = HANDLERS[name](self.desk, args)
        self.ledger.note(name, args)
        headers = {"X-OAuth-Scopes": ",".join(self._scopes)}
        return JSONResponse({"ok": True, **result}, headers=headers)

    def _require_token(self, method: Method, found: Json, request: Request) -> None:
        """Raise SlackError unless the right token came and the scope the method asks for was granted."""
        if method.name in OPEN_TO_ALL:
            return
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or found.get("token")
        if not token:
            raise SlackError("not_authed")
        if token != self._tokens["app" if method.name == "apps.connections.open" else "bot"]:
            raise SlackError("invalid_auth")
        if method.scopes and not set(method.scopes) & set(self._scopes):
            raise SlackError("missing_scope", f"[ERROR] needed: {','.join(method.scopes)}")

    def _may_read_files(self, request: Request) -> bool:
        """Whether the request carries the bot's token in its header, and the bot may read files."""
        is_bot = request.headers.get("authorization") == f"Bearer {self._tokens['bot']}"
        return is_bot and "files:read" in self._scopes

    def _refused(self, name: str, args: Json, refused: SlackError) -> Response:
        """Answer with an error, and write down whether a correct client could have caused it."""
        known = CATALOG[name].errors if name in CATALOG else {"unknown_method"}
        if refused.code not in known:
            raise LookupError(f"{name} never answers {refused.code}")
        is_late_file = all("file not found" in message for message in refused.messages)
        is_violation = refused.code in MISTAKES or (refused.code == "invalid_blocks" and not is_late_file)
        more: Json = {"violation": True} if is_violation else {}
        self.ledger.note(name, _public(args), refused.code, messages=refused.messages, **more)
        body: Json = {"ok": False, "error": refused.code}
        if refused.messages:
            body["response_metadata"] = {"messages": refused.messages}
        return JSONResponse(body)


def _public(args: Json) -> Json:
    return {name: value for name, value in args.items() if name != "token"}

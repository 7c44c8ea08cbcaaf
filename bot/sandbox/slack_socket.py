"""Socket Mode, the server's side: tickets, hello, envelopes, acks.

A ticket opens one connection. Each envelope goes down one of the open connections in turn, as at Slack, and
waits for the ack that names it.
"""

import asyncio
import itertools
import json
import secrets
import uuid
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.slack_call import Json
from bot.sandbox.world_people import APP_ID

UNKNOWN_TICKET = 4401
MOST_CONNECTIONS = 10


class Sockets:
    """The open connections of the app."""

    def __init__(self, address: Callable[[], str]) -> None:
        self._address = address
        self._tickets: set[str] = set()
        self._open: list[WebSocket] = []
        self._waiting: dict[str, tuple[WebSocket, asyncio.Future[Json]]] = {}
        self._turns = itertools.count()
        self._opened = asyncio.Event()

    def __len__(self) -> int:
        return len(self._open)

    def new_url(self) -> str:
        """Return an address that opens one connection."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return f"{self._address()}/slack/socket?ticket={ticket}"

    async def wait_open(self) -> None:
        """Return once a connection is open."""
        await self._opened.wait()

    async def send(self, kind: str, payload: Json, **more: object) -> Json:
        """Send one envelope and return the ack's payload (`{}` without one).

        Raises ConnectionError where no connection is open, or where it closes before the ack comes.
        """
        if not self._open:
            raise ConnectionError("no socket is open")
        socket = self._open[next(self._turns) % len(self._open)]
        envelope_id = str(uuid.uuid4())
        acked: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = socket, acked
        envelope = {"type": kind, "envelope_id": envelope_id, "payload": payload, **more}
        envelope["accepts_response_payload"] = kind != "events_api"
        try:
            await socket.send_json(envelope)
            return await acked
        except (RuntimeError, WebSocketDisconnect) as gone:
            raise ConnectionError("the socket closed") from gone
        finally:
            self._waiting.pop(envelope_id, None)

    async def serve(self, socket: WebSocket) -> None:
        """Serve one connection from hello to the end."""
        ticket = socket.query_params.get("ticket", "")
        await socket.accept()
        if ticket not in self._tickets or len(self._open) >= MOST_CONNECTIONS:
            await socket.close(UNKNOWN_TICKET)
            return
        self._tickets.discard(ticket)
        self._open.append(socket)
        self._opened.set()
        hello = {"type": "hello", "num_connections": len(self._open), "connection_info": {"app_id": APP_ID}}
        try:
            await socket.send_json({**hello, "debug_info": {"host": "sandbox"}})
            while True:
                self._take(await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass  # the other side is gone, or `refresh` closed it
        finally:
            self._forget(socket)

    async def refresh(self) -> None:
        """Ask every client to come back on a new connection, as Slack does every few hours, and close."""
        for socket in list(self._open):
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})
            self._forget(socket)
            await socket.close()

    def _take(self, text: str) -> None:
        """Match one ack with its envelope; anything else a client says is ignored."""
        try:
            said = json.loads(text)
        except ValueError:
            return
        _, acked = self._waiting.get(str(said.get("envelope_id")), (None, None))
        if acked is not None and not acked.done():
            acked.set_result(said.get("payload") or {})

    def _forget(self, socket: WebSocket) -> None:
        if socket in self._open:
            self._open.remove(socket)
        if not self._open:
            self._opened.clear()
        for owner, acked in self._waiting.values():
            if owner is socket and not acked.done():
                acked.set_exception(ConnectionError("the socket closed"))

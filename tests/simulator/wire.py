"""The two mouths of one life: where the program's own clients hand their bytes and calls to the network.

Everything above them is the program's and the SDK's: what is asked, how fast, what the answers mean, and
what may be sent twice.
"""

from collections.abc import Callable
from typing import Any, Self

import aiohttp

from bot.domain.errors import Unavailable
from bot.runware.sentences import NO_ANSWER
from bot.slack.client import PacedClient
from bot.slack.limits import Limits
from tests.simulator.life import Life
from tests.simulator.network import Broken, Busy, Network, Silence
from tests.simulator.runware import SimRunware
from tests.simulator.slack import Refusal, SimSlack

Response = dict[str, Any]


class SimMouth:
    """The port of `bot.runware` for bytes: to the simulated Runware and back."""

    def __init__(self, life: Life, network: Network, runware: SimRunware) -> None:
        self._life = life
        self._network = network
        self.simulated = runware
        self.names: dict[str, str] = {}
        """Under which other name a task was sent, where a sabotage has renamed it."""

    async def exchange(self, body: bytes) -> tuple[int, bytes, str | None]:
        """Send `body` once. Raises Unavailable."""
        kind = body.partition(b'"taskType":"')[2].partition(b'"')[0].decode()
        try:
            status, said = await self._network.carry(
                self._life, f"Runware {kind}", lambda: self.simulated.answer(body)
            )
        except Silence:
            raise Unavailable(NO_ANSWER) from None
        except Busy as busy:
            return 429, b'{"errors":[]}', str(busy.retry_after)
        except Broken:
            return 503, b"<html>", None
        return status, said, None


class SimClient(PacedClient):
    """Slack's client, whose requests go to the simulated Slack; `retries` is the SDK's default: one more."""

    retries = 0

    def __init__(self, life: Life, network: Network, slack: SimSlack, *, clock: Callable[[], float]) -> None:
        super().__init__("xoxb-simulated", limits=Limits(clock=clock))
        self.session: Any = UploadSession(self)
        self._life = life
        self._network = network
        self.simulated = slack

    async def _request(self, *, http_verb: str, api_url: str, req_args: Response) -> Response:
        """Make one request. Raises what aiohttp raises."""
        method = api_url.rpartition("/")[2]
        given = req_args.get("json") or req_args.get("params") or {}
        for left in range(self.retries, -1, -1):
            try:
                key = given.get("client_msg_id", "")
                return await self.carry(method, lambda: self._said(method, given), key=key)
            except aiohttp.ServerDisconnectedError:
                if not left:
                    raise
        raise AssertionError

    def _said(self, method: str, given: Response) -> Response:
        return self.simulated.answer(method, given, by=self._life)

    async def carry(self, what: str, deliver: Callable[[], Response], *, key: str = "") -> Response:
        """Carry one request over the network; return the parts of the response."""
        try:
            told = await self._network.carry(self._life, f"Slack {what}", deliver, key=key)
        except Silence:
            raise aiohttp.ServerDisconnectedError from None
        except Busy as busy:
            return _response("ratelimited", 429, {"Retry-After": str(busy.retry_after)})
        except Broken:
            return _response("service_unavailable", 503)
        except Refusal as no:
            return _response(str(no), 200)
        return {"data": {"ok": True, **told}, "headers": {}, "status_code": 200}


def _response(error: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return {"data": {"ok": False, "error": error}, "headers": headers or {}, "status_code": status}


class UploadSession:
    """Stands where the SDK has its session, for the one request that it does not make: a file's bytes."""

    closed = False

    def __init__(self, client: SimClient) -> None:
        self._client = client

    def post(self, url: str, **_: object) -> "Upload":
        """Send a file's bytes to the address that Slack gave for it."""
        return Upload(self._client, url.rpartition("/")[2])


class Upload:
    """The answer to it, once it is waited for."""

    status = 200

    def __init__(self, client: SimClient, file: str) -> None:
        self._client = client
        self._file = file

    async def __aenter__(self) -> Self:
        said = await self._client.carry("upload", lambda: self._client.simulated.receive(self._file))
        self.status = said["status_code"]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Have nothing to close."""

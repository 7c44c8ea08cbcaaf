"""The mouth: bytes to Runware and back over httpx, and the two ports spoken through it.

It repeats nothing by itself, follows no redirect and writes no log: a repeat of a paid request is decided
above, where it is written down first. What the bytes mean is told by `answers` and `news`.
"""

import asyncio
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx

from bot.domain.errors import Refused, Unavailable
from bot.domain.facts import Progressed, Trained
from bot.domain.generation import Generation, Rendered, Underway
from bot.domain.ids import TaskId
from bot.domain.run import Run
from bot.domain.task import Failed, Task
from bot.runware import answers, news, wire
from bot.runware.answers import Account, Answer
from bot.runware.sentences import NO_ANSWER, NOT_CLEAR

CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 20.0
MOST_CONNECTIONS = 4
"""Runware advises 2 to 4 at a time, and httpx slows down beyond 8."""
MOST_ANSWER_BYTES = 2 * 1024 * 1024


class RunwareClient:
    """One key's connection to Runware; to be closed, or used with `async with`.

    Waiting for a free place does not count into `total_seconds`: nothing has been sent until then.
    """

    def __init__(
        self,
        key: str,
        url: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._url = url
        self._total = total_seconds
        self._places = asyncio.Semaphore(MOST_CONNECTIONS)
        limits = httpx.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=MOST_CONNECTIONS)
        self._http = httpx.AsyncClient(
            # A compressed answer would be a small body that grows past the limit on its bytes.
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/json",
                "Accept-Encoding": "identity",
            },
            timeout=httpx.Timeout(total_seconds, connect=connect_seconds),
            transport=httpx.AsyncHTTPTransport(retries=0, limits=limits, trust_env=False),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask(self, body: str) -> Answer:
        """Send `body` once, as it is, and read the answer whatever its status. Raises Unavailable."""
        try:
            async with self._places, asyncio.timeout(self._total):
                return await self._exchange(body.encode())
        except (httpx.HTTPError, TimeoutError):
            raise Unavailable(NO_ANSWER) from None

    async def _exchange(self, body: bytes) -> Answer:
        async with self._http.stream("POST", self._url, content=body) as response:
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > MOST_ANSWER_BYTES:
                    raise Unavailable(NOT_CLEAR)
            return answers.read(
                response.status_code, bytes(received), retry_after=response.headers.get("Retry-After")
            )

    async def account(self) -> Account:
        """Return the balance and the namespace. Raises AccessDenied and Unavailable."""
        task_id = TaskId(str(uuid4()))
        return answers.account_of(await self.ask(wire.account_request(task_id)), task_id)


class RunwareTrainer:
    """The port Trainer; `namespace` is the configured provider part of our AIRs, empty to ask the account."""

    def __init__(self, client: RunwareClient, *, namespace: str = "") -> None:
        self._client = client
        self._namespace = namespace

    async def namespace(self) -> str:
        """Return the provider part of our AIRs; the account is asked until it has answered once.

        Raises Refused where the account states none, AccessDenied and Unavailable.
        """
        if not self._namespace:
            stated = (await self._client.account()).namespace
            if stated is None:
                raise Refused(
                    "Runware does not say under which name this organisation's models are kept. "
                    "Ask whoever runs this bot to set HOUSESTYLE_AIR_NAMESPACE.",
                    code="noNamespace",
                )
            self._namespace = stated
        return self._namespace

    def order(self, run: Run, task: TaskId, *, dataset: str) -> str:
        """Return the exact request body; nothing is sent. `dataset` is the link to the ZIP."""
        return wire.training_order(run, task, dataset=dataset)

    async def submit(self, task: Task) -> None:
        """Send `task.body` once; see the port for what it raises."""
        answers.check_accepted(await self._client.ask(task.body), task.id, wire.TRAINING)

    async def look(self, task: TaskId) -> Progressed | Trained | Failed | None:
        """Say how far a training is; None: no news. Raises AccessDenied and Unavailable."""
        return news.training_news(await self._client.ask(wire.look_request(task)), task)


class RunwareImages:
    """The port ImageGenerator."""

    def __init__(self, client: RunwareClient) -> None:
        self._client = client

    def order(self, generation: Generation, task: TaskId) -> str:
        """Return the exact request body that asks for the pictures; nothing is sent."""
        return wire.image_order(generation, task)

    async def submit(self, task: Task) -> None:
        """Send `task.body` once; see the port for what it raises."""
        answers.check_accepted(await self._client.ask(task.body), task.id, wire.IMAGE)

    async def look(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
        """Say whether all pictures are drawn; None: not yet. Raises AccessDenied and Unavailable."""
        return news.image_news(await self._client.ask(wire.look_request(task)), task, expected=expected)

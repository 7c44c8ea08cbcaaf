"""The mouth: bytes to Runware and back, over httpx.

It repeats nothing by itself, follows no redirect and writes no log. What the bytes mean is told by
`answers`; when they are sent, by `client`.
"""

from types import TracebackType
from typing import Protocol, Self

import httpx

from bot.domain.errors import NotSent, Unavailable
from bot.runware.sentences import NO_ANSWER, NOT_CLEAR

CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 20.0
_NEVER_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Raised before a connection stands, TLS and all; one that breaks later raises what else there is."""
MOST_ANSWER_BYTES = 2 * 1024 * 1024


class Mouth(Protocol):
    """What exchanges bytes with Runware."""

    async def exchange(self, body: bytes) -> tuple[int, bytes, str | None]:
        """Send `body` once; return the status, the answer's bytes, and the header `Retry-After`.

        Raises Unavailable where no whole answer came: the request may or may not have arrived. NotSent: it
        certainly has not.
        """
        ...


class HttpMouth:
    """One key's connections to the API at `url`; to be closed, or used with `async with`.

    `connections` are as many as calls are made at once; httpx slows down beyond 8.
    """

    def __init__(
        self,
        key: str,
        url: str,
        *,
        connections: int,
        connect_seconds: float = CONNECT_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._url = url
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
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

    async def exchange(self, body: bytes) -> tuple[int, bytes, str | None]:
        """Send `body` once, as it is, and read the answer whatever its status.

        Raises Unavailable, and NotSent where no connection came about.
        """
        try:
            async with self._http.stream("POST", self._url, content=body) as response:
                said = await _read(response)
                return response.status_code, said, response.headers.get("Retry-After")
        except _NEVER_CONNECTED:
            raise NotSent(NO_ANSWER) from None
        except httpx.HTTPError:
            raise Unavailable(NO_ANSWER) from None


async def _read(response: httpx.Response) -> bytes:
    received = bytearray()
    async for chunk in response.aiter_raw():
        received += chunk
        if len(received) > MOST_ANSWER_BYTES:
            raise Unavailable(NOT_CLEAR)
    return bytes(received)

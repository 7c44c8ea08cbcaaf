"""Whoever calls the address of Runware's webhooks is answered alike, whatever is sent, and nothing breaks."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import quote

import httpx
from hypothesis import strategies as st
from starlette.applications import Starlette

from bot.domain.errors import Unavailable
from handlers.webhook import MOST_BYTES, webhook_route
from tests.fuzz.hostile import jsons, texts
from tests.fuzz.target import Target

GOOD = "RUN0000001.a-token-that-only-we-could-make"
DOWN = "RUN0000002.whose-store-is-busy"


class Call(NamedTuple):
    """A request; the path is what follows the address, as bytes that a URL may hold."""

    method: str
    path: bytes
    body: bytes
    kind: str


_PATHS = (
    st.sampled_from((GOOD.encode(), DOWN.encode(), b"", b"/", GOOD.encode() + b"/", b"%00", b"a/b/c?x=1"))
    | st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=40).map(
        lambda text: quote(text, safe="/:?@!$&'()*+,;=~").replace(".", "%2E").encode()
    )
    | st.integers(1, 3000).map(lambda count: b"a" * count)
)
_BODIES = (
    st.binary(max_size=100)
    | jsons.map(lambda made: repr(made).encode("utf-8", "replace"))
    | st.sampled_from((0, 1, MOST_BYTES, MOST_BYTES + 1, 3 * MOST_BYTES)).map(bytes)
)
CALLS = st.builds(
    Call,
    st.sampled_from(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")),
    _PATHS,
    _BODIES,
    texts.map(lambda text: text.encode("ascii", "ignore").decode().strip() if text.isprintable() else ""),
)


class Ear:
    """The route with a reader of tokens that knows two; `heard` is what it was told of."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._runner = asyncio.Runner()
        web = Starlette(routes=[webhook_route({GOOD: "RUN0000001", DOWN: "RUN0000002"}.get, self._hear)])
        self._web = httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://bot.test")

    async def _hear(self, subject: str) -> None:
        self.heard.append(subject)
        if subject == "RUN0000002":
            raise Unavailable("The disk is full.")

    def call(self, given: Call) -> None:
        """Call, and be told nothing."""
        self.heard.clear()
        answer = self._runner.run(self._sent(given))
        assert (answer.status_code, answer.content) == (204, b"")
        assert set(answer.headers) <= {"connection"}, answer.headers
        good = given.path.partition(b"?")[0].decode("latin-1") in {GOOD, DOWN}
        said = good and given.method == "POST" and len(given.body) <= MOST_BYTES
        assert len(self.heard) == said

    async def _sent(self, given: Call) -> httpx.Response:
        url = httpx.URL("http://bot.test").copy_with(raw_path=b"/runware/webhook/" + given.path)
        return await self._web.request(
            given.method, url, content=given.body, headers={"Content-Type": given.kind}
        )

    def close(self) -> None:
        """Hang up."""
        self._runner.run(self._web.aclose())
        self._runner.close()


@contextmanager
def listening() -> Iterator[Callable[[Call], None]]:
    """Lend the ear."""
    ear = Ear()
    yield ear.call
    ear.close()


HOOKS = Target("webhooks", CALLS, listening, most=300)

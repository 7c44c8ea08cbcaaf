"""Runware's webhooks: whatever comes is answered alike, and only a token of ours has anything looked at."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from bot.domain.errors import Unavailable
from handlers.webhook import MOST_BYTES, webhook_route

GOOD = "RUN0000001.task.seal"


class Ears:
    """Keeps what was heard; `is_deaf` while the database does not answer."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_deaf = False

    async def hear(self, subject: str) -> None:
        if self.is_deaf:
            raise Unavailable("The database does not answer.")
        self.heard.append(subject)


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
async def http(ears: Ears) -> AsyncIterator[httpx.AsyncClient]:
    route = webhook_route({GOOD: "RUN0000001"}.get, ears.hear)
    transport = httpx.ASGITransport(Starlette(routes=[route]))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        yield client


@pytest.mark.parametrize("body", [b"", b'{"status": "success"}', b'{"data": []}', b"\xff" * 100])
async def test_a_token_of_ours_has_its_run_looked_at_whatever_the_body_says(
    http: httpx.AsyncClient, ears: Ears, body: bytes
) -> None:
    answer = await http.post(f"/runware/webhook/{GOOD}", content=body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert ears.heard == ["RUN0000001"]


@pytest.mark.parametrize("token", ["nonsense", "RUN0000001.task.forged", "a/b/c", "%00", "x" * 5000, ""])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"])
async def test_nobody_learns_which_tokens_are_good(
    http: httpx.AsyncClient, ears: Ears, token: str, method: str
) -> None:
    answer = await http.request(method, f"/runware/webhook/{token}")
    good = await http.request("GET", f"/runware/webhook/{GOOD}")
    assert (answer.status_code, answer.content) == (good.status_code, good.content) == (204, b"")
    assert answer.headers == good.headers
    assert ears.heard == []


async def test_a_body_that_is_too_large_has_nothing_looked_at(http: httpx.AsyncClient, ears: Ears) -> None:
    answer = await http.post(f"/runware/webhook/{GOOD}", content=b"x" * (MOST_BYTES + 1))
    assert answer.status_code == 204
    assert ears.heard == []


async def test_a_hint_that_cannot_be_written_down_is_answered_like_any_other(
    http: httpx.AsyncClient, ears: Ears
) -> None:
    ears.is_deaf = True
    assert (await http.post(f"/runware/webhook/{GOOD}")).status_code == 204

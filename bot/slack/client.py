"""Slack's own client, with one door that every method passes: it keeps to the limits, and never repeats.

One client is one workspace. A call waits a moment for its turn or is refused before anything is sent; who
refuses then, we or Slack, is told alike: Unavailable with `retry_after`, or SlackApiError for `fault`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.errors import Unavailable
from bot.slack.faults import asked_to_wait
from bot.slack.limits import Limits

Listing = Callable[..., Awaitable[AsyncSlackResponse]]
"""A method of the client that lists something in pages."""
MOST_PAGES, MOST_WAITS, LONGEST_WAIT = 20, 5, 60.0
"""Of one reading: pages, and how often in a row one of them is waited for, each time so many seconds."""


class PacedClient(AsyncWebClient):
    """Calls Slack as fast as it allows; `timeout` is in seconds, `session` is shared and not closed here."""

    def __init__(
        self,
        token: str | None = None,
        *,
        base_url: str = AsyncWebClient.BASE_URL,
        timeout: int = 20,
        session: aiohttp.ClientSession | None = None,
        limits: Limits | None = None,
    ) -> None:
        # The SDK's default handler sends a post twice when the connection drops (measured).
        super().__init__(token, base_url=base_url, timeout=timeout, session=session, retry_handlers=[])
        self.limits = limits or Limits()

    async def api_call(self, api_method: str, **call: Any) -> AsyncSlackResponse:  # noqa: ANN401 - the SDK's
        """Make one call in its turn. Raises Unavailable where that is too far off, and as the SDK does."""
        if wait := self.limits.book(api_method, _channel(call)):
            await asyncio.sleep(wait)
            self.limits.require(api_method)  # Slack may have limited another call in the meantime
        try:
            return await super().api_call(api_method, **call)
        except SlackApiError as error:
            if (pause := asked_to_wait(error)) is not None:
                self.limits.pause(api_method, pause)
            raise


def _channel(call: dict[str, Any]) -> str:
    """Return the channel among a call's arguments, wherever the SDK put them."""
    parts = (call.get(name) for name in ("json", "data", "params"))
    return next((str(part["channel"]) for part in parts if isinstance(part, dict) and "channel" in part), "")


async def pages(
    call: Listing,
    *,
    most: int = MOST_PAGES,
    is_patient: bool = False,
    **asked: Any,  # noqa: ANN401 - what the method takes
) -> AsyncIterator[AsyncSlackResponse]:
    """Yield the pages of what a method lists. To read twice does no harm, so a patient one waits its turn.

    Raises Unavailable where there are more than `most`: what was not read proves nothing.
    """
    for _ in range(most):
        answer = await (_waited_for(call, asked) if is_patient else call(**asked))
        yield answer
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        asked["cursor"] = cursor
    raise Unavailable("There is more in Slack than can be looked through.")


async def _waited_for(call: Listing, asked: dict[str, Any]) -> AsyncSlackResponse:
    """Ask once more each time that Slack or we said when. Raises as the call does in the end."""
    for _ in range(MOST_WAITS):
        try:
            return await call(**asked)
        except Unavailable as silence:
            wait = silence.retry_after
            if wait is None or wait > LONGEST_WAIT:
                raise
        except SlackApiError as error:
            wait = asked_to_wait(error)
            if wait is None or wait > LONGEST_WAIT:
                raise
        await asyncio.sleep(wait)
    return await call(**asked)

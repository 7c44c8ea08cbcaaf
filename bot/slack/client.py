"""Slack's own client, with one door that every method passes: it keeps to the limits, and never repeats.

One client is one workspace, and one for all who speak to it: what one of them is told to wait, all wait. A
call waits a moment for its turn or is refused before anything is sent; who refuses then, we or Slack, is told
alike: Unavailable with `retry_after`, or SlackApiError for `fault`.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.errors import Unavailable
from bot.slack.blocks import Block
from bot.slack.faults import asked_to_wait, error_word, is_no, told_in_our_words
from bot.slack.limits import Limits

Listing = Callable[..., Awaitable[AsyncSlackResponse]]
"""A method of the client that lists something in pages."""
MOST_PAGES, MOST_WAITS, LONGEST_WAIT = 20, 5, 60.0
"""Of one reading: pages, and how often in a row one of them is waited for, each time so many seconds."""
TIMEOUT, OPENING = 20, 2.5
"""Seconds that a call may take; and one that opens a form, which nobody may after three."""
TOO_MANY, LONGEST_ANSWER = 429, 30.0
"""HTTP's word for a limit (RFC 6585), and the seconds for which an answer to a click waits for its end."""
TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id"})


class PacedClient(AsyncWebClient):
    """Calls Slack as fast as it allows; `timeout` is in seconds.

    A `session` is shared and not closed here, and it is held to its own timeout, not to that (the SDK's way).
    """

    def __init__(
        self,
        token: str | None = None,
        *,
        base_url: str = AsyncWebClient.BASE_URL,
        timeout: int = TIMEOUT,
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

    async def open_form(self, trigger: str, form: Block, *, within: float = OPENING) -> None:
        """Open a form for who acted. Raises SlackApiError where it is a form that Slack does not take.

        Raises Unavailable, with a sentence for who acted, while there is still time to say it: Slack hears
        the acknowledgement for no longer than the trigger lives.
        """
        try:
            async with asyncio.timeout(within):
                await self.views_open(trigger_id=trigger, view=form)
        except SlackApiError as error:
            if is_no(error) and error_word(error) not in TOO_LATE:
                raise
            raise _unopened(asked_to_wait(error)) from error
        except Unavailable as refusal:
            raise _unopened(refusal.retry_after) from refusal
        except (aiohttp.ClientError, TimeoutError) as silence:
            raise _unopened(None) from silence

    async def tell(self, user: str, text: str, blocks: Sequence[Block] = ()) -> None:
        """Tell somebody directly; where that has to wait its turn, later.

        Raises Unavailable where it may not have been told, and Unpostable.
        """
        said: dict[str, Any] = {"channel": user, "text": text} | ({"blocks": blocks} if blocks else {})
        with told_in_our_words():
            await _waited_for(self.chat_postMessage, said)

    async def respond(self, url: str, text: str, blocks: Sequence[Block] = ()) -> None:
        """Tell only the person who acted, at the `response_url` of that. Raises Unavailable if perhaps not.

        It is sent once: no look tells whether such words stand, and the SDK's own retries say them twice.
        What Slack limits certainly does not stand, so that is sent once more where it says that it is soon.
        """
        hook = AsyncWebhookClient(
            url,
            timeout=self.timeout,
            session=self.session,
            proxy=self.proxy,
            ssl=self.ssl,
            retry_handlers=[],
        )
        said = {
            "text": text,
            "blocks": blocks or None,
            "response_type": "ephemeral",
            "replace_original": False,
        }
        with told_in_our_words():
            answer = await hook.send_dict(said)
            if (wait := _soon(answer)) is not None:
                await asyncio.sleep(wait)
                answer = await hook.send_dict(said)
        if answer.status_code != 200:  # noqa: PLR2004 - Slack documents 200 and nothing else
            raise Unavailable("Slack did not take what somebody was to be told.")


@asynccontextmanager
async def paced(token: str, base_url: str, *, within: float = TIMEOUT) -> AsyncIterator[PacedClient]:
    """Lend a client of one workspace, which keeps its connections; a call takes `within` seconds at most."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within)) as session:
        yield PacedClient(token, base_url=base_url, session=session)


def _unopened(wait: float | None) -> Unavailable:
    """Return what somebody is told whose form does not open; `wait` are seconds until one may, if known."""
    if wait is None:
        return Unavailable("Slack was too slow to open the form. Try once more.")
    seconds = max(1, math.ceil(wait))
    return Unavailable(
        f"Slack opens no more forms for Housestyle just now. Try again in {seconds} seconds.",
        retry_after=wait,
    )


def _soon(answer: WebhookResponse) -> float | None:
    """Return the seconds after which Slack takes what it limits; None where it does not, or not soon."""
    wait = str(answer.headers.get("Retry-After", ""))
    is_soon = wait.isdecimal() and float(wait) <= LONGEST_ANSWER
    return float(wait) if answer.status_code == TOO_MANY and is_soon else None


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
    """Ask once more each time that Slack or we said when: then nothing was done. Raises as the call does."""
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

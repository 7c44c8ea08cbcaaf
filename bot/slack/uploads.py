"""How a file gets into Slack so that a message can show it, seen by nobody until then.

Three calls and a wait: ask for an address, post the bytes there, complete, and look until Slack has scanned
it. No channel is named, and no `alt_txt`, which can make a share vanish (facts/slack.md §2, traps 1 to 3).
The file's id is told before any byte is sent, so that one that was broken off is found, not sent again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Unavailable
from bot.domain.ids import FileId
from bot.domain.visible import visible
from bot.slack.faults import error_word, is_no

FIRST_WAIT, LONGEST_WAIT = 0.1, 2.0
"""Seconds between two looks at a file that is not ready: doubled from the first to the longest."""


async def bring(
    client: AsyncWebClient,
    name: str,
    body: bytes,
    *,
    begun: Callable[[FileId], Awaitable[None]],
    earlier: FileId | None = None,
    patience: float,
) -> FileId:
    """Upload `body` as `name`, unless Slack has it as `earlier`; return when Slack can show it.

    `begun` is told the id and waited for before any byte is sent. Raises Unavailable where the wait takes
    longer than `patience` seconds, and what `begun` and the client raise.
    """
    shown_name = visible(name)
    if earlier and await _recovered(client, earlier, shown_name, patience=patience):
        return earlier
    place = await client.files_getUploadURLExternal(filename=shown_name, length=len(body))
    file = FileId(place["file_id"])
    await begun(file)
    await _send(client, place["upload_url"], body)
    await _complete(client, file, shown_name)
    if not await _is_shown_within(client, file, patience):
        raise Unavailable("Slack is still looking at an uploaded file.")
    return file


async def _recovered(client: AsyncWebClient, file: FileId, name: str, *, patience: float) -> bool:
    """Return whether an upload that was broken off is whole now; what it lacked is made up for, once.

    Nobody remembers where it broke off: Slack finds a file neither before its bytes came, nor before it was
    completed, nor in the moment after. So it is completed, which Slack refuses in the first of these. What
    is not recovered is sent anew, and left behind where nobody sees it.
    """
    kind = await _type_of_earlier(client, file)
    if kind:
        return True
    try:
        await _complete(client, file, name)
    except SlackApiError as error:
        if not is_no(error):
            raise
        if kind is None:
            return False
    return await _is_shown_within(client, file, patience)


async def _type_of_earlier(client: AsyncWebClient, file: FileId) -> str | None:
    """Return what `_type_of` says, None too where Slack will not tell: somebody deleted it, say."""
    try:
        return await _type_of(client, file)
    except SlackApiError as error:
        if not is_no(error):
            raise
        return None


async def _complete(client: AsyncWebClient, file: FileId, name: str) -> None:
    await client.files_completeUploadExternal(files=[{"id": file, "title": name}])


async def _send(client: AsyncWebClient, url: str, body: bytes) -> None:
    async with (
        _session(client) as session,
        session.post(
            url,
            data=body,
            proxy=client.proxy,
            ssl=client.ssl or True,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=client.timeout),
        ) as answer,
    ):
        if answer.status != 200:  # noqa: PLR2004 - Slack documents 200 and nothing else
            raise Unavailable("Slack did not take an uploaded file.")


@asynccontextmanager
async def _session(client: AsyncWebClient) -> AsyncIterator[aiohttp.ClientSession]:
    """Use the client's own session, or one for this call where it has none."""
    if client.session is not None and not client.session.closed:
        yield client.session
        return
    async with aiohttp.ClientSession(trust_env=client.trust_env_in_session) as session:
        yield session


async def _is_shown_within(client: AsyncWebClient, file: FileId, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await _until_ready(client, file)
    except TimeoutError:
        return False
    return True


async def _until_ready(client: AsyncWebClient, file: FileId) -> None:
    wait = FIRST_WAIT
    while not await _type_of(client, file):
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


async def _type_of(client: AsyncWebClient, file: FileId) -> str | None:
    """Return what Slack says the file is: empty before it has looked at it, None where it is not found."""
    try:
        info = await client.files_info(file=file)
    except SlackApiError as error:
        if error_word(error) == "file_not_found":
            return None
        raise
    return str(info["file"].get("mimetype") or "")

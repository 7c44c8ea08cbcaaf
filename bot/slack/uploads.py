"""How a file gets into Slack so that a message can show it, seen by nobody until then.

Three calls and a wait: ask for an address, post the bytes there, complete, and look until Slack has scanned
it. No channel is named, and no `alt_txt`, which can make a share vanish (facts/slack.md §2, traps 1 to 3).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Unavailable
from bot.domain.ids import FileId
from bot.slack.blocks import clean
from bot.slack.faults import error_word

FIRST_WAIT, LONGEST_WAIT = 0.1, 2.0
"""Seconds between two looks at a file that is not ready: doubled from the first to the longest."""


async def bring(client: AsyncWebClient, name: str, body: bytes, *, patience: float) -> FileId:
    """Upload `body` as `name`; return when Slack can show it.

    Raises Unavailable where that takes longer than `patience` seconds, and what the client raises.
    """
    shown_name = clean(name)
    place = await client.files_getUploadURLExternal(filename=shown_name, length=len(body))
    file = FileId(place["file_id"])
    await _send(client, place["upload_url"], body)
    await client.files_completeUploadExternal(files=[{"id": file, "title": shown_name}])
    try:
        async with asyncio.timeout(patience):
            await _until_ready(client, file)
    except TimeoutError:
        raise Unavailable("Slack is still looking at an uploaded file.") from None
    return file


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


async def _until_ready(client: AsyncWebClient, file: FileId) -> None:
    wait = FIRST_WAIT
    while not await _is_ready(client, file):
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


async def _is_ready(client: AsyncWebClient, file: FileId) -> bool:
    """Return whether Slack has looked at the file: before that its type is empty, or it is not found."""
    try:
        info = await client.files_info(file=file)
    except SlackApiError as error:
        if error_word(error) == "file_not_found":
            return False
        raise
    return bool(info["file"].get("mimetype"))

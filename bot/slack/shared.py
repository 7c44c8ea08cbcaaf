"""The port SharedFiles over Slack's Web API: the pictures and ZIPs people posted, and where Slack keeps them.

It reads what Slack says of a file and never its bytes; those are fetched elsewhere, from Slack's hosts only.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.dataset import SharedFile
from bot.domain.errors import Refused
from bot.domain.ids import ChannelId, FileId
from bot.domain.visible import visible
from bot.slack.faults import told_of_files

MOST_FILES, PAGE, MOST_PAGES = 60, 200, 20
"""Files taken from a thread, messages asked for at a time, and how many times."""
_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "application/zip", "application/x-zip-compressed"}
)
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".zip")
_GONE = {
    "tombstone": "“{name}” was deleted from Slack: post it again.",
    "hidden_by_limit": "Slack hides “{name}”, which is past your plan's limit: post it again.",
}
"""What a file's `mode` says where it cannot be had, with the sentence for it."""


@dataclass(frozen=True)
class Offered:
    """A picture or ZIP as a message names it; `size` in bytes, 0 where Slack did not say."""

    id: FileId
    name: str
    size: int


def offered(files: Iterable[Mapping[str, Any]]) -> tuple[Offered, ...]:
    """Return those of a message's files that a style can be trained on."""
    return tuple(
        Offered(
            FileId(file["id"]), visible(str(file.get("name") or "")) or file["id"], int(file.get("size") or 0)
        )
        for file in files
        if _is_usable(file)
    )


class SlackFiles:
    """Looks files up with the bot's token."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def files(self, ids: Collection[FileId]) -> tuple[SharedFile, ...]:
        """Return these files, in order. Raises Refused where one cannot be had, and Unavailable."""
        return tuple([_shared(await self._info(file_id)) for file_id in ids])

    async def in_thread(self, channel: ChannelId, thread: str) -> tuple[SharedFile, ...]:
        """Return the pictures and ZIPs of a thread, the first MOST_FILES, oldest first; as `files` raises."""
        found: list[SharedFile] = []
        async for message in self._said(channel, thread):
            for file in filter(_is_usable, message.get("files") or ()):
                whole = file if _address(file) else await self._info(file["id"])
                if _is_usable(whole):
                    found.append(_shared(whole))
                if len(found) == MOST_FILES:
                    return tuple(found)
        return tuple(found)

    async def _info(self, file_id: str) -> Mapping[str, Any]:
        with told_of_files():
            answer = await self._client.files_info(file=file_id)
        info: Mapping[str, Any] = answer["file"]
        return info

    async def _said(self, channel: ChannelId, thread: str) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the messages of a thread, its first one included, oldest first."""
        asked: dict[str, Any] = {"channel": channel, "ts": thread, "limit": PAGE}
        for _ in range(MOST_PAGES):
            with told_of_files():
                answer = await self._client.conversations_replies(**asked)
            for message in answer["messages"]:
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            asked["cursor"] = cursor


def _is_usable(file: Mapping[str, Any]) -> bool:
    """Return whether it is a picture or a ZIP that Slack itself keeps and still shows."""
    if file.get("mode") in _GONE or file.get("is_external"):
        return False
    if file.get("file_access") == "check_file_info":  # of another company: only files.info says what it is
        return True
    return file.get("mimetype") in _TYPES or str(file.get("name") or "").lower().endswith(_ENDINGS)


def _shared(file: Mapping[str, Any]) -> SharedFile:
    """Return where Slack keeps the file. Raises Refused where it does not."""
    name = visible(str(file.get("name") or "")) or str(file["id"])
    if gone := _GONE.get(str(file.get("mode"))):
        raise Refused(gone.format(name=name))
    if file.get("is_external"):
        raise Refused(f"“{name}” is kept outside Slack: post the file itself, or give a link to it.")
    if not _address(file):
        raise Refused(f"Slack does not say where it keeps “{name}”: post it again.")
    return SharedFile(FileId(file["id"]), name, _address(file))


def _address(file: Mapping[str, Any]) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")

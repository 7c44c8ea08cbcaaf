"""The port Messenger over Slack's Web API: draws a message, says it, and tells what became of it.

It never repeats a call on its own: the client must be made with `retry_handlers=[]`, for only the outbox
knows whether a message may be sent twice. Every failure leaves as `bot.slack.faults` words it.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Unavailable
from bot.domain.generation import Generation
from bot.domain.ids import ChannelId, FileId, UserId
from bot.domain.message import HomeState, Message, Originals, Place, State
from bot.ports import Posted
from bot.slack.faults import error_word, told_in_our_words
from bot.slack.home import home_view
from bot.slack.uploads import bring
from bot.slack.views import render

EVENT_TYPE = "housestyle_outbox"
"""The type of the metadata that every message of ours carries; its payload is `{"id": key}`."""
CLOCKS_APART = timedelta(seconds=60)
LONGEST_CALL = timedelta(seconds=30)
"""How far Slack's clock and ours may differ when a message is looked up."""
PAGE, MOST_PAGES = 200, 20
NOT_OURS_TO_READ = frozenset(
    {"missing_scope", "not_in_channel", "channel_not_found", "thread_not_found", "channel_is_limited_access"}
)
"""Where Slack will not let us look, all that is left is to send it again under the same key."""


class SlackMessenger:
    """Says things in one workspace as the bot `bot_id`; `patience` is seconds to wait for a new file."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        clock: Callable[[], datetime],
        bot_id: str,
        patience: float = 20.0,
    ) -> None:
        self._client = client
        self._clock = clock
        self._bot_id = bot_id
        self._patience = patience

    async def post(
        self, place: Place, message: Message, state: State, *, key: str, file: FileId | None
    ) -> Posted:
        """Post once under `key`, as `client_msg_id` and in the metadata; see the port."""
        with told_in_our_words():
            drawn = render(
                message, state, now=self._clock(), file=file, links=await self._links(message, state)
            )
            answer = await self._client.chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread,
                text=drawn.text,
                blocks=drawn.blocks or None,
                client_msg_id=key,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"id": key}},
                # A link in it is never somebody's, but a file of ours, which Slack shows by unfurling.
                unfurl_links=isinstance(message, Originals),
                unfurl_media=isinstance(message, Originals),
                parse="none",
                link_names=False,
            )
        return Posted(ChannelId(answer["channel"]), answer["ts"])

    async def redraw(self, posted: Posted, message: Message, state: State) -> None:
        """Draw a posted message anew, whole; to do it twice is to do it once."""
        with told_in_our_words():
            drawn = render(message, state, now=self._clock(), links=await self._links(message, state))
            await self._client.chat_update(
                channel=posted.channel,
                ts=posted.ts,
                text=drawn.text,
                blocks=drawn.blocks or None,
                parse="none",
                link_names=False,
            )

    async def find(self, place: Place, *, key: str, since: datetime) -> Posted | None:
        """Look for our own message under `key`; None too where Slack does not let us look."""
        with told_in_our_words():
            try:
                async for message in self._said(place, since):
                    if self._is_ours(message, key):
                        return Posted(place.channel, message["ts"])
            except SlackApiError as error:
                if error_word(error) not in NOT_OURS_TO_READ:
                    raise
        return None

    async def upload(self, name: str, body: bytes) -> FileId:
        """Put a file into Slack, seen by nobody yet.

        Raises Unavailable; and Unpostable where Slack says for good that it takes no such file.
        """
        with told_in_our_words():
            return await bring(self._client, name, body, patience=self._patience)

    async def direct(self, user: UserId) -> ChannelId:
        """Return our direct conversation with `user`."""
        with told_in_our_words():
            answer = await self._client.conversations_open(users=user)
        return ChannelId(answer["channel"]["id"])

    async def publish_home(self, state: State) -> None:
        """Draw a person's App Home; a state that is none is a bug of ours: TypeError."""
        if not isinstance(state, HomeState):
            raise TypeError(f"An App Home cannot be drawn from {type(state).__name__}.")
        with told_in_our_words():
            await self._client.views_publish(user_id=state.user, view=home_view(state, now=self._clock()))

    async def _links(self, message: Message, state: State) -> list[tuple[str, str]]:
        """Return name and permalink of each original that `message` hands over."""
        if not isinstance(message, Originals) or not isinstance(state, Generation):
            return []
        found = []
        for upload in state.uploads:
            if upload.original:
                file = (await self._client.files_info(file=upload.original))["file"]
                found.append((file["name"], file["permalink"]))
        return found

    async def _said(self, place: Place, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
        """Yield what was said in `place` about `since`; Unavailable where that is too much to read."""
        asked: dict[str, Any] = {
            "channel": place.channel,
            "oldest": f"{(since - CLOCKS_APART).timestamp():.6f}",
            "latest": f"{(since + CLOCKS_APART + LONGEST_CALL).timestamp():.6f}",
            "inclusive": True,
            "include_all_metadata": True,
            "limit": PAGE,
        }
        for _ in range(MOST_PAGES):
            if place.thread:
                answer = await self._client.conversations_replies(ts=place.thread, **asked)
            else:
                answer = await self._client.conversations_history(**asked)
            for message in answer["messages"]:
                yield message
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            asked["cursor"] = cursor
        raise Unavailable("There is more in the channel than can be looked through.")

    def _is_ours(self, message: Mapping[str, Any], key: str) -> bool:
        """Return whether it carries our key and we said it: anyone may copy metadata."""
        metadata = message.get("metadata") or {}
        return (
            message.get("bot_id") == self._bot_id
            and metadata.get("event_type") == EVENT_TYPE
            and (metadata.get("event_payload") or {}).get("id") == key
        )

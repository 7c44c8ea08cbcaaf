"""The port Messenger over Slack's Web API: draws a message, says it, and tells what became of it.

It never repeats what it says on its own, for only the outbox knows whether a message may be sent twice.
Every failure leaves as `bot.slack.faults` words it; what the client refuses to keep the pace passes as it is.
What its messages carry beside what people see is in `bot.slack.tags`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError

from bot.domain.generation import Generation
from bot.domain.ids import ChannelId, FileId, UserId
from bot.domain.message import HomeState, Message, Originals, Place, State
from bot.ports import CardTag, Posted
from bot.slack.blocks import Drawn
from bot.slack.client import Listing, PacedClient, pages
from bot.slack.faults import error_word, told_in_our_words
from bot.slack.home import home_view
from bot.slack.missing import Missing
from bot.slack.notices import who_can_mend
from bot.slack.tags import (
    CLOCKS_APART,
    EVENT_TYPE,
    MANY,
    MOST_MANY,
    NOT_OURS_TO_READ,
    WHOLE,
    Payload,
    channels_of,
    looking,
    payload_of,
    stamp,
    tag_of,
    tags_in,
)
from bot.slack.uploads import bring
from bot.slack.views import render, tag

Key = TypeVar("Key")
Value = TypeVar("Value")

REMEMBERED = 1000
STEWARDS_FOR = timedelta(minutes=10)
OPEN_FOR = timedelta(hours=1)
"""For so long a direct conversation is known, until it is asked whether who is meant is still there."""


class SlackMessenger:
    """Says things in one workspace as the bot `bot_id`; `patience` is seconds to wait for a new file.

    `stewards` are who is told what has to be mended: its owners and admins, where nobody is named.
    """

    def __init__(
        self,
        client: PacedClient,
        *,
        clock: Callable[[], datetime],
        bot_id: str,
        patience: float = 20.0,
        stewards: Sequence[UserId] = (),
    ) -> None:
        self._client = client
        self._clock = clock
        self._bot_id = bot_id
        self._patience = patience
        self._stewards: tuple[UserId, ...] = tuple(stewards)
        self._stewards_until: datetime | None = None
        self._carried: dict[Posted, Payload] = {}
        self._missing = Missing(client)
        self._direct: dict[UserId, tuple[ChannelId, datetime]] = {}

    async def post(
        self, place: Place, message: Message, state: State, *, key: str, file: FileId | None
    ) -> Posted:
        """Post once under `key`, as `client_msg_id` and in the metadata; see the port."""
        payload = {"id": key, **tag(message, state)}
        with told_in_our_words():
            drawn = await self._drawn(message, state, file)
            async with self._missing.watching(drawn):
                answer = await self._client.chat_postMessage(
                    channel=place.channel,
                    thread_ts=place.thread,
                    text=drawn.text,
                    blocks=drawn.blocks or None,
                    client_msg_id=key,
                    metadata={"event_type": EVENT_TYPE, "event_payload": payload},
                    # A link in it is never somebody's, but a file of ours, which Slack shows by unfurling.
                    unfurl_links=isinstance(message, Originals),
                    unfurl_media=isinstance(message, Originals),
                    parse="none",
                    link_names=False,
                )
        posted = Posted(ChannelId(answer["channel"]), answer["ts"])
        self._remember(posted, payload)
        return posted

    async def redraw(self, posted: Posted, message: Message, state: State) -> None:
        """Draw a posted message anew, whole; to do it twice is to do it once."""
        with told_in_our_words():
            drawn = await self._drawn(message, state)
            payload = await self._payload_anew(posted, tag(message, state))
            async with self._missing.watching(drawn):
                await self._client.chat_update(
                    channel=posted.channel,
                    ts=posted.ts,
                    text=drawn.text,
                    blocks=drawn.blocks or None,
                    metadata={"event_type": EVENT_TYPE, "event_payload": payload} if payload else None,
                    parse="none",
                    link_names=False,
                )
        if payload:
            self._remember(posted, payload)

    async def find(self, place: Place, *, key: str, since: datetime) -> Posted | None:
        """Look for our own message under `key`, from a minute before `since` on; see the port."""
        with looking():
            async for message in self._said(place, since):
                payload = payload_of(message, bot_id=self._bot_id)
                if payload.get("id") == key:
                    posted = Posted(place.channel, message["ts"])
                    self._remember(posted, payload)
                    return posted
        return None

    def redraws(self) -> int:
        """Return how many posted messages Slack lets us draw anew right now."""
        return self._client.limits.redraws()

    async def upload(
        self,
        name: str,
        body: bytes,
        *,
        begun: Callable[[FileId], Awaitable[None]],
        earlier: FileId | None = None,
    ) -> FileId:
        """Put a file into Slack, seen by nobody yet, unless it is there as `earlier`; see the port."""
        with told_in_our_words():
            return await bring(
                self._client, name, body, begun=begun, earlier=earlier, patience=self._patience
            )

    async def stewards(self) -> Sequence[UserId]:
        """Return who was named, else owners before admins, as Slack told within the last ten minutes."""
        now = self._clock()
        if self._stewards and (self._stewards_until is None or now < self._stewards_until):
            return self._stewards
        members: list[Mapping[str, Any]] = []
        with told_in_our_words():
            async for page in pages(self._client.users_list, most=MOST_MANY, is_patient=True, limit=MANY):
                members += page["members"]
        self._stewards, self._stewards_until = who_can_mend(members), now + STEWARDS_FOR
        return self._stewards

    async def tag(self, posted: Posted) -> CardTag | None:
        """Return what our card says of itself, as it stands in Slack."""
        with told_in_our_words():
            message = await self._read(posted)
        return tag_of(message, posted.channel, bot_id=self._bot_id)

    async def channels(self) -> Sequence[ChannelId]:
        """Return where we are, of every kind that our manifest asks for, and more where it is permitted."""
        with told_in_our_words():
            return await channels_of(self._client)

    async def tags_since(self, moment: datetime, *, channel: ChannelId) -> Sequence[CardTag]:
        """Read a channel from a minute before `moment` on; this may take minutes."""
        with looking():
            return await tags_in(self._client, channel, moment, bot_id=self._bot_id)

    async def direct(self, user: UserId) -> ChannelId:
        """Return our direct conversation with `user`, as Slack told within the last hour."""
        now = self._clock()
        known, until = self._direct.pop(user, (None, now))
        if known is None or until <= now:
            with told_in_our_words():
                answer = await self._client.conversations_open(users=user)
            known, until = ChannelId(answer["channel"]["id"]), now + OPEN_FOR
        _keep(self._direct, user, (known, until))
        return known

    async def publish_home(self, state: State) -> None:
        """Draw a person's App Home; a state that is none is a bug of ours: TypeError."""
        if not isinstance(state, HomeState):
            raise TypeError(f"An App Home cannot be drawn from {type(state).__name__}.")
        with told_in_our_words():
            await self._client.views_publish(user_id=state.user, view=home_view(state, now=self._clock()))

    async def _drawn(self, message: Message, state: State, file: FileId | None = None) -> Drawn:
        """Draw `message`, without the pictures that Slack no longer has."""
        links = await self._links(message, state)
        return self._missing.left_out(render(message, state, now=self._clock(), file=file, links=links))

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
            "oldest": stamp(since - CLOCKS_APART),
            "latest": stamp(self._clock() + CLOCKS_APART),
        }
        read: Listing = self._client.conversations_history
        if place.thread:
            read, asked["ts"] = self._client.conversations_replies, place.thread
        async for page in pages(read, limit=MANY, **asked, **WHOLE):
            for message in page["messages"]:
                yield message

    # ── what our messages carry ──────────────────────────────────────────────────────────────────────

    async def _payload_anew(self, posted: Posted, tag: Payload) -> Payload | None:
        """Return what a card shall carry from now on; None where that is what it carries.

        Slack keeps metadata that an update leaves out, and replaces all of it by what an update gives. So the
        key has to be given again: after a crash or a restore `find` may need it though the card was redrawn.
        Where we do not know it any more it is read, once. Where we may not read, no `find` ever could either,
        and the tag goes without it. A task never changes, and before there is one nothing is given here, so
        that of two redraws at once neither can take a task off again.
        """
        if "task" not in tag:
            return None
        carried = self._carried.get(posted)
        if carried is None:
            try:
                carried = payload_of(await self._read(posted), bot_id=self._bot_id)
            except SlackApiError as error:
                if error_word(error) not in NOT_OURS_TO_READ:
                    raise
                carried = {}
        return None if tag.items() <= carried.items() else {**carried, **tag}

    def _remember(self, posted: Posted, payload: Payload) -> None:
        self._carried.pop(posted, None)
        _keep(self._carried, posted, payload)

    async def _read(self, posted: Posted) -> Mapping[str, Any]:
        """Return one message as it stands, empty where it is gone."""
        answer = await self._client.conversations_history(
            channel=posted.channel, oldest=posted.ts, latest=posted.ts, limit=1, **WHOLE
        )
        return next((message for message in answer["messages"] if message["ts"] == posted.ts), {})


def _keep(known: dict[Key, Value], key: Key, value: Value) -> None:
    """Remember one more, and forget the one that was not asked for longest where that makes too many."""
    known[key] = value
    if len(known) > REMEMBERED:
        del known[next(iter(known))]

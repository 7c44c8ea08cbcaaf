"""The port Directory over Slack's Web API: who somebody is, whom a user group holds, how many work here.

What Slack said is repeated for some minutes by the given clock and then asked again, so that a removed
approver is not one for long. Whoever asks the same thing at the same time shares one request, which waits its
turn and goes on when they have lost their patience: to ask again in a minute helps. Nothing is guessed: what
Slack does not say in time is Unavailable, and a full member is who Slack says is no guest.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.errors import Unavailable
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.people import ADMINS, EVERYONE, Kind, Party, Person
from bot.slack.client import Listing, PacedClient, pages
from bot.slack.faults import asked_to_wait, error_word
from bot.slack.recent import Recent

PAGE, MANY = 200, 999
"""People on the first page of users.list, as many as Slack recommends, and where all have to be read."""
MOST_LOOKED_UP, SIDE_BY_SIDE = 50, 5
"""Of a user group's people: how many are looked up, and at a time. Those of larger groups are all taken."""
A_CROWD = 5
"""While more than so many are being looked up one by one, the first page of all people is asked for."""
UNKNOWN_PEOPLE = frozenset({"user_not_found", "user_not_visible"})
SLACKBOT = "USLACKBOT"
"""Slack's own bot; Slack says of it that it is none."""
WHO = "Slack does not say just now who you are, so nothing was done. Try once more in a minute."
WHOM = "Slack does not say just now who may decide that, so nothing was done. Try once more in a minute."
UNREADABLE = {
    "missing_scope": (
        "Housestyle may not ask Slack who is in a user group, so nothing was done: an admin has to install "
        "it again with the permissions of its manifest, `usergroups:read` and `users:read` among them."
    ),
    "plan_upgrade_required": (
        "The rules name a user group, and this workspace's Slack plan has none, so nothing was done: an "
        "admin has to name people in the rules instead."
    ),
}
"""What an admin has to mend, by Slack's word for it."""


@dataclass(frozen=True)
class _Member:
    """What Slack says of one person, wherever they are at home; `teams` are the workspaces they belong to."""

    id: UserId
    kind: Kind
    teams: frozenset[str]
    is_admin: bool = False
    utc_offset: timedelta = timedelta()

    def kind_in(self, workspace: str) -> Kind:
        """Say what they are there: whoever is not of it is external, whatever they are elsewhere."""
        return self.kind if workspace in self.teams else Kind.EXTERNAL


@dataclass(frozen=True)
class _Page:
    """The first page of a workspace's people, and where the next one begins; empty: that is all of them."""

    members: tuple[_Member, ...]
    cursor: str


class SlackDirectory:
    """Knows the people of one workspace; `parties` are all whom the rules name, now.

    `fresh` is for how long an answer is repeated, `patience` for how many seconds one is waited for: Slack
    wants an answer of ours within three. Call `close` at the end.
    """

    def __init__(
        self,
        client: PacedClient,
        *,
        clock: Callable[[], datetime],
        parties: Callable[[], Collection[Party]],
        fresh: timedelta = timedelta(minutes=5),
        patience: float = 2.0,
    ) -> None:
        self._client = client
        self._clock = clock
        self._parties = parties
        self._patience = patience
        self._people = Recent[_Member](clock, fresh)
        self._groups = Recent[frozenset[UserId]](clock, fresh)
        self._pages = Recent[_Page](clock, fresh)
        self._admins = Recent[tuple[_Member, ...]](clock, fresh)
        self._home = Recent[str](clock, timedelta.max)

    async def person(self, user: UserId, *, workspace: WorkspaceId) -> Person:
        """Say who that is; see the port. Only a full member is in groups, or an admin."""
        with _told_to_people(WHO):
            async with asyncio.timeout(self._patience):
                found, home = await self._member(user), await self._home.ask("", self._ask_home)
                kind = found.kind_in(workspace)
                if kind is Kind.MEMBER:  # of the workspace they act in; but is that one ours?
                    kind = found.kind_in(home)
                if kind is not Kind.MEMBER:
                    return Person(user, kind, utc_offset=found.utc_offset)
                groups = await self._groups_of(user)
        return Person(user, kind, found.is_admin, groups, found.utc_offset)

    async def members(self, party: Party) -> frozenset[UserId] | None:
        """Return whom `party` means; see the port. Of more than fifty in a group not each is looked up."""
        with _told_to_people(WHOM):
            async with asyncio.timeout(self._patience):
                return await self._meant(party)

    async def colleagues(self, besides: UserId) -> int | None:
        """Return how many others there are; see the port."""
        with _told_to_people(WHOM):
            async with asyncio.timeout(self._patience):
                everyone = await self._meant(EVERYONE)
        return None if everyone is None else len(everyone - {besides})

    async def close(self) -> None:
        """Ask nothing more; what is under way is dropped."""
        for recent in (self._people, self._groups, self._pages, self._admins, self._home):
            await recent.close()

    # ── who is meant ─────────────────────────────────────────────────────────────────────────────────────

    async def _meant(self, party: Party) -> frozenset[UserId] | None:
        home = await self._home.ask("", self._ask_home)
        if party == EVERYONE:
            page = await self._page()
            return None if page.cursor else _active(page.members, home)
        if party == ADMINS:
            return _active(await self._admins.ask("", self._ask_admins), home)
        if party.startswith("S"):
            return await self._active_of(await self._group(party), home)
        return _active([await self._member(UserId(party))], home)

    async def _active_of(self, users: frozenset[UserId], home: str) -> frozenset[UserId]:
        """Return those of a group who are active full members; a large one as it is."""
        if len(users) > MOST_LOOKED_UP:
            return users
        if sum(self._people.known(user) is None for user in users) > A_CROWD:
            await self._learn_many()
        turns = asyncio.Semaphore(SIDE_BY_SIDE)

        async def look(user: UserId) -> _Member:
            async with turns:
                return await self._member(user)

        return _active(await asyncio.gather(*map(look, sorted(users))), home)

    async def _groups_of(self, user: UserId) -> frozenset[Party]:
        """Return in which of the groups that the rules name somebody is."""
        named = sorted({party for party in self._parties() if party.startswith("S")})
        held = await asyncio.gather(*map(self._group, named))
        return frozenset(group for group, users in zip(named, held, strict=True) if user in users)

    # ── what is asked of Slack ───────────────────────────────────────────────────────────────────────────

    async def _member(self, user: UserId) -> _Member:
        return await self._people.ask(user, lambda: self._ask_member(user))

    async def _ask_member(self, user: UserId) -> _Member:
        if len(self._people) > A_CROWD:
            await self._learn_many()
            if (known := self._people.known(user)) is not None:
                return known
        try:
            return _read((await _one(self._client.users_info, user=user))["user"])
        except SlackApiError as error:
            if error_word(error) not in UNKNOWN_PEOPLE:
                raise
            return _Member(user, Kind.EXTERNAL, frozenset())

    async def _group(self, group: Party) -> frozenset[UserId]:
        return await self._groups.ask(group, lambda: self._ask_group(group))

    async def _ask_group(self, group: Party) -> frozenset[UserId]:
        try:
            answer = await _one(self._client.usergroups_users_list, usergroup=group)
        except SlackApiError as error:
            if error_word(error) != "no_such_subteam":
                raise
            return frozenset()
        return frozenset(UserId(user) for user in answer["users"])

    async def _page(self) -> _Page:
        return await self._pages.ask("", self._ask_page)

    async def _ask_page(self) -> _Page:
        at = self._clock()
        answer = await _one(self._client.users_list, limit=PAGE)
        return _Page(self._learnt(answer, at), _cursor(answer))

    async def _ask_admins(self) -> tuple[_Member, ...]:
        """Look through all people, for Slack has no list of its admins. Raises Unavailable if too many."""
        page = await self._page()
        found = list(page.members)
        if page.cursor:
            at, ask = self._clock(), self._client.users_list
            async for answer in pages(ask, is_patient=True, limit=MANY, cursor=page.cursor):
                found += self._learnt(_fields(answer), at)
        return tuple(one for one in found if one.is_admin)

    async def _learn_many(self) -> None:
        """Ask for the first page of all people, that may answer for a crowd at once; without it, go on."""
        with suppress(SlackApiError, Unavailable):
            await self._page()

    def _learnt(self, answer: Mapping[str, Any], at: datetime) -> tuple[_Member, ...]:
        """Return who is on a page, and remember each as if asked for alone."""
        members = tuple(_read(user) for user in answer["members"])
        for one in members:
            self._people.keep(one.id, one, at)
        return members

    async def _ask_home(self) -> str:
        return str((await _one(self._client.auth_test))["team_id"])


def _read(user: Mapping[str, Any]) -> _Member:
    """Return what a user object of Slack's says. Slack calls no stranger who shares a channel with us."""
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    roles = ("is_admin", "is_owner", "is_primary_owner")
    return _Member(
        id=UserId(user["id"]),
        kind=_kind(user),
        teams=frozenset(str(team) for team in teams if team and not user.get("is_stranger")),
        is_admin=any(user.get(role) for role in roles),
        utc_offset=timedelta(seconds=user.get("tz_offset") or 0),
    )


def _kind(user: Mapping[str, Any]) -> Kind:
    """Say what a user is at home; where Slack leaves out whether they are a guest, they are one."""
    if user.get("deleted"):
        return Kind.DEACTIVATED
    if user.get("is_bot") or user["id"] == SLACKBOT:
        return Kind.BOT
    is_full = user.get("is_restricted") is False and user.get("is_ultra_restricted") is False
    return Kind.MEMBER if is_full else Kind.GUEST


def _active(members: Iterable[_Member], home: str) -> frozenset[UserId]:
    return frozenset(one.id for one in members if one.kind_in(home) is Kind.MEMBER)


def _cursor(answer: Mapping[str, Any]) -> str:
    return str((answer.get("response_metadata") or {}).get("next_cursor") or "")


async def _one(call: Listing, **asked: Any) -> Mapping[str, Any]:  # noqa: ANN401 - what the method takes
    """Ask once, in its turn, for one answer or for the first page of one."""
    answers = pages(call, is_patient=True, **asked)
    async with aclosing(answers):  # type: ignore[type-var] # it is a generator, though typed as less
        return _fields(await anext(answers))


def _fields(answer: AsyncSlackResponse) -> Mapping[str, Any]:
    return answer.data if isinstance(answer.data, dict) else {}  # bytes are for downloads only


@contextmanager
def _told_to_people(sentence: str) -> Iterator[None]:
    """Let whatever keeps Slack from answering leave as Unavailable, in words for who is waiting."""
    try:
        yield
    except SlackApiError as error:
        told = UNREADABLE.get(error_word(error), sentence)
        raise Unavailable(told, retry_after=asked_to_wait(error)) from error
    except Unavailable as silence:
        raise Unavailable(sentence, retry_after=silence.retry_after) from silence
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable(sentence) from error

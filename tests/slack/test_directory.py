"""Who people are, as Slack tells it, and what is done where it does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from aiohttp import web

from bot.domain.errors import Unavailable
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.people import ADMINS, EVERYONE, Kind, Party, Person
from bot.slack.client import PacedClient
from bot.slack.directory import SlackDirectory
from bot.slack.limits import Limits
from bot.slack.recent import Recent
from tests.sandbox.slack_lab import Sandbox
from tests.slack.slack_server import Json, SlackServer, error, limited

HOME, ELSEWHERE = WorkspaceId("T0HOME"), WorkspaceId("T0ELSEWHERE")
ANN, BEN, GUS = UserId("U0ANN"), UserId("U0BEN"), UserId("U0GUS")
LEADS, FINANCE = Party("S0LEADS"), Party("S0FINANCE")


def member(user: str, **more: object) -> Json:
    """Return a full member as Slack writes one down."""
    flags = {"deleted": False, "is_bot": False, "is_restricted": False, "is_ultra_restricted": False}
    return {"id": user, "team_id": HOME, "tz_offset": 3600, **flags, **more}


@dataclass
class PeopleServer(SlackServer):
    """A Slack that knows its `members` and its user groups; it says who somebody is once it `may_answer`."""

    groups: dict[str, list[str]] = field(default_factory=dict)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_answer.set()

    def asked(self, method: str) -> int:
        """Return how often `method` was called."""
        return sum(name == method for name, _ in self.calls)

    async def _call(self, request: web.Request) -> web.Response:
        method, asked = request.match_info["method"], dict(request.query)
        word = self._no_to(method, asked)
        if method == "users.info":
            self.was_asked.set()
            await self.may_answer.wait()
        if not word or self.faults[method]:
            return await super()._call(request)
        self.calls.append((method, asked))
        return error(word)

    def _no_to(self, method: str, asked: Json) -> str:
        if method == "users.info" and asked["user"] not in {one["id"] for one in self.members}:
            return "user_not_found"
        unknown = method == "usergroups.users.list" and asked["usergroup"] not in self.groups
        return "no_such_subteam" if unknown else ""

    def _users_info(self, asked: Json) -> Json:
        return {"user": next(one for one in self.members if one["id"] == asked["user"])}

    def _usergroups_users_list(self, asked: Json) -> Json:
        return {"users": self.groups[asked["usergroup"]]}

    def _auth_test(self, _asked: Json) -> Json:
        return {"team_id": HOME}


@dataclass
class House:
    """A directory, the Slack it asks, the time, and whom the rules name."""

    slack: PeopleServer
    named: set[Party] = field(default_factory=lambda: {LEADS, FINANCE, ADMINS, Party(ANN)})
    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    patience: float = 5.0

    def __post_init__(self) -> None:
        minutes = count(0, 60)
        limits = Limits(clock=lambda: float(next(minutes)))
        self.client = PacedClient("xoxb-none", base_url=f"{self.slack.url}/api/", timeout=5, limits=limits)
        self.directory = self.new_directory(self.patience)

    def new_directory(self, patience: float) -> SlackDirectory:
        return SlackDirectory(
            self.client, clock=lambda: self.now, parties=lambda: self.named, patience=patience
        )

    async def person(self, user: UserId = ANN, workspace: WorkspaceId = HOME) -> Person:
        return await self.directory.person(user, workspace=workspace)

    async def kind_of(self, **more: object) -> Kind:
        self.slack.members = [member(ANN, **more)]
        return (await self.person()).kind


@pytest.fixture
async def house() -> AsyncIterator[House]:
    server = PeopleServer(
        members=[member(ANN), member(BEN, is_owner=True)], groups={LEADS: [BEN], FINANCE: []}
    )
    async with server.running():
        house = House(server)
        yield house
        await house.directory.close()


async def test_a_colleague_is_a_member_with_their_groups_and_their_clock(house: House) -> None:
    assert await house.person(BEN) == Person(
        BEN, Kind.MEMBER, is_admin=True, groups=frozenset({LEADS}), utc_offset=timedelta(hours=1)
    )


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({}, Kind.MEMBER),
        ({"deleted": True}, Kind.DEACTIVATED),
        ({"is_bot": True}, Kind.BOT),
        ({"is_restricted": True}, Kind.GUEST),
        ({"is_restricted": True, "is_ultra_restricted": True}, Kind.GUEST),
        ({"is_restricted": None}, Kind.GUEST),
        ({"is_stranger": True}, Kind.EXTERNAL),
        ({"is_stranger": False, "team_id": ELSEWHERE}, Kind.EXTERNAL),
        ({"team_id": None}, Kind.EXTERNAL),
        ({"team_id": ELSEWHERE, "is_restricted": True}, Kind.EXTERNAL),
        ({"team_id": "E0GRID", "enterprise_user": {"teams": [ELSEWHERE, HOME]}}, Kind.MEMBER),
        ({"team_id": "E0GRID", "enterprise_user": {"teams": [ELSEWHERE]}}, Kind.EXTERNAL),
    ],
)
async def test_only_who_slack_says_is_no_guest_bot_or_stranger_is_a_member(
    house: House, said: Json, kind: Kind
) -> None:
    assert await house.kind_of(**said) is kind


async def test_slacks_own_bot_is_a_bot_though_slack_says_it_is_none(house: House) -> None:
    house.slack.members = [member("USLACKBOT")]
    assert (await house.person(UserId("USLACKBOT"))).kind is Kind.BOT


async def test_whoever_is_of_another_workspace_is_external_and_no_admin(house: House) -> None:
    found = await house.person(BEN, ELSEWHERE)
    assert (found.kind, found.is_admin, found.groups) == (Kind.EXTERNAL, False, frozenset())
    assert house.slack.asked("usergroups.users.list") == 0


async def test_a_member_of_another_workspace_is_external_there_too_for_it_is_not_ours(house: House) -> None:
    house.slack.members = [member(ANN, team_id=ELSEWHERE)]
    assert (await house.directory.person(ANN, workspace=ELSEWHERE)).kind is Kind.EXTERNAL


async def test_whom_slack_does_not_know_is_external_and_not_asked_for_again(house: House) -> None:
    for _ in range(2):
        assert (await house.person(GUS)).kind is Kind.EXTERNAL
    assert house.slack.asked("users.info") == 1


async def test_what_was_said_is_repeated_for_five_minutes_and_not_one_second_longer(house: House) -> None:
    await house.person(BEN)
    house.slack.members = [member(BEN, deleted=True)]
    house.slack.groups[LEADS] = []
    house.now += timedelta(minutes=5, seconds=-1)
    before = await house.person(BEN)
    house.now += timedelta(seconds=1)
    assert (before.kind, before.groups) == (Kind.MEMBER, frozenset({LEADS}))
    assert (await house.person(BEN)).kind is Kind.DEACTIVATED


async def test_who_was_taken_out_of_a_group_is_out_after_minutes(house: House) -> None:
    await house.person(BEN)
    house.slack.groups[LEADS] = [ANN]
    house.now += timedelta(minutes=5)
    assert await house.person(BEN) == Person(BEN, is_admin=True, utc_offset=timedelta(hours=1))


async def test_a_clock_that_was_set_back_makes_nothing_fresh_again(house: House) -> None:
    await house.person(BEN)
    house.slack.members = [member(BEN, deleted=True)]
    house.now -= timedelta(seconds=1)
    assert (await house.person(BEN)).kind is Kind.DEACTIVATED


async def test_a_group_is_asked_for_once_however_many_ask(house: House) -> None:
    house.slack.sleeps = {"usergroups.users.list": 0.05, "users.info": 0.05}
    found = await asyncio.gather(*(house.person(BEN) for _ in range(40)))
    assert {one.groups for one in found} == {frozenset({LEADS})}
    assert house.slack.asked("users.info") == 1
    assert house.slack.asked("usergroups.users.list") == 2


async def test_a_crowd_is_answered_by_one_page_of_all_people(house: House) -> None:
    crowd = [UserId(f"U0CROWD{number:03}") for number in range(60)]
    house.slack.members = [member(user) for user in crowd]
    house.slack.sleeps = {"users.info": 0.05}
    found = await asyncio.gather(*map(house.person, crowd))
    assert {one.kind for one in found} == {Kind.MEMBER}
    assert (house.slack.asked("users.info"), house.slack.asked("users.list")) == (0, 1)


async def test_a_crowd_gets_its_answers_one_by_one_where_all_people_cannot_be_listed(house: House) -> None:
    crowd = [UserId(f"U0CROWD{number:03}") for number in range(12)]
    house.slack.members = [member(user) for user in crowd]
    house.slack.sleeps = {"users.info": 0.05}
    house.slack.faults["users.list"] += [error("fatal_error") for _ in range(12)]
    assert {one.kind for one in await asyncio.gather(*map(house.person, crowd))} == {Kind.MEMBER}
    assert house.slack.asked("users.info") == 12


async def test_one_who_gives_up_takes_nobody_elses_answer_away(house: House) -> None:
    house.slack.may_answer.clear()
    gone = asyncio.create_task(house.person(BEN))
    stays = asyncio.create_task(house.person(BEN))
    await house.slack.was_asked.wait()
    gone.cancel()
    await asyncio.wait([gone])
    assert gone.cancelled()
    house.slack.may_answer.set()
    assert (await stays).kind is Kind.MEMBER
    assert house.slack.asked("users.info") == 1


@pytest.mark.parametrize("word", ["fatal_error", "internal_error", "invalid_auth", "something_new"])
async def test_an_error_is_a_sentence_that_says_nothing_was_done_and_is_forgotten(
    house: House, word: str
) -> None:
    house.slack.faults["users.info"].append(error(word))
    with pytest.raises(Unavailable, match="does not say just now who you are, so nothing was done"):
        await house.person()
    assert (await house.person()).kind is Kind.MEMBER


async def test_a_lost_answer_is_unavailable_too(house: House) -> None:
    house.slack.drops = {"users.info"}
    with pytest.raises(Unavailable, match="Try once more in a minute"):
        await house.person()


async def test_a_slow_slack_is_not_waited_for_and_its_answer_serves_the_next(house: House) -> None:
    hasty = house.new_directory(patience=0.02)
    house.slack.sleeps = {"users.info": 0.1}
    with pytest.raises(Unavailable, match="nothing was done"):
        await hasty.person(BEN, workspace=ELSEWHERE)
    async with asyncio.timeout(60):
        while (found := await answered(hasty)) is None:
            pass  # each try waits for a moment
    assert found.kind is Kind.EXTERNAL
    assert house.slack.asked("users.info") == 1


async def answered(directory: SlackDirectory) -> Person | None:
    with suppress(Unavailable):
        return await directory.person(BEN, workspace=ELSEWHERE)
    return None


async def test_a_limit_of_slacks_is_kept_to_while_nobody_waits(house: House) -> None:
    hasty = house.new_directory(patience=0.05)
    house.slack.faults["users.info"].append(limited("30"))
    for _ in range(2):
        with pytest.raises(Unavailable, match="nothing was done"):
            await hasty.person(BEN, workspace=HOME)
    async with asyncio.timeout(60):
        while not house.slack.asked("users.info"):  # noqa: ASYNC110 - on its way, on a busy machine
            await asyncio.sleep(0.01)
    assert house.slack.asked("users.info") == 1
    await hasty.close()


async def test_a_limit_for_longer_than_a_minute_says_when_to_come_back(house: House) -> None:
    house.slack.faults["users.info"].append(limited("90"))
    with pytest.raises(Unavailable) as refusal:
        await house.person()
    assert refusal.value.retry_after == 90.0


async def test_a_missing_permission_is_named(house: House) -> None:
    house.slack.faults["usergroups.users.list"] += [error("missing_scope"), error("missing_scope")]
    with pytest.raises(Unavailable, match="`usergroups:read`"):
        await house.person(BEN)


async def test_a_plan_without_user_groups_is_told_as_such(house: House) -> None:
    house.slack.faults["usergroups.users.list"].append(error("plan_upgrade_required"))
    with pytest.raises(Unavailable, match="this workspace's Slack plan has none"):
        await house.directory.members(LEADS)


async def test_a_person_means_themselves_if_they_are_an_active_full_member(house: House) -> None:
    house.slack.members = [member(ANN), member(BEN, deleted=True), member(GUS, team_id=ELSEWHERE)]
    found = [await house.directory.members(Party(user)) for user in (ANN, BEN, GUS, "W0NOBODY")]
    assert found == [frozenset({ANN}), frozenset(), frozenset(), frozenset()]


async def test_a_group_means_its_active_full_members(house: House) -> None:
    house.slack.members = [member(ANN), member(BEN, deleted=True), member(GUS, is_restricted=True)]
    house.slack.groups[LEADS] = [ANN, BEN, GUS, "U0NOBODY"]
    assert await house.directory.members(LEADS) == frozenset({ANN})
    assert house.slack.asked("users.info") == 4


async def test_the_people_of_a_group_are_looked_up_five_at_a_time_at_most(house: House) -> None:
    house.slack.members = [member(f"U0LEAD{number:03}") for number in range(50)]
    house.slack.groups[LEADS] = [one["id"] for one in house.slack.members]
    house.slack.page = 20
    assert await house.directory.members(LEADS) == frozenset(map(UserId, house.slack.groups[LEADS]))
    assert (house.slack.asked("users.list"), house.slack.asked("users.info")) == (1, 30)


async def test_a_large_group_is_taken_as_it_is(house: House) -> None:
    house.slack.groups[LEADS] = [f"U0LEAD{number:03}" for number in range(51)]
    assert await house.directory.members(LEADS) == frozenset(map(UserId, house.slack.groups[LEADS]))
    assert house.slack.asked("users.info") == 0


async def test_a_group_that_slack_does_not_know_has_nobody_and_is_asked_for_once(house: House) -> None:
    for _ in range(2):
        assert await house.directory.members(Party("S0NOBODY")) == frozenset()
    assert house.slack.asked("usergroups.users.list") == 1


async def test_admins_are_found_on_every_page(house: House) -> None:
    house.slack.members = [
        *(member(f"U0{number:03}") for number in range(3)),
        *(member("U0OWNER", is_primary_owner=True), member("U0ADMIN", is_admin=True)),
        *(member("U0GONE", is_admin=True, deleted=True), member("U0AWAY", is_admin=True, team_id=ELSEWHERE)),
    ]
    house.slack.page = 2
    assert await house.directory.members(ADMINS) == frozenset({UserId("U0OWNER"), UserId("U0ADMIN")})


async def test_everyone_is_listed_in_a_small_workspace_only(house: House) -> None:
    house.slack.members += [member("UBOT", is_bot=True), member("UGUEST", is_restricted=True)]
    small = await house.directory.members(EVERYONE), await house.directory.colleagues(ANN)
    house.now += timedelta(minutes=5)
    house.slack.page = 3
    large = await house.directory.members(EVERYONE), await house.directory.colleagues(ANN)
    assert (small, large) == ((frozenset({ANN, BEN}), 1), (None, None))


async def test_where_people_cannot_be_listed_it_is_not_said_that_there_are_none(house: House) -> None:
    house.slack.faults["users.list"] += [error("fatal_error") for _ in range(3)]
    for question in (
        house.directory.colleagues(ANN),
        house.directory.members(EVERYONE),
        house.directory.members(ADMINS),
    ):
        with pytest.raises(Unavailable, match="who may decide that, so nothing was done"):
            await question


async def test_memory_is_bounded_and_the_oldest_makes_way(house: House) -> None:
    recent = Recent[str](lambda: house.now, timedelta(minutes=5), most=2)
    for key in ("a", "b", "a", "c"):
        recent.keep(key, key, house.now)
    assert [recent.known(key) for key in "abc"] == ["a", None, "c"]


async def test_the_embedded_workspace_is_read_like_the_real_one(
    sandbox: Sandbox, embedded: PacedClient
) -> None:
    leads, finance = Party("S00000LEADS"), Party("S000FINANCE")
    home = WorkspaceId("T0000000001")
    directory = SlackDirectory(embedded, clock=lambda: datetime.now(UTC), parties=lambda: {leads, finance})
    people = {one.name: one.id for one in sandbox.world.people.values()}
    found = {name: await directory.person(UserId(user), workspace=home) for name, user in people.items()}
    kinds = {"gus": Kind.GUEST, "ext": Kind.EXTERNAL, "old": Kind.DEACTIVATED, "robo": Kind.BOT}
    assert {name: one.kind for name, one in found.items()} == dict.fromkeys(people, Kind.MEMBER) | kinds
    assert {name for name, one in found.items() if one.is_admin} == {"ben", "eve"}
    assert (found["ben"].groups, found["fin"].groups) == (frozenset({leads}), frozenset({finance}))
    assert found["cat"].utc_offset == timedelta(hours=-8)
    assert await directory.members(ADMINS) == frozenset(UserId(people[name]) for name in ("ben", "eve"))
    assert await directory.colleagues(UserId(people["ann"])) == 5
    assert sandbox.slack.ledger.violations() == []

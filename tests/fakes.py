"""The world as the services see it, kept in memory: tests prepare what it answers and read what it was told.

Fakes, not mocks: each keeps the promises of its port, and its state is what a test looks at.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.domain.dataset import Dataset, Picture, SharedFile, Source
from bot.domain.errors import Refused, Unpostable, Unreadable
from bot.domain.facts import Progressed, Trained
from bot.domain.generation import Generation
from bot.domain.ids import Air, ChannelId, FileId, TaskId, UserId, WorkspaceId
from bot.domain.message import HomeState, Message, Place, State
from bot.domain.people import EVERYONE, Kind, Party, Person
from bot.domain.results import Rendered, Result, Underway
from bot.domain.run import Run
from bot.domain.style import Ordered
from bot.domain.task import Failed, Task, Testimony
from bot.ports import CardTag, FinishedPicture, Inspection, Posted, Usage

Answer = TypeVar("Answer")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DATASET = Dataset(
    sha256="ab" * 32,
    size=61_000_000,
    pictures=tuple(Picture(f"fox-{n}.png", "PNG", 1024, 1024, 5_000_000, f"{n:064}") for n in range(12)),
    warnings=("1 picture has transparency, which training flattens.",),
)


class FakeClock:
    """A clock that stands still until time is made to pass."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **by: float) -> None:
        """Let time pass: `pass_time(minutes=5)`."""
        self.now += timedelta(**by)


@dataclass
class FakeInspector:
    """Answers each inspection with the next of `answers`, and the last one from then on.

    `fingerprints` are what the link leads to at each later look, likewise.
    """

    answers: list[Inspection | Exception] = field(default_factory=lambda: [Inspection(DATASET, b"sheet")])
    fingerprints: list[str | Exception] = field(default_factory=lambda: [DATASET.sha256])
    sources: list[Source] = field(default_factory=list)

    async def inspect(self, source: Source) -> Inspection:
        """Answer, or raise what was prepared."""
        self.sources.append(source)
        return _next(self.answers)

    async def fingerprint(self, link: str) -> str:
        """Answer, or raise what was prepared."""
        return _next(self.fingerprints)


@dataclass
class FakeFiles:
    """A Slack in which these files were posted, `thread` of them in one thread."""

    posted: dict[FileId, SharedFile] = field(default_factory=dict)
    thread: tuple[SharedFile, ...] = ()

    async def files(self, ids: Collection[FileId]) -> tuple[SharedFile, ...]:
        """Return them, or refuse those that were not posted."""
        if missing := [file for file in ids if file not in self.posted]:
            raise Refused(f"The file {missing[0]} is gone.")
        return tuple(self.posted[file] for file in ids)

    async def in_thread(self, channel: ChannelId, thread: str) -> tuple[SharedFile, ...]:
        """Return what was posted in the thread."""
        return self.thread


@dataclass
class FakeArchives:
    """Keeps archives by name only; `are_public` as prepared."""

    are_public: bool = False
    kept: set[str] = field(default_factory=set)

    async def keep(self, archive: Path, sha256: str) -> None:
        """Take it over."""
        self.kept.add(sha256)

    async def find(self, sha256: str) -> Path | None:
        """Return where it would be."""
        return Path(sha256) if sha256 in self.kept else None

    def link(self, sha256: str, *, until: datetime) -> str:
        """Return a link that names it."""
        return f"https://housestyle.example/files/{sha256}?until={until:%H%M}"

    async def forget(self, *, needed: Collection[str], older_than: timedelta) -> None:
        """Let go of all that is not needed, whatever its age."""
        self.kept &= set(needed)


@dataclass
class FakeRunware:
    """A Runware that charges once for each taskUUID it accepts, whatever it answers.

    `submits` and `looks` hold what is answered, in order, the last one for good: an exception is raised,
    None accepts. `archive` is how it ended as the archive tells it. With `accepts_unheard` a raised
    Unavailable means: accepted, but the answer was lost.
    """

    submits: list[Exception | None] = field(default_factory=lambda: [None])
    looks: list[object] = field(default_factory=lambda: [None])
    archive: object = None
    accepts_unheard: bool = True
    bodies: list[str] = field(default_factory=list)
    charges: set[TaskId] = field(default_factory=set)

    async def namespace(self) -> str:
        """Return the provider part of the AIRs."""
        return "acme"

    def order(self, item: Run | Generation, task: TaskId, *, dataset: str = "") -> str:
        """Return a body that names the item, the model, the task and the dataset."""
        return f"{item.id} in {item.air} as {task} {dataset}".strip()

    async def testify(self, task: Task) -> Testimony:
        """Say what a look would say of the task."""
        is_known = _next(self.looks) is not None and task.id in self.charges
        return Testimony(is_known=is_known, said=("Known." if is_known else "Not known.",))

    async def archived(self, task: TaskId) -> str | None:
        """Return the body that was sent under that id."""
        return next((body for body in self.bodies if task in body), None)

    async def submit(self, task: Task) -> bool:
        """Accept, charging once, or raise what was prepared; say whether it was accepted before."""
        was_known = task.id in self.charges
        self.bodies.append(task.body)
        if self.submits[0] is None or (self.accepts_unheard and not isinstance(self.submits[0], Refused)):
            self.charges.add(task.id)
        _next(self.submits)
        return was_known


class FakeTrainer(FakeRunware):
    """The side of Runware that trains."""

    def ordered(self, body: str) -> Ordered | None:
        """Return the model that the body names."""
        found = re.search(r"\w+:(\w+)@(\d+)", body)
        return Ordered(Air(found[0]), found[1], int(found[2])) if found else None

    async def look(self, task: TaskId) -> Progressed | Trained | Failed | None:
        """Answer what was prepared, if the task was ever accepted."""
        news = _next(self.looks)
        assert news is None or isinstance(news, Progressed | Trained | Failed)
        return news if task in self.charges else None

    async def recall(self, task: TaskId) -> Trained | Failed | None:
        """Answer what is in the archive."""
        assert self.archive is None or isinstance(self.archive, Trained | Failed)
        return self.archive


class FakeImages(FakeRunware):
    """The side of Runware that draws."""

    async def look(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
        """Answer what was prepared, if the task was ever accepted."""
        news = _next(self.looks)
        assert news is None or isinstance(news, Rendered | Failed | Underway)
        return news if task in self.charges else None

    async def recall(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
        """Answer what is in the archive."""
        assert self.archive is None or isinstance(self.archive, Rendered | Failed | Underway)
        return self.archive


@dataclass
class FakeAccount:
    """An account that states what was prepared."""

    stated: Usage = field(default_factory=lambda: Usage(0.0, 0))

    async def usage(self) -> Usage:
        """Return it."""
        return self.stated


def rendered(count: int) -> Rendered:
    """Return `count` finished pictures at Runware."""
    return Rendered(
        tuple(Result(f"picture-{n}", f"https://im.runware.ai/{n}.jpg", 0.02) for n in range(count))
    )


@dataclass
class FakeFetcher:
    """Answers each picture with the next of `answers`, and the last one from then on."""

    answers: list[FinishedPicture | Exception] = field(
        default_factory=lambda: [FinishedPicture(b"\xff\xd8", "jpg")]
    )
    urls: list[str] = field(default_factory=list)

    async def fetch(self, url: str) -> FinishedPicture:
        """Answer, or raise what was prepared."""
        self.urls.append(url)
        return _next(self.answers)


@dataclass(frozen=True)
class Said:
    """A message in the fake Slack; `states` are those it was drawn from, the newest last."""

    place: Place
    message: Message
    key: str
    states: list[State]
    at: datetime
    file: FileId | None = None


@dataclass
class FakeMessenger:
    """A Slack that keeps what was said. `faults` are raised by the next posts.

    In the channels `closed` nothing can be said or drawn, and in those `unread` nothing looked up. With
    `hears`, a post that raises Unavailable was put up all the same, and `find` finds it; with `knows_keys`,
    what is posted again under one key is answered with the first, as it stands. `direct_faults` are raised
    by the next openings of a direct conversation. Whoever is `gone` left the company, and what stands at
    the `deleted` moments was deleted.
    """

    clock: FakeClock = field(default_factory=FakeClock)
    said: dict[str, Said] = field(default_factory=dict)
    faults: list[Exception | None] = field(default_factory=list)
    redraw_faults: list[Exception | None] = field(default_factory=list)
    find_faults: list[Exception] = field(default_factory=list)
    direct_faults: list[Exception] = field(default_factory=list)
    gone: set[UserId] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    hears: bool = False
    knows_keys: bool = False
    closed: set[ChannelId] = field(default_factory=set)
    unread: set[ChannelId] = field(default_factory=set)
    uploads: list[str] = field(default_factory=list)
    whole: list[FileId] = field(default_factory=list)
    upload_faults: list[Exception] = field(default_factory=list)
    may_redraw: int = 100
    admins: Sequence[UserId] = (UserId("UADMIN"),)
    tags: list[CardTag] = field(default_factory=list)
    homes: list[HomeState] = field(default_factory=list)

    async def post(
        self, place: Place, message: Message, state: State, *, key: str, file: FileId | None
    ) -> Posted:
        """Put it up, or raise what was prepared."""
        fault = self.faults.pop(0) if self.faults else None
        if place.channel in self.closed:
            raise Unpostable("We are not there.", code="not_in_channel")
        if place.thread in self.deleted:
            raise Unpostable("That is gone.", code="cannot_reply_to_message")
        if self.knows_keys and (ts := next((ts for ts, one in self.said.items() if one.key == key), None)):
            return Posted(place.channel, ts)
        if fault is None or self.hears:
            self.said[f"{len(self.said) + 1}.0"] = Said(place, message, key, [state], self.clock(), file)
        if fault is not None:
            raise fault
        return Posted(place.channel, f"{len(self.said)}.0")

    async def redraw(self, posted: Posted, message: Message, state: State) -> None:
        """Draw it anew, or raise what was prepared."""
        fault = self.redraw_faults.pop(0) if self.redraw_faults else None
        if posted.channel in self.closed:
            raise Unpostable("We are not there.", code="channel_not_found")
        if posted.ts in self.deleted:
            raise Unpostable("That is gone.", code="message_not_found")
        if fault is not None:
            raise fault
        self.said[posted.ts].states.append(state)

    async def find(self, place: Place, *, key: str, since: datetime) -> Posted | None:
        """Find what was put up there under `key` within a minute of `since`, or fail as prepared."""
        if self.find_faults:
            raise self.find_faults.pop(0)
        self._look_in(place.channel)
        for ts, said in self.said.items():
            if said.key == key and said.place == place and abs(said.at - since) < timedelta(minutes=1):
                return Posted(said.place.channel, ts)
        return None

    def redraws(self) -> int:
        """Let as many cards be drawn anew as were prepared for."""
        return self.may_redraw

    async def upload(
        self,
        name: str,
        body: bytes,
        *,
        begun: Callable[[FileId], Awaitable[None]],
        earlier: FileId | None = None,
    ) -> FileId:
        """Keep the file's name, unless an earlier upload of it came through."""
        if earlier in self.whole:
            return earlier
        file = FileId(f"F{len(self.uploads) + 1:09}")
        self.uploads.append(name)
        await begun(file)
        if self.upload_faults:
            raise self.upload_faults.pop(0)
        self.whole.append(file)
        return file

    async def stewards(self) -> Sequence[UserId]:
        """Return who is told of alarms."""
        return self.admins

    async def tag(self, posted: Posted) -> CardTag | None:
        """Return what the card there says of itself."""
        return next((tag for tag in self.tags if tag.ts == posted.ts), None)

    async def channels(self) -> Sequence[ChannelId]:
        """Return where there are cards, unless we were never invited there."""
        return [*dict.fromkeys(tag.channel for tag in self.tags if tag.channel not in self.unread)]

    async def tags_since(self, moment: datetime, *, channel: ChannelId) -> Sequence[CardTag]:
        """Return what the cards posted there since then say of themselves; `ts` is seconds since 1970."""
        self._look_in(channel)
        return [tag for tag in self.tags if tag.channel == channel and float(tag.ts) >= moment.timestamp()]

    def _look_in(self, channel: ChannelId) -> None:
        if channel in self.unread:
            raise Unreadable("We were not invited.", code="not_in_channel")

    async def direct(self, user: UserId) -> ChannelId:
        """Return a channel named after the user, or fail as prepared."""
        if user in self.gone:
            raise Unpostable("They left.", code="user_disabled")
        if self.direct_faults:
            raise self.direct_faults.pop(0)
        return ChannelId(f"D-{user}")

    async def publish_home(self, state: State) -> None:
        """Keep what the Home shows."""
        assert isinstance(state, HomeState)
        self.homes.append(state)

    def of(self, kind: type[Message]) -> list[Said]:
        """Return what was said of that kind."""
        return [said for said in self.said.values() if isinstance(said.message, kind)]


TRAINED = Trained(Air("acme:stellar@1"), 12.0)


def _next(answers: list[Answer | Exception]) -> Answer:
    answer = answers.pop(0) if len(answers) > 1 else answers[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


@dataclass
class FakeDirectory:
    """A Slack in which everyone is a full member, but for `people`; `groups` are whom parties mean.

    While `silent` is set, nobody is told anything: `silent` is raised.
    """

    people: dict[UserId, Person] = field(default_factory=dict)
    groups: dict[Party, frozenset[UserId] | None] = field(default_factory=dict)
    others: int | None = None
    silent: Exception | None = None

    async def person(self, user: UserId, *, workspace: WorkspaceId) -> Person:
        """Return who that is, with the groups that list them."""
        self._answer()
        known = self.people.get(user, Person(user))
        listed = frozenset(party for party, members in self.groups.items() if members and user in members)
        return replace(known, groups=known.groups | listed)

    async def members(self, party: Party) -> frozenset[UserId] | None:
        """Return whom a party means."""
        self._answer()
        if party.startswith(("U", "W")):
            return self._active({UserId(party)})
        named = self.groups.get(party, None if party == EVERYONE else frozenset())
        return None if named is None else self._active(named)

    async def colleagues(self, besides: UserId) -> int | None:
        """Return how many others there are."""
        self._answer()
        return self.others

    def _active(self, users: Collection[UserId]) -> frozenset[UserId]:
        strangers = {user for user, person in self.people.items() if person.kind is not Kind.MEMBER}
        return frozenset(users) - strangers

    def _answer(self) -> None:
        if self.silent:
            raise self.silent

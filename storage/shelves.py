"""Runs, generations and proposals in their tables: one class for all, as the port `Shelf` is one.

Everything here happens inside a transaction that somebody else began and will commit. For writing, that
transaction holds the database's one write lock from its start, so a SELECT and the UPDATE after it see
the same rows.
"""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import Field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from bot.domain.ballot import Ballot
from bot.domain.deciding import open_ballot
from bot.domain.errors import Conflict, Refused
from bot.domain.facts import Changed, Inspected
from bot.domain.facts import Event as RunEvent
from bot.domain.generation import Event as GenerationEvent
from bot.domain.generation import Generation
from bot.domain.ids import Air, ChannelId, GenerationId, ProposalId, RunId, UserId, WorkspaceId
from bot.domain.proposal import Event as ProposalEvent
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.task import Prepared
from storage import datasets, epoch
from storage.rows import json_of, kind_of, moment_or_none, text_of, value_of
from storage.statements import DRAWN_IN, RECENT, STATEMENTS

_BESIDE_BODY = frozenset({"version", "aside"})
"""What no body holds: the fence, which a column alone holds and moves, and what a card tells besides."""


class _Request(Protocol):
    @property
    def workspace(self) -> WorkspaceId: ...
    @property
    def channel(self) -> ChannelId: ...


class _Living(Protocol):
    """What runs, generations and proposals have in common for a table."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def stage(self) -> str: ...
    @property
    def requested_at(self) -> datetime: ...
    @property
    def request(self) -> _Request: ...
    @property
    def ballot(self) -> Ballot | None: ...

    def after(self, event: Any, *, at: datetime) -> Self: ...  # noqa: ANN401 - each takes its own events


Id = TypeVar("Id", bound=str)
Item = TypeVar("Item", bound=_Living)
Event = TypeVar("Event")


class SQLShelf(Generic[Id, Item, Event]):
    """The port `Shelf` on one table. `kind` is the item's class, `missing` the sentence for an unknown id."""

    def __init__(
        self, connection: sqlite3.Connection, now: datetime, owner: str, *, kind: type[Item], missing: str
    ) -> None:
        self._connection = connection
        self._now = now
        self._owner = owner
        self._kind = kind
        self._missing = missing
        self._sql = STATEMENTS[kind]

    def get(self, item_id: Id) -> Item:
        """Return the item. Raises Refused where there is none of that id."""
        item = self.find(item_id)
        if item is None:
            raise Refused(self._missing.format(item_id))
        return item

    def find(self, item_id: Id) -> Item | None:
        """Return the item, None where there is none of that id."""
        row = self._connection.execute(self._sql.get, (item_id,)).fetchone()
        return self._item(*row) if row else None

    def add(self, item: Item) -> None:
        """Put a new item down, due now; one that waits for a decision, when its ballot is."""
        request, ballot = item.request, open_ballot(item)
        due = ballot.due(at=self._now) if ballot else timedelta()
        self._connection.execute(
            self._sql.add,
            (
                item.id,
                request.workspace,
                request.channel,
                item.stage,
                item.version,
                text_of(self._now + due),
                text_of(item.requested_at),
                _body(item),
            ),
        )

    def record(self, item: Item, event: Event, *, due: timedelta | None) -> Item:
        """Write the event and the item as it leaves it; a lease that somebody holds on it ends thereby."""
        after = item.after(event, at=self._now)
        if ballot := open_ballot(after):
            due = ballot.due(at=self._now)
        due_at = None if due is None else text_of(self._now + due)
        self._fenced(self._sql.save, item, stage=after.stage, body=_body(after), due_at=due_at)
        self._connection.execute(
            "INSERT INTO events (subject, seq, at, kind, body)"
            " SELECT ?, COALESCE(MAX(seq), 0) + 1, ?, ?, ? FROM events WHERE subject = ?",
            (item.id, text_of(self._now), kind_of(event), json_of(event), item.id),
        )
        epoch.rise_with(self._connection, event)
        return replace(after, version=item.version + 1)

    def postpone(self, item: Item, *, due: timedelta) -> None:
        """Give a taken item back unchanged, to fall due after `due`."""
        self._fenced(self._sql.postpone, item, due_at=text_of(self._now + due))

    def renew(self, item: Item, *, lease: timedelta) -> None:
        """Keep a taken item for another `lease`; its version stays."""
        self._fenced(self._sql.renew, item, due_at=text_of(self._now + lease), owner=self._owner)

    def take(self, *, limit: int, lease: timedelta, stages: Collection[str] | None = None) -> Sequence[Item]:
        """Take what is due, oldest first."""
        wanted = None if stages is None else json.dumps(sorted(stages))
        due = {"now": text_of(self._now), "stages": wanted, "limit": limit}
        rows = self._connection.execute(self._sql.due, due).fetchall()
        if not rows:
            return []
        items = [self._item(body, version + 1) for body, version in rows]
        lent = {"due_at": text_of(self._now + lease), "owner": self._owner, "now": text_of(self._now)}
        self._connection.executemany(
            self._sql.take, [{"id": item.id, "version": item.version - 1} | lent for item in items]
        )
        return items

    def hasten(self, item_id: Id, *, every: timedelta) -> None:
        """Have an item that is at Runware looked at soon; what is due before that is left as it is."""
        row = self._connection.execute(self._sql.hints, (item_id,)).fetchone()
        if row is None:
            return
        asked, last = map(moment_or_none, row)
        soon = max(self._now, last + every) if last else self._now
        soon = min(soon, self._now + every)  # `last` lies ahead where the clock was set back
        hint = min(asked, soon) if asked else soon
        self._connection.execute(self._sql.hasten, {"id": item_id, "hint": text_of(hint)})

    def live(self) -> Sequence[Item]:
        """Return every item that is not over, oldest first."""
        return [self._item(*row) for row in self._connection.execute(self._sql.live)]

    def _item(self, body: str, version: int) -> Item:
        item: Item = _read(self._kind, body, version)
        return item

    def _fenced(self, statement: str, item: Item, **values: str | None) -> None:
        """Change the row of `item` if it is still the newest state. Raises Conflict."""
        key = {"id": item.id, "version": item.version}
        if not self._connection.execute(statement, values | key).rowcount:
            raise Conflict("Someone else moved this on a moment ago. Look at it again, then decide.")


@lru_cache(maxsize=64)  # what is under way is read many times before it changes; all of it is frozen
def _read(kind: type[Item], body: str, version: int) -> Item:
    return replace(value_of(kind, body), version=version)


def _body(item: _Living) -> str:
    return json_of(item, without=_BESIDE_BODY)


class SQLRuns(SQLShelf[RunId, Run, RunEvent]):
    """The port `Runs`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        missing = "There is no run `{}`; `/style runs` lists them."
        super().__init__(connection, now, owner, kind=Run, missing=missing)

    def record(self, item: Run, event: RunEvent, *, due: timedelta | None) -> Run:
        """Write the event and the run as it leaves it, and where it is new, its dataset beside it."""
        after = super().record(item, event, due=due)
        match event:
            case Inspected():
                datasets.put(self._connection, after, at=self._now)
            case Prepared():
                datasets.hand_over(self._connection, after, at=self._now)
            case Changed():
                datasets.take_back(self._connection, after)
        return after

    def recent(self, workspace: WorkspaceId, *, limit: int) -> Sequence[Run]:
        """Return the newest runs of a workspace, newest first."""
        return [self._item(*row) for row in self._connection.execute(RECENT, (workspace, limit))]

    def earlier(self, run: Run) -> Run | None:
        """Return the last other run of the same style whose dataset was handed over."""
        found = datasets.earlier(self._connection, run)
        return None if found is None else self.get(RunId(found))

    def trained_on(self, workspace: WorkspaceId, content: str) -> Run | None:
        """Return the newest ready run whose dataset has this content, else the newest that may be paid."""
        found = datasets.trained_on(self._connection, workspace, content)
        return None if found is None else self.get(RunId(found))

    def by_dataset(self, workspace: WorkspaceId, prefix: str) -> Sequence[Run]:
        """Return the runs on the dataset whose archive's or origin's SHA-256 begins so, newest first."""
        return [self.get(RunId(found)) for found in datasets.by_hash(self._connection, workspace, prefix)]

    def archives(self) -> set[str]:
        """Return the SHA-256 of every archive that a run may still need."""
        return datasets.needed(self._connection, at=self._now)


class SQLGenerations(SQLShelf[GenerationId, Generation, GenerationEvent]):
    """The port `Generations`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        missing = "There are no pictures `{}` any more; ask for new ones with `/generate`."
        super().__init__(connection, now, owner, kind=Generation, missing=missing)

    def add(self, item: Generation) -> None:
        """Put a new generation down, to be found by what it is drawn in, and by whom."""
        super().add(item)
        private_to = item.request.requester if item.request.private else None
        self._connection.execute(
            "UPDATE generations SET air = ?, private_to = ? WHERE id = ?", (item.air, private_to, item.id)
        )

    def drawn_in(self, workspace: WorkspaceId, air: Air, *, who: UserId, limit: int) -> Sequence[Generation]:
        """Return the newest generations in that version that `who` may see, newest first."""
        wanted = {"workspace": workspace, "air": air, "who": who, "limit": limit}
        return [self._item(*row) for row in self._connection.execute(DRAWN_IN, wanted)]


class SQLProposals(SQLShelf[ProposalId, Proposal, ProposalEvent]):
    """The port `Proposals`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        missing = "There is no proposal `{}`; `/style runs` shows what there is."
        super().__init__(connection, now, owner, kind=Proposal, missing=missing)

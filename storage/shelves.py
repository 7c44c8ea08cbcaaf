"""Runs and generations in their tables: one class for both, as the port `Shelf` is one.

Everything here happens inside a transaction that somebody else began and will commit. For writing, that
transaction holds the database's one write lock from its start, so a SELECT and the UPDATE after it see
the same rows.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import Field, astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, Protocol, Self, TypeVar

from bot.domain.errors import Conflict, Refused
from bot.domain.facts import Changed, Inspected
from bot.domain.facts import Event as RunEvent
from bot.domain.generation import TRANSITIONS as GENERATION
from bot.domain.generation import Event as GenerationEvent
from bot.domain.generation import Generation
from bot.domain.ids import Air, ChannelId, GenerationId, RunId, UserId, WorkspaceId
from bot.domain.run import TRANSITIONS, Run
from bot.domain.task import Attempted, Prepared
from storage import datasets, epoch
from storage.rows import json_of, kind_of, moment_or_none, text_of, value_of

_BESIDE_BODY = frozenset({"version"})
"""What a column alone holds: the fence moves without the body being written anew."""


class _Request(Protocol):
    @property
    def workspace(self) -> WorkspaceId: ...
    @property
    def channel(self) -> ChannelId: ...


class _Living(Protocol):
    """What a run and a generation have in common for a table."""

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

    def after(self, event: Any, *, at: datetime) -> Self: ...  # noqa: ANN401 - each takes its own events


Id = TypeVar("Id", bound=str)
Item = TypeVar("Item", bound=_Living)
Event = TypeVar("Event")


@dataclass(frozen=True)
class _Statements:
    """The SQL of one table, here called `shelf`."""

    get: str
    add: str
    save: str
    postpone: str
    renew: str
    due: str
    take: str
    hints: str
    hasten: str
    live: str


_ON_A_SHELF = _Statements(
    get="SELECT body, version FROM shelf WHERE id = ?",
    add="INSERT INTO shelf (id, workspace, channel, stage, version, due_at, created_at, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    # A look that was asked for meanwhile comes first; without a moment there is nothing to look at any more.
    save="UPDATE shelf SET stage = :stage, body = :body, taken_by = NULL, version = version + 1,"
    " due_at = CASE WHEN hint_at < :due_at THEN hint_at ELSE :due_at END,"
    " hint_at = CASE WHEN :due_at IS NULL THEN NULL ELSE hint_at END"
    " WHERE id = :id AND version = :version",
    postpone="UPDATE shelf SET taken_by = NULL, version = version + 1,"
    " due_at = CASE WHEN hint_at < :due_at THEN hint_at ELSE :due_at END"
    " WHERE id = :id AND version = :version",
    renew="UPDATE shelf SET due_at = :due_at WHERE taken_by = :owner AND id = :id AND version = :version",
    due="SELECT body, version FROM shelf WHERE due_at <= ? ORDER BY due_at, id LIMIT ?",
    take="UPDATE shelf SET due_at = :due_at, taken_by = :owner, version = version + 1,"
    " hint_taken_at = CASE WHEN hint_at IS NULL THEN hint_taken_at ELSE :now END, hint_at = NULL"
    " WHERE id = :id AND version = :version",
    hints="SELECT hint_at, hint_taken_at FROM shelf WHERE id = ? AND due_at IS NOT NULL",
    hasten="UPDATE shelf SET hint_at = :hint,"
    " due_at = CASE WHEN taken_by IS NULL AND due_at > :hint THEN :hint ELSE due_at END WHERE id = :id",
    live="SELECT body, version FROM shelf WHERE stage IN (STAGES) ORDER BY created_at, id",
)


def _statements(table: Literal["runs", "generations"], live: Iterable[str]) -> _Statements:
    """Return the SQL for `table`, whose stages `live` are not over: none of this can be a parameter."""
    stages = ", ".join(f"'{stage}'" for stage in live)
    return _Statements(
        *(sql.replace("shelf", table).replace("STAGES", stages) for sql in astuple(_ON_A_SHELF))
    )


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
        row = self._connection.execute(self._sql.get, (item_id,)).fetchone()
        if row is None:
            raise Refused(self._missing.format(item_id))
        return self._item(*row)

    def add(self, item: Item) -> None:
        """Put a new item down, due now."""
        request, now = item.request, text_of(self._now)
        self._connection.execute(
            self._sql.add,
            (
                item.id,
                request.workspace,
                request.channel,
                item.stage,
                item.version,
                now,
                text_of(item.requested_at),
                _body(item),
            ),
        )

    def record(self, item: Item, event: Event, *, due: timedelta | None) -> Item:
        """Write the event and the item as it leaves it; a lease that somebody holds on it ends thereby."""
        after = item.after(event, at=self._now)
        due_at = None if due is None else text_of(self._now + due)
        self._fenced(self._sql.save, item, stage=after.stage, body=_body(after), due_at=due_at)
        self._connection.execute(
            "INSERT INTO events (subject, seq, at, kind, body)"
            " SELECT ?, COALESCE(MAX(seq), 0) + 1, ?, ?, ? FROM events WHERE subject = ?",
            (item.id, text_of(self._now), kind_of(event), json_of(event), item.id),
        )
        if isinstance(event, Attempted):
            epoch.rise(self._connection)
        return replace(after, version=item.version + 1)

    def postpone(self, item: Item, *, due: timedelta) -> None:
        """Give a taken item back unchanged, to fall due after `due`."""
        self._fenced(self._sql.postpone, item, due_at=text_of(self._now + due))

    def renew(self, item: Item, *, lease: timedelta) -> None:
        """Keep a taken item for another `lease`; its version stays."""
        self._fenced(self._sql.renew, item, due_at=text_of(self._now + lease), owner=self._owner)

    def take(self, *, limit: int, lease: timedelta) -> Sequence[Item]:
        """Take what is due, oldest first."""
        rows = self._connection.execute(self._sql.due, (text_of(self._now), limit)).fetchall()
        items = [self._item(*row) for row in rows]
        lent = {"due_at": text_of(self._now + lease), "owner": self._owner, "now": text_of(self._now)}
        self._connection.executemany(
            self._sql.take, [{"id": item.id, "version": item.version} | lent for item in items]
        )
        return [replace(item, version=item.version + 1) for item in items]

    def hasten(self, item_id: Id, *, every: timedelta) -> None:
        """Have an item looked at soon; what is due before that is left as it is."""
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
        return replace(value_of(self._kind, body), version=version)

    def _fenced(self, statement: str, item: Item, **values: str | None) -> None:
        """Change the row of `item` if it is still the newest state. Raises Conflict."""
        key = {"id": item.id, "version": item.version}
        if not self._connection.execute(statement, values | key).rowcount:
            raise Conflict("Someone else moved this on a moment ago. Look at it again, then decide.")


STATEMENTS = {
    Run: _statements("runs", (stage for stage, facts in TRANSITIONS.items() if facts)),
    Generation: _statements("generations", (stage for stage, facts in GENERATION.items() if facts)),
}
"""The SQL for each class of items."""
RECENT = "SELECT body, version FROM runs WHERE workspace = ? ORDER BY created_at DESC, id LIMIT ?"
DRAWN_IN = """
SELECT body, version FROM generations
WHERE workspace = :workspace AND air = :air AND (private_to IS NULL OR private_to = :who)
ORDER BY created_at DESC, id LIMIT :limit
"""


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
        """Return the newest ready run whose dataset has this content, else the newest handed over."""
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
        """Put a new generation down, due now, to be found by what it is drawn in, and by whom."""
        super().add(item)
        private_to = item.request.requester if item.request.private else None
        self._connection.execute(
            "UPDATE generations SET air = ?, private_to = ? WHERE id = ?", (item.air, private_to, item.id)
        )

    def drawn_in(self, workspace: WorkspaceId, air: Air, *, who: UserId, limit: int) -> Sequence[Generation]:
        """Return the newest generations in that version that `who` may see, newest first."""
        wanted = {"workspace": workspace, "air": air, "who": who, "limit": limit}
        return [self._item(*row) for row in self._connection.execute(DRAWN_IN, wanted)]

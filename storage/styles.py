"""Styles and their versions in their tables. Numbers and AIRs are given out once and never again."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.ids import Air, ChannelId, RunId, WorkspaceId
from bot.domain.run import Run
from bot.domain.style import Ordered, Version, slug_of
from storage.rows import moment_or_none, text_of

_Row = tuple[str, str, int, str, str, str, str | None]

_VERSION = "SELECT workspace, slug, number, air, run, name, ready_at FROM versions"
OF_RUN = f"{_VERSION} WHERE run = ?"
BY_AIR = f"{_VERSION} WHERE workspace = ? AND air = ?"
NEWEST = "SELECT air, name, number FROM versions WHERE ready_at IS NOT NULL ORDER BY ready_at DESC LIMIT 1"
NEXT = """
SELECT COALESCE(MAX(number), 0) + 1 FROM (
    SELECT number FROM versions WHERE workspace = ? AND slug = ?
    UNION ALL
    SELECT number FROM withheld WHERE slug = ?
) AS numbers
"""
TAKEN = "`{}` is taken: a version is never overwritten. Choose another `--air`."
READY = f"{_VERSION} WHERE workspace = ? AND ready_at IS NOT NULL ORDER BY slug, number DESC"


class SQLStyles:
    """The port `Styles`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def reserve(self, run: Run, air_of: Callable[[int], Air], *, number: int | None = None) -> Version:
        """Reserve the style's next number, or that one, for `run`; a run that asks again gets what it has.

        Raises Refused where that AIR was reserved or withheld before, or that number reserved.
        """
        return self.of_run(run.id) or self._reserve(run, air_of, number)

    def of_run(self, run: RunId) -> Version | None:
        """Return the version that was reserved for the run, None where none was."""
        row = self._connection.execute(OF_RUN, (run,)).fetchone()
        return _version(row) if row else None

    def by_air(self, workspace: WorkspaceId, air: Air) -> Version | None:
        """Return the workspace's version of that AIR, ready or not."""
        row = self._connection.execute(BY_AIR, (workspace, air)).fetchone()
        return _version(row) if row else None

    def withhold(self, names: Sequence[Ordered]) -> None:
        """Give these AIRs and their numbers out to nobody any more; said twice, they are withheld once."""
        self._connection.executemany(
            "INSERT INTO withheld (air, slug, number) VALUES (?, ?, ?) ON CONFLICT (air) DO NOTHING",
            [(one.air, one.slug, one.number) for one in names],
        )

    def rename(self, run: RunId, air: Air) -> None:
        """Let the run's version be of another AIR; the one before is withheld.

        Raises Refused where that one was reserved or withheld before.
        """
        version = self.of_run(run)
        if version is None or self._is_taken(version.workspace, air):
            raise Refused(TAKEN.format(air))
        self._connection.execute("UPDATE versions SET air = ? WHERE run = ?", (air, run))
        self.withhold([Ordered(version.air, version.slug, version.number)])

    def _reserve(self, run: Run, air_of: Callable[[int], Air], wanted: int | None) -> Version:
        workspace, slug = run.request.workspace, slug_of(run.request.name)
        number = wanted or self._free(workspace, slug, air_of)
        version = Version(workspace, slug, number, air_of(number), run.id, run.request.name)
        if self._is_taken(workspace, version.air):
            raise Refused(TAKEN.format(version.air))
        added = self._connection.execute(
            "INSERT INTO versions (workspace, slug, number, air, run, name) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (workspace, slug, version.number, version.air, version.run, version.name),
        )
        if not added.rowcount:
            raise Refused(f"{version.label} is another version.")
        return version

    def _free(self, workspace: WorkspaceId, slug: str, air_of: Callable[[int], Air]) -> int:
        """Return the style's next number whose AIR nobody has; where every number has the same, the next."""
        (number,) = self._connection.execute(NEXT, (workspace, slug, slug)).fetchone()
        while self._is_taken(workspace, air_of(number)) and air_of(number) != air_of(number + 1):
            number += 1  # somebody chose this one's name by hand, with `--air`
        return int(number)

    def _is_taken(self, workspace: WorkspaceId, air: Air) -> bool:
        withheld = self._connection.execute("SELECT 1 FROM withheld WHERE air = ?", (air,)).fetchone()
        return withheld is not None or self.by_air(workspace, air) is not None

    def mark_ready(self, run: RunId) -> None:
        """Say that the run's version can draw, from now on; said twice, the first moment stands.

        Raises ValueError where it has none: that would be a fault of ours.
        """
        marked = self._connection.execute(
            "UPDATE versions SET ready_at = COALESCE(ready_at, ?) WHERE run = ?", (text_of(self._now), run)
        )
        if not marked.rowcount:
            raise ValueError("A run is ready after its version was reserved.")

    def ready(self, workspace: WorkspaceId) -> Sequence[Version]:
        """Return every version that can draw, by style, newest version first."""
        return [_version(row) for row in self._connection.execute(READY, (workspace,))]

    def default_of(self, channel: ChannelId) -> Version | None:
        """Return what the channel draws in by default."""
        row = self._connection.execute(
            "SELECT v.workspace, v.slug, v.number, v.air, v.run, v.name, v.ready_at"
            " FROM channel_defaults d JOIN versions v"
            " ON v.workspace = d.workspace AND v.slug = d.slug AND v.number = d.number"
            " WHERE d.channel = ?",
            (channel,),
        ).fetchone()
        return _version(row) if row else None

    def make_default(self, channel: ChannelId, version: Version) -> None:
        """Let the channel draw in `version` by default."""
        self._connection.execute(
            "INSERT INTO channel_defaults (channel, workspace, slug, number) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (channel) DO UPDATE SET workspace = excluded.workspace, slug = excluded.slug,"
            " number = excluded.number",
            (channel, version.workspace, version.slug, version.number),
        )


def newest(connection: sqlite3.Connection) -> tuple[Air, str] | None:
    """Return the AIR and the label of the version that was ready last, of any workspace."""
    row = connection.execute(NEWEST).fetchone()
    return (Air(row[0]), f"{row[1]}@{row[2]}") if row else None


def _version(row: _Row) -> Version:
    workspace, slug, number, air, run, name, ready_at = row
    return Version(
        workspace=WorkspaceId(workspace),
        slug=slug,
        number=number,
        air=Air(air),
        run=RunId(run),
        name=name,
        ready_at=moment_or_none(ready_at),
    )

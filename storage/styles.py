"""Styles and their versions in their tables. Numbers and AIRs are given out once and never again."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.ids import Air, ChannelId, RunId, WorkspaceId
from bot.domain.run import Run
from bot.domain.style import Version, slug_of
from storage.rows import moment_or_none, text_of

_Row = tuple[str, str, int, str, str, str, str | None]

_VERSION = "SELECT workspace, slug, number, air, run, name, ready_at FROM versions"
OF_RUN = f"{_VERSION} WHERE run = ?"
BY_AIR = f"{_VERSION} WHERE workspace = ? AND air = ?"
NEWEST = "SELECT air, name, number FROM versions WHERE ready_at IS NOT NULL ORDER BY ready_at DESC LIMIT 1"
READY = f"{_VERSION} WHERE workspace = ? AND ready_at IS NOT NULL ORDER BY slug, number DESC"


class SQLStyles:
    """The port `Styles`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def reserve(self, run: Run, air_of: Callable[[int], Air]) -> Version:
        """Reserve the style's next number for `run`; a run that asks again gets what it has.

        Raises Refused where that AIR was reserved before.
        """
        return self.of_run(run.id) or self._reserve(run, air_of)

    def of_run(self, run: RunId) -> Version | None:
        """Return the version that was reserved for the run, None where none was."""
        row = self._connection.execute(OF_RUN, (run,)).fetchone()
        return _version(row) if row else None

    def by_air(self, workspace: WorkspaceId, air: Air) -> Version | None:
        """Return the workspace's version of that AIR, ready or not."""
        row = self._connection.execute(BY_AIR, (workspace, air)).fetchone()
        return _version(row) if row else None

    def _reserve(self, run: Run, air_of: Callable[[int], Air]) -> Version:
        workspace, slug = run.request.workspace, slug_of(run.request.name)
        (last,) = self._connection.execute(
            "SELECT COALESCE(MAX(number), 0) FROM versions WHERE workspace = ? AND slug = ?",
            (workspace, slug),
        ).fetchone()
        number = last + 1
        while self.by_air(workspace, air_of(number)) and air_of(number) != air_of(number + 1):
            number += 1  # somebody chose this one's name by hand, with `--air`
        version = Version(workspace, slug, number, air_of(number), run.id, run.request.name)
        added = self._connection.execute(
            "INSERT INTO versions (workspace, slug, number, air, run, name) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (workspace, air) DO NOTHING",
            (workspace, slug, version.number, version.air, version.run, version.name),
        )
        if not added.rowcount:
            raise Refused(
                f"`{version.air}` is taken: a version is never overwritten. Choose another `--air`."
            )
        return version

    def mark_ready(self, run: RunId) -> None:
        """Say that the run's version can draw, from now on; said twice, the first moment stands."""
        self._connection.execute(
            "UPDATE versions SET ready_at = ? WHERE run = ? AND ready_at IS NULL", (text_of(self._now), run)
        )

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

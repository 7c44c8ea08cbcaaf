"""The styles a workspace has, what each channel draws in, and the runs that made them: read only."""

import re
from collections.abc import Sequence
from contextlib import suppress

from bot.domain.approval import check_same_workspace
from bot.domain.errors import Refused
from bot.domain.ids import Air, ChannelId, GenerationId, RunId, UserId, WorkspaceId
from bot.domain.run import Run
from bot.domain.style import Version, choice_of, chosen
from bot.domain.trace import Step, Trace
from bot.ports import Store, Transaction

RECENT_RUNS = 10
RECENT_PICTURES = 5
_ID = re.compile(r"[0-9A-Z]{10}")
_DIGITS = re.compile(r"[0-9a-f]{8,64}")


class Styles:
    """Answers what there is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(
        self, workspace: WorkspaceId, channel: ChannelId
    ) -> tuple[Sequence[Version], Version | None]:
        """Return every version that can draw, and the channel's default."""
        return await self._store.read(lambda tx: (tx.styles.ready(workspace), tx.styles.default_of(channel)))

    async def trace(self, what: str, *, who: UserId, workspace: WorkspaceId, channel: ChannelId) -> Trace:
        """Follow a style, version, AIR, run, generation or dataset (8 digits of its SHA-256 or more).

        Raises Refused where it is none of these.
        """

        def work(tx: Transaction) -> Trace:
            runs = _meant(tx, what, workspace)
            default = tx.styles.default_of(channel)
            return Trace(tuple(_step(tx, run, default, who) for run in runs))

        return await self._store.read(work)

    async def runs(self, workspace: WorkspaceId) -> Sequence[Run]:
        """Return the newest runs."""
        return await self._store.read(lambda tx: tx.runs.recent(workspace, limit=RECENT_RUNS))

    async def run(self, run_id: RunId, *, workspace: WorkspaceId) -> Run:
        """Return one run. Raises Refused where this workspace has none of that id."""
        run = await self._store.read(lambda tx: tx.runs.get(run_id))
        check_same_workspace(run, workspace)
        return run


def _meant(tx: Transaction, what: str, workspace: WorkspaceId) -> Sequence[Run]:
    """Return the runs behind `what`, the newest version first. Raises Refused where it is nothing we know."""
    found: Sequence[Run] = ()
    if _ID.fullmatch(what.upper()):
        found = _by_id(tx, what.upper())
    elif version := tx.styles.by_air(workspace, Air(what)):
        found = [tx.runs.get(version.run)]
    elif _DIGITS.fullmatch(what.lower()):
        found = tx.runs.by_dataset(workspace, what.lower())
    own = [run for run in found if run.request.workspace == workspace]
    return own or [tx.runs.get(version.run) for version in _named(tx, what, workspace)]


def _by_id(tx: Transaction, what: str) -> Sequence[Run]:
    """Return the run of that id, or the one that made what the generation of that id was drawn in."""
    with suppress(Refused):
        return [tx.runs.get(RunId(what))]
    with suppress(Refused):
        generation = tx.generations.get(GenerationId(what))
        version = tx.styles.by_air(generation.request.workspace, generation.air)
        return [tx.runs.get(version.run)] if version else []
    return []


def _named(tx: Transaction, what: str, workspace: WorkspaceId) -> Sequence[Version]:
    """Return the versions that a name means: that one with `@n`, else all of the style."""
    choice = choice_of(what)
    ready = tx.styles.ready(workspace)
    one = chosen(ready, choice, None)
    return [one] if choice.number else [version for version in ready if version.slug == one.slug]


def _step(tx: Transaction, run: Run, default: Version | None, who: UserId) -> Step:
    """Return the run with what came of it, as `who` may see it."""
    version = tx.styles.of_run(run.id)
    if version is None:
        return Step(run)
    drawn = tx.generations.drawn_in(run.request.workspace, version.air, who=who, limit=RECENT_PICTURES)
    return Step(run, version, tuple(drawn), is_default=default is not None and version == default)

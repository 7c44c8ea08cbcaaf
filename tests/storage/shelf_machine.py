"""Runs on their shelf in any order of events, by two processes on one file: one half of `Storing`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
)

from bot.domain.errors import Conflict, IllegalMove
from bot.domain.facts import Event
from bot.domain.ids import RunId
from bot.domain.run import TRANSITIONS, Run, Stage
from storage.rows import moment_of, text_of, value_of
from storage.transaction import SQLTransaction
from tests.domain.run_samples import EVENTS
from tests.fakes import FakeClock
from tests.inline_store import InlineStore, put_database
from tests.storage.store_model import EVERY, LEASE, Kept
from tests.storage.store_world import a_run

OWNERS = st.sampled_from(["one", "two"])
PICK = st.integers(0, 99)
SPANS = st.sampled_from([timedelta(), timedelta(seconds=3), LEASE / 2, LEASE * 1.5])
NEW, ALL = frozenset({Stage.REQUESTED}), frozenset(Stage)
WANTED = [ALL, ALL, NEW, ALL - NEW]
FACTS = {kind.__name__: kind for kind in get_args(Event)}


class Shelving(RuleBasedStateMachine):
    """Two take the runs, move them, give them back, or let their leases end."""

    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "model.db"
        put_database(path)
        self.clock = FakeClock()
        self.stores = {name: InlineStore(path, self.clock, name) for name in ("one", "two")}
        self.kept: dict[RunId, Kept] = {}

    def teardown(self) -> None:
        for store in self.stores.values():
            store.close()
        self.folder.cleanup()

    def some_run(self, pick: int) -> RunId:
        return [*self.kept][pick % len(self.kept)]

    def fenced(self, owner: str, work: Callable[[SQLTransaction], object], *, is_ours: bool) -> bool:
        """Do `work`, which must be refused just where it is not ours; what it changed is compared later."""
        if is_ours:
            self.stores[owner].do(work)
        else:
            with pytest.raises(Conflict):
                self.stores[owner].do(work)
        return is_ours

    @rule(seconds=st.sampled_from([1, 4, 30, 61, 400, 3600]))
    def pass_time(self, seconds: int) -> None:
        self.clock.pass_time(seconds=seconds)

    @precondition(lambda self: len(self.kept) < 2)
    @rule(owner=OWNERS)
    def request(self, owner: str) -> None:
        run = a_run(f"run-{len(self.kept):03}")
        self.stores[owner].do(lambda tx: tx.runs.add(run))
        self.kept[run.id] = Kept(run, self.clock.now)

    @precondition(lambda self: self.kept)
    @rule(target=runs, owner=OWNERS, pick=PICK)
    def look(self, owner: str, pick: int) -> tuple[str, Run]:
        """Read a run without taking it, as those do who write down what a person wants."""
        run = self.some_run(pick)
        return owner, self.stores[owner].do(lambda tx: tx.runs.get(run))

    @rule(
        target=runs,
        owner=OWNERS,
        limit=st.integers(1, 4),
        seconds=st.sampled_from([0, 0, 4, 61]),
        stages=st.sampled_from(WANTED),
    )
    def take(
        self, owner: str, limit: int, seconds: int, stages: frozenset[Stage]
    ) -> MultipleResults[tuple[str, Run]]:
        self.clock.pass_time(seconds=seconds)
        now = self.clock.now
        due = sorted(
            (row.due, key)
            for key, row in self.kept.items()
            if row.due and row.due <= now and row.run.stage in stages
        )
        taken = self.stores[owner].do(lambda tx: tx.runs.take(limit=limit, lease=LEASE, stages=stages))
        for _, key in due[:limit]:
            self.kept[key].take(now, owner)
        expected = [replace(self.kept[key].run, version=self.kept[key].version) for _, key in due[:limit]]
        assert list(taken) == expected
        return multiple(*((owner, run) for run in taken))

    @rule(held=runs, pick=PICK, is_legal=st.sampled_from([True, True, False]), due=st.none() | SPANS)
    def record(self, held: tuple[str, Run], pick: int, is_legal: bool, due: timedelta | None) -> None:  # noqa: FBT001 - a rule
        (owner, run), now = held, self.clock.now
        kinds = sorted(TRANSITIONS[run.stage] if is_legal else EVENTS, key=lambda kind: kind.__name__)
        if not kinds:
            return
        event, kept = EVENTS[kinds[pick % len(kinds)]], self.kept[run.id]
        try:
            after = run.after(event, at=now)
        except IllegalMove:
            with pytest.raises(IllegalMove):
                self.stores[owner].do(lambda tx: tx.runs.record(run, event, due=due))
            return
        is_ours = run.version == kept.version
        if self.fenced(owner, lambda tx: tx.runs.record(run, event, due=due), is_ours=is_ours):
            kept.give_back(now, due)
            kept.run, kept.events = replace(after, version=0), kept.events + 1

    @rule(held=consumes(runs), due=SPANS)
    def postpone(self, held: tuple[str, Run], due: timedelta) -> None:
        owner, run = held
        kept = self.kept[run.id]
        is_ours = run.version == kept.version
        if self.fenced(owner, lambda tx: tx.runs.postpone(run, due=due), is_ours=is_ours):
            kept.give_back(self.clock.now, due)

    @rule(held=runs)
    def renew(self, held: tuple[str, Run]) -> None:
        owner, run = held
        kept = self.kept[run.id]
        is_ours = run.version == kept.version and kept.owner == owner
        if self.fenced(owner, lambda tx: tx.runs.renew(run, lease=LEASE), is_ours=is_ours):
            kept.due = self.clock.now + LEASE

    @precondition(lambda self: self.kept)
    @rule(owner=OWNERS, pick=PICK, seconds=st.sampled_from([0, 2]))
    def hasten(self, owner: str, pick: int, seconds: int) -> None:
        self.clock.pass_time(seconds=seconds)
        run = self.some_run(pick)
        self.stores[owner].do(lambda tx: tx.runs.hasten(run, every=EVERY))
        self.kept[run].hasten(self.clock.now)

    @invariant()
    def the_runs_are_what_the_model_says(self) -> None:
        rows = self.stores["one"].rows("SELECT id, due_at, taken_by, version, body FROM runs ORDER BY id")
        assert [(key, due, who, version, value_of(Run, body)) for key, due, who, version, body in rows] == [
            (key, row.due and text_of(row.due), row.owner, row.version, row.run)
            for key, row in sorted(self.kept.items())
        ]

    @invariant()
    def a_promised_look_is_never_put_off(self) -> None:
        for row in self.kept.values():
            assert not (row.promise and row.due and row.owner is None) or row.due <= row.promise

    @invariant()
    def the_journal_only_grows(self) -> None:
        rows = self.stores["two"].rows(
            "SELECT subject, count(*), max(seq) FROM events GROUP BY subject ORDER BY 1"
        )
        grown = {key: row.events for key, row in sorted(self.kept.items()) if row.events}
        assert rows == [(key, count, count) for key, count in grown.items()]

    def journals_fold_to_their_runs(self) -> None:
        for key, row in self.kept.items():
            run = a_run(key)
            for at, kind, body in self.stores["one"].rows(
                "SELECT at, kind, body FROM events WHERE subject = ? ORDER BY seq", key
            ):
                run = run.after(value_of(FACTS[kind], body), at=moment_of(at))
            assert run == row.run

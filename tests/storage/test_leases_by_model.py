"""Leases and fences in any order of events, held against a model that fits on a page."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule

from bot.domain.errors import Conflict
from bot.domain.run import Run
from bot.domain.task import Delayed
from bot.ports import Transaction
from storage.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.storage.store_world import MINUTE, a_run


@dataclass
class Row:
    """What the model knows of a run: when it is due (None: never), and who may still save it."""

    due_at: datetime | None
    version: int = 0


class Leases(RuleBasedStateMachine):
    """Runs that are put down, taken, recorded, given back and left to expire."""

    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = FakeClock()
        self.store = SQLiteStore(Path(self.folder.name) / "model.db", clock=self.clock)
        self.runner.run(self.store.open())
        self.rows: dict[str, Row] = {}

    def teardown(self) -> None:
        self.runner.run(self.store.close())
        self.runner.close()
        self.folder.cleanup()

    @rule()
    def add(self) -> None:
        run = a_run(f"run-{len(self.rows):03}")
        self.runner.run(self.store.write(lambda tx: tx.runs.add(run)))
        self.rows[run.id] = Row(self.clock.now)

    @rule(seconds=st.sampled_from([1, 30, 60, 90]))
    def pass_time(self, seconds: int) -> None:
        self.clock.pass_time(seconds=seconds)

    @rule(target=held, limit=st.integers(1, 3))
    def take(self, limit: int) -> tuple[Run, ...]:
        now = self.clock.now
        due = sorted((row.due_at, key) for key, row in self.rows.items() if row.due_at and row.due_at <= now)
        taken = self.runner.run(self.store.write(lambda tx: tx.runs.take(limit=limit, lease=MINUTE)))
        assert [run.id for run in taken] == [key for _, key in due[:limit]]
        for run in taken:
            self.rows[run.id] = Row(now + MINUTE, self.rows[run.id].version + 1)
            assert run.version == self.rows[run.id].version
        return tuple(taken)

    @rule(runs=held, due=st.sampled_from([None, MINUTE, MINUTE / 2]))
    def record(self, runs: tuple[Run, ...], due: timedelta | None) -> None:
        for run in runs:
            if self.is_saved(run, partial(record, run, due)):
                due_at = None if due is None else self.clock.now + due
                self.rows[run.id] = Row(due_at, run.version + 1)

    @rule(runs=consumes(held))
    def postpone(self, runs: tuple[Run, ...]) -> None:
        for run in runs:
            if self.is_saved(run, partial(postpone, run)):
                self.rows[run.id] = Row(self.clock.now + MINUTE, run.version + 1)

    @rule(runs=held)
    def renew(self, runs: tuple[Run, ...]) -> None:
        for run in runs:
            if self.is_saved(run, partial(renew, run)):
                self.rows[run.id] = Row(self.clock.now + MINUTE, run.version)

    def is_saved(self, run: Run, work: Callable[[Transaction], object]) -> bool:
        """Do `work`; it is saved just where the model says that `run` is still the newest state."""
        is_newest = self.rows[run.id].version == run.version
        if is_newest:
            self.runner.run(self.store.write(work))
        else:
            with pytest.raises(Conflict):
                self.runner.run(self.store.write(work))
        return is_newest


def record(run: Run, due: timedelta | None, tx: Transaction) -> None:
    tx.runs.record(run, Delayed("no answer"), due=due)


def postpone(run: Run, tx: Transaction) -> None:
    tx.runs.postpone(run, due=MINUTE)


def renew(run: Run, tx: Transaction) -> None:
    tx.runs.renew(run, lease=MINUTE)


TestLeases = Leases.TestCase
TestLeases.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)

"""The whole store in any order of events, by two processes on one file, held against a model.

`MACHINES=5000x80 python -m pytest tests/storage/test_store_by_model.py` drives it further.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
)

from bot.domain.alarm import Concern
from bot.domain.ids import DeliveryKey, FileId, RunId
from bot.domain.message import Findings, Home, Memo, Notice, RunCard, RunEnded, Topic
from bot.ports import Pending
from storage.rows import text_of
from storage.transaction import SQLTransaction
from tests.inline_store import machine_size
from tests.storage.shelf_machine import OWNERS, PICK, Shelving
from tests.storage.store_model import LEASE, TRY_EVERY, Alarmery, Kept, Matter, Queue, Queued
from tests.storage.store_world import ACME, ANN, STANDING

CONCERNS = st.sampled_from([Concern.KEY, Concern.BALANCE, Concern.RESTORED, Concern.PARKED])
ABOUT = st.sampled_from(["", "training", "training", "pictures"])
KINDS = st.sampled_from(["card", "card", "home", "end", "findings", "memo", "memo"])
DEEDS = st.sampled_from(["attempt", "keep", "done", "park", "later", "unposted", "doubted"])


class Storing(Shelving):
    """Runs, messages, deliveries and alarms; two who work on them, and who may die at any time."""

    messages = Bundle("messages")

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()
        self.alarms = Alarmery()
        self.answers: dict[DeliveryKey, str] = {}

    def teardown(self) -> None:
        try:
            self.nothing_is_forgotten()
            self.journals_fold_to_their_runs()
        finally:
            super().teardown()

    @rule(dead=OWNERS, owner=OWNERS)
    def die(self, dead: str, owner: str) -> None:
        self.stores[owner].do(lambda tx: tx.release([dead]))
        rows: list[Kept | Queued] = [*self.kept.values(), *self.queue.rows]
        for row in rows:
            if row.owner != dead:
                continue
            if isinstance(row, Queued) and self.queue.may_be_drawn(row):
                row.attempts, row.tried_at = row.attempts + 1, self.clock.now
            row.release(self.clock.now)

    @precondition(lambda self: self.kept)
    @rule(owner=OWNERS, pick=PICK, kind=KINDS, seconds=st.sampled_from([0, 0, 30, 400]))
    def announce(self, owner: str, pick: int, kind: str, seconds: int) -> None:
        run, after = self.some_run(pick), timedelta(seconds=seconds)
        new = queued(kind, run, self.clock.now + after)
        self.stores[owner].do(lambda tx: tx.outbox.announce(new.message, after=after))
        self.queue.announce(new)

    @rule(
        target=messages,
        owner=OWNERS,
        limit=st.integers(1, 4),
        redraws=st.sampled_from([None, None, 0, 1]),
        seconds=st.sampled_from([0, 0, 61]),
    )
    def take_messages(
        self, owner: str, limit: int, redraws: int | None, seconds: int
    ) -> MultipleResults[tuple[str, Pending]]:
        self.clock.pass_time(seconds=seconds)
        now = self.clock.now
        expected = self.queue.due(now, limit=limit, redraws=redraws)
        taken = self.stores[owner].do(lambda tx: tx.outbox.take(limit=limit, lease=LEASE, redraws=redraws))
        for row, pending in zip(expected, taken, strict=True):
            row.take(now, owner)
            assert row.id in ("", pending.id)
            row.id = pending.id
            found = (pending.message, pending.attempts, pending.last_attempt_at, pending.version)
            assert found == (row.message, row.attempts, row.tried_at, row.version)
        return multiple(*((owner, pending) for pending in taken))

    @rule(target=messages, held=consumes(messages), deed=DEEDS)
    def carry(self, held: tuple[str, Pending], deed: str) -> MultipleResults[tuple[str, Pending]]:
        """Do something with a message that was taken, however long ago."""
        self.carried(*held, deed)
        return multiple(*([held] if deed in ("attempt", "keep", "park") else []))

    def carried(self, owner: str, pending: Pending, deed: str) -> None:
        now = self.clock.now
        row = next((row for row in self.queue.rows if row.id == pending.id), None)
        is_ours = row is not None and row.version == pending.version
        if not self.fenced(owner, lambda tx: do(tx, deed, pending), is_ours=is_ours) or row is None:
            return
        match deed:
            case "attempt":
                row.attempts, row.tried_at = row.attempts + 1, now
            case "keep":
                row.file = "F1"
            case "done":
                self.queue.rows.remove(row)
            case "park":
                row.give_back(None)
            case "later" | "unposted" | "doubted":
                row.give_back(now + LEASE)
                row.attempts = row.attempts if deed == "later" else max(row.attempts, 1)
                row.tried_at = None if deed == "unposted" else row.tried_at

    @rule(owner=OWNERS)
    def unpark(self, owner: str) -> None:
        assert self.stores[owner].do(lambda tx: tx.outbox.unpark(ACME)) == self.queue.unpark(self.clock.now)

    @precondition(lambda self: self.kept)
    @rule(owner=OWNERS, pick=PICK, stands=st.sampled_from([True, True, False]))
    def stand(self, owner: str, pick: int, stands: bool) -> None:  # noqa: FBT001 - a rule
        run = self.some_run(pick)
        if stands:
            self.stores[owner].do(lambda tx: tx.outbox.keep_card(run, STANDING))
            self.queue.cards.add(run)
        else:
            self.stores[owner].do(lambda tx: tx.outbox.forget_card(run))
            self.queue.cards.discard(run)

    @rule(owner=OWNERS, key=st.sampled_from(["a", "b"]), answer=st.sampled_from(["yes", "no"]))
    def deliver(self, owner: str, key: str, answer: str) -> None:
        delivery = DeliveryKey(key)
        told = self.stores[owner].do(lambda tx: tx.once(delivery, lambda: answer))
        assert told == self.answers.setdefault(delivery, answer)

    @rule(owner=OWNERS, concern=CONCERNS, about=ABOUT)
    def sound(self, owner: str, concern: Concern, about: str) -> None:
        is_told = self.stores[owner].do(lambda tx: tx.alarms.sound(ACME, concern, "Mend it.", about=about))
        over = Notice(ACME, concern, about, is_over=True)
        is_over_unsaid = any(row.message == over for row in self.queue.rows)
        matter = concern, about
        assert is_told == self.alarms.sound(matter, self.clock.now, is_over_unsaid=is_over_unsaid)
        if is_told:
            self.tell(matter, is_over=False)

    @rule(
        owner=OWNERS,
        concern=CONCERNS,
        about=st.none() | ABOUT,
        quietly=st.sampled_from([False, False, True]),
    )
    def settle(self, owner: str, concern: Concern, about: str | None, quietly: bool) -> None:  # noqa: FBT001 - a rule
        settled = self.alarms.settle(concern, about, self.clock.now)
        has_stood = self.stores[owner].do(
            lambda tx: tx.alarms.settle(ACME, concern, about=about, quietly=quietly)
        )
        assert has_stood == bool(settled)
        told = [matter for matter, was_told in settled if was_told and not quietly]
        for matter in told[:1]:
            self.tell(matter, is_over=True)

    def tell(self, matter: Matter, *, is_over: bool) -> None:
        concern, about = matter
        notice = Notice(ACME, concern, about, is_over=is_over)
        self.queue.announce(Queued(notice, f"notice:{ACME}:{concern}::{about}", self.clock.now))

    @rule(owner=OWNERS, about=st.sampled_from(["training", "pictures"]))
    def hold(self, owner: str, about: str) -> None:
        held = self.stores[owner].do(lambda tx: tx.alarms.hold(ACME, about=about, try_every=TRY_EVERY))
        assert (held.concern if held else None) == self.alarms.hold(about, self.clock.now)

    @invariant()
    def the_messages_are_what_the_model_says(self) -> None:
        rows = self.stores["one"].rows(
            "SELECT lane, due_at, taken_by, version, attempts, file FROM outbox ORDER BY lane, seq"
        )
        assert rows == [
            (
                row.lane,
                row.due and text_of(row.due),
                row.owner,
                row.version,
                row.attempts,
                row.file,
            )
            for row in sorted(self.queue.rows, key=lambda row: row.lane)
        ]

    @invariant()
    def a_card_has_one_redraw_at_most_that_nobody_has_begun(self) -> None:
        rows = self.stores["two"].rows(
            "SELECT lane FROM outbox WHERE version = 0 AND (lane LIKE 'card:%' OR lane LIKE 'home:%')"
        )
        assert len(rows) == len(set(rows))

    @invariant()
    def the_alarms_are_what_the_model_says(self) -> None:
        standing = {matter: alarm.since for matter, alarm in self.alarms.standing.items()}
        found = self.stores["two"].do(lambda tx: tx.alarms.standing())
        assert {(alarm.concern, alarm.about): alarm.since for alarm in found} == standing

    def nothing_is_forgotten(self) -> None:
        """Once time passes, every run that is due is taken, and every message is said in its order."""
        self.clock.pass_time(days=1)
        store = self.stores["one"]
        taken = {run.id for run in store.do(lambda tx: tx.runs.take(limit=99, lease=LEASE))}
        assert taken == {key for key, row in self.kept.items() if row.due}
        for run in self.kept:
            store.do(partial(keep_card, run))
        said: list[str] = []
        while pending := store.do(lambda tx: tx.outbox.take(limit=99, lease=LEASE)):
            store.do(partial(say, pending))
            said += [one.id for one in pending]
            self.clock.pass_time(seconds=1)
        rows = store.rows("SELECT count(*) FROM outbox WHERE parked IS NULL")
        assert rows == [(0,)]
        for lane in {row.lane for row in self.queue.rows}:
            known = [row.id for row in self.queue.rows if row.lane == lane and row.id and not row.is_parked]
            assert [one for one in said if one in known] == known


def queued(kind: str, run: RunId, due: datetime) -> Queued:
    """Return a message of that kind as it stands in its lane."""
    match kind:
        case "card":
            return Queued(RunCard(run), f"card:{run}", due)
        case "home":
            return Queued(Home(ACME, ANN), f"home:{ACME}:{ANN}", due)
        case "memo":
            return Queued(Memo(ACME, run, ANN, Topic.REMINDER), f"memo:{ACME}:{ANN}", due)
        case "end":
            return Queued(RunEnded(run), f"thread:{run}", due, run)
    return Queued(Findings(run), f"thread:{run}", due, run)


def do(tx: SQLTransaction, deed: str, pending: Pending) -> None:
    match deed:
        case "attempt":
            tx.outbox.attempt(pending)
        case "keep":
            tx.outbox.keep_file(pending, FileId("F1"))
        case "done":
            tx.outbox.done(pending)
        case "park":
            tx.outbox.park(pending, "not in the channel")
        case "later":
            tx.outbox.postpone(pending, due=LEASE)
        case "unposted" | "doubted":
            tx.outbox.postpone(pending, due=LEASE, may_stand=deed == "doubted")


def keep_card(run: RunId, tx: SQLTransaction) -> None:
    tx.outbox.keep_card(run, STANDING)


def say(taken: Sequence[Pending], tx: SQLTransaction) -> None:
    for pending in taken:
        tx.outbox.done(pending)


TestStoring = Storing.TestCase
TestStoring.settings = machine_size()

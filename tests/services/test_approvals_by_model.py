"""Asking, deciding and paying in any order and any repetition, held against a model that fits on a page.

`MACHINES=5000x80 python -m pytest tests/services/test_approvals_by_model.py` drives it further.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

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

from bot.clerk import Clerk
from bot.domain.ballot import Expired, Opened, Reminded
from bot.domain.curation import Choice
from bot.domain.dataset import Dataset
from bot.domain.errors import Conflict, HousestyleError, NotAllowed
from bot.domain.facts import Changed, Event, Inspected, Trained, Unchanged, Unfit
from bot.domain.ids import Air, DeliveryKey, ProposalId, RunId, TaskId, UserId
from bot.domain.policy import BUILT_IN, Action, Policy, Prices, Rule, Scope, Step
from bot.domain.run import Run, Stage
from bot.domain.task import Attempted, Failed, Failure, Prepared, Submitted, Task
from bot.journal import record
from bot.ports import Transaction
from bot.services.approvals import Approvals
from bot.services.stopping import Stopping
from bot.services.training import Training
from tests.fakes import DATASET, FakeAccount, FakeClock, FakeDirectory
from tests.house import ANN, BEN, CAT, T1, click, wanted
from tests.inline_store import InlineStore, at_once, machine_size, put_database
from tests.services.believed import OVER, Believed, Seen

UNDO = timedelta(seconds=30)
LEASE = timedelta(minutes=2)
NOW = timedelta()
SAD = Failure("trainingFailed", "The training failed at Runware.")
PRICES = Prices(training=12.0)
"""What each of them costs too, so that a price is never news."""
POLICIES = {
    1: replace(BUILT_IN, prices=PRICES),
    2: Policy((Rule("two", Scope((Action.TRAIN,)), (Step("two colleagues", count=2),)),), prices=PRICES),
}
"""By how many have to approve a training."""
PEOPLE = st.sampled_from([ANN, BEN, CAT])


def digits(run: Run) -> str:
    """Return what a card shows of what is asked."""
    return run.ballot.digest[:12] if run.ballot else ""


class Deciding(RuleBasedStateMachine):
    """People ask, decide, change their minds and click twice; the reconciler does its steps between."""

    cards = Bundle("cards")
    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name) / "model.db"
        put_database(path)
        self.clock = FakeClock()
        self.store = InlineStore(path, self.clock)
        self.keys = (RunId(f"RUN{n:07}") for n in count(1))
        self.datasets = count(1)
        self.needed = 1
        self.clerk = Clerk(self.store, FakeDirectory(), FakeAccount(), policy=lambda: POLICIES[self.needed])
        self.training = Training(self.store, self.clerk, new_id=lambda: next(self.keys), nudge=lambda: None)
        self.approvals = Approvals(
            self.store, self.clerk, undo=UNDO, new_id=lambda: ProposalId("PRO"), nudge=lambda: None
        )
        self.stopping = Stopping(self.store, policy=lambda: BUILT_IN, nudge=lambda: None)
        self.runs: dict[RunId, Believed] = {}
        self.ends: dict[RunId, Run] = {}
        self.answered: list[tuple[Callable[[DeliveryKey], Coroutine[Any, Any, str]], DeliveryKey, str]] = []
        self.deliveries = count()

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def deliver(
        self, click: Callable[[DeliveryKey], Coroutine[Any, Any, str]], error: type[Exception] | None = None
    ) -> None:
        """Deliver a click that was never delivered before, and expect `error` or an answer."""
        key = DeliveryKey(f"delivery {next(self.deliveries)}")
        if error:
            with pytest.raises(error):
                at_once(click(key))
        else:
            self.answered.append((click, key, at_once(click(key))))

    def newest(self, run: RunId) -> Run:
        return self.store.do(lambda tx: tx.runs.get(run))

    def card(self, run_id: RunId) -> Seen:
        run = self.newest(run_id)
        return Seen(run.id, digits(run), run.dataset.sha256 if run.dataset else "")

    @precondition(lambda self: len(self.runs) < 3)
    @rule(who=PEOPLE)
    def ask(self, who: UserId) -> None:
        request = replace(wanted(name=f"Style {len(self.runs)}"), requester=who)
        self.deliver(lambda key: self.training.request(request, delivery=key))
        self.runs[self.new_run()] = Believed(who)

    @precondition(lambda self: self.runs)
    @rule(target=cards, pick=st.integers(0, 99))
    def see(self, pick: int) -> Seen:
        return self.card([*self.runs][pick % len(self.runs)])

    @rule(card=cards, who=PEOPLE, has_card=st.booleans())
    def approve(self, card: Seen, who: UserId, *, has_card: bool) -> None:
        run, there = self.runs[card.run], self.newest(card.run)
        seen, now = card.digits if has_card else None, self.clock.now
        is_asked_anew = run.waits(now) and run.needed != self.needed
        was_changed = there.ballot is not None and there.ballot.first is not None
        is_shown = run.waits(now) and (card.digits == digits(there) if has_card else not was_changed)
        no = None if is_asked_anew else self.no_to(who, run, is_shown=is_shown)
        self.deliver(lambda key: self.approvals.approve(card.run, click(who, key, seen=seen)), no)
        if is_asked_anew:
            run.ask(self.needed, now)
        elif no is None:
            run.vote(who, dataset=card.dataset if has_card else run.dataset, starts_at=now + UNDO)

    def no_to(self, who: UserId, run: Believed, *, is_shown: bool) -> type[HousestyleError] | None:
        """Return what an approval of what still waits, and is what the card shows, is answered with."""
        if not is_shown:
            return HousestyleError
        return NotAllowed if who == run.requester else None

    @rule(card=cards, who=PEOPLE)
    def retract(self, card: Seen, who: UserId) -> None:
        run = self.runs[card.run]
        may = run.waits(self.clock.now) and who in run.votes
        self.deliver(
            lambda key: self.approvals.retract(card.run, click(who, key)), None if may else HousestyleError
        )
        if may:
            run.votes.remove(who)

    @rule(needed=st.sampled_from(sorted(POLICIES)))
    def load_other_rules(self, needed: int) -> None:
        """Change the rules under what waits: it is asked anew once somebody approves it."""
        self.needed = needed

    @precondition(lambda self: self.runs)
    @rule(pick=st.integers(0, 99), who=PEOPLE)
    def approve_what_there_is(self, pick: int, who: UserId) -> None:
        self.approve(self.card([*self.runs][pick % len(self.runs)]), who, has_card=True)

    @rule(card=cards, one=PEOPLE, other=PEOPLE)
    def two_decide_at_once(self, card: Seen, one: UserId, other: UserId) -> None:
        self.approve(card, one, has_card=True)
        self.approve(card, other, has_card=True)

    @rule(card=cards, who=PEOPLE, reason=st.sampled_from(["too few foxes", " "]))
    def reject(self, card: Seen, who: UserId, reason: str) -> None:
        run = self.runs[card.run]
        may = run.may_decide(who, self.clock.now) and bool(reason.strip())
        self.deliver(
            lambda key: self.approvals.reject(card.run, reason, click(who, key)),
            None if may else HousestyleError,
        )
        if may:
            run.stage, run.decider = Stage.REJECTED, who

    @rule(card=cards, who=PEOPLE)
    def undo(self, card: Seen, who: UserId) -> None:
        run, may = self.runs[card.run], self.runs[card.run].stage is Stage.APPROVED
        self.deliver(
            lambda key: self.approvals.undo(card.run, click(who, key)),
            None if may else HousestyleError,
        )
        if may:
            run.void(Stage.AWAITING)

    @rule(card=cards, who=PEOPLE, left_out=st.sets(st.sampled_from(["fox-0.png", "fox-1.png", "fox-2.png"])))
    def curate(self, card: Seen, who: UserId, left_out: set[str]) -> None:
        run, choice = self.runs[card.run], Choice(tuple(sorted(left_out)), card.dataset)
        is_fit = len(left_out) <= 2 and left_out != run.left_out
        may = run.stage is Stage.AWAITING and card.dataset == run.dataset and is_fit
        self.deliver(
            lambda key: self.training.curate(card.run, lambda _: choice, who=who, workspace=T1, delivery=key),
            None if may else HousestyleError,
        )
        if may:
            run.stage, run.chosen = Stage.REQUESTED, frozenset(left_out)

    @rule(card=cards, who=PEOPLE)
    def cancel(self, card: Seen, who: UserId) -> None:
        run, may = self.runs[card.run], self.runs[card.run].may_stop(who)
        self.deliver(
            lambda key: self.stopping.cancel(card.run, click(who, key)),
            None if may else HousestyleError,
        )
        if may:
            run.stage, run.decider = Stage.CANCELLED, who

    @precondition(lambda self: len(self.runs) < 5)
    @rule(card=cards, who=PEOPLE)
    def retry_by_a_double_click(self, card: Seen, who: UserId) -> None:
        run = self.runs[card.run]
        self.clock.pass_time(seconds=5)
        for _ in range(2):
            self.deliver(
                lambda key: self.training.retry(card.run, who=who, workspace=T1, delivery=key),
                None if run.stage in OVER else HousestyleError,
            )
        if run.stage in OVER:
            self.runs[self.new_run()] = Believed(who, left_out=run.left_out, chosen=run.left_out)

    def new_run(self) -> RunId:
        """Return the one run that the model does not know yet."""
        (run,) = {run for (run,) in self.store.rows("SELECT id FROM runs")} - self.runs.keys()
        return RunId(run)

    @precondition(lambda self: self.answered)
    @rule(pick=st.integers(0, 99))
    def deliver_again(self, pick: int) -> None:
        click, key, answer = self.answered[pick % len(self.answered)]
        before = [*self.store.connection.iterdump()]
        assert at_once(click(key)) == answer
        after = [*self.store.connection.iterdump()]
        assert sorted({*after} ^ {*before}) == []

    @rule(seconds=st.sampled_from([1, 29, 30, 31, 150, 13 * 3600]))
    def pass_time(self, seconds: int) -> None:
        self.clock.pass_time(seconds=seconds)

    @rule(target=cards, seconds=st.sampled_from([0, 31]))
    def work(self, seconds: int) -> MultipleResults[Seen]:
        """Let the reconciler do all that is due, and everyone look at the cards."""
        self.clock.pass_time(seconds=seconds)
        for run in self.store.do(lambda tx: tx.runs.take(limit=9, lease=LEASE)):
            self.step(run, is_fit=True)
        return multiple(*map(self.card, self.runs))

    @rule(target=held)
    def take(self) -> MultipleResults[Run]:
        return multiple(*self.store.do(lambda tx: tx.runs.take(limit=9, lease=LEASE)))

    @rule(run=consumes(held), is_fit=st.sampled_from([True, True, True, False]))
    def step(self, run: Run, *, is_fit: bool) -> None:
        """Do what the reconciler does with a run that it took, however long ago."""
        believed, fact = self.runs[run.id], self.fact_of(run, is_fit=is_fit)
        due = (
            None
            if isinstance(fact, Inspected | Unfit | Unchanged | Trained | Failed | Reminded | Expired)
            else NOW
        )
        if run.version != self.newest(run.id).version:
            with pytest.raises(Conflict):
                self.store.do(lambda tx: record(tx, run, fact, due))
            return
        if isinstance(fact, Prepared | Attempted):
            assert believed.may_be_paid(self.clock.now)
            believed.paid += isinstance(fact, Attempted)
        self.store.do(lambda tx: self.written(tx, run, fact, due))
        believed.step(fact, needed=self.needed, now=self.clock.now)

    def written(self, tx: Transaction, run: Run, fact: Event, due: timedelta | None) -> None:
        after = record(tx, run, fact, due)
        if isinstance(fact, Inspected):
            record(tx, after, Opened(self.clerk.run_ballot(tx, after)), None)

    @rule(who=PEOPLE, seconds=st.sampled_from([0, 31]))
    def change_a_mind_meanwhile(self, who: UserId, seconds: int) -> None:
        """Let the reconciler take what is due, and find that somebody was quicker."""
        self.clock.pass_time(seconds=seconds)
        for run in self.store.do(lambda tx: tx.runs.take(limit=9, lease=LEASE)):
            seen = Seen(run.id, "", "")
            self.undo(seen, who)
            self.cancel(seen, who)
            self.step(run, is_fit=True)

    def fact_of(self, run: Run, *, is_fit: bool) -> Event:
        match run.stage:
            case Stage.REQUESTED if is_fit:
                return Inspected(self.look(run), Air(f"acme:{run.id}@1"), 1)
            case Stage.REQUESTED:
                return Unchanged(("It cannot be cut.",)) if run.pending else Unfit(("It is not fit.",))
            case Stage.SUBMITTING if run.task and run.task.attempts:
                return Submitted()
            case Stage.AWAITING if run.ballot and self.clock.now >= run.ballot.expires_at:
                return Expired()
            case Stage.AWAITING:
                return Reminded()
            case Stage.APPROVED | Stage.SUBMITTING if not is_fit:
                return Changed("It is another.")
            case Stage.APPROVED:
                return Prepared(Task(TaskId(f"task of {run.id}"), "[]"))
            case Stage.SUBMITTING:
                return Attempted()
        assert run.stage is Stage.TRAINING
        return Trained(Air(f"acme:{run.id}@1"), 12.0) if is_fit else Failed(SAD)

    def look(self, run: Run) -> Dataset:
        """Return a dataset such as there never was one before, without what is left out."""
        left_out, mark = (run.pending or run).left_out, next(self.datasets)
        pictures = tuple(
            replace(picture, sha256=f"{mark:032x}{n:032x}")
            for n, picture in enumerate(DATASET.pictures)
            if picture.name not in left_out
        )
        return replace(DATASET, sha256=f"{mark:064x}", pictures=pictures, kept=True)

    @invariant()
    def the_runs_are_what_the_model_says(self) -> None:
        for run_id, believed in self.runs.items():
            run = self.newest(run_id)
            assert (run.stage, run.decided_by) == (believed.stage, believed.decider)
            assert (run.dataset.sha256 if run.dataset else "") == believed.dataset
            assert (run.approval.by if run.approval else None) == believed.approver

    @invariant()
    def each_person_has_one_vote_on_a_run_and_it_is_not_who_asked(self) -> None:
        for run_id, believed in self.runs.items():
            ballot = self.newest(run_id).ballot
            voters = [vote.by for vote in ballot.votes] if ballot else []
            assert len(voters) == len(set(voters))
            assert set(voters) == believed.votes
            assert believed.requester not in voters
            assert believed.approver is None or len(voters) == believed.needed

    @invariant()
    def nothing_is_paid_that_the_model_did_not_allow(self) -> None:
        rows = self.store.rows(
            "SELECT subject, count(*) FROM events WHERE kind = 'Attempted' GROUP BY subject"
        )
        assert dict(rows) == {run: one.paid for run, one in self.runs.items() if one.paid}
        assert all(one.paid <= 1 for one in self.runs.values())

    @invariant()
    def what_is_over_stays_as_it_was(self) -> None:
        for run_id, believed in self.runs.items():
            if believed.stage in OVER:
                run = self.newest(run_id)
                assert run.is_over
                assert self.ends.setdefault(run_id, run) == run


TestDeciding = Deciding.TestCase
TestDeciding.settings = machine_size()

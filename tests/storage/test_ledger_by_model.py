"""The ledger in any order of deeds, over several budgets, held against sums on a plain dictionary."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.domain.errors import BudgetExceeded
from bot.domain.ids import ChannelId, RunId, UserId
from bot.domain.money import TRAINING, Entry, Micros, month_of
from bot.domain.policy import Budget, Per
from tests.fakes import NOON, FakeClock
from tests.inline_store import InlineStore, machine_size, put_database
from tests.storage.store_world import ACME

KEYS = st.sampled_from([RunId(f"run-{number}") for number in range(6)])
CHANNELS = st.sampled_from([ChannelId("C1"), ChannelId("C2")])
PEOPLE = st.sampled_from([UserId("U1"), UserId("U2")])
STYLES = st.sampled_from(["stellar", "comet"])
AMOUNTS = st.sampled_from([0, 1, 3_000_000, 7_500_000, 12_000_000])
COSTS = st.sampled_from([None, 0.0, 0.5, 3.0, 20.0])
BUDGETS = (
    Budget("all", 20),
    Budget("channel", 15, Per.CHANNEL),
    Budget("person", 12, Per.USER),
    Budget("hers", 7.5, Per.USER, ("U1",)),
    Budget("there", 12, Per.WORKSPACE, ("C2",)),
)
LIMITS = st.lists(st.sampled_from(BUDGETS), unique=True).map(tuple)
LONG_AGO = datetime(2026, 1, 1, tzinfo=NOON.tzinfo)


@dataclass
class Booked:
    """What the model knows of an entry: `held` and `spent` are micro-dollars."""

    entry: Entry
    at: datetime
    held: int
    spent: int = 0
    is_open: bool = True
    was_settled: bool = False

    @property
    def used(self) -> int:
        return self.held + self.spent


class Booking(RuleBasedStateMachine):
    """Anybody reserves, settles and releases anything, over the months."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        put_database(path := Path(self.folder.name) / "model.db")
        self.clock = FakeClock()
        self.store = InlineStore(path, self.clock)
        self.booked: dict[RunId, Booked] = {}

    def teardown(self) -> None:
        try:
            self.add_up()
        finally:
            self.close()

    def close(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(days=st.sampled_from([0.01, 1, 6]))
    def pass_time(self, days: float) -> None:
        self.clock.pass_time(days=days)

    @rule(key=KEYS, channel=CHANNELS, who=PEOPLE, style=STYLES, amount=AMOUNTS, budgets=LIMITS)
    def reserve(
        self,
        key: RunId,
        channel: ChannelId,
        who: UserId,
        style: str,
        amount: int,
        budgets: tuple[Budget, ...],
    ) -> None:
        entry = Entry(key, ACME, channel, who, style, TRAINING, 1, Micros(amount))
        before = self.booked.get(key)
        limits = [budget for budget in budgets if is_under(budget, entry)]
        has_room = all(
            amount and self.used(budget, entry, besides=key) + amount <= budget.limit * 1_000_000
            for budget in limits
        )
        try:
            self.store.do(lambda tx: tx.ledger.reserve(entry, budgets))
        except BudgetExceeded:
            assert not has_room
            assert not (before and before.was_settled)
            return
        if before and before.was_settled:
            return
        assert has_room
        self.booked[key] = Booked(entry, self.clock.now, amount)
        for budget in limits:
            assert self.used(budget, entry) <= budget.limit * 1_000_000

    @rule(key=KEYS, cost=COSTS)
    def settle(self, key: RunId, cost: float | None) -> None:
        told = self.store.do(lambda tx: tx.ledger.settle(key, cost))
        one = self.booked.get(key)
        if one is None or not one.is_open:
            assert told is None
            return
        spent = round(cost * 1_000_000) if cost else one.held
        assert told
        assert (told.amount, told.is_assumed) == (spent, not cost)
        one.held, one.spent, one.is_open, one.was_settled = 0, spent, False, True

    @rule(key=KEYS)
    def release(self, key: RunId) -> None:
        told = self.store.do(lambda tx: tx.ledger.release(key))
        one = self.booked.get(key)
        assert told == (one.held if one and one.is_open else None)
        if one and one.is_open:
            one.held, one.is_open = 0, False

    @rule()
    def add_up(self) -> None:
        """Compare the statement with the sums of the entries."""
        now, entries = self.clock.now, list(self.booked.values())
        statement = self.store.do(lambda tx: tx.ledger.statement(ACME, LONG_AGO, now, BUDGETS[:1]))
        spent, held = sum(one.spent for one in entries), sum(one.held for one in entries)
        assert (statement.total.spent, statement.total.reserved) == (spent, held)
        for lines in (statement.styles, statement.people):
            assert (sum(line.spent for line in lines), sum(line.reserved for line in lines)) == (spent, held)
        assert sum(statement.days) == spent
        unpriced = sum(one.was_settled and not one.spent for one in entries)
        assert statement.total.unpriced == unpriced
        this_month = [one for one in entries if month_of(one.at) == month_of(now)]
        assert sum(line.spent + line.reserved for line in statement.budgets) == sum(
            one.used for one in this_month
        )

    def used(self, budget: Budget, entry: Entry, *, besides: RunId | None = None) -> int:
        """Add up what the budget that limits `entry` has let through this month."""
        whose = {Per.WORKSPACE: "workspace", Per.CHANNEL: "channel", Per.USER: "user"}[budget.per]
        return sum(
            one.used
            for key, one in self.booked.items()
            if key != besides
            and month_of(one.at) == month_of(self.clock.now)
            and is_under(budget, one.entry)
            and getattr(one.entry, whose) == getattr(entry, whose)
        )


def is_under(budget: Budget, entry: Entry) -> bool:
    return not budget.of or entry.channel in budget.of or entry.user in budget.of


TestBooking = Booking.TestCase
TestBooking.settings = machine_size("30x25")

"""Safeguards taken away, each at the simulator's edge: with any of them the simulator has to turn red.

A safeguard that has a second one behind it is only missed in a world without that: see `Sabotage.world`.
"""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.alarm import Alarm
from bot.domain.facts import Trained
from bot.domain.ids import DeliveryKey, RunId, WorkspaceId
from bot.domain.message import Place
from bot.domain.money import Entry
from bot.domain.policy import Budget
from bot.domain.run import Run, Stage
from bot.domain.task import Failed
from bot.journal import record
from bot.ports import Pending, Posted, Store, Transaction
from bot.runware import answers
from bot.runware.news import training_news
from bot.runware.webhooks import Webhooks
from bot.services.reconciler import Pace
from bot.slack.messenger import SlackMessenger
from storage.alarms import SQLAlarms
from storage.ledger import SQLLedger
from storage.outbox import SQLOutbox
from storage.transaction import SQLTransaction
from tests.simulator.edge import Edge
from tests.simulator.plan import Fault, Plan, refused, restored
from tests.simulator.runware import PAID
from tests.simulator.wire import SimClient, SimMouth

Rows = Any
"""Whatever sqlite3 takes for parameters."""


class FreshIds(SimMouth):
    """Sends each try under a taskUUID of its own, and looks for the last one that this life has sent."""

    async def exchange(self, body: bytes) -> tuple[int, bytes, str | None]:
        """Send the order as another."""
        orders = json.loads(body)
        names = self.names
        for order in orders:
            if order["taskType"] in PAID:
                names[order["taskUUID"]] = str(uuid4())
        status, said, wait = await super().exchange(_renamed(body, names))
        return status, _renamed(said, {new: old for old, new in names.items()}), wait


def _renamed(body: bytes, names: dict[str, str]) -> bytes:
    for old, new in names.items():
        body = body.replace(old.encode(), new.encode())
    return body


class RepeatingClient(SimClient):
    """The SDK's default: what got no answer is sent once more, unasked."""

    retries = 1


class BlindMessenger(SlackMessenger):
    """Never looks whether a post stands already."""

    async def find(self, place: Place, *, key: str, since: datetime) -> Posted | None:
        """Find nothing."""
        return None


class ForgetfulTransaction(SQLTransaction):
    """Answers every delivery as if it were the first."""

    def once(self, delivery: DeliveryKey, work: Callable[[], str]) -> str:
        """Do `work` again."""
        return work()


class UncountingOutbox(SQLOutbox):
    """Posts without having written down that it is about to."""

    def attempt(self, pending: Pending) -> Pending:
        """Write nothing."""
        return replace(pending, attempts=pending.attempts + 1)


class UncountingTransaction(SQLTransaction):
    """A transaction with that outbox."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        super().__init__(connection, now, owner)
        self.outbox = UncountingOutbox(connection, now, owner)


class Owing:
    """A connection beside which reservations wait until they are written: by the life that owes them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.owed: dict[str, list[Entry]] = {}
        self._connection = connection

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever sqlite3 has
        return getattr(self._connection, name)


class LateLedger(SQLLedger):
    """Looks at the budgets, and owes the entry to a transaction of its own."""

    def __init__(self, connection: Owing, now: datetime, owner: str) -> None:
        super().__init__(cast("sqlite3.Connection", connection), now)
        self._owed = connection.owed.setdefault(owner, [])

    def pay(self) -> None:
        """Write down what is owed."""
        while self._owed:
            super().reserve(self._owed.pop(0), ())

    def reserve(self, entry: Entry, budgets: Sequence[Budget]) -> None:
        """Raise BudgetExceeded, or owe it."""
        super().reserve(entry, budgets)
        self._connection.execute("DELETE FROM ledger WHERE subject = ?", (entry.subject,))
        self._owed.append(entry)


class LateTransaction(SQLTransaction):
    """A transaction with that ledger; each life's next one is the one of its own."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        super().__init__(connection, now, owner)
        self.ledger = ledger = LateLedger(cast("Owing", connection), now, owner)
        ledger.pay()


class HoldlessAlarms(SQLAlarms):
    """Tell that Runware refuses us, and hold nothing back."""

    def hold(self, workspace: WorkspaceId, *, about: str, try_every: timedelta) -> Alarm | None:
        """Hold nothing."""
        return None


class HoldlessTransaction(SQLTransaction):
    """A transaction with those alarms."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        super().__init__(connection, now, owner)
        self.alarms = HoldlessAlarms(connection, now, self.outbox)


def believing(webhooks: Webhooks, store: Store, nudge: Callable[[], None]) -> Route:
    """Return a way in for webhooks that takes them at their word."""

    async def hear(request: Request) -> Response:
        subject, said = webhooks.subject_of(request.path_params["token"]), await request.json()
        if subject:
            await store.write(lambda tx: _believe(tx, RunId(subject), said))
            nudge()
        return Response(status_code=204)

    return Route("/runware/webhook/{token:path}", hear, methods=["POST"])


def _believe(tx: Transaction, subject: RunId, said: dict[str, Any]) -> None:
    item = tx.asked(subject)
    if isinstance(item, Run) and item.task and item.stage is Stage.TRAINING:
        told = answers.told(said if "data" in said else {"data": said})
        news = training_news(told, item.task.id)
        if isinstance(news, Trained | Failed):
            record(tx, item, news, None)


class Unfenced:
    """A connection on which a save never asks whether it is still the newest."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, *given: Rows) -> sqlite3.Cursor:
        """Execute a statement without its fence."""
        return self._connection.execute(_unfenced(sql), *given)

    def executemany(self, sql: str, rows: Rows) -> sqlite3.Cursor:
        """Execute a statement for many rows without its fence."""
        return self._connection.executemany(_unfenced(sql), rows)


def _unfenced(sql: str) -> str:
    return sql.replace("version = :version", ":version >= 0").replace("version = ?", "? >= 0")


def _as_drawn(plan: Plan) -> Plan:
    return _unrestored(plan)


def _without_conflicts(plan: Plan) -> Plan:
    """A Runware that charges whatever arrives, mostly late.

    Nothing freezes there, for only the conflict stops a life that goes on with what it was about to send.
    """
    return replace(
        _unrestored(plan),
        has_conflict_check=False,
        freeze_rate=0.0,
        fault_rate=0.3,
        weights=tuple(float(fault is Fault.LATE) for fault in Fault),
    )


def _without_client_msg_id(plan: Plan) -> Plan:
    """A Slack that posts whatever arrives; only its own check stops a frozen life, or a duplicate."""
    weights = (0.0 if fault is Fault.DUPLICATED else plan.weights[i] for i, fault in enumerate(Fault))
    plan = replace(plan, hears_client_msg_id=False, freeze_rate=0.0, weights=tuple(weights))
    return _unrestored(plan)


def _freezing(plan: Plan) -> Plan:
    return replace(_unrestored(plan), freeze_rate=0.02, crash_rate=0.0)


def _mortal(plan: Plan) -> Plan:
    """A world in which no life lasts, and nobody has to be asked twice."""
    return replace(_unrestored(plan), crash_rate=0.08, freeze_rate=0.0, fault_rate=0.0)


def _repeating(plan: Plan) -> Plan:
    team = replace(plan.team, has_rival=False, is_deaf=False)  # there is one style to draw in
    return replace(_unrestored(plan), repeat_rate=0.7, pictures=1, team=team)


def _with_webhooks(plan: Plan) -> Plan:
    return replace(plan, has_webhooks=True, restore=None)


def _refused(plan: Plan) -> Plan:
    plan = replace(_unrestored(plan), training_seconds=60.0, fault_rate=0.0, crash_rate=0.0, freeze_rate=0.0)
    return refused(plan, Random(plan.seed))


def _restored(plan: Plan) -> Plan:
    return restored(replace(plan, refusal=None), Random(plan.seed))


def _unrestored(plan: Plan) -> Plan:
    return replace(plan, restore=None)


@dataclass(frozen=True)
class Sabotage:
    """A safeguard missing, in a world in which nothing else stands in for it."""

    edge: Edge
    world: Callable[[Plan], Plan] = _as_drawn


SABOTAGES = {
    "a fresh uuid for every try": Sabotage(Edge(mouth=FreshIds)),
    "no settle time": Sabotage(Edge(pace=Pace(settle=timedelta())), _without_conflicts),
    "Slack's default retry handlers": Sabotage(Edge(client=RepeatingClient), _without_client_msg_id),
    "no fence": Sabotage(Edge(connection=Unfenced), _freezing),
    "no inbox": Sabotage(Edge(transaction=ForgetfulTransaction), _repeating),
    "no attempt counted before a post": Sabotage(
        Edge(transaction=UncountingTransaction), _without_client_msg_id
    ),
    "money reserved in a transaction of its own": Sabotage(
        Edge(transaction=LateTransaction, connection=Owing), _mortal
    ),
    "a webhook believed": Sabotage(Edge(door=believing), _with_webhooks),
    "nothing held while Runware refuses us": Sabotage(Edge(transaction=HoldlessTransaction), _refused),
    "the epoch ignored": Sabotage(Edge(heeds_epoch=False), _restored),
    "no look for earlier posts": Sabotage(Edge(messenger=BlindMessenger), _without_client_msg_id),
}
"""Each by its name."""

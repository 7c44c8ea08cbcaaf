"""The parts of a life with one safeguard missing each, for the simulator's edge: see `sabotage`."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.alarm import Alarm, Concern
from bot.domain.facts import Trained
from bot.domain.ids import DeliveryKey, FileId, RunId, WorkspaceId
from bot.domain.message import Memo, Message, Notice, Place, State
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


class Rash(Pace):
    """Sends what was written down however long ago."""

    fresh = timedelta.max


class RepeatingClient(SimClient):
    """The SDK's default: what got no answer is sent once more, unasked."""

    retries = 1


class BlindMessenger(SlackMessenger):
    """Never looks whether a post stands already."""

    async def find(self, place: Place, *, key: str, since: datetime) -> Posted | None:
        """Find nothing."""
        return None


class SecretiveMessenger(SlackMessenger):
    """Says that it told people directly, and tells them nothing: of what is of one kind."""

    kind: type[Memo | Notice] = Memo

    async def post(
        self, place: Place, message: Message, state: State, *, key: str, file: FileId | None
    ) -> Posted:
        """Post it, or pretend to."""
        if isinstance(message, self.kind):
            return Posted(place.channel, "0.0")
        return await super().post(place, message, state, key=key, file=file)


class SecretiveAboutAlarms(SecretiveMessenger):
    """Tells nobody of alarms."""

    kind = Notice


class StutteringMessenger(SlackMessenger):
    """Says what is wrong twice."""

    async def post(
        self, place: Place, message: Message, state: State, *, key: str, file: FileId | None
    ) -> Posted:
        """Post it, and a notice once more."""
        if isinstance(message, Notice):
            await super().post(place, message, state, key=key, file=file)
        return await super().post(place, message, state, key=key, file=file)


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


class EndlessAlarms(SQLAlarms):
    """Tell nobody that one of them is over."""

    def settle(
        self, workspace: WorkspaceId, concern: Concern, *, about: str | None = None, quietly: bool = False
    ) -> bool:
        """Let it be over without a word."""
        return super().settle(workspace, concern, about=about, quietly=True)


class EndlessTransaction(SQLTransaction):
    """A transaction with those alarms."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, owner: str) -> None:
        super().__init__(connection, now, owner)
        self.alarms = EndlessAlarms(connection, now, self.outbox)


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
